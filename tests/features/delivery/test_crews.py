"""Several hands at once: nothing goes twice, a stop is seen, and urgent ones leave room."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.delivery.actions.contacts import keep_address
from app.delivery.actions.ledger import stop_message
from app.delivery.channels.pace import Pace
from app.delivery.channels.sms_group import read_sms
from app.delivery.channels.sms_http import SmsHttp
from app.delivery.gateways import Crew
from app.delivery.jobs.rounds import send_queued
from app.delivery.jobs.sendings import Sendings
from app.delivery.models import Attempt, ContactPoint, Delivery
from app.delivery.rules import Accepted, ConfigProblem, Lane, Outbound
from app.delivery.rules.roads import AddressKind
from tests.conftest import SetClock
from tests.factories.people import Cast
from tests.features.delivery.test_sending import FIVE, SMS, WORKERS, Post, Write, queue
from tests.features.delivery.test_sms_http import GROUP
from tests.peers.gateway import Asked, Gateway, Says, gateway


@dataclass
class Hands(Post):
    """A provider that several hands send to; what is done while it holds a message can be told."""

    max_per_minute: int = 6000
    at_once: int = 3
    meanwhile: Callable[[Outbound], None] = lambda out: None
    lock: Any = field(default_factory=threading.Lock)
    rests: int = 0

    def send(self, out: Outbound) -> Accepted:
        self.meanwhile(out)
        with self.lock:
            return super().send(out)

    def rest(self) -> None:
        with self.lock:
            self.rests += 1


@pytest.fixture
def queued(cast: Cast, clock: SetClock, write: Write) -> str:
    clock.at = FIVE
    message_id: str = write(lambda s: queue(s, cast, *WORKERS))
    return message_id


def run(clock: SetClock, post: Any, **more: Any) -> Sendings:
    return send_queued(clock.now, channels={SMS: post}, **more)


def states(session: Any) -> list[str]:
    session.rollback()
    return sorted(session.scalars(select(Delivery.status)))


@pytest.mark.usefixtures("queued")
def test_each_is_handed_over_once_whoever_does_it(clock: SetClock, session: Any) -> None:
    post = Hands()
    assert run(clock, post).sent == 4
    assert len({out.delivery_id for out in post.given}) == len(post.given) == 4
    assert states(session) == ["sent"] * 4
    assert post.rests == 3, "each hand lets its connection go"
    assert run(clock, post).sent == 0


@pytest.mark.usefixtures("queued")
def test_a_limit_is_kept_by_all_hands_together(clock: SetClock) -> None:
    post = Hands()
    assert run(clock, post, limit=3).sent == len(post.given) == 3


def test_what_is_stopped_while_others_send_stays(
    queued: str, clock: SetClock, session: Any, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.delivery.jobs.lines.STOPS_SECONDS", 0)
    monkeypatch.setattr("app.delivery.jobs.outside.LOOK_SECONDS", 0.01)
    stopped, seen = threading.Event(), threading.Event()

    def meanwhile(out: Outbound) -> None:
        stopped.set()
        seen.wait(20)

    post = Hands(at_once=1, meanwhile=meanwhile)
    real = Crew.hand_in

    def hand_in(crew: Crew, taken: Any) -> None:
        real(crew, taken)
        stopped.wait(20)
        write(lambda s: stop_message(s, queued, now=clock.at))

    monkeypatch.setattr(Crew, "hand_in", hand_in)
    monkeypatch.setattr("app.delivery.jobs.lines.list_stopped", telling(seen))
    run(clock, post)
    assert len(post.given) == 1, "what was in a hand already goes, nothing else does"
    assert states(session) == ["cancelled"] * 3 + ["sent"]
    assert len(session.scalars(select(Attempt)).all()) == 1
    assert run(clock, post).sent == 0


def telling(seen: threading.Event) -> Callable[..., Any]:
    """The look for stops, and afterwards a word that it was had."""
    from app.delivery.queries.messages import list_stopped

    looks: list[Any] = []

    def look(session: Session, message_ids: Any) -> Any:
        looks.append(None)
        found = list_stopped(session, message_ids)
        if len(looks) > 1:  # the crew has the first answer by now
            seen.set()
        return found

    return look


@pytest.mark.usefixtures("queued")
def test_a_channel_that_is_set_up_wrongly_is_asked_once_and_keeps_its_queue(
    clock: SetClock, session: Any
) -> None:
    post = Hands([ConfigProblem("401")], at_once=1)
    assert dict(run(clock, post).failed) == {"ConfigProblem": 1}
    assert len(post.given) == 1
    assert states(session) == ["queued"] * 4


@pytest.mark.usefixtures("queued")
def test_urgent_ones_go_first_and_leave_one_place(
    cast: Cast, clock: SetClock, write: Write
) -> None:
    write(lambda s: queue(s, cast, *WORKERS, lane=Lane.URGENT))
    post = Hands(at_once=1, max_per_minute=90)  # three at a time
    run(clock, post)
    lanes = [out.lane for out in post.given]
    assert lanes[:6] == [Lane.URGENT, Lane.URGENT, Lane.NORMAL] * 2
    assert len(lanes) == 8


@pytest.mark.usefixtures("queued")
def test_what_dies_in_a_hand_ends_the_round_and_leaves_a_lease(
    clock: SetClock, session: Any
) -> None:
    class PulledPlugError(BaseException):
        pass

    def meanwhile(out: Outbound) -> None:
        raise PulledPlugError

    with pytest.raises(PulledPlugError):
        run(clock, Hands(at_once=1, meanwhile=meanwhile))
    assert states(session) == ["sending"] * 4
    clock.move(minutes=3)
    assert run(clock, Hands()).unclear == 4
    assert states(session) == ["unclear"] * 4


@pytest.mark.usefixtures("queued")
def test_what_can_wait_no_longer_is_not_sent_late(clock: SetClock, session: Any) -> None:
    def meanwhile(out: Outbound) -> None:
        clock.move(minutes=61)

    post = Hands(at_once=1, meanwhile=meanwhile)
    run(clock, post)
    assert len(post.given) == 1
    assert states(session) == ["queued"] * 3 + ["sent"]
    assert run(clock, post).expired == 3


def test_turns_are_spread_evenly_and_a_second_may_go_at_once() -> None:
    now = [100.0]
    pace = Pace(120, now=lambda: now[0])
    assert [round(pace.turn(), 3) for _ in range(4)] == [0, 0, 0.5, 1.0]
    now[0] += 60
    waits = [pace.turn() for _ in range(120)]
    assert waits == sorted(waits)
    assert 58.9 < waits[-1] <= 59.5
    assert Pace(1, now=lambda: 5.0).turn() == 0


def test_a_turn_that_nobody_waits_for_is_left_to_the_next() -> None:
    now = [100.0]
    pace = Pace(6, now=lambda: now[0])
    assert pace.turn(5.0) == 0
    assert [pace.turn(5.0) for _ in range(3)] == [10, 10, 10]
    now[0] += 6
    assert pace.turn(5.0) == 4
    assert pace.turn(5.0) == 14


@pytest.fixture
def peer() -> Iterator[Gateway]:
    with gateway() as told:
        yield told


def test_through_a_real_gateway_the_books_and_the_peer_agree(
    cast: Cast, queued: str, clock: SetClock, session: Any, write: Write, peer: Gateway
) -> None:
    people = cast.sao_bac.people

    def addresses(s: Session) -> None:
        for number, name in enumerate(WORKERS):
            phone = f"8490000010{number}"
            keep_address(s, people[name].id, AddressKind.PHONE, phone, now=FIVE)
        s.flush()
        points = {point.person_id: point.id for point in s.scalars(select(ContactPoint))}
        for row in s.scalars(select(Delivery)):
            row.contact_point_id = points[row.person_id]

    write(addresses)

    taken = threading.Event()

    def says(asked: Asked) -> Says:
        phone = asked.json["Phone"]
        if phone == "0900000100":
            taken.set()
        taken.wait(20)  # what fails makes the rest of a batch wait: one is taken before
        told = {
            "0900000100": Says(content={"CodeResult": "100", "SMSID": "a"}),
            "0900000101": Says(content={"CodeResult": "99", "Phone": phone}),
            "0900000102": Says(drop=True),
        }
        return told.get(phone, Says(500))

    peer.always = says
    group = read_sms({**GROUP, "ANCA_SMS_URL": peer.url, "ANCA_SMS_PER_MINUTE": "6000"})
    assert group is not None
    sms = SmsHttp(replace(group, connections=len(WORKERS)), clock.now)
    done = run(clock, sms)
    sms.close()
    assert (done.sent, dict(done.failed)) == (
        1,
        {"BadRecipient": 1, "Unclear": 1, "Temporary": 1},
    )
    assert len(peer.asked) == 4
    assert states(session) == ["permanent-failure", "queued", "sent", "unclear"]
    tried = {each.code or each.outcome: each for each in session.scalars(select(Attempt))}
    assert tried["sent"].http_status == 200
    assert tried["sent"].ms is not None
    assert tried["99"].masked == {
        "http_status": 200,
        "answer": {"CodeResult": "99", "Phone": "***101"},
    }
    bad = session.scalars(select(ContactPoint).where(ContactPoint.state == "invalid")).one()
    assert bad.person_id == people[WORKERS[1]].id
    assert timedelta() < sms.silence_after
