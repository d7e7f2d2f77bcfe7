"""A provider outside the house: it fails in every way there is, and keeps its own book."""

import heapq
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.delivery.rules import (
    Accepted,
    AuthExpired,
    BadMessage,
    BadRecipient,
    ChannelName,
    ConfigProblem,
    Health,
    Outbound,
    OutsideHours,
    Permanent,
    QuotaUsedUp,
    RateLimited,
    Report,
    ReportKind,
    Status,
    Temporary,
    Unclear,
)
from tests.conftest import SetClock
from tests.simulations.stage import Stage

# How often in a thousand calls each thing happens; the rest is taken at once.
MISHAPS: tuple[tuple[str, int], ...] = (
    ("slow", 60),
    ("dropped", 25),
    ("lost", 25),
    ("temporary", 60),
    ("bad_recipient", 15),
    ("permanent", 10),
    ("rate_limited", 6),
    ("unheard_of", 6),
    ("quota", 2),
    ("outside_hours", 2),
    ("auth", 2),
    ("config", 2),
    ("bad_message", 2),
)
# How much likelier a process dies while a message is on its way than anywhere else.
DANGER = 6.0
OUTAGE_EVERY, OUTAGE_LASTS = timedelta(hours=7), timedelta(minutes=35)


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the provider saw it; `order` counts everything that happens in the park."""

    order: int
    at: datetime
    delivery_id: str
    address: str
    text: str
    taken: bool
    answered: bool


@dataclass
class Provider:
    """Takes messages or not, by chance of its own; the book is what was really accepted."""

    name: ChannelName
    seed: int
    clock: SetClock
    stage: Stage
    order: Counter[str]
    needs_internet: bool = True
    has_receipts: bool = True
    max_per_minute: int = 60
    silence_after: timedelta = timedelta(minutes=20)
    at_once: int = 0
    gentle: bool = False
    book: list[Call] = field(default_factory=list)
    begun: Counter[str] = field(default_factory=Counter)
    news: list[tuple[datetime, Status, str, int]] = field(default_factory=list)
    # Which calls of the book it told of later: taken, and never arrived.
    failed: set[int] = field(default_factory=set)
    did: Counter[str] = field(default_factory=Counter)
    tries: Counter[tuple[str, str]] = field(default_factory=Counter)

    def send(self, out: Outbound) -> Accepted:
        """One person, one call."""
        self.begun[out.delivery_id] += 1
        self.stage.point(DANGER)  # on the way there
        begun_at = self.clock.now()
        mishap = self._mishap(out, begun_at)
        self.did[mishap] += 1
        if mishap == "slow":
            self.clock.move(seconds=Random(f"{self.seed}{begun_at}").choice((3, 9, 40, 140)))
            self.stage.point()
        taken = mishap in {"taken", "slow", "dropped"}
        if taken and not self.gentle:
            self._will_call_back(out.delivery_id)
        answered = taken and mishap != "dropped"
        self.order["all"] += 1
        self.book.append(
            Call(
                self.order["all"],
                begun_at,
                out.delivery_id,
                out.address,
                out.text,
                taken,
                answered,
            )
        )
        self.stage.point(DANGER)  # on the way back
        if answered:
            return Accepted((f"{self.name}-{out.delivery_id}",))
        raise self._error(mishap, begun_at)

    def _mishap(self, out: Outbound, now: datetime) -> str:
        if self.gentle:
            return "taken"
        since = (now - datetime(2026, 1, 1, tzinfo=now.tzinfo)) % OUTAGE_EVERY
        if since < OUTAGE_LASTS:
            return "temporary"
        key = (out.address, out.text)
        self.tries[key] += 1
        drawn = Random(f"{self.seed}:{key}:{self.tries[key]}:{self.name}").randrange(1000)
        for name, share in MISHAPS:
            if drawn < share:
                return name
            drawn -= share
        return "taken"

    @staticmethod
    def _error(mishap: str, now: datetime) -> Exception:
        soon = now + timedelta(minutes=20)
        return {
            "dropped": Unclear("timeout"),
            "lost": Unclear("timeout"),
            "temporary": Temporary("503"),
            "bad_recipient": BadRecipient("404"),
            "permanent": Permanent("gone"),
            "rate_limited": RateLimited("429", retry_after=timedelta(minutes=2)),
            "unheard_of": ValueError("HTML instead of JSON"),
            "quota": QuotaUsedUp("quota", not_before=soon),
            "outside_hours": OutsideHours("hours", not_before=soon),
            "auth": AuthExpired("401"),
            "config": ConfigProblem("balance"),
            "bad_message": BadMessage("template"),
        }[mishap]

    def health(self) -> Health:
        return Health(ok=True)

    def can_reach(self, contact: Any, out: Outbound, now: datetime) -> None:
        return None

    def parse(
        self, headers: Mapping[str, str], raw: bytes, args: Mapping[str, str]
    ) -> Iterable[Report]:
        """What one of our calls tells."""
        told = json.loads(raw)
        at, status = datetime.fromisoformat(told["at"]), Status(told["status"])
        name = f"{self.name}-{told['of']}"
        yield Report(ReportKind.STATUS, f"c-{name}", at, status, told["of"], name)

    def calls_back(self) -> Iterator[str]:
        """What it would tell now of what it took: some never, some twice, some again late."""
        now = self.clock.now()
        while self.news and self.news[0][0] <= now:
            _, status, delivery_id, number = heapq.heappop(self.news)
            if status is not Status.DELIVERED:
                self.failed.add(number)
            self.did["called back"] += 1
            body = json.dumps({"of": delivery_id, "status": status, "at": now.isoformat()})
            yield json.dumps({"args": {}, "content_type": "application/json", "body": body})

    def _will_call_back(self, delivery_id: str) -> None:
        chance = Random(f"{self.seed}:{self.name}:{len(self.book)}")
        status = Status.DELIVERED if chance.random() < 0.9 else Status.PERMANENT_FAILURE
        for _ in range(chance.choice((0, 1, 1, 1, 2, 3))):
            at = self.clock.now() + timedelta(seconds=chance.choice((0, 5, 60, 600, 1500)))
            heapq.heappush(self.news, (at, status, delivery_id, len(self.book)))

    def poll(self, external_ids: Iterable[str]) -> Iterable[Report]:
        """What became of messages, by its own name or ours; of some it has lost the receipt."""
        self.stage.point()
        taken = {call.delivery_id for call in self.book if call.taken}
        for asked in external_ids:
            delivery_id = asked.removeprefix(f"{self.name}-")
            if delivery_id in taken and Random(f"{self.seed}{delivery_id}").random() < 0.7:
                self.did["told"] += 1
                at = self.clock.now()
                yield Report(ReportKind.STATUS, f"e-{asked}", at, Status.DELIVERED, None, asked)
