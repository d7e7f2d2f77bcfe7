"""Sending what is due: hand over, or claim, send outside any transaction, and settle."""

import json
import logging
import math
import os
import random
import socket
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from app.delivery.actions.channels import keep_health
from app.delivery.actions.grants import note_quota
from app.delivery.actions.looking import look_after
from app.delivery.actions.putting_off import put_off_ordinary
from app.delivery.actions.reports import apply_report, apply_reports, forget_old_events
from app.delivery.actions.sending import (
    Claimed,
    Taken,
    claim_due,
    give_back,
    hand_over_in_house,
    settle_all_sent,
    settle_failed,
)
from app.delivery.actions.tidying import Place, close_message, expire_waiting, give_up_leases
from app.delivery.gateways import Crew, News, Outcome
from app.delivery.grants import make_ready, renew
from app.delivery.hearing import hear_zalo
from app.delivery.queries import (
    Told,
    count_attempts,
    find_sent_to_ask,
    find_unclear,
    is_open,
    list_ended_messages,
    list_stopped,
    list_stopped_outside,
    list_told,
)
from app.delivery.registry import Channels, leaving_the_house, office_of, roads_of
from app.delivery.rules import (
    AuthExpired,
    Channel,
    ChannelError,
    ChannelName,
    ChannelStep,
    Consequence,
    Health,
    Lane,
    Report,
)
from app.delivery.rules.zalo import next_day
from app.extensions import db
from app.web.transaction import transact

log = logging.getLogger(__name__)
CHUNK = 400
LOOKED_AT = 40
ASKED_AT_ONCE = 5
HEARD_AT_ONCE = 100
# Of what a channel may be called in a minute, a tenth goes to questions.
ASKED_SHARE = 10
ASKING_SECONDS, ASKED_TOGETHER = 30.0, 20
TAKEN_AT_ONCE, LARGEST_TAKE = 20, 120
# How long one round sends: until the job comes round again, so that a server can end.
ROUND_SECONDS = 9.0
LOOK_SECONDS, STOPS_SECONDS, IN_HOUSE_SECONDS = 0.25, 1.0, 2.0
QUICK_SECONDS, SLOW_SECONDS = 0.5, 2.0
# Where one at a time goes out, every fifth is one that is not urgent.
TURNS = 5
_chance = random.SystemRandom()


@dataclass(slots=True)
class Sendings:
    """What one round of sending did; numbers of deliveries."""

    left: int | None = None
    held: int = 0
    sent: int = 0
    expired: int = 0
    unclear: int = 0
    failed: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def room(self, most: int) -> int:
        """How many more may be sent at once now."""
        return most if self.left is None else min(most, self.left - self.held)

    def count(self, sent: int, *, was_held: int = 0) -> None:
        """Some more were sent, of so many that were held for it."""
        self.sent += sent
        self.held -= was_held
        if self.left is not None:
            self.left -= sent


def send_due_deliveries() -> None:
    """The job: tidy up what came too late, then send what is due."""
    send_queued(current_app.extensions["clock"].now, seconds=ROUND_SECONDS)


def send_queued(
    at: Callable[[], datetime],
    *,
    channels: Channels | None = None,
    limit: int | None = None,
    seconds: float = math.inf,
) -> Sendings:
    """Send what is due by a clock over this node's channels, at most `limit` deliveries.

    After so many seconds nothing more is begun.
    """
    if channels is None:
        channels = current_app.extensions["channels"]
    done = Sendings(left=limit)
    tidy_up(at(), done)
    make_ready(channels, at)
    look_round(at(), channels)
    hand_over(at(), done)
    _send_outside(leaving_the_house(channels), at, done, seconds)
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
        _close(message_id, now)


def _close(message_id: str, now: datetime) -> None:
    place: Place | None = None

    def work(session: Session) -> Place | None:
        return close_message(session, message_id, after=place, limit=CHUNK, now=now)

    while place := transact(work):
        pass


def look_round(now: datetime, channels: Channels) -> None:
    """Ask what became of what is unclear, give up what is silent, take the next roads."""
    roads = roads_of(current_app.config["SETTINGS"])

    def put_off(session: Session) -> int:
        return put_off_ordinary(session, limit=CHUNK, channels=channels, roads=roads, now=now)

    def look(session: Session) -> int:
        return look_after(session, limit=LOOKED_AT, channels=channels, roads=roads, now=now)

    while transact(put_off) == CHUNK:
        pass
    ask_unclear(now, channels)
    while transact(look) == LOOKED_AT:
        pass


