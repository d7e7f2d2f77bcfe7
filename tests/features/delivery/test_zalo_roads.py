"""From the scan of a code to the message: linked, free text while that is free, then templates."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.delivery.actions.grants import keep_grant
from app.delivery.channels.in_app import InApp
from app.delivery.jobs.hearing import hear_reports
from app.delivery.jobs.rounds import send_queued
from app.delivery.models import Delivery
from app.delivery.registry import Channels
from app.delivery.rules import ChannelName, Lane
from app.delivery.rules.grants import ZALO
from app.delivery.rules.roads import Roads
from tests.conftest import SetClock
from tests.factories.people import Cast
from tests.features.delivery.test_failing_over import legs, sign_out, tell
from tests.features.delivery.test_sending import FIVE, Post
from tests.features.delivery.test_zalo_calls import call, channels, peer
from tests.features.delivery.test_zalo_grants import ADMIN
from tests.peers.zalo import CS, OA_ID, PHONE, UID, Zalo

__all__ = ["channels", "peer"]
Write = Callable[[Callable[[Session], Any]], Any]
CS_ROAD, UID_ROAD, PHONE_ROAD, SMS = (
    ChannelName.ZALO_CS,
    ChannelName.ZALO_TPL_UID,
    ChannelName.ZALO_TPL_PHONE,
    ChannelName.SMS_HTTP,
)
ROADS = Roads(dict.fromkeys(Lane, (CS_ROAD, UID_ROAD, PHONE_ROAD, SMS)))


@pytest.fixture
def database() -> str:
    """What is asked here does not depend on the database."""
    return "sqlite"


@pytest.fixture
def linked(
    cast: Cast,
    client: FlaskClient,
    clock: SetClock,
    write: Write,
    channels: Channels,
    peer: Zalo,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """A worker without a device who followed, was asked, and shared the number."""
    monkeypatch.setattr("app.delivery.jobs.rounds.roads_of", lambda settings: ROADS)
    write(sign_out)
    write(lambda s: keep_grant(s, ZALO, "access-0", "r", channels=[], actor=ADMIN, now=FIVE))
    peer.join("77", "84900000118")
    stamp = str(int(FIVE.timestamp() * 1000))
    follow = peer.event("follow", timestamp=stamp, oa_id=OA_ID, follower={"id": "77"})
    assert call(client, follow) == 200
    hear_reports()
    assert call(client, peer.shares("77")) == 200
    hear_reports()
    assert [each.door for each in peer.taken] == [CS]
    peer.taken.clear()
    write(lambda s: s.execute(delete(Delivery)))  # the answer to who linked is another story
    return cast.sao_bac.people["hoa"].id


def run(in_app: Flask, clock: SetClock, sms: Post) -> None:
    made = {**in_app.extensions["channels"], ChannelName.IN_APP: InApp(), SMS: sms}
    for _ in range(3):
        send_queued(clock.now, channels=made)


def test_free_text_while_it_is_free_and_a_template_afterwards(
    in_app: Flask, cast: Cast, linked: str, clock: SetClock, write: Write, peer: Zalo
) -> None:
    clock.move(hours=2)
    tell(write, cast, linked, at=clock.at, roads=ROADS)
    run(in_app, clock, Post())
    assert [each.door for each in peer.taken] == [CS]
    clock.move(hours=60)
    tell(write, cast, linked, at=clock.at, roads=ROADS)
    run(in_app, clock, Post())
    assert [each.door for each in peer.taken] == [CS, UID]


def test_who_left_zalo_gets_the_urgent_notice_by_sms(
    in_app: Flask,
    cast: Cast,
    linked: str,
    clock: SetClock,
    write: Write,
    peer: Zalo,
    session: Session,
) -> None:
    clock.move(hours=60)
    peer.users.clear()
    sms = Post()
    tell(write, cast, linked, lane=Lane.URGENT, at=clock.at, roads=ROADS)
    run(in_app, clock, sms)
    clock.move(minutes=4)  # what was handed over in the house is given that long
    run(in_app, clock, sms)
    run(in_app, clock, sms)
    assert (peer.taken, len(sms.given)) == ([], 1)
    assert peer.calls[UID] == peer.calls[PHONE] == 1
    assert legs(session) == {
        "in_app": "sent",
        "zalo_cs": "permanent-failure",
        "zalo_tpl_uid": "permanent-failure",
        "zalo_tpl_phone": "permanent-failure",
        "sms_http": "sent",
    }
