"""One channel's part of a round: what it may still take, what its crew holds, what it settles."""

import logging
import os
import random
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from app.delivery.actions.grants import note_quota
from app.delivery.actions.sending import (
    Claimed,
    Taken,
    claim_due,
    give_back,
    settle_all_sent,
    settle_failed,
)
from app.delivery.gateways import Crew, News, Outcome
from app.delivery.grants import renew
from app.delivery.jobs.sendings import Sendings
from app.delivery.queries.channels import count_attempts, is_open
from app.delivery.queries.messages import list_stopped
from app.delivery.registry import office_of
from app.delivery.rules import (
    AuthExpired,
    Channel,
    ChannelError,
    ChannelName,
    ChannelStep,
    Consequence,
    Lane,
)
from app.delivery.rules.zalo import next_day
from app.extensions import db
from app.web.transaction import transact

log = logging.getLogger(__name__)
TAKEN_AT_ONCE, LARGEST_TAKE = 20, 120
QUICK_SECONDS, SLOW_SECONDS = 0.5, 2.0
STOPS_SECONDS = 1.0
# Where one at a time goes out, every fifth is one that is not urgent.
TURNS = 5
_chance = random.SystemRandom()


@dataclass(slots=True)
class Line:
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
