"""Retention rules: how many days, within which bounds, and when the nightly purge is due.

Law 91/2025/QH15 and Decree 356/2025/NĐ-CP (from 1/1/2026): personal data are kept for the legal or
agreed time only. No text sets the days of these records; they are this program's own choice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from app.kernel.clock import local_day
from app.kernel.refusals import Refusal

PURGED_FROM = time(2, 40)  # by the clock of the park: after the backup, before the early shift


class Evidence(StrEnum):
    """How well a rule or its number is known."""

    FOUND = "found"
    PARTIAL = "partial"
    MEMORY = "memory"
    PROJECT = "project"


class DaysOutOfBounds(Refusal):
    """A number of days outside what the rule allows; `least`, `most`."""

    code = "retention.days_out_of_bounds"


class PurgeRunning(Refusal):
    """Another purge is under way."""

    code = "retention.purge_running"
    status = 409


class ClockUnsteady(Refusal):
    """By a clock that may be a year ahead all that is kept would look old; what goes is gone."""

    code = "retention.clock_unsteady"
    status = 409


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """How long one kind of data is kept: `days` and `extra_days` after the day that counts."""

    code: str
    days: int
    extra_days: int
    least: int
    most: int
    from_on: date
    evidence: Evidence
    days_evidence: Evidence
    source: str
    vi: str
    en: str

    def said(self, locale: str) -> str:
        """What it is about, in a language."""
        return self.en if locale == "en" else self.vi


def read_rules(document: Mapping[str, Any]) -> dict[str, RetentionRule]:
    """The rules out of their file, by code."""
    rules = {
        code: RetentionRule(
            code,
            int(row["days"]),
            int(row.get("extra_days", 0)),
            int(row["least"]),
            int(row["most"]),
            row["from_on"],
            Evidence(row["evidence"]),
            Evidence(row["days_evidence"]),
            str(document["sources"][row["source"]]),
            str(row["vi"]),
            str(row["en"]),
        )
        for code, row in document["rules"].items()
    }
    for rule in rules.values():
        check_days(rule, rule.days)
    return rules


def check_days(rule: RetentionRule, days: int) -> int:
    """The days, refused when the rule does not allow so few or so many."""
    if not rule.least <= days <= rule.most:
        raise DaysOutOfBounds(least=rule.least, most=rule.most)
    return days


def first_kept_on(rule: RetentionRule, days: int, today: date) -> date:
    """The oldest day of which everything is still kept; what counts from an earlier one goes."""
    return today - timedelta(days=days + rule.extra_days)


def day_begins_at(on: date, zone: ZoneInfo) -> datetime:
    """The moment at which a day begins in the park."""
    return datetime.combine(on, time.min, zone)


def is_purge_due(finished_at: datetime | None, now: datetime, zone: ZoneInfo) -> bool:
    """Whether the last purge that finished up to now is not of this night.

    One that was missed is made up for.
    A backup that was put back holds an old run, or none: what it brought back goes at once.
    """
    if finished_at is None or now - finished_at >= timedelta(days=1):
        return True
    begins_at = datetime.combine(local_day(now, zone), PURGED_FROM, zone)
    return finished_at < begins_at <= now
