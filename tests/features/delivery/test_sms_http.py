"""SMS over a gateway of the operator's choice: every answer means what the settings say."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.delivery.channels.sms_group import read_sms
from app.delivery.channels.sms_http import SmsHttp
from app.delivery.rules import (
    BadMessage,
    BadRecipient,
    ChannelError,
    ConfigProblem,
    NotUnderstood,
    Outbound,
    QuotaUsedUp,
    RateLimited,
    Status,
    Temporary,
    Unclear,
)
from app.settings import ROOT, UnsafeSetting
from tests.peers.gateway import Gateway, Says, gateway

NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)
KEY = "k-1234567890"
GROUP = {
    "ANCA_SMS_URL": "https://sms.example/send",
    "ANCA_SMS_BODY": json.dumps(
        {
            "ApiKey": KEY,
            "Phone": "{address}",
            "Content": "{text}",
            "Brandname": "{sender}",
            "RequestId": "{reference}",
            "IsUnicode": 0,
        }
    ),
    "ANCA_SMS_SENDER": "KCNTHANGLONG",
    "ANCA_SMS_ADDRESS_FORM": "0",
    "ANCA_SMS_OK_POINTER": "/CodeResult",
    "ANCA_SMS_OK_VALUES": "100 124",
    "ANCA_SMS_ID_POINTER": "/SMSID",
    "ANCA_SMS_ERRORS": json.dumps(
        {"99": "recipient", "103": "config", "146": "message", "199": "temporary", "7": "quota"}
    ),
}
OPENED: list[SmsHttp] = []
OUT = Outbound("0199-row", "84900000118", "Đeo khẩu trang khi lên xe")


@pytest.fixture
def peer() -> Iterator[Gateway]:
    with gateway() as told:
        yield told
        while OPENED:
            OPENED.pop().close()


def channel(peer: Gateway, **more: str) -> SmsHttp:
    values = {**GROUP, "ANCA_SMS_URL": peer.url + "/send", **more}
    group = read_sms(values)
    assert group is not None
    return opened(SmsHttp(group, lambda: NOON))


def opened(made: SmsHttp) -> SmsHttp:
    OPENED.append(made)
    return made


def test_the_gateway_gets_what_the_settings_say(peer: Gateway) -> None:
    accepted = channel(peer).send(OUT)
    (asked,) = peer.asked
    assert (asked.method, asked.path) == ("POST", "/send")
    assert asked.json == {
        "ApiKey": KEY,
        "Phone": "0900000118",
        "Content": "Deo khau trang khi len xe",
        "Brandname": "KCNTHANGLONG",
        "RequestId": "0199-row",
        "IsUnicode": 0,
    }
    assert (accepted.external_ids, accepted.parts) == (("s1",), 1)


def test_accents_form_and_number_go_as_asked(peer: Gateway) -> None:
    body = json.dumps({"to": "{address}", "msg": "{text}"})
    sms = channel(
        peer,
        ANCA_SMS_BODY=body,
        ANCA_SMS_BODY_FORM="query",
        ANCA_SMS_METHOD="get",
        ANCA_SMS_ACCENTS="1",
        ANCA_SMS_ADDRESS_FORM="+84",
        ANCA_SMS_USER="token",
        ANCA_SMS_PASSWORD="x",
    )
    sms.send(OUT)
    (asked,) = peer.asked
    assert asked.method == "GET"
    assert asked.path.startswith("/send?to=%2B84900000118&msg=%C4%90eo+kh")
    assert asked.headers["Authorization"].startswith("Basic ")


def test_a_repeat_that_the_gateway_knows_counts_as_taken(peer: Gateway) -> None:
    peer.says = [Says(content={"CodeResult": 124})]
    assert channel(peer).send(OUT).external_ids == ("0199-row",), "its own id was not told again"


@pytest.mark.parametrize(
    ("says", "kind", "code"),
    [
        (Says(content={"CodeResult": "99"}), BadRecipient, "99"),
        (Says(content={"CodeResult": "103"}), ConfigProblem, "103"),
        (Says(content={"CodeResult": 146}), BadMessage, "146"),
        (Says(content={"CodeResult": "199"}), Temporary, "199"),
        (Says(content={"CodeResult": "7"}), QuotaUsedUp, "7"),
        (Says(content={"CodeResult": "4711"}), NotUnderstood, "4711"),
        (Says(content={"error": "?"}), NotUnderstood, "no_code"),
        (Says(content=[]), NotUnderstood, "no_code"),
        (Says(content=b"<html>Bao tri he thong</html>"), NotUnderstood, "no_json"),
        (Says(content=b""), NotUnderstood, "no_json"),
        (Says(content=b"[" * 60_000), NotUnderstood, "no_json"),
        (Says(content=b'{"CodeResult":"100","x":"' + b"x" * 70_000 + b'"}'), NotUnderstood, ""),
        (Says(401), ConfigProblem, "401"),
        (Says(403, content=b"no"), ConfigProblem, "403"),
        (Says(429, headers={"Retry-After": "90"}), RateLimited, "429"),
        (Says(500, content=b"oops"), Temporary, "500"),
        (Says(503, content={"CodeResult": "199"}), Temporary, "199"),
        (Says(502, content=b""), Unclear, "502"),
        (Says(504, content=b""), Unclear, "504"),
        (Says(404, content=b""), NotUnderstood, "404"),
        (Says(302, headers={"Location": "http://127.0.0.1:9/"}), NotUnderstood, "302"),
        (Says(drop=True), Unclear, "no_answer"),
    ],
)
def test_each_answer_has_its_class(
    peer: Gateway, says: Says, kind: type[ChannelError], code: str
) -> None:
    peer.says = [says]
    with pytest.raises(ChannelError) as raised:
        channel(peer).send(OUT)
    assert type(raised.value) is kind
    assert raised.value.code.startswith(code)
    assert len(peer.asked) == 1, "nothing is tried twice on its own, no redirect is followed"


def test_how_long_a_busy_gateway_wants_to_rest_is_read(peer: Gateway) -> None:
    later = "Tue, 24 Nov 2026 05:02:00 GMT"
    peer.says = [Says(429, headers={"Retry-After": text}) for text in ("90", later, "soon")]
    sms, rests = channel(peer), []
    for _ in range(3):
        with pytest.raises(RateLimited) as raised:
            sms.send(OUT)
        rests.append(raised.value.retry_after)
    assert rests == [timedelta(seconds=90), timedelta(minutes=2), None]


def test_a_gateway_that_says_nothing_leaves_it_unclear(peer: Gateway) -> None:
    peer.says = [Says(mute=True)]
    sms = channel(peer)
    hasty = opened(SmsHttp(replace(sms.group, seconds=0.05), lambda: NOON))
    with pytest.raises(Unclear, match="ReadTimeout"):
        hasty.send(OUT)


def test_nobody_at_home_is_tried_again() -> None:
    with gateway() as gone:
        sms = channel(gone)
    with pytest.raises(Temporary, match="no_connection") as raised:
        sms.send(OUT)
    sms.close()
    assert type(raised.value) is Temporary


def test_neither_key_nor_number_is_kept(peer: Gateway) -> None:
    echo = {"CodeResult": "99", "Phone": "0900000118", "to": 84900000118, "key": KEY, "n": [KEY]}
    peer.says = [Says(content=echo)]
    with pytest.raises(BadRecipient) as raised:
        channel(peer).send(OUT)
    kept = json.dumps(raised.value.told) + str(raised.value) + repr(channel(peer).group)
    assert "0000118" not in kept
    assert KEY not in kept
    assert raised.value.told["answer"]["Phone"] == "***118"


@pytest.mark.parametrize(
    ("out", "kind"),
    [
        (replace(OUT, text="x" * 2000), BadMessage),
        (replace(OUT, text="😷"), BadMessage),
        (replace(OUT, address=""), BadRecipient),
        (replace(OUT, address="+1 202 555 0100"), BadRecipient),
        (replace(OUT, address="anh@sb.example"), BadRecipient),
    ],
)
def test_what_cannot_go_is_refused_before_anything_leaves(
    peer: Gateway, out: Outbound, kind: type[ChannelError]
) -> None:
    with pytest.raises(kind):
        channel(peer).send(out)
    assert peer.asked == []


@pytest.mark.parametrize("address", ["0900000118", "+84 900 000 118", "84900000118"])
def test_a_number_is_known_in_every_form(peer: Gateway, address: str) -> None:
    channel(peer).send(replace(OUT, address=address))
    assert peer.asked[0].json["Phone"] == "0900000118"


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"ANCA_SMS_URL": ""}, "ANCA_SMS_URL"),
        ({"ANCA_SMS_URL": "http://sms.example/send"}, "ANCA_SMS_ALLOW_PLAIN"),
        ({"ANCA_SMS_URL": "https://u:p@sms.example/"}, "ANCA_SMS_URL"),
        ({"ANCA_SMS_URL": "ftp://sms.example/"}, "ANCA_SMS_URL"),
        ({"ANCA_SMS_BODY": '{"to": "{address}"}'}, "ANCA_SMS_BODY"),
        ({"ANCA_SMS_BODY": "{"}, "ANCA_SMS_BODY"),
        ({"ANCA_SMS_BODY": "/no/such/file"}, "ANCA_SMS_BODY"),
        ({"ANCA_SMS_BODY_FORM": "form"}, "ANCA_SMS_BODY"),
        ({"ANCA_SMS_METHOD": "GET"}, "ANCA_SMS_BODY_FORM"),
        ({"ANCA_SMS_OK_VALUES": ""}, "ANCA_SMS_OK_VALUES"),
        ({"ANCA_SMS_OK_POINTER": "CodeResult"}, "ANCA_SMS_OK_POINTER"),
        ({"ANCA_SMS_ERRORS": '{"99": "gone"}'}, "ANCA_SMS_ERRORS"),
        ({"ANCA_SMS_LANES": "fast"}, "ANCA_SMS_LANES"),
        ({"ANCA_SMS_PER_MINUTE": "0"}, "ANCA_SMS_PER_MINUTE"),
        ({"ANCA_SMS_PASSWORD": "x"}, "ANCA_SMS_USER"),
        ({"ANCA_SMS_CALLBACK_SECRET": "short"}, "ANCA_SMS_CALLBACK_SECRET"),
        ({"ANCA_SMS_CALLBACK_SECRET": "a" * 30}, "ANCA_SMS_CALLBACK_STATUS"),
        ({"ANCA_SMS_STATUS_URL": "https://sms.example/?x"}, "ANCA_SMS_STATUS_URL"),
        ({"ANCA_SMS_SENDR": "x"}, "ANCA_SMS_SENDR"),
    ],
)
def test_a_half_set_up_gateway_is_refused_by_name(more: dict[str, str], named: str) -> None:
    with pytest.raises(UnsafeSetting, match=named):
        read_sms({**GROUP, **more})


def test_error_tables_may_stand_in_a_file(tmp_path: Any) -> None:
    path = tmp_path / "errors.json"
    path.write_text('{"99": "recipient"}', encoding="utf-8")
    group = read_sms({**GROUP, "ANCA_SMS_ERRORS": str(path)})
    assert group is not None
    assert isinstance(group.rule.by_code("99"), BadRecipient)
    assert read_sms({}) is None


def test_the_examples_in_the_documents_can_be_taken_as_they_stand(peer: Gateway) -> None:
    text = (ROOT / "docs" / "channels.md").read_text(encoding="utf-8")
    examples = re.findall(r"```ini\n(.*?)```", text, re.DOTALL)
    examples = [each for each in examples if each.startswith("ANCA_SMS_")]
    assert len(examples) == 2
    for example in examples:
        values = dict(line.split("=", 1) for line in example.splitlines())
        group = read_sms(values)
        assert group is not None
        assert group.reports is not None
        sms = opened(SmsHttp(replace(group, url=peer.url), lambda: NOON))
        peer.says = [
            Says(content={"CodeResult": "100", "SMSID": "x", "code": "00", "data": {"tranId": 7}})
        ]
        assert sms.send(OUT).external_ids[0] in {"x", "7"}


CALLBACK = {
    "ANCA_SMS_CALLBACK_SECRET": "a" * 30,
    "ANCA_SMS_CALLBACK_ID": "SMSID",
    "ANCA_SMS_CALLBACK_REFERENCE": "RequestId",
    "ANCA_SMS_CALLBACK_STATUS": "SendStatus:SendSuccess",
    "ANCA_SMS_CALLBACK_DELIVERED": "5:1",
    "ANCA_SMS_CALLBACK_FAILED": "5:0 4:*",
}


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"SendStatus": "5", "SendSuccess": "1"}, Status.DELIVERED),
        ({"SendStatus": "5", "SendSuccess": "0"}, Status.PERMANENT_FAILURE),
        ({"SendStatus": "4", "SendSuccess": "0"}, Status.PERMANENT_FAILURE),
        ({"SendStatus": "1", "SendSuccess": "0"}, None),
        ({}, None),
    ],
)
def test_a_call_of_the_gateway_is_read_by_its_fields(
    peer: Gateway, told: dict[str, str], status: Status | None
) -> None:
    sms = channel(peer, **CALLBACK)
    args = {"SMSID": "s1", "RequestId": "0199-row", **told}
    reports = list(sms.parse({}, b"", args))
    assert [report.status for report in reports] == ([status] if status else [])
    as_json = list(sms.parse({"Content-Type": "application/json"}, json.dumps(args).encode(), {}))
    assert as_json == reports, "the same news is the same event, however it came"
    for report in reports:
        assert (report.delivery_id, report.external_id) == ("0199-row", "s1")
    assert list(sms.parse({}, b"\xff[", told)) == [], "news of no message"


def test_a_gateway_is_asked_where_it_can_be(peer: Gateway) -> None:
    sms = channel(
        peer,
        ANCA_SMS_STATUS_URL=peer.url + "/status?id={id}",
        ANCA_SMS_STATUS_POINTER="/list/0/code",
        ANCA_SMS_STATUS_DELIVERED="0",
        ANCA_SMS_STATUS_FAILED="64-255",
    )
    peer.says = [Says(content={"list": [{"code": code}]}) for code in (0, 7, 200)]
    peer.says.append(Says(content=b"<html>"))
    found = [(each.external_id, each.status) for each in sms.poll(["a", "b", "c", "d"])]
    assert found == [("a", Status.DELIVERED), ("c", Status.PERMANENT_FAILURE)]
    assert peer.asked[0].path == "/status?id=a"
