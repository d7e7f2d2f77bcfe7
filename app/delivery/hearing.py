"""What Zalo told has its effect, some at a time; and what its templates are by now."""

import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.delivery.actions.grants import count_signature, keep_templates
from app.delivery.actions.reports import WAITS_FOR_ITS_MESSAGE, close_event, hold_calls
from app.delivery.actions.zalo_calls import (
    Replies,
    apply_zalo_call,
    by_itself,
    replies_over,
)
from app.delivery.channels.zalo_office import ZaloOffice
from app.delivery.grants import make_ready
from app.delivery.queries.grants import find_grant_facts
from app.delivery.queries.told import list_calls
from app.delivery.registry import Channels, office_of
from app.delivery.rules import ChannelError, ChannelName
from app.delivery.rules.grants import ZALO
from app.delivery.rules.zalo_calls import FOLLOWS, ZaloCall, ZaloTold, read_zalo_call
from app.extensions import db
from app.kernel.events import publish
from app.web.transaction import transact

log = logging.getLogger(__name__)
HEARD_AT_ONCE = 100
# Whoever checks in waits behind the one who writes.
LONGEST_SECONDS = 0.05
# Not after a number was shared that nobody has: whoever asks again then asks for ever.
ASKED_AFTER = frozenset({FOLLOWS, "user_send_text"})


@dataclass(frozen=True, slots=True)
class Followed:
    """Up to which event they had their effect; the Zalo ids that nobody has, to be asked."""

    up_to: int
    unknown: Sequence[str]


def hear_zalo(channels: Channels, at: Callable[[], datetime]) -> None:
    """Let what Zalo told have its effect, once each; read its templates anew where they changed."""
    office = office_of(channels)
    if office is None:
        return
    if office.has_unasked:
        make_ready(channels, at)
        office.ask_all(())
    place, replies = 0, _replies(office, channels)
    while told := list_calls(db.session(), ZALO, after=place, limit=HEARD_AT_ONCE):
        now = at()

        def work(
            session: Session,
            told: Sequence[tuple[int, datetime, str]] = told,
            oa_id: str = office.account.oa_id,
            now: datetime = now,
        ) -> Followed:
            return _apply(session, told, oa_id, replies, now)

        followed = transact(work)
        place = followed.up_to
        _ask(office, followed.unknown, channels, at)
    facts = find_grant_facts(db.session(), ZALO)
    if facts is not None and facts.grant.version and facts.templates_at is None:
        make_ready(channels, at)
        learn_templates(office, at())


def learn_templates(office: ZaloOffice, now: datetime) -> str:
    """Ask Zalo for its templates and their state; the code of what went wrong, else nothing."""
    problem = ""
    try:
        found = office.list_templates()
    except ChannelError as fault:
        log.warning("Zalo did not list its templates: %s", fault)
        found, problem = None, fault.code or "-"

    def work(session: Session) -> None:
        keep_templates(session, ZALO, found, now=now)

    transact(work)
    return problem


def _ask(
    office: ZaloOffice, unknown: Sequence[str], channels: Channels, at: Callable[[], datetime]
) -> None:
    """Ask whom nobody knows to share the number of their account: by that they are linked.

    Where the account has no picture to ask with, they are told who can help.
    """
    if not unknown:
        return
    make_ready(channels, at)
    office.ask_all(unknown)


def _replies(office: ZaloOffice, channels: Channels) -> Replies:
    """Free text where this node may send it, else the inbox."""
    by = ChannelName.ZALO_CS if ChannelName.ZALO_CS in channels else ChannelName.IN_APP
    return replies_over(by, office.account.link)


def _apply(
    session: Session,
    told: Sequence[tuple[int, datetime, str]],
    oa_id: str,
    replies: Replies,
    now: datetime,
) -> Followed:
    """Let events have their effect, as many as no check-in has to wait for."""
    variants: Counter[str] = Counter()
    unknown: list[str] = []
    up_to, ends = 0, time.monotonic() + LONGEST_SECONDS
    waiting = hold_calls(session, [event_id for event_id, _, _ in told])
    for event_id, received_at, raw in told:
        if up_to and time.monotonic() > ends:
            break
        up_to = event_id
        if event_id not in waiting:
            continue
        kept = json.loads(raw)
        call = read_zalo_call(kept["body"], oa_id=oa_id, received_at=received_at)
        outcome = _effect(session, event_id, call, replies, now)
        if outcome == "unknown" and now - received_at < WAITS_FOR_ITS_MESSAGE:
            continue
        close_event(session, event_id, outcome, now=now)
        variants[kept["signed"]] += 1
        if call is not None and outcome == "nobody" and call.event in ASKED_AFTER:
            unknown.append(call.uid)
    for variant, count in variants.items():
        count_signature(session, ZALO, variant, count)
    return Followed(up_to, unknown)


def _effect(
    session: Session, event_id: int, call: ZaloCall | None, replies: Replies, now: datetime
) -> str:
    """What became of one event."""
    if call is None:
        return "nothing"
    return by_itself(session, event_id, lambda: _told(session, call, replies, now))


def _told(session: Session, call: ZaloCall, replies: Replies, now: datetime) -> str:
    """What an event means here, or to whom this node sends for."""
    outcome = apply_zalo_call(session, call, now=now, replies=replies)
    if outcome not in {"nobody", "unknown"}:
        return outcome
    told = ZaloTold(call, [])
    publish(session, told, now=now)
    return told.heard[0] if told.heard else outcome
