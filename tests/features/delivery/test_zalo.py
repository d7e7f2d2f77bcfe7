"""Zalo: what goes over the wire, and what each of its answers means."""

import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.delivery.channels.zalo_codes import zalo_codes
from app.delivery.channels.zalo_group import read_zalo_cs, read_zalo_phone, read_zalo_uid
from app.delivery.channels.zalo_office import Token, ZaloOffice
from app.delivery.registry import ZALO
from app.delivery.rules import (
    AuthExpired,
    BadMessage,
    BadRecipient,
    ChannelError,
    ChannelName,
    ConfigProblem,
    Lane,
    NotUnderstood,
    Outbound,
    OutsideHours,
    Permanent,
    QuotaUsedUp,
    Status,
    Temporary,
    Unclear,
)
from app.delivery.rules.codes import FAULTS
from app.settings import UnsafeSetting
from tests.peers.zalo import CS, PHONE, UID, Zalo, settings_for, zalo

NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)
DOOR = {ChannelName.ZALO_CS: CS, ChannelName.ZALO_TPL_UID: UID, ChannelName.ZALO_TPL_PHONE: PHONE}
READ = {
    ChannelName.ZALO_CS: read_zalo_cs,
    ChannelName.ZALO_TPL_UID: read_zalo_uid,
    ChannelName.ZALO_TPL_PHONE: read_zalo_phone,
}
OUT = Outbound("0199-row", "2512523625412515", "Mời bạn khai báo trước 7 giờ", last_inbound_at=NOON)
SMS_OUT = replace(OUT, address="0900000118", lane=Lane.URGENT)
OPENED: list[ZaloOffice] = []


@pytest.fixture
def peer() -> Iterator[Zalo]:
    with zalo() as told:
        told.join(OUT.address, "84900000118")
        yield told
        while OPENED:
            OPENED.pop().close()


def channel(peer: Zalo, name: ChannelName, **more: str) -> Any:
    road = READ[name](settings_for(peer, **more))
    assert road is not None
    office = ZaloOffice(replace(road.account, seconds=1.0), lambda: NOON)
    office.token = Token("access-0", 1)
    OPENED.append(office)
    return ZALO[name](office, road)


def problem(made: Any, out: Outbound) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        made.send(out)
    return caught.value


def outbound(name: ChannelName) -> Outbound:
    return SMS_OUT if name is ChannelName.ZALO_TPL_PHONE else OUT


@pytest.mark.parametrize("name", ZALO)
def test_a_message_arrives_at_its_door_under_the_number_zalo_gave(
    peer: Zalo, name: ChannelName
) -> None:
    accepted = channel(peer, name).send(outbound(name))
    (taken,) = peer.taken
    assert (taken.door, taken.words) == (DOOR[name], OUT.text)
    assert accepted.external_ids == (taken.number,)
    assert accepted.quota_left == (None if name is ChannelName.ZALO_CS else 4999)
    assert "access-0" not in repr(accepted)


def test_the_phone_template_carries_our_own_number_and_may_be_asked_about(peer: Zalo) -> None:
    made = channel(peer, ChannelName.ZALO_TPL_PHONE)
    accepted = made.send(SMS_OUT)
    assert (peer.taken[0].to, peer.taken[0].tracking_id) == ("84900000118", "0199-row")
    (report,) = made.poll(accepted.external_ids)
    assert (report.status, report.external_id) == (Status.DELIVERED, peer.taken[0].number)


def test_text_goes_out_composed_whatever_it_was_typed_in(peer: Zalo) -> None:
    loose = unicodedata.normalize("NFD", OUT.text)
    channel(peer, ChannelName.ZALO_CS).send(replace(OUT, text=loose))
    channel(peer, ChannelName.ZALO_TPL_UID).send(replace(OUT, text=loose))
    assert {each.words for each in peer.taken} == {OUT.text}


def test_what_is_too_long_for_a_parameter_is_cut_between_words(peer: Zalo) -> None:
    channel(peer, ChannelName.ZALO_TPL_UID).send(replace(OUT, text="Đeo khẩu trang " * 30))
    (taken,) = peer.taken
    assert len(taken.words) <= 200
    assert taken.words.endswith(("trang…", "khẩu…", "Đeo…"))


@pytest.mark.parametrize("hours", [0, 47, 49, 167, 169, None])
def test_a_free_message_goes_only_to_who_acted_within_the_window(
    peer: Zalo, hours: int | None
) -> None:
    last = None if hours is None else NOON - timedelta(hours=hours)
    made = channel(peer, ChannelName.ZALO_CS)
    if hours is not None and hours < 48:
        assert made.send(replace(OUT, last_inbound_at=last)).external_ids
    else:
        fault = problem(made, replace(OUT, last_inbound_at=last))
        assert (type(fault), fault.code) == (Permanent, "window")
        assert peer.taken == []
        assert not peer.calls