def ask_unclear(now: datetime, channels: Channels) -> None:
    """Ask the providers that can be asked what became of messages they gave no answer to."""
    for channel in leaving_the_house(channels).values():
        waiting = find_unclear(db.session(), channel.name, now, limit=ASKED_AT_ONCE)
        _ask(channel, waiting, now)


def _ask(channel: Channel, waiting: Mapping[str, str], now: datetime) -> None:
    if not waiting:
        return
    reports: list[Report] = []
    try:
        reports.extend(channel.poll(waiting))
    except Exception:
        log.warning("%s did not say what became of its messages", channel.name, exc_info=True)

    if reports:
        _hear(channel.name, waiting, reports, now)


def ask_sent() -> None:
    """The job, once a minute: ask what became of what a provider took and does not tell about."""
    now, channels = current_app.extensions["clock"].now(), current_app.extensions["channels"]
    make_ready(channels, current_app.extensions["clock"].now)
    outside = leaving_the_house(channels).values()
    # First for all: while a provider answers slowly a modem must not send what was stopped.
    for channel in outside:
        if hasattr(channel, "drop_late"):
            _drop_late(channel, now)
    ends = time.monotonic() + ASKING_SECONDS
    for channel in outside:
        if getattr(channel, "can_be_asked", False) and time.monotonic() < ends:
            most = max(1, channel.max_per_minute // ASKED_SHARE)
            sent = list(find_sent_to_ask(db.session(), channel.name, now, limit=most).items())
            while sent and time.monotonic() < ends:
                _ask(channel, dict(sent[:ASKED_TOGETHER]), now)
                del sent[:ASKED_TOGETHER]


def _drop_late(channel: Any, now: datetime) -> None:
    """What waits with a provider and holds no more, or was stopped, is taken back and given up."""
    stopped = list_stopped_outside(db.session(), channel.name, now)
    try:
        reports = list(channel.drop_late(stopped))
    except ChannelError as problem:
        log.warning("%s did not give back what is late: %s", channel.name, problem)
        return
    if reports:
        _hear(channel.name, {}, reports, now)


def look_at_channels() -> None:
    """The job: have each channel say whether it can send, and what is left of quota and money."""
    now, channels = current_app.extensions["clock"].now(), current_app.extensions["channels"]
    make_ready(channels, current_app.extensions["clock"].now)
    for channel in leaving_the_house(channels).values():
        try:
            health = channel.health()
        except Exception as problem:
            log.warning("%s did not say how it is", channel.name, exc_info=True)
            health = Health(ok=False, why=type(problem).__name__)

        def keep(session: Session, name: ChannelName = channel.name, said: Health = health) -> None:
            keep_health(session, name, said, now=now)

        transact(keep)


def _hear(
    channel: ChannelName, waiting: Mapping[str, str], reports: Sequence[Report], now: datetime
) -> None:
    def work(session: Session) -> None:
        for report in reports:
            ours = waiting.get(report.external_id or "", report.delivery_id)
            apply_report(session, channel, replace(report, delivery_id=ours), now=now)

    transact(work)


def hand_over(now: datetime, done: Sendings) -> None:
    """Send what stays in the house."""
    while (room := done.room(CHUNK)) > 0:

        def work(session: Session, room: int = room) -> int:
            return hand_over_in_house(session, limit=room, now=now)

        sent = transact(work)
        if not sent:
            return
        done.count(sent)


def hear_reports() -> None:
    """The job: let what providers told have its effect, and forget what they told long ago."""
    now, channels = current_app.extensions["clock"].now(), current_app.extensions["channels"]
    hear_told(now, channels)
    hear_zalo(channels, current_app.extensions["clock"].now)

    def forget(session: Session) -> int:
        return forget_old_events(session, limit=CHUNK, now=now)

    while transact(forget) == CHUNK:
        pass


def hear_told(now: datetime, channels: Channels) -> None:
    """Let what providers told have its effect, once each."""
    place = 0
    while told := list_told(db.session(), list(channels), after=place, limit=HEARD_AT_ONCE):
        place = told[-1].id
        heard = [(each, _read_call(channels[each.channel], each.raw)) for each in told]

        def work(session: Session, heard: list[tuple[Told, list[Report] | None]] = heard) -> None:
            for each, reports in heard:
                at = each.received_at
                apply_reports(session, each.channel, each.id, reports, received_at=at, now=now)

        transact(work)


def _read_call(channel: Channel, raw: str) -> list[Report] | None:
    """What a call says; None for one that cannot be read, whatever is wrong with it."""
    call = json.loads(raw)
    headers = {"Content-Type": call["content_type"]}
    try:
        return list(channel.parse(headers, call["body"].encode(), call["args"]))
    except Exception:
        log.warning("a call to %s cannot be read", channel.name, exc_info=True)
        return None


def _send_outside(
    channels: Channels, at: Callable[[], datetime], done: Sendings, seconds: float
) -> None:
    """Send over every channel at once, until nothing is due or the round has lasted so long.

    This thread alone keeps the books: what the hands put down is written down in batches.
    """
    news: News = SimpleQueue()
    lines = {
        name: _Line(channel, at, done, news, account=_account_of(channel, channels))
        for name, channel in channels.items()
    }
    ends = in_house_at = time.monotonic()
    ends += seconds
    try:
        while lines:
            going = [name for name, line in lines.items() if line.go_on(ends)]
            waits = any(line.crew.in_hand for line in lines.values())
            for name, outcomes in _gather(news, wait=LOOK_SECONDS if waits else 0).items():
                lines[name].settle(outcomes)
            if not going:
                return
            if time.monotonic() - in_house_at > IN_HOUSE_SECONDS:
                hand_over(at(), done)
                in_house_at = time.monotonic()
    finally:
        for line in lines.values():
            line.crew.end()


def _gather(news: News, *, wait: float) -> dict[ChannelName, list[Outcome]]:
    """Everything that was put down so far, by channel."""
    found: dict[ChannelName, list[Outcome]] = defaultdict(list)
    with suppress(Empty):
        told = news.get(timeout=wait) if wait else news.get_nowait()
        while True:
            if isinstance(told, BaseException):
                raise told
            for outcome in told:
                found[outcome.claimed.channel].append(outcome)
            told = news.get_nowait()
    return found


def _account_of(channel: Channel, channels: Channels) -> list[ChannelName]:
    """The channels whose calls count for one limit, as they share a pace: itself at least."""
    pace = getattr(channel, "pace", None)
    shared = [n for n, each in channels.items() if pace and getattr(each, "pace", None) is pace]
    return shared or [channel.name]


@dataclass(slots=True)
class _Line:
    """One channel's part of a round: what it may still take, and what its crew holds.

    `account`: the channels whose tries count for the same limit, its own among them.
    """

    channel: Channel
    at: Callable[[], datetime]
    done: Sendings
    news: News
    account: Sequence[ChannelName]
    crew: Crew = field(init=False)
    size: int = TAKEN_AT_ONCE
    most: int = LARGEST_TAKE
    budget: int = 0
    over: bool = False
    takes: int = 0
    took_at: float = 0.0
    looked_at: float = 0.0
    messages: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.crew = Crew(self.channel, self.at, self.news)
        # What two seconds may take, so that urgent ones never stand long behind others, and a
        # stop is seen in time by who sends with the hand that looks for it.
        self.most = max(1, min(LARGEST_TAKE, self.channel.max_per_minute // 30))
        self.size = min(self.size, self.most)

    def go_on(self, ends: float) -> bool:
        """Take more where hands are nearly free; whether this channel is still at work."""
        self._look_for_stops()
        if not self.over and time.monotonic() > ends:
            # What waits for its turn in the minute waits as well for the next round, which would
            # otherwise begin so late that turns are lost.
            self.over = True
            self.crew.halt()
        # Who sends fast must not wait for the books: hold more while the next ones are claimed.
        low = self.size // 2 if self.size < LARGEST_TAKE else 2 * self.size
        if not self.over and not self.crew.halted and self.crew.in_hand <= low:
            self._take()
        return self.crew.in_hand > 0 or not self.over

    def settle(self, outcomes: list[Outcome]) -> None:
        """Write down what became of these, and what that means for the rest of the round."""
        now = self.at()

        def work(session: Session) -> tuple[list[Consequence], bool]:
            follows = _settle(session, outcomes, now)
            return follows, self._note_quota(session, outcomes, now)

        follows, only_urgent = transact(work)
        failed = [each.error for each in outcomes if each.error is not None]
        for error, what in zip(failed, follows, strict=True):
            if what.alert:
                trace = error if what.trace else None
                log.error("%s does not send: %s", self.channel.name, error, exc_info=trace)
            known = isinstance(error, ChannelError)
            self.done.failed[type(error).__name__ if known else "Unknown"] += 1
            if what.channel is ChannelStep.CIRCUIT:
                self.crew.halt()
        if only_urgent:
            self.crew.halt()
        self._renew([error for error in failed if isinstance(error, AuthExpired)])
        sent = sum(1 for each in outcomes if each.accepted is not None)
        self.done.count(sent, was_held=len(outcomes))
        # Hands that let something lie unasked have no time for it in this round.
        self.over |= not self.crew.halted and any(
            each.untried and each.claimed.message_id not in self.crew.stopped for each in outcomes
        )
        self.crew.put_down(len(outcomes))

    def _note_quota(self, session: Session, outcomes: list[Outcome], now: datetime) -> bool:
        """Keep what answers say is left of the quota; whether only urgent ones may go now."""
        told = [each.accepted.quota_left for each in outcomes if each.accepted is not None]
        left = min((each for each in told if each is not None), default=None)
        if left is None:
            return False
        resets_at = next_day(now, current_app.config["SETTINGS"].timezone)
        room = getattr(self.channel, "urgent_room", 0)
        name = self.channel.name
        return note_quota(session, name, left, room=room, resets_at=resets_at, now=now)

    def _renew(self, refused: list[AuthExpired]) -> None:
        """What the channel signs in with was refused: renewed once for all hands."""
        office = office_of({self.channel.name: self.channel})
        used = [error.used for error in refused if error.renewable]
        if office is not None and used:
            self.crew.halt()
            renew(office, max(used), self.at)

    def _take(self) -> None:
        room = self.done.room(min(self._left(), self.size))
        if room <= 0:
            self.over = not self.crew.in_hand
            return
        self._learn(time.monotonic())
        taken = self._claim(room)
        if not taken:
            self.over = True
            return
        self.takes += 1
        self.budget -= len(taken)
        self.done.held += len(taken)
        self.messages.update(each.message_id for each in taken)
        self.crew.hand_in(taken)

    def _claim(self, room: int) -> list[Claimed]:
        now, name = self.at(), self.channel.name
        lanes = [lane for lane in Lane if is_open(db.session(), name, lane, now)]
        if room == 1 and self.takes % TURNS == TURNS - 1:
            lanes.reverse()
        holder = f"{socket.gethostname()[:40]}:{os.getpid()}"

        def work(session: Session) -> list[Claimed]:
            taken: list[Claimed] = []
            for lane in lanes:
                kept = 1 if lane is Lane.URGENT and room > 1 else 0
                limit = room - kept - len(taken)
                if limit > 0:
                    taken += claim_due(session, name, lane, limit=limit, holder=holder, now=now)
            return taken

        return transact(work) if lanes else []

    def _left(self) -> int:
        """How many tries the channel may still be given within a minute."""
        if self.budget <= 0:
            tried = count_attempts(db.session(), self.account, self.at())
            self.budget = self.channel.max_per_minute - tried
        return self.budget

    def _learn(self, now: float) -> None:
        """Take more at once where hands were quickly free again, and less where they were not."""
        lasted, self.took_at = now - self.took_at, now
        if not self.crew.hands or not self.takes:
            return
        if lasted < QUICK_SECONDS:
            self.size = min(self.size * 2, self.most)
        elif lasted > SLOW_SECONDS:
            self.size = max(self.size // 2, min(self.crew.hands, self.most))

    def _look_for_stops(self) -> None:
        """See at least every second what was stopped, by whatever process."""
        now = time.monotonic()
        if not self.crew.in_hand:
            self.messages.clear()
        elif now - self.looked_at >= STOPS_SECONDS:
            db.session.remove()  # a look must not see what was read before
            self.crew.stopped = frozenset(list_stopped(db.session(), list(self.messages)))
            self.looked_at = now


def _settle(session: Session, outcomes: list[Outcome], now: datetime) -> list[Consequence]:
    """Write down what was taken, what failed and what was not tried; what follows of failures."""
    taken = [
        Taken(each.claimed, each.accepted, each.ms)
        for each in outcomes
        if each.accepted is not None
    ]
    settle_all_sent(session, taken, now=now)
    follows = [
        settle_failed(
            session,
            each.claimed,
            each.error,
            jitter=_chance.uniform(-1, 1),
            now=now,
            ms=each.ms,
        )
        for each in outcomes
        if each.error is not None
    ]
    give_back(session, [each.claimed for each in outcomes if each.untried])
    return follows
