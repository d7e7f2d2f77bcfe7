"""When one park has two histories, or another machine goes on as a park: by people's word only.

1. The province ends the old keys and says where its log of the park ends.
2. What this machine had beyond that is put aside, nothing of it is thrown away.
3. What the province had beyond this machine comes in its place.
4. What was put aside and reports something of its own is written anew; summaries are made anew.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.kernel.actors import Actor
from app.sync.actions.log import add_entry, append_entry, locked_node, public_keys
from app.sync.actions.placing import Verified, note_fork, store_entries
from app.sync.actions.published import apply_summaries
from app.sync.actions.receiving import lock_parks, locked_park
from app.sync.gateways.signing import Jwk, new_box_key, new_sign_key, payload_of, public_part
from app.sync.models import EarlyEntry, Fork, KnownNode, LogEntry, Summary, ThisNode
from app.sync.queries.logs import find_link
from app.sync.rules import (
    KEYS,
    RECEIPT,
    BadAnswer,
    BadSignature,
    Direction,
    Entry,
    Head,
    MalformedEntry,
    UpKind,
    link_of,
    parse_entry,
)

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
MADE_ANEW = frozenset({UpKind.SUMMARY, RECEIPT, KEYS})


@dataclass(frozen=True, slots=True)
class ComingKeys:
    """Keys by which this node will be known, and how far its log was confirmed under the old."""

    node: str
    sign_key: Jwk
    public_sign_key: Jwk
    public_box_key: Jwk
    confirmed_through: int


def keys_to_come(session: Session, *, now: datetime) -> ComingKeys:
    """New keys, kept beside those in use until a province has answered; the same on a retry."""
    node = locked_node(session, now)
    if node.next_keys is None:
        node.next_keys = json.dumps([new_sign_key(), new_box_key()])
    sign_key, box_key = json.loads(node.next_keys)
    return ComingKeys(
        node.node,
        sign_key,
        public_part(sign_key),
        public_part(box_key),
        node.accepted_through,
    )


def read_continuation(answer: dict[str, Any]) -> Head:
    """Where the log goes on, by the province's word."""
    match answer.get("continue"):
        case {"seq": int(seq), "hash": str(link)} if seq >= 0 and (seq > 0) == bool(link):
            return Head(seq, link)
        case _:
            raise BadAnswer


def go_on_as(
    session: Session, node_id: str, head: Head, lost: Sequence[str], *, now: datetime
) -> None:
    """Be this node from now on, its log ending at `head`, of which `lost` is the last part."""
    node = locked_node(session, now)
    if node.next_keys is None:
        raise BadAnswer
    old = node.node
    entries = _chained(session, node_id, head, lost)
    if node_id == old:
        aside = _give_way(session, node_id, head, entries, now)
    else:
        aside = [_entry(row.compact) for row in _rows_beyond(session, old, node.accepted_through)]
    store_entries(session, node_id, Direction.UP, entries, head, now)
    summaries = [entry for entry, _ in entries if entry.kind == UpKind.SUMMARY]
    apply_summaries(session, node_id, summaries, now=now)
    session.execute(update(Summary).where(Summary.node == node_id).values(checked_at=LONG_AGO))
    sign_key, box_key = json.loads(node.next_keys)
    node.sign_key, node.box_key = json.dumps(sign_key), _with_past(box_key, node.box_key)
    node.next_keys = None
    node.node, node.accepted_through = node_id, head.seq
    if node_id != old:
        node.applied_through, node.applied_hash, node.down_head = 0, "", 0
    else:
        _drop_disputed_down(session, node, now)
    settle_forks(session, old, now=now)
    session.flush()
    for entry in aside:
        if entry.kind not in MADE_ANEW:
            append_entry(session, entry.kind, entry.body, now)


def _give_way(
    session: Session, node: str, head: Head, entries: Sequence[Verified], now: datetime
) -> list[Entry]:
    """Whatever stands here after the part that both have leaves its place; what of it was lost."""
    common = head.seq - len(entries)
    own = _rows_beyond(session, node, common)
    theirs = {link_of(compact) for _, compact in entries}
    aside = [row for row in own if row.hash not in theirs]
    for row in aside:
        compact = row.compact.decode("ascii")
        note_fork(session, node, Direction.UP, row.seq, row.hash, compact, now=now)
    session.execute(
        delete(LogEntry)
        .where(LogEntry.node == node, LogEntry.direction == Direction.UP, LogEntry.seq > common)
        .execution_options(synchronize_session=False)
    )
    _restate_summaries(session, node, {row.seq for row in own})
    return [_entry(row.compact) for row in aside]


def _entry(compact: bytes) -> Entry:
    return parse_entry(payload_of(compact))


def _chained(session: Session, node: str, head: Head, lost: Sequence[str]) -> list[Verified]:
    """The lost part, proved by the hash that the province named: no key is needed to believe it."""
    link, entries = head.link, []
    try:
        for seq, compact in zip(range(head.seq, 0, -1), reversed(lost), strict=False):
            entry = parse_entry(payload_of(compact.encode("ascii")))
            if entry.seq != seq or link_of(compact) != link:
                raise BadAnswer
            entries.append((entry, compact))
            link = entry.prev
    except (BadSignature, MalformedEntry, ValueError, IndexError) as error:
        raise BadAnswer from error
    before = head.seq - len(entries)
    if before and find_link(session, node, Direction.UP, before) != link:
        raise BadAnswer
    return entries[::-1]


