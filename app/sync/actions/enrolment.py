"""How a park and its province come to know each other's keys, by a one-time code."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actions.secrets import CODE_LETTERS
from app.audit.actions import record_act
from app.extensions import token_digest
from app.kernel.actors import Actor
from app.kernel.clock import Clock
from app.kernel.ids import new_id
from app.kernel.text import squeeze
from app.settings import Settings
from app.sync.actions.log import locked_node, public_keys
from app.sync.actions.pushing import Transact
from app.sync.gateways.http import Province
from app.sync.gateways.signing import Jwk, read_box_key, read_sign_key
from app.sync.models import Invitation, KnownNode
from app.sync.rules import BadAnswer, BadCode, BadKey, EnrolmentRequest, NodeTaken

CODE_LASTS = timedelta(days=7)
CODE_BLOCKS, BLOCK = 4, 4


@dataclass(frozen=True, slots=True)
class _Keys:
    node: str
    sign_key: Jwk
    box_key: Jwk


def invite_park(
    session: Session, name: str, *, actor: Actor, now: datetime
) -> tuple[str, datetime]:
    """A one-time code for a park, good for seven days; only its digest is kept."""
    code = "-".join(
        "".join(secrets.choice(CODE_LETTERS) for _ in range(BLOCK)) for _ in range(CODE_BLOCKS)
    )
    expires_at = now + CODE_LASTS
    shown = squeeze(name)[:120]
    session.add(
        Invitation(code_hash=_digest(code), name=shown, created_at=now, expires_at=expires_at)
    )
    record_act(session, "sync.park_invited", actor=actor, now=now, name=shown)
    return code, expires_at


def _digest(code: str) -> str:
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return token_digest(f"invitation:{letters}")


def accept_park(session: Session, request: EnrolmentRequest, *, now: datetime) -> dict[str, Any]:
    """Take a park in that holds a good code: its node id and the province's public keys.

    The same park with the same code gets the same answer again: the first may have been lost.
    """
    own = locked_node(session, now)
    invitation = session.scalars(
        select(Invitation).where(Invitation.code_hash == _digest(request.code)).with_for_update()
    ).first()
    if invitation is None:
        raise BadCode
    if invitation.used_at is None:
        if invitation.expires_at <= now:
            raise BadCode
        park = _taken_in(session, request, invitation.name, now)
        invitation.used_at, invitation.node = now, park.node
        actor = Actor(None, park.name)
        record_act(session, "sync.park_enrolled", actor=actor, now=now, subject_id=park.node)
    else:
        park = session.get_one(KnownNode, invitation.node)
        if park.sign_key != request.sign_key:
            raise BadCode
    sign_key, box_key = public_keys(own)
    keys = {"node": own.node, "sign_key": sign_key, "box_key": box_key}
    return {"node": park.node, "province_keys": keys}


def _taken_in(session: Session, request: EnrolmentRequest, name: str, now: datetime) -> KnownNode:
    park = session.get(KnownNode, request.node) if request.node else None
    if park is None:
        park = KnownNode(
            node=request.node or new_id(now),
            name=name,
            sign_key=request.sign_key,
            box_key=request.box_key,
            enrolled_at=now,
        )
        session.add(park)
    elif park.sign_key != request.sign_key:
        raise NodeTaken
    park.name, park.box_key, park.enrolled_at = name, request.box_key, now
    session.flush()
    return park


def enrol(
    transact: Transact, clock: Clock, settings: Settings, url: str, code: str, *, actor: Actor
) -> str:
    """Enrol this park at the province of that address; this node's id."""
    keys = transact(partial(_own_keys, now=clock.now()))
    province = Province(url.strip().rstrip("/"), settings.plain_http)
    answer = province.enrol(code, settings.name, keys.sign_key, keys.box_key, keys.node)
    work = partial(keep_enrolment, url=province.url, answer=answer, actor=actor, now=clock.now())
    return transact(work)


def _own_keys(session: Session, *, now: datetime) -> _Keys:
    node = locked_node(session, now)
    return _Keys(node.node, *public_keys(node))


def keep_enrolment(
    session: Session, *, url: str, answer: dict[str, Any], actor: Actor, now: datetime
) -> str:
    """From now on this province counts; another one than before gets the log from its start."""
    node = locked_node(session, now)
    keys = _province_keys(answer, node.node)
    if node.upstream_keys.get("node") != keys["node"]:
        node.accepted_through = 0
    node.upstream_keys, node.upstream_url = keys, url
    node.enrolled_at = node.last_contact_at = now
    node.failures, node.next_push_at, node.last_problem = 0, None, None
    record_act(session, "sync.enrolled", actor=actor, now=now, subject_id=node.node, url=url)
    return node.node


def _province_keys(answer: dict[str, Any], node: str) -> dict[str, Any]:
    match answer:
        case {"node": given, "province_keys": {"node": str(province), **keys}} if given == node:
            pass
        case _:
            raise BadAnswer
    try:
        return {
            "node": province,
            "sign_key": read_sign_key(keys.get("sign_key")),
            "box_key": read_box_key(keys.get("box_key")),
        }
    except BadKey:
        raise BadAnswer from None
