"""Days and birth years as factories type them: day first, serials, short years, year only."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.kernel.text import fold
from app.workforce.rules.cells import Cell, day_text, text_of
from app.workforce.rules.problems import ProblemCode

EARLIEST_BIRTH_YEAR = 1940
YOUNGEST_WORKER_YEARS = 15
_SERIALS = range(7_000, 60_000)
_SERIAL_ZERO_1900 = date(1899, 12, 30)
_SERIAL_ZERO_1904 = date(1904, 1, 1)
_MONTHS = ("jan", "feb", "mar", "apr", "mai", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_CLOCK_TAIL = re.compile(r"[ t]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[ap]m)?$")
_DECIMAL_TAIL = re.compile(r"(?<=^\d{4})\.0+$")
_WORDS = re.compile(r"\b(?:ngai|thang|nam|sinh)\b")
_MONTH_WORD = re.compile(rf"\b({'|'.join(_MONTHS)})[a-z]*\b")
_SPLIT = re.compile(r"[\s/.,\-–_]+")


class _Parts(NamedTuple):
    day: int
    month: int
    year: int


@dataclass(frozen=True, slots=True)
class DayReading:
    """A day read from a cell, or what stands in the way."""

    on: date | None = None
    problems: tuple[ProblemCode, ...] = ()
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class BirthReading:
    """A birthday, or only its year; `year` is set whenever `on` is."""

    on: date | None = None
    year: int | None = None
    problems: tuple[ProblemCode, ...] = ()
    suggestion: str | None = None


def read_day(raw: Cell, *, date1904: bool = False) -> DayReading:
    """A full day from a cell; a year alone is not enough."""
    if not text_of(raw):
        return DayReading()
    parts = _parts(raw, date1904=date1904)
    if parts is None or not parts.day:
        return DayReading(problems=(ProblemCode.DATE_UNREADABLE,))
    on = _day_of(parts)
    if on is None:
        code, suggestion = _impossible(parts)
        return DayReading(problems=(code,), suggestion=suggestion)
    return DayReading(on)


def read_birth(raw: Cell, today: date, *, date1904: bool = False) -> BirthReading:
    """A birthday or birth year from 1940 to fifteen years before today; no day is invented."""
    if not text_of(raw):
        return BirthReading()
    latest = today.year - YOUNGEST_WORKER_YEARS
    parts = _parts(raw, date1904=date1904, latest=latest)
    if parts is None:
        return BirthReading(problems=(ProblemCode.DATE_UNREADABLE,))
    if not EARLIEST_BIRTH_YEAR <= parts.year <= latest:
        return BirthReading(problems=(ProblemCode.BIRTH_OUT_OF_RANGE,))
    if not parts.day:
        return BirthReading(year=parts.year)
    on = _day_of(parts)
    if on is None:
        code, suggestion = _impossible(parts)
        return BirthReading(problems=(code,), suggestion=suggestion or str(parts.year))
    return BirthReading(on, on.year)


def swapped(on: date) -> date | None:
    """The day that Excel would have made of this one by reading the month first."""
    return _day_of(_Parts(on.month, on.day, on.year)) if on.day != on.month else None


def _day_of(parts: _Parts) -> date | None:
    try:
        return date(parts.year, parts.month, parts.day)
    except ValueError:
        return None


def _impossible(parts: _Parts) -> tuple[ProblemCode, str | None]:
    turned = _day_of(_Parts(parts.month, parts.day, parts.year))
    if turned:
        return ProblemCode.DATE_MONTH_FIRST, day_text(turned)
    return ProblemCode.DATE_IMPOSSIBLE, None


def _parts(raw: Cell, *, date1904: bool, latest: int | None = None) -> _Parts | None:
    if isinstance(raw, datetime | date):
        return _Parts(raw.day, raw.month, raw.year)
    text = _CLOCK_TAIL.sub("", fold(text_of(raw)))
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        return _from_serial(int(float(text)), date1904=date1904)
    text = _DECIMAL_TAIL.sub("", text)
    if text.isascii() and text.isdigit():
        return _from_run(text, latest)
    month_named = _MONTH_WORD.search(text)
    if month_named:
        text = _MONTH_WORD.sub(f" {_MONTHS.index(month_named[1]) + 1} ", text, count=1)
    pieces = [piece for piece in _SPLIT.split(_WORDS.sub(" ", text)) if piece]
    if month_named and len(pieces) == 3 and month_named.start() == 0:
        pieces[:2] = pieces[1::-1]
    return _from_pieces(pieces, latest)


def _from_serial(serial: int, *, date1904: bool) -> _Parts | None:
    if serial not in _SERIALS:
        return None
    zero = _SERIAL_ZERO_1904 if date1904 else _SERIAL_ZERO_1900
    on = zero + timedelta(days=serial)
    return _Parts(on.day, on.month, on.year)


def _from_run(digits: str, latest: int | None) -> _Parts | None:
    if len(digits) in (2, 4):
        return _Parts(0, 0, _full_year(digits, latest))
    if len(digits) not in (7, 8):
        return None
    digits = digits.zfill(8)
    day_first = _Parts(int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    if _day_of(day_first) is None and digits.startswith(("19", "20")):
        return _Parts(int(digits[6:]), int(digits[4:6]), int(digits[:4]))
    return day_first


def _from_pieces(pieces: list[str], latest: int | None) -> _Parts | None:
    if not all(piece.isascii() and piece.isdigit() and len(piece) <= 4 for piece in pieces):
        return None
    if len(pieces) == 3 and len(pieces[0]) == 4:
        pieces = pieces[::-1]
    if not 1 <= len(pieces) <= 3 or any(len(piece) > 2 for piece in pieces[:-1]):
        return None
    if len(pieces[-1]) not in (2, 4) or len(pieces) == len(pieces[-1]) == 2:
        return None
    year = _full_year(pieces[-1], latest)
    if len(pieces) < 3 or int(pieces[0]) == 0:
        return _Parts(0, 0, year)
    return _Parts(int(pieces[0]), int(pieces[1]), year)


def _full_year(digits: str, latest: int | None) -> int:
    if len(digits) == 4:
        return int(digits)
    short = int(digits)
    year = 2000 + short if short < 30 else 1900 + short
    return year - 100 if latest is not None and year > latest else year
