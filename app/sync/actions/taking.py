"""What a park does with entries of the log down: store, put in place, apply, and confirm."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from app.sync.actions.log import append_entry, locked_node
from app.sync.actions.placing import Verified, mark, note_fork, pass_on, place_entries
from app.sync.gateways.keyring import read_keys
from app.sync.models import PastKey, ThisNode
from app.sync.queries.keyrings import province_keyring
from app.sync.queries.logs import find_link
from app.sync.rules import (
    MOST_SEQ,
    Direction,
    DownKind,
    Entry,
    Head,
    MalformedEntry,
    UpKind,
    needs_receipt,
    read_receipt,
    receipt_body,
)


@dataclass(frozen=True, slots=True)
class Taken:
    """How far the log down is applied here now, and what did not fit in."""

    applied_through: int
    expected_seq: int | None
    forked: tuple[int, ...]
    accepted: int


def take_entries(session: Session, verified: Sequence[Verified], *, now: datetime) -> Taken:
    """Put verified entries down into their places; twice, late or shuffled ends the same.

    A receipt goes up only after something that is not a receipt was applied.
    """
    node = locked_node(session, now)
    head = Head(node.applied_through, node.applied_hash)
    keyring = partial(province_keyring, session, node.node, node.upstream_keys)
    placed = place_entries(
        session, keyring, node.node, Direction.DOWN, head, verified, keep_early=True, now=now
    )
    node.applied_through, node.applied_hash = placed.head
    highest = min(MOST_SEQ, max((entry.seq for entry, _ in verified), default=0))
    node.down_head = max(node.down_head, placed.head.seq, highest)
    for entry, compact in placed.accepted:
        if entry.kind == DownKind.RECEIPT:
            _confirm(session, node, entry, compact, now)
        elif entry.kind == DownKind.KEYS:
            _replace_keys(session, node, entry, now)
        else:
            pass_on(session, node.node, Direction.DOWN, entry, now=now)
    if needs_receipt(entry.kind for entry, _ in placed.accepted):
        append_entry(session, UpKind.RECEIPT, receipt_body(placed.head), now)
    return Taken(placed.head.seq, placed.expected_seq, placed.forked, len(placed.accepted))


def _confirm(session: Session, node: ThisNode, entry: Entry, compact: str, now: datetime) -> None:
    """The province has the log up so far, if it names the same entry as stands here."""
    try:
        head = read_receipt(entry.body)
    except MalformedEntry as refusal:
        mark(session, node.node, Direction.DOWN, entry.seq, refusal.code)
        return
    if head.seq and find_link(session, node.node, Direction.UP, head.seq) != head.link:
        note_fork(session, node.node, Direction.UP, head.seq, head.link, compact, now=now)
        return
    if head.seq > node.accepted_through:
        node.accepted_through = head.seq
        node.failures, node.next_push_at, node.last_problem = 0, None, None


def _replace_keys(session: Session, node: ThisNode, entry: Entry, now: datetime) -> None:
    """From the next entry on the province signs with a new key, which the old one vouches for."""
    sign_key, box_key = read_keys(entry.body)
    old = node.upstream_keys
    session.merge(
        PastKey(
            node=old["node"],
            kid=old["sign_key"]["kid"],
            sign_key=old["sign_key"],
            through=entry.seq,
            ended_at=now,
        )
    )
    node.upstream_keys = {**old, "sign_key": sign_key, "box_key": box_key}
