"""The page of a message and of one sending: figures add up, and every fault is told in words."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.audit.models import AuditEntry
from app.delivery.actions.contacts import keep_address
from app.delivery.actions.ledger import settle_answers, stop_message
from app.delivery.models import Delivery, Message
from app.delivery.rules import Lane, Status, errors
from app.delivery.rules.roads import AddressKind
from app.delivery.rules.statuses import BEST_FIRST
from app.reminders.views.words import CHANNELS, STATUSES
from app.web.faults import BY_CODE, UNKNOWN, fault_of, fault_of_delivery
from tests.conftest import SetClock
from tests.factories.people import Cast
from tests.features.delivery.test_failing_over import (
    KEY,
    NOON,
    Posts,
    hoa,
    posts,
    sign_out,
    tell,
)
from tests.features.reminders.test_pages import Browser, token_of

__all__ = ["hoa", "posts"]
Write = Callable[[Callable[[Any], Any]], Any]
NAMES = ("hoa", "anh", "men", "nhung")


@pytest.fixture
def hanh(cast: Cast, clock: SetClock, client: FlaskClient) -> Browser:
    """SAOBAC's officer at noon."""
    clock.at = NOON
    return Browser(client, "hanh")


@pytest.fixture
def told(cast: Cast, posts: Posts, clock: SetClock, write: Write) -> str:
    """An urgent message to four people: one sending is unclear, three have no number."""
    write(sign_out)
    people = [cast.sao_bac.people[name].id for name in NAMES]
    posts.sms.fails = [errors.Unclear("no_answer")]
    message_id = tell(write, cast, *people, lane=Lane.URGENT)
    posts.run(clock)
    return message_id


def figures(page: str) -> dict[str, int]:
    """The figures of the strip, by their words."""
    strip = page[page.index('class="card strip"') :]
    found = re.findall(
        r'class="row small strong">\s*([^<]+?)\s*</span>\s*<b class="figure">([0-9.]+)</b>', strip
    )
    return {words: int(count.replace(".", "")) for words, count in found}


def people_of(page: str) -> int:
    lead = re.search(r'class="figure">([0-9.]+) <span', page)
    assert lead, page
    return int(lead[1])


def test_everybody_is_in_one_figure(hanh: Browser, told: str) -> None:
    page = hanh.get(f"/messages/{told}")
    assert people_of(page) == 4
    assert sum(figures(page).values()) == 4
    assert "Tin nhắn SMS" in page
    assert "Chưa rõ đã tới chưa: 1 lần gửi" in page
    for status in Status:
        chosen = hanh.get(f"/messages/{told}?status={status}")
        rows = re.findall(r'<th scope="row" class="nowrap">([^<]+)</th>\s*<td>\s*<a', chosen)
        assert len(rows) == figures(page).get(str(STATUSES[status]), 0), status


def test_who_answered_while_it_was_unclear_is_counted_as_that(
    cast: Cast, hanh: Browser, hoa: str, posts: Posts, clock: SetClock, session: Any, write: Write
) -> None:
    posts.sms.fails = [errors.Unclear("no_answer")]
    message_id = tell(write, cast, hoa)
    posts.run(clock)
    write(lambda s: settle_answers(s, [(hoa, KEY)], by_person=True, now=NOON))
    page = hanh.get(f"/messages/{message_id}")
    assert people_of(page) == 1
    assert figures(page) == {"Đã khai báo": 1}
    assert "/send-again" not in page, "there is nothing left to decide"
    assert "Nguyễn Thị Hoa" in hanh.get(f"/messages/{message_id}?status=answered")
    assert "Không có ai" in hanh.get(f"/messages/{message_id}?status=unclear")
    unclear = session.scalars(select(Delivery.id).where(Delivery.status == "unclear")).one()
    page = hanh.get(f"/messages/{message_id}/deliveries/{unclear}")
    assert "Người này đã khai báo rồi" in page
    assert "/send-again" not in page
    hanh.post(f"/messages/{message_id}/send-again", {"delivery": unclear})
    session.rollback()
    assert session.scalars(select(Delivery.status)).all() == ["unclear"]


