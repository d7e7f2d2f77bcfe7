"""Text typed in the fonts of before Unicode (TCVN3, VNI), turned into Vietnamese letters."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.kernel.text import nfc
from app.workforce.rules.cells import Row


class LegacyFont(StrEnum):
    """Families of fonts that drew Vietnamese over Latin-1 codes."""

    TCVN3 = "tcvn3"
    VNI = "vni"


@dataclass(frozen=True, slots=True)
class FontTables:
    """For each family, Vietnamese letters by the one or two characters that stood for them."""

    letters: Mapping[LegacyFont, Mapping[str, str]]
    pattern: Mapping[LegacyFont, re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class DecodedRows:
    """A sheet in Vietnamese letters; `original` holds the text of each changed (row, column)."""

    rows: Sequence[Row]
    original: Mapping[tuple[int, int], str]


_ALREADY_VIETNAMESE = re.compile("[\u1ea0-\u1ef9ăơưđĂƠƯĐ]")
_WORD = re.compile(r"[^\s\d.,;:/()\[\]&+_'\"-]+")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_CLOSED = "a ă â e ê i o ô ơ u ư y iê oa oă oe oo uâ uê uô uy uyê ươ yê"
_OPEN = (
    "a e ê i o ô ơ u ư y ai ao au ay âu ây eo êu ia iêu iu oa oai oao oay oe oeo oi ôi ơi ua uê "
    "uây ui uôi uơ uy uya uyu ưa ưi ươi ươu ưu yêu"
)
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnprstvx])?"
    rf"(?:(?:{'|'.join(_CLOSED.split())})(?:ng|nh|ch|[cmnpt])|(?:{'|'.join(_OPEN.split())}))"
)


def font_tables(document: Mapping[str, Any]) -> FontTables:
    """The tables from the encodings file."""
    tcvn3 = {
        chr(int(code, 16)): letter
        for code, letter in document["tcvn3"]["latin1_codepoint_to_char"].items()
    }
    letters: dict[LegacyFont, Mapping[str, str]] = {
        LegacyFont.TCVN3: tcvn3,
        LegacyFont.VNI: dict(document["vni_windows"]["map"]),
    }
    return FontTables(letters, {font: _pattern_of(table) for font, table in letters.items()})


def _pattern_of(table: Mapping[str, str]) -> re.Pattern[str]:
    longest_first = sorted(table, key=len, reverse=True)
    return re.compile("|".join(re.escape(key) for key in longest_first))


def decode(text: str, tables: FontTables) -> tuple[str, LegacyFont] | None:
    """The text in Vietnamese letters and its font; None unless it only makes sense that way."""
    if not _may_be_legacy(text) or _is_vietnamese(text):
        return None
    found = [(decoded, font) for font in LegacyFont if (decoded := _decode_as(text, font, tables))]
    return found[0] if len(found) == 1 else None


def decode_rows(rows: Sequence[Row], tables: FontTables) -> DecodedRows:
    """A whole sheet; in a column typed in one old font, its doubtful cells are read in it too."""
    decoded: dict[tuple[int, int], str] = {}
    fonts: dict[int, list[LegacyFont]] = {}
    doubtful: list[tuple[int, int, str]] = []
    is_unicode = set[int]()
    for row_index, row in enumerate(rows):
        for column, cell in enumerate(row):
            if not isinstance(cell, str) or cell.isascii():
                continue
            if not _may_be_legacy(cell):
                is_unicode.add(column)
            elif found := decode(cell, tables):
                decoded[row_index, column] = found[0]
                fonts.setdefault(column, []).append(found[1])
            else:
                doubtful.append((row_index, column, cell))
    for row_index, column, cell in doubtful:
        font = _only_font(fonts.get(column, ()))
        if font and column not in is_unicode and (text := _decode_as(cell, font, tables)):
            decoded[row_index, column] = text
    if not decoded:
        return DecodedRows(rows, {})
    changed = [list(row) for row in rows]
    original = {place: str(rows[place[0]][place[1]]) for place in decoded}
    for (row_index, column), text in decoded.items():
        changed[row_index][column] = text
    return DecodedRows(changed, original)


def _only_font(seen: Sequence[LegacyFont]) -> LegacyFont | None:
    return seen[0] if len(seen) >= 2 and len(set(seen)) == 1 else None


def _may_be_legacy(text: str) -> bool:
    return not text.isascii() and not _ALREADY_VIETNAMESE.search(nfc(text))


def _decode_as(text: str, font: LegacyFont, tables: FontTables) -> str | None:
    table = tables.letters[font]
    decoded = nfc(tables.pattern[font].sub(lambda found: table[found[0]], text))
    # A lone sign such as "Ø 20" is no word of an old font.
    if all(word.isascii() or len(word) == 1 for word in _WORD.findall(decoded)):
        return None
    return decoded if decoded != text and _is_vietnamese(decoded) else None


def _is_vietnamese(text: str) -> bool:
    return all(word.isascii() or _is_syllable(word) for word in _WORD.findall(text.lower()))


def _is_syllable(word: str) -> bool:
    parted = unicodedata.normalize("NFD", word)
    toneless = "".join(mark for mark in parted if mark not in _TONES)
    tones = len(parted) - len(toneless)
    return tones <= 1 and _SYLLABLE.fullmatch(nfc(toneless)) is not None
