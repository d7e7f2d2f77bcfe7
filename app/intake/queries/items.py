"""What came in: lists without names, one item with everything, counts, days."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, defer

from app.accounts.models import Account, RoleGrant
from app.accounts.rules import PERMISSIONS, Permission
from app.audit.models import AuditEntry
from app.feedback.rules.times import Stay
from app.intake.models import IntakeEntry, IntakeItem
from app.intake.rules.states import CLOSED_AT_PARK, WAITING, ItemKind, ItemState
from app.sync.models import KnownNode

# What names somebody, and the act under which each view of it is kept.
VIEWED: Mapping[ItemKind, str] = {
    ItemKind.CASE: "intake.case_viewed",
    ItemKind.CALL: "intake.call_viewed",
}
HANDLERS = tuple(role for role in PERMISSIONS if Permission.HANDLE_INTAKE in PERMISSIONS[role])


class View(StrEnum):
    """Which items a list shows."""

    WAITING = "waiting"
    OVERDUE = "overdue"
    MINE = "mine"
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is narrowed to; `account_id` is who looks."""

    kind: ItemKind
    view: View
    account_id: str
    now: datetime
    node: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item in a list: no name of anybody; `text` is empty for a case."""

    id: str
    park: str
    code: str
    company_code: str
    category: str
    level: str
    text: str
    source: str
    reported_at: datetime | None
    came_on: date
    due_at: datetime
    state: ItemState
    park_state: str
    owner_name: str
    answered_on: date | None
    destroyed: bool


@dataclass(frozen=True, slots=True)
class ItemShown:
    """An item on its own page; `content` is None when it was destroyed or has not come."""

    id: str
    node: str
    park: str
    kind: ItemKind
    ref: str
    code: str
    category: str
    level: str
    content: Mapping[str, Any] | None
    park_state: str
    state: ItemState
    owner_id: str | None
    owner_name: str
    reported_at: datetime | None
    came_on: date
    due_at: datetime
    looked_on: date | None
    destroyed_on: date | None
    park_over_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class EntryShown:
    """One line of an item's history."""

    n: int
    act: str
    at: datetime
    account_id: str | None
    name: str
    words: str
    park_state: str
    undone: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """Who opened a case or a call, and when."""

    name: str
    at: datetime


def list_items(
    session: Session, asked: Asked, *, limit: int, offset: int
) -> tuple[list[ItemRow], int]:
    """Items of a view, the next due first, of what is over the newest; how many in all."""
    where = _narrowed(asked)
    total = session.scalar(select(func.count(IntakeItem.id)).where(*where)) or 0
    over = asked.view in (View.ANSWERED, View.CLOSED)
    order = IntakeItem.due_at.desc() if over else IntakeItem.due_at
    rows = session.execute(
        select(IntakeItem, KnownNode.name)
        .outerjoin(KnownNode, KnownNode.node == IntakeItem.node)
        .where(*where)
        .order_by(order, IntakeItem.id)
        .limit(limit)
        .offset(offset)
    ).all()
    return [
        _row(row, park, {} if asked.kind is ItemKind.CASE else _content(row) or {})
        for row, park in rows
    ], total


def count_views(session: Session, asked: Asked) -> dict[View, int]:
    """How much each view of what is not over has."""
    counted = {}
    for view in (View.WAITING, View.OVERDUE, View.MINE):
        of_view = Asked(asked.kind, view, asked.account_id, asked.now)
        found = session.scalar(select(func.count(IntakeItem.id)).where(*_narrowed(of_view)))
        counted[view] = found or 0
    return counted


def count_waiting_cases(session: Session, _paths: Sequence[str]) -> int:
    """How many named cases wait for the province."""
    return _count_waiting(session, ItemKind.CASE)


def count_waiting_feedback(session: Session, _paths: Sequence[str]) -> int:
    """How much feedback waits for the province."""
    return _count_waiting(session, ItemKind.FEEDBACK)


def count_waiting_calls(session: Session, _paths: Sequence[str]) -> int:
    """How many calls a park has answered, so that somebody may phone back."""
    answered = (IntakeItem.kind == ItemKind.CALL, IntakeItem.state == ItemState.ANSWERED)
    return session.scalar(select(func.count(IntakeItem.id)).where(*answered)) or 0


def find_item(session: Session, kind: ItemKind, item_id: str) -> ItemShown | None:
    """One item of a kind with all that it says."""
    found = session.execute(
        select(IntakeItem, KnownNode.name)
        .outerjoin(KnownNode, KnownNode.node == IntakeItem.node)
        .where(IntakeItem.id == item_id, IntakeItem.kind == kind)
    ).first()
    if found is None:
        return None
    row, park = found
    return ItemShown(
        row.id,
        row.node,
        park or row.node,
        ItemKind(row.kind),
        row.ref,
        _code(row.ref),
        row.category,
        row.level,
        _content(row),
        row.park_state,
        ItemState(row.state),
        row.owner_id,
        row.owner_name,
        row.reported_at,
        row.came_on,
        row.due_at,
        row.looked_on,
        row.destroyed_on,
        row.park_over_on,
        row.version,
    )


