"""A kiosk's code, and the shift of somebody who has none planned."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.gate.rules.kiosk import bare_code, shift_by_clock
from app.workforce.rules.shifts import HoursBook, ShiftCode, ShiftHours

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
HOURS = HoursBook.of(
    {
        ShiftCode.CA1: ShiftHours(time(6), time(14)),
        ShiftCode.CA2: ShiftHours(time(14), time(22)),
        ShiftCode.CA3: ShiftHours(time(22), time(6)),
    }
)
RUN = (ShiftCode.CA1, ShiftCode.CA2, ShiftCode.CA3)


def local(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=ZONE).astimezone(UTC)


def test_people_stand_there_just_before_their_shift_or_just_after_its_start() -> None:
    for at, shift, day in (
        (local(5, 40), ShiftCode.CA1, 24),
        (local(6, 20), ShiftCode.CA1, 24),
        (local(13, 30), ShiftCode.CA2, 24),
        (local(21, 50), ShiftCode.CA3, 24),
        (local(0, 30), ShiftCode.CA3, 23),
    ):
        found = shift_by_clock(at, HOURS, RUN, ZONE)
        assert found is not None
        assert (found.shift, found.on) == (shift, date(2026, 11, day)), at


def test_a_company_without_shifts_has_none_by_the_clock() -> None:
    assert shift_by_clock(local(6), HOURS, (), ZONE) is None


@given(st.integers(0, 24 * 60 - 1), st.sets(st.sampled_from(ShiftCode), min_size=1))
def test_a_shift_by_the_clock_has_not_ended_and_is_of_the_company(
    minute: int, run: set[ShiftCode]
) -> None:
    at = local(0) + timedelta(minutes=minute)
    found = shift_by_clock(at, HOURS, run, ZONE)
    assert found is not None
    assert found.shift in run
    assert found.ends_at > at


@given(st.text(max_size=30))
def test_a_code_is_compared_without_case_spaces_and_dashes(typed: str) -> None:
    assert bare_code(bare_code(typed)) == bare_code(typed)
    assert bare_code(" abcd-efgh 2345 ") == "ABCDEFGH2345"
