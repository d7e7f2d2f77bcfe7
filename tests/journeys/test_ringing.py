"""A worker has the phone ring: switched on, a sealed bell, shown, and said to the park."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.delivery.channels.push_sealing import PushKeys
from app.delivery.channels.web_push import WebPush, read_push
from app.delivery.jobs.rounds import send_queued
from app.delivery.models import Delivery
from app.delivery.rules import ChannelName, Lane
from app.kernel.clock import SystemClock
from tests.conftest import SetClock
from tests.factories.people import Cast
from tests.features.delivery.test_push import SAYS, tell
from tests.journeys.conftest import PHONE, Visit
from tests.journeys.test_offline import until_kept
from tests.journeys.test_pages import complaints
from tests.peers.push import PushService, push_service, settings_for

Write = Callable[[Callable[[Session], Any]], Any]
# No browser of a test reaches a push service: this one hands out the address of the test's own.
SUBSCRIBES = """(given) => {
    let held = null;
    const made = { options: {}, toJSON: () => given, unsubscribe: async () => (held = null) };
    PushManager.prototype.subscribe = async () => (held = made);
    PushManager.prototype.getSubscription = async () => held;
}"""
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
    .map((each) => [each.title, each.body, each.data])"""


@pytest.fixture
def service() -> Iterator[PushService]:
    with push_service() as told:
        yield told


@pytest.fixture
def push(in_app: Flask, service: PushService, clock: SetClock, tmp_path: Path) -> Iterator[WebPush]:
    """A node that rings phones, by the clock of this machine."""
    group = read_push(settings_for())
    assert group is not None
    channel = WebPush(group, PushKeys.in_folder(tmp_path), "KCN Vân Trung", clock.now)
    before = in_app.extensions["channels"]
    in_app.extensions["channels"] = {**before, ChannelName.WEB_PUSH: channel}
    yield channel
    in_app.extensions["channels"] = before
    channel.close()


def deliver(page: Page, origin: str, told: dict[str, Any]) -> None:
    """Hand the service worker what its push service would."""
    side = page.context.new_cdp_session(page)
    found: list[str] = []
    side.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: found.extend(each["registrationId"] for each in told["registrations"]),
    )
    side.send("ServiceWorker.enable")
    while not found:
        page.wait_for_timeout(50)
    data = json.dumps(told, ensure_ascii=False)
    side.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": origin, "registrationId": found[0], "data": data},
    )


def test_a_phone_is_switched_on_rings_and_is_switched_off(
    visit: Callable[..., Visit],
    cast: Cast,
    clock: SetClock,
    write: Write,
    session: Any,
    service: PushService,
    push: WebPush,
    picture: Callable[[Page, str], None],
    axe: Callable[[Page], list[str]],
) -> None:
    clock.at = SystemClock().now()
    hoa = cast.sao_bac.people["hoa"]
    visitor = visit(PHONE, permissions=["notifications"])
    page = visitor.sign_in_worker(hoa)
    until_kept(page)
    phone = service.subscribe(push.keys.public)
    page.add_init_script(f"({SUBSCRIBES})({json.dumps(phone.subscription)})")
    visitor.open("/ringing")
    page.get_by_role("button", name="Bật trên máy này").click()
    expect(page.get_by_text("Đang bật trên máy này")).to_be_visible()
    assert complaints(page, axe) == []
    picture(page, "ringing-on")
    tell(write, hoa, Lane.URGENT, at=clock.at)
    send_queued(clock.now, channels={ChannelName.WEB_PUSH: push})
    (rang,) = phone.rang
    deliver(page, visitor.site.url, rang)
    for _ in range(200):
        session.rollback()
        bell = session.scalars(
            select(Delivery).where(Delivery.channel == ChannelName.WEB_PUSH)
        ).one()
        if bell.status == "delivered":
            break
        page.wait_for_timeout(50)
    assert bell.status == "delivered", "the phone said that it rang"
    assert bell.delivered_at - clock.at < timedelta(minutes=5)
    words = "Có thông báo khẩn. Mở An Ca để xem ngay."
    assert page.evaluate(SHOWN) == [["KCN Vân Trung", words, "/inbox"]]
    assert SAYS not in json.dumps(rang, ensure_ascii=False)
    page.get_by_role("button", name="Tắt trên máy này").click()
    expect(page.get_by_text("Đang tắt trên máy này")).to_be_visible()
    assert complaints(page, axe) == []
