"""Jobs of both ends: a park hands on what is due, the province sends it and tells what became."""

import logging
import random
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue

from flask import current_app
from sqlalchemy.orm import Session

from app.delivery.actions.grants import note_quota
from app.delivery.actions.sending import Claimed
from app.delivery.gateways import Crew, News, Outcome
from app.delivery.grants import make_ready, renew
from app.delivery.queries.channels import is_open
from app.delivery.registry import ZALO, Channels, by_province, office_of
from app.delivery.rules import AuthExpired, Channel, Consequence, Lane
from app.delivery.rules.zalo import next_day
from app.extensions import db
from app.hub.actions.forgetting import (
    destroy_parcels,
    forget_addresses,
    forget_parcels,
    forget_passed,
)
from app.hub.actions.passing import pass_on_due, stop_passed_on
from app.hub.actions.sending import (
    claim_parcels,
    list_stopped_parcels,
    settle_parcels,
    tidy_parcels,
)
from app.hub.actions.telling import tell_park
from app.hub.queries.waiting import list_parks_to_tell
from app.hub.rules.parcels import MOST_STOPPED
from app.hub.rules.told import MOST_TOLD
from app.web.transaction import transact

log = logging.getLogger(__name__)
AT_ONCE, CHUNK = 200, 400
ROUND_SECONDS, STOPS_SECONDS = 8.0, 0.5
PERSONAL_KEPT, ROWS_KEPT = timedelta(days=7), timedelta(days=30)
PASSED_KEPT, ADDRESSES_KEPT = timedelta(days=60), timedelta(days=180)
_chance = random.SystemRandom()


def pass_on() -> None:
    """The park's job: hand what is due over Zalo to the province, which has the account.

    First what is to go no more, of all that was handed on before.
    """
    channels = by_province(current_app.extensions["channels"])
    if not channels:
        return
    _stop_passed_on()
    while True:
        now = current_app.extensions["clock"].now()

        def work(session: Session, now: datetime = now) -> int:
            return pass_on_due(session, channels, now=now)

        if not transact(work):
            return


def _stop_passed_on() -> None:
    now = current_app.extensions["clock"].now()

    def work(session: Session) -> int:
        return stop_passed_on(session, now=now)

    while transact(work) == MOST_STOPPED:
        pass


def send_for_parks() -> None:
    """The province's job: send what parks asked for, and tell them what became of it."""
    channels: Channels = current_app.extensions["channels"]
    at: Callable[[], datetime] = current_app.extensions["clock"].now
    if office_of(channels) is not None:
        make_ready(channels, at)
    _tidy(at())
    ends = time.monotonic() + ROUND_SECONDS
    for name, channel in channels.items():
        if name in ZALO and office_of({name: channel}) is not None:
            _send_over(channel, at, ends)
    tell_parks(at())


def tell_parks(now: datetime) -> None:
    """Every park hears what is new of its parcels and people, in as few entries as may be."""
    db.session.remove()
    for node in list_parks_to_tell(db.session()):

        def work(session: Session, node: str = node) -> int:
            return tell_park(session, node, now=now)

        while transact(work) >= MOST_TOLD:
            pass


def destroy_old_parcels() -> None:
    """The job, once a night: what is personal goes some days after it is settled."""
    now = current_app.extensions["clock"].now()

    def work(session: Session) -> int:
        return (
            destroy_parcels(session, limit=CHUNK, before=now - PERSONAL_KEPT)
            + forget_parcels(session, limit=CHUNK, before=now - ROWS_KEPT)
            + forget_passed(session, limit=CHUNK, before=now - PASSED_KEPT)
            + forget_addresses(session, before=now - ADDRESSES_KEPT)
        )

    while transact(work) >= CHUNK:
        pass


def _tidy(now: datetime) -> None:
    def work(session: Session) -> int:
        return tidy_parcels(session, limit=CHUNK, now=now)

    while transact(work) >= CHUNK:
        pass


def _send_over(channel: Channel, at: Callable[[], datetime], ends: float) -> None:
    """Send what is due over one channel until nothing is, or the round is over.

    Hands go on while the books are kept: more is claimed before they have run out of work.
    """
    news: News = SimpleQueue()
    crew, held, over = Crew(channel, at, news), dict[str, Lane](), False
    looked_at = time.monotonic()
    try:
        while True:
            over = over or time.monotonic() >= ends
            if not over and not crew.halted and crew.in_hand <= AT_ONCE:
                claimed = _claim(channel, at())
                held |= {each.id: each.lane for each in claimed}
                crew.hand_in(claimed)
                over = not claimed
            if not crew.in_hand:
                if over:
                    return
                continue
            outcomes = _gather(news)
            for each in outcomes:
                del held[each.claimed.id]
            if outcomes:
                tried, only_urgent = _settle(channel, outcomes, at)
                if only_urgent and any(lane is not Lane.URGENT for lane in held.values()):
                    crew.halt()
                # What came back because the others must wait says nothing of what is due next.
                over = over or not (tried or crew.halted)
                crew.put_down(len(outcomes))
            if time.monotonic() - looked_at >= STOPS_SECONDS:
                db.session.remove()  # a look must not see what was read before
                crew.stopped = frozenset(list_stopped_parcels(db.session(), list(held)))
                looked_at = time.monotonic()
    finally:
        crew.end()


def _gather(news: News) -> list[Outcome]:
    """Everything that was put down; nothing when for a while nothing was."""
    outcomes: list[Outcome] = []
    with suppress(Empty):
        told = news.get(timeout=STOPS_SECONDS)
        while True:
            if isinstance(told, BaseException):
                raise told
            outcomes += told
            told = news.get_nowait()
    return outcomes


def _claim(channel: Channel, now: datetime) -> list[Claimed]:
    """What is due next, urgent first; ordinary lanes wait while only their room is left."""
    db.session.remove()
    lanes = [lane for lane in Lane if is_open(db.session(), channel.name, lane, now)]

    def work(session: Session) -> list[Claimed]:
        taken: list[Claimed] = []
        for lane in lanes:
            room = AT_ONCE - len(taken)
            if room:
                taken += claim_parcels(session, channel.name, lane, limit=room, now=now)
        return taken

    return transact(work) if lanes else []


def _settle(
    channel: Channel, outcomes: list[Outcome], at: Callable[[], datetime]
) -> tuple[int, bool]:
    """Write down what became of these: how many were tried, and whether only urgent ones may go."""
    now = at()
    zone = current_app.config["SETTINGS"].timezone

    def work(session: Session) -> tuple[list[Consequence], bool]:
        follows = settle_parcels(session, outcomes, jitter=_chance.uniform(-1, 1), now=now)
        told = [each.accepted.quota_left for each in outcomes if each.accepted is not None]
        left = min((each for each in told if each is not None), default=None)
        if left is None:
            return follows, False
        room, resets_at = getattr(channel, "urgent_room", 0), next_day(now, zone)
        return follows, note_quota(
            session, channel.name, left, room=room, resets_at=resets_at, now=now
        )

    follows, only_urgent = transact(work)
    failed = [each.error for each in outcomes if each.error is not None]
    for error, what in zip(failed, follows, strict=True):
        if what.alert:
            log.error("%s does not send: %s", channel.name, error)
    used = [each.used for each in failed if isinstance(each, AuthExpired) and each.renewable]
    office = office_of({channel.name: channel})
    if used and office is not None:
        renew(office, max(used), at)
    return sum(1 for each in outcomes if not each.untried), only_urgent
