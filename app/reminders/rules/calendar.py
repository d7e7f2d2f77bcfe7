"""What a company's days do to its schedules: holidays, buses that leave, days that differ."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.kernel.refusals import Refusal
from app.workforce.rules.shifts import ShiftCode

# Where no timetable says when a bus leaves: so long before the shift, a project choice.
BUS_BEFORE_SHIFT_MINUTES = 45
# A time of departure belongs to a shift that begins within so long after it, a project choice.
LONGEST_RIDE = timedelta(hours=3)
# One send is moved by at most a day: it still speaks of its shift.
FARTHEST_MOVE = timedelta(days=1)


class Deviation(StrEnum):
    """What one day does to a schedule."""

    SKIP = "skip"
    MOVE = "move"
    EXTRA = "extra"


class NotThatDay(Refusal):
    """The reminder does not come on that shift of that day, so there is nothing to leave out."""

    code = "reminders.not_that_day"
    status = 409


class ComesThatDay(Refusal):
    """The reminder comes on that shift anyway, and nobody gets it twice."""

    code = "reminders.comes_that_day"
    status = 409


class AlreadyCome(Refusal):
    """The moment of the reminder has passed."""

    code = "reminders.already_come"
    status = 409


class MomentPassed(Refusal):
    """A reminder cannot be put at a moment that has passed."""

    code = "reminders.moment_passed"


class TooFarMoved(Refusal):
    """A send is moved by at most a day."""

    code = "reminders.too_far_moved"


@dataclass(frozen=True, slots=True)
class OneDay:
    """A schedule differs once, on the shift of a start date (None: by the clock).

    `due_at` is when it comes instead, None where it does not come at all.
    """

    id: str
    on: date
    shift: ShiftCode | None
    kind: Deviation
    due_at: datetime | None = None


Departures = Mapping[str, tuple[time, ...]]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days off of a company, departures by bus group, and the days that differ by schedule."""

    holidays: frozenset[date] = frozenset()
    departures: Departures = field(default_factory=dict)
    one_days: Mapping[str, tuple[OneDay, ...]] = field(default_factory=dict)


ORDINARY = Calendar()


def leaves_at(times: tuple[time, ...], starts_at: datetime, zone: ZoneInfo) -> datetime | None:
    """When a bus leaves for a shift that starts then; the first of several, None if none fits."""
    starts_on = starts_at.astimezone(zone).date()
    moments = [
        datetime.combine(starts_on - timedelta(days=back), leaves, tzinfo=zone).astimezone(UTC)
        for leaves in times
        for back in (0, 1)
    ]
    fitting = [at for at in moments if timedelta() <= starts_at - at <= LONGEST_RIDE]
    return min(fitting, default=None)


def departures_of(
    departures: Departures, starts_at: datetime, zone: ZoneInfo
) -> dict[str, frozenset[str]]:
    """The bus groups of a shift by their time of departure, 05:15; "" for those without one."""
    found: dict[str, set[str]] = {}
    for group_id, times in departures.items():
        at = leaves_at(times, starts_at, zone)
        part = f"{at.astimezone(zone):%H:%M}" if at else ""
        found.setdefault(part, set()).add(group_id)
    return {part: frozenset(group_ids) for part, group_ids in sorted(found.items())}
