"""The word a list uses for a shift, as one of the six shift codes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.kernel.text import fold
from app.workforce.rules.cells import Cell, text_of
from app.workforce.rules.shifts import ShiftCode


@dataclass(frozen=True, slots=True)
class ShiftWords:
    """Codes by exact word, by word without accents, and by usual hours in minutes."""

    by_word: Mapping[str, ShiftCode]
    by_folded: Mapping[str, ShiftCode]
    by_minutes: Mapping[tuple[int, int], ShiftCode]


_CODE_BY_FILE_NAME = {
    "shift_1": ShiftCode.CA1,
    "shift_2": ShiftCode.CA2,
    "shift_3": ShiftCode.CA3,
    "day_12h": ShiftCode.DAY12,
    "night_12h": ShiftCode.NIGHT12,
    "office": ShiftCode.OFFICE,
}
_ROMAN = {"i": "1", "ii": "2", "iii": "3"}
_LEAD = re.compile(r"^(?:ca lam viec|ca lam|ca kip|ca sx|kip|shift)\b ?")
_HOURS = re.compile(r"(\d{1,2})(?:[:h.](\d{2})?)? ?(?:-|–|den|to) ?(\d{1,2})(?:[:h.](\d{2})?)?h?")


def shift_words(values: Mapping[str, Any]) -> ShiftWords:
    """The words from the `values.shift` part of the headings file."""
    by_word: dict[str, ShiftCode] = {code.value: code for code in ShiftCode}
    by_minutes: dict[tuple[int, int], ShiftCode] = {}
    for name, code in _CODE_BY_FILE_NAME.items():
        by_word |= {word.lower(): code for word in values[name]["synonyms"]}
        if hours := _hours_in(values[name]["default_hours"]):
            by_minutes[hours] = code
    return ShiftWords(by_word, _folded(by_word), by_minutes)


def _folded(by_word: Mapping[str, ShiftCode]) -> dict[str, ShiftCode]:
    """Words without accents; where two lose their difference, the one typed without wins."""
    folded: dict[str, ShiftCode] = {}
    for word in sorted(by_word, key=str.isascii, reverse=True):
        folded.setdefault(_tight(fold(word)), by_word[word])
    return folded


def read_shift(raw: Cell, words: ShiftWords) -> ShiftCode | None:
    """The shift a cell names, in words, number or usual hours; None when it names none."""
    text = text_of(raw).lower()
    if code := words.by_word.get(text):
        return code
    plain = fold(text)
    if hours := _hours_in(plain):
        return words.by_minutes.get(hours)
    # "đ" is night and "d" is day: a lone letter counts only as it is typed.
    if len(text) == 1 and not text.isascii():
        return None
    rest = _LEAD.sub("", plain).strip()
    for form in (plain, rest, f"ca {_ROMAN.get(rest.removeprefix('ca '), rest)}"):
        if code := words.by_folded.get(_tight(form)):
            return code
    return None


def _tight(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text)


def _hours_in(text: str) -> tuple[int, int] | None:
    found = _HOURS.search(text)
    if found is None:
        return None
    starts, ends = (
        int(found[hour]) % 24 * 60 + int(found[minute] or 0) for hour, minute in ((1, 2), (3, 4))
    )
    return starts, ends
