"""Hands that send: a few at once over one channel, each stopping the moment it must."""

import threading
import time
from collections.abc import Callable, Set
from dataclasses import dataclass, field
from datetime import datetime
from queue import SimpleQueue
from typing import Any

from app.delivery.actions.sending import Claimed
from app.delivery.rules import Accepted, Channel, ChannelStep, Lane, Status, what_follows

# Nothing is begun when so little of the two minutes' lease is left that its end could be missed.
BEGINS_WITHIN_SECONDS = 90.0
HANDFUL = 25
HANDFUL_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one try; neither accepted nor an error when it was not made."""

    claimed: Claimed
    accepted: Accepted | None = None
    error: Exception | None = None
    ms: int = 0

    @property
    def untried(self) -> bool:
        """Whether it was let lie."""
        return self.accepted is None and self.error is None


# What hands put down: outcomes, or what must end the whole round.
News = SimpleQueue[list[Outcome] | BaseException]


@dataclass(slots=True)
class Crew:
    """The hands of one channel; a channel that does not say how many has one, the caller's."""

    channel: Channel
    at: Callable[[], datetime]
    news: News
    stopped: Set[str] = frozenset()
    in_hand: int = 0
    _todo: "SimpleQueue[tuple[Claimed, float] | None]" = field(default_factory=SimpleQueue)
    _halted: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    @property
    def hands(self) -> int:
        """How many may send at once; 0 for the caller alone."""
        return getattr(self.channel, "at_once", 0)

    def hand_in(self, taken: list[Claimed]) -> None:
        """Have these sent; what becomes of each comes as news."""
        until = time.monotonic() + BEGINS_WITHIN_SECONDS
        self.in_hand += len(taken)
        for each in taken:
            self._todo.put((each, until))
        while len(self._threads) < min(self.hands, self.in_hand):
            thread = threading.Thread(target=self._work, name=self.channel.name, daemon=True)
            self._threads.append(thread)
            thread.start()
        if not self.hands:
            self._todo.put(None)
            self._work_off()

    def put_down(self, count: int) -> None:
        """So many came back; when all have, a crew that was halted may begin anew."""
        self.in_hand -= count
        if not self.in_hand:
            self._halted.clear()

    @property
    def halted(self) -> bool:
        """Whether what is still in hand comes back untried."""
        return self._halted.is_set()

    def halt(self) -> None:
        """What is still in hand comes back untried."""
        self._halted.set()

    def end(self) -> None:
        """Nothing more is begun; returns when every hand has put down what it held."""
        self._halted.set()
        for _ in self._threads:
            self._todo.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        try:
            self._work_off()
        except BaseException as problem:
            self.news.put(problem)
        finally:
            rest = getattr(self.channel, "rest", None)
            if rest is not None:
                rest()

    def _work_off(self) -> None:
        held: list[Outcome] = []
        since = time.monotonic()
        for claimed, until in iter(self._todo.get, None):
            held.append(self._try(claimed, until))
            now = time.monotonic()
            if len(held) >= HANDFUL or now - since > HANDFUL_SECONDS or self._todo.empty():
                self.news.put(held)
                held, since = [], now
        if held:
            self.news.put(held)

    def _try(self, claimed: Claimed, until: float) -> Outcome:
        pace: Any = getattr(self.channel, "pace", None)
        if self._must_not(claimed, until):
            return Outcome(claimed)
        if pace is not None and (wait := pace.turn(LONGEST_WAIT_SECONDS)):
            if wait > LONGEST_WAIT_SECONDS or self._halted.wait(wait):
                return Outcome(claimed)
            if self._must_not(claimed, until):
                return Outcome(claimed)
        began = time.monotonic()
        try:
            accepted = self.channel.send(claimed.out)
        except Exception as error:
            if stops_the_rest(error, self.at()):
                self._halted.set()
            return Outcome(claimed, error=error, ms=_since(began))
        return Outcome(claimed, accepted, ms=_since(began))

    def _must_not(self, claimed: Claimed, until: float) -> bool:
        """Whether it was stopped, came too late, or the rest of its batch must wait."""
        out = claimed.out
        return (
            self._halted.is_set()
            or claimed.message_id in self.stopped
            or time.monotonic() > until
            or (out.expires_at is not None and out.expires_at <= self.at())
        )


def stops_the_rest(error: Exception, now: datetime) -> bool:
    """Whether what one failure means for message or channel makes the others wait."""
    follows = what_follows(error, status=Status.SENDING, lane=Lane.NORMAL, attempt=1, now=now)
    return follows.batch_stops or follows.channel is not ChannelStep.GO_ON


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
