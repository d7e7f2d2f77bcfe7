"""Entries of the logs: how far each reaches, what waits to be sent, what a list shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.sync.gateways.signing import payload_of
from app.sync.models import KnownNode, LogEntry, ThisNode
from app.sync.rules import Direction, Head, SummaryHead, UnknownPark, UpKind, read_summary

A_FEW = 20  # entries read at a time: each may be 4 MiB unpacked


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry in a list; `park` is empty for this node's own."""

    node: str
    park: str
    seq: int
    kind: str
    made_at: datetime
    accepted: bool
    unapplied: str | None = None
    about: SummaryHead | None = None


def get_head(session: Session, node: str, direction: Direction) -> Head:
    """How far a log reaches here."""
    row = session.execute(
        select(LogEntry.seq, LogEntry.hash)
        .where(LogEntry.node == node, LogEntry.direction == direction)
        .order_by(LogEntry.seq.desc())
        .limit(1)
    ).first()
    return Head(*row) if row else Head()


def find_compact(session: Session, node: str, seq: int) -> bytes | None:
    """An entry up by its number."""
    return session.scalar(
        select(LogEntry.compact).where(
            LogEntry.node == node, LogEntry.direction == Direction.UP, LogEntry.seq == seq
        )
    )


def find_last_summary(session: Session, node: str, through: int) -> tuple[int, bytes] | None:
    """The number and text of the newest summary up to a number."""
    row = session.execute(
        select(LogEntry.seq, LogEntry.compact)
        .where(
            LogEntry.node == node,
            LogEntry.direction == Direction.UP,
            LogEntry.kind == UpKind.SUMMARY,
            LogEntry.seq <= through,
        )
        .order_by(LogEntry.seq.desc())
        .limit(1)
    ).first()
    return None if row is None else (row.seq, row.compact)


def find_newest_news(session: Session, node: str, direction: Direction) -> datetime | None:
    """When the newest entry of a log that is not a receipt came to stand here."""
    return session.scalar(
        select(LogEntry.stored_at)
        .where(
            LogEntry.node == node,
            LogEntry.direction == direction,
            LogEntry.kind != UpKind.RECEIPT,
        )
        .order_by(LogEntry.seq.desc())
        .limit(1)
    )


def find_link(session: Session, node: str, direction: Direction, seq: int) -> str | None:
    """The hash of one entry."""
    return session.scalar(
        select(LogEntry.hash).where(
            LogEntry.node == node, LogEntry.direction == direction, LogEntry.seq == seq
        )
    )


def list_links(
    session: Session, node: str, direction: Direction, seqs: Sequence[int]
) -> dict[int, str]:
    """The hashes of entries by their numbers."""
    if not seqs:
        return {}
    rows = session.execute(
        select(LogEntry.seq, LogEntry.hash).where(
            LogEntry.node == node, LogEntry.direction == direction, LogEntry.seq.in_(seqs)
        )
    )
    return {row.seq: row.hash for row in rows}


def list_outgoing(
    session: Session,
    node: str,
    after: int,
    *,
    most: int,
    most_bytes: int,
    direction: Direction = Direction.UP,
) -> list[str]:
    """The next entries of a log in their order, as many as fit into one call."""
    rows = session.execute(
        select(LogEntry.compact)
        .where(LogEntry.node == node, LogEntry.direction == direction, LogEntry.seq > after)
        .order_by(LogEntry.seq)
        .limit(most)
        .execution_options(yield_per=A_FEW)
    )
    chosen: list[str] = []
    size = 0
    for (compact,) in rows:
        size += len(compact) + 3
        if chosen and size > most_bytes:
            rows.close()
            break
        chosen.append(compact.decode("ascii"))
    return chosen


def list_compacts(
    session: Session, node: str, seqs: Sequence[int], direction: Direction = Direction.UP
) -> list[str]:
    """Entries by their numbers, in that order."""
    rows = session.execute(
        select(LogEntry.seq, LogEntry.compact).where(
            LogEntry.node == node, LogEntry.direction == direction, LogEntry.seq.in_(seqs)
        )
    ).all()
    compacts = {seq: compact.decode("ascii") for seq, compact in rows}
    return [compacts[seq] for seq in seqs]


@dataclass(frozen=True, slots=True)
class BundlePart:
    """A piece of a log for the other side: the entries after one number, through another."""

    direction: Direction
    node: str
    name: str
    after: int
    through: int


