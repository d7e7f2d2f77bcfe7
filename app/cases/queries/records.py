"""A case as its page shows it: head, tasks, days, timeline."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.models import CaseEntry, CaseTask, FollowUpCase, FollowUpDay
from app.cases.queries.rule_data import list_clearance_rules
from app.cases.queries.standing import days_of, list_results
from app.cases.rules.clearances import (
    ClearanceRule,
    Wanting,
    earliest_clear_on,
    rules_in_force,
    wanting,
)
from app.cases.rules.plans import DaysAsked, PersonClass
from app.checkins.queries.rule_sets import signs_told


@dataclass(frozen=True, slots=True)
class DayCell:
    """One day of follow-up: what was heard, if it was; `number` counts from 1."""

    on: date
    number: int
    level: str | None
    source: str
    by_name: str
    at: datetime | None
    signs: tuple[str, ...]
    temperature_c: float | None
    versions: int


@dataclass(frozen=True, slots=True)
class RuleTold:
    """A written rule with what it still asks for; without a day when it was not verified."""

    rule: ClearanceRule
    earliest_on: date | None
    wanting: tuple[Wanting, ...]


def find_case(session: Session, case_id: str) -> FollowUpCase | None:
    """A case by its id."""
    return session.get(FollowUpCase, case_id)


def list_cases_of(session: Session, worker_id: str) -> Sequence[FollowUpCase]:
    """A worker's cases, the newest first."""
    return session.scalars(
        select(FollowUpCase)
        .where(FollowUpCase.worker_id == worker_id)
        .order_by(FollowUpCase.opened_at.desc(), FollowUpCase.id.desc())
    ).all()


def list_tasks(session: Session, case_id: str) -> Sequence[CaseTask]:
    """Every task of a case, by due time."""
    return session.scalars(
        select(CaseTask).where(CaseTask.case_id == case_id).order_by(CaseTask.due_at, CaseTask.id)
    ).all()


def list_entries(session: Session, case_id: str) -> Sequence[CaseEntry]:
    """The timeline, the newest first."""
    return session.scalars(
        select(CaseEntry)
        .where(CaseEntry.case_id == case_id)
        .order_by(CaseEntry.at.desc(), CaseEntry.id.desc())
    ).all()


def list_days(session: Session, case: FollowUpCase, language: str) -> list[DayCell]:
    """The days of follow-up, and those heard beside them, in order."""
    heard: dict[date, list[FollowUpDay]] = {}
    for row in session.scalars(
        select(FollowUpDay)
        .where(FollowUpDay.case_id == case.id)
        .order_by(FollowUpDay.on, FollowUpDay.version)
    ):
        heard.setdefault(row.on, []).append(row)
    asked = days_of(case)
    first_on = min([*heard, *([asked.from_on] if asked else [])], default=None)
    if first_on is None:
        return []
    days = sorted({*heard, *_days(asked)})
    return [_cell(on, (on - first_on).days + 1, heard.get(on, []), language) for on in days]


def _days(asked: DaysAsked | None) -> list[date]:
    if asked is None:
        return []
    return [asked.from_on + timedelta(days=each) for each in range(asked.days)]


def _cell(on: date, number: int, rows: Sequence[FollowUpDay], language: str) -> DayCell:
    if not rows:
        return DayCell(on, number, None, "", "", None, (), None, 0)
    newest = rows[-1]
    answers: dict[str, Any] = json.loads(newest.answers)
    return DayCell(
        on,
        number,
        newest.level,
        newest.source,
        newest.by_name,
        newest.at,
        tuple(signs_told(answers, language)),
        answers.get("temperature_c"),
        len(rows),
    )


def list_rules_told(session: Session, case: FollowUpCase, today: date) -> list[RuleTold]:
    """The written rules for how the person is classed; none while nobody has said so."""
    if case.person_class is None or case.isolated_on is None:
        return []
    began_on, results = case.isolated_on, list_results(session, case.id)
    in_force = rules_in_force(list_clearance_rules(), PersonClass(case.person_class), began_on)
    return [
        RuleTold(rule, earliest_clear_on(rule, began_on), wanting(rule, began_on, today, results))
        for rule in in_force
    ]
