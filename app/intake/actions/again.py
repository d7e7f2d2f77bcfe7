"""Entries of parks that nothing followed from are tried again: a key may be back, or a program."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.intake.actions.arriving import case_arrives, feedback_arrives
from app.kernel.events import Reaction
from app.sync.actions.placing import why_not
from app.sync.gateways.signing import payload_of
from app.sync.models import LogEntry
from app.sync.rules import Direction, EntryArrived, UpKind, parse_entry

HEARD_BY: Mapping[str, Reaction] = {
    UpKind.ESCALATION: case_arrives,
    UpKind.FEEDBACK: feedback_arrives,
}
MOST = 100  # entries of one run, so that nobody waits behind it


def hear_again(session: Session, *, now: datetime) -> tuple[int, int]:
    """Open what is marked as not opened, the newest first; how many opened, how many did not."""
    rows = session.execute(
        select(LogEntry.node, LogEntry.seq, LogEntry.compact)
        .where(
            LogEntry.direction == Direction.UP,
            LogEntry.kind.in_(HEARD_BY),
            LogEntry.unapplied.is_not(None),
        )
        .order_by(LogEntry.stored_at.desc(), LogEntry.seq.desc())
        .limit(MOST)
    ).all()
    opened = 0
    for node, seq, compact in rows:
        code = _hear(session, node, seq, compact, now)
        opened += code is None
        session.execute(
            update(LogEntry)
            .where(LogEntry.node == node, LogEntry.direction == Direction.UP, LogEntry.seq == seq)
            .values(unapplied=code)
        )
    return opened, len(rows) - opened


def _hear(session: Session, node: str, seq: int, compact: bytes, now: datetime) -> str | None:
    """Why nothing follows from an entry, None when it was taken in."""
    entry = parse_entry(payload_of(compact))
    event = EntryArrived(Direction.UP, node, seq, entry.kind, entry.body, entry.made_at)
    return why_not(session, HEARD_BY[entry.kind], event, now=now)
