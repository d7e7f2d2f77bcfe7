"""Reminders come due once, on the right day, however the time is cut up."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.reminders.rules import (
    Anchor,
    NoClockTime,
    Occurrence,
    OffsetTooLong,
    Schedule,
    UnknownWeekday,
    is_missed,
    message_key,
    next_occurrences,
    occurrences,
    once_key,
)
from app.workforce.rules.shifts import HoursBook, HoursFrom, ShiftCode, ShiftHours

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = date(2026, 11, 23)
USUAL = HoursBook({})
CA1, CA3 = ShiftCode.CA1, ShiftCode.CA3
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def at(clock: str, day: int = 0) -> datetime:
    return datetime.combine(MONDAY, time.fromisoformat(clock), tzinfo=ZONE) + timedelta(days=day)


def reminder(
    anchor: Anchor = Anchor.SHIFT_START,
    offset_minutes: int = -60,
    *shifts: ShiftCode,
    **more: object,
) -> Schedule:
    return Schedule(
        "s1",
        "Nhắc",
        "bs_declare",
        anchor,
        offset_minutes,
        shifts=frozenset(shifts),
        **more,  # type: ignore[arg-type]
    )


def due(schedule: Schedule, first: datetime, last: datetime) -> list[tuple[str, str | None]]:
    found = occurrences(schedule, USUAL, first, last, ZONE)
    return [(f"{each.due_at.astimezone(ZONE):%d %H:%M}", each.shift) for each in found]


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    anchor = draw(st.sampled_from(Anchor))
    from_on = draw(st.none() | st.dates(MONDAY - timedelta(days=3), MONDAY + timedelta(days=3)))
    return reminder(
        anchor,
        draw(st.integers(-1440, 1440)),
        *draw(st.sets(st.sampled_from(ShiftCode))),
        clock_time=draw(times) if anchor is Anchor.CLOCK else None,
        weekdays=draw(st.frozensets(st.integers(0, 6), min_size=1)),
        from_on=from_on,
        to_on=draw(st.none() | st.just(MONDAY + timedelta(days=4))),
    )


books = st.dictionaries(
    st.sampled_from(ShiftCode), st.builds(ShiftHours, times, times, st.none() | times)
).map(HoursBook.of)


def test_a_reminder_for_a_morning_shift_comes_an_hour_before_it() -> None:
    assert due(reminder(Anchor.SHIFT_START, -60, CA1), at("00:00"), at("00:00", 2)) == [
        ("23 05:00", "ca1"),
        ("24 05:00", "ca1"),
    ]


def test_a_reminder_of_a_night_shift_belongs_to_the_date_the_shift_began() -> None:
    ends = occurrences(reminder(Anchor.SHIFT_END, 0, CA3), USUAL, at("00:00"), at("12:00"), ZONE)
    assert ends == [Occurrence("s1", MONDAY - timedelta(days=1), CA3, at("06:00"))]
    meal = occurrences(
        reminder(Anchor.MEAL_START, -10, CA3), USUAL, at("01:00", 1), at("02:00", 1), ZONE
    )
    assert meal == [Occurrence("s1", MONDAY, CA3, at("01:50", 1))]


def test_a_reminder_may_come_the_evening_before_its_shift() -> None:
    hours = HoursBook.of({CA1: ShiftHours(time(0, 30), time(8))})
    found = occurrences(
        reminder(Anchor.SHIFT_START, -60, CA1), hours, at("23:00"), at("00:00", 1), ZONE
    )
    assert found == [Occurrence("s1", MONDAY + timedelta(days=1), CA1, at("23:30"))]


def test_weekdays_and_dates_are_those_of_the_shift_not_of_the_clock() -> None:
    mondays = reminder(
        Anchor.SHIFT_END, 0, CA3, weekdays=frozenset({0}), from_on=MONDAY, to_on=MONDAY
    )
    assert due(mondays, at("00:00", -8), at("00:00", 9)) == [("24 06:00", "ca3")]


def test_a_schedule_by_the_clock_is_due_once_a_day_whatever_the_shifts() -> None:
    evening = reminder(Anchor.CLOCK, 30, CA1, CA3, clock_time=time(23, 45))
    assert due(evening, at("00:00"), at("00:00", 2)) == [("23 00:15", None), ("24 00:15", None)]


def test_no_shifts_named_means_every_shift_and_no_meal_means_none() -> None:
    everyone = due(reminder(), at("00:00"), at("00:00", 1))
    assert {shift for _, shift in everyone} == set(ShiftCode)
    hours = HoursBook.of({CA1: ShiftHours(time(6), time(14))})
    lunch = reminder(Anchor.MEAL_START, 0, CA1)
    assert occurrences(lunch, hours, at("00:00"), at("00:00", 3), ZONE) == []


def test_new_hours_move_the_reminder_from_their_day_on() -> None:
    later = HoursFrom(MONDAY + timedelta(days=1), ShiftHours(time(7), time(15)))
    book = HoursBook({CA1: (later,)})
    found = occurrences(
        reminder(Anchor.SHIFT_START, -60, CA1), book, at("00:00"), at("00:00", 2), ZONE
    )
    assert [each.due_at for each in found] == [at("05:00"), at("06:00", 1)]


def test_a_schedule_that_is_off_is_never_due() -> None:
    assert due(reminder(active=False), at("00:00"), at("00:00", 30)) == []


@settings(max_examples=50)
@given(schedules(), books, st.lists(st.integers(1, 4 * 1440 - 1), max_size=5))
def test_however_the_window_is_cut_the_same_comes_due_each_once(
    schedule: Schedule, hours: HoursBook, cuts: list[int]
) -> None:
    start, end = at("00:00", -1), at("00:00", 3)
    moments = [start, *(start + timedelta(minutes=minute) for minute in sorted(cuts)), end]
    whole = occurrences(schedule, hours, start, end, ZONE)
    pieces = [
        each
        for first, last in pairwise(moments)
        for each in occurrences(schedule, hours, first, last, ZONE)
    ]
    assert sorted(pieces) == sorted(whole)
    assert len({each[:3] for each in whole}) == len(whole)


@settings(max_examples=50)
@given(schedules(), books)
def test_none_is_lost_at_midnight(schedule: Schedule, hours: HoursBook) -> None:
    """Every start date on which a schedule holds gives each of its shifts exactly once."""
    found = occurrences(schedule, hours, at("00:00", -14), at("00:00", 14), ZONE)
    middle = [each for each in found if abs((each.on - MONDAY).days) <= 7]
    days = [MONDAY + timedelta(days=day) for day in range(-7, 8)]
    holding = [day for day in days if schedule.runs_on(day)]
    expected = [
        (day, shift)
        for day in holding
        for shift in (schedule.shifts or ShiftCode)
        if schedule.anchor is not Anchor.MEAL_START or hours.at(shift, day).meal is not None
    ]
    if schedule.anchor is Anchor.CLOCK:
        assert [each.on for each in sorted(middle, key=lambda each: each.on)] == holding
    else:
        assert sorted((each.on, each.shift) for each in middle) == sorted(expected)


@settings(max_examples=30)
@given(schedules(), books, st.integers(0, 5))
def test_the_next_ones_are_the_first_of_all_that_come(
    schedule: Schedule, hours: HoursBook, n: int
) -> None:
    now = at("03:21")
    found = next_occurrences(schedule, n, hours, now, ZONE)
    assert found == occurrences(schedule, hours, now, at("03:21", 40), ZONE)[:n]


def test_more_than_a_quarter_of_an_hour_late_is_missed() -> None:
    occurrence = Occurrence("s1", MONDAY, CA1, at("05:00"))
    assert not is_missed(occurrence, at("05:15"))
    assert is_missed(occurrence, at("05:15") + timedelta(seconds=1))
    assert is_missed(occurrence, at("05:06"), late_minutes=5)
    assert not is_missed(occurrence, at("04:00"))


def test_two_schedules_of_one_text_and_shift_reach_a_person_once() -> None:
    assert once_key("w1", "bs_mask", MONDAY, CA1) == "r:bs_mask:2026-11-23:ca1:w1"
    assert message_key("bs_mask", MONDAY, None) == "r:bs_mask:2026-11-23:-"
    keys = {
        once_key(person, template, on, shift)
        for person in ("w1", "w2")
        for template in ("a", "b")
        for on in (MONDAY, MONDAY + timedelta(days=1))
        for shift in (None, *ShiftCode)
    }
    assert len(keys) == 2 * 2 * 2 * 7
    longest = once_key("x" * 36, "t" * 60, MONDAY, ShiftCode.NIGHT12)
    assert len(longest) <= 120


def test_a_schedule_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(NoClockTime):
        reminder(Anchor.CLOCK)
    with pytest.raises(NoClockTime):
        reminder(clock_time=time(5))
    with pytest.raises(OffsetTooLong):
        reminder(Anchor.SHIFT_START, 1441)
    with pytest.raises(UnknownWeekday):
        reminder(weekdays=frozenset({7}))
