"""Units, groups and schedules that a list made: whether anybody uses them, and which stayed."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.accounts.models import Branch
from app.extensions import Model
from app.workforce.models import (
    GroupChange,
    ImportPlace,
    Membership,
    MergeStep,
    PatternAssignment,
    Worker,
    WorkerMerge,
    WorkGroup,
    WorkPattern,
)
from app.workforce.rules.undoing import MadePlace, PlaceKind, PlaceOutcome

PLACES: dict[PlaceKind, type[Any]] = {
    PlaceKind.UNIT: Branch,
    PlaceKind.GROUP: WorkGroup,
    PlaceKind.PATTERN: WorkPattern,
}
_PEOPLE: dict[PlaceKind, InstrumentedAttribute[Any]] = {
    PlaceKind.UNIT: Worker.branch_id,
    PlaceKind.GROUP: Membership.group_id,
    PlaceKind.PATTERN: PatternAssignment.pattern_id,
}
# Looked at by itself: a unit's own group goes with it. No unit stands as anybody's company.
_NOT_A_USE = frozenset({"work_group.branch_id"})
_NAMING = ("branch_id", "group_id", "pattern_id")
_ORDER = (PlaceKind.PATTERN, PlaceKind.GROUP, PlaceKind.UNIT)


@dataclass(frozen=True, slots=True)
class PlaceKept:
    """A unit, group or schedule that an undone list had made and that stays, and why."""

    kind: PlaceKind
    name: str
    outcome: PlaceOutcome


def list_waiting_places(session: Session, import_id: str) -> list[MadePlace]:
    """What a list made and undoing has not come to yet; a unit before the one it is in."""
    rows = session.execute(
        select(ImportPlace.kind, ImportPlace.place_id, ImportPlace.name).where(
            ImportPlace.import_id == import_id, ImportPlace.outcome == PlaceOutcome.WAITING
        )
    ).all()
    found = [MadePlace(PlaceKind(row.kind), row.place_id, row.name) for row in rows]
    # Units are numbered as they are made, from the top down.
    found.sort(key=lambda one: (len(one.id), one.id), reverse=True)
    return sorted(found, key=lambda one: _ORDER.index(one.kind))


def why_used(
    session: Session, company_id: int, kind: PlaceKind, place_id: str
) -> PlaceOutcome | None:
    """Why a place is in use, as far as tables refer to it; None when nothing does."""
    key: Any = int(place_id) if kind is PlaceKind.UNIT else place_id
    people = _PEOPLE[kind]
    chosen = [people == key]
    if people is Worker.branch_id:
        chosen.append(Worker.company_id == company_id)
    if _is_there(session, people, *chosen):
        return PlaceOutcome.PEOPLE
    referring = [column == key for column in _references(kind, people)]
    if kind is PlaceKind.GROUP:
        referring.append(GroupChange.group_id == key)
    if any(_is_there(session, *_both(one)) for one in referring):
        return PlaceOutcome.USED
    return None


def _both(condition: Any) -> tuple[Any, ColumnElement[bool]]:
    return condition.left, condition


def _is_there(session: Session, column: Any, *conditions: ColumnElement[bool]) -> bool:
    return session.execute(select(column).where(*conditions).limit(1)).first() is not None


def _references(kind: PlaceKind, but: InstrumentedAttribute[Any]) -> list[Any]:
    target = f"{PLACES[kind].__tablename__}.id"
    return [
        column
        for table in Model.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.target_fullname == target
        and column.name != "company_id"
        and str(column) not in _NOT_A_USE | {str(but.property.columns[0])}
    ]


def named_in_merges(session: Session, company_id: int, since: datetime) -> frozenset[str]:
    """Places that taking back a merge made since a moment would put somebody into again."""
    steps = session.execute(
        select(MergeStep.before, MergeStep.after)
        .join(WorkerMerge, WorkerMerge.id == MergeStep.merge_id)
        .where(WorkerMerge.company_id == company_id, WorkerMerge.undone_at.is_(None))
        .where(WorkerMerge.at >= since)
    )
    rows = [json.loads(text) for step in steps for text in step if text]
    return frozenset(str(row[name]) for row in rows for name in _NAMING if row.get(name))


def groups_of_unit(session: Session, unit_id: int) -> list[str]:
    """The groups that stand for a unit."""
    return list(session.scalars(select(WorkGroup.id).where(WorkGroup.branch_id == unit_id)))


def list_kept_places(session: Session, import_id: str, limit: int) -> list[PlaceKept]:
    """What an undone list had made and that stays, by kind and name."""
    rows = session.execute(
        select(ImportPlace.kind, ImportPlace.name, ImportPlace.outcome)
        .where(
            ImportPlace.import_id == import_id,
            ImportPlace.outcome.not_in((PlaceOutcome.WAITING, PlaceOutcome.REMOVED)),
        )
        .order_by(ImportPlace.kind.desc(), ImportPlace.name, ImportPlace.place_id)
        .limit(limit)
    ).all()
    return [PlaceKept(PlaceKind(row[0]), row[1], PlaceOutcome(row[2])) for row in rows]


def count_removed_places(session: Session, import_id: str) -> int:
    """How many of the places that a list made were removed with its undoing."""
    chosen = (
        ImportPlace.import_id == import_id,
        ImportPlace.outcome == PlaceOutcome.REMOVED,
    )
    return len(session.scalars(select(ImportPlace.place_id).where(*chosen)).all())
