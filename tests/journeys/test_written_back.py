"""A worker links Zalo, is reminded there, answers KHOE, and the officer's open board counts it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from app.delivery.actions.grants import keep_grant
from app.delivery.channels.in_app import InApp
from app.delivery.jobs.hearing import hear_reports
from app.delivery.jobs.rounds import send_queued
from app.delivery.registry import Channels
from app.delivery.rules import ChannelName
from app.delivery.rules.grants import ZALO
from app.extensions import db
from app.reminders.jobs import plan_due_reminders
from tests.conftest import SetClock
from tests.factories.people import Cast
from tests.factories.reminders import make_schedule
from tests.features.delivery.test_failing_over import sign_out
from tests.features.delivery.test_sending import FIVE
from tests.features.delivery.test_zalo_calls import channels, peer
from tests.features.delivery.test_zalo_grants import ADMIN
from tests.features.delivery.test_zalo_roads import ROADS
from tests.journeys.conftest import Site, Visit
from tests.journeys.test_board import open_board
from tests.peers.zalo import OA_ID, Zalo

__all__ = ["channels", "peer"]
Write = Callable[[Callable[[Session], Any]], Any]
HERS = "77"


def test_one_word_on_zalo_changes_the_board(
    visit: Callable[..., Visit],
    site: Site,
    in_app: Flask,
    cast: Cast,
    clock: SetClock,
    write: Write,
    channels: Channels,
    peer: Zalo,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.reminders.actions.planning.roads_of", lambda settings: ROADS)
    monkeypatch.setattr("app.delivery.jobs.rounds.roads_of", lambda settings: ROADS)
    settings, company_id = in_app.config["SETTINGS"], cast.sao_bac.id
    write(sign_out)
    write(lambda s: keep_grant(s, ZALO, "access-0", "r", channels=[], actor=ADMIN, now=FIVE))
    write(lambda s: make_schedule(s, company_id, settings, FIVE - timedelta(hours=1)))
    plan_due_reminders(FIVE - timedelta(minutes=1))
    page = open_board(visit)
    expect(page.get_by_text("0 / 4 người đi làm")).to_be_visible()
    peer.hook = f"{site.url}/api/v1/zalo"
    peer.join(HERS, "84900000118")

    def acts(event: str, **more: Any) -> list[str]:
        """She does something; what has arrived on her phone since."""
        before = len(peer.taken)
        stamp = str(int(clock.at.timestamp() * 1000))
        told = {"sender": {"id": HERS}, "recipient": {"id": OA_ID}, **more}
        assert peer.call_back(peer.event(event, timestamp=stamp, **told), times=3) == [200] * 3
        db.session.rollback()  # each run of the job begins its own reading
        hear_reports()
        arrives()
        return [each.words for each in peer.taken[before:]]

    def arrives() -> None:
        made = {**channels, ChannelName.IN_APP: InApp()}
        for _ in range(2):
            send_queued(clock.now, channels=made)

    (asked,) = acts("follow")
    assert asked.startswith("[")
    (linked,) = acts("user_submit_info", info={"phone": "84900000118", "name": "Hoa"})
    assert "trả lời KHOE" in linked
    clock.move(seconds=30)
    plan_due_reminders(clock.at)
    arrives()
    assert peer.taken[-1].words.endswith("Nếu khoẻ, trả lời: KHOE")
    (recorded,) = acts("user_send_text", message={"msg_id": "m1", "text": "KHOE"})
    assert recorded.startswith("Đã ghi: khoẻ, ca 1 ngày 24/11/2026.")
    expect(page.get_by_text("1 / 4 người đi làm")).to_be_visible()
    assert page.evaluate("() => window.neverLoadedAgain") is True
