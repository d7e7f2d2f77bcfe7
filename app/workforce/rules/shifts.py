"""Who works when: shift hours, cycles, expected days, and the shift an answer is for."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from app.kernel.clock import local_day
from app.kernel.refusals import Refusal

HORIZON_DAYS = 35


class ShiftCode(StrEnum):
    """The shifts of a park; their hours belong to the company."""

    CA1 = "ca1"
    CA2 = "ca2"
    CA3 = "ca3"
    DAY12 = "day12"
    NIGHT12 = "night12"
    OFFICE = "office"


class NoSuchShift(Refusal):
    """No shift is called that."""

    code = "workforce.no_such_shift"


class EmptyPattern(Refusal):
    """A pattern needs a cycle of at least one day."""

    code = "workforce.empty_pattern"


def shift_code(text: str) -> ShiftCode:
    """The shift of that code, or the refusal that there is none."""
    try:
        return ShiftCode(text)
    except ValueError:
        raise NoSuchShift(shift=text) from None


@dataclass(frozen=True, slots=True)
class ShiftHours:
    """Wall-clock hours of a shift; one that ends at or before its start ends the next day."""

    starts: time
    ends: time
    meal: time | None = None


# Customary hours (from memory, unverified); the meal in the middle is this project's choice.
DEFAULT_HOURS: Mapping[ShiftCode, ShiftHours] = MappingProxyType(
    {
        ShiftCode.CA1: ShiftHours(time(6), time(14), time(10)),
        ShiftCode.CA2: ShiftHours(time(14), time(22), time(18)),
        ShiftCode.CA3: ShiftHours(time(22), time(6), time(2)),
        ShiftCode.DAY12: ShiftHours(time(8), time(20), time(12)),
        ShiftCode.NIGHT12: ShiftHours(time(20), time(8), time(0)),
        ShiftCode.OFFICE: ShiftHours(time(8), time(17), time(12)),
    }
)


class HoursFrom(NamedTuple):
    """Hours of a shift that count from a day on."""

    from_on: date
    hours: ShiftHours


@dataclass(frozen=True, slots=True)
class HoursBook:
    """A company's hours over time; what it never set has the customary hours."""

    versions: Mapping[ShiftCode, tuple[HoursFrom, ...]]

    @classmethod
    def of(cls, hours: Mapping[ShiftCode, ShiftHours]) -> Self:
        """A book whose hours never changed."""
        return cls({shift: (HoursFrom(date.min, each),) for shift, each in hours.items()})

    def at(self, shift: ShiftCode, on: date) -> ShiftHours:
        """The hours of a shift that starts on a day."""
        known = [each for each in self.versions.get(shift, ()) if each.from_on <= on]
        return max(known, key=lambda each: each.from_on).hours if known else DEFAULT_HOURS[shift]


class ShiftWindow(NamedTuple):
    """The moments at which one shift starts and ends."""

    starts_at: datetime
    ends_at: datetime


def shift_window(hours: ShiftHours, on: date, zone: ZoneInfo) -> ShiftWindow:
    """When the shift of a start date runs; across midnight it still belongs to that date."""
    ends_on = on if hours.ends > hours.starts else on + timedelta(days=1)
    return ShiftWindow(_moment(on, hours.starts, zone), _moment(ends_on, hours.ends, zone))


def meal_at(hours: ShiftHours, on: date, zone: ZoneInfo) -> datetime | None:
    """When the meal of the shift of a start date begins, if the company set one."""
    if hours.meal is None:
        return None
    meal_on = on if hours.meal >= hours.starts else on + timedelta(days=1)
    return _moment(meal_on, hours.meal, zone)


