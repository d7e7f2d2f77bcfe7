"""When reminders come due: schedules anchored on the clock or on a shift, and their occurrences."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.kernel.clock import local_day
from app.kernel.refusals import Refusal
from app.reminders.rules.calendar import (
    BUS_BEFORE_SHIFT_MINUTES,
    ORDINARY,
    Calendar,
    Departures,
    Deviation,
    departures_of,
    leaves_at,
)
from app.workforce.rules.shifts import HoursBook, ShiftCode, ShiftHours, meal_at, shift_window

LATE_MINUTES = 15
EVERY_DAY = frozenset(range(7))
LONGEST_OFFSET_MINUTES = 24 * 60
LOOK_AHEAD_DAYS = 60


class Anchor(StrEnum):
    """What a schedule is tied to."""

    SHIFT_START = "shift_start"
    MEAL_START = "meal_start"
    SHIFT_END = "shift_end"
    BUS_DEPARTURE = "bus"
    CLOCK = "clock"


class Audience(StrEnum):
    """Whom a reminder speaks to."""

    WORKER = "worker"
    TEAM = "team"
    MANAGER = "manager"


class NoClockTime(Refusal):
    """A schedule tied to the clock needs a time, and only such a one has it."""

    code = "reminders.no_clock_time"


class OffsetTooLong(Refusal):
    """A reminder lies at most a day from what it is tied to."""

    code = "reminders.offset_too_long"


class UnknownWeekday(Refusal):
    """Weekdays run from 0, Monday, to 6."""

    code = "reminders.unknown_weekday"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When one text goes to whom.

    `weekdays` (0 is Monday) and `from_on`, `to_on`, both included, are those of the shift's start
    date; no `shifts` means every shift, no `branch_ids` every unit, no `language` each reader's
    own. The offset is in minutes, negative for before.
    """

    id: str
    name: str
    template: str
    anchor: Anchor
    offset_minutes: int = 0
    clock_time: time | None = None
    weekdays: frozenset[int] = EVERY_DAY
    shifts: frozenset[ShiftCode] = frozenset()
    group_ids: frozenset[str] = frozenset()
    only_unanswered: bool = False
    audience: Audience = Audience.WORKER
    from_on: date | None = None
    to_on: date | None = None
    active: bool = True
    branch_ids: frozenset[int] = frozenset()
    on_holidays: bool = True
    language: str = ""

    def __post_init__(self) -> None:
        if (self.anchor is Anchor.CLOCK) != (self.clock_time is not None):
            raise NoClockTime
        if abs(self.offset_minutes) > LONGEST_OFFSET_MINUTES:
            raise OffsetTooLong(minutes=self.offset_minutes)
        if not self.weekdays <= EVERY_DAY:
            raise UnknownWeekday

    def runs_on(self, on: date) -> bool:
        """Whether the schedule holds on a start date."""
        return (
            self.active
            and on.weekday() in self.weekdays
            and (self.from_on is None or self.from_on <= on)
            and (self.to_on is None or on <= self.to_on)
        )


class Occurrence(NamedTuple):
    """A schedule comes due once; `on` is the shift's start date, `shift` None by the clock.

    `part`: only for those whose bus leaves then (05:15), "" for those whose bus has no own time.
    """

    schedule_id: str
    on: date
    shift: ShiftCode | None
    due_at: datetime
    part: str = ""


def occurrences(
    schedule: Schedule,
    hours: HoursBook,
    from_at: datetime,
    to_at: datetime,
    zone: ZoneInfo,
    calendar: Calendar = ORDINARY,
) -> list[Occurrence]:
    """What comes due from one moment, included, to another, excluded; earliest first.

    Windows that follow each other without a gap give every occurrence exactly once, and a day
    that differs changes no other.
    """
    if not schedule.active:
        return []
    found = [
        each
        for on in _days(from_at, to_at, zone)
        for each in of_day(schedule, hours, on, zone, calendar)
        if from_at <= each.due_at < to_at
    ]
    return sorted(found, key=lambda each: (each.due_at, each.on, each.shift or "", each.part))


def _days(from_at: datetime, to_at: datetime, zone: ZoneInfo) -> Iterator[date]:
    # a day of shift, one of offset and one of moving lie at most between a date and what comes
    first, last = local_day(from_at, zone), local_day(to_at, zone)
    for day in range(-4, (last - first).days + 4):
        yield first + timedelta(days=day)


