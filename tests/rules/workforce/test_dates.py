"""Birthdays and other days as factories type them."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.workforce.rules import Cell, ProblemCode, read_birth, read_day
from app.workforce.rules.cells import day_text
from app.workforce.rules.dates import swapped

TODAY = date(2021, 11, 10)
DAY = date(1996, 6, 5)


@pytest.mark.parametrize(
    "raw",
    [
        "05/06/1996", "5/6/1996", "05-06-1996", "05.06.1996", "5/6/96", "1996-06-05",
        "05061996", 5061996, "19960605", 35221, 35221.0, "35221", "5/6/1996 0:00:00",
        "1996-06-05T00:00:00", "05 tháng 6 năm 1996", "ngày 5 tháng 6 năm 1996", "5-Jun-1996",
        "05-Jun-96", "Jun 5, 1996", " 05 / 06 / 1996 ", DAY,
        datetime.fromisoformat("1996-06-05T08:30"),
    ],
)  # fmt: skip
def test_a_birthday_is_read_day_first(raw: Cell) -> None:
    reading = read_birth(raw, TODAY)
    assert (reading.on, reading.year, reading.problems) == (DAY, 1996, ())


@pytest.mark.parametrize(
    "raw", [1996, "1996", 1996.0, "1996.0", "96", "năm 1996", "06/1996", "00/00/1996", "--/--/1996"]
)
def test_a_year_alone_stays_a_year(raw: Cell) -> None:
    reading = read_birth(raw, TODAY)
    assert (reading.on, reading.year, reading.problems) == (None, 1996, ())


@pytest.mark.parametrize(
    ("raw", "code", "suggestion"),
    [
        ("31/02/1998", ProblemCode.DATE_IMPOSSIBLE, "1998"),
        ("32/13/1998", ProblemCode.DATE_IMPOSSIBLE, "1998"),
        ("06/25/1998", ProblemCode.DATE_MONTH_FIRST, "25/06/1998"),
        ("05/06", ProblemCode.DATE_UNREADABLE, None),
        ("chưa rõ", ProblemCode.DATE_UNREADABLE, None),
        ("01/01/1939", ProblemCode.BIRTH_OUT_OF_RANGE, None),
        ("01/01/2007", ProblemCode.BIRTH_OUT_OF_RANGE, None),
        ("05/06/10", ProblemCode.BIRTH_OUT_OF_RANGE, None),
    ],
)
def test_what_is_no_birthday_is_left_empty(
    raw: str, code: ProblemCode, suggestion: str | None
) -> None:
    reading = read_birth(raw, TODAY)
    assert (reading.on, reading.year) == (None, None)
    assert (reading.problems, reading.suggestion) == ((code,), suggestion)


def test_short_years_stand_for_the_century_that_makes_a_worker() -> None:
    assert read_birth("01/01/02", TODAY).year == 2002
    assert read_birth("01/01/75", TODAY).year == 1975
    assert read_birth("01/01/06", TODAY).year == 2006


def test_day_numbers_count_from_the_year_of_the_workbook() -> None:
    assert read_birth(35221 - 1462, TODAY, date1904=True).on == DAY


def test_a_day_of_joining_needs_a_day() -> None:
    assert read_day("01/02/2019").on == date(2019, 2, 1)
    assert read_day("2019").problems == (ProblemCode.DATE_UNREADABLE,)
    assert read_day("30/02/2019").problems == (ProblemCode.DATE_IMPOSSIBLE,)
    assert read_day(None) == read_day("")


def test_only_days_up_to_twelve_have_a_swapped_twin() -> None:
    assert swapped(DAY) == date(1996, 5, 6)
    assert swapped(date(1996, 5, 25)) is None
    assert swapped(date(1996, 5, 5)) is None


days = st.dates(date(1940, 1, 1), date(2006, 12, 31))


@given(on=days, sign=st.sampled_from("/-. "), pad=st.booleans())
def test_every_worker_s_birthday_survives_every_way_of_writing(
    on: date, sign: str, pad: bool
) -> None:
    day, month = (f"{on.day:02d}", f"{on.month:02d}") if pad else (str(on.day), str(on.month))
    assert read_birth(sign.join((day, month, str(on.year))), TODAY).on == on
    assert read_birth((on - date(1899, 12, 30)).days, TODAY).on == on
    assert read_birth(on.isoformat(), TODAY).on == on


@given(raw=st.one_of(st.text(alphabet="0123456789/-. tháng", max_size=14), st.floats(0, 10**8)))
def test_what_was_read_reads_the_same_again_and_no_year_is_invented(raw: str | float) -> None:
    reading = read_birth(raw, TODAY)
    if reading.on:
        assert reading.year == reading.on.year
        assert read_birth(day_text(reading.on), TODAY) == reading
    elif reading.year:
        assert f"{reading.year % 100:02d}" in str(raw)
        assert read_birth(str(reading.year), TODAY) == reading
    assert read_birth(reading.suggestion or "1990", TODAY).problems == ()


def test_the_youngest_worker_is_fifteen_this_year() -> None:
    assert read_birth("31/12/2006", TODAY).on == date(2006, 12, 31)
    assert read_birth("31/12/2006", TODAY - timedelta(days=365)).on is None
