"""Failing over by person: the next road when one certainly failed, sooner when it is urgent."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import DeviceToken
from app.delivery.actions.contacts import keep_address, set_address_state
from app.delivery.actions.ledger import (
    NewDelivery,
    NewMessage,
    cancel_rest,
    mark_delivered,
    mark_read,
    open_message,
    settle_answers,
    show_message,
    stop_message,
)
from app.delivery.actions.roads import queue_by_road
from app.delivery.channels.in_app import InApp
from app.delivery.jobs.rounds import send_queued
from app.delivery.jobs.sendings import Sendings
from app.delivery.models import Attempt, ChannelState, Delivery
from app.delivery.rules import (
    BadRecipient,
    ChannelName,
    ConfigProblem,
    Lane,
    Permanent,
    Report,
    ReportKind,
    Status,
    Temporary,
    Unclear,
)
from app.delivery.rules.messages import MessageKind
from app.delivery.rules.roads import AddressKind, AddressState, QuietHours, Roads
from app.extensions import blind_index
from app.kernel.ids import new_id
from tests.conftest import SetClock
from tests.factories.people import Cast
from tests.features.delivery.test_sending import Post

Write = Callable[[Callable[[Session], Any]], Any]
SMS, MAIL, IN_APP, PAPER = (
    ChannelName.SMS_HTTP,
    ChannelName.EMAIL,
    ChannelName.IN_APP,
    ChannelName.PAPER,
)
NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)
ROADS = Roads(dict.fromkeys(Lane, (SMS, MAIL)), QuietHours())
KEY = "2026-11-24:ca1"
PHONE = AddressKind.PHONE
SHOWN = {"status": "sent", "sent_at": NOON}


@dataclass
class Posts:
    """Both ways out of the house, as a story wants them."""

    sms: Post = field(default_factory=Post)
    mail: Post = field(default_factory=lambda: Post(name=MAIL, has_receipts=False))

    def run(self, clock: SetClock) -> Sendings:
        channels = {IN_APP: InApp(), SMS: self.sms, MAIL: self.mail}
        return send_queued(clock.now, channels=channels)


@pytest.fixture
def posts(monkeypatch: pytest.MonkeyPatch, in_app: Flask, clock: SetClock) -> Posts:
    """A node that has both ways switched on for everything."""
    monkeypatch.setattr("app.delivery.jobs.rounds.roads_of", lambda settings: ROADS)
    clock.at = NOON
    return Posts()


@pytest.fixture
def hoa(cast: Cast, write: Write) -> str:
    """Somebody with a phone number and an e-mail address, and no device."""
    person_id = cast.sao_bac.people["hoa"].id
    write(lambda s: keep_address(s, person_id, AddressKind.EMAIL, "hoa@x.vn", now=NOON))
    write(sign_out)
    return person_id


def sign_out(session: Session) -> None:
    session.execute(update(DeviceToken).values(revoked_at=NOON))


def tell(
    write: Write,
    cast: Cast,
    *people: str,
    lane: Lane = Lane.NORMAL,
    at: datetime = NOON,
    lasts: timedelta = timedelta(hours=3),
    in_parallel: bool = False,
    roads: Roads = ROADS,
) -> str:
    """A message to these people by their roads."""

    def work(session: Session) -> str:
        message_id = open_message(
            session,
            NewMessage(
                MessageKind.NOTICE if lane is Lane.URGENT else MessageKind.REMINDER,
                new_id(at),
                {"vi": "Ngừng dùng nước giếng"},
                {"vi": "Nước"},
                cast.sao_bac.id,
                "Sao Bắc",
                at,
                at + lasts,
                lane,
                in_parallel,
            ),
            now=at,
        )
        queue_by_road(
            session,
            message_id,
            [NewDelivery(each, "vi", None, KEY) for each in people],
            lane=lane,
            not_before=at,
            expires_at=at + lasts,
            roads=roads,
            now=at,
        )
        show_message(session, message_id, now=at)
        return message_id

    made: str = write(work)
    return made


def legs(session: Any) -> dict[str, str]:
    session.rollback()
    rows = session.execute(select(Delivery.channel, Delivery.status)).all()
    assert len({channel for channel, _ in rows}) == len(rows), "one row a channel"
    return dict([tuple(row) for row in rows])


def test_read_on_another_road_the_copy_in_the_inbox_is_still_to_be_read(
    cast: Cast, write: Write, session: Any, posts: Posts
) -> None:
    hoa, later = cast.sao_bac.people["hoa"].id, NOON + timedelta(minutes=5)
    write(lambda s: keep_address(s, hoa, PHONE, "0910000000", now=NOON))
    told = tell(write, cast, hoa, lane=Lane.URGENT, in_parallel=True)

    def read_elsewhere(session: Session) -> None:
        session.execute(update(Delivery).values(SHOWN))
        read = {"status": "read", "read_at": NOON}
        session.execute(update(Delivery).where(Delivery.channel != IN_APP).values(read))

    write(read_elsewhere)
    assert write(lambda s: mark_read(s, hoa, told, read_at=later, now=later)) == later
    assert legs(session) == {IN_APP: "read", SMS: "read"}


def test_a_wrong_number_leads_on_to_the_next_road(
    cast: Cast, hoa: str, posts: Posts, clock: SetClock, session: Any, write: Write
) -> None:
    tell(write, cast, hoa)
    posts.sms.fails = [BadRecipient("404")]
    posts.run(clock)
    assert legs(session) == {"sms_http": "permanent-failure"}
    posts.run(clock)
    assert legs(session) == {"sms_http": "permanent-failure", "email": "sent"}
    assert [out.address for out in posts.mail.given] == ["hoa@x.vn"]
    clock.move(minutes=90)
    posts.run(clock)
    assert len(legs(session)) == 2, "mail tells nothing more, and nothing more is done"


def test_the_last_road_of_a_reminder_is_the_inbox(
    cast: Cast, hoa: str, posts: Posts, clock: SetClock, session: Any, write: Write
) -> None:
    tell(write, cast, hoa)
    posts.sms.fails, posts.mail.fails = [BadRecipient("404")], [Permanent("550")]
    for _ in range(4):
        posts.run(clock)
    assert legs(session) == {
        "sms_http": "permanent-failure",
        "email": "permanent-failure",
        "in_app": "sent",
    }


@pytest.mark.parametrize("error", [Unclear("timeout"), Temporary("busy"), ConfigProblem("101")])
def test_what_may_have_arrived_or_may_yet_is_not_written_again(
    error: Exception,
    cast: Cast,
    hoa: str,
    posts: Posts,
    clock: SetClock,
    session: Any,
    write: Write,
) -> None:
    tell(write, cast, hoa)
    posts.sms.fails = [error]
    for _ in range(3):
        posts.run(clock)
    assert set(legs(session)) == {"sms_http"}


def test_who_answered_meanwhile_is_not_written_again(
    cast: Cast, hoa: str, posts: Posts, clock: SetClock, session: Any, write: Write
) -> None:
    tell(write, cast, hoa)
    posts.sms.fails = [BadRecipient("404")]
    posts.run(clock)
    write(lambda s: settle_answers(s, [(hoa, KEY)], by_person=False, now=NOON))
    posts.run(clock)
    assert legs(session) == {"sms_http": "permanent-failure"}


def test_who_answers_as_the_next_road_opens_is_not_written_over_it(
    cast: Cast, hoa: str, posts: Posts, clock: SetClock, session: Any, write: Write
) -> None:
    tell(write, cast, hoa)
    posts.sms.fails = [BadRecipient("404")]
    posts.run(clock)
    posts.run(clock)

    def as_if_queued_at_that_moment(session: Session) -> None:
        session.execute(
            update(Delivery)
            .where(Delivery.channel == MAIL)
            .values(status=Status.QUEUED, next_attempt_at=NOON, sent_at=None)
        )
        session.execute(update(Delivery).where(Delivery.channel == SMS).values(answered_at=NOON))

    write(as_if_queued_at_that_moment)
    posts.run(clock)
    assert legs(session) == {"sms_http": "permanent-failure", "email": "skipped"}
    assert len(posts.mail.given) == 1


@pytest.mark.parametrize("ended", ["stopped", "over"])
def test_a_message_that_no_longer_holds_takes_no_more_roads(
    ended: str,
    cast: Cast,
    hoa: str,
    posts: Posts,
    clock: SetClock,
    session: Any,
    write: Write,
) -> None:
    message_id = tell(write, cast, hoa)
    posts.sms.fails = [BadRecipient("404")]
    posts.run(clock)
    if ended == "stopped":
        write(lambda s: stop_message(s, message_id, now=NOON))
    else:
        clock.move(hours=4)
    posts.run(clock)
    assert legs(session) == {"sms_http": "permanent-failure"}


def test_urgent_is_in_the_inbox_and_outside_at_once(
    cast: Cast, hoa: str, posts: Posts, clock: SetClock, session: Any, write: Write
) -> None:
    tell(write, cast, hoa, lane=Lane.URGENT)
    posts.run(clock)
    assert legs(session) == {"in_app": "sent", "sms_http": "sent"}
    clock.move(minutes=2)
    posts.run(clock)
    assert len(legs(session)) == 2
    clock.move(minutes=1)
    posts.run(clock)
    assert legs(session) == {"in_app": "sent", "sms_http": "sent", "email": "sent"}
    clock.move(minutes=60)
    posts.run(clock)
    assert PAPER not in legs(session), "the mail went out, and mail tells no more than that"


def test_the_gravest_goes_by_sms_beside_the_inbox_until_it_was_read(
    cast: Cast, posts: Posts, clock: SetClock, session: Any, write: Write
) -> None:
    people = [cast.sao_bac.people[name].id for name in ("hoa", "anh")]
    for n, each in enumerate(people):
        number = f"091000000{n}"
        write(lambda s, each=each, n=number: keep_address(s, each, PHONE, n, now=NOON))
    told = tell(write, cast, *people, lane=Lane.URGENT, in_parallel=True)
    write(lambda s: s.execute(update(Delivery).where(Delivery.channel == IN_APP).values(SHOWN)))
    write(lambda s: mark_delivered(s, people[0], [told], now=NOON))
    write(lambda s: mark_read(s, people[1], told, read_at=NOON, now=NOON))
    posts.run(clock)
    assert [out.address for out in posts.sms.given] == ["0910000000"], "fetched is not read"
    session.rollback()
    rows = session.execute(select(Delivery.person_id, Delivery.channel, Delivery.status))
    assert {tuple(row) for row in rows} == {
        (people[0], "in_app", "delivered"),
        (people[0], "sms_http", "sent"),
        (people[1], "in_app", "read"),
        (people[1], "sms_http", "skipped"),
    }


def remind_again(write: Write, cast: Cast, person_id: str, posts: Posts, clock: SetClock) -> str:
    """The second reminder of the shift, twenty minutes after the first; over which road."""
    clock.move(minutes=20)
    message_id = tell(write, cast, person_id, at=clock.at)
    posts.run(clock)
    chosen = select(Delivery.channel).where(Delivery.message_id == message_id)
    road: str = write(lambda s: s.scalars(chosen).one())
    return road


def test_who_has_not_answered_is_reminded_over_the_next_road(
    cast: Cast, posts: Posts, clock: SetClock, write: Write
) -> None:
    hoa = cast.sao_bac.people["hoa"].id
    write(lambda s: keep_address(s, hoa, AddressKind.EMAIL, "hoa@x.vn", now=NOON))
    assert [remind_again(write, cast, hoa, posts, clock) for _ in range(4)] == [
        IN_APP,
        SMS,
        MAIL,
        IN_APP,
    ]


def test_who_has_one_road_is_reminded_over_it_again(
    cast: Cast, posts: Posts, clock: SetClock, write: Write
) -> None:
    hoa = cast.sao_bac.people["hoa"].id
    write(sign_out)
    assert [remind_again(write, cast, hoa, posts, clock) for _ in range(3)] == [SMS] * 3


@pytest.mark.parametrize("why", ["unclear", "fresh", "quiet", "closed"])
def test_nobody_is_moved_to_the_next_road_when(
    why: str, cast: Cast, hoa: str, posts: Posts, clock: SetClock, write: Write
) -> None:
    if why == "unclear":
        posts.sms.fails = [Unclear("timeout")]
        assert remind_again(write, cast, hoa, posts, clock) == SMS
        assert remind_again(write, cast, hoa, posts, clock) == SMS
        return
    write(lambda s: s.execute(update(DeviceToken).values(revoked_at=None)))
    if why == "quiet":
        clock.at = NOON.replace(hour=13, minute=55)  # 20:55 there
        write(lambda s: keep_address(s, hoa, AddressKind.EMAIL, None, now=NOON))
    tell(write, cast, hoa, at=clock.at)
    posts.run(clock)
    if why == "closed":
        state = ChannelState(channel=SMS, paused=True, pause_reason="pause 101", paused_at=NOON)
        write(lambda s: s.add(state))
    if why == "fresh":
        clock.move(minutes=-15)
    road = remind_again(write, cast, hoa, posts, clock)
    assert road == (MAIL if why == "closed" else IN_APP)


def test_urgent_ends_with_the_team_lead(
    cast: Cast, posts: Posts, clock: SetClock, session: Any, write: Write
) -> None:
    men = cast.sao_bac.people["men"].id
    write(sign_out)
    tell(write, cast, men, lane=Lane.URGENT)
    posts.run(clock)
    assert legs(session) == {"in_app": "sent"}, "no number is known of her"
    clock.move(minutes=3)
    posts.run(clock)
    assert legs(session) == {"in_app": "sent", "paper": "sent"}
    clock.move(minutes=60)
    posts.run(clock)
    assert len(legs(session)) == 2
    clock.move(hours=3)
    posts.run(clock)
    assert legs(session) == {"in_app": "temporary-failure", "paper": "temporary-failure"}


def test_urgent_that_was_fetched_goes_nowhere_else(
    cast: Cast, posts: Posts, clock: SetClock, session: Any, write: Write
) -> None:
    hoa = cast.sao_bac.people["hoa"].id
    message_id = tell(write, cast, hoa, lane=Lane.URGENT)
    posts.run(clock)
    assert legs(session) == {"in_app": "sent"}, "she carries a device"
    write(lambda s: mark_delivered(s, hoa, [message_id], now=NOON))
    clock.move(minutes=10)
    posts.run(clock)
    assert legs(session) == {"in_app": "delivered"}


@pytest.mark.parametrize(
    ("errors", "second"),
    [
        ([Unclear("timeout")], True),
        ([ConfigProblem("balance")], True),
        ([BadRecipient("404")], True),
        ([Temporary("busy")], False),
        ([Temporary("busy"), Temporary("busy")], True),
    ],
)
def test_urgent_does_not_wait_for_a_channel_that_fails(
    errors: list[Exception | None],
    second: bool,
    cast: Cast,
    hoa: str,
    posts: Posts,
    clock: SetClock,
    session: Any,
    write: Write,
) -> None:
    tell(write, cast, hoa, lane=Lane.URGENT)
    write(lambda s: mark_hers(s, hoa))
    posts.sms.fails = list(errors)
    posts.run(clock)
    clock.move(seconds=31)
    posts.run(clock)
    posts.run(clock)
    assert ("email" in legs(session)) == second


def mark_hers(session: Session, person_id: str) -> None:
    """As if she had not even an inbox: what is asked here is the way outside."""
    chosen = Delivery.person_id == person_id, Delivery.channel == IN_APP
    session.execute(update(Delivery).where(*chosen).values(status=Status.TEMPORARY_FAILURE))


def test_a_delivery_that_is_needless_by_now_is_skipped(
    cast: Cast, hoa: str, posts: Posts, clock: SetClock, session: Any, write: Write
) -> None:
    message_id = tell(write, cast, hoa, lane=Lane.URGENT)
    posts.sms.fails = [Temporary("busy")]
    posts.run(clock)
    write(lambda s: mark_delivered(s, hoa, [message_id], now=NOON))
    clock.move(minutes=5)
    posts.run(clock)
    assert legs(session) == {"in_app": "delivered", "sms_http": "skipped"}


def test_what_is_never_heard_of_again_is_given_up_and_not_sent_again(
    cast: Cast, hoa: str, posts: Posts, clock: SetClock, session: Any, write: Write
) -> None:
    tell(write, cast, hoa)
    posts.run(clock)
    clock.move(minutes=61)
    posts.run(clock)
    row = session.scalars(select(Delivery)).one()
    assert (row.status, row.error_class, row.look_at) == ("temporary-failure", "Silence", None)
    assert len(posts.sms.given) == 1
    assert posts.mail.given == []


def test_a_provider_is_asked_what_became_of_the_unclear(
    cast: Cast, hoa: str, posts: Posts, clock: SetClock, session: Any, write: Write
) -> None:
    tell(write, cast, hoa)
    posts.sms.fails = [Unclear("timeout")]
    posts.run(clock)
    delivery_id = session.scalars(select(Delivery.id)).one()
    asked: list[list[str]] = []

    def poll(ids: Any) -> list[Report]:
        asked.append(list(ids))
        at, status = clock.at, Status.DELIVERED
        return [Report(ReportKind.STATUS, "e1", at, status, external_id=delivery_id)]

    posts.sms.poll = poll  # type: ignore[method-assign]
    posts.run(clock)
    assert asked == [], "not in the same moment"
    clock.move(minutes=2)
    posts.run(clock)
    assert asked == [[delivery_id]]
    assert legs(session) == {"sms_http": "delivered"}
    clock.move(minutes=30)
    posts.run(clock)
    assert len(asked) == 1


def test_a_provider_that_cannot_be_asked_leaves_it_unclear(
    cast: Cast, hoa: str, posts: Posts, clock: SetClock, session: Any, write: Write
) -> None:
    tell(write, cast, hoa)
    posts.sms.fails = [Unclear("timeout")]

    def poll(ids: Any) -> list[Report]:
        raise Temporary("down")

    posts.sms.poll = poll  # type: ignore[method-assign]
    posts.run(clock)
    for _ in range(40):
        clock.move(minutes=6)
        posts.run(clock)
    row = session.scalars(select(Delivery)).one()
    assert (row.status, row.look_at) == ("unclear", None), "a person decides"


def test_nothing_rings_in_the_night_and_the_morning_is_spread(
    cast: Cast, hoa: str, posts: Posts, clock: SetClock, session: Any, write: Write
) -> None:
    ten_in_the_evening = datetime(2026, 11, 24, 15, tzinfo=UTC)
    clock.at = ten_in_the_evening - timedelta(hours=2)
    posts.sms.fails = [Temporary("busy")] * 5
    tell(write, cast, hoa, at=clock.at, lasts=timedelta(hours=12))
    posts.run(clock)
    assert len(posts.sms.given) == 1
    clock.at = ten_in_the_evening
    for _ in range(77):
        posts.run(clock)
        clock.move(minutes=5)
    posts.run(clock)
    assert len(posts.sms.given) == 1, "the second try waits for the morning"
    for _ in range(17):
        posts.run(clock)
        if len(posts.sms.given) > 1:
            break
        clock.move(minutes=1)
    assert len(posts.sms.given) == 2


def test_urgent_rings_in_the_night(
    cast: Cast, hoa: str, posts: Posts, clock: SetClock, write: Write
) -> None:
    clock.at = datetime(2026, 11, 24, 18, tzinfo=UTC)
    tell(write, cast, hoa, lane=Lane.URGENT, at=clock.at)
    posts.run(clock)
    assert len(posts.sms.given) == 1


def test_a_reminder_that_the_morning_would_be_too_late_for_is_in_the_inbox(
    cast: Cast, hoa: str, posts: Posts, clock: SetClock, session: Any, write: Write
) -> None:
    clock.at = datetime(2026, 11, 24, 18, tzinfo=UTC)
    tell(write, cast, hoa, at=clock.at)
    posts.run(clock)
    assert legs(session) == {"email": "sent"}, "mail makes no sound"


def test_a_channel_that_fails_rests_longer_each_time_and_is_tried_with_one(
    cast: Cast, posts: Posts, clock: SetClock, session: Any, write: Write
) -> None:
    hoa = cast.sao_bac.people["hoa"].id
    write(sign_out)
    posts.sms.fails = [Temporary("500")] * 999
    for _ in range(30):
        tell(write, cast, hoa)
    posts.run(clock)
    state = session.get(ChannelState, SMS)
    assert (state.paused, state.pause_reason) == (True, "circuit")
    assert state.resume_at == NOON + timedelta(seconds=60)
    given = len(posts.sms.given)
    assert 20 <= given <= 40, "no call after the rest began"
    rests = []
    for _ in range(40):
        clock.move(seconds=61)
        before = len(posts.sms.given)
        posts.run(clock)
        session.rollback()
        state = session.get(ChannelState, SMS)
        if len(posts.sms.given) > before:
            assert len(posts.sms.given) == before + 1, "one call tries it out"
            rests.append((state.resume_at - clock.at).total_seconds())
    assert rests[:4] == [120, 240, 480, 900]
    posts.sms.fails = []
    clock.move(minutes=15)
    tell(write, cast, hoa, at=clock.at)
    posts.run(clock)
    posts.run(clock)
    session.rollback()
    assert not session.get(ChannelState, SMS).paused
    trials = session.scalars(select(Attempt.outcome).order_by(Attempt.id.desc()).limit(1)).one()
    assert trials == "sent"


def test_a_park_that_comes_back_sends_no_backlog(
    cast: Cast, posts: Posts, clock: SetClock, session: Any, write: Write
) -> None:
    hoa = cast.sao_bac.people["hoa"].id
    write(sign_out)
    for _ in range(30):
        tell(write, cast, hoa)
    late = NOON + timedelta(hours=5)
    posts.sms.max_per_minute = 10
    clock.at = late
    for _ in range(20):
        tell(write, cast, hoa, at=late)
    posts.run(clock)
    posts.run(clock)
    assert len(posts.sms.given) == 10, "at the limit"
    session.rollback()
    told = session.scalars(select(Delivery.status)).all()
    assert (told.count("expired"), told.count("sent"), told.count("queued")) == (30, 10, 10)


def test_stopping_ends_it_at_once_and_the_rest_is_cancelled_in_chunks(
    cast: Cast, posts: Posts, clock: SetClock, session: Any, write: Write
) -> None:
    people = [cast.sao_bac.people[name].id for name in ("hoa", "anh", "men", "nhung")]
    message_id = tell(write, cast, *people, lane=Lane.URGENT)
    write(lambda s: stop_message(s, message_id, now=NOON))
    posts.run(clock)
    session.rollback()
    assert set(session.scalars(select(Delivery.status))) == {"queued"}
    done = []
    while cancelled := write(lambda s: cancel_rest(s, message_id, limit=3)):
        done.append(cancelled)
    assert sum(done) >= 4
    assert max(done) == 3
    session.rollback()
    assert set(session.scalars(select(Delivery.status))) == {"cancelled"}
    posts.run(clock)
    assert posts.sms.given == []


@pytest.mark.parametrize("gone", [False, True])
def test_nothing_goes_to_an_address_that_was_given_up_meanwhile(
    cast: Cast,
    hoa: str,
    posts: Posts,
    clock: SetClock,
    session: Any,
    write: Write,
    gone: bool,
) -> None:
    tell(write, cast, hoa)

    def give_up(session: Session) -> None:
        if gone:
            keep_address(session, hoa, AddressKind.PHONE, None, now=NOON)
            return
        hashed = blind_index("0900000118")
        opted_out = AddressState.OPTED_OUT
        set_address_state(session, AddressKind.PHONE, hashed, opted_out, code=None, now=NOON)

    write(give_up)
    posts.run(clock)
    posts.run(clock)
    assert posts.sms.given == []
    assert legs(session) == {"sms_http": "permanent-failure", "email": "sent"}
