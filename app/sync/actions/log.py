"""This node's own log: its keys, made on first need, and the entries it appends."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.extensions import upsert
from app.kernel.ids import new_id
from app.sync.gateways.signing import Jwk, new_box_key, new_sign_key, public_part, sign
from app.sync.models import KnownNode, LogEntry, ThisNode
from app.sync.queries.logs import get_head
from app.sync.rules import Direction, DownKind, Head, entry_payload, head_after

ONLY_ROW = 1


def locked_node(session: Session, now: datetime) -> ThisNode:
    """This node with its keys, made when there are none; nobody else appends until the commit.

    PostgreSQL holds the row; on SQLite there is one writer at a time anyway.
    """
    locked = (
        select(ThisNode)
        .where(ThisNode.id == ONLY_ROW)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    node = session.scalars(locked).first()
    if node is None:
        session.execute(
            upsert(session, ThisNode)
            .values(
                id=ONLY_ROW,
                node=new_id(now),
                sign_key=json.dumps(new_sign_key()),
                box_key=json.dumps(new_box_key()),
                upstream_url="",
                upstream_keys={},
                accepted_through=0,
                failures=0,
            )
            .on_conflict_do_nothing()
        )
        node = session.scalars(locked).one()
    return node


def signing_node(session: Session, now: datetime) -> ThisNode:
    """This node, whose keys stay as they are until the commit; others may sign meanwhile."""
    shared = (
        select(ThisNode)
        .where(ThisNode.id == ONLY_ROW)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    return session.scalars(shared).first() or locked_node(session, now)


def public_keys(node: ThisNode) -> tuple[Jwk, Jwk]:
    """What others need to verify this node's entries, and to encrypt to it."""
    return public_part(json.loads(node.sign_key)), public_part(json.loads(node.box_key))


def append_entry(session: Session, kind: str, body: Mapping[str, Any], now: datetime) -> int:
    """Append a signed entry to this park's log up, in the caller's transaction; its number."""
    node = locked_node(session, now)
    return add_entry(session, node, node.node, Direction.UP, kind, body, now).seq


def add_entry(
    session: Session,
    signer: ThisNode,
    whose: str,
    direction: Direction,
    kind: str,
    body: Mapping[str, Any],
    now: datetime,
) -> Head:
    """Sign and store the next entry of a log; a log down names its park. The new head."""
    return write_entry(session, signer, whose, direction, kind, body, now)[0]


def write_entry(
    session: Session,
    signer: ThisNode,
    whose: str,
    direction: Direction,
    kind: str,
    body: Mapping[str, Any],
    now: datetime,
) -> tuple[Head, str]:
    """The new head and the entry itself."""
    head = get_head(session, whose, direction)
    to = whose if direction is Direction.DOWN else None
    payload = entry_payload(head, node=signer.node, kind=kind, made_at=now, body=body, to=to)
    compact = sign(payload, json.loads(signer.sign_key))
    following = head_after(head, compact)
    session.execute(
        insert(LogEntry).values(
            node=whose,
            direction=direction,
            seq=following.seq,
            kind=kind,
            made_at=now,
            stored_at=now,
            hash=following.link,
            compact=compact.encode("ascii"),
        )
    )
    if direction is Direction.DOWN and kind != DownKind.RECEIPT:
        session.execute(
            update(KnownNode).where(KnownNode.node == whose).values(told_through=following.seq)
        )
    return following, compact
