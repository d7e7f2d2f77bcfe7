"""Rules of the province: those written and sent here, and those that came to this park."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.queries.branches import find_park
from app.bulletins.models import RuleArrival, RuleDocument
from app.bulletins.rules.rule_documents import RuleKind, RulesSent
from app.checkins.queries.rule_sets import rule_data
from app.reminders.queries.hotlines import built_in_rows
from app.sync.models import LogEntry
from app.sync.rules import Direction, DownKind

MOST_REFUSED = 20


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document at the province; `sent_at` is None while it is only written."""

    rules: RulesSent
    nodes: tuple[str, ...] | None
    made_at: datetime
    made_by: str
    sent_at: datetime | None
    sent_by: str


@dataclass(frozen=True, slots=True)
class ArrivalRow:
    """Rules that this park took in."""

    kind: RuleKind
    title: str
    valid_from_on: date
    source: str
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """Rules that this park could not take in, by the number of their entry, and why."""

    seq: int
    stored_at: datetime
    code: str


def rules_of(row: RuleDocument) -> RulesSent:
    """The rules of a row."""
    return RulesSent(
        row.id, RuleKind(row.kind), row.title, row.valid_from_on, row.source, row.document
    )


def _row(row: RuleDocument) -> DocumentRow:
    nodes = None if row.nodes is None else tuple(row.nodes)
    return DocumentRow(rules_of(row), nodes, row.made_at, row.made_by, row.sent_at, row.sent_by)


def get_rules_sent(session: Session, document_id: str) -> RulesSent:
    """Rules as they go to parks."""
    return rules_of(session.get_one(RuleDocument, document_id))


def list_documents(session: Session) -> list[DocumentRow]:
    """Every document of the province, the newest first."""
    rows = session.scalars(select(RuleDocument).order_by(RuleDocument.id.desc()).limit(200))
    return [_row(each) for each in rows]


def find_document(session: Session, document_id: str) -> DocumentRow | None:
    """One document of the province."""
    row = session.get(RuleDocument, document_id)
    return _row(row) if row is not None else None


def find_before(session: Session, row: DocumentRow) -> tuple[str, Mapping[str, Any]]:
    """What the document takes the place of: the last one of its kind that was sent, by title.

    Before the first, what came with the program, under an empty title.
    """
    rows = session.scalars(
        select(RuleDocument)
        .where(
            RuleDocument.kind == row.rules.kind,
            RuleDocument.sent_at.is_not(None),
            RuleDocument.id != row.rules.id,
        )
        .order_by(RuleDocument.sent_at.desc())
    )
    for each in rows:
        if row.sent_at is None or (each.sent_at and each.sent_at < row.sent_at):
            return each.title, each.document
    return "", _built_in(row.rules.kind)


def _built_in(kind: RuleKind) -> Mapping[str, Any]:
    if kind is RuleKind.HOTLINES:
        return {"hotlines": [dict(each) for each in built_in_rows()]}
    if kind is RuleKind.TRIAGE:
        data: Mapping[str, Any] = json.loads(json.dumps(rule_data("triage")))
        return data
    return {}


def find_document_path(session: Session, document_id: str) -> str | None:
    """The branch path of a document of the province: its root."""
    root = find_park(session)
    return root.path if root and session.get(RuleDocument, document_id) else None


def list_arrivals(session: Session) -> list[ArrivalRow]:
    """What this park took in, the newest first."""
    rows = session.scalars(select(RuleArrival).order_by(RuleArrival.arrived_at.desc()).limit(100))
    return [
        ArrivalRow(
            RuleKind(each.kind), each.title, each.valid_from_on, each.source, each.arrived_at
        )
        for each in rows
    ]


def list_refused(session: Session) -> list[RefusedRow]:
    """What this park could not take in, the newest first."""
    rows = session.execute(
        select(LogEntry.seq, LogEntry.stored_at, LogEntry.unapplied)
        .where(
            LogEntry.direction == Direction.DOWN,
            LogEntry.kind == DownKind.RULES,
            LogEntry.unapplied.is_not(None),
        )
        .order_by(LogEntry.seq.desc())
        .limit(MOST_REFUSED)
    )
    return [RefusedRow(row.seq, row.stored_at, row.unapplied) for row in rows]
