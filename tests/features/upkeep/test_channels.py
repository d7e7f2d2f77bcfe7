"""The page of channels: what is set up, how it does, and a person's hand on the tap."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.delivery.actions.sending import claim_due, settle_failed
from app.delivery.channels.email import Email, read_smtp
from app.delivery.channels.sms_group import read_sms
from app.delivery.channels.sms_http import SmsHttp
from app.delivery.channels.web_push import WebPush
from app.delivery.jobs.rounds import send_queued
from app.delivery.models import ChannelState, PushSubscription
from app.delivery.registry import READERS, build_channels, refuse_unsafe_channels, roads_of
from app.delivery.rules import ChannelName, ConfigProblem, Lane, RateLimited
from app.settings import Settings, UnsafeSetting
from tests.conftest import SetClock
from tests.factories.people import Cast
from tests.features.delivery.test_email import GROUP as SMTP
from tests.features.delivery.test_push import push, service
from tests.features.delivery.test_sending import FIVE, SMS, Post, queue
from tests.features.delivery.test_sms_http import GROUP
from tests.features.upkeep.test_node_pages import enter, token_in
from tests.peers.gateway import Gateway, Says, gateway
from tests.peers.mail import MailServer, mail_server
from tests.peers.push import PushService

__all__ = ["enter", "push", "service"]
Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def peer() -> Iterator[Gateway]:
    with gateway() as told:
        yield told


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as told:
        yield told


@pytest.fixture
def set_up(in_app: Flask, clock: SetClock, peer: Gateway, mail: MailServer) -> Iterator[SmsHttp]:
    """The node with an SMS gateway and a mail server."""
    sms_group = read_sms({**GROUP, "ANCA_SMS_URL": peer.url})
    smtp_group = read_smtp({**SMTP, "ANCA_SMTP_PORT": str(mail.port)})
    assert sms_group is not None
    assert smtp_group is not None
    sms, before = SmsHttp(sms_group, clock.now), in_app.extensions["channels"]
    letters = Email(smtp_group, clock.now)
    in_app.extensions["channels"] = {**before, SMS: sms, ChannelName.EMAIL: letters}
    yield sms
    in_app.extensions["channels"] = before
    sms.close()


@pytest.fixture
def admin(enter: Any, cast: Cast) -> FlaskClient:
    browser: FlaskClient = enter(cast.people["an"])
    return browser


def page(admin: FlaskClient) -> str:
    answer = admin.get("/admin/channels")
    assert answer.status_code == 200
    return answer.text.replace("\u00a0", " ")


def press(admin: FlaskClient, place: str, **values: str) -> str:
    """Press a button of the page; the page afterwards."""
    token = token_in(page(admin))
    answer = admin.post(f"/admin/channels/{place}", data={"csrf_token": token, **values})
    assert answer.status_code == 302, answer.text
    return page(admin)


def state(session: Any) -> ChannelState:
    session.rollback()
    found: ChannelState = session.scalars(select(ChannelState)).one()
    return found


def test_what_is_not_set_up_says_how_to(admin: FlaskClient, in_app: Flask) -> None:
    told = page(admin)
    assert told.count("Chưa cài đặt") == len(READERS)
    assert "ANCA_SMTP_" in told
    assert roads_of(in_app.config["SETTINGS"]).of(Lane.URGENT) == ()


def test_a_wrong_setting_is_named_and_the_channel_is_off(
    admin: FlaskClient, in_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    settings: Settings = in_app.config["SETTINGS"]
    wrong = replace(settings, channel_settings=(("ANCA_SMS_URL", "http://sms.example/"),))
    in_app.config["SETTINGS"] = wrong
    try:
        told = page(admin)
        assert set(build_channels(wrong, lambda: FIVE)) == {ChannelName.IN_APP}
    finally:
        in_app.config["SETTINGS"] = settings
    assert "Cài đặt chưa đúng" in told
    assert "ANCA_SMS_" in told
    with pytest.raises(UnsafeSetting, match="ANCA_SMS_BODY"):
        refuse_unsafe_channels(wrong)


def test_lanes_go_over_the_channels_that_are_open_to_them(in_app: Flask) -> None:
    given = {**GROUP, **SMTP, "ANCA_SMTP_LANES": "normal bulk"}
    settings = replace(in_app.config["SETTINGS"], channel_settings=tuple(given.items()))
    roads = roads_of(settings)
    assert roads.of(Lane.URGENT) == (SMS,)
    assert roads.of(Lane.NORMAL) == (ChannelName.EMAIL,)


@pytest.mark.usefixtures("set_up")
def test_figures_of_the_day_and_of_the_last_hour(
    enter: Any, cast: Cast, clock: SetClock, write: Write
) -> None:
    clock.at = FIVE
    write(lambda s: queue(s, cast, "hoa", "anh", "men"))
    send_queued(clock.now, channels={SMS: Post([None, ConfigProblem("401")])})
    clock.move(minutes=30)
    told = " ".join(page(enter(cast.people["an"])).split())
    assert 'Được nhận</th> <td class="num">1</td> <td class="num">1</td>' in told
    assert 'Lỗi</th> <td class="num">1</td> <td class="num">1</td>' in told
    assert "từ chối tài khoản hoặc thiết lập (mã 401)" in told
    clock.move(minutes=60)
    told = " ".join(page(enter(cast.people["an"])).split())
    assert 'Được nhận</th> <td class="num">1</td> <td class="num">0</td>' in told


@pytest.mark.usefixtures("set_up")
def test_a_channel_rests_until_somebody_says_so(
    admin: FlaskClient, cast: Cast, clock: SetClock, write: Write, session: Session
) -> None:
    clock.at = FIVE
    told = press(admin, "sms_http/pause")
    assert "Đã tạm dừng SMS" in told
    assert "/admin/channels/sms_http/resume" in told, "to undo it"
    write(lambda s: queue(s, cast, "hoa", lane=Lane.URGENT))
    post = Post()
    send_queued(clock.now, channels={SMS: post})
    assert post.given == []
    assert "Quản trị viên đã tạm dừng" in page(admin)
    assert "SMS gửi tiếp." in press(admin, "sms_http/resume")
    send_queued(clock.now, channels={SMS: post})
    assert len(post.given) == 1
    session.rollback()
    acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act.startswith("delivery.")))
    assert sorted(acts) == ["delivery.channel_paused", "delivery.channel_resumed"]


@pytest.mark.usefixtures("set_up")
def test_no_provider_wakes_what_a_person_stopped(
    admin: FlaskClient, cast: Cast, clock: SetClock, write: Write, session: Session
) -> None:
    clock.at = FIVE
    write(lambda s: queue(s, cast, "hoa"))
    taken = write(lambda s: claim_due(s, SMS, Lane.NORMAL, limit=1, holder="a", now=FIVE))[0]
    press(admin, "sms_http/pause")
    late = RateLimited("429")
    write(lambda s: settle_failed(s, taken, late, jitter=0, now=FIVE))
    found = state(session)
    assert (found.pause_reason, found.resume_at) == ("by_person", None)


def test_a_test_message_says_what_became_of_it(
    admin: FlaskClient, set_up: SmsHttp, peer: Gateway, session: Session
) -> None:
    assert "đã nhận tin thử (mã s1)" in press(admin, "sms_http/try", address="0900 000 118")
    assert peer.asked[0].json["Phone"] == "0900000118"
    assert "tin thu gui luc" in peer.asked[0].json["Content"]
    for says, words in (
        (Says(content={"CodeResult": "99"}), "không nhận địa chỉ này (mã 99)"),
        (Says(content={"CodeResult": "146"}), "từ chối nội dung (mã 146)"),
        (Says(401), "từ chối tài khoản"),
        (Says(429), "gửi quá nhanh"),
        (Says(content={"CodeResult": "7"}), "hết hạn mức"),
        (Says(content=b"<html>"), "Không hiểu câu trả lời"),
        (Says(drop=True), "không có câu trả lời"),
        (Says(500), "đang bận"),
    ):
        peer.says = [says]
        assert words in press(admin, "sms_http/try", address="0900000118")
    assert "không đúng dạng" in press(admin, "sms_http/try", address="mấy giờ")
    assert "đã nhận tin thử" in press(admin, "sms_http/try", address="0900000118")
    asked = len(peer.asked)
    assert "10 tin thử trong một giờ" in press(admin, "sms_http/try", address="0900000118")
    assert len(peer.asked) == asked == 10
    session.rollback()
    kept = session.scalars(select(AuditEntry).where(AuditEntry.act == "delivery.channel_tried"))
    assert {str(each.details) for each in kept} == {
        str({"channel": "sms_http", "address": "***118"})
    }


@pytest.mark.usefixtures("set_up")
def test_a_test_letter_goes_to_the_mail_server(admin: FlaskClient, mail: MailServer) -> None:
    assert "đã nhận tin thử" in press(admin, "email/try", address="an@kcn.example")
    assert len(mail.letters) == 1
    assert mail.said[-1].upper() == "QUIT", "the connection is not kept"


@pytest.mark.usefixtures("set_up")
@pytest.mark.parametrize("place", ["in_app/pause", "zalo_cs/resume", "nobody/try"])
def test_there_is_nothing_to_press_for_other_channels(admin: FlaskClient, place: str) -> None:
    token = token_in(page(admin))
    answer = admin.post(f"/admin/channels/{place}", data={"csrf_token": token})
    assert answer.status_code == 404


def test_a_bell_is_tried_out_in_the_browser_that_asks_and_nothing_of_it_is_kept(
    admin: FlaskClient, push: WebPush, service: PushService, session: Session
) -> None:
    assert push.keys.public in page(admin)
    phone = service.subscribe(push.keys.public)
    told = press(admin, "web_push/try", address=json.dumps(phone.subscription))
    assert "đã nhận tin thử" in told
    assert [bell["b"] for bell in phone.rang] == ["Bạn có tin mới. Mở An Ca để xem."]
    elsewhere = phone.subscription | {"endpoint": "https://attacker.example/x"}
    for given in (json.dumps(elsewhere), "not JSON", ""):
        press(admin, "web_push/try", address=given)
    assert len(service.calls) == 1
    assert session.scalar(select(func.count(PushSubscription.id))) == 0
    session.rollback()
    tried = select(AuditEntry).where(AuditEntry.act == "delivery.channel_tried")
    (entry,) = session.scalars(tried)
    assert phone.endpoint not in json.dumps(entry.details)