def list_entries(session: Session, item_id: str) -> list[EntryShown]:
    """What was done with an item and heard of it, oldest first."""
    rows = session.scalars(
        select(IntakeEntry).where(IntakeEntry.item_id == item_id).order_by(IntakeEntry.n)
    ).all()
    return [
        EntryShown(
            row.n,
            row.act,
            row.at,
            row.account_id,
            row.name,
            row.words,
            str(row.before.get("state", "")) if row.seq is not None else "",
            row.undone,
        )
        for row in rows
    ]


def list_looks(session: Session, item_id: str, *, most: int = 50) -> list[Looked]:
    """Who opened a case or a call, newest first."""
    rows = session.execute(
        select(AuditEntry.actor_name, AuditEntry.at)
        .where(AuditEntry.act.in_(VIEWED.values()), AuditEntry.subject_id == item_id)
        .order_by(AuditEntry.at.desc())
        .limit(most)
    ).all()
    return [Looked(name, at) for name, at in rows]


def list_staff(session: Session) -> list[tuple[str, str]]:
    """Colleagues in use who may work on what came in, by name: id and name."""
    rows = session.execute(
        select(Account.id, Account.name)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(Account.active, RoleGrant.role.in_(HANDLERS))
        .distinct()
        .order_by(Account.name, Account.id)
    ).all()
    return [(account_id, name) for account_id, name in rows]


def list_file_rows(session: Session, kind: ItemKind, since: date) -> list[ItemRow]:
    """Items of a kind that came since a day, the newest first; nothing sealed is opened."""
    rows = session.execute(
        select(IntakeItem, KnownNode.name)
        .outerjoin(KnownNode, KnownNode.node == IntakeItem.node)
        .where(IntakeItem.kind == kind, IntakeItem.came_on >= since)
        .options(defer(IntakeItem.content))
        .order_by(IntakeItem.came_on.desc(), IntakeItem.id)
    ).all()
    return [_row(row, park, {}) for row, park in rows]


def list_stays(session: Session, kind: ItemKind, since: date, zone: tzinfo) -> list[Stay]:
    """The days of items of a kind since a day, by category."""
    rows = session.scalars(
        select(IntakeItem)
        .where(IntakeItem.kind == kind, IntakeItem.came_on >= since)
        .options(defer(IntakeItem.content))
    ).all()
    return [
        Stay(
            row.category or "other",
            row.came_on,
            row.due_at.astimezone(zone).date(),
            row.looked_on,
            row.answered_on,
            row.closed_on or row.park_over_on,
        )
        for row in rows
    ]


def _narrowed(asked: Asked) -> list[ColumnElement[bool]]:
    waits = _waits()
    of_view = {
        View.WAITING: waits,
        View.OVERDUE: [*waits, IntakeItem.due_at <= asked.now],
        View.MINE: [*waits, IntakeItem.owner_id == asked.account_id],
        View.ANSWERED: [
            IntakeItem.state != ItemState.CLOSED,
            (IntakeItem.state == ItemState.ANSWERED) | (IntakeItem.park_state == CLOSED_AT_PARK),
        ],
        View.CLOSED: [IntakeItem.state == ItemState.CLOSED],
    }[asked.view]
    where = [IntakeItem.kind == asked.kind, *of_view]
    if asked.node:
        where.append(IntakeItem.node == asked.node)
    if asked.category:
        where.append(IntakeItem.category == asked.category)
    return where


def _waits() -> list[ColumnElement[bool]]:
    """What waits for somebody here; what the park closed meanwhile waits no more."""
    return [IntakeItem.state.in_(WAITING), IntakeItem.park_state != CLOSED_AT_PARK]


def _count_waiting(session: Session, kind: ItemKind) -> int:
    chosen = select(func.count(IntakeItem.id)).where(IntakeItem.kind == kind, *_waits())
    return session.scalar(chosen) or 0


def _row(row: IntakeItem, park: str | None, content: Mapping[str, Any]) -> ItemRow:
    return ItemRow(
        row.id,
        park or row.node,
        _code(row.ref),
        row.company_code,
        row.category,
        row.level,
        str(content.get("text", "")),
        str(content.get("source", "")),
        row.reported_at,
        row.came_on,
        row.due_at,
        ItemState(row.state),
        row.park_state,
        row.owner_name,
        row.answered_on,
        row.destroyed_on is not None,
    )


def _content(row: IntakeItem) -> dict[str, Any] | None:
    return dict(json.loads(row.content)) if row.content else None


def _code(ref: str) -> str:
    """The end of an id, short enough to be said on the phone."""
    return ref.replace("-", "")[-6:].upper()
