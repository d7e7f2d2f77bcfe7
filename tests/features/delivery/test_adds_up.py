"""The ledger adds up: random days with fickle providers, told by a seed."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import DeviceToken
from app.delivery.actions.contacts import keep_address, set_address_state
from app.delivery.actions.ledger import (
    cancel_rest,
    mark_delivered,
    mark_read,
    settle_answers,
    stop_message,
)
from app.delivery.actions.unclear import send_unclear_again, take_as_arrived
from app.delivery.models import ChannelState, ContactPoint, Delivery, Message
from app.delivery.rules import (
    CLOSED,
    Accepted,
    AuthExpired,
    BadMessage,
    BadRecipient,
    ChannelName,
    ConfigProblem,
    Lane,
    Outbound,
    OutsideHours,
    Permanent,
    QuotaUsedUp,
    RateLimited,
    Status,
    Temporary,
    Unclear,
)
from app.delivery.rules.roads import KIND_OF, AddressKind, AddressState
from app.delivery.rules.statuses import BEST_FIRST, NEVER_SENT
from app.reminders.queries.receivers import get_message
from tests.conftest import SetClock
from tests.factories.people import Cast
from tests.features.delivery.test_failing_over import KEY, NOON, Posts, posts, tell
from tests.features.delivery.test_sending import Post

__all__ = ["posts"]
Write = Callable[[Callable[[Session], Any]], Any]
NAMES = ("hoa", "anh", "men", "nhung")
FAULTS = (
    Temporary("busy"),
    Unclear("no_answer"),
    BadRecipient("404"),
    Permanent("550"),
    RateLimited("429"),
    QuotaUsedUp("103"),
    OutsideHours("234"),
    ConfigProblem("101"),
    AuthExpired("216"),
    BadMessage("146"),
    KeyError("broken"),
)


@dataclass
class Fickle(Post):
    """A provider that fails as a seed says, and knows what it let through and when."""

    random: Random = field(default_factory=Random)
    clock: SetClock | None = None
    through: list[tuple[str, datetime, bool]] = field(default_factory=list)

    def send(self, out: Outbound) -> Accepted:
        assert self.clock is not None
        error = self.random.choice(FAULTS) if self.random.random() < 0.35 else None
        if error is None or isinstance(error, Unclear):
            self.through.append((out.delivery_id, self.clock.at, error is None))
        if error is not None:
            raise error
        return Accepted((f"{self.name}-{len(self.through)}",))


class Day:
    """One random day, and what it asked of the ledger."""

    def __init__(self, seed: int, cast: Cast, clock: SetClock, write: Write) -> None:
        self.random, self.cast, self.clock, self.write = Random(seed), cast, clock, write
        self.people = [cast.sao_bac.people[name].id for name in NAMES]
        self.messages: list[str] = []
        self.stopped_at: dict[str, datetime] = {}
        self.answered_at: dict[str, datetime] = {}
        self.again: Counter[str] = Counter()
        sms = Fickle(random=self.random, clock=clock)
        mail = Fickle(name=ChannelName.EMAIL, random=self.random, clock=clock, has_receipts=False)
        self.posts = Posts(sms, mail)
        write(self.give_addresses)

    def give_addresses(self, session: Session) -> None:
        """Everybody has a number and an e-mail address, and half of them no device."""
        for n, person in enumerate(self.people):
            keep_address(session, person, AddressKind.PHONE, f"090000066{n}", now=self.clock.at)
            keep_address(session, person, AddressKind.EMAIL, f"{n}@x.vn", now=self.clock.at)
        half = update(DeviceToken).where(DeviceToken.account_id.in_(self.people[:2]))
        session.execute(half.values(revoked_at=self.clock.at))

    def step(self) -> None:
        """One thing happens, and then some time goes by."""
        deeds = (
            self.tell,
            self.tell,
            *[self.run] * 6,
            self.fetch,
            self.answer,
            self.stop,
            self.decide,
            self.change_address,
            self.sign_out,
            *[self.open_channels] * 2,
        )
        self.random.choice(deeds)()
        self.clock.move(seconds=self.random.choice((1, 31, 61, 181, 1300)))

    def person(self) -> str:
        return self.random.choice(self.people)

    def tell(self) -> None:
        lane = self.random.choice((Lane.URGENT, Lane.NORMAL, Lane.NORMAL))
        people = self.random.sample(self.people, self.random.randint(1, 4))
        lasts = timedelta(minutes=self.random.choice((20, 90, 400)))
        at = self.clock.at
        unanswered = [each for each in people if each not in self.answered_at]
        if unanswered:
            told = tell(self.write, self.cast, *unanswered, lane=lane, at=at, lasts=lasts)
            self.messages.append(told)

    def run(self) -> None:
        self.posts.run(self.clock)

    def fetch(self) -> None:
        if self.messages:
            person, at = self.person(), self.clock.at
            self.write(lambda s: mark_delivered(s, person, self.messages, now=at))
            last = self.messages[-1]
            if self.random.random() < 0.5:
                try:
                    self.write(lambda s: mark_read(s, person, last, read_at=at, now=at))
                except Exception as refusal:
                    assert type(refusal).__name__ == "NotFound"  # noqa: PT017

    def answer(self) -> None:
        person, at, own = self.person(), self.clock.at, self.random.random() < 0.5
        if self.random.random() < 0.1:
            self.write(lambda s: settle_answers(s, [(person, KEY)], by_person=own, now=at))
            self.answered_at.setdefault(person, at)

    def stop(self) -> None:
        if self.messages and self.random.random() < 0.3:
            chosen, at = self.random.choice(self.messages), self.clock.at
            self.write(lambda s: stop_message(s, chosen, now=at))
            self.stopped_at.setdefault(chosen, at)
            while self.write(lambda s: cancel_rest(s, chosen, limit=2)):
                pass

    def decide(self) -> None:
        if not self.messages:
            return
        chosen, at = self.random.choice(self.messages), self.clock.at

        def work(session: Session) -> None:
            unclear = session.scalars(
                select(Delivery).where(Delivery.message_id == chosen, Delivery.status == "unclear")
            ).all()
            ids = [row.id for row in unclear]
            if self.random.random() < 0.5:
                take_as_arrived(session, chosen, ids, now=at)
                return
            message = session.get_one(Message, chosen)
            if message.stopped_at is None and message.expires_at > at:
                send_unclear_again(session, chosen, ids, now=at)
                self.again.update(f"{chosen}:{row.person_id}" for row in unclear)

        self.write(work)

    def change_address(self) -> None:
        person, at = self.person(), self.clock.at
        kind = self.random.choice(tuple(AddressKind))
        address = self.random.choice(("0900000777", "0900000778", None))
        state = self.random.choice((*AddressState, *[AddressState.OK] * 4))

        def work(session: Session) -> None:
            keep_address(session, person, kind, address, now=at)
            point = session.scalars(
                select(ContactPoint).where(ContactPoint.person_id == person)
            ).first()
            if point is not None:
                hashed = point.address_hash
                set_address_state(session, kind, hashed, state, code=None, now=at)

        self.write(work)

    def sign_out(self) -> None:
        person, at = self.person(), self.clock.at
        gone = self.random.choice((at, None))
        chosen = update(DeviceToken).where(DeviceToken.account_id == person)
        self.write(lambda s: s.execute(chosen.values(revoked_at=gone)))

    def open_channels(self) -> None:
        self.write(lambda s: s.execute(update(ChannelState).values(paused=False)))


def check(day: Day, session: Any) -> None:
    """What holds at every moment, whatever happened."""
    session.rollback()
    rows = session.scalars(select(Delivery)).all()
    by_id = {row.id: row for row in rows}
    messages = {row.id: row for row in session.scalars(select(Message))}
    assert len({(row.message_id, row.person_id, row.channel) for row in rows}) == len(rows)
    for row in rows:
        status = Status(row.status)
        assert status not in NEVER_SENT or row.sent_at is None, "what was sent stays sent"
        assert status is not Status.SENDING, "nobody holds anything between two rounds"
        if row.channel in KIND_OF and row.attempt_count:
            assert row.contact_point_id is not None
        if status in CLOSED and row.look_at is not None:
            assert row.look_at <= day.clock.at + timedelta(days=2)
    through: Counter[tuple[str, str]] = Counter()
    for post in (day.posts.sms, day.posts.mail):
        for delivery_id, at, _ in post.through:  # type: ignore[attr-defined]
            row = by_id[delivery_id]
            message = messages[row.message_id]
            assert at < row.expires_at, "never late"
            assert at >= message.not_before
            stopped = day.stopped_at.get(row.message_id)
            assert stopped is None or at <= stopped, "never after it was stopped"
            answered = day.answered_at.get(row.person_id)
            assert answered is None or at <= answered, "never after an answer"
            through[row.message_id, row.person_id] += 1
    for (message_id, person_id), count in through.items():
        if messages[message_id].lane == Lane.NORMAL:
            asked_for = day.again[f"{message_id}:{person_id}"]
            assert count <= 1 + asked_for, "never twice, unless a person wanted it so"
    for message_id in day.messages:
        of_message = [row for row in rows if row.message_id == message_id]
        shown = get_message(session, message_id, [day.cast.sao_bac.path])
        assert shown is not None
        assert shown.people == len({row.person_id for row in of_message})
        best = Counter(_standing(of_message, who) for who in {row.person_id for row in of_message})
        assert shown.answered == best.pop(None, 0)
        assert shown.counts == best
        assert sum(sum(each.values()) for each in shown.roads.values()) == len(of_message)


def _standing(rows: Sequence[Delivery], who: str) -> Status | None:
    """The best that any road came to; None for who answered what nobody knows they read."""
    own = [row for row in rows if row.person_id == who]
    best = min((Status(row.status) for row in own), key=BEST_FIRST.index)
    answered = any(row.answered_at for row in own)
    return None if answered and best not in {Status.READ, *NEVER_SENT} else best


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.usefixtures("posts")
def test_a_random_day_adds_up(
    cast: Cast, clock: SetClock, session: Any, write: Write, seed: int
) -> None:
    clock.at = NOON - timedelta(hours=4)
    day = Day(seed, cast, clock, write)
    for _ in range(70):
        day.step()
        check(day, session)
    clock.move(hours=30)
    for _ in range(3):
        day.run()
        clock.move(hours=25)
    check(day, session)
    waiting = session.scalars(select(Delivery.status).where(Delivery.status == "queued")).all()
    assert waiting == [], "in the end everything has ended"
    assert sum(len(post.through) for post in (day.posts.sms, day.posts.mail)) > 0  # type: ignore[attr-defined]
