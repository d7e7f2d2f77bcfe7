"""What undoing a saved list asks of the tables: workers as they stand, who is referred to."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch, Credential
from app.extensions import Model
from app.workforce.models import (
    ImportChange,
    Membership,
    PatternAssignment,
    PlannedChange,
    RosterImport,
    Worker,
)
from app.workforce.rules.importing import ImportState, undo_ends_at
from app.workforce.rules.planned import PlanOutcome
from app.workforce.rules.undoing import Snapshot, Span, UndoOutcome

COLUMNS = (
    "branch_id",
    "badge",
    "name",
    "born_on",
    "birth_year",
    "sex",
    "phone",
    "id_number",
    "position",
    "joined_on",
    "left_on",
)
# What a worker has from being added alone; anything else refers to something that happened.
_OWN = frozenset(
    {
        "worker",
        "contact_point",
        "credential",
        "membership",
        "pattern_assignment",
        "planned_change",
    }
)


@dataclass(frozen=True, slots=True)
class NotRestored:
    """A worker whom undoing left as they are, or marked as left, and which of the two."""

    worker_id: str
    badge: str
    name: str
    unit: str
    outcome: UndoOutcome


def snapshots_of(session: Session, worker_ids: Collection[str]) -> dict[str, Snapshot]:
    """These workers as they stand, by id."""
    if not worker_ids:
        return {}
    rows = session.execute(
        select(Worker.id, *(getattr(Worker, name) for name in COLUMNS)).where(
            Worker.id.in_(worker_ids)
        )
    ).all()
    groups = _spans(session, Membership, Membership.group_id, worker_ids)
    patterns = _spans(session, PatternAssignment, PatternAssignment.pattern_id, worker_ids)
    return {
        row[0]: Snapshot(
            dict(zip(COLUMNS, row[1:], strict=True)),
            tuple(groups.get(row[0], ())),
            tuple(patterns.get(row[0], ())),
        )
        for row in rows
    }


def _spans(
    session: Session, table: type[Any], of: Any, worker_ids: Collection[str]
) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = defaultdict(list)
    for row in session.execute(
        select(table.worker_id, table.id, of, table.from_on, table.to_on)
        .where(table.worker_id.in_(worker_ids))
        .order_by(table.id)
    ):
        found[row[0]].append(Span(*row[1:]))
    return found


def who_is_referred_to(
    session: Session, worker_ids: Sequence[str], *, but: Collection[str] = ()
) -> set[str]:
    """Which of these workers anything refers to beside what adding them wrote, or have a PIN.

    Every foreign key to a worker or an account counts, of whatever table; `but` names tables
    that do not.
    """
    if not worker_ids:
        return set()
    pins = select(Credential.account_id).where(
        Credential.account_id.in_(worker_ids), Credential.pin_hash.is_not(None)
    )
    plans = select(PlannedChange.worker_id).where(
        PlannedChange.worker_id.in_(worker_ids),
        PlannedChange.outcome.in_((PlanOutcome.WAITING, PlanOutcome.DONE)),
    )
    found = {*session.scalars(pins), *session.scalars(plans)}
    for column in _references(_OWN | set(but)):
        found |= set(session.scalars(select(column).where(column.in_(worker_ids)).distinct()))
    return found


def _references(but: Collection[str]) -> list[Column[Any]]:
    return [
        column
        for table in Model.metadata.sorted_tables
        if table.name not in but
        for column in table.columns
        for key in column.foreign_keys
        if key.target_fullname in ("worker.id", "account.id")
    ]


def find_undo_end(session: Session, import_id: str, now: datetime) -> datetime | None:
    """Until when a saved list can be undone; None when it cannot be undone any more."""
    kept = session.get_one(RosterImport, import_id)
    if kept.state != ImportState.APPLIED or kept.finished_at is None:
        return None
    ends_at = undo_ends_at(kept.finished_at)
    if now >= ends_at:
        return None
    if not (count_changes(session, import_id) or plans_anything(session, import_id)):
        return None
    later = session.scalar(
        select(RosterImport.id)
        .where(RosterImport.company_id == kept.company_id, RosterImport.id != kept.id)
        .where(RosterImport.state.in_((ImportState.APPLIED, ImportState.UNDOING)))
        .where(RosterImport.finished_at >= kept.finished_at)
        .limit(1)
    )
    return None if later else ends_at


def count_changes(session: Session, import_id: str) -> int:
    """How many workers a saved list added or changed."""
    chosen = select(func.count()).select_from(ImportChange)
    return session.scalar(chosen.where(ImportChange.import_id == import_id)) or 0


def plans_anything(session: Session, import_id: str) -> bool:
    """Whether a saved list planned something that waits still."""
    chosen = select(PlannedChange.id).where(
        PlannedChange.import_id == import_id, PlannedChange.outcome == PlanOutcome.WAITING
    )
    return session.scalar(chosen.limit(1)) is not None


def count_undone(session: Session, import_id: str) -> dict[UndoOutcome, int]:
    """How many workers undoing brought to which outcome."""
    rows = session.execute(
        select(ImportChange.outcome, func.count())
        .where(ImportChange.import_id == import_id)
        .group_by(ImportChange.outcome)
    ).all()
    return {UndoOutcome(outcome): count for outcome, count in rows}


def list_not_restored(
    session: Session, import_id: str, *, limit: int, offset: int = 0
) -> tuple[list[NotRestored], int]:
    """Workers whom undoing could not bring back to what they were, by name."""
    chosen = (
        ImportChange.import_id == import_id,
        ImportChange.outcome.in_((UndoOutcome.LEFT, UndoOutcome.CHANGED)),
    )
    total = session.scalar(select(func.count()).select_from(ImportChange).where(*chosen)) or 0
    rows = session.execute(
        select(Worker.id, Worker.badge, Worker.name, Branch.name, ImportChange.outcome)
        .join(ImportChange, ImportChange.worker_id == Worker.id)
        .join(Branch, Branch.id == Worker.branch_id)
        .where(*chosen)
        .order_by(Worker.name_folded, Worker.id)
        .limit(limit)
        .offset(offset)
    ).all()
    return [NotRestored(*row[:4], UndoOutcome(row[4])) for row in rows], total
