"""The week as officers see it, and how long a reminder holds."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.delivery.rules import Status, may_move
from app.delivery.rules.messages import before, fill, in_language
from app.reminders.rules import Anchor, Schedule
from app.reminders.rules.planning import holds_until, is_quiet, template_of
from app.reminders.rules.timetable import WEEK, Cell, monday_of, timetable
from app.workforce.rules.shifts import HoursBook, HoursFrom, ShiftCode, ShiftHours, shift_window

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = date(2026, 11, 23)
HOURS = HoursBook({})
ONE, THREE = ShiftCode.CA1, ShiftCode.CA3


def before_shift(**changes: object) -> Schedule:
    values = {"offset_minutes": -60, **changes}
    return Schedule("s", "Khai báo", "t", Anchor.SHIFT_START, **values)  # type: ignore[arg-type]


def test_a_reminder_every_day_is_one_cell() -> None:
    bands = timetable([before_shift()], HOURS, [ONE], MONDAY, ZONE)
    assert [(band.shift, band.rows[0].cells) for band in bands] == [(ONE, (Cell(7, time(5)),))]


def test_days_without_it_and_days_at_another_time_stand_apart() -> None:
    book = HoursBook(
        {
            ONE: (
                HoursFrom(date.min, ShiftHours(time(6), time(14))),
                HoursFrom(date(2026, 11, 26), ShiftHours(time(7), time(15))),
            )
        }
    )
    schedule = before_shift(weekdays=frozenset({0, 1, 3, 4, 6}))
    cells = timetable([schedule], book, [ONE], MONDAY, ZONE)[0].rows[0].cells
    assert cells == (
        Cell(2, time(5)),
        Cell(1, None),
        Cell(2, time(6)),
        Cell(1, None),
        Cell(1, time(6)),
    )


def test_a_night_shift_keeps_its_start_date_and_what_comes_first_stands_first() -> None:
    late = before_shift(offset_minutes=240, shifts=frozenset({THREE}))
    early = Schedule("e", "Trước ca", "t", Anchor.SHIFT_START, -60, shifts=frozenset({THREE}))
    band = timetable([late, early], HOURS, [ONE], MONDAY, ZONE)[0]
    assert [row.schedule.id for row in band.rows] == ["e", "s"]
    assert [row.cells for row in band.rows] == [(Cell(7, time(21)),), (Cell(7, time(2)),)]
    assert all(row.cells[0].is_quiet for row in band.rows)


def test_what_goes_by_the_clock_stands_last_and_what_is_paused_keeps_its_place() -> None:
    dormitory = Schedule("d", "Phòng", "t", Anchor.CLOCK, clock_time=time(20), active=False)
    bands = timetable([dormitory, before_shift()], HOURS, [ONE], MONDAY, ZONE)
    assert [band.shift for band in bands] == [ONE, None]


@given(
    st.builds(
        before_shift,
        weekdays=st.frozensets(st.integers(0, 6)),
        offset_minutes=st.integers(-1440, 1440),
        shifts=st.frozensets(st.sampled_from(ShiftCode)),
    ),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
)
def test_every_row_covers_the_week_and_every_day_it_runs(schedule: Schedule, on: date) -> None:
    monday = monday_of(on)
    assert monday <= on < monday + timedelta(days=WEEK)
    for band in timetable([schedule], HOURS, list(ShiftCode), monday, ZONE):
        for row in band.rows:
            assert sum(cell.days for cell in row.cells) == WEEK
            running = sum(cell.days for cell in row.cells if cell.at is not None)
            assert running == len(schedule.weekdays)


def test_a_reminder_holds_until_its_day_or_its_shift_is_over() -> None:
    due_at = datetime(2026, 11, 23, 22, tzinfo=UTC)  # 05:00 on Tuesday
    assert holds_until(due_at, None, ZONE) == datetime(2026, 11, 24, 17, tzinfo=UTC)
    night = shift_window(ShiftHours(time(22), time(6)), date(2026, 11, 24), ZONE)
    evening = datetime(2026, 11, 24, 14, tzinfo=UTC)
    assert holds_until(evening, night, ZONE) == night.ends_at


@pytest.mark.parametrize(
    ("at", "quiet"), [("20:59", False), ("21:00", True), ("04:29", True), ("04:30", False)]
)
def test_nothing_rings_from_nine_to_half_past_four(at: str, quiet: bool) -> None:
    assert is_quiet(time.fromisoformat(at)) is quiet


def test_equal_texts_are_one_template() -> None:
    built_in = {"bs_mask": {"vi": "Khẩu trang", "en": "Mask"}}
    assert template_of({"vi": "Khẩu trang", "en": "Mask"}, built_in) == "bs_mask"
    own = template_of({"vi": "Khẩu trang"}, built_in)
    assert own.startswith("own:")
    assert own == template_of({"vi": "Khẩu trang"}, {})
    assert own != template_of({"vi": "Khẩu trang."}, {})


def test_filling_leaves_what_has_no_value_and_never_fills_twice() -> None:
    assert fill("Xe {bus}, phòng {room}", {"bus": "{room}"}) == "Xe {room}, phòng {room}"


def test_a_language_that_is_missing_gives_the_first() -> None:
    assert in_language({"vi": "Chào", "en": "Hello"}, "en") == "Hello"
    assert in_language({"vi": "Chào"}, "en") == "Chào"
    assert in_language({}, "en") == ""


@given(st.sampled_from(Status))
def test_the_steps_before_a_status_are_those_that_may_come_to_it(new: Status) -> None:
    assert before(new) == tuple(old for old in Status if may_move(old, new))
    again = before(Status.QUEUED, by_person=True)
    assert Status.UNCLEAR in again
    assert Status.UNCLEAR not in before(Status.QUEUED)