def test_an_unclear_one_is_asked_about_and_sent_again(
    hanh: Browser, told: str, posts: Posts, clock: SetClock, session: Any
) -> None:
    page = hanh.get(f"/messages/{told}")
    assert "Gửi lại" in page
    assert "Coi như đã tới" in page
    answer = hanh.post(f"/messages/{told}/send-again")
    assert answer.status_code == 302
    assert "Đang gửi lại cho 1 người" in hanh.get(f"/messages/{told}")
    given = len(posts.sms.given)
    posts.run(clock)
    assert len(posts.sms.given) == given + 1
    session.rollback()
    assert "unclear" not in set(session.scalars(select(Delivery.status)))
    acts = session.scalars(select(AuditEntry.act)).all()
    assert acts.count("delivery.sent_again") == 1


def test_an_unclear_one_counts_as_gone_out(
    hanh: Browser, told: str, posts: Posts, clock: SetClock, session: Any
) -> None:
    unclear = session.scalars(select(Delivery.id).where(Delivery.status == "unclear")).one()
    at = f"/messages/{told}/deliveries/{unclear}"
    page = hanh.get(at)
    assert "có thể đã tới, có thể chưa" in page
    answer = hanh.post(f"/messages/{told}/take-as-arrived", {"delivery": unclear})
    assert answer.headers["Location"].endswith(at)
    page = hanh.get(at)
    assert "coi như đã tới" in page
    assert "Coi như đã tới: 1 người" in page
    given = len(posts.sms.given)
    clock.move(minutes=1)
    posts.run(clock)
    assert len(posts.sms.given) == given


def test_only_the_chosen_one_is_decided(hanh: Browser, told: str, session: Any) -> None:
    answer = hanh.post(f"/messages/{told}/send-again", {"delivery": "another"})
    assert answer.status_code == 302
    session.rollback()
    assert "unclear" in set(session.scalars(select(Delivery.status)))


@pytest.mark.parametrize("over", ["stopped", "expired"])
def test_what_is_over_is_not_sent_again(
    hanh: Browser, told: str, clock: SetClock, session: Any, write: Write, over: str
) -> None:
    if over == "stopped":
        write(lambda s: stop_message(s, told, now=NOON))
    else:
        write(lambda s: s.execute(update(Message).values(expires_at=NOON)))
    page = hanh.get(f"/messages/{told}")
    assert "/send-again" not in page
    assert "/take-as-arrived" in page
    answer = hanh.post(f"/messages/{told}/send-again")
    assert answer.status_code == 409
    assert "không gửi lại được" in answer.text
    session.rollback()
    assert "unclear" in set(session.scalars(select(Delivery.status)))


def test_one_sending_is_told_step_by_step(
    cast: Cast, hanh: Browser, hoa: str, posts: Posts, clock: SetClock, session: Any, write: Write
) -> None:
    message_id = tell(write, cast, hoa)
    posts.sms.fails = [errors.Temporary("503"), errors.BadRecipient("404")]
    posts.run(clock)
    clock.move(minutes=4)
    posts.run(clock)
    row = session.scalars(select(Delivery)).one()
    page = hanh.get(f"/messages/{message_id}/deliveries/{row.id}")
    for words in (
        "Địa chỉ không dùng được trên kênh này.",
        "Hỏi người này địa chỉ đúng rồi sửa trong hồ sơ.",
        "***118",
        "Gửi lần 1",
        "Gửi lần 2",
        "Kênh gửi đang bận hoặc trục trặc",
        "503",
        "404",
    ):
        assert words in page, words
    assert "0900000118" not in page
    assert "Gửi lại" not in page
    posts.run(clock)
    page = hanh.get(f"/messages/{message_id}/deliveries/{row.id}")
    assert "E-mail" in page, "the road after it"


KINDS = [
    kind.__name__
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.ChannelError)
]


@pytest.mark.parametrize("kind", [name for name in KINDS if name != "ChannelError"])
def test_every_error_has_words_of_its_own(in_app: Flask, kind: str) -> None:
    with in_app.test_request_context():
        fault = fault_of(kind, "no such code")
        assert fault is not UNKNOWN
        assert str(fault.happened).strip()
        assert str(fault.to_do).strip()


