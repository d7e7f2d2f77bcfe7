"""Why somebody is or is not expected on a day, and how many are expected on each shift."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.workforce.rules.shifts import (
    AssignedPattern,
    DaySpan,
    ShiftCode,
    WorkFacts,
    scheduled_shift,
)


class Why(StrEnum):
    """What decides a day of one person."""

    EXPECTED = "expected"
    DAY_OFF = "day_off"
    HOLIDAY = "holiday"
    ON_LEAVE = "on_leave"
    NO_PATTERN = "no_pattern"
    NOT_JOINED = "not_joined"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """One day of one person: the shift of the pattern, if any, and what decides the day."""

    on: date
    why: Why
    shift: ShiftCode | None = None


@dataclass(frozen=True, slots=True)
class DayForecast:
    """How many people are expected on each shift of a day, and how many are not, by reason."""

    on: date
    by_shift: Mapping[ShiftCode, int]
    by_reason: Mapping[Why, int]

    @property
    def expected(self) -> int:
        """Everybody expected that day."""
        return sum(self.by_shift.values())


Deciding = tuple[
    tuple[AssignedPattern, ...], tuple[DaySpan, ...], frozenset[date], date | None, date | None
]


def planned_day(facts: WorkFacts, on: date) -> PlannedDay:
    """The day of one person; of several reasons not to come the weightiest is told."""
    if facts.joined_on is not None and on < facts.joined_on:
        return PlannedDay(on, Why.NOT_JOINED)
    if facts.left_on is not None and on > facts.left_on:
        return PlannedDay(on, Why.LEFT)
    covering = [each for each in facts.patterns if each.span.covers(on)]
    if not covering:
        return PlannedDay(on, Why.NO_PATTERN)
    shift = scheduled_shift(max(covering, key=lambda each: each.span.from_on).pattern, on)
    if any(leave.covers(on) for leave in facts.leaves):
        return PlannedDay(on, Why.ON_LEAVE, shift)
    if shift is None:
        return PlannedDay(on, Why.DAY_OFF)
    if on in facts.holidays:
        return PlannedDay(on, Why.HOLIDAY, shift)
    return PlannedDay(on, Why.EXPECTED, shift)


def forecast(everybody: Iterable[WorkFacts], from_on: date, days: int) -> list[DayForecast]:
    """Days ahead for many people, each counted once a day."""
    span = [from_on + timedelta(days=day) for day in range(days)]
    alike = Counter(_deciding(facts, span[0], span[-1]) for facts in everybody)
    shifts: dict[date, Counter[ShiftCode]] = {on: Counter() for on in span}
    reasons: dict[date, Counter[Why]] = {on: Counter() for on in span}
    for (patterns, leaves, holidays, joined_on, left_on), count in alike.items():
        facts = WorkFacts(
            patterns, leaves=leaves, holidays=holidays, joined_on=joined_on, left_on=left_on
        )
        for on in span:
            day = planned_day(facts, on)
            if day.why is Why.EXPECTED and day.shift is not None:
                shifts[on][day.shift] += count
            else:
                reasons[on][day.why] += count
    return [DayForecast(on, shifts[on], reasons[on]) for on in span]


def _deciding(facts: WorkFacts, first: date, last: date) -> Deciding:
    """What decides these days: thousands of people share a few dozen of such keys."""
    joined_on = facts.joined_on if facts.joined_on and facts.joined_on > first else None
    left_on = facts.left_on if facts.left_on and facts.left_on < last else None
    return facts.patterns, facts.leaves, facts.holidays, joined_on, left_on
