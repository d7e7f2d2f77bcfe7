"""The week as a table: for each shift its reminders, one row each, days of equal time as one."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.reminders.rules.calendar import ORDINARY, Calendar, Deviation
from app.reminders.rules.planning import is_quiet
from app.reminders.rules.schedules import Audience, Occurrence, Schedule, of_day
from app.workforce.rules.shifts import HoursBook, ShiftCode

WEEK = 7


@dataclass(frozen=True, slots=True)
class Cell:
    """Some days that follow each other; `at` is when the reminder comes, None when it does not.

    A day that differs stands alone: `differs` says how; one left out keeps its usual time.
    """

    days: int
    at: time | None
    differs: Deviation | None = None

    @property
    def is_quiet(self) -> bool:
        """Whether it comes in the quiet hours."""
        return self.at is not None and is_quiet(self.at)


@dataclass(frozen=True, slots=True)
class SlotRow:
    """One reminder on one shift over the week; `due_by_day` from 0, Monday, where it comes."""

    schedule: Schedule
    cells: tuple[Cell, ...]
    due_by_day: Mapping[int, tuple[datetime, Deviation | None]]


@dataclass(frozen=True, slots=True)
class Band:
    """The reminders of one shift; of none, those that go by the clock."""

    shift: ShiftCode | None
    rows: tuple[SlotRow, ...]


@dataclass(frozen=True, slots=True)
class DaySlot:
    """One reminder of one day, as a list of days shows it."""

    schedule: Schedule
    shift: ShiftCode | None
    at: time
    differs: Deviation | None

    @property
    def is_quiet(self) -> bool:
        """Whether it comes in the quiet hours."""
        return is_quiet(self.at)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom a timetable is looked at for: people of a group, of a unit, of a shift, of an audience.

    `unit_ids`: the unit with those above and below it.
    """

    group_id: str = ""
    unit_ids: frozenset[int] = frozenset()
    shift: ShiftCode | None = None
    audience: Audience | None = None

    def takes(self, schedule: Schedule) -> bool:
        """Whether the schedule goes to some of them."""
        return (
            (not self.group_id or not schedule.group_ids or self.group_id in schedule.group_ids)
            and (
                not self.unit_ids
                or not schedule.branch_ids
                or not schedule.branch_ids.isdisjoint(self.unit_ids)
            )
            and (self.shift is None or not schedule.shifts or self.shift in schedule.shifts)
            and (self.audience is None or schedule.audience is self.audience)
        )


def monday_of(on: date) -> date:
    """The first day of a day's week."""
    return on - timedelta(days=on.weekday())


def timetable(
    schedules: Iterable[Schedule],
    hours: HoursBook,
    shifts: Collection[ShiftCode],
    monday: date,
    zone: ZoneInfo,
    calendar: Calendar = ORDINARY,
    wanted: Wanted | None = None,
) -> list[Band]:
    """The week from a Monday, by start dates of shifts; paused schedules keep their place.

    `shifts` are those that are worked; one that a schedule names has its band too.
    """
    asked = wanted or Wanted()
    held = [each for each in schedules if asked.takes(each)]
    named = {shift for each in held for shift in each.shifts}
    shown = (*(each for each in ShiftCode if each in {*shifts, *named}), None)
    bands = []
    for shift in shown:
        if asked.shift is not None and shift not in (asked.shift, None):
            continue
        rows = [row for each in held for row in _rows(each, hours, shift, monday, zone, calendar)]
        rows.sort(key=lambda row: (_time_of_day(row), row.schedule.name, row.schedule.id))
        if rows:
            bands.append(Band(shift, tuple(rows)))
    return bands


def _time_of_day(row: SlotRow) -> datetime:
    usual = {day: at for day, (at, differs) in row.due_by_day.items() if differs is None}
    days = usual or {day: at for day, (at, _) in row.due_by_day.items()}
    return min(days.values()) - timedelta(days=min(days))


def _rows(
    schedule: Schedule,
    hours: HoursBook,
    shift: ShiftCode | None,
    monday: date,
    zone: ZoneInfo,
    calendar: Calendar,
) -> Iterator[SlotRow]:
    by_part: dict[str, dict[int, tuple[datetime, Deviation | None]]] = {}
    for day in range(WEEK):
        on = monday + timedelta(days=day)
        for each, differs in _that_day(schedule, hours, on, shift, zone, calendar):
            by_part.setdefault(each.part, {})[day] = each.due_at, differs
    for due_by_day in by_part.values():
        yield SlotRow(schedule, _cells(due_by_day, zone), due_by_day)


def _that_day(
    schedule: Schedule,
    hours: HoursBook,
    on: date,
    shift: ShiftCode | None,
    zone: ZoneInfo,
    calendar: Calendar,
) -> Iterator[tuple[Occurrence, Deviation | None]]:
    running = replace(schedule, active=True)
    kinds = {
        each.due_at: each.kind
        for each in calendar.one_days.get(schedule.id, ())
        if (each.on, each.shift) == (on, shift)
    }
    undisturbed = replace(calendar, one_days={}) if kinds.get(None) is Deviation.SKIP else calendar
    for each in of_day(running, hours, on, zone, undisturbed):
        if each.shift == shift:
            yield each, kinds.get(None) or kinds.get(each.due_at)


def _cells(
    due_by_day: Mapping[int, tuple[datetime, Deviation | None]], zone: ZoneInfo
) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for day in range(WEEK):
        due_at, differs = due_by_day.get(day, (None, None))
        at = due_at.astimezone(zone).time() if due_at else None
        if cells and differs is None and (cells[-1].at, cells[-1].differs) == (at, None):
            cells[-1] = Cell(cells[-1].days + 1, at)
        else:
            cells.append(Cell(1, at, differs))
    return tuple(cells)


def by_day(bands: Sequence[Band], zone: ZoneInfo) -> list[list[DaySlot]]:
    """The same week day by day, each in the order of its moments."""
    days: list[list[tuple[datetime, DaySlot]]] = [[] for _ in range(WEEK)]
    for band in bands:
        for row in band.rows:
            for day, (due_at, differs) in row.due_by_day.items():
                at = due_at.astimezone(zone).time()
                days[day].append((due_at, DaySlot(row.schedule, band.shift, at, differs)))
    return [[slot for _, slot in sorted(day, key=lambda each: each[0])] for day in days]
