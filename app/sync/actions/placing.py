"""Putting entries into their places in a log, whatever the road and the order they came in."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from app.extensions import upsert
from app.kernel.events import publish
from app.kernel.refusals import Refusal
from app.sync.gateways.keyring import Keyring
from app.sync.gateways.packing import pack_entry
from app.sync.gateways.storing import store_rows
from app.sync.models import EarlyEntry, Fork, LogEntry
from app.sync.queries.logs import list_compacts, list_links
from app.sync.rules import (
    MOST_SEQ,
    Decision,
    Direction,
    DownKind,
    Entry,
    EntryArrived,
    Head,
    UpKind,
    check_entry,
    head_after,
    link_of,
    plan_batch,
)

log = logging.getLogger(__name__)
Verified = tuple[Entry, str]
KNOWN_KINDS: Mapping[Direction, frozenset[str]] = {
    Direction.UP: frozenset(UpKind),
    Direction.DOWN: frozenset(DownKind),
}
MOST_EARLY = 20_000  # entries of one log that may wait for others
UNKNOWN_KIND = "sync.unknown_kind"
NOT_APPLIED = "sync.not_applied"
LOG = cast(Table, LogEntry.__table__)
# What the database says of a value; what it says of itself passes, and the call is made again.
OF_THE_ENTRY = (DataError, IntegrityError, ProgrammingError)


@dataclass(frozen=True, slots=True)
class Placed:
    """What went into a log now, how far it reaches, and what did not fit in."""

    accepted: tuple[Verified, ...]
    head: Head
    expected_seq: int | None
    forked: tuple[int, ...]


def place_entries(
    session: Session,
    keyring: Callable[[], Keyring],
    node: str,
    direction: Direction,
    head: Head,
    verified: Sequence[Verified],
    *,
    keep_early: bool,
    now: datetime,
) -> Placed:
    """Store what continues a log, and what waited for it; keep aside what claims a taken place.

    What comes early is kept only where nobody will send it again by himself: out of bundles.
    """
    known = list_links(session, node, direction, [e.seq for e, _ in verified if e.seq <= head.seq])
    batch = plan_batch(head, verified, known.get)
    accepted = [*batch.accepted]
    reached, left = _follow_early(session, keyring, node, direction, batch.head, accepted)
    store_entries(session, node, direction, accepted, reached, now)
    _keep_fork(session, node, direction, batch.forked, verified, now)
    waiting = [(e, compact) for e, compact in verified if e.seq > reached.seq]
    if keep_early and waiting:
        early = [(e.seq, compact) for e, compact in waiting]
        keep_waiting(session, node, direction, early, now=now)
    still = bool(waiting) or left
    expected = reached.seq + 1 if still else None
    return Placed(tuple(accepted), reached, expected, batch.forked)


def _follow_early(
    session: Session,
    keyring: Callable[[], Keyring],
    node: str,
    direction: Direction,
    head: Head,
    accepted: list[Verified],
) -> tuple[Head, bool]:
    """Go on with what waited, as far as it follows without a hole; the rest waits on, if any."""
    of_log = (EarlyEntry.node == node, EarlyEntry.direction == direction)
    rows = session.execute(
        select(EarlyEntry.seq, EarlyEntry.compact).where(*of_log).order_by(EarlyEntry.seq)
    ).all()
    keys = keyring() if rows else None
    for seq, text in rows:
        if keys is None or seq > head.seq + 1:
            break
        compact = text.decode("ascii")
        try:
            entry = keys.open(compact)
        except Refusal:
            continue
        if check_entry(head, entry, compact) is Decision.ACCEPT:
            head = head_after(head, compact)
            accepted.append((entry, compact))
    if rows:
        session.execute(delete(EarlyEntry).where(*of_log, EarlyEntry.seq <= head.seq))
    return head, any(seq > head.seq for seq, _ in rows)


def count_early(session: Session, node: str, direction: Direction) -> int:
    """How many entries of a log wait for others that have not come."""
    return (
        session.scalar(
            select(func.count()).where(EarlyEntry.node == node, EarlyEntry.direction == direction)
        )
        or 0
    )


def keep_waiting(
    session: Session,
    node: str,
    direction: Direction,
    early: Iterable[tuple[int, str]],
    *,
    now: datetime,
) -> None:
    """Keep entries until those before them have come; only then they are looked into."""
    room = MOST_EARLY - count_early(session, node, direction)
    kept = [(seq, compact) for seq, compact in early if 1 <= seq <= MOST_SEQ]
    for seq, compact in kept[: max(0, room)]:
        values = {
            "node": node,
            "direction": direction,
            "seq": seq,
            "hash": link_of(compact),
            "received_at": now,
            "compact": compact.encode("ascii"),
        }
        session.execute(upsert(session, EarlyEntry).values(values).on_conflict_do_nothing())


def store_entries(
    session: Session,
    node: str,
    direction: Direction,
    accepted: Sequence[Verified],
    reached: Head,
    now: datetime,
) -> None:
    """Put entries into a log, whose places are free; each names the one before it by its hash."""
    links = [*(entry.prev for entry, _ in accepted[1:]), reached.link]
    rows = [
        {
            "node": node,
            "direction": direction,
            "seq": entry.seq,
            "kind": entry.kind,
            "made_at": entry.made_at,
            "stored_at": now,
            "hash": link,
            "compact": _kept_as(entry, compact),
            "unapplied": None if entry.kind in KNOWN_KINDS[direction] else UNKNOWN_KIND,
        }
        for (entry, compact), link in zip(accepted, links, strict=False)
    ]
    store_rows(session, LOG, rows)


def _kept_as(entry: Entry, compact: str) -> bytes:
    """An entry as the database is given it, whose payload was packed when it was read."""
    return pack_entry(compact, entry.packed) if entry.packed else compact.encode("ascii")


def _keep_fork(
    session: Session,
    node: str,
    direction: Direction,
    forked: Sequence[int],
    verified: Sequence[Verified],
    now: datetime,
) -> None:
    """The first entry of a fork is enough to prove it; those after it follow from it."""
    if not forked:
        return
    first = min(forked)
    for entry, compact in verified:
        if entry.seq == first:
            note_fork(session, node, direction, first, link_of(compact), compact, now=now)


def note_fork(
    session: Session,
    node: str,
    direction: Direction,
    seq: int,
    link: str,
    compact: str,
    *,
    now: datetime,
) -> None:
    """Keep what proves that two histories of one log exist."""
    values: dict[str, Any] = {
        "node": node,
        "seq": seq,
        "hash": link,
        "direction": direction,
        "received_at": now,
        "compact": compact.encode("ascii"),
    }
    session.execute(upsert(session, Fork).values(values).on_conflict_do_nothing())


def note_own_fork(
    session: Session, node: str, direction: Direction, seq: int, *, now: datetime
) -> None:
    """Keep the entry that stands here where the other side has another or none."""
    (compact,) = list_compacts(session, node, [seq], direction)
    note_fork(session, node, direction, seq, link_of(compact), compact, now=now)


def pass_on(
    session: Session, node: str, direction: Direction, entry: Entry, *, now: datetime
) -> None:
    """Let follow what follows from an entry; when it cannot, it stays here, marked with why.

    One entry that cannot be read must not hold up those after it.
    """
    if entry.kind not in KNOWN_KINDS[direction]:
        return
    event = EntryArrived(direction, node, entry.seq, entry.kind, entry.body, entry.made_at)
    code = why_not(session, publish, event, now=now)
    if code is not None:
        mark(session, node, direction, entry.seq, code)


def why_not(
    session: Session,
    follow: Callable[..., object],
    event: EntryArrived,
    *,
    now: datetime,
) -> str | None:
    """Do what follows from an entry: None, or the code of why it cannot be; then nothing is done.

    A database that is gone, busy or full says nothing about the entry, and is passed on.
    """
    try:
        with session.begin_nested():
            follow(session, event, now=now)
    except Refusal as refusal:
        return refusal.code[:60]
    except Exception as error:
        if isinstance(error, DBAPIError) and not isinstance(error, OF_THE_ENTRY):
            raise
        log.exception("entry %s of %s could not be applied", event.seq, event.park)
        return NOT_APPLIED
    return None


def mark(session: Session, node: str, direction: Direction, seq: int, code: str) -> None:
    """Note why nothing followed from an entry."""
    session.execute(
        update(LogEntry)
        .where(LogEntry.node == node, LogEntry.direction == direction, LogEntry.seq == seq)
        .values(unapplied=code[:60])
    )
