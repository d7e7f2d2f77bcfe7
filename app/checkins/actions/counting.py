"""Rolling figures up in the transaction of the fact they count."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.checkins.actions.statements import add_to_counts, add_to_symptoms
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
    changes = {(branch, shift_on, shift): each for branch, each in change_by_branch.items()}
    add_all_counts(session, {company_id: changes}, now=now)


def add_all_counts(
    session: Session, changes: Mapping[int, Mapping[Unit, Counts]], *, now: datetime
) -> None:
    """Add changes to the figures of many branches and shifts, by company (id)."""
    rows = [
        {
            "branch_id": branch_id,
            "shift_on": shift_on,
            "shift": shift,
            "company_id": company_id,
            "as_of": now,
            **{name: getattr(counts, name) for name in COLUMNS},
        }
        for company_id, by_unit in changes.items()
        for (branch_id, shift_on, shift), counts in by_unit.items()
    ]
    if rows:
        # In one order everywhere, so that two transactions never wait for each other.
        rows.sort(key=lambda row: (row["branch_id"], row["shift_on"], row["shift"]))
        connection = session.connection()
        connection.execute(add_to_counts(connection.dialect.name), rows)


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
