"""How numbers, days and moments read in Vietnamese and in English."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web import filters

PARK = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2021, 11, 9, 3, 32, tzinfo=UTC)
TODAY = date(2021, 11, 9)


@pytest.mark.parametrize(
    ("value", "vietnamese", "english"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (1248, "1.248", "1,248"),
        (-1024618, "-1.024.618", "-1,024,618"),
    ],
)
def test_thousands_are_grouped_the_way_of_the_language(
    value: int, vietnamese: str, english: str
) -> None:
    assert filters.number(value, "vi") == vietnamese
    assert filters.number(value, "en") == english


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_a_written_number_reads_back_as_itself(value: int) -> None:
    assert int(filters.number(value, "vi").replace(".", "")) == value


def test_halves_are_rounded_up() -> None:
    assert filters.number(Decimal("36.85"), "vi", digits=1) == "36,9"


def test_a_number_rounded_to_nothing_has_no_sign() -> None:
    assert filters.number(-0.01, "vi", digits=1) == "0,0"


def test_percent_has_a_no_break_space_in_vietnamese_only() -> None:
    assert filters.percent(0.93, "vi") == "93,0\N{NO-BREAK SPACE}%"
    assert filters.percent(0.93, "en") == "93.0%"
    assert filters.percent(1, "vi", digits=0) == "100\N{NO-BREAK SPACE}%"


@given(st.integers(0, 100_000), st.integers(1, 100_000))
def test_percent_never_says_all_or_none_unless_it_is_so(part: int, whole: int) -> None:
    part = min(part, whole)
    shown = filters.percent(Decimal(part) / whole, "en")
    assert (shown == "100.0%") == (part == whole)
    assert (shown == "0.0%") == (part == 0)


def test_a_temperature_keeps_its_unit_on_the_line() -> None:
    assert filters.temperature(36.8, "vi") == "36,8\N{NO-BREAK SPACE}°C"
    assert filters.temperature(37, "en") == "37.0\N{NO-BREAK SPACE}°C"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("0900000118", "0900 000 118"),
        ("+84 900 000 118", "0900 000 118"),
        ("84900000118", "0900 000 118"),
        ("0900.000.118", "0900 000 118"),
        ("02043856123", "0204 3856 123"),
        ("115", "115"),
        ("+82 10 1234 5678", "+82 10 1234 5678"),
    ],
)
def test_vietnamese_phones_are_grouped_and_others_left(text: str, shown: str) -> None:
    assert filters.phone(text) == shown


@given(st.text())
def test_a_written_phone_stays_the_same_when_written_again(text: str) -> None:
    once = filters.phone(text)
    assert filters.phone(once) == once


def test_a_day_is_written_day_first() -> None:
    assert filters.day(date(2021, 11, 9)) == "09/11/2021"
    assert filters.day(date(2021, 11, 9), year=False) == "09/11"


def test_days_of_the_week_have_names_in_both_languages() -> None:
    assert filters.weekday(TODAY, "vi") == "Thứ Ba"
    assert filters.weekday(TODAY, "en") == "Tuesday"
    assert filters.weekday(date(2021, 11, 14), "vi") == "Chủ Nhật"


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (NOW, "10:32"),
        (datetime(2021, 11, 8, 17, 0, tzinfo=UTC), "00:00"),
        (datetime(2021, 11, 8, 16, 59, tzinfo=UTC), "08/11 23:59"),
        (datetime(2021, 11, 9, 17, 5, tzinfo=UTC), "10/11 00:05"),
        (datetime(2020, 12, 31, 3, 0, tzinfo=UTC), "31/12/2020 10:00"),
    ],
)
def test_a_moment_names_its_day_only_when_it_is_another(at: datetime, shown: str) -> None:
    assert filters.moment(at, PARK, today=TODAY) == shown


@pytest.mark.parametrize(
    ("seconds", "vietnamese", "english"),
    [
        (-300, "vừa xong", "just now"),
        (59, "vừa xong", "just now"),
        (60, "1 phút trước", "1 minute ago"),
        (6 * 60 + 59, "6 phút trước", "6 minutes ago"),
        (59 * 60, "59 phút trước", "59 minutes ago"),
        (3600, "1 giờ trước", "1 hour ago"),
        (86_399, "23 giờ trước", "23 hours ago"),
        (10 * 86_400, "10 ngày trước", "10 days ago"),
    ],
)
def test_time_past_counts_whole_units(seconds: int, vietnamese: str, english: str) -> None:
    at = NOW - timedelta(seconds=seconds)
    assert filters.ago(at, "vi", now=NOW) == vietnamese
    assert filters.ago(at, "en", now=NOW) == english


def test_a_shift_reads_with_a_short_dash() -> None:
    assert filters.span((time(6), time(14))) == "06:00–14:00"
    assert filters.span((time(22), time(6))) == "22:00–06:00"


def test_what_is_not_known_is_never_written_as_zero() -> None:
    written = [
        filters.number(None, "vi"),
        filters.percent(None, "vi"),
        filters.temperature(None, "vi"),
        filters.phone(None),
        filters.day(None),
        filters.weekday(None, "vi"),
        filters.clock(None, PARK),
        filters.moment(None, PARK, today=TODAY),
        filters.ago(None, "vi", now=NOW),
        filters.span(None),
    ]
    assert set(written) == {"–"}
