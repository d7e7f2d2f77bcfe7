"""Shares answered day by day: what counts as a day off, as no data, and as getting better."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Self

from app.dashboards.rules.measures import TARGET, Measure, Tally, total

WEEK = 7
NOTHING = Tally()


@dataclass(frozen=True, slots=True)
class Figures:
    """People of one company, or several, over some shifts; absent ones are not at work."""

    expected: int = 0
    answered: int = 0
    on_time: int = 0
    absent: int = 0
    not_asked: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(
            self.expected + other.expected,
            self.answered + other.answered,
            self.on_time + other.on_time,
            self.absent + other.absent,
            self.not_asked + other.not_asked,
        )

    def __sub__(self, other: Self) -> Self:
        return type(self)(
            self.expected - other.expected,
            self.answered - other.answered,
            self.on_time - other.on_time,
            self.absent - other.absent,
            self.not_asked - other.not_asked,
        )

    @property
    def at_work(self) -> int:
        """Who is expected and not known to be absent."""
        return self.expected - self.absent

    @property
    def not_answered(self) -> int:
        """Who was asked, is not known absent, and has said nothing."""
        return self.expected - self.answered - self.absent - self.not_asked

    @property
    def is_heard(self) -> bool:
        """Whether anything at all was told of these people."""
        return self.answered + self.absent + self.not_asked > 0

    @property
    def share(self) -> float | None:
        """Share of those at work who have answered, 0 to 1; None where nothing is known."""
        return self.answered / self.at_work if self.is_heard and self.at_work > 0 else None

    @property
    def share_on_time(self) -> float | None:
        """Share of those at work who answered in time, 0 to 1; None where nothing is known."""
        return self.on_time / self.at_work if self.is_heard and self.at_work > 0 else None


@dataclass(frozen=True, slots=True)
class Day:
    """One company on one day: its figures, or why there are none; `ahead`: no shift has begun."""

    on: date
    figures: Tally = NOTHING
    off: bool = False
    ahead: bool = False

    @property
    def share(self) -> float | None:
        """Share of those at work who have answered; None on a day off or without data."""
        return self.figures.share

    @property
    def point(self) -> float | Literal["nodata"] | None:
        """What a plot draws: a share, None where there is nothing to tell, or no data."""
        return "nodata" if self.is_silent else self.share

    @property
    def is_silent(self) -> bool:
        """Whether people should have been heard of and nothing is known."""
        return not self.off and not self.ahead and not self.figures.is_heard


@dataclass(frozen=True, slots=True)
class CompanyDays:
    """A company over a span of days, oldest first; `heard_at` is when it last told something."""

    code: str
    name: str
    workers: int
    days: tuple[Day, ...]
    heard_at: datetime | None
    id: int = 0

    @property
    def points(self) -> tuple[float | Literal["nodata"] | None, ...]:
        """What a plot draws: a share, None where there is nothing to tell, or no data."""
        return tuple(day.point for day in self.days)

    @property
    def is_silent(self) -> bool:
        """Whether its newest working day has no data."""
        due = (day for day in reversed(self.days) if not day.off and not day.ahead)
        newest = next(due, None)
        return newest is not None and newest.is_silent

    @property
    def last_share(self) -> float | None:
        """The share of the last day."""
        return self.days[-1].share if self.days else None

    @property
    def change(self) -> float | None:
        """How the last seven days compare with the seven before, as a difference of shares."""
        now = share_of(self.days[-WEEK:])
        before = share_of(self.days[-2 * WEEK : -WEEK])
        return None if now is None or before is None else now - before

    @property
    def average(self) -> float | None:
        """The share over all days with data."""
        return share_of(self.days)

    @property
    def lowest(self) -> float | None:
        """The lowest share of a day."""
        return min((day.share for day in self.days if day.share is not None), default=None)

    @property
    def silent_days(self) -> int:
        """How many days have no data."""
        return sum(1 for day in self.days if day.is_silent)


def share_of(days: Iterable[Day]) -> float | None:
    """The share over days together; those without data do not count."""
    return total(day.figures for day in days).share


def tally_of(figures: Figures, measure: Measure) -> Tally:
    """What a measure of answers makes of figures: those at work are the whole."""
    done = figures.on_time if measure is Measure.ON_TIME else figures.answered
    return Tally(done, figures.at_work, figures.is_heard)


def company_days(
    span: Sequence[date],
    figures_by_day: Mapping[date, Tally],
    working: Mapping[date, bool | None],
    ahead: Collection[date] = (),
) -> tuple[Day, ...]:
    """The days of one company; `working` tells whether anybody is scheduled, None: not known.

    On a day `ahead` people are expected, but no shift has begun.
    A day on which nobody is expected is a day off only where the schedule says so; else nothing
    may be concluded, and it has no data.
    """
    days = []
    for on in span:
        figures = figures_by_day.get(on, NOTHING)
        waits = on in ahead and not figures.is_heard
        off = figures == NOTHING and not waits and working.get(on) is False
        days.append(Day(on, figures, off, waits))
    return tuple(days)


def together(span: Sequence[date], companies: Sequence[CompanyDays]) -> tuple[Day, ...]:
    """All companies as one: a day is off when all are, and only those heard of are counted."""
    days = []
    for place, on in enumerate(span):
        each = [company.days[place] for company in companies]
        off = all(day.off for day in each)
        ahead = not off and all(day.off or day.ahead for day in each)
        days.append(Day(on, total(day.figures for day in each), off, ahead))
    return tuple(days)


@dataclass(frozen=True, slots=True)
class Reached:
    """How many companies reach the target, stay under it, are silent, or have nobody at work."""

    reached: int
    under: int
    silent: int
    waiting: int


def reached(companies: Sequence[CompanyDays], target: float = TARGET) -> Reached:
    """Sort companies by their last day."""
    shares = [each.last_share for each in companies if each.last_share is not None]
    silent = sum(1 for each in companies if each.is_silent)
    good = sum(1 for share in shares if share >= target)
    return Reached(good, len(shares) - good, silent, len(companies) - len(shares) - silent)


def worst_first(companies: Iterable[CompanyDays]) -> list[CompanyDays]:
    """Silent companies first, then from the lowest share of the last day up, days off last."""
    return sorted(
        companies,
        key=lambda each: (
            not each.is_silent,
            each.last_share is None,
            each.last_share or 0.0,
            each.name,
        ),
    )