def test_every_state_of_every_road_has_words(in_app: Flask) -> None:
    with in_app.test_request_context():
        for channel in CHANNELS:
            for status in Status:
                fault = fault_of_delivery(channel, status, "", "")
                assert str(fault.happened), (channel, status)
        assert str(fault_of("KeyError", "").happened) == str(UNKNOWN.happened)
        assert {kind for kind, _ in BY_CODE} <= set(KINDS)
    assert set(BEST_FIRST) == set(Status)
    assert set(STATUSES) == set(Status)


POSTS = ("send-again", "take-as-arrived", "stop")


def test_a_reminder_on_its_way_is_stopped_and_adds_up(
    cast: Cast, hanh: Browser, hoa: str, posts: Posts, clock: SetClock, session: Any, write: Write
) -> None:
    anh = cast.sao_bac.people["anh"].id
    write(lambda s: keep_address(s, anh, AddressKind.PHONE, "0900000777", now=NOON))
    posts.sms.fails = [None, errors.RateLimited("429")]
    message_id = tell(write, cast, hoa, anh)
    posts.run(clock)
    page = hanh.get(f"/messages/{message_id}")
    assert f"/messages/{message_id}/stop" in page
    assert "Còn 1 người chưa gửi." in hanh.get(f"/messages/{message_id}/stop")
    answer = hanh.post(f"/messages/{message_id}/stop")
    assert answer.status_code == 302
    assert hanh.post(f"/messages/{message_id}/stop").status_code == 302, "twice is once"
    page = hanh.get(f"/messages/{message_id}")
    assert "Đã dừng lúc" in page
    assert f"/messages/{message_id}/stop" not in page
    assert figures(page) == {"Đã gửi, chưa tới máy": 1, "Đã huỷ": 1}
    given = len(posts.sms.given)
    clock.move(minutes=30)
    posts.run(clock)
    assert len(posts.sms.given) == given
    acts = session.scalars(select(AuditEntry.act)).all()
    assert acts.count("reminders.stopped") == 1


def test_an_urgent_notice_is_not_stopped_from_here(hanh: Browser, told: str) -> None:
    assert f"/messages/{told}/stop" not in hanh.get(f"/messages/{told}")
    assert hanh.post(f"/messages/{told}/stop").status_code == 404


@pytest.mark.parametrize("way", POSTS)
@pytest.mark.parametrize(("login", "status"), [("khoi", 404), ("lam", 403)])
def test_nobody_elses_message_is_decided(
    client: FlaskClient, told: str, session: Any, way: str, login: str, status: int
) -> None:
    other = Browser(client, login)
    form = token_of(other.get("/my-account"))
    asked = client.post(f"/messages/{told}/{way}", data={"csrf_token": form})
    assert asked.status_code == status
    session.rollback()
    assert "unclear" in set(session.scalars(select(Delivery.status)))


@pytest.mark.parametrize("way", POSTS)
def test_a_decision_needs_the_pages_token(hanh: Browser, told: str, session: Any, way: str) -> None:
    assert hanh.client.post(f"/messages/{told}/{way}").status_code == 400
    assert "unclear" in set(session.scalars(select(Delivery.status)))


@pytest.mark.parametrize("login", ["hanh", "khoi"])
def test_a_message_of_the_park_shows_an_officer_only_the_own_people(
    cast: Cast,
    client: FlaskClient,
    posts: Posts,
    clock: SetClock,
    session: Any,
    write: Write,
    login: str,
) -> None:
    people = {"hanh": cast.sao_bac.people["men"].id, "khoi": cast.minh_tri.people["binh"].id}
    message_id = tell(write, cast, *people.values(), lane=Lane.URGENT)
    write(lambda s: s.execute(update(Message).values(company_id=cast.park_id)))
    posts.run(clock)
    officer = Browser(client, login)
    assert people_of(officer.get(f"/messages/{message_id}")) == 1
    for name, person_id in people.items():
        row = session.scalars(select(Delivery.id).where(Delivery.person_id == person_id)).first()
        status = 200 if name == login else 404
        officer.get(f"/messages/{message_id}/deliveries/{row}", status=status)
