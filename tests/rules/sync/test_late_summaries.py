"""Changes of a day long past go up with the next hour at which everything goes up."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.sync.rules import ParkShift, late_summaries
from app.workforce.rules.shifts import DEFAULT_HOURS, ShiftCode, shift_window

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
ON = date(2026, 11, 10)
CA1 = ShiftCode.CA1
SHIFTS = [ParkShift.of(CA1, [shift_window(DEFAULT_HOURS[CA1], ON, ZONE)])]


def at(clock: str, day: int = 5) -> datetime:
    return datetime.combine(ON, time.fromisoformat(clock), tzinfo=ZONE) + timedelta(days=day)


@pytest.mark.parametrize(
    ("changed", "made", "now", "due"),
    [
        (at("11:00"), at("10:00", 1), at("11:01"), False),
        (at("11:00"), at("10:00", 1), at("15:59"), False),
        (at("11:00"), at("10:00", 1), at("16:00"), True),
        (at("11:00"), at("10:00", 1), at("09:00", 9), True),
        (at("11:00"), at("16:00"), at("16:01"), False),
        (at("11:00"), at("16:00"), at("11:00", 9), False),
        (at("09:59"), at("10:00", 1), at("10:00"), True),
        (at("15:59:50"), at("16:00:05"), at("16:01"), False),
        (at("15:59:50"), at("16:00:05"), at("10:00", 6), True),  # it may have been in flight
    ],
)
def test_a_late_change_waits_for_the_next_look_and_goes_up_once(
    changed: datetime,
    made: datetime,
    now: datetime,
    due: bool,
) -> None:
    found = late_summaries(ON, SHIFTS, now, {CA1: made, None: made}, {CA1: changed}, ZONE)
    assert [(each.shift, each.final) for each in found] == ([(CA1, True), (None, True)] * due)


def test_what_was_never_made_is_not_late() -> None:
    assert late_summaries(ON, SHIFTS, at("16:00"), {}, {CA1: at("11:00")}, ZONE) == []
