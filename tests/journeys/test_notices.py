"""A notice to fifty thousand: asked for, approved, counted down, and stopped on the way."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from app.delivery.channels.sms_http import SmsHttp
from app.delivery.jobs.rounds import send_queued
from app.delivery.models import Delivery
from app.delivery.registry import build_channels
from app.delivery.rules import ChannelName
from app.extensions import db
from app.notices.jobs import run_notices
from app.notices.models import Notice
from tests.conftest import SetClock
from tests.factories.crowds import add_people
from tests.factories.people import Cast
from tests.journeys.conftest import LAPTOP, Visit
from tests.peers.gateway import Asked, Gateway, Says, gateway

Come = Callable[..., Visit]
Write = Callable[[Callable[[Session], object]], object]
Axe = Callable[[Page], list[str]]
Reading = scoped_session[Session]
CROWD, STOPPED_AT, WITHIN_SECONDS = 50_000, 2_000, 5.0
AN_ANSWER_TAKES = 0.02


class SlowGateway:
    """Takes its time over every message, and remembers when each came."""

    def __init__(self, told: Gateway) -> None:
        self.told, self.times = told, list[float]()
        self.reached, self.never = threading.Event(), threading.Event()
        told.always = self.answer

    def answer(self, asked: Asked) -> Says:
        self.times.append(time.monotonic())
        if len(self.times) >= STOPPED_AT:
            self.reached.set()
        self.never.wait(AN_ANSWER_TAKES)
        return Says()


@pytest.fixture
def peer(in_app: Flask, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowGateway]:
    """The park sends text messages over a gateway that is slow."""
    with gateway() as told:
        group = {
            "ANCA_SMS_URL": f"{told.url}/send",
            "ANCA_SMS_BODY": json.dumps({"Phone": "{address}", "Content": "{text}"}),
            "ANCA_SMS_OK_POINTER": "/CodeResult",
            "ANCA_SMS_OK_VALUES": "100",
            "ANCA_SMS_ID_POINTER": "/SMSID",
            "ANCA_SMS_ALLOW_PLAIN": "1",
            "ANCA_SMS_PER_MINUTE": "60000",
        }
        settings = replace(in_app.config["SETTINGS"], channel_settings=tuple(group.items()))
        channels = build_channels(settings, clock.now)
        monkeypatch.setitem(in_app.config, "SETTINGS", settings)
        monkeypatch.setitem(in_app.extensions, "channels", channels)
        yield SlowGateway(told)
        sms = channels[ChannelName.SMS_HTTP]
        assert isinstance(sms, SmsHttp)
        sms.close()


@contextmanager
def jobs_running(app: Flask, clock: SetClock) -> Iterator[None]:
    """What the clock starts on a server, in threads of this process."""
    over, faults = threading.Event(), list[BaseException]()

    def again(job: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            with app.app_context():
                while not over.is_set():
                    try:
                        job()
                    except BaseException as fault:
                        faults.append(fault)
                        return
                    db.session.remove()
                    over.wait(0.05)

        return run

    jobs: list[Callable[[], object]] = [
        lambda: run_notices(clock.now),
        lambda: send_queued(clock.now, seconds=5),
    ]
    threads = [threading.Thread(target=again(job), daemon=True) for job in jobs]
    for each in threads:
        each.start()
    try:
        yield
    finally:
        over.set()
        for each in threads:
            each.join(60)
    assert faults == []


def figures(page: Page) -> dict[str, int]:
    """The figures that the page shows."""
    found: dict[str, Any] = page.evaluate(
        "() => Object.fromEntries(Array.from(document.querySelectorAll('[data-figure]'),"
        " (each) => [each.dataset.figure, each.textContent]))"
    )
    return {name: int(re.sub(r"\D", "", text)) for name, text in found.items()}


def test_fifty_thousand_are_asked_for_and_two_thousand_get_it(
    visit: Come,
    cast: Cast,
    clock: SetClock,
    session: Reading,
    write: Write,
    peer: SlowGateway,
    in_app: Flask,
    axe: Axe,
    picture: Callable[[Page, str], None],
) -> None:
    company = cast.sao_bac
    lines = list(company.lines.values())
    write(lambda inner: add_people(inner, company.id, lines, CROWD, clock.at))

    desk = visit(LAPTOP).sign_in_officer("hanh")
    desk.get_by_role("link", name="Thông báo khẩn").click()
    assert axe(desk) == []
    desk.get_by_role("link", name="Soạn thông báo").first.click()
    desk.get_by_label("Tiêu đề", exact=True).fill("Tạm dừng ca sáng xưởng B2")
    desk.get_by_label("Nội dung", exact=True).fill("Ở yên tại chỗ. Gọi {hotline}.")
    desk.get_by_label("Tất cả mọi người").check()
    desk.get_by_role("button", name="Đếm và xem trước").click()
    expect(desk.get_by_text("Không kênh nào", exact=False).first).to_be_visible()
    picture(desk, "notice-compose")
    assert axe(desk) == []
    desk.get_by_role("button", name="Lưu bản nháp").click()
    picture(desk, "notice-draft")
    assert axe(desk) == []
    desk.get_by_role("button", name=re.compile(r"Xin duyệt gửi 50\.\d+ người")).click()
    expect(desk.get_by_text("Bạn đã soạn thông báo này")).to_be_visible()

    other = visit(LAPTOP).sign_in_officer("lam")
    other.get_by_role("link", name="Thông báo khẩn").click()
    other.get_by_role("link", name="Tạm dừng ca sáng xưởng B2").click()
    assert axe(other) == []
    other.get_by_role("button", name=re.compile(r"Duyệt gửi 50\.\d+ người")).click()
    expect(other.get_by_role("timer")).to_be_visible()
    assert axe(other) == []
    picture(other, "notice-countdown")

    desk.reload()
    expect(desk.get_by_role("button", name="Dừng lại, chưa gửi")).to_be_visible()
    clock.move(seconds=60)
    with jobs_running(in_app, clock):
        expect(desk.get_by_role("link", name="Dừng gửi")).to_be_visible(timeout=60_000)
        assert peer.reached.wait(120), f"only {len(peer.times)} were handed over"
        picture(desk, "notice-sending")
        desk.get_by_role("link", name="Dừng gửi").click()
        desk.get_by_role("button", name="Dừng gửi ngay").click()
        pressed = time.monotonic()
        expect(desk.get_by_text("Đã dừng gửi").first).to_be_visible(timeout=60_000)
    handed_over = len(peer.times)
    send_queued(clock.now)
    assert len(peer.times) == handed_over
    assert peer.times[-1] - pressed <= WITHIN_SECONDS
    assert STOPPED_AT <= handed_over < CROWD // 2

    run_notices(clock.now)
    session.rollback()
    notice = session.scalars(select(Notice)).one()
    sent = session.scalar(
        select(func.count())
        .select_from(Delivery)
        .where(Delivery.message_id == notice.message_id, Delivery.channel == "sms_http")
        .where(Delivery.sent_at.is_not(None))
    )
    assert sent == handed_over
    desk.reload()
    told = figures(desk)
    assert told["left"] == handed_over
    assert told["waiting"] == 0
    assert told["left"] + told["failed"] + told["stopped"] == notice.audience
    assert axe(desk) == []
    picture(desk, "notice-stopped")
    desk.get_by_role("link", name="Ai đã nhận").click()
    expect(desk.get_by_text("Nguyễn Văn Số").first).to_be_visible()
    assert axe(desk) == []
    other.reload()
    expect(other.get_by_text("Chuyền 7").first).to_be_visible()
    assert other.get_by_text("Nguyễn Văn Số").count() == 0
