"""SMS over a modem: rows for gammu, each once, and what it writes of them, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.delivery.channels.sms_gsm import CODES, GsmGroup, SmsGsm, read_gsm
from app.delivery.rules import (
    BadRecipient,
    ChannelError,
    ConfigProblem,
    Lane,
    Outbound,
    Status,
    Temporary,
)
from app.delivery.rules.codes import FAULTS
from app.delivery.rules.modem import MEANINGS, outcome_of, validity
from app.settings import UnsafeSetting
from tests.peers.gammu import Modem, make_tables

NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)
ONE, TWO = (f"0199b7a0-0000-7000-8000-00000000000{n}" for n in (1, 2))
OUT = Outbound(ONE, "84900000118", "Đeo khẩu trang", expires_at=NOON + timedelta(hours=1))
LONG = "Mời bạn khai báo sức khoẻ trước bảy giờ sáng mai. " * 4


@pytest.fixture
def modem(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Modem:
    url = f"sqlite:///{tmp_path / 'gammu.db'}"
    if database == "postgresql":
        url = request.getfixturevalue("postgres").new_database("gammu")
    made = Modem(url)
    make_tables(made.engine())
    return made


@pytest.fixture
def gsm(modem: Modem) -> Iterator[SmsGsm]:
    channel = SmsGsm(GsmGroup(modem.url), lambda: NOON)
    yield channel
    channel.close()


def told(gsm: SmsGsm, *numbers: str) -> list[tuple[str | None, Status | None, str]]:
    return [(each.external_id, each.status, each.code) for each in gsm.poll(numbers)]


def test_one_sms_is_one_row_however_often_it_is_handed_over(gsm: SmsGsm, modem: Modem) -> None:
    accepted = gsm.send(OUT)
    assert gsm.send(OUT).external_ids == accepted.external_ids
    assert modem.work() == 1
    assert gsm.send(OUT).external_ids == accepted.external_ids, "it went out already"
    assert modem.sent == [
        {
            "to": "+84900000118",
            "text": "Deo khau trang",
            "headers": [""],
            "report": "yes",
            "validity": 11,
        }
    ]


@pytest.mark.parametrize(("accents", "parts"), [(False, 2), (True, 3)])
def test_a_long_text_goes_out_in_parts_that_belong_together(
    modem: Modem, accents: bool, parts: int
) -> None:
    gsm = SmsGsm(GsmGroup(modem.url, accents=accents), lambda: NOON)
    accepted = gsm.send(replace(OUT, text=LONG))
    gsm.close()
    assert (accepted.parts, modem.work()) == (parts, parts)
    (sms,) = modem.sent
    if accents:
        assert sms["text"] == LONG
    heads = sms["headers"]
    assert len({head[:8] for head in heads}) == 1
    assert [head[8:] for head in heads] == [f"{parts:02X}{n:02X}" for n in range(1, parts + 1)]
    assert all(head.startswith("050003") for head in heads)


def test_what_is_urgent_goes_before_what_waits(gsm: SmsGsm, modem: Modem) -> None:
    gsm.send(OUT)
    gsm.send(replace(OUT, delivery_id=TWO, text="Khẩn", lane=Lane.URGENT))
    modem.work()
    assert [sms["text"] for sms in modem.sent] == ["Khan", "Deo khau trang"]


def test_what_became_of_it_is_read(gsm: SmsGsm, modem: Modem) -> None:
    (number,) = gsm.send(replace(OUT, text=LONG)).external_ids
    assert told(gsm, number, TWO) == [], "it waits in the line"
    modem.work()
    assert told(gsm, number) == [], "sent is what it is already"
    modem.report("DeliveryOK", place=1)
    assert told(gsm, number) == [], "one part is no message"
    modem.report("DeliveryFailed", 64, place=2)
    assert told(gsm, number) == [(number, Status.PERMANENT_FAILURE, "DeliveryFailed:64")]
    modem.report("DeliveryOK")
    assert told(gsm, number) == [(number, Status.DELIVERED, "DeliveryOK")]
    assert told(gsm, ONE) == [(ONE, Status.DELIVERED, "DeliveryOK")], "also by our own name"


def test_a_modem_that_was_away_does_not_send_what_holds_no_more(gsm: SmsGsm, modem: Modem) -> None:
    gsm.send(replace(OUT, text=LONG))
    gsm.send(replace(OUT, delivery_id=TWO, expires_at=NOON + timedelta(hours=9)))
    gsm.now = lambda: NOON + timedelta(hours=2)
    late = list(gsm.drop_late())
    assert [(each.delivery_id, each.status) for each in late] == [(ONE, Status.TEMPORARY_FAILURE)]
    assert list(gsm.drop_late()) == []
    assert modem.work() == 1
    with modem.engine().begin() as tables:
        assert tables.execute(text("SELECT COUNT(*) FROM outbox_multipart")).scalar() == 0


def test_what_was_stopped_since_is_taken_out_of_the_line(gsm: SmsGsm, modem: Modem) -> None:
    gsm.send(replace(OUT, text=LONG))
    gsm.send(replace(OUT, delivery_id=TWO))
    gone = list(gsm.drop_late({ONE, "0199b7a0-0000-7000-8000-000000000009"}))
    assert [(each.delivery_id, each.status, each.code) for each in gone] == [
        (ONE, Status.TEMPORARY_FAILURE, "stopped")
    ]
    assert modem.work() == 1
    assert list(gsm.drop_late({ONE})) == []


def test_it_can_send_when_gammu_has_found_a_modem(gsm: SmsGsm, modem: Modem) -> None:
    assert gsm.health().why == "no_modem"
    modem.plug_in()
    assert gsm.health().ok


@pytest.mark.parametrize(
    ("status", "error", "outcome"),
    [
        ("SendingOK", -1, None),
        ("SendingOKNoReport", -1, None),
        ("DeliveryPending", -1, None),
        ("DeliveryUnknown", -1, None),
        ("DeliveryOK", 0, Status.DELIVERED),
        ("DeliveryFailed", 64, Status.PERMANENT_FAILURE),
        ("DeliveryFailed", 95, Status.PERMANENT_FAILURE),
        ("DeliveryFailed", 48, Status.TEMPORARY_FAILURE),
        ("DeliveryFailed", 96, Status.TEMPORARY_FAILURE),
        ("SendingError", -1, Status.TEMPORARY_FAILURE),
        ("Error", -1, Status.TEMPORARY_FAILURE),
    ],
)
def test_each_word_of_gammu_has_its_outcome(
    status: str, error: int, outcome: Status | None
) -> None:
    assert status in MEANINGS
    found = outcome_of([(status, error)])
    assert (found[0] if found else None) == outcome


@pytest.mark.parametrize(
    ("minutes", "counted"),
    [(0, 0), (5, 0), (60, 11), (720, 143), (750, 144), (1440, 167), (9999, 167)],
)
def test_the_network_keeps_it_no_longer_than_it_holds(minutes: int, counted: int) -> None:
    assert validity(NOON + timedelta(minutes=minutes), NOON) == counted
    assert validity(None, NOON) == -1


def fault(url: str, out: Outbound = OUT) -> ChannelError:
    gsm = SmsGsm(GsmGroup(url), lambda: NOON)
    with pytest.raises(ChannelError) as raised:
        gsm.send(out)
    gsm.close()
    return raised.value


def test_what_is_wrong_with_the_database_has_its_class(
    modem: Modem, database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    assert isinstance(fault(modem.url, replace(OUT, address="x")), BadRecipient)
    if database == "postgresql":
        empty = request.getfixturevalue("postgres").new_database("empty")
        away = "postgresql+psycopg://nobody@127.0.0.1:9/none"
        assert (type(fault(away)), fault(away).code) == (Temporary, "busy")
    else:
        lost = tmp_path / "lost.db"
        assert fault(f"sqlite:///{lost}").code == "no_database"
        assert not lost.exists(), "an empty file would be taken for gammu's"
        (tmp_path / "empty.db").touch()
        empty = f"sqlite:///{tmp_path / 'empty.db'}"
        (tmp_path / "junk.db").write_bytes(b"x" * 4096)
        assert fault(f"sqlite:///{tmp_path / 'junk.db'}").code == "no_database"
    problem = fault(empty)
    assert (type(problem), problem.code) == (ConfigProblem, "no_tables")
    for code in ("no_database", "no_tables", "busy"):
        known = CODES.find("database", code)
        assert known is not None
        assert known.words
        assert FAULTS[known.outcome] in {ConfigProblem, Temporary}


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"ANCA_GSM_DATABASE": ""}, "ANCA_GSM_DATABASE"),
        ({"ANCA_GSM_DATABASE": "mysql://x"}, "ANCA_GSM_DATABASE"),
        ({"ANCA_GSM_PER_MINUTE": "0"}, "ANCA_GSM_PER_MINUTE"),
        ({"ANCA_GSM_DATABAS": "x"}, "ANCA_GSM_DATABAS"),
    ],
)
def test_a_half_set_up_modem_is_refused_by_name(more: dict[str, Any], named: str) -> None:
    whole = {"ANCA_GSM_DATABASE": "postgresql://smsd@localhost/smsd", "ANCA_GSM_SENDER": "m1"}
    group = read_gsm(whole)
    assert group is not None
    assert group.database == "postgresql+psycopg://smsd@localhost/smsd"
    with pytest.raises(UnsafeSetting, match=named):
        read_gsm({**whole, **more})