def _moment(on: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, at, tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A cycle of shifts, None where the day is off; day 0 of the cycle is `anchor_on`."""

    cycle: tuple[ShiftCode | None, ...]
    anchor_on: date

    def __post_init__(self) -> None:
        if not self.cycle:
            raise EmptyPattern


def scheduled_shift(pattern: Pattern, on: date) -> ShiftCode | None:
    """The shift a pattern puts on a day, also before its anchor; None when off."""
    return pattern.cycle[(on - pattern.anchor_on).days % len(pattern.cycle)]


@dataclass(frozen=True, slots=True)
class DaySpan:
    """Days from one to another, both included; open while `to_on` is None."""

    from_on: date
    to_on: date | None = None

    def covers(self, on: date) -> bool:
        """Whether the day lies in the span."""
        return self.from_on <= on and (self.to_on is None or on <= self.to_on)


def is_expected(
    on: date,
    shift: ShiftCode,
    pattern: Pattern | None,
    leaves: Sequence[DaySpan] = (),
    holidays: AbstractSet[date] = frozenset(),
    joined_on: date | None = None,
    left_on: date | None = None,
) -> bool:
    """Whether a person is to answer for a shift: scheduled, employed, no leave, no holiday.

    `joined_on` and `left_on` are the first and the last day of work.
    """
    return (
        pattern is not None
        and scheduled_shift(pattern, on) == shift
        and (joined_on is None or joined_on <= on)
        and (left_on is None or on <= left_on)
        and on not in holidays
        and not any(leave.covers(on) for leave in leaves)
    )


@dataclass(frozen=True, slots=True)
class AssignedPattern:
    """A pattern that a person follows for a span of days."""

    pattern: Pattern
    span: DaySpan


@dataclass(frozen=True, slots=True)
class WorkFacts:
    """All that decides which shifts one person works; overlapping patterns: the newest counts."""

    patterns: tuple[AssignedPattern, ...] = ()
    hours: HoursBook = field(default_factory=lambda: HoursBook({}))
    leaves: tuple[DaySpan, ...] = ()
    holidays: frozenset[date] = frozenset()
    joined_on: date | None = None
    left_on: date | None = None


def expected_shift(facts: WorkFacts, on: date) -> ShiftCode | None:
    """The shift on which a person is expected that day, if any."""
    covering = [each for each in facts.patterns if each.span.covers(on)]
    if not covering:
        return None
    pattern = max(covering, key=lambda each: each.span.from_on).pattern
    shift = scheduled_shift(pattern, on)
    if shift is None:
        return None
    expected = is_expected(
        on, shift, pattern, facts.leaves, facts.holidays, facts.joined_on, facts.left_on
    )
    return shift if expected else None


class DutyShift(NamedTuple):
    """One shift of one person, known by its start date."""

    on: date
    shift: ShiftCode
    starts_at: datetime
    ends_at: datetime


def duty_shifts(facts: WorkFacts, from_on: date, days: int, zone: ZoneInfo) -> list[DutyShift]:
    """A person's expected shifts that start on the given days, in order."""
    found = []
    for on in (from_on + timedelta(days=day) for day in range(days)):
        shift = expected_shift(facts, on)
        if shift is not None:
            found.append(DutyShift(on, shift, *shift_window(facts.hours.at(shift, on), on, zone)))
    return found


def next_shift(
    now: datetime,
    facts: WorkFacts,
    zone: ZoneInfo,
    answered: Collection[tuple[date, ShiftCode]] = (),
    horizon_days: int = HORIZON_DAYS,
) -> DutyShift | None:
    """The shift that an answer given now is for; None when no shift begins within the horizon.

    From its start until its end a shift takes answers, first ones and amendments; otherwise it
    is the shift that begins next. Of two that overlap, the one without an answer goes first.
    """
    yesterday = local_day(now, zone) - timedelta(days=1)
    shifts = [
        each for each in duty_shifts(facts, yesterday, horizon_days + 2, zone) if each.ends_at > now
    ]
    running = [each for each in shifts if each.starts_at <= now]
    unanswered = [each for each in running if (each.on, each.shift) not in answered]
    if running:
        return unanswered[0] if unanswered else running[-1]
    return min(shifts, key=lambda each: each.starts_at, default=None)
