"""Entries of parks that nothing followed from are tried again: a key may be back, or a program."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, true, update
from sqlalchemy.orm import Session

from app.kernel.refusals import Refusal
from app.sync.actions.placing import mark, pass_on
from app.sync.gateways.signing import payload_of
from app.sync.models import LogEntry
from app.sync.rules import Direction, UpKind, parse_entry

KINDS = (UpKind.ESCALATION, UpKind.FEEDBACK)
MOST = 100  # entries of one transaction, so that nobody waits behind it
Place = tuple[datetime, str, int]


@dataclass(frozen=True, slots=True)
class Tried:
    """How many entries were opened and how many were not; `last` is None after all of them."""

    opened: int
    left: int
    last: Place | None


def hear_again(
    session: Session, after: Place | None = None, *, now: datetime, most: int = MOST
) -> Tried:
    """Open the next of what is marked as not opened, in the order in which it came."""
    rows = session.execute(
        select(LogEntry.stored_at, LogEntry.node, LogEntry.seq, LogEntry.compact)
        .where(
            LogEntry.direction == Direction.UP,
            LogEntry.kind.in_(KINDS),
            LogEntry.unapplied.is_not(None),
            _later(after),
        )
        .order_by(LogEntry.stored_at, LogEntry.node, LogEntry.seq)
        .limit(most)
    ).all()
    opened = sum(_hear(session, node, seq, compact, now) for _, node, seq, compact in rows)
    last = (rows[-1].stored_at, rows[-1].node, rows[-1].seq) if len(rows) == most else None
    return Tried(opened, len(rows) - opened, last)


def _later(after: Place | None) -> ColumnElement[bool]:
    if after is None:
        return true()
    at, node, seq = after
    same_node = and_(LogEntry.node == node, LogEntry.seq > seq)
    same_time = and_(LogEntry.stored_at == at, or_(LogEntry.node > node, same_node))
    return or_(LogEntry.stored_at > at, same_time)


def _hear(session: Session, node: str, seq: int, compact: bytes, now: datetime) -> bool:
    """Whether an entry was taken in now; else it is marked with why not."""
    here = (LogEntry.node == node, LogEntry.direction == Direction.UP, LogEntry.seq == seq)
    session.execute(update(LogEntry).where(*here).values(unapplied=None))
    try:
        entry = parse_entry(payload_of(compact))
    except Refusal as refusal:
        mark(session, node, Direction.UP, seq, refusal.code)
    else:
        pass_on(session, node, Direction.UP, entry, now=now)
    return session.scalar(select(LogEntry.unapplied).where(*here)) is None
