"""Which shifts a board looks at: the running ones first, also across midnight."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from app.dashboards.rules import (
    NOW,
    WHOLE_DAY,
    DayPart,
    chosen_part,
    cut_off_at,
    day_parts,
    next_shift_to_begin,
    not_over,
    one_day,
)
from app.workforce.rules.shifts import HoursBook, ShiftCode

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
HOURS = HoursBook({})
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
CA1, CA2, CA3, NIGHT12 = ShiftCode.CA1, ShiftCode.CA2, ShiftCode.CA3, ShiftCode.NIGHT12


def at(hour: int, minute: int = 0, day: int = 24) -> datetime:
    """A moment of the park's clock."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


def test_the_running_shifts_stand_first() -> None:
    expected = {(TUESDAY, CA1): 3, (TUESDAY, CA2): 2, (TUESDAY, ShiftCode.OFFICE): 1}
    parts = day_parts(at(9), HOURS, expected, ZONE)
    assert [part.key for part in parts] == [NOW, "ca1", "ca2", "office", WHOLE_DAY]
    assert parts[0].slots == ((TUESDAY, CA1), (TUESDAY, ShiftCode.OFFICE))


def test_after_midnight_the_night_shift_of_yesterday_still_runs() -> None:
    expected = {(MONDAY, CA3): 5, (MONDAY, NIGHT12): 2, (TUESDAY, CA1): 3}
    parts = day_parts(at(5, 10), HOURS, expected, ZONE)
    assert parts[0].slots == ((MONDAY, CA3), (MONDAY, NIGHT12))
    at_seven = day_parts(at(7), HOURS, expected, ZONE)[0]
    assert at_seven.slots == ((MONDAY, NIGHT12), (TUESDAY, CA1))


def test_a_shift_nobody_works_is_no_choice() -> None:
    parts = day_parts(at(9), HOURS, {(TUESDAY, CA1): 0, (TUESDAY, CA2): 4}, ZONE)
    assert [part.key for part in parts] == ["ca2", WHOLE_DAY]


def test_a_day_without_anybody_is_still_a_day() -> None:
    (part,) = day_parts(at(9), HOURS, {}, ZONE)
    assert (part.key, part.slots) == (WHOLE_DAY, ())


def test_an_unknown_choice_means_the_first_or_the_default() -> None:
    parts = one_day(TUESDAY, {(TUESDAY, CA1): 1, (TUESDAY, CA2): 1})
    assert chosen_part(parts, "ca9").key == "ca1"
    assert chosen_part(parts, None, WHOLE_DAY).key == WHOLE_DAY
    assert chosen_part(parts, "ca2", WHOLE_DAY).key == "ca2"


def test_the_next_shift_is_the_first_that_has_not_begun() -> None:
    expected = {(TUESDAY, CA1): 3, (TUESDAY, CA2): 2, (TUESDAY, CA3): 2}
    found = next_shift_to_begin(at(9), HOURS, expected, ZONE)
    assert found is not None
    assert (found.shift, found.starts_at) == (CA2, at(14))
    assert next_shift_to_begin(at(23), HOURS, expected, ZONE) is None


def test_a_shift_can_be_reminded_of_until_it_ends() -> None:
    slots = ((MONDAY, CA3), (TUESDAY, CA1), (TUESDAY, CA2))
    assert not_over(slots, HOURS, at(5, 59), ZONE) == slots
    assert not_over(slots, HOURS, at(6), ZONE) == slots[1:]
    assert not_over(slots, HOURS, at(22), ZONE) == ()


def test_one_shift_has_a_cut_off_and_several_have_none() -> None:
    assert cut_off_at(DayPart("ca1", ((TUESDAY, CA1),)), HOURS, 60, ZONE) == at(7)
    assert cut_off_at(DayPart("ca3", ((TUESDAY, CA3),)), HOURS, 90, ZONE) == at(23, 30)
    assert cut_off_at(DayPart(WHOLE_DAY, ()), HOURS, 60, ZONE) is None
    both = DayPart(WHOLE_DAY, ((TUESDAY, CA1), (TUESDAY, CA2)))
    assert cut_off_at(both, HOURS, 60, ZONE) is None