def _rows_beyond(session: Session, node: str, after: int) -> Sequence[Row[int, str, bytes]]:
    return session.execute(
        select(LogEntry.seq, LogEntry.hash, LogEntry.compact)
        .where(LogEntry.node == node, LogEntry.direction == Direction.UP, LogEntry.seq > after)
        .order_by(LogEntry.seq)
    ).all()


def _restate_summaries(session: Session, node: str, gone: Iterable[int]) -> None:
    """The newest revision is the newest that stands in the log."""
    lost = set(gone)
    for row in session.scalars(select(Summary).where(Summary.node == node)).all():
        if not lost & set(row.seqs):
            continue
        seqs = [seq for seq in row.seqs if seq not in lost]
        compact = seqs and session.scalar(
            select(LogEntry.compact).where(
                LogEntry.node == node,
                LogEntry.direction == Direction.UP,
                LogEntry.seq == seqs[-1],
            )
        )
        if not compact:
            session.delete(row)
            continue
        body = payload_of(compact)["body"]
        row.seqs, row.body = seqs, body
        row.revision, row.final = body["revision"], body["final"]
        row.as_of = datetime.fromisoformat(body["as_of"])
    session.flush()


def _drop_disputed_down(session: Session, node: ThisNode, now: datetime) -> None:
    """The log down is taken anew from where two histories of it part."""
    first = session.scalar(
        select(func.min(Fork.seq)).where(
            Fork.node == node.node,
            Fork.direction == Direction.DOWN,
            Fork.settled_at.is_(None),
        )
    )
    if first is None or first > node.applied_through:
        return
    put_down_log_aside(session, node.node, after=first - 1, now=now)
    link = find_link(session, node.node, Direction.DOWN, first - 1) if first > 1 else ""
    node.applied_through, node.applied_hash = first - 1, link or ""
    node.down_head = first - 1


def put_down_log_aside(
    session: Session, node: str, after: int = 0, now: datetime = LONG_AGO
) -> None:
    """Keep the entries down after a number apart, so that others may take their places."""
    rows = session.execute(
        select(LogEntry.seq, LogEntry.hash, LogEntry.compact).where(
            LogEntry.node == node,
            LogEntry.direction == Direction.DOWN,
            LogEntry.seq > after,
        )
    ).all()
    for seq, link, compact in rows:
        text = compact.decode("ascii")
        note_fork(session, node, Direction.DOWN, seq, link, text, now=now)
    session.execute(
        update(Fork)
        .where(Fork.node == node, Fork.direction == Direction.DOWN, Fork.settled_at.is_(None))
        .values(settled_at=now)
    )
    session.execute(
        delete(LogEntry)
        .where(
            LogEntry.node == node,
            LogEntry.direction == Direction.DOWN,
            LogEntry.seq > after,
        )
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(EarlyEntry).where(EarlyEntry.node == node, EarlyEntry.direction == Direction.DOWN)
    )


def settle_forks(session: Session, node: str, *, now: datetime) -> None:
    """Two histories were looked at by people, and one goes on; both stay readable."""
    session.execute(
        update(Fork).where(Fork.node == node, Fork.settled_at.is_(None)).values(settled_at=now)
    )
    session.execute(
        delete(EarlyEntry).where(EarlyEntry.node == node, EarlyEntry.direction == Direction.UP)
    )


def rotate_keys(session: Session, *, actor: Actor, now: datetime) -> str:
    """Sign with a new key from the next entry on; the old one vouches for it. The new key's name.

    A park tells its province; a province tells every park, each in its own log.
    """
    known = select(KnownNode.node).order_by(KnownNode.node)
    lock_parks(session, session.scalars(known))
    node = locked_node(session, now)
    sign_key, box_key = new_sign_key(), new_box_key()
    told = {"sign_key": public_part(sign_key), "box_key": public_part(box_key)}
    parks = session.scalars(known).all()  # with one that enrolled just now
    for park in parks:
        locked_park(session, park)
        add_entry(session, node, park, Direction.DOWN, KEYS, told, now)
    if not parks:
        append_entry(session, KEYS, told, now)
    node.sign_key, node.box_key = json.dumps(sign_key), _with_past(box_key, node.box_key)
    record_act(session, "sync.keys_replaced", actor=actor, now=now, subject_id=node.node)
    return str(public_keys(node)[0]["kid"])


def _with_past(box_key: Jwk, before: str) -> str:
    """A new key to receive by, and those before it: what was sealed for them is still to read."""
    old = json.loads(before)
    past = old.pop("past", [])
    return json.dumps({**box_key, "past": [old, *past]})


def revoke_park(session: Session, node: str, *, actor: Actor, now: datetime) -> None:
    """Believe nothing more that this park's key signs: its machine was lost or copied."""
    park = locked_park(session, node)
    park.revoked_at = park.revoked_at or now
    record_act(session, "sync.park_revoked", actor=actor, now=now, subject_id=node)
