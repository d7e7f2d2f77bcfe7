"""Handing deliveries to a channel outside the house: under a lease, never twice, never late."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.delivery.actions.ledger import (
    NewDelivery,
    NewMessage,
    add_deliveries,
    mark_read,
    open_message,
    settle_answers,
    show_message,
)
from app.delivery.actions.sending import (
    Taken,
    claim_due,
    settle_all_sent,
    settle_failed,
)
from app.delivery.actions.tidying import expire_waiting, give_up_leases
from app.delivery.channels.pace import Pace
from app.delivery.jobs.rounds import send_queued
from app.delivery.jobs.sendings import Sendings
from app.delivery.models import Attempt, ChannelState, ContactPoint, Delivery
from app.delivery.rules import (
    Accepted,
    AuthExpired,
    BadMessage,
    BadRecipient,
    ChannelName,
    Health,
    Lane,
    Outbound,
    OutsideHours,
    RateLimited,
    Report,
    Status,
    Temporary,
    Unclear,
    may_move,
)
from app.delivery.rules.messages import MessageKind
from app.kernel.ids import new_id
from tests.conftest import SetClock
from tests.factories.people import Cast, make_cast

Write = Callable[[Callable[[Session], Any]], Any]
FIVE = datetime(2026, 11, 23, 22, tzinfo=UTC)
SMS = ChannelName.SMS_HTTP
WORKERS = ("hoa", "anh", "men", "nhung")


@dataclass
class Post:
    """A provider that does what a story tells it to, and keeps what it was given."""

    fails: list[Exception | None] = field(default_factory=list)
    given: list[Outbound] = field(default_factory=list)
    name: ChannelName = SMS
    needs_internet: bool = True
    has_receipts: bool = True
    max_per_minute: int = 100
    silence_after: timedelta = timedelta(hours=1)

    def health(self) -> Health:
        return Health(ok=True)

    def can_reach(self, contact: Any, out: Outbound, now: datetime) -> None:
        return None

    def send(self, out: Outbound) -> Accepted:
        self.given.append(out)
        error = self.fails.pop(0) if self.fails else None
        if error:
            raise error
        return Accepted((f"x{len(self.given)}",))

    def parse(
        self, headers: Mapping[str, str], raw: bytes, args: Mapping[str, str]
    ) -> Iterable[Report]:
        return ()

    def poll(self, external_ids: Iterable[str]) -> Iterable[Report]:
        return ()


def queue(
    session: Session,
    cast: Cast,
    *names: str,
    lane: Lane = Lane.NORMAL,
    holds: timedelta = timedelta(hours=3),
) -> str:
    message_id = open_message(
        session,
        NewMessage(
            MessageKind.REMINDER,
            new_id(FIVE),
            {"vi": "Xe {bus}"},
            {"vi": "Xe"},
            cast.sao_bac.id,
            "Sao Bắc",
            FIVE,
            FIVE + holds,
            lane,
        ),
        now=FIVE,
    )
    people = [
        NewDelivery(cast.sao_bac.people[name].id, "vi", None, "2026-11-24:ca1", {"bus": "12"})
        for name in names
    ]
    add_deliveries(
        session,
        message_id,
        people,
        channel=SMS,
        lane=lane,
        not_before=FIVE,
        expires_at=FIVE + timedelta(hours=1),
        now=FIVE,
    )
    show_message(session, message_id, now=FIVE)
    return message_id


@pytest.fixture
def queued(cast: Cast, clock: SetClock, write: Write) -> str:
    """A reminder to four people over SMS, due at five."""
    clock.at = FIVE
    message_id: str = write(lambda s: queue(s, cast, *WORKERS))
    return message_id


def run(clock: SetClock, post: Post, limit: int | None = None) -> Sendings:
    return send_queued(clock.now, channels={SMS: post}, limit=limit)


def rows(session: Any) -> list[Delivery]:
    session.rollback()
    found: list[Delivery] = session.scalars(select(Delivery).order_by(Delivery.id)).all()
    return found


def states(session: Any) -> list[str]:
    return [row.status for row in rows(session)]


@pytest.mark.usefixtures("queued")
def test_each_is_handed_over_once_with_its_own_words(clock: SetClock, session: Any) -> None:
    post = Post()
    assert run(clock, post).sent == 4
    assert run(clock, post).sent == 0
    assert [out.text for out in post.given] == ["Xe 12"] * 4
    assert len({out.delivery_id for out in post.given}) == 4
    assert [(row.status, row.external_id, row.attempt_count) for row in rows(session)] == [
        ("sent", f"x{n}", 1) for n in range(1, 5)
    ]
    tries = session.scalars(select(Attempt)).all()
    assert [(each.n, each.outcome) for each in tries] == [(1, "sent")] * 4


@pytest.mark.usefixtures("queued")
def test_a_limit_is_kept_and_the_rest_goes_next_time(clock: SetClock) -> None:
    post = Post(max_per_minute=3)
    assert run(clock, post, limit=1).sent == 1
    assert run(clock, post).sent == 2, "three a minute"
    assert run(clock, post).sent == 0
    clock.move(seconds=61)
    assert run(clock, post).sent == 1


@pytest.mark.usefixtures("queued")
def test_a_clock_that_was_set_back_does_not_use_up_the_minutes_to_come(clock: SetClock) -> None:
    post = Post(max_per_minute=3)
    clock.move(minutes=30)
    assert run(clock, post).sent == 3
    clock.move(minutes=-20)
    assert run(clock, post).sent == 1


@pytest.mark.usefixtures("queued")
def test_channels_of_one_account_share_its_minute_over_a_restart(
    clock: SetClock, write: Write
) -> None:
    mail = ChannelName.EMAIL
    two = select(Delivery.id).order_by(Delivery.id).limit(2)
    write(lambda s: s.execute(update(Delivery).where(Delivery.id.in_(two)).values(channel=mail)))
    both: dict[ChannelName, Any] = {each: Post(name=each, max_per_minute=3) for each in (SMS, mail)}
    assert run(clock, both[SMS]).sent == 2
    pace = Pace(6000)
    for post in both.values():
        post.pace = pace
    assert send_queued(clock.now, channels=both).sent == 1


@pytest.mark.usefixtures("queued")
def test_urgent_goes_first(cast: Cast, clock: SetClock, write: Write) -> None:
    write(lambda s: queue(s, cast, "hoa", lane=Lane.URGENT))
    post = Post()
    run(clock, post)
    assert [out.lane for out in post.given] == [Lane.URGENT, *[Lane.NORMAL] * 4]


@pytest.mark.usefixtures("queued")
def test_a_passing_fault_is_tried_again_until_it_is_given_up(clock: SetClock, session: Any) -> None:
    post = Post([Temporary("busy")] * 99)
    waited = []
    for _ in range(60):
        run(clock, post)
        waited.append(len(post.given))
        clock.move(minutes=1)
    assert waited[0] == 4
    assert waited[-1] == 16, "four tries each"
    told = {(row.channel, row.status, row.error_class) for row in rows(session)}
    assert told == {
        ("sms_http", "temporary-failure", "Temporary"),
        ("in_app", "sent", None),
    }, "and then it lies in the inbox"


@pytest.mark.usefixtures("queued")
def test_a_bad_address_is_marked_and_not_tried_again(
    cast: Cast, clock: SetClock, session: Any, write: Write
) -> None:
    hoa = cast.sao_bac.people["hoa"]

    def address(s: Session) -> None:
        point = s.scalars(select(ContactPoint).where(ContactPoint.person_id == hoa.id)).one()
        row = s.scalars(select(Delivery).where(Delivery.person_id == hoa.id)).one()
        row.contact_point_id = point.id

    write(address)
    first = Post([BadRecipient("404"), None, None, None])
    run(clock, first)
    assert [out.address for out in first.given] == ["0900000118", "", "", ""]
    assert states(session) == ["permanent-failure", "sent", "sent", "sent"]
    point = session.scalars(select(ContactPoint).where(ContactPoint.person_id == hoa.id)).one()
    assert (point.state, point.state_code) == ("invalid", "404")


@pytest.mark.usefixtures("queued")
def test_what_left_without_an_answer_is_unclear_and_not_sent_again(
    clock: SetClock, session: Any
) -> None:
    post = Post([Unclear("timeout")])
    run(clock, post)
    clock.move(minutes=30)
    run(clock, post)
    assert len(post.given) == 4
    assert states(session) == ["unclear", "sent", "sent", "sent"]


@pytest.mark.usefixtures("queued")
def test_a_sender_that_dies_leaves_its_lease_and_nothing_goes_twice(
    clock: SetClock, session: Any, write: Write
) -> None:
    write(lambda s: claim_due(s, SMS, Lane.NORMAL, limit=2, holder="dead", now=FIVE))
    assert states(session) == ["sending", "sending", "queued", "queued"]
    post = Post()
    assert run(clock, post).sent == 2
    clock.move(minutes=3)
    assert run(clock, post).unclear == 2
    assert states(session) == ["unclear", "unclear", "sent", "sent"]
    assert len(post.given) == 2


@pytest.mark.usefixtures("queued")
def test_a_message_that_is_refused_for_everybody_stops_its_batch(
    clock: SetClock, session: Any
) -> None:
    post = Post([None, BadMessage("template")])
    run(clock, post)
    clock.move(minutes=10)
    run(clock, post)
    assert len(post.given) == 2
    assert states(session) == ["sent", "technical-failure", "queued", "queued"]
    assert [row.attempt_count for row in rows(session)] == [1, 1, 0, 0]
    clock.move(minutes=60)
    run(clock, post)
    assert states(session)[2:] == ["expired", "expired"]


@pytest.mark.usefixtures("queued")
@pytest.mark.parametrize(
    ("error", "minutes", "urgent"),
    [
        (RateLimited("slow", retry_after=timedelta(minutes=4)), 4, False),
        (OutsideHours("night", not_before=FIVE + timedelta(minutes=30)), 30, True),
        (AuthExpired("401"), None, False),
    ],
)
def test_a_channel_that_asks_for_rest_gets_it(
    cast: Cast,
    clock: SetClock,
    session: Any,
    write: Write,
    error: Exception,
    minutes: int | None,
    *,
    urgent: bool,
) -> None:
    post = Post([error])
    run(clock, post)
    assert len(post.given) == 1
    assert states(session) == ["queued"] * 4
    assert session.scalars(select(ChannelState.paused)).one()
    write(lambda s: queue(s, cast, "hoa", lane=Lane.URGENT))
    clock.move(minutes=1)
    run(clock, post)
    assert len(post.given) == 1 + urgent
    clock.move(minutes=(minutes or 50) + 1)
    run(clock, post)
    assert (len(post.given) > 2) is (minutes is not None)


def test_what_was_answered_while_it_was_being_sent_stays_what_is_known_of_it(
    cast: Cast, queued: str, clock: SetClock, session: Any, write: Write
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    taken = write(lambda s: claim_due(s, SMS, Lane.NORMAL, limit=1, holder="a", now=FIVE))[0]
    write(lambda s: settle_answers(s, [(hoa.id, "2026-11-24:ca1")], by_person=True, now=FIVE))
    write(lambda s: settle_all_sent(s, [Taken(taken, Accepted(("x",)))], now=FIVE))
    assert states(session) == ["sent", "queued", "queued", "queued"]
    assert rows(session)[0].external_id == "x"
    assert (rows(session)[0].read_at, rows(session)[0].answered_at) == (None, FIVE)


STEPS = ("claim", "sent", "fails", "unclear", "lease", "answer", "other", "read", "expire")


@settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(steps=st.lists(st.sampled_from(STEPS), min_size=4, max_size=14))
def test_no_order_of_events_takes_a_forbidden_step(
    node: Any, in_app: Flask, write: Write, session: Any, steps: list[str]
) -> None:
    session.rollback()
    node.empty()
    cast = write(lambda s: make_cast(s, FIVE))
    message_id = write(lambda s: queue(s, cast, "hoa"))
    hoa, at, held = cast.sao_bac.people["hoa"].id, FIVE, []
    before = Status(states(session)[0])
    for step in steps:
        at += timedelta(minutes=4)
        write(lambda s, step=step, at=at: happen(s, step, at, hoa, message_id, held))
        after = Status(states(session)[0])
        assert after is before or may_move(before, after), (before, step, after)
        before = after


def happen(
    session: Session, step: str, at: datetime, hoa: str, message_id: str, held: list[Any]
) -> None:
    """One thing happens to the one delivery there is."""
    match step:
        case "claim":
            held += claim_due(session, SMS, Lane.NORMAL, limit=1, holder="a", now=at)
        case "sent" if held:
            settle_all_sent(session, [Taken(held[-1], Accepted())], now=at)
        case "fails" if held:
            settle_failed(session, held[-1], Temporary(), jitter=0, now=at)
        case "unclear" if held:
            settle_failed(session, held[-1], Unclear(), jitter=0, now=at)
        case "lease":
            give_up_leases(session, limit=9, now=at)
        case "answer" | "other":
            by_person = step == "answer"
            settle_answers(session, [(hoa, "2026-11-24:ca1")], by_person=by_person, now=at)
        case "read":
            mark_read(session, hoa, message_id, read_at=at, now=at)
        case "expire":
            expire_waiting(session, limit=9, now=at + timedelta(hours=1))
