"""Sending what is due: hand over, or claim, send outside any transaction, and settle."""

import logging
import os
import random
import socket
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from app.delivery.actions.sending import (
    Claimed,
    claim_due,
    close_message,
    expire_waiting,
    give_back,
    give_up_leases,
    hand_over_in_house,
    settle_failed,
    settle_sent,
)
from app.delivery.queries import count_attempts, is_open, list_ended_messages
from app.delivery.registry import Channels, leaving_the_house
from app.delivery.rules import Accepted, Channel, ChannelError, Lane
from app.extensions import db
from app.web.transaction import transact

log = logging.getLogger(__name__)
CHUNK = 400
TAKEN_AT_ONCE = 20
_chance = random.SystemRandom()


@dataclass(slots=True)
class Sendings:
    """What one round of sending did; numbers of deliveries."""

    left: int | None = None
    sent: int = 0
    expired: int = 0
    unclear: int = 0
    failed: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def room(self, most: int) -> int:
        """How many more may be sent at once now."""
        return most if self.left is None else min(most, self.left)

    def count(self, sent: int) -> None:
        """Some more were sent."""
        self.sent += sent
        if self.left is not None:
            self.left -= sent


def send_due_deliveries() -> None:
    """The job: tidy up what came too late, then send what is due."""
    send_queued(current_app.extensions["clock"].now)


def send_queued(
    at: Callable[[], datetime], *, channels: Channels | None = None, limit: int | None = None
) -> Sendings:
    """Send what is due by a clock over this node's channels, at most `limit` deliveries."""
    if channels is None:
        channels = current_app.extensions["channels"]
    done = Sendings(left=limit)
    tidy_up(at(), done)
    hand_over(at(), done)
    for lane in Lane:
        for channel in leaving_the_house(channels).values():
            _send_lane(channel, lane, at, done)
    return done


def tidy_up(now: datetime, done: Sendings) -> None:
    """Expire what is late, let go of what silent senders held, close messages that are over."""

    def expire(session: Session) -> int:
        return expire_waiting(session, limit=CHUNK, now=now)

    def let_go(session: Session) -> int:
        return give_up_leases(session, limit=CHUNK, now=now)

    while late := transact(expire):
        done.expired += late
    while unclear := transact(let_go):
        done.unclear += unclear
    for message_id in list_ended_messages(db.session(), now):

        def close(session: Session, message_id: str = message_id) -> bool:
            return close_message(session, message_id, limit=CHUNK, now=now)

        while not transact(close):
            pass


def hand_over(now: datetime, done: Sendings) -> None:
    """Send what stays in the house."""
    while room := done.room(CHUNK):

        def work(session: Session, room: int = room) -> int:
            return hand_over_in_house(session, limit=room, now=now)

        sent = transact(work)
        if not sent:
            return
        done.count(sent)


def _send_lane(channel: Channel, lane: Lane, at: Callable[[], datetime], done: Sendings) -> None:
    budget = channel.max_per_minute - count_attempts(db.session(), channel.name, at())
    while is_open(db.session(), channel.name, lane, at()):
        taken = _claim(channel, lane, done.room(min(budget, TAKEN_AT_ONCE)), at())
        if not taken:
            return
        budget -= len(taken)
        _send_each(channel, taken, at, done)


def _claim(channel: Channel, lane: Lane, most: int, now: datetime) -> list[Claimed]:
    if most <= 0:
        return []
    holder = f"{socket.gethostname()[:40]}:{os.getpid()}"

    def work(session: Session) -> list[Claimed]:
        return claim_due(session, channel.name, lane, limit=most, holder=holder, now=now)

    return transact(work)


def _send_each(
    channel: Channel, taken: list[Claimed], at: Callable[[], datetime], done: Sendings
) -> None:
    for place, claimed in enumerate(taken):
        try:
            accepted = channel.send(claimed.out)
        except Exception as error:
            if _failed(claimed, error, at(), done):
                _give_back(taken[place + 1 :])
                return
            continue

        _sent(claimed, accepted, at())
        done.count(1)


def _sent(claimed: Claimed, accepted: Accepted, now: datetime) -> None:
    def work(session: Session) -> None:
        settle_sent(session, claimed, accepted, now=now)

    transact(work)


def _failed(claimed: Claimed, error: Exception, now: datetime, done: Sendings) -> bool:
    """Write a failure down; whether the rest of the batch must wait."""
    jitter = _chance.uniform(-1, 1)

    def work(session: Session) -> bool:
        follows = settle_failed(session, claimed, error, jitter=jitter, now=now)
        if follows.alert:
            trace = error if follows.trace else None
            log.error("%s does not send: %s", claimed.channel, error, exc_info=trace)
        return follows.batch_stops or follows.channel != "go_on"

    done.failed[type(error).__name__ if isinstance(error, ChannelError) else "Unknown"] += 1
    return transact(work)


def _give_back(rest: list[Claimed]) -> None:
    def work(session: Session) -> None:
        give_back(session, rest)

    if rest:
        transact(work)