@pytest.mark.parametrize("code", [each for each in zalo_codes().codes if each.surface != "oauth"])
def test_every_code_inside_http_200_has_the_outcome_of_the_table(peer: Zalo, code: Any) -> None:
    if code.surface == "here":
        return
    name = ChannelName.ZALO_CS if code.surface == "oa" else ChannelName.ZALO_TPL_PHONE
    peer.next_errors[DOOR[name]] = [int(code.code)]
    fault = problem(channel(peer, name), outbound(name))
    assert (type(fault), fault.code) == (FAULTS[code.outcome], code.code)
    assert code.words


def test_codes_that_name_a_time_are_kept_until_then(peer: Zalo) -> None:
    made = channel(peer, ChannelName.ZALO_TPL_PHONE)
    peer.next_errors[PHONE] = [-144, -133]
    quota, night = problem(made, SMS_OUT), problem(made, SMS_OUT)
    assert isinstance(quota, QuotaUsedUp)
    assert isinstance(night, OutsideHours)
    assert quota.not_before == datetime(2026, 11, 24, 17, tzinfo=UTC)
    assert night.not_before == datetime(2026, 11, 24, 23, tzinfo=UTC)


def test_a_code_nobody_knows_a_page_of_html_and_silence_are_not_taken_for_a_yes(
    peer: Zalo,
) -> None:
    made = channel(peer, ChannelName.ZALO_CS)
    peer.next_errors[CS] = [-99999]
    assert isinstance(problem(made, OUT), NotUnderstood)
    peer.drops = 1
    assert isinstance(problem(made, OUT), Unclear)
    peer.slow_seconds = 1.5
    assert isinstance(problem(made, OUT), Unclear)
    peer.slow_seconds, peer.broken = 0.0, True
    assert isinstance(problem(made, OUT), Temporary)


def test_a_phone_without_zalo_is_no_bad_phone(peer: Zalo) -> None:
    fault = problem(
        channel(peer, ChannelName.ZALO_TPL_PHONE), replace(SMS_OUT, address="0911111111")
    )
    assert (type(fault), fault.code) == (Permanent, "-118")
    made = channel(peer, ChannelName.ZALO_CS)
    assert isinstance(problem(made, replace(OUT, address="99")), BadRecipient)
    assert isinstance(problem(made, replace(OUT, text="x" * 2001)), BadMessage)


def test_a_token_that_is_refused_is_renewable_unless_it_is_brand_new(peer: Zalo) -> None:
    made = channel(peer, ChannelName.ZALO_CS)
    peer.revoke_tokens()
    old = problem(made, OUT)
    made.office.token = Token("other", 4, NOON + timedelta(minutes=1))
    new = problem(made, OUT)
    made.office.token = None
    assert (type(old), old.renewable, old.used) == (AuthExpired, True, 1)
    assert (type(new), new.renewable) == (AuthExpired, False)
    assert isinstance(problem(made, OUT), ConfigProblem)


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"ANCA_ZALO_APP_ID": ""}, "ANCA_ZALO_APP_ID"),
        ({"ANCA_ZALO_APP_SECRET": ""}, "ANCA_ZALO_APP_SECRET"),
        ({"ANCA_ZALO_OA_URL": "http://zalo.example"}, "ANCA_ZALO_OA_URL"),
        ({"ANCA_ZALO_TEMPLATES": '{"loud": {}}'}, "ANCA_ZALO_TEMPLATES"),
        ({"ANCA_ZALO_TEMPLATES": '{"urgent": {"id": 5}}'}, "ANCA_ZALO_TEMPLATES"),
        ({"ANCA_ZALO_TEMPLATES": '{"urgent": {"id": "5", "data": {"a": "{txt}"}}}'}, "{txt}"),
        ({"ANCA_ZALO_TEMPLATES": '{"urgent": {"id": "5", "data": {"a": "{text"}}}'}, "{text"),
        ({"ANCA_ZALO_CS_LANES": "loud"}, "ANCA_ZALO_CS_LANES"),
        ({"ANCA_ZALO_UID_BODY": "round"}, "ANCA_ZALO_UID_BODY"),
        ({"ANCA_ZALO_WINDOW": "2"}, "ANCA_ZALO_WINDOW"),
    ],
)
def test_half_filled_settings_are_refused_by_name(
    peer: Zalo, more: dict[str, str], named: str
) -> None:
    with pytest.raises(UnsafeSetting, match=named):
        read_zalo_cs(settings_for(peer, **more))
