"""What providers tell: kept as it came, answered at once, and of one effect whatever the order."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.delivery.actions.reports import apply_report
from app.delivery.actions.sending import Taken, claim_due, settle_all_sent, settle_failed
from app.delivery.channels.sms_group import read_sms
from app.delivery.channels.sms_http import SmsHttp
from app.delivery.jobs.asking import ask_sent
from app.delivery.jobs.hearing import hear_reports
from app.delivery.jobs.rounds import send_queued
from app.delivery.models import Delivery, ProviderEvent
from app.delivery.rules import Accepted, Lane, Report, ReportKind, Status, Temporary
from app.delivery.rules.answers import as_code, is_number
from tests.conftest import SetClock
from tests.factories.people import Cast
from tests.features.delivery.test_sending import FIVE, SMS, Post, Write, queue
from tests.features.delivery.test_sms_http import CALLBACK, GROUP
from tests.peers.gateway import Says, gateway

SECRET = CALLBACK["ANCA_SMS_CALLBACK_SECRET"]
PLACE = f"/api/v1/channels/sms_http/{SECRET}"
ARRIVED = {"SMSID": "x1", "SendStatus": "5", "SendSuccess": "1"}
REFUSED = {"SMSID": "x1", "SendStatus": "4", "SendSuccess": "0", "phonenumber": "0900000118"}


@pytest.fixture
def sms(in_app: Flask, clock: SetClock) -> Iterator[SmsHttp]:
    """The node with a gateway that calls back."""
    group = read_sms({**GROUP, **CALLBACK})
    assert group is not None
    channel = SmsHttp(group, clock.now)
    before = in_app.extensions["channels"]
    in_app.extensions["channels"] = {**before, SMS: channel}
    yield channel
    in_app.extensions["channels"] = before
    channel.close()


@pytest.fixture
def queued(cast: Cast, clock: SetClock, write: Write, sms: SmsHttp) -> str:
    clock.at = FIVE
    message_id: str = write(lambda s: queue(s, cast, "hoa"))
    return message_id


@pytest.fixture
def sent(queued: str, clock: SetClock) -> None:
    """One SMS is out; the gateway calls it x1."""
    assert send_queued(clock.now, channels={SMS: Post()}).sent == 1


def row(session: Any) -> Delivery:
    session.rollback()
    found: Delivery = session.scalars(select(Delivery)).one()
    return found


def events(session: Any) -> list[str | None]:
    session.rollback()
    return list(session.scalars(select(ProviderEvent.outcome).order_by(ProviderEvent.id)))


class Breaks(SmsHttp):
    """A channel with a reader that one call is too much for."""

    def parse(self, headers: Any, raw: bytes, args: Any) -> Any:
        return [int("9" * 5000)] if b"breaks" in raw else super().parse(headers, raw, args)


@pytest.mark.usefixtures("sent")
def test_a_call_that_nobody_can_read_holds_up_none_after_it(
    client: FlaskClient, session: Any, sms: SmsHttp, in_app: Flask, clock: SetClock
) -> None:
    in_app.extensions["channels"] = {SMS: Breaks(sms.group, clock.now)}
    odd = json.dumps({"SMSID": "x\x00\ud800", "SendStatus": "5", "SendSuccess": "1"})
    for raw in (odd, '{"SMSID": "breaks"}'):
        sent = client.post(PLACE, data=raw, content_type="application/json")
        assert sent.status_code == 200
    assert client.get(PLACE, query_string=ARRIVED).status_code == 200
    hear_reports()
    assert row(session).status == "delivered"
    assert events(session) == [None, "malformed", "applied"]
    assert as_code("9" * 5000) != ""
    assert not is_number("9" * 5000)


@pytest.mark.usefixtures("sent")
def test_a_call_is_kept_at_once_and_has_its_effect_afterwards(
    client: FlaskClient, clock: SetClock, session: Any
) -> None:
    answer = client.get(PLACE, query_string=ARRIVED)
    assert (answer.status_code, answer.text) == (200, "OK")
    assert row(session).status == "sent", "nothing is worked out while the provider waits"
    clock.move(seconds=5)
    hear_reports()
    assert (row(session).status, row(session).delivered_at) == ("delivered", clock.at)
    assert events(session) == ["applied"]


@pytest.mark.usefixtures("sent")
@pytest.mark.parametrize("how", ["form", "json"])
def test_calls_come_in_whatever_form(client: FlaskClient, session: Any, how: str) -> None:
    more: dict[str, Any] = {"data": ARRIVED} if how == "form" else {"json": ARRIVED}
    assert client.post(PLACE, **more).status_code == 200
    hear_reports()
    assert row(session).status == "delivered"


@pytest.mark.usefixtures("sent")
def test_the_same_call_twice_is_one_event(client: FlaskClient, session: Any) -> None:
    for _ in range(3):
        assert client.get(PLACE, query_string=ARRIVED).status_code == 200
    hear_reports()
    assert client.get(PLACE, query_string=ARRIVED).status_code == 200
    hear_reports()
    assert events(session) == ["applied"]


@pytest.mark.usefixtures("sent")
def test_news_in_the_wrong_order_does_not_undo_an_arrival(
    client: FlaskClient, session: Any
) -> None:
    for told in (ARRIVED, REFUSED):
        client.get(PLACE, query_string=told)
    hear_reports()
    assert row(session).status == "delivered"
    assert events(session) == ["applied", "ignored"]


@pytest.mark.usefixtures("sent")
def test_a_refusal_after_the_fact_is_a_lasting_failure(client: FlaskClient, session: Any) -> None:
    client.get(PLACE, query_string=REFUSED)
    hear_reports()
    found = row(session)
    assert (found.status, found.error_class, found.error_code) == (
        "permanent-failure",
        "Reported",
        "4:0",
    )
    assert found.look_at is not None, "another road may be taken"


def test_an_arrival_that_was_given_up_is_good_news(
    client: FlaskClient, queued: str, session: Any, clock: SetClock, write: Write
) -> None:
    for _ in range(4):
        taken = write(lambda s: claim_due(s, SMS, Lane.NORMAL, limit=1, holder="a", now=clock.at))
        error = Temporary("busy")
        write(lambda s, t=taken, e=error: settle_failed(s, t[0], e, jitter=0, now=clock.at))
        clock.move(minutes=31)
        if row(session).status == "temporary-failure":
            break
        write(lambda s: s.execute(text("UPDATE delivery SET expires_at = :at"), at_least(clock)))
    assert row(session).status == "temporary-failure"
    client.get(PLACE, query_string={**ARRIVED, "RequestId": row(session).id})
    hear_reports()
    assert row(session).status == "delivered"


def at_least(clock: SetClock) -> dict[str, Any]:
    later = clock.at + timedelta(hours=2)
    return {"at": later.strftime("%Y-%m-%d %H:%M:%S.%f+00:00")}


@pytest.mark.parametrize("told", [Status.DELIVERED, Status.READ])
def test_what_arrived_though_the_call_failed_does_not_go_again(
    write: Write, queued: str, session: Any, clock: SetClock, told: Status
) -> None:
    send_queued(clock.now, channels={SMS: Post([Temporary("500")])})
    found = row(session)
    assert (found.status, found.attempt_count) == ("queued", 1)
    report = Report(ReportKind.STATUS, "", clock.at, told, found.id)
    assert write(lambda s: apply_report(s, SMS, report, now=clock.at)) == "applied"
    clock.move(minutes=5)
    post = Post()
    send_queued(clock.now, channels={SMS: post})
    assert (row(session).status, post.given) == (told, [])


def test_a_call_may_overtake_the_answer_to_ours(
    client: FlaskClient, queued: str, session: Any, clock: SetClock, write: Write
) -> None:
    taken = write(lambda s: claim_due(s, SMS, Lane.NORMAL, limit=1, holder="a", now=FIVE))[0]
    client.get(PLACE, query_string=ARRIVED)
    hear_reports()
    assert events(session) == [None], "nobody knows x1 as yet"
    write(lambda s: settle_all_sent(s, [Taken(taken, Accepted(("x1",)))], now=FIVE))
    hear_reports()
    assert events(session) == ["applied"]
    assert row(session).status == "delivered"


@pytest.mark.usefixtures("sent")
def test_news_of_nothing_we_know_is_put_away_after_a_while(
    client: FlaskClient, session: Any, clock: SetClock
) -> None:
    client.get(PLACE, query_string={**ARRIVED, "SMSID": "nobody's"})
    client.post(PLACE, data=b"\xff\x00[", content_type="application/json")
    hear_reports()
    assert events(session) == [None, "nothing"]
    clock.move(minutes=11)
    hear_reports()
    assert events(session) == ["unknown", "nothing"]
    assert row(session).status == "sent"
    clock.move(days=31)
    hear_reports()
    assert events(session) == []


@pytest.mark.usefixtures("sms")
@pytest.mark.parametrize(
    "place",
    [
        "/api/v1/channels/sms_http/" + "b" * 30,
        "/api/v1/channels/sms_http/-",
        f"/api/v1/channels/email/{SECRET}",
        "/api/v1/channels/in_app/-",
        f"/api/v1/channels/nobody/{SECRET}",
        f"/api/v1/channels/sms_http/{SECRET}%C3%A9",
    ],
)
def test_who_does_not_know_the_secret_is_told_nothing(
    client: FlaskClient, session: Any, place: str
) -> None:
    for answer in (client.get(place), client.post(place, json=ARRIVED)):
        assert answer.status_code == 404
    assert events(session) == []


@pytest.mark.usefixtures("sms")
def test_a_call_that_is_too_long_is_not_kept(client: FlaskClient, session: Any) -> None:
    answer = client.post(PLACE, data=b"x" * 70_000, content_type="text/plain")
    assert answer.status_code == 413
    assert events(session) == []


@pytest.mark.usefixtures("sent")
def test_a_gateway_that_does_not_call_is_asked_now_and_then(
    in_app: Flask, clock: SetClock, session: Any
) -> None:
    with gateway() as peer:
        asking = {
            "ANCA_SMS_STATUS_URL": peer.url + "/status?id={id}",
            "ANCA_SMS_STATUS_POINTER": "/state",
            "ANCA_SMS_STATUS_DELIVERED": "5",
        }
        group = read_sms({**GROUP, **asking})
        assert group is not None
        sms = SmsHttp(group, clock.now)
        assert sms.has_receipts
        in_app.extensions["channels"] = {**in_app.extensions["channels"], SMS: sms}
        peer.says = [Says(content={"state": 1})] * 3 + [Says(500), Says(content={"state": 5})]
        asked_after = []
        for minute in range(40):
            before = len(peer.asked)
            ask_sent()
            asked_after += [minute] * (len(peer.asked) - before)
            clock.move(minutes=1)
        assert asked_after == [1, 2, 4, 8, 16]
        assert peer.asked[0].path == "/status?id=x1"
        assert row(session).status == "delivered"
        sms.close()


@pytest.mark.usefixtures("sent")
def test_numbers_in_what_was_told_are_not_to_be_read_in_the_database(
    client: FlaskClient, session: Any
) -> None:
    client.get(PLACE, query_string=REFUSED)
    session.rollback()
    raw = session.execute(text("SELECT raw FROM provider_event")).scalar_one()
    assert b"0900000118" not in bytes(raw)
    kept = session.scalars(select(ProviderEvent.raw)).one()
    assert json.loads(kept)["args"]["phonenumber"] == "0900000118"
