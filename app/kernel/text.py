"""Vietnamese text made comparable: one normal form, and a folded form for look-ups."""

import re
import unicodedata

_SPACES = re.compile(r"[\s\u00a0\u200b\ufeff]+")
# As typed, and as the wide signs that a spreadsheet takes for the same.
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_FOLD_LETTERS = str.maketrans({"đ": "d", "Đ": "d"})


def nfc(text: str) -> str:
    """The text in composed form, as every table stores it."""
    return unicodedata.normalize("NFC", text)


def squeeze(text: str) -> str:
    """Composed text with runs of white space made one and the ends trimmed."""
    return _SPACES.sub(" ", nfc(text)).strip()


def fold(text: str) -> str:
    """Lower case without accents, `đ` as `d`, `y` as `i`: equal for spellings of one name."""
    bare = unicodedata.normalize("NFD", squeeze(text).translate(_FOLD_LETTERS))
    letters = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return letters.casefold().replace("y", "i")


def plain_cell(text: str) -> str:
    """The text as a cell of a CSV file that no spreadsheet runs as a formula (OWASP)."""
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text
