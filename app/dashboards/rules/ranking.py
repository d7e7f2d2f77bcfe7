"""Companies in order of what is missing, each with the reasons that a manager can go and see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from app.dashboards.rules.compliance import CompanyDays, share_of
from app.dashboards.rules.measures import Measure, Tally, target_of

MOST_REASONS = 4
WORTH_TELLING = 0.02  # a change of less says nothing: project choice
WEEKDAYS = 7


class Why(StrEnum):
    """Why a company stands where it stands, the heaviest first."""

    SILENT = "silent"
    LOW_DAYS = "low_days"
    WORSE = "worse"
    NOT_FINAL = "not_final"
    OVERDUE = "overdue"
    SHORT_TEAMS = "short_teams"
    NOT_DELIVERED = "not_delivered"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: so many of so many, the day it is seen best on, and the measure that shows it."""

    why: Why
    measure: Measure
    count: int = 0
    of: int = 0
    on: date | None = None
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Sums:
    """What a company comes to over a period, by measure."""

    by_measure: Mapping[Measure, Tally] = field(default_factory=dict)

    def of(self, measure: Measure) -> Tally:
        """The tally of one measure."""
        return self.by_measure.get(measure, Tally())


@dataclass(frozen=True, slots=True)
class Ranked:
    """A company with its share now and in the period before, and why."""

    company: CompanyDays
    share: float | None
    was: Tally
    reasons: tuple[Reason, ...]

    @property
    def before(self) -> float | None:
        """The share in the period before."""
        return self.was.share

    @property
    def change(self) -> float | None:
        """The difference of the two shares."""
        if self.share is None or self.before is None:
            return None
        return self.share - self.before


def ranked(
    companies: Iterable[CompanyDays],
    sums: Mapping[int, Sums],
    before: Mapping[int, Tally],
    measure: Measure = Measure.ANSWERED,
) -> list[Ranked]:
    """Silent companies first, then from the lowest share of the period up."""
    rows = []
    for company in companies:
        share = share_of(company.days)
        was = before.get(company.id, Tally())
        reasons = reasons_of(company, sums.get(company.id, Sums()), share, was.share, measure)
        rows.append(Ranked(company, share, was, reasons))
    return sorted(
        rows,
        key=lambda row: (
            not row.company.is_silent,
            row.share is None,
            row.share or 0.0,
            row.company.name,
        ),
    )


def reasons_of(
    company: CompanyDays,
    sums: Sums,
    share: float | None,
    before: float | None,
    measure: Measure = Measure.ANSWERED,
) -> tuple[Reason, ...]:
    """What keeps a company from its targets, the heaviest first, as many as anybody reads."""
    found = []
    if company.is_silent:
        found.append(Reason(Why.SILENT, measure, company.silent_days))
    target = target_of(measure)
    low = [day for day in company.days if day.share is not None and day.share < target]
    if low:
        worst = min(low, key=lambda day: day.share or 0.0)
        known = sum(1 for day in company.days if day.share is not None)
        found.append(Reason(Why.LOW_DAYS, measure, len(low), known, worst.on, worst.share))
    if share is not None and before is not None and before - share >= WORTH_TELLING:
        found.append(Reason(Why.WORSE, measure, round((before - share) * 100), share=before))
    for why, kind in (
        (Why.NOT_FINAL, Measure.FINAL),
        (Why.OVERDUE, Measure.FOLLOWED),
        (Why.SHORT_TEAMS, Measure.TEAMS),
        (Why.NOT_DELIVERED, Measure.DELIVERED),
        (Why.LATE, Measure.ON_TIME),
    ):
        tally = sums.of(kind)
        if kind is not measure and tally.share is not None and tally.share < target_of(kind):
            missing = tally.of - tally.done
            found.append(Reason(why, kind, missing, tally.of, share=tally.share))
    return tuple(found[:MOST_REASONS])


def weekly_rhythm(days: Sequence[tuple[date, Tally]]) -> tuple[Tally, ...]:
    """Monday to Sunday, each all its days together; those without data do not count."""
    sums = [Tally()] * WEEKDAYS
    for on, tally in days:
        if tally.is_heard:
            sums[on.weekday()] += tally
    return tuple(sums)
