"""Plain cells of a sheet, as text that people would have typed."""

import functools
import re
from collections.abc import Sequence
from datetime import date, datetime, time

from app.kernel.text import squeeze

Cell = str | int | float | date | time | None
Row = Sequence[Cell]

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_DECIMAL_TAIL = re.compile(r"(\d{5,})[.,]0+")
_SCIENTIFIC = re.compile(r"(\d)(?:[.,](\d+))?E\+?(\d{1,2})", re.IGNORECASE)


def text_of(cell: Cell) -> str:
    """The cell as one line of composed text; whole numbers without `.0`, days as dd/mm/yyyy."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _plain(cell)
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() else f"{cell:.15g}"
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    if isinstance(cell, datetime) and cell.time() != time.min:
        return f"{day_text(cell)} {cell:%H:%M}"
    return day_text(cell)


# The same cell is asked for several times while its row is read.
@functools.lru_cache(maxsize=2048)
def _plain(text: str) -> str:
    if text.isascii() and text.isalnum():
        return text
    # Excel marks typed text with an apostrophe that some programs export as a letter.
    return squeeze(_UNSEEN.sub("", text)).removeprefix("'").strip()


def number_text(cell: Cell) -> tuple[str, bool]:
    """A number written as text without `.0` or exponent, and whether digits were lost in it."""
    text = text_of(cell)
    if found := _SCIENTIFIC.fullmatch(text):
        whole, decimals, exponent = found[1], found[2] or "", int(found[3])
        if len(decimals.rstrip("0")) > exponent:
            return text, False
        if len(decimals) < exponent:
            return text, True
        return whole + decimals[:exponent], False
    if found := _DECIMAL_TAIL.fullmatch(text):
        return found[1], False
    return text, False


def day_text(day: date) -> str:
    """The day as people here write it, dd/mm/yyyy."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def column_letter(index: int) -> str:
    """Excel's letter of a column counted from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_index(letter: str) -> int:
    """The column counted from 0 that Excel calls by this letter."""
    index = 0
    for sign in letter:
        index = index * 26 + ord(sign) - ord("A") + 1
    return index - 1
