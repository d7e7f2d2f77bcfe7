"""The parks that items come from, and what they sent that could not be opened."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.sync.models import KnownNode, LogEntry
from app.sync.rules import Direction, UpKind


@dataclass(frozen=True, slots=True)
class UnopenedRow:
    """An entry of a park that could not be opened or read, and the code of why."""

    node: str
    park: str
    seq: int
    kind: str
    made_at: datetime
    code: str


def find_park_name(session: Session, node: str) -> str:
    """What a park is called, or its id."""
    return session.scalar(select(KnownNode.name).where(KnownNode.node == node)) or node


def list_park_names(session: Session) -> list[tuple[str, str]]:
    """Parks that something can be sent to, by name: id and name."""
    rows = session.execute(
        select(KnownNode.node, KnownNode.name)
        .where(KnownNode.revoked_at.is_(None))
        .order_by(KnownNode.name, KnownNode.node)
    ).all()
    return [(node, name) for node, name in rows]


def count_unopened(session: Session) -> int:
    """How many cases and pieces of feedback could not be opened."""
    return (
        session.scalar(
            select(func.count()).where(
                LogEntry.direction == Direction.UP,
                LogEntry.kind.in_((UpKind.ESCALATION, UpKind.FEEDBACK)),
                LogEntry.unapplied.is_not(None),
            )
        )
        or 0
    )


def list_unopened(session: Session, kind: str, *, most: int = 20) -> list[UnopenedRow]:
    """Entries up of a kind that nothing followed from, newest first."""
    rows = session.execute(
        select(LogEntry, KnownNode.name)
        .join(KnownNode, KnownNode.node == LogEntry.node)
        .where(
            LogEntry.direction == Direction.UP,
            LogEntry.kind == kind,
            LogEntry.unapplied.is_not(None),
        )
        .order_by(LogEntry.stored_at.desc(), LogEntry.seq.desc())
        .limit(most)
    ).all()
    return [
        UnopenedRow(row.node, name, row.seq, row.kind, row.made_at, str(row.unapplied))
        for row, name in rows
    ]
