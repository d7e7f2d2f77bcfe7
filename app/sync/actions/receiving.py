"""What the province does with entries that came: store, put in place, and give a receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.extensions import upsert
from app.kernel.ids import new_id
from app.kernel.refusals import Refusal
from app.sync.actions.log import add_entry, locked_node
from app.sync.gateways.signing import verify
from app.sync.models import Fork, KnownNode, LogEntry, Summary
from app.sync.queries.logs import Direction, find_link, find_receipt
from app.sync.rules import (
    BadSignature,
    Batch,
    DownKind,
    Entry,
    Head,
    MalformedEntry,
    UnknownNode,
    UpKind,
    link_of,
    needs_receipt,
    parse_entry,
    plan_batch,
    read_summary,
    receipt_body,
)

Verified = tuple[Entry, str]


@dataclass(frozen=True, slots=True)
class Received:
    """How far a park's log is here now, the receipt for it, and what did not fit in."""

    accepted_through: int
    receipt: str | None
    expected_seq: int | None
    forked: tuple[int, ...]


def verify_entries(
    node: str, key: Mapping[str, Any], compacts: Sequence[str]
) -> tuple[list[Verified], Refusal | None]:
    """The entries up to the first that is not this node's own work, and why that one is not."""
    verified: list[Verified] = []
    try:
        for compact in compacts:
            entry = parse_entry(verify(compact, key))
            if entry.node != node:
                raise BadSignature
            verified.append((entry, compact))
    except (BadSignature, MalformedEntry) as refusal:
        return verified, refusal
    return verified, None


def receive_entries(
    session: Session, node: str, verified: Sequence[Verified], *, now: datetime
) -> Received:
    """Put verified entries of one park into their places; twice, late or shuffled ends the same.

    What continues the log is stored and applied; what claims a taken place is kept aside.
    """
    park = session.scalars(
        select(KnownNode)
        .where(KnownNode.node == node)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if park is None:
        raise UnknownNode
    head = Head(park.accepted_through, park.head_hash)

    def known_link(seq: int) -> str | None:
        return find_link(session, node, Direction.UP, seq) if seq <= head.seq else None

    batch = plan_batch(head, verified, known_link)
    _store(session, node, batch, now)
    _keep_forks(session, node, batch, verified, now)
    for entry, _ in batch.accepted:
        if entry.kind == UpKind.SUMMARY:
            _apply_summary(session, park, entry, now)
    park.accepted_through, park.head_hash = batch.head
    park.last_contact_at = now
    if needs_receipt(entry.kind for entry, _ in batch.accepted):
        own = locked_node(session, now)
        add_entry(
            session, own, node, Direction.DOWN, DownKind.RECEIPT, receipt_body(batch.head), now
        )
    return Received(batch.head.seq, find_receipt(session, node), batch.expected_seq, batch.forked)


def _store(session: Session, node: str, batch: Batch, now: datetime) -> None:
    rows = [
        {
            "node": node,
            "direction": Direction.UP,
            "seq": entry.seq,
            "kind": entry.kind,
            "made_at": entry.made_at,
            "stored_at": now,
            "hash": link_of(compact),
            "compact": compact.encode("ascii"),
        }
        for entry, compact in batch.accepted
    ]
    if rows:
        session.execute(insert(LogEntry), rows)


def _keep_forks(
    session: Session, node: str, batch: Batch, verified: Sequence[Verified], now: datetime
) -> None:
    """The first entry of a fork is enough to prove it; those after it follow from it."""
    if not batch.forked:
        return
    first = min(batch.forked)
    for entry, compact in verified:
        if entry.seq == first:
            values = {
                "node": node,
                "seq": first,
                "hash": link_of(compact),
                "received_at": now,
                "compact": compact.encode("ascii"),
            }
            session.execute(upsert(session, Fork).values(values).on_conflict_do_nothing())


def _apply_summary(session: Session, park: KnownNode, entry: Entry, now: datetime) -> None:
    """The newest revision stands; a body that this program cannot place stays in the log only."""
    head = read_summary(entry.body)
    if head is None:
        return
    row = session.scalars(
        select(Summary).where(
            Summary.node == park.node, Summary.on == head.on, Summary.shift == head.shift
        )
    ).first()
    if row is None:
        row = Summary(id=new_id(now), node=park.node, on=head.on, shift=head.shift, seqs=[])
        session.add(row)
    elif head.revision <= row.revision:
        return
    row.revision, row.final, row.body = head.revision, head.final, dict(entry.body)
    row.as_of, row.received_at, row.checked_at = head.as_of, now, now
    row.seqs = [*row.seqs, entry.seq]
    park.as_of = max(park.as_of or head.as_of, head.as_of)
