"""How a park and its province come to know each other's keys, by a one-time code."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
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
from app.sync.actions.log import locked_node, public_keys, signing_node
from app.sync.actions.receiving import end_key, locked_park
from app.sync.actions.retrying import Transact
from app.sync.actions.settling import (
    ComingKeys,
    go_on_as,
    keys_to_come,
    put_down_log_aside,
    read_continuation,
    settle_forks,
)
from app.sync.gateways.http import Asker, Province
from app.sync.gateways.signing import Jwk, read_box_key, read_sign_key
from app.sync.models import Invitation, KnownNode, PastKey, ThisNode
from app.sync.rules import (
    MOST_ENTRIES,
    BadAnswer,
    BadCode,
    BadKey,
    EnrolmentRequest,
    Head,
    NodeTaken,
    OtherCode,
)

CODE_LASTS = timedelta(days=7)
CODE_BLOCKS, BLOCK = 4, 4


class Afresh(StrEnum):
    """Whether an enrolment goes on as a park that exists, or begins as one that never was."""

    NO = "no"
    TAKE_OVER = "take_over"
    NEW_IDENTITY = "new_identity"


@dataclass(frozen=True, slots=True)
class _Keys:
    node: str
    sign_key: Jwk
    box_key: Jwk


def invite_park(
    session: Session, name: str, *, actor: Actor, now: datetime, replaces: str | None = None
) -> tuple[str, datetime]:
    """A one-time code for a park, good for seven days; only its digest is kept.

    With `replaces` it is for the machine that goes on as that park, with new keys.
    """
    if replaces is not None:
        name = locked_park(session, replaces).name
    code = "-".join(
        "".join(secrets.choice(CODE_LETTERS) for _ in range(BLOCK)) for _ in range(CODE_BLOCKS)
    )
    expires_at = now + CODE_LASTS
    shown = squeeze(name)[:120]
    session.add(
        Invitation(
            code_hash=_digest(code),
            name=shown,
            created_at=now,
            expires_at=expires_at,
            replaces=replaces,
        )
    )
    record_act(session, "sync.park_invited", actor=actor, now=now, subject_id=replaces, name=shown)
    return code, expires_at


def _digest(code: str) -> str:
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return token_digest(f"invitation:{letters}")


def accept_park(session: Session, request: EnrolmentRequest, *, now: datetime) -> dict[str, Any]:
    """Take a park in that holds a good code: its node id and the province's public keys.

    The same park with the same code gets the same answer again: the first may have been lost.
    """
    invitation = session.scalars(
        select(Invitation).where(Invitation.code_hash == _digest(request.code)).with_for_update()
    ).first()
    if invitation is None:
        raise BadCode
    if invitation.used_at is None:
        if invitation.expires_at <= now:
            raise BadCode
        if (invitation.replaces is not None) != request.take_over:
            raise OtherCode
        park = (
            _taken_in(session, request, invitation.name, now)
            if invitation.replaces is None
            else taken_over(session, invitation.replaces, request, now)
        )
        invitation.used_at, invitation.node = now, park.node
        actor = Actor(None, park.name)
        record_act(session, "sync.park_enrolled", actor=actor, now=now, subject_id=park.node)
    else:
        park = session.get_one(KnownNode, invitation.node)
        if park.sign_key != request.sign_key:
            raise BadCode
    own = signing_node(session, now)
    return enrolment_answer(own, park, continues=invitation.replaces is not None)


def enrolment_answer(own: ThisNode, park: KnownNode, *, continues: bool) -> dict[str, Any]:
    """What an enrolled park needs to know; `continue` is where the log of its forerunner ends."""
    sign_key, box_key = public_keys(own)
    keys = {"node": own.node, "sign_key": sign_key, "box_key": box_key}
    answer: dict[str, Any] = {"node": park.node, "province_keys": keys}
    if continues:
        answer["continue"] = {"seq": park.accepted_through, "hash": park.head_hash}
    return answer


def accept_by_hand(
    session: Session,
    request: EnrolmentRequest,
    *,
    replaces: str | None,
    actor: Actor,
    now: datetime,
) -> dict[str, Any]:
    """Take a park in by its file, at an administrator's word in place of a code."""
    if replaces is None:
        park = _taken_in(session, request, squeeze(request.name)[:120], now)
    else:
        park = session.get(KnownNode, replaces) or locked_park(session, replaces)
        if park.sign_key != request.sign_key:
            park = taken_over(session, replaces, request, now)
    record_act(session, "sync.park_enrolled", actor=actor, now=now, subject_id=park.node)
    own = signing_node(session, now)
    return enrolment_answer(own, park, continues=replaces is not None)


