"""Phones that ring for the inbox: sealed for one browser, saying nothing, and gone when told so."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import DeviceToken
from app.audit.models import AuditEntry
from app.delivery.actions.ledger import NewDelivery, NewMessage, open_message, show_message
from app.delivery.actions.roads import queue_by_road
from app.delivery.channels.push_sealing import KEY_FILE, PushKeys, padded, seal, unpadded
from app.delivery.channels.web_push import CODES, HOSTS, MOST_REFUSED, PushGroup, WebPush, read_push
from app.delivery.jobs.rounds import send_queued
from app.delivery.models import ChannelState, ContactPoint, Delivery, PushSubscription
from app.delivery.rules import ChannelError, ChannelName, Lane, Outbound
from app.delivery.rules.codes import FAULTS
from app.delivery.rules.messages import MessageKind
from app.delivery.rules.push import Subscription, is_known_service
from app.delivery.rules.roads import Roads
from app.kernel.ids import new_id
from app.settings import UnsafeSetting
from tests.conftest import SetClock
from tests.factories.people import Cast, Person
from tests.features.delivery.test_sending import FIVE
from tests.peers.push import Phone, PushService, push_service, settings_for

Write = Callable[[Callable[[Session], Any]], Any]
HERE, JSON = "/api/v1/push", "application/json"
PUSH = ChannelName.WEB_PUSH
SAYS = "Sốt thì gọi trạm y tế 0241"


@pytest.fixture
def service() -> Iterator[PushService]:
    with push_service() as told:
        yield told


@pytest.fixture
def push(in_app: Flask, service: PushService, clock: SetClock, tmp_path: Path) -> Iterator[WebPush]:
    """A node that rings phones."""
    clock.at = FIVE
    group = read_push(settings_for())
    assert group is not None
    channel = WebPush(group, PushKeys.in_folder(tmp_path), "KCN Vân Trung", clock.now)
    before = in_app.extensions["channels"]
    in_app.extensions["channels"] = {**before, PUSH: channel}
    yield channel
    in_app.extensions["channels"] = before
    channel.close()


def subscribe(client: FlaskClient, service: PushService, person: Person) -> Phone:
    """Somebody switches it on, as their browser does it."""
    key = client.get(HERE, headers=person.headers).json
    assert key is not None
    phone = service.subscribe(key["public_key"])
    body = {"subscription": phone.subscription}
    answer = client.post(HERE, json=body, headers=person.headers)
    assert (answer.status_code, answer.json) == (200, {"on": True})
    return phone


def tell(write: Write, person: Person, lane: Lane = Lane.NORMAL, at: datetime = FIVE) -> None:
    """A message to somebody, by their roads."""
    ends = at + timedelta(hours=2)

    def work(session: Session) -> None:
        kind = MessageKind.NOTICE if lane is Lane.URGENT else MessageKind.REMINDER
        new = NewMessage(
            kind, new_id(at), {"vi": SAYS}, {"vi": "Sốt"}, None, "Sao Bắc", at, ends, lane
        )
        message_id = open_message(session, new, now=at)
        counted = queue_by_road(
            session,
            message_id,
            [NewDelivery(person.id, "vi", None, None)],
            lane=lane,
            not_before=at,
            expires_at=ends,
            roads=Roads(dict.fromkeys(Lane, (PUSH,))),
            now=at,
        )
        assert sum(counted.values()) == 1, "a bell is not counted as a message"
        show_message(session, message_id, now=at)

    write(work)


def send(clock: SetClock, push: WebPush) -> None:
    send_queued(clock.now, channels={PUSH: push})


def bells(session: Session) -> list[Delivery]:
    session.rollback()
    return list(session.scalars(select(Delivery).where(Delivery.channel == PUSH)))


def test_the_example_of_the_rfc_comes_out_byte_for_byte() -> None:
    own = ec.derive_private_key(
        int.from_bytes(padded("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")), ec.SECP256R1()
    )
    sealed = seal(
        b"When I grow up, I want to be a watermelon",
        p256dh=padded(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
        ),
        auth=padded("BTBZMqHH6r4Tts7J_aSIgg"),
        own=own,
        salt=padded("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert unpadded(sealed) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
        "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    made = PushKeys.in_folder(tmp_path).public
    assert PushKeys.in_folder(tmp_path).public == made
    if os.name != "nt":
        assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [tmp_path / KEY_FILE]


def test_a_phone_rings_and_says_nothing_of_the_message(
    client: FlaskClient,
    cast: Cast,
    write: Write,
    clock: SetClock,
    session: Session,
    service: PushService,
    push: WebPush,
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    phone = subscribe(client, service, hoa)
    tell(write, hoa, Lane.URGENT)
    send(clock, push)
    (rang,) = phone.rang
    mark = rang.pop("m")
    words = "Có thông báo khẩn. Mở An Ca để xem ngay."
    assert rang == {"t": "KCN Vân Trung", "b": words, "u": "/inbox"}
    (call,) = service.calls
    assert (call.headers["TTL"], call.headers["Urgency"]) == ("7200", "high")
    assert service.claims[0]["sub"] == "mailto:anca@kcn.example"
    assert hoa.name.encode() not in call.body
    (bell,) = bells(session)
    assert bell.status == "sent"
    for said, status in (("x" + mark, "sent"), (mark, "delivered"), (mark, "delivered")):
        assert client.post(HERE + "/rung", json={"mark": said}).status_code == 204
        assert bells(session)[0].status == status


def test_what_was_read_meanwhile_rings_no_more(
    client: FlaskClient,
    cast: Cast,
    write: Write,
    clock: SetClock,
    session: Session,
    service: PushService,
    push: WebPush,
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    phone = subscribe(client, service, hoa)
    tell(write, hoa)
    service.weather = ["503"]
    send(clock, push)
    client.get("/api/v1/inbox", headers=hoa.headers)
    clock.move(minutes=5)
    send(clock, push)
    assert phone.rang == []
    assert bells(session)[0].status == "skipped"


@pytest.mark.parametrize(
    ("gone", "weather", "status", "error"),
    [
        (404, "", "permanent-failure", "BadRecipient"),
        (410, "", "permanent-failure", "BadRecipient"),
        (0, "413", "technical-failure", "BadMessage"),
        (0, "429", "queued", "RateLimited"),
        (0, "500", "queued", "Temporary"),
        (0, "drop", "queued", "Temporary"),
        (0, "400", "permanent-failure", "Permanent"),
        (0, "403", "permanent-failure", "Permanent"),
        (0, "302", "queued", "NotUnderstood"),
    ],
)
def test_each_answer_of_a_push_service_has_its_consequence(
    client: FlaskClient,
    cast: Cast,
    write: Write,
    clock: SetClock,
    session: Session,
    service: PushService,
    push: WebPush,
    gone: int,
    weather: str,
    status: str,
    error: str,
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    phone = subscribe(client, service, hoa)
    phone.gone, service.weather = gone, [weather]
    tell(write, hoa)
    send(clock, push)
    (bell,) = bells(session)
    assert (bell.status, bell.error_class) == (status, error)
    assert len(service.calls) == 1
    left = len(session.scalars(select(PushSubscription)).all())
    assert left == (0 if gone else 1), "only a phone that is gone is taken off"
    told = client.get(HERE, headers=hoa.headers).json
    assert told is not None
    assert told["on"] is not bool(gone)
    state = session.get(ChannelState, PUSH)
    assert bool(state and state.paused) == (weather == "429")


def test_one_phone_silences_nobody_and_many_in_a_row_are_the_nodes_own_fault(
    service: PushService, push: WebPush
) -> None:
    phones = [service.subscribe("made for another site") for _ in range(MOST_REFUSED)]
    good = service.subscribe(push.keys.public)

    def ring(phone: Phone) -> str:
        keys = phone.subscription["keys"]
        given = Subscription(phone.endpoint, keys["p256dh"], keys["auth"])
        try:
            push.send(Outbound(new_id(FIVE), given.as_address(), "", Lane.NORMAL))
        except ChannelError as problem:
            return type(problem).__name__
        return "rang"

    assert [ring(phones[0]) for _ in range(9)] == ["Permanent"] * 9
    assert [ring(each) for each in phones[:-1]] == ["Permanent"] * (MOST_REFUSED - 1)
    assert ring(good) == "rang"
    told = [ring(each) for each in phones]
    assert told == ["Permanent"] * (MOST_REFUSED - 1) + ["ConfigProblem"]


def test_a_phone_that_was_signed_out_rings_no_more(
    client: FlaskClient,
    cast: Cast,
    write: Write,
    clock: SetClock,
    session: Session,
    service: PushService,
    push: WebPush,
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    phone = subscribe(client, service, hoa)
    tell(write, hoa)

    def sign_out(session: Session) -> None:
        for token in session.scalars(select(DeviceToken).filter_by(account_id=hoa.id)):
            token.revoked_at = FIVE

    write(sign_out)
    send(clock, push)
    assert (phone.rang, bells(session)[0].error_code) == ([], "gone")


def test_a_phone_rings_for_who_switched_it_on_last(
    client: FlaskClient, cast: Cast, session: Session, service: PushService, push: WebPush
) -> None:
    hoa, anh = cast.sao_bac.people["hoa"], cast.sao_bac.people["anh"]
    phone = subscribe(client, service, hoa)
    body = {"subscription": phone.subscription}
    for _ in range(2):
        assert client.post(HERE, json=body, headers=anh.headers).status_code == 200
    (held,) = session.scalars(select(PushSubscription))
    assert held.account_id == anh.id
    points = session.scalars(select(ContactPoint).where(ContactPoint.channel == "push"))
    assert {each.person_id for each in points if each.gone_at is None} == {anh.id}
    assert client.get(HERE, headers=hoa.headers).json["on"] is False  # type: ignore[index]
    assert client.delete(HERE, headers=anh.headers).json == {"on": False}
    session.rollback()
    assert session.scalars(select(PushSubscription)).all() == []
    acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act.like("delivery.push%")))
    assert sorted(acts) == ["delivery.push_off", *["delivery.push_on"] * 3]


def bad(phone: Phone, **more: Any) -> dict[str, Any]:
    return {"subscription": {**phone.subscription, **more}}


def test_only_known_services_and_true_keys_are_taken(
    client: FlaskClient, cast: Cast, session: Session, service: PushService, push: WebPush
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    phone = service.subscribe(push.keys.public)
    keys = phone.subscription["keys"]
    for body in (
        {},
        {"subscription": "x"},
        bad(phone, endpoint="https://10.0.0.1/admin"),
        bad(phone, endpoint="https://fcm.googleapis.com.evil.example/x"),
        bad(phone, endpoint="https://u:p@127.0.0.1/x"),
        bad(phone, endpoint="file:///etc/passwd"),
        bad(phone, endpoint=phone.endpoint + "\x01"),
        bad(phone, endpoint=phone.endpoint + "\ud800"),
        bad(phone, endpoint=phone.endpoint + "x" * 1000),
        bad(phone, keys={}),
        bad(phone, keys={**keys, "p256dh": "AAAA"}),
        bad(phone, keys={**keys, "auth": "é"}),
    ):
        data = json.dumps(body)
        answer = client.post(HERE, data=data, content_type=JSON, headers=hoa.headers)
        assert (answer.status_code, answer.json["code"]) == (  # type: ignore[index]
            422,
            "delivery.bad_subscription",
        )
    assert session.scalars(select(PushSubscription)).all() == []


def test_who_may_not_switch_is_told_so(
    client: FlaskClient, cast: Cast, service: PushService, push: WebPush, in_app: Flask
) -> None:
    body = {"subscription": service.subscribe(push.keys.public).subscription}
    assert client.post(HERE, json=body).status_code == 401
    assert client.delete(HERE).status_code == 401
    officer = client.post(HERE, json=body, headers=cast.people["an"].headers)
    assert officer.status_code == 403
    assert client.post(HERE, data="x", headers=cast.sao_bac.people["hoa"].headers).json["code"] == (  # type: ignore[index]
        "payload.not_json"
    )
    assert client.post(HERE + "/rung", data="x").status_code == 400
    odd = b'{"mark": "\\ud800.\\ud800"}'
    assert client.post(HERE + "/rung", data=odd, content_type=JSON).status_code == 204
    in_app.extensions["channels"] = {}
    off = client.post(HERE, json=body, headers=cast.sao_bac.people["hoa"].headers)
    assert (off.status_code, off.json["code"]) == (409, "delivery.push_off")  # type: ignore[index]
    assert client.post(HERE + "/rung", json={"mark": "x.y"}).status_code == 204


@pytest.mark.parametrize(
    ("endpoint", "known"),
    [
        ("https://fcm.googleapis.com/fcm/send/x", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/x", True),
        ("https://web.push.apple.com/x", True),
        ("https://wns2-par02p.notify.windows.com/w/?token=x", True),
        ("http://fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com:8443/x", False),
        ("https://fcm.googleapis.com/a\x01b", False),
        ("https://push.apple.com.example/x", False),
        ("https://127.0.0.1/x", False),
        ("https://[::1/x", False),
    ],
)
def test_push_services_are_known_by_their_hosts(endpoint: str, known: bool) -> None:
    assert is_known_service(endpoint, HOSTS) is known


def test_a_half_set_up_push_is_refused_by_name() -> None:
    assert read_push({}) is None
    group = read_push({"ANCA_PUSH_CONTACT": "mailto:a@b.example"})
    assert group == PushGroup("mailto:a@b.example")
    assert replace(group, hosts=HOSTS) == group
    for more in ({"ANCA_PUSH_CONTACT": "a@b"}, {"ANCA_PUSH_LANES": "normal"}):
        with pytest.raises(UnsafeSetting, match="ANCA_PUSH_CONTACT"):
            read_push(more)


def test_every_status_has_words() -> None:
    assert all(each.words for each in CODES.codes)
    assert {each.code for each in CODES.codes if FAULTS[each.outcome] is None} == {
        "200",
        "201",
        "202",
        "204",
    }
