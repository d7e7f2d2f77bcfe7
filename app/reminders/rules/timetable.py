"""The week as a table: for each shift its reminders, one row each, days of equal time as one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.reminders.rules.planning import is_quiet
from app.reminders.rules.schedules import Schedule, occurrences
from app.workforce.rules.shifts import HoursBook, ShiftCode

WEEK = 7


@dataclass(frozen=True, slots=True)
class Cell:
    """Some days that follow each other; `at` is when the reminder comes, None when it does not."""

    days: int
    at: time | None

    @property
    def is_quiet(self) -> bool:
        """Whether it comes in the quiet hours."""
        return self.at is not None and is_quiet(self.at)


@dataclass(frozen=True, slots=True)
class SlotRow:
    """One reminder on one shift over the week."""

    schedule: Schedule
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """The reminders of one shift; of none, those that go by the clock."""

    shift: ShiftCode | None
    rows: tuple[SlotRow, ...]


def monday_of(on: date) -> date:
    """The first day of a day's week."""
    return on - timedelta(days=on.weekday())


def timetable(
    schedules: Iterable[Schedule],
    hours: HoursBook,
    shifts: Sequence[ShiftCode],
    monday: date,
    zone: ZoneInfo,
) -> list[Band]:
    """The week from a Monday, by start dates of shifts; paused schedules keep their place.

    `shifts` are those that are worked; one that a schedule names has its band too.
    """
    held = list(schedules)
    named = {shift for each in held for shift in each.shifts}
    bands = []
    for shift in (*(each for each in ShiftCode if each in {*shifts, *named}), None):
        due = [(each, _due_by_day(each, hours, shift, monday, zone)) for each in held]
        rows = [
            (min(by_day.values()) - timedelta(days=min(by_day)), each, by_day)
            for each, by_day in due
            if by_day
        ]
        rows.sort(key=lambda row: (row[0], row[1].name, row[1].id))
        if rows:
            shown = (SlotRow(each, _cells(by_day, zone)) for _, each, by_day in rows)
            bands.append(Band(shift, tuple(shown)))
    return bands


def _due_by_day(
    schedule: Schedule,
    hours: HoursBook,
    shift: ShiftCode | None,
    monday: date,
    zone: ZoneInfo,
) -> dict[int, datetime]:
    from_at = datetime.combine(monday - timedelta(days=2), time(), tzinfo=zone).astimezone(UTC)
    found = occurrences(
        replace(schedule, active=True), hours, from_at, from_at + timedelta(days=WEEK + 5), zone
    )
    return {
        (each.on - monday).days: each.due_at
        for each in found
        if each.shift == shift and 0 <= (each.on - monday).days < WEEK
    }


def _cells(due_by_day: Mapping[int, datetime], zone: ZoneInfo) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for day in range(WEEK):
        due_at = due_by_day.get(day)
        at = due_at.astimezone(zone).time() if due_at else None
        if cells and cells[-1].at == at:
            cells[-1] = Cell(cells[-1].days + 1, at)
        else:
            cells.append(Cell(1, at))
    return tuple(cells)