def taken_over(session: Session, node: str, request: EnrolmentRequest, now: datetime) -> KnownNode:
    """Another machine goes on as this park: its keys count from here on, the old ones no more.

    What was in dispute between two histories is settled: the one that stands here goes on. The
    log down is offered from its start again, for the machine may know nothing of it.
    """
    park = locked_park(session, node)
    known = session.get(PastKey, (node, request.sign_key["kid"]))
    if known is not None or park.sign_key == request.sign_key:
        raise BadKey
    end_key(session, park, park.accepted_through, now)
    park.sign_key, park.box_key, park.enrolled_at = request.sign_key, request.box_key, now
    park.revoked_at, park.confirmed_through = None, 0
    settle_forks(session, node, now=now)
    session.flush()
    return park


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
    transact: Transact,
    clock: Clock,
    settings: Settings,
    url: str,
    code: str,
    *,
    actor: Actor,
    afresh: Afresh = Afresh.NO,
) -> str:
    """Enrol this park at the province of that address; this node's id."""
    if afresh is not Afresh.NO:
        return _enrol_afresh(transact, clock, settings, url, code, actor=actor, afresh=afresh)
    keys = transact(partial(_own_keys, now=clock.now()))
    province = Province(url.strip().rstrip("/"), settings.plain_http)
    answer = province.enrol(code, settings.name, keys.sign_key, keys.box_key, keys.node)
    work = partial(keep_enrolment, url=province.url, answer=answer, actor=actor, now=clock.now())
    return transact(work)


def _enrol_afresh(
    transact: Transact,
    clock: Clock,
    settings: Settings,
    url: str,
    code: str,
    *,
    actor: Actor,
    afresh: Afresh,
) -> str:
    """With new keys, kept before anybody hears of them: a lost answer is asked for again."""
    keys = transact(partial(keys_to_come, now=clock.now()))
    province = Province(url.strip().rstrip("/"), settings.plain_http)
    take_over = afresh is Afresh.TAKE_OVER
    answer = province.enrol(
        code,
        settings.name,
        keys.public_sign_key,
        keys.public_box_key,
        None,
        take_over=take_over,
    )
    head = read_continuation(answer) if take_over else Head()
    lost = _lost_entries(province, answer, keys, head, clock) if take_over else []

    def work(session: Session) -> str:
        now = clock.now()
        go_on_as(session, str(answer.get("node")), head, lost, now=now)
        return keep_enrolment(
            session,
            url=province.url,
            answer=answer,
            actor=actor,
            now=now,
            continues=take_over,
        )

    return transact(work)


def _lost_entries(
    province: Province, answer: dict[str, Any], keys: ComingKeys, head: Head, clock: Clock
) -> list[str]:
    """The forerunner's log beyond what is known here, as the province has it."""
    after = min(keys.confirmed_through, head.seq) if answer["node"] == keys.node else 0
    lost: list[str] = []
    while after + len(lost) < head.seq:
        asker = Asker(str(answer["node"]), keys.sign_key, clock.now())
        page = province.pull(asker, after + len(lost), most=MOST_ENTRIES, log="up")
        entries = page.get("entries")
        if not isinstance(entries, list) or not entries:
            raise BadAnswer
        lost += [str(each) for each in entries]
    return lost[: head.seq - after]


def _own_keys(session: Session, *, now: datetime) -> _Keys:
    node = locked_node(session, now)
    return _Keys(node.node, *public_keys(node))


def keep_enrolment(
    session: Session,
    *,
    url: str,
    answer: dict[str, Any],
    actor: Actor,
    now: datetime,
    continues: bool = False,
) -> str:
    """From now on this province counts; another one than before gets the log from its start."""
    node = locked_node(session, now)
    keys = _province_keys(answer, node.node)
    if node.upstream_keys.get("node") != keys["node"] and not continues:
        node.accepted_through = 0
        node.applied_through, node.applied_hash, node.down_head = 0, "", 0
        put_down_log_aside(session, node.node)
    node.upstream_keys, node.upstream_url = keys, url
    node.enrolled_at = node.last_contact_at = now
    node.failures, node.next_push_at, node.last_problem = 0, None, None
    node.pull_failures, node.next_pull_at, node.pull_problem = 0, None, None
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
