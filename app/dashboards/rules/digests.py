"""The digest of a week: which week, when it is due, and what of it is worth telling."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.dashboards.rules.measures import Measure, Tally
from app.dashboards.rules.periods import Period
from app.dashboards.rules.ranking import Ranked, Reason, Why

TOLD_AT = time(7)
WEEK = timedelta(days=7)
MOST_CHANGES = 10
WORTH_TELLING = 0.01
KEPT = 12


@dataclass(frozen=True, slots=True)
class Change:
    """One company of a digest: its share, the week before's, and why."""

    code: str
    name: str
    share: float | None
    before: float | None
    reasons: tuple[Reason, ...]

    @property
    def change(self) -> float | None:
        """The difference of the two shares."""
        if self.share is None or self.before is None:
            return None
        return self.share - self.before


@dataclass(frozen=True, slots=True)
class Digest:
    """A week in figures: the whole, and the companies that changed most, silent ones first."""

    week_on: date
    share: float | None
    before: float | None
    companies: int
    changes: tuple[Change, ...]

    @property
    def period(self) -> Period:
        """The days it is about, Monday to Sunday."""
        return Period(self.week_on, self.week_on + WEEK - timedelta(days=1))


def week_due(now: datetime, zone: ZoneInfo) -> date:
    """The Monday of the week whose digest is due: the last one over, from Monday morning on.

    Older weeks that a machine slept through are not told any more.
    """
    local = now.astimezone(zone)
    monday = local.date() - timedelta(days=local.weekday())
    early = local.date() == monday and local.time() < TOLD_AT
    return monday - (2 * WEEK if early else WEEK)


def digest_of(week_on: date, ranking: Sequence[Ranked], whole: Tally, before: Tally) -> Digest:
    """What of a week is worth telling: who fell silent, then the largest steps down and up."""
    silent = [row for row in ranking if row.company.is_silent]
    moved = sorted(
        (
            row
            for row in ranking
            if not row.company.is_silent and abs(row.change or 0.0) >= WORTH_TELLING
        ),
        key=lambda row: (-abs(row.change or 0.0), row.company.name),
    )
    changes = tuple(
        Change(row.company.code, row.company.name, row.share, row.before, row.reasons)
        for row in [*silent, *moved][:MOST_CHANGES]
    )
    return Digest(week_on, whole.share, before.share, len(ranking), changes)


def packed(digest: Digest) -> dict[str, Any]:
    """A digest as JSON values: no sentence, so that each reader gets it in their language."""
    return {
        "share": digest.share,
        "before": digest.before,
        "companies": digest.companies,
        "changes": [
            {
                "code": each.code,
                "name": each.name,
                "share": each.share,
                "before": each.before,
                "reasons": [
                    {
                        "why": reason.why.value,
                        "measure": reason.measure.value,
                        "count": reason.count,
                        "of": reason.of,
                        "on": reason.on.isoformat() if reason.on else None,
                        "share": reason.share,
                    }
                    for reason in each.reasons
                ],
            }
            for each in digest.changes
        ],
    }


def unpacked(week_on: date, body: Mapping[str, Any]) -> Digest:
    """A digest out of its JSON values."""
    return Digest(
        week_on,
        body["share"],
        body["before"],
        body["companies"],
        tuple(
            Change(
                each["code"],
                each["name"],
                each["share"],
                each["before"],
                tuple(_reasons(each["reasons"])),
            )
            for each in body["changes"]
        ),
    )


def _reasons(rows: Iterable[Mapping[str, Any]]) -> Iterable[Reason]:
    for row in rows:
        on = date.fromisoformat(row["on"]) if row["on"] else None
        why, measure = Why(row["why"]), Measure(row["measure"])
        yield Reason(why, measure, row["count"], row["of"], on, row["share"])
