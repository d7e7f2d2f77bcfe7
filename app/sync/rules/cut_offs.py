"""When summaries are due, and how long to wait after a failed exchange."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from app.workforce.rules.shifts import ShiftCode, ShiftWindow

CUT_OFF_MINUTES = 60
AS_THEY_STAND = (time(10), time(16))
# A last look at a day's late answers, a night shift's among them, on the next morning.
LAST_LOOK = time(10)
# A change may be committed a little after the moment it bears, and after somebody looked.
IN_FLIGHT = timedelta(minutes=1)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
JITTER_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class ParkShift:
    """One shift over all companies of a park, whose hours differ."""

    shift: ShiftCode
    starts_at: datetime
    last_start_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, shift: ShiftCode, windows: Sequence[ShiftWindow]) -> Self:
        """The span of a shift out of the hours of the companies that work it."""
        starts = [each.starts_at for each in windows]
        return cls(shift, min(starts), max(starts), max(each.ends_at for each in windows))

    def cut_off_at(self, minutes: int) -> datetime:
        """When the shift's summary becomes final: so long after the last company began."""
        return self.last_start_at + timedelta(minutes=minutes)


@dataclass(frozen=True, slots=True)
class DueSummary:
    """A summary to be made now; `shift` None is the day total."""

    on: date
    shift: ShiftCode | None
    final: bool
    due_at: datetime


def due_summaries(
    on: date,
    shifts: Sequence[ParkShift],
    now: datetime,
    made: Mapping[ShiftCode | None, datetime],
    zone: ZoneInfo,
    cut_off_minutes: int = CUT_OFF_MINUTES,
) -> list[DueSummary]:
    """What is to be made of one day: shifts in order of their start, the day total last.

    A shift that has begun is due at its cut-off and whenever all go up as they stand; the day
    total with its last shift and at the same hours. `made` tells when each was made last: what
    was slept through is made once, as it stands now.
    """
    if not shifts:
        return []
    looks = [
        *(_local(on, at, zone) for at in AS_THEY_STAND),
        _local(on + timedelta(days=1), LAST_LOOK, zone),
    ]
    ordered = sorted(shifts, key=lambda each: (each.starts_at, each.shift.value))
    spans: list[tuple[ShiftCode | None, datetime, datetime]] = [
        (each.shift, each.starts_at, each.cut_off_at(cut_off_minutes)) for each in ordered
    ]
    spans.append((None, ordered[0].starts_at, max(cut_off for *_, cut_off in spans)))
    due = []
    for shift, starts_at, cut_off_at in spans:
        moments = [cut_off_at, *(look for look in looks if look >= starts_at)]
        due_at = max((each for each in moments if each <= now), default=None)
        if due_at is not None and (shift not in made or made[shift] < due_at):
            due.append(DueSummary(on, shift, now >= cut_off_at, due_at))
    return due


def late_summaries(
    on: date,
    shifts: Sequence[ParkShift],
    now: datetime,
    made: Mapping[ShiftCode | None, datetime],
    changed: Mapping[ShiftCode, datetime],
    zone: ZoneInfo,
) -> list[DueSummary]:
    """What is to be revised of a day whose last look is past, because an answer came days late.

    Such changes wait for the next hour at which all go up as they stand; `changed` tells when
    the figures of each shift moved last.
    """
    today = now.astimezone(zone).date()
    days = (today - timedelta(days=1), today)
    looks = [_local(day, at, zone) for day in days for at in AS_THEY_STAND]
    look = max(each for each in looks if each <= now)
    ordered = sorted(shifts, key=lambda each: (each.starts_at, each.shift.value))
    due = [
        DueSummary(on, each.shift, True, look)
        for each in ordered
        if each.shift in made
        and changed[each.shift] <= look
        and made[each.shift] < min(look, changed[each.shift] + IN_FLIGHT)
    ]
    return [*due, DueSummary(on, None, True, look)] if due else []


def wait_after(failures: int, jitter: float) -> timedelta:
    """How long to wait after so many failed exchanges; `jitter` from -1 to 1 is drawn outside."""
    doubled: timedelta = FIRST_WAIT * 2 ** min(max(failures, 1) - 1, 10)
    return min(doubled, LONGEST_WAIT) * (1 + JITTER_SHARE * jitter)


def _local(on: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, at, tzinfo=zone).astimezone(UTC)
