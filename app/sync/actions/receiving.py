"""What the province does with entries that came: store, put in place, and give a receipt."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.sync.actions.log import signing_node, write_entry
from app.sync.actions.placing import Placed, Verified, mark, note_fork, pass_on, place_entries
from app.sync.actions.published import apply_summaries
from app.sync.gateways.keyring import read_keys
from app.sync.models import KnownNode, PastKey
from app.sync.queries.keyrings import park_keyring
from app.sync.queries.logs import find_link, find_receipt, get_head
from app.sync.rules import (
    Direction,
    DownKind,
    Entry,
    Head,
    MalformedEntry,
    UnknownNode,
    UpKind,
    needs_receipt,
    read_receipt,
    receipt_body,
)

CONTACT_LASTS = timedelta(minutes=1)
LISTENING_LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Received:
    """How far a park's log is here now, the receipt for it, and what did not fit in."""

    accepted_through: int
    receipt: str | None
    expected_seq: int | None
    forked: tuple[int, ...]
    accepted: int = 0
    down_head: int = 0


def receive_entries(
    session: Session,
    node: str,
    verified: Sequence[Verified],
    *,
    now: datetime,
    keep_early: bool = False,
    version: str = "",
    park: KnownNode | None = None,
) -> Received:
    """Put verified entries of one park into their places; twice, late or shuffled ends the same.

    What continues the log is stored and applied; what claims a taken place is kept aside. With
    `park` its row is locked already.
    """
    park = park or locked_park(session, node)
    head = Head(park.accepted_through, park.head_hash)
    keyring = partial(park_keyring, session, node)
    placed = place_entries(
        session, keyring, node, Direction.UP, head, verified, keep_early=keep_early, now=now
    )
    summaries = []
    for entry, compact in placed.accepted:
        if entry.kind == UpKind.SUMMARY:
            summaries.append(entry)
        elif entry.kind == UpKind.RECEIPT:
            _confirm(session, park, entry, compact, now)
        elif entry.kind == UpKind.KEYS:
            _replace_keys(session, park, entry, now)
        else:
            pass_on(session, node, Direction.UP, entry, now=now)
    newest_at = apply_summaries(session, node, summaries, now=now)
    if newest_at is not None:
        # Nothing is known before it came: a clock that runs fast makes no park fresher.
        told_at = min(newest_at, now)
        park.as_of = max(told_at, min(park.as_of or told_at, now))
    park.accepted_through, park.head_hash = placed.head
    park.last_contact_at = now
    park.version = version or park.version
    receipt, down_head = _receipt(session, node, placed, now)
    return Received(
        placed.head.seq,
        receipt,
        placed.expected_seq,
        placed.forked,
        len(placed.accepted),
        down_head,
    )


def _receipt(session: Session, node: str, placed: Placed, now: datetime) -> tuple[str | None, int]:
    """The receipt for what is here now, written where one is owed, and how far the log down is."""
    if not needs_receipt(entry.kind for entry, _ in placed.accepted):
        return find_receipt(session, node), get_head(session, node, Direction.DOWN).seq
    own, body = signing_node(session, now), receipt_body(placed.head)
    head, compact = write_entry(session, own, node, Direction.DOWN, DownKind.RECEIPT, body, now)
    return compact, head.seq


def locked_park(session: Session, node: str) -> KnownNode:
    """A park that enrolled here; nobody else writes into its logs until the commit."""
    park = session.scalars(
        select(KnownNode)
        .where(KnownNode.node == node)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if park is None:
        raise UnknownNode
    return park


def lock_parks(session: Session, nodes: Iterable[str]) -> None:
    """Hold these parks, those of them that are known, in the one order in which all hold several.

    Whoever also needs this node's own row takes it after them.
    """
    session.execute(
        select(KnownNode.node)
        .where(KnownNode.node.in_(sorted(set(nodes))))
        .order_by(KnownNode.node)
        .with_for_update()
    ).all()


def note_contact(session: Session, node: str, *, version: str | None, now: datetime) -> None:
    """A park asked for its log, perhaps telling its version; kept by the minute."""
    values = {"last_contact_at": now} | ({} if version is None else {"version": version})
    session.execute(
        update(KnownNode)
        .where(
            KnownNode.node == node,
            or_(
                KnownNode.last_contact_at.is_(None),
                KnownNode.last_contact_at < now - CONTACT_LASTS,
                KnownNode.version != (KnownNode.version if version is None else version),
            ),
        )
        .values(values)
    )


def note_listening(session: Session, nodes: Collection[str], now: datetime) -> None:
    """These parks are on the line of the bell: as good as a question, and kept more rarely."""
    session.execute(
        update(KnownNode)
        .where(KnownNode.node.in_(nodes), KnownNode.last_contact_at < now - LISTENING_LASTS)
        .values(last_contact_at=now)
    )


def _confirm(session: Session, park: KnownNode, entry: Entry, compact: str, now: datetime) -> None:
    """The park has the log down so far, if it names the same entry as stands here."""
    try:
        head = read_receipt(entry.body)
    except MalformedEntry as refusal:
        mark(session, park.node, Direction.UP, entry.seq, refusal.code)
        return
    if head.seq and find_link(session, park.node, Direction.DOWN, head.seq) != head.link:
        note_fork(session, park.node, Direction.DOWN, head.seq, head.link, compact, now=now)
        return
    park.confirmed_through = max(park.confirmed_through, head.seq)


def _replace_keys(session: Session, park: KnownNode, entry: Entry, now: datetime) -> None:
    """From the next entry on the park signs with a new key, which the old one vouches for."""
    sign_key, box_key = read_keys(entry.body)
    end_key(session, park, entry.seq, now)
    park.sign_key, park.box_key = sign_key, box_key


def end_key(session: Session, park: KnownNode, through: int, now: datetime) -> None:
    """What the key in use signs counts up to this number only."""
    session.merge(
        PastKey(
            node=park.node,
            kid=park.sign_key["kid"],
            sign_key=park.sign_key,
            through=through,
            ended_at=now,
        )
    )
