"""What only a whole column shows: swapped dates, and what an empty cell under 'Nữ' means."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.workforce.rules.cells import Cell, Row
from app.workforce.rules.dates import read_day
from app.workforce.rules.headings import ColumnMap
from app.workforce.rules.word_values import Sex, WordLists, read_sex

_DAYS = ("dob", "start_date", "end_date")
_LARGEST_MONTH = 12


@dataclass(frozen=True, slots=True)
class SheetHabits:
    """What the cells of a column are to be read by.

    `swapped_columns` hold days that Excel may have read month first; `blank_sex` is what
    no cross means where one column alone marks a sex.
    """

    swapped_columns: frozenset[int] = frozenset()
    blank_sex: Sex | None = None


def habits_of(
    rows: Sequence[Row], columns: ColumnMap, words: WordLists, *, date1904: bool
) -> SheetHabits:
    """The habits of the sheet below its headings."""
    body = rows[columns.header.last + 1 :]
    dates = [column.index for field in _DAYS for column in columns.by_field.get(field, ())]
    swapped = frozenset(
        place for place in dates if _is_maybe_swapped(_cells(body, place), date1904=date1904)
    )
    return SheetHabits(swapped, _blank_sex(body, columns, words))


def _cells(body: Sequence[Row], place: int) -> list[Cell]:
    return [row[place] for row in body if place < len(row) and row[place] is not None]


def _is_maybe_swapped(cells: Sequence[Cell], *, date1904: bool) -> bool:
    """Typed day first, read month first: only days up to 12 became dates, the rest stayed text."""
    days = [cell for cell in cells if isinstance(cell, date)]
    if not days or any(day.day > _LARGEST_MONTH for day in days):
        return False
    typed = (read_day(cell, date1904=date1904).on for cell in cells if isinstance(cell, str))
    return any(on and on.day > _LARGEST_MONTH for on in typed)


def _blank_sex(body: Sequence[Row], columns: ColumnMap, words: WordLists) -> Sex | None:
    marked = columns.by_field.get("gender", ())
    if len(marked) != 1 or marked[0].marks is None:
        return None
    marks = marked[0].marks
    found = {read_sex(cell, words, {}, marks=marks).value for cell in _cells(body, marked[0].index)}
    if found - {None} != {marks}:
        return None
    return Sex.MALE if marks is Sex.FEMALE else Sex.FEMALE
