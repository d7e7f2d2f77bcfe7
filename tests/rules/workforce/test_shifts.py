"""Who works when, and which shift an answer is for."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.workforce.rules.shifts import (
    DEFAULT_HOURS,
    AssignedPattern,
    DaySpan,
    EmptyPattern,
    HoursBook,
    HoursFrom,
    NoSuchShift,
    Pattern,
    ShiftCode,
    ShiftHours,
    WorkFacts,
    duty_shifts,
    expected_shift,
    is_expected,
    meal_at,
    next_shift,
    scheduled_shift,
    shift_code,
    shift_window,
)

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = date(2026, 11, 23)
CA1, CA2, CA3, NIGHT12 = ShiftCode.CA1, ShiftCode.CA2, ShiftCode.CA3, ShiftCode.NIGHT12

days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
shifts = st.sampled_from(ShiftCode)
patterns = st.builds(
    Pattern, st.lists(st.none() | shifts, min_size=1, max_size=14).map(tuple), anchor_on=days
)


def at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=ZONE)


def working(*cycle: ShiftCode | None, **facts: object) -> WorkFacts:
    pattern = AssignedPattern(Pattern(cycle, MONDAY), DaySpan(date(2020, 1, 1)))
    return WorkFacts(patterns=(pattern,), **facts)  # type: ignore[arg-type]


def test_an_unknown_shift_is_refused_by_name() -> None:
    assert shift_code("ca3") is CA3
    with pytest.raises(NoSuchShift) as refusal:
        shift_code("ca4")
    assert refusal.value.code == "workforce.no_such_shift"
    assert refusal.value.params == {"shift": "ca4"}


def test_a_night_shift_ends_the_next_day_and_belongs_to_its_start_date() -> None:
    window = shift_window(DEFAULT_HOURS[CA3], MONDAY, ZONE)
    assert window.starts_at == at(MONDAY, "22:00")
    assert window.ends_at == at(MONDAY + timedelta(days=1), "06:00")
    assert meal_at(DEFAULT_HOURS[CA3], MONDAY, ZONE) == at(MONDAY + timedelta(days=1), "02:00")
    assert meal_at(ShiftHours(time(8), time(17)), MONDAY, ZONE) is None


@given(times, times, days)
def test_a_shift_lasts_more_than_nothing_and_at_most_a_day(
    starts: time, ends: time, on: date
) -> None:
    window = shift_window(ShiftHours(starts, ends), on, ZONE)
    assert timedelta(0) < window.ends_at - window.starts_at <= timedelta(days=1)
    assert window.starts_at.tzinfo is UTC
    assert window.starts_at.astimezone(ZONE) == datetime.combine(on, starts, tzinfo=ZONE)
    assert window.ends_at.astimezone(ZONE).time() == ends


@given(times, times, times, days)
def test_a_meal_inside_the_hours_lies_inside_the_shift(
    starts: time, ends: time, meal: time, on: date
) -> None:
    hours = ShiftHours(starts, ends, meal)
    window, eats_at = shift_window(hours, on, ZONE), meal_at(hours, on, ZONE)
    inside = starts <= meal < ends if starts < ends else meal >= starts or meal < ends
    assert eats_at is not None
    assert inside == (window.starts_at <= eats_at < window.ends_at)


@given(patterns, days)
def test_a_pattern_repeats_itself_before_and_after_its_anchor(pattern: Pattern, on: date) -> None:
    again = on + timedelta(days=len(pattern.cycle))
    assert scheduled_shift(pattern, on) == scheduled_shift(pattern, again)
    assert scheduled_shift(pattern, pattern.anchor_on) == pattern.cycle[0]


def test_a_pattern_without_days_is_refused() -> None:
    with pytest.raises(EmptyPattern):
        Pattern((), MONDAY)


@given(patterns, days, shifts, st.lists(days, max_size=3), st.none() | days, st.none() | days)
def test_nobody_is_expected_outside_employment_on_leave_or_on_a_holiday(
    pattern: Pattern,
    on: date,
    shift: ShiftCode,
    holidays: list[date],
    joined_on: date | None,
    left_on: date | None,
) -> None:
    leave = DaySpan(on - timedelta(days=1), on + timedelta(days=1))
    expected = is_expected(on, shift, pattern, (), frozenset(holidays), joined_on, left_on)
    if expected:
        assert scheduled_shift(pattern, on) == shift
        assert on not in holidays
        assert joined_on is None or joined_on <= on
        assert left_on is None or on <= left_on
    assert not is_expected(on, shift, pattern, (leave,))
    assert not is_expected(on, shift, pattern, (), {on})
    assert not is_expected(on, shift, None)


def test_leave_holds_on_its_first_and_last_day_only() -> None:
    leave = (DaySpan(MONDAY, MONDAY + timedelta(days=2)),)
    facts = working(CA1, leaves=leave)
    expected = [expected_shift(facts, MONDAY + timedelta(days=day)) for day in range(-1, 4)]
    assert expected == [CA1, None, None, None, CA1]


def test_of_two_patterns_the_newer_counts_and_a_gap_means_off() -> None:
    tuesday = MONDAY + timedelta(days=1)
    facts = WorkFacts(
        patterns=(
            AssignedPattern(Pattern((CA1,), MONDAY), DaySpan(MONDAY, MONDAY + timedelta(days=3))),
            AssignedPattern(Pattern((CA2,), MONDAY), DaySpan(tuesday, tuesday)),
        )
    )
    got = [expected_shift(facts, MONDAY + timedelta(days=day)) for day in (-1, 0, 1, 2, 3, 4)]
    assert got == [None, CA1, CA2, CA1, CA1, None]


def test_new_hours_count_from_their_day_on() -> None:
    later, early = ShiftHours(time(7), time(15)), ShiftHours(time(5), time(13))
    book = HoursBook({CA1: (HoursFrom(MONDAY, later), HoursFrom(date(2026, 1, 1), early))})
    assert book.at(CA1, MONDAY - timedelta(days=1)) == early
    assert book.at(CA1, MONDAY) == later
    assert book.at(CA1, date(2025, 12, 31)) == DEFAULT_HOURS[CA1]
    assert book.at(CA2, MONDAY) == DEFAULT_HOURS[CA2]


@pytest.mark.parametrize(
    ("clock", "on"),
    [("05:00", 0), ("06:00", 0), ("13:59", 0), ("14:00", 1), ("23:59", 1)],
)
def test_an_answer_is_for_the_running_shift_until_it_ends_then_for_the_next(
    clock: str, on: int
) -> None:
    shift = next_shift(at(MONDAY, clock), working(CA1), ZONE)
    assert shift is not None
    assert (shift.on, shift.shift) == (MONDAY + timedelta(days=on), CA1)


@pytest.mark.parametrize(
    ("day", "clock", "on"), [(0, "23:30", 0), (1, "00:30", 0), (1, "05:59", 0), (1, "06:00", 1)]
)
def test_after_midnight_a_night_worker_still_answers_for_the_date_the_shift_began(
    day: int, clock: str, on: int
) -> None:
    shift = next_shift(at(MONDAY + timedelta(days=day), clock), working(CA3), ZONE)
    assert shift is not None
    assert shift.on == MONDAY + timedelta(days=on)


def test_before_midnight_an_answer_is_for_the_shift_after_midnight() -> None:
    facts = working(CA1, hours=HoursBook.of({CA1: ShiftHours(time(0, 30), time(8, 30))}))
    shift = next_shift(at(MONDAY, "23:50"), facts, ZONE)
    assert shift is not None
    assert shift.on == MONDAY + timedelta(days=1)


def test_of_two_running_shifts_the_unanswered_one_is_asked_first() -> None:
    facts = working(NIGHT12, CA1)
    now, tuesday = at(MONDAY + timedelta(days=1), "06:30"), MONDAY + timedelta(days=1)
    first, second = (MONDAY, NIGHT12), (tuesday, CA1)
    asked = [next_shift(now, facts, ZONE, done) for done in ((), (first,), (first, second))]
    assert [each and each[:2] for each in asked] == [first, second, second]


def test_nobody_is_asked_when_no_shift_begins_within_the_horizon() -> None:
    assert next_shift(at(MONDAY, "05:00"), working(None), ZONE) is None
    assert next_shift(at(MONDAY, "05:00"), WorkFacts(), ZONE) is None


@settings(max_examples=60)
@given(patterns, days, st.integers(0, 2 * 24 * 60))
def test_the_next_shift_is_the_first_that_has_not_ended(
    pattern: Pattern, on: date, minute: int
) -> None:
    facts = WorkFacts(patterns=(AssignedPattern(pattern, DaySpan(date(2019, 1, 1))),))
    now = at(on, "00:00") + timedelta(minutes=minute)
    known = duty_shifts(facts, on - timedelta(days=3), 45, ZONE)
    shift = next_shift(now, facts, ZONE)
    open_shifts = [each for each in known if each.ends_at > now]
    assert shift == (open_shifts[0] if open_shifts else None)
