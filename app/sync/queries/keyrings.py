"""The keys by which entries are checked: those of a park at its province, and the other way."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.sync.gateways.keyring import Keyring
from app.sync.models import KnownNode, PastKey
from app.sync.rules import NotEnrolled, RevokedKey, UnknownNode


def park_keyring(session: Session, node: str) -> Keyring:
    """The keys that count in a park's log up."""
    rows = session.execute(
        select(
            KnownNode.sign_key,
            KnownNode.revoked_at,
            KnownNode.accepted_through,
            PastKey.sign_key.label("past_key"),
            PastKey.through,
        )
        .outerjoin(PastKey, PastKey.node == KnownNode.node)
        .where(KnownNode.node == node)
    ).all()
    if not rows:
        raise UnknownNode
    now = rows[0]
    keyring = Keyring(node, reached=now.accepted_through)
    for row in rows:
        if row.past_key is not None:
            keyring.add(row.past_key, row.through)
    keyring.add(now.sign_key, None if now.revoked_at is None else now.accepted_through)
    return keyring


def find_standing(session: Session, node: str) -> tuple[str, datetime | None]:
    """By which key a park is believed now, and since when no more."""
    row = session.execute(
        select(KnownNode.sign_key, KnownNode.revoked_at).where(KnownNode.node == node)
    ).first()
    if row is None:
        raise UnknownNode
    return str(row.sign_key["kid"]), row.revoked_at


def province_keyring(
    session: Session, node: str, keys: Mapping[str, Any], reached: int = 0
) -> Keyring:
    """The keys that count in the log down to this park."""
    if "sign_key" not in keys:
        raise NotEnrolled
    keyring = _with_past_keys(session, Keyring(keys["node"], for_node=node, reached=reached))
    keyring.add(keys["sign_key"])
    return keyring


def find_asking_key(session: Session, node: str) -> Mapping[str, Any]:
    """The key by which a park asks for its log now."""
    row = session.execute(
        select(KnownNode.sign_key, KnownNode.revoked_at).where(KnownNode.node == node)
    ).first()
    if row is None:
        raise UnknownNode
    if row.revoked_at is not None:
        raise RevokedKey
    key: Mapping[str, Any] = row.sign_key
    return key


def _with_past_keys(session: Session, keyring: Keyring) -> Keyring:
    past = select(PastKey.sign_key, PastKey.through).where(PastKey.node == keyring.node)
    for key, through in session.execute(past):
        keyring.add(key, through)
    return keyring
