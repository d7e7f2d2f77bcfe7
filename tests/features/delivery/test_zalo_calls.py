"""What Zalo tells: signed in a known way, kept before it is answered, of one effect."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.delivery.actions.contacts import keep_address
from app.delivery.actions.grants import keep_grant
from app.delivery.jobs.health import look_at_channels
from app.delivery.jobs.hearing import hear_reports
from app.delivery.jobs.rounds import send_queued
from app.delivery.models import ChannelState, ContactPoint, Delivery, ProviderEvent, ProviderGrant
from app.delivery.registry import Channels, build_channels, office_of
from app.delivery.rules import Lane
from app.delivery.rules.grants import ZALO
from app.delivery.rules.roads import AddressKind
from app.settings import Settings
from tests.conftest import SetClock
from tests.factories.people import Cast
from tests.features.delivery.test_sending import FIVE
from tests.features.delivery.test_zalo_grants import ADMIN, TPL_PHONE, TPL_UID, queue_for
from tests.peers.zalo import APP_SECRET, CS, OA_ID, Zalo, settings_for, signed, zalo

Write = Callable[[Callable[[Session], Any]], Any]
PLACE, UID = "/api/v1/zalo", "246845883529197922"
STAMP = str(int(FIVE.timestamp() * 1000))


@pytest.fixture
def peer() -> Iterator[Zalo]:
    with zalo() as told:
        yield told


@pytest.fixture
def channels(in_app: Flask, clock: SetClock, peer: Zalo, tmp_path: Any) -> Iterator[Channels]:
    """The node with a Zalo account."""
    clock.at = FIVE
    given = settings_for(peer)
    settings = Settings(instance=tmp_path, channel_settings=tuple(given.items()))
    before, made = in_app.extensions["channels"], build_channels(settings, clock.now)
    in_app.extensions["channels"] = made
    yield made
    in_app.extensions["channels"] = before
    office = office_of(made)
    assert office is not None
    office.close()


@pytest.fixture
def hoa(cast: Cast, write: Write, channels: Channels) -> str:
    """A worker whose Zalo id is known."""
    person = cast.sao_bac.people["hoa"].id
    write(lambda s: keep_address(s, person, AddressKind.ZALO, UID, now=FIVE))
    return person


def call(client: FlaskClient, raw: bytes, **how: Any) -> int:
    return client.post(PLACE, data=raw, headers=signed(raw, **how)).status_code


def point(session: Session, uid_of: str) -> ContactPoint:
    session.rollback()
    chosen = select(ContactPoint).where(ContactPoint.channel == AddressKind.ZALO)
    return session.scalars(chosen.where(ContactPoint.person_id == uid_of)).one()


def events(session: Session) -> list[str | None]:
    session.rollback()
    return list(session.scalars(select(ProviderEvent.outcome).order_by(ProviderEvent.id)))


@pytest.mark.parametrize(
    ("how", "name"),
    [
        ({}, "app+body+webhook"),
        ({"secret": APP_SECRET}, "app+body+app_secret"),
        ({"first": OA_ID}, "oa+body+webhook"),
        ({"stamp": "1764054000999"}, "app+header+webhook"),
    ],
)
def test_each_known_way_to_sign_is_taken_and_counted(
    client: FlaskClient, session: Session, peer: Zalo, hoa: str, how: dict[str, str], name: str
) -> None:
    raw = peer.from_user(UID, text="KHOE")
    assert call(client, raw, **how) == 200
    hear_reports()
    session.rollback()
    assert session.scalars(select(ProviderGrant.signatures)).one() == {name: 1}


@pytest.mark.usefixtures("channels")
def test_a_call_signed_with_another_secret_is_refused_and_shown(
    client: FlaskClient, session: Session, peer: Zalo
) -> None:
    raw = peer.from_user(UID, text="KHOE")
    assert call(client, raw, secret="wrong") == 403
    assert client.post(PLACE, data=raw).status_code == 403
    odd = peer.event("user_send_text", timestamp="x").replace(b'"x"', b'"\\ud800"')
    assert client.post(PLACE, data=odd, headers={"X-ZEvent-Signature": "mac=1"}).status_code == 403
    assert call(client, raw.replace(b"KHOE", b"OM")) == 200
    assert len(events(session)) == 1
    assert session.scalars(select(ProviderGrant.refused_at)).one() == FIVE


@pytest.mark.usefixtures("channels")
def test_an_empty_call_tries_the_address_out_and_leaves_nothing(
    client: FlaskClient, session: Session
) -> None:
    assert client.post(PLACE, json={}).status_code == 200
    assert client.post(PLACE, data=b"[" * 90).status_code == 200
    assert client.post(PLACE, data=b"x" * 70_000).status_code in {403, 413}
    assert events(session) == []


def test_without_an_account_nobody_is_heard(client: FlaskClient) -> None:
    assert client.post(PLACE, json={}).status_code == 404


@pytest.mark.usefixtures("channels")
def test_a_look_at_the_channels_says_whether_a_grant_is_held(
    session: Session, write: Write
) -> None:
    look_at_channels()
    state = session.get(ChannelState, TPL_UID)
    assert state is not None
    assert state.problem == "no_grant"
    write(lambda s: keep_grant(s, ZALO, "access-0", "r", channels=[], actor=ADMIN, now=FIVE))
    look_at_channels()
    session.rollback()
    assert session.get_one(ChannelState, TPL_UID).problem == ""


def test_the_same_call_ten_times_is_one(
    client: FlaskClient, session: Session, peer: Zalo, hoa: str
) -> None:
    raw = peer.from_user(UID, text="KHOE", msg_id="m1")
    again = peer.event(
        "user_send_text",
        timestamp="1764054000999",
        sender={"id": UID},
        recipient={"id": OA_ID},
        message={"msg_id": "m1", "text": "KHOE"},
    )
    assert [call(client, each) for each in [raw] * 9 + [again]] == [200] * 10
    assert events(session) == [None]
    hear_reports()
    assert events(session) == ["applied"]
    kept = session.scalars(select(ProviderEvent.raw)).one()
    assert json.loads(kept)["body"]["message"]["text"] == "KHOE"


def test_following_and_unfollowing_keep_the_address_true(
    client: FlaskClient, session: Session, clock: SetClock, peer: Zalo, hoa: str
) -> None:
    raw = peer.event("unfollow", timestamp=STAMP, oa_id=OA_ID, follower={"id": UID})
    assert call(client, raw) == 200
    hear_reports()
    assert (point(session, hoa).state, point(session, hoa).state_code) == ("invalid", "unfollowed")
    clock.move(minutes=5)
    raw = peer.event("follow", timestamp=STAMP, oa_id=OA_ID, follower={"id": UID})
    assert call(client, raw) == 200
    hear_reports()
    kept = point(session, hoa)
    assert (kept.state, kept.last_inbound_at) == ("ok", FIVE)


def test_writing_opens_the_window_and_an_older_call_does_not_close_it(
    client: FlaskClient, session: Session, clock: SetClock, peer: Zalo, hoa: str
) -> None:
    clock.move(hours=2)
    late = str(int((FIVE + timedelta(hours=1)).timestamp() * 1000))
    for stamp in (late, STAMP):
        raw = peer.event(
            "user_send_text",
            timestamp=stamp,
            sender={"id": UID},
            recipient={"id": OA_ID},
            message={"msg_id": stamp, "text": "KHOE"},
        )
        assert call(client, raw) == 200
    hear_reports()
    assert point(session, hoa).last_inbound_at == FIVE + timedelta(hours=1)


def test_a_shared_number_links_the_one_worker_who_has_it(
    client: FlaskClient, session: Session, cast: Cast, channels: Channels, peer: Zalo
) -> None:
    raw = peer.event(
        "user_submit_info",
        timestamp=STAMP,
        sender={"id": "77"},
        recipient={"id": OA_ID},
        info={"phone": "84900000118", "name": "Hoa"},
    )
    assert call(client, raw) == 200
    hear_reports()
    kept = point(session, cast.sao_bac.people["hoa"].id)
    assert (kept.address, kept.state, kept.last_inbound_at) == ("77", "ok", FIVE)


def test_a_shared_number_takes_nobodys_link_from_them(
    client: FlaskClient, session: Session, peer: Zalo, hoa: str
) -> None:
    for uid in ("77", "77"):
        raw = peer.event(
            "user_submit_info",
            sender={"id": uid},
            recipient={"id": OA_ID},
            info={"phone": "84900000118", "name": "Hoa"},
        )
        assert call(client, raw) == 200
    hear_reports()
    assert point(session, hoa).address == UID
    acts = session.scalars(select(AuditEntry).where(AuditEntry.act.like("delivery.zalo_link%")))
    assert {(each.act, each.subject_id) for each in acts} == {("delivery.zalo_link_refused", hoa)}


def test_old_news_of_following_told_late_changes_nothing(
    client: FlaskClient, session: Session, clock: SetClock, peer: Zalo, hoa: str
) -> None:
    clock.move(minutes=30)
    for event, minutes in (("unfollow", 20), ("follow", 10)):
        stamp = str(int((FIVE + timedelta(minutes=minutes)).timestamp() * 1000))
        raw = peer.event(event, timestamp=stamp, oa_id=OA_ID, follower={"id": UID})
        assert call(client, raw) == 200
        hear_reports()
    kept = point(session, hoa)
    assert (kept.state, kept.state_at) == ("invalid", FIVE + timedelta(minutes=20))


@pytest.mark.usefixtures("channels")
def test_who_cannot_be_asked_for_the_moment_is_asked_later(
    client: FlaskClient, write: Write, peer: Zalo
) -> None:
    write(lambda s: keep_grant(s, ZALO, "access-0", "r", channels=[], actor=ADMIN, now=FIVE))
    peer.broken = True
    for uid in ("77", "78"):
        peer.join(uid)
        raw = peer.event("follow", timestamp=STAMP, oa_id=OA_ID, follower={"id": uid})
        assert call(client, raw) == 200
    hear_reports()
    assert peer.calls[CS] == 1, "who is not heard now is not called once for each"
    peer.broken = False
    hear_reports()
    assert [each.to for each in peer.taken] == ["77", "78"]


@pytest.mark.usefixtures("channels")
def test_who_follows_and_is_unknown_is_asked_once_and_linked_by_what_they_share(
    client: FlaskClient, session: Session, cast: Cast, write: Write, peer: Zalo
) -> None:
    write(lambda s: keep_grant(s, ZALO, "access-0", "r", channels=[], actor=ADMIN, now=FIVE))
    peer.join("77", "84900000118")
    peer.join("78", "84999999999")
    for uid in ("77", "78"):
        raw = peer.event("follow", timestamp=STAMP, oa_id=OA_ID, follower={"id": uid})
        assert call(client, raw) == 200
        assert call(client, peer.from_user(uid, text="Xin chào")) == 200
    hear_reports()
    assert [each.to for each in peer.taken] == ["77", "78"]
    for uid in ("77", "78"):
        assert call(client, peer.shares(uid)) == 200
    hear_reports()
    assert len(peer.taken) == 2
    session.rollback()
    zalo_ids = select(ContactPoint).where(ContactPoint.channel == AddressKind.ZALO)
    assert [each.address for each in session.scalars(zalo_ids)] == ["77"]
    assert call(client, peer.from_user("77", text="Cảm ơn")) == 200
    hear_reports()
    assert len(peer.taken) == 2
    assert point(session, cast.sao_bac.people["hoa"].id).last_inbound_at is not None


@pytest.mark.parametrize("channel", [TPL_UID, TPL_PHONE])
def test_receipts_find_their_message_whoever_of_the_two_is_called_sender(
    client: FlaskClient,
    session: Session,
    clock: SetClock,
    cast: Cast,
    write: Write,
    channels: Channels,
    peer: Zalo,
    channel: Any,
) -> None:
    write(
        lambda s: keep_grant(s, ZALO, "access-0", "refresh-0", channels=[], actor=ADMIN, now=FIVE)
    )
    queue_for(write, cast, peer, channel, "hoa", lane=Lane.NORMAL)
    raw = peer.event(
        "user_received_message",
        timestamp=STAMP,
        sender={"id": OA_ID},
        recipient={"id": "84900000118"},
        message={"msg_id": "nobody", "delivery_time": STAMP},
    )
    assert call(client, raw) == 200
    send_queued(clock.now, channels=channels)
    (taken,) = peer.taken
    message = {"msg_id": taken.number, "delivery_time": STAMP, "tracking_id": taken.tracking_id}
    for event in ("user_received_message", "user_seen_message"):
        raw = peer.event(
            event,
            timestamp=STAMP,
            sender={"id": taken.to},
            recipient={"id": OA_ID},
            message=message,
        )
        assert call(client, raw) == 200
        hear_reports()
    session.rollback()
    row = session.scalars(select(Delivery)).one()
    assert (row.status, row.delivered_at, row.read_at) == ("read", FIVE, FIVE)
    assert events(session) == [None, "applied", "applied"]
    clock.move(minutes=11)
    hear_reports()
    assert events(session)[0] == "unknown"
