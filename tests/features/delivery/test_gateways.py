"""SMS over eSMS and SpeedSMS: every code of their documents, and what they do when they are ill."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.delivery.actions.contacts import keep_address
from app.delivery.actions.ledger import Leg, NewDelivery, add_legs
from app.delivery.channels import sms_esms, sms_speedsms
from app.delivery.channels.sms_esms import SmsEsms, read_esms
from app.delivery.channels.sms_speedsms import SmsSpeedsms, read_speedsms
from app.delivery.jobs.asking import ask_sent
from app.delivery.jobs.health import look_at_channels
from app.delivery.jobs.hearing import hear_reports
from app.delivery.jobs.rounds import send_queued
from app.delivery.models import ChannelState, Delivery, ProviderEvent
from app.delivery.queries.addresses import find_addresses
from app.delivery.rules import (
    BadMessage,
    BadRecipient,
    Channel,
    ChannelError,
    ChannelName,
    ConfigProblem,
    Lane,
    NotUnderstood,
    Outbound,
    Permanent,
    RateLimited,
    Status,
    Temporary,
    Unclear,
)
from app.delivery.rules.codes import FAULTS, CodeTable, ProviderCode
from app.delivery.rules.roads import AddressKind
from app.settings import UnsafeSetting
from tests.conftest import SetClock
from tests.factories.people import Cast
from tests.features.delivery.test_sending import FIVE, queue
from tests.peers import esms as esms_peer
from tests.peers import speedsms as speed_peer
from tests.peers.esms import Esms, Text
from tests.peers.gateway import Says
from tests.peers.speedsms import Speedsms

NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)
SECRET = "s" * 30
OUT = Outbound("0199b7a0-0000-7000-8000-000000000001", "84900000118", "Đeo khẩu trang khi lên xe")
Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def esms() -> Iterator[Esms]:
    with esms_peer.esms() as service:
        yield service


@pytest.fixture
def speed() -> Iterator[Speedsms]:
    with speed_peer.speedsms() as service:
        yield service


@pytest.fixture
def by_esms(esms: Esms) -> Iterator[SmsEsms]:
    more = {
        "ANCA_ESMS_CALLBACK_BASE": "https://kcn.example",
        "ANCA_ESMS_CALLBACK_SECRET": SECRET,
    }
    group = read_esms({**esms_peer.settings_for(esms), **more})
    assert group is not None
    channel = SmsEsms(replace(group, seconds=2), lambda: NOON)
    yield channel
    channel.close()


@pytest.fixture
def by_speed(speed: Speedsms) -> Iterator[SmsSpeedsms]:
    more = {"ANCA_SPEEDSMS_CALLBACK_SECRET": SECRET}
    group = read_speedsms({**speed_peer.settings_for(speed), **more})
    assert group is not None
    channel = SmsSpeedsms(replace(group, seconds=2), lambda: NOON)
    yield channel
    channel.close()


def failure(channel: Channel, out: Outbound = OUT) -> ChannelError:
    with pytest.raises(ChannelError) as raised:
        channel.send(out)
    return raised.value


def test_esms_gets_what_its_documents_ask_for(esms: Esms, by_esms: SmsEsms) -> None:
    accepted = by_esms.send(OUT)
    (text,) = esms.texts.values()
    assert text.body == {
        "ApiKey": esms_peer.API_KEY,
        "SecretKey": esms_peer.SECRET_KEY,
        "Phone": "0900000118",
        "Content": "Deo khau trang khi len xe",
        "Brandname": esms_peer.BRANDNAME,
        "SmsType": "2",
        "IsUnicode": 0,
        "Sandbox": 0,
        "RequestId": OUT.delivery_id,
        "CallbackUrl": f"https://kcn.example/api/v1/channels/sms_esms/{SECRET}",
    }
    assert (accepted.external_ids, accepted.parts) == ((text.sms_id,), 1)
    assert by_esms.health().balance == esms.balance == 100_000 - 800


def test_a_text_that_esms_took_before_its_answer_was_lost_goes_out_once(
    esms: Esms, by_esms: SmsEsms
) -> None:
    esms.weather = ["drop"]
    assert isinstance(failure(by_esms), Unclear)
    accepted = by_esms.send(OUT)
    assert len(esms.texts) == 1
    assert accepted.external_ids == tuple(esms.texts)


@pytest.mark.parametrize("known", sms_esms.CODES.codes, ids=lambda known: known.code)
def test_every_code_of_esms_means_what_its_table_says(
    esms: Esms, by_esms: SmsEsms, known: ProviderCode
) -> None:
    esms.weather = [known.code]
    check_code(by_esms, known)


@pytest.mark.parametrize("known", sms_speedsms.CODES.codes, ids=lambda known: known.code)
def test_every_code_of_speedsms_means_what_its_table_says(
    speed: Speedsms, by_speed: SmsSpeedsms, known: ProviderCode
) -> None:
    speed.weather = [known.code]
    check_code(by_speed, known)


def check_code(channel: Channel, known: ProviderCode) -> None:
    kind = FAULTS[known.outcome]
    assert known.words
    if kind is None:
        assert channel.send(OUT).external_ids
        return
    problem = failure(channel)
    assert (type(problem), problem.code) == (kind, known.code)


@pytest.mark.parametrize(
    ("weather", "kind", "code"),
    [
        ("html", NotUnderstood, "no_code"),
        ("busy", Temporary, "503"),
        ("4711", NotUnderstood, "4711"),
        ("drop", Unclear, "no_answer"),
        ("slow", Unclear, "no_answer"),
    ],
)
def test_what_esms_does_when_it_is_ill_has_its_class(
    esms: Esms, by_esms: SmsEsms, weather: str, kind: type[ChannelError], code: str
) -> None:
    esms.weather = [weather]
    hasty = SmsEsms(replace(by_esms.group, seconds=0.3), lambda: NOON)
    problem = failure(hasty)
    hasty.close()
    assert (type(problem), problem.code) == (kind, code)
    assert esms.at is not None
    assert len(esms.at.asked) == 1, "nothing is tried twice on its own"


@pytest.mark.parametrize(
    ("set_up", "kind", "code"),
    [
        ({"blocked": {"0900000118"}}, BadRecipient, "99"),
        ({"balance": 0}, ConfigProblem, "103"),
        ({"template": "KCN Van Trung:"}, BadMessage, "146"),
        ({"unknown_carriers": ("090",)}, Permanent, "177"),
    ],
)
def test_esms_refuses_for_the_reasons_it_documents(
    esms: Esms, by_esms: SmsEsms, set_up: dict[str, Any], kind: type[ChannelError], code: str
) -> None:
    for name, value in set_up.items():
        setattr(esms, name, value)
    problem = failure(by_esms)
    assert (type(problem), problem.code) == (kind, code)


def test_accents_are_said_to_esms_and_cost_more_parts(esms: Esms, by_esms: SmsEsms) -> None:
    accented = SmsEsms(replace(by_esms.group, accents=True), lambda: NOON)
    text = "Mời bạn khai báo sức khoẻ trước bảy giờ sáng mai, cảm ơn bạn đã cùng giữ an toàn."
    assert accented.send(replace(OUT, text=text)).parts == 2
    accented.close()
    (taken,) = esms.texts.values()
    assert (taken.body["IsUnicode"], taken.body["Content"]) == (1, text)


def test_neither_keys_nor_numbers_are_kept(esms: Esms, by_esms: SmsEsms) -> None:
    assert esms.at is not None
    echo = {"CodeResult": "108", "Phone": "0900000118", "Key": esms_peer.SECRET_KEY}
    esms.at.says = [Says(content=echo)]
    told = json.dumps(failure(by_esms).told) + repr(by_esms.group)
    for secret in (esms_peer.API_KEY, esms_peer.SECRET_KEY, SECRET, "0000118"):
        assert secret not in told


def test_what_became_of_a_text_is_told_by_esms_when_asked(esms: Esms, by_esms: SmsEsms) -> None:
    ids = [by_esms.send(replace(OUT, delivery_id=f"d{n}")).external_ids[0] for n in range(4)]
    esms.finish(ids[0])
    esms.finish(ids[1], arrived=0)
    esms.finish(ids[2], state=4, arrived=0)
    reports = list(by_esms.poll([*ids, "never-sent", OUT.delivery_id]))
    assert [(each.external_id, each.status, each.cost) for each in reports] == [
        (ids[0], Status.DELIVERED, 800),
        (ids[1], Status.PERMANENT_FAILURE, 800),
        (ids[2], Status.PERMANENT_FAILURE, 800),
    ]


def test_speedsms_gets_what_its_documents_ask_for(speed: Speedsms, by_speed: SmsSpeedsms) -> None:
    accepted = by_speed.send(OUT)
    ((number, body),) = speed.texts.items()
    assert body == {
        "to": ["84900000118"],
        "content": "Deo khau trang khi len xe",
        "sms_type": 2,
        "sender": "",
    }
    assert (accepted.external_ids, accepted.cost) == ((number,), 750)
    assert by_speed.health().balance == speed.balance


@pytest.mark.parametrize(
    ("weather", "kind", "code"),
    [
        ("html", NotUnderstood, "no_code"),
        ("4711", NotUnderstood, "4711"),
        ("drop", Unclear, "no_answer"),
        ("slow", Unclear, "no_answer"),
    ],
)
def test_what_speedsms_does_when_it_is_ill_has_its_class(
    speed: Speedsms, by_speed: SmsSpeedsms, weather: str, kind: type[ChannelError], code: str
) -> None:
    speed.weather = [weather]
    hasty = SmsSpeedsms(replace(by_speed.group, seconds=0.3), lambda: NOON)
    problem = failure(hasty)
    hasty.close()
    assert (type(problem), problem.code) == (kind, code)


def test_the_sixty_first_call_of_a_minute_waits_as_long_as_speedsms_says(
    speed: Speedsms, by_speed: SmsSpeedsms
) -> None:
    speed.calls_left = 0
    problem = failure(by_speed)
    assert isinstance(problem, RateLimited)
    assert problem.retry_after == timedelta(seconds=37)


def test_a_wrong_token_stops_the_channel(speed: Speedsms, by_speed: SmsSpeedsms) -> None:
    stranger = SmsSpeedsms(replace(by_speed.group, token="other"), lambda: NOON)
    assert isinstance(failure(stranger), ConfigProblem)
    health = stranger.health()
    stranger.close()
    assert (health.ok, health.why) == (False, "0")


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (0, Status.DELIVERED),
        (1, Status.TEMPORARY_FAILURE),
        (63, Status.TEMPORARY_FAILURE),
        (64, Status.PERMANENT_FAILURE),
    ],
)
def test_states_of_speedsms_mean_the_same_told_or_asked(
    speed: Speedsms, by_speed: SmsSpeedsms, state: int, status: Status
) -> None:
    (number,) = by_speed.send(OUT).external_ids
    told = json.dumps(speed.report(number, state)).encode()
    (heard,) = by_speed.parse({"Content-Type": "application/json"}, told, {})
    (asked,) = by_speed.poll([number, OUT.delivery_id])
    assert heard == asked
    assert (heard.external_id, heard.status) == (number, status)


def test_what_is_no_report_is_nothing(by_speed: SmsSpeedsms, by_esms: SmsEsms) -> None:
    for raw in (b"", b"[1]", b"\xff", b'{"type": "sms", "tranId": 1, "status": 0}'):
        assert list(by_speed.parse({}, raw, {})) == []
        assert list(by_esms.parse({}, raw, {"SMSID": "x", "SendStatus": "1"})) == []


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"ANCA_ESMS_API_KEY": ""}, "ANCA_ESMS_API_KEY"),
        ({"ANCA_ESMS_BRANDNAME": ""}, "ANCA_ESMS_BRANDNAME"),
        ({"ANCA_ESMS_URL": "http://esms.example"}, "ANCA_ESMS_ALLOW_PLAIN"),
        ({"ANCA_ESMS_SMS_TYPE": "9"}, "ANCA_ESMS_SMS_TYPE"),
        ({"ANCA_ESMS_CALLBACK_SECRET": SECRET}, "ANCA_ESMS_CALLBACK_BASE"),
        ({"ANCA_ESMS_CALLBACK_BASE": "https://kcn.example"}, "ANCA_ESMS_CALLBACK_SECRET"),
        ({"ANCA_ESMS_CALLBACK_SECRET": "short"}, "ANCA_ESMS_CALLBACK_SECRET"),
        ({"ANCA_ESMS_BRANDNAM": "x"}, "ANCA_ESMS_BRANDNAM"),
    ],
)
def test_a_half_set_up_esms_is_refused_by_name(more: dict[str, str], named: str) -> None:
    whole = {
        "ANCA_ESMS_API_KEY": "a",
        "ANCA_ESMS_SECRET_KEY": "b",
        "ANCA_ESMS_BRANDNAME": "KCN",
    }
    assert read_esms(whole) is not None
    with pytest.raises(UnsafeSetting, match=named):
        read_esms({**whole, **more})


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"ANCA_SPEEDSMS_TOKEN": ""}, "ANCA_SPEEDSMS_TOKEN"),
        ({"ANCA_SPEEDSMS_SMS_TYPE": "3"}, "ANCA_SPEEDSMS_SENDER"),
        ({"ANCA_SPEEDSMS_PER_MINUTE": "61"}, "ANCA_SPEEDSMS_PER_MINUTE"),
        ({"ANCA_SPEEDSMS_STATUS_PATH": "/x"}, "ANCA_SPEEDSMS_STATUS_PATH"),
    ],
)
def test_a_half_set_up_speedsms_is_refused_by_name(more: dict[str, str], named: str) -> None:
    whole = {"ANCA_SPEEDSMS_TOKEN": "a", "ANCA_SPEEDSMS_SENDER": ""}
    assert read_speedsms(whole) is not None
    with pytest.raises(UnsafeSetting, match=named):
        read_speedsms({**whole, "ANCA_SPEEDSMS_LANES": "urgent", **more})


@pytest.mark.parametrize("table", [sms_esms.CODES, sms_speedsms.CODES])
def test_an_acceptance_is_the_only_code_without_a_fault(table: CodeTable) -> None:
    assert {each.code for each in table.codes if FAULTS[each.outcome] is None} <= {
        "00",
        "100",
        "124",
    }


@pytest.fixture
def node_with(in_app: Flask, by_esms: SmsEsms, clock: SetClock) -> Iterator[SmsEsms]:
    """A node that sends over eSMS and is called back by it."""
    clock.at = FIVE
    by_esms.now = clock.now
    before = in_app.extensions["channels"]
    in_app.extensions["channels"] = {**before, ChannelName.SMS_ESMS: by_esms}
    yield by_esms
    in_app.extensions["channels"] = before


@pytest.fixture
def sent(cast: Cast, write: Write, node_with: SmsEsms, clock: SetClock) -> None:
    """One SMS to Hoà is out over eSMS."""
    person = cast.sao_bac.people["hoa"]

    def work(session: Session) -> None:
        message_id = queue(session, cast)
        keep_address(session, person.id, AddressKind.PHONE, "0900000118", now=FIVE)
        point = find_addresses(session, [person.id])[person.id][AddressKind.PHONE]
        told = NewDelivery(person.id, "vi", None, None, {"bus": "12"})
        leg = Leg(told, ChannelName.SMS_ESMS, FIVE, point)
        ends = FIVE + timedelta(hours=1)
        add_legs(session, message_id, [leg], lane=Lane.NORMAL, expires_at=ends, now=FIVE)

    write(work)
    assert send_queued(clock.now, channels={ChannelName.SMS_ESMS: node_with}).sent == 1


def row(session: Session) -> Delivery:
    session.rollback()
    return session.scalars(select(Delivery)).one()


def call_back(client: FlaskClient, text: Text) -> int:
    """Call the node as eSMS would."""
    parts = urlsplit(text.call_back())
    return client.get(parts.path, query_string=parts.query).status_code


@pytest.mark.usefixtures("sent")
def test_esms_calls_ten_times_and_it_arrives_and_costs_once(
    esms: Esms, client: FlaskClient, session: Session
) -> None:
    text = esms.finish(row(session).external_id or "")
    assert {call_back(client, text) for _ in range(10)} == {200}
    hear_reports()
    found = row(session)
    assert (found.status, found.cost) == (Status.DELIVERED, 800)
    assert session.scalars(select(ProviderEvent.outcome)).all() == ["applied"]


@pytest.mark.usefixtures("sent")
def test_a_call_about_a_text_that_was_never_sent_changes_nothing(
    esms: Esms, client: FlaskClient, session: Session, clock: SetClock
) -> None:
    text = esms.finish(row(session).external_id or "")
    stranger = replace(text, sms_id="other", body={**text.body, "RequestId": "other"})
    assert call_back(client, stranger) == 200
    clock.move(minutes=11)
    hear_reports()
    assert row(session).status == Status.SENT
    assert session.scalars(select(ProviderEvent.outcome)).all() == ["unknown"]


@pytest.mark.usefixtures("sent")
def test_a_call_with_the_wrong_secret_is_not_heard(
    esms: Esms, client: FlaskClient, session: Session
) -> None:
    text = esms.finish(row(session).external_id or "")
    text.body["CallbackUrl"] = text.body["CallbackUrl"].replace(SECRET, "t" * 30)
    assert call_back(client, text) == 404
    assert session.scalars(select(ProviderEvent)).all() == []


@pytest.mark.usefixtures("sent")
def test_a_node_that_cannot_be_called_asks(esms: Esms, session: Session, clock: SetClock) -> None:
    esms.finish(row(session).external_id or "", arrived=0)
    clock.move(seconds=70)
    ask_sent()
    assert row(session).status == Status.PERMANENT_FAILURE


def test_the_money_left_is_kept_and_so_is_why_it_cannot_be_asked(
    esms: Esms, node_with: SmsEsms, session: Session
) -> None:
    look_at_channels()
    esms.weather = ["101"]
    look_at_channels()
    state = session.get_one(ChannelState, ChannelName.SMS_ESMS)
    assert (state.balance, state.problem, state.checked_at) == (100_000, "101", FIVE)
    assert not state.paused
