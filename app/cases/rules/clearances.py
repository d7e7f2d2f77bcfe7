"""Clearing by a written rule: only one that was read in its source is ever computed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from app.cases.rules.plans import PersonClass, SampleResult

FOUND = "found"


class Wanting(StrEnum):
    """Why a rule does not allow clearing."""

    UNVERIFIED = "unverified"
    TOO_EARLY = "too_early"
    NO_NEGATIVE = "no_negative"
    POSITIVE = "positive"


@dataclass(frozen=True, slots=True)
class ClearanceRule:
    """Isolation of a class of people in force from a day to a day; `days` full days, or unknown."""

    id: str
    person_class: PersonClass
    from_on: date
    to_on: date | None
    days: int | None
    follow_up_days: int
    needs_negative: bool
    condition: str
    doc: str
    source: str
    evidence: str

    @property
    def is_verified(self) -> bool:
        """Whether somebody read it in its source."""
        return self.evidence == FOUND and self.days is not None


def clearance_rules(data: Mapping[str, Any]) -> tuple[ClearanceRule, ...]:
    """The rules out of their data file; ids carry the version of the file."""
    return tuple(
        ClearanceRule(
            id=f"{row['id']}@{data['version']}",
            person_class=PersonClass(row["class"]),
            from_on=date.fromisoformat(row["from"]),
            to_on=date.fromisoformat(row["to"]) if "to" in row else None,
            days=row["days"],
            follow_up_days=row.get("follow_up_days", 0),
            needs_negative=row.get("needs_negative", False),
            condition=row.get("condition", ""),
            doc=row.get("doc", ""),
            source=row.get("source", ""),
            evidence=row["evidence"],
        )
        for row in data["rules"]
    )


def rules_in_force(
    rules: Iterable[ClearanceRule], person_class: PersonClass, began_on: date
) -> tuple[ClearanceRule, ...]:
    """The rules for a class of people on the day their isolation began."""
    return tuple(
        rule
        for rule in rules
        if rule.person_class is person_class
        and rule.from_on <= began_on
        and (rule.to_on is None or began_on <= rule.to_on)
    )


def earliest_clear_on(rule: ClearanceRule, began_on: date) -> date | None:
    """The first day on which a rule allows clearing; None of a rule that nobody verified."""
    if not rule.is_verified or rule.days is None:
        return None
    return began_on + timedelta(days=rule.days)


def wanting(
    rule: ClearanceRule, began_on: date, today: date, results: Sequence[SampleResult]
) -> tuple[Wanting, ...]:
    """What a rule still asks for; `results` in the order in which samples were taken."""
    earliest_on = earliest_clear_on(rule, began_on)
    if earliest_on is None:
        return (Wanting.UNVERIFIED,)
    newest = next((each for each in reversed(results) if each is not SampleResult.UNCLEAR), None)
    missing = []
    if today < earliest_on:
        missing.append(Wanting.TOO_EARLY)
    if rule.needs_negative and newest is not SampleResult.NEGATIVE:
        missing.append(Wanting.NO_NEGATIVE)
    elif newest is SampleResult.POSITIVE and rule.person_class is not PersonClass.F0:
        missing.append(Wanting.POSITIVE)
    return tuple(missing)
