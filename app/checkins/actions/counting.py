"""Rolling figures up in the transaction of the fact they count."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.checkins.actions.statements import add_to_counts, add_to_symptoms
from app.checkins.models import ShiftCount
from app.checkins.rules import COLUMNS, Counts

# A branch or company (id) on one shift.
Unit = tuple[int, date, str]


def add_counts(
    session: Session,
    change_by_branch: Mapping[int, Counts],
    *,
    company_id: int,
    shift_on: date,
    shift: str,
    now: datetime,
) -> None:
    """Add changes to the figures of units and companies (branch ids) on one shift."""
    unit = (shift_on, shift)
    steps = Counter(
        {(company_id, (branch, *unit), each): 1 for branch, each in change_by_branch.items()}
    )
    add_all_counts(session, steps, now=now)


def add_all_counts(
    session: Session, steps: Mapping[tuple[int, Unit, Counts], int], *, now: datetime
) -> None:
    """Add steps, each so many times, to the figures of units; the first part is the company."""
    rows: dict[tuple[int, Unit], dict[str, Any]] = {}
    for (company_id, unit, step), times in steps.items():
        row = rows.setdefault((company_id, unit), dict.fromkeys(COLUMNS, 0))
        for name, value in step.moves().items():
            row[name] += times * value
    if not rows:
        return
    # In one order everywhere, so that two transactions never wait for each other.
    placed = [
        {
            "branch_id": branch_id,
            "shift_on": shift_on,
            "shift": shift,
            "company_id": company_id,
            "as_of": now,
            **row,
        }
        for (company_id, (branch_id, shift_on, shift)), row in sorted(
            rows.items(), key=lambda each: each[0][1]
        )
    ]
    connection = session.connection()
    connection.execute(add_to_counts(connection.dialect.name), placed)


def drop_empty_counts(session: Session, branch_id: int) -> bool:
    """Drop a unit's figures if they say nothing of anybody; whether they did not."""
    told = [getattr(ShiftCount, name) != 0 for name in COLUMNS]
    if session.scalar(
        select(ShiftCount.shift).where(ShiftCount.branch_id == branch_id, or_(*told)).limit(1)
    ):
        return False
    session.execute(delete(ShiftCount).where(ShiftCount.branch_id == branch_id))
    return True


def add_symptoms(
    session: Session,
    *,
    before: Iterable[str],
    after: Iterable[str],
    company_id: int,
    shift_on: date,
    shift: str,
) -> None:
    """Move a company's symptom figures from one version of an answer to the next."""
    add_all_symptoms(session, [((company_id, shift_on, shift), before, after)])


def add_all_symptoms(
    session: Session, steps: Iterable[tuple[Unit, Iterable[str], Iterable[str]]]
) -> None:
    """Move the symptom figures of many companies: what each answer named before, and after."""
    moved: Counter[tuple[Unit, str]] = Counter()
    for company_shift, before, after in steps:
        moved.update((company_shift, symptom) for symptom in after)
        moved.subtract((company_shift, symptom) for symptom in before)
    rows = [
        {
            "company_id": company_id,
            "shift_on": shift_on,
            "shift": shift,
            "symptom": symptom,
            "count": step,
        }
        for ((company_id, shift_on, shift), symptom), step in sorted(moved.items())
        if step
    ]
    if rows:
        connection = session.connection()
        connection.execute(add_to_symptoms(connection.dialect.name), rows)