def list_parts(
    session: Session,
    own: str,
    *,
    at_province: bool,
    park: str | None = None,
    after: int | None = None,
) -> list[BundlePart]:
    """What the other side has not confirmed: a park's log up, a province's logs down."""
    if not at_province:
        accepted = session.scalar(select(ThisNode.accepted_through)) or 0
        head = get_head(session, own, Direction.UP).seq
        return [BundlePart(Direction.UP, own, "", accepted if after is None else after, head)]
    query = select(KnownNode.node, KnownNode.name, KnownNode.confirmed_through)
    if park is not None:
        query = query.where(or_(KnownNode.node == park, KnownNode.name == park))
    rows = session.execute(query.order_by(KnownNode.name, KnownNode.node)).all()
    if park is not None and not rows:
        raise UnknownPark(park=park)
    return [
        BundlePart(
            Direction.DOWN,
            node,
            name,
            confirmed if after is None else after,
            get_head(session, node, Direction.DOWN).seq,
        )
        for node, name, confirmed in rows
    ]


def list_all_up(session: Session, node: str) -> list[str]:
    """The whole log up of a park, for a machine that goes on as it."""
    rows = session.scalars(
        select(LogEntry.compact)
        .where(LogEntry.node == node, LogEntry.direction == Direction.UP)
        .order_by(LogEntry.seq)
    )
    return [compact.decode("ascii") for compact in rows]


def find_park_id(session: Session, park: str) -> str:
    """The id of a park by its id or its name."""
    found = session.scalars(
        select(KnownNode.node).where(or_(KnownNode.node == park, KnownNode.name == park))
    ).first()
    if found is None:
        raise UnknownPark(park=park)
    return found


@dataclass(frozen=True, slots=True)
class WaitingKind:
    """What of one kind the other side has not confirmed: how many, the oldest of when."""

    kind: str
    count: int
    oldest_at: datetime


def list_waiting(session: Session, node: str, after: int) -> list[WaitingKind]:
    """What of the log up is not confirmed, kind by kind, the longest waiting first."""
    oldest = func.min(LogEntry.made_at)
    rows = session.execute(
        select(LogEntry.kind, func.count().label("n"), oldest.label("oldest_at"))
        .where(LogEntry.node == node, LogEntry.direction == Direction.UP, LogEntry.seq > after)
        .group_by(LogEntry.kind)
        .order_by(oldest, LogEntry.kind)
    ).all()
    return [WaitingKind(row.kind, row.n, row.oldest_at) for row in rows]


def count_pending(session: Session, node: str, after: int) -> dict[str, int]:
    """Entries up that the province has not confirmed, by kind."""
    rows = session.execute(
        select(LogEntry.kind, func.count().label("n"))
        .where(LogEntry.node == node, LogEntry.direction == Direction.UP, LogEntry.seq > after)
        .group_by(LogEntry.kind)
        .order_by(LogEntry.kind)
    ).all()
    return {row.kind: row.n for row in rows}


def holds_only_receipts(session: Session, node: str, after: int, through: int) -> bool:
    """Whether every entry up between two numbers is a receipt, for which none is owed."""
    other = session.scalar(
        select(func.count()).where(
            LogEntry.node == node,
            LogEntry.direction == Direction.UP,
            LogEntry.seq > after,
            LogEntry.seq <= through,
            LogEntry.kind != UpKind.RECEIPT,
        )
    )
    return not other


def find_receipt(session: Session, node: str) -> str | None:
    """The newest receipt for a park's log, as the province wrote it."""
    compact = session.scalar(
        select(LogEntry.compact)
        .where(
            LogEntry.node == node,
            LogEntry.direction == Direction.DOWN,
            LogEntry.kind == UpKind.RECEIPT,
        )
        .order_by(LogEntry.seq.desc())
        .limit(1)
    )
    return None if compact is None else compact.decode("ascii")


def list_entries(
    session: Session,
    *,
    accepted_through: int | None,
    limit: int,
    offset: int,
    direction: Direction = Direction.UP,
) -> tuple[list[EntryRow], int]:
    """Entries of one direction, newest first, and how many in all.

    At a park `accepted_through` tells which the province has; a province has all of them.
    """
    wanted = LogEntry.direction == direction
    total = session.scalar(select(func.count()).select_from(LogEntry).where(wanted)) or 0
    rows = session.execute(
        select(LogEntry, KnownNode.name)
        .outerjoin(KnownNode, KnownNode.node == LogEntry.node)
        .where(wanted)
        .order_by(LogEntry.stored_at.desc(), LogEntry.seq.desc(), LogEntry.node)
        .limit(limit)
        .offset(offset)
    ).all()
    here = [
        EntryRow(
            entry.node,
            park or "",
            entry.seq,
            entry.kind,
            entry.made_at,
            accepted_through is None or entry.seq <= accepted_through,
            entry.unapplied,
            read_summary(payload_of(entry.compact)["body"])
            if entry.kind == UpKind.SUMMARY
            else None,
        )
        for entry, park in rows
    ]
    return here, total