def of_day(
    schedule: Schedule, hours: HoursBook, on: date, zone: ZoneInfo, calendar: Calendar = ORDINARY
) -> Iterator[Occurrence]:
    """What a schedule does on a start date, the days that differ included."""
    one_days = {
        each.shift: each for each in calendar.one_days.get(schedule.id, ()) if each.on == on
    }
    runs = schedule.runs_on(on) and (schedule.on_holidays or on not in calendar.holidays)
    for each in usual_of_day(schedule, hours, on, zone, calendar.departures):
        differs = one_days.get(each.shift)
        if runs and (differs is None or differs.kind is Deviation.EXTRA):
            yield each
        elif differs and differs.due_at and (differs.kind is Deviation.MOVE) == runs:
            yield each._replace(due_at=differs.due_at)


def usual_of_day(
    schedule: Schedule,
    hours: HoursBook,
    on: date,
    zone: ZoneInfo,
    departures: Departures | None = None,
) -> Iterator[Occurrence]:
    """When a schedule would come on a start date, if it holds on that day."""
    offset = timedelta(minutes=schedule.offset_minutes)
    if schedule.clock_time is not None:
        at = datetime.combine(on, schedule.clock_time, tzinfo=zone).astimezone(UTC)
        yield Occurrence(schedule.id, on, None, at + offset)
        return
    for shift in schedule.shifts or ShiftCode:
        hours_then = hours.at(shift, on)
        for part in _parts(schedule, hours_then, on, zone, departures or {}):
            at_anchor = _anchored_at(schedule.anchor, hours_then, on, zone, part)
            if at_anchor is not None:
                yield Occurrence(schedule.id, on, shift, at_anchor + offset, part)


def _parts(
    schedule: Schedule, hours: ShiftHours, on: date, zone: ZoneInfo, departures: Departures
) -> tuple[str, ...]:
    if schedule.anchor is not Anchor.BUS_DEPARTURE or not departures:
        return ("",)
    asked = {each: departures[each] for each in departures if each in schedule.group_ids}
    starts_at = shift_window(hours, on, zone).starts_at
    return tuple(departures_of(asked or departures, starts_at, zone))


def _anchored_at(
    anchor: Anchor, hours: ShiftHours, on: date, zone: ZoneInfo, part: str
) -> datetime | None:
    window = shift_window(hours, on, zone)
    match anchor:
        case Anchor.SHIFT_START:
            return window.starts_at
        case Anchor.SHIFT_END:
            return window.ends_at
        case Anchor.MEAL_START:
            return meal_at(hours, on, zone)
        case Anchor.BUS_DEPARTURE:
            own = leaves_at((time.fromisoformat(part),), window.starts_at, zone) if part else None
            return own or window.starts_at - timedelta(minutes=BUS_BEFORE_SHIFT_MINUTES)
        case Anchor.CLOCK:
            return None


def anchored_at(
    schedule: Schedule, hours: HoursBook, occurrence: Occurrence, zone: ZoneInfo
) -> datetime:
    """The moment an occurrence speaks of: its shift's start, meal or end, a departure, or its own.

    A send that was moved still speaks of the same moment.
    """
    if occurrence.shift is None:
        return occurrence.due_at
    hours_then = hours.at(occurrence.shift, occurrence.on)
    at = _anchored_at(schedule.anchor, hours_then, occurrence.on, zone, occurrence.part)
    return at or occurrence.due_at


def next_occurrences(
    schedule: Schedule,
    n: int,
    hours: HoursBook,
    now: datetime,
    zone: ZoneInfo,
    calendar: Calendar = ORDINARY,
    shifts: AbstractSet[ShiftCode | None] | None = None,
) -> list[Occurrence]:
    """The next n occurrences from now on, as far as 60 days ahead; only on `shifts` where given."""
    found: list[Occurrence] = []
    for day in range(LOOK_AHEAD_DAYS):
        if len(found) >= n:
            break
        start = now + timedelta(days=day)
        coming = occurrences(schedule, hours, start, start + timedelta(days=1), zone, calendar)
        found += [each for each in coming if shifts is None or each.shift in shifts]
    return found[:n]


def is_missed(occurrence: Occurrence, now: datetime, late_minutes: int = LATE_MINUTES) -> bool:
    """Whether it is too late to remind: nobody gets yesterday's message today."""
    return now - occurrence.due_at > timedelta(minutes=late_minutes)


def message_key(template: str, on: date, shift: ShiftCode | None) -> str:
    """What one reminder is called: a text on a shift, however many schedules ask for it."""
    return f"r:{template}:{on.isoformat()}:{shift or '-'}"


def once_key(person_id: str, template: str, on: date, shift: ShiftCode | None) -> str:
    """What a person gets at most once, over all groups and schedules they are in."""
    return f"{message_key(template, on, shift)}:{person_id}"
