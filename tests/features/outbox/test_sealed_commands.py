"""Sealed commands over HTTP: the worker's own answer, brought by a kiosk that cannot read it."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actions.cards import revoke_card
from app.accounts.actions.consent import record_consent
from app.accounts.queries.consent import find_agreed, find_consent
from app.accounts.rules import CardEnd
from app.checkins.queries.answers import find_standing, list_check_ins
from app.gate.actions.kiosk import revoke_kiosk
from app.gate.actions.seal_keys import renew_seal_key
from app.gate.models import KioskReturn, SealKey
from app.kernel.ids import new_id
from app.outbox.models import Command
from app.workforce.actions.people import end_work
from app.workforce.models import Worker
from tests.conftest import SetClock
from tests.factories.kiosk import (
    FEVER,
    KioskDevice,
    make_cards_for,
    make_kiosk,
    sealed_command,
    sealed_for,
)
from tests.factories.people import PIN, STORY, Cast

Send = Callable[..., list[dict[str, Any]]]
Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def kiosk(cast: Cast, clock: SetClock, write: Write) -> KioskDevice:
    device: KioskDevice = write(lambda s: make_kiosk(s, cast.sao_bac.id, clock.at))
    return device


@pytest.fixture
def cards(cast: Cast, clock: SetClock, write: Write) -> dict[str, str]:
    """Secrets of everybody's cards, by given name."""
    made: dict[str, str] = write(lambda s: make_cards_for(s, cast.sao_bac, clock.at))
    return made


@pytest.fixture
def send(client: FlaskClient, kiosk: KioskDevice) -> Send:
    """Hand commands in as the kiosk."""

    def post(*commands: dict[str, Any], headers: Any = None) -> list[dict[str, Any]]:
        answer = client.post(
            "/api/v1/commands", json={"commands": list(commands)}, headers=headers or kiosk.headers
        )
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json["results"] if answer.json else []
        return results

    return post


def returns(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    rows = session.scalars(select(KioskReturn).order_by(KioskReturn.key))
    return [(row.badge, row.code) for row in rows]


def typed(badge: str = "SB-20417", pin: str = PIN, company: str = "SAOBAC") -> dict[str, str]:
    return {"company": company, "badge": badge, "pin": pin}


def test_a_card_answers_for_its_worker_and_counts_as_the_workers_own(
    cast: Cast,
    clock: SetClock,
    kiosk: KioskDevice,
    cards: dict[str, str],
    send: Send,
    session: Session,
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    once = sealed_command(kiosk, {"card": f"https://park.example/c#{cards['hoa']}"}, clock.at)
    clock.move(hours=3)
    first, again = send(once)[0], send(once)[0]
    assert (first["outcome"], again["outcome"]) == ("applied", "already_applied")
    assert first["result"] == again["result"]
    assert set(first["result"]) == {"check_in_id", "version"}
    session.rollback()
    kept = list_check_ins(session, hoa.id)
    assert [(each.source, each.account_id, each.device_id) for each in kept] == [
        ("kiosk", hoa.id, "kiosk Cổng số 2")
    ]
    assert (kept[0].shift, kept[0].shift_on.isoformat()) == ("ca1", "2026-11-24")


def test_nothing_of_an_answer_is_readable_in_what_is_kept_of_the_command(
    kiosk: KioskDevice, clock: SetClock, cards: dict[str, str], send: Send, session: Session
) -> None:
    result = send(sealed_command(kiosk, {"card": cards["hoa"]}, clock.at, FEVER))[0]
    session.rollback()
    row = session.scalars(select(Command)).one()
    kept = json.dumps([result, row.result, row.code])
    assert not any(word in kept for word in ("red", "fever", "isolate", "cough", cards["hoa"]))


def test_a_badge_and_its_pin_answer_as_a_card_does(
    cast: Cast, clock: SetClock, kiosk: KioskDevice, send: Send, session: Session
) -> None:
    without_company = typed(company="")
    assert send(sealed_command(kiosk, without_company, clock.at, FEVER))[0]["outcome"] == "applied"
    session.rollback()
    standing = find_standing(session, cast.sao_bac.people["hoa"].id)
    assert standing is not None
    assert standing.level == "red"


def test_a_wrong_pin_is_refused_kept_and_shown_without_the_answer(
    cast: Cast, clock: SetClock, kiosk: KioskDevice, send: Send, session: Session
) -> None:
    wrong = sealed_command(kiosk, typed(pin="111222"), clock.at, FEVER)
    assert [send(wrong)[0]["code"] for _ in range(8)] == ["accounts.wrong_credentials"] * 8
    assert returns(session) == [("SB-20417", "accounts.wrong_credentials")]
    assert list_check_ins(session, cast.sao_bac.people["hoa"].id) == []
    unknown = sealed_command(kiosk, typed(badge="SB-99999"), clock.at)
    assert send(unknown)[0]["code"] == "accounts.wrong_credentials"


def test_a_joker_delays_a_pin_at_one_kiosk_and_locks_nobody_out(
    client: FlaskClient,
    cast: Cast,
    clock: SetClock,
    kiosk: KioskDevice,
    cards: dict[str, str],
    send: Send,
    session: Session,
    write: Write,
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    joker = [sealed_command(kiosk, typed(pin=f"11122{n}"), clock.at) for n in range(5)]
    own = sealed_command(kiosk, typed(), clock.at)
    results = send(*joker, own)
    assert [each["outcome"] for each in results] == ["refused"] * 5 + ["retry"]
    assert send(sealed_command(kiosk, {"card": cards["hoa"]}, clock.at))[0]["outcome"] == "applied"
    other = write(lambda s: make_kiosk(s, cast.sao_bac.id, clock.at, "Cổng số 3"))
    assert (
        send(sealed_command(other, typed(), clock.at), headers=other.headers)[0]["outcome"]
        == "applied"
    )
    signed_in = client.post("/api/v1/sign-in", json=typed() | {"device": {"id": "a phone"}})
    assert signed_in.status_code == 200
    clock.move(minutes=16)
    assert send(own)[0]["outcome"] == "applied"
    session.rollback()
    times = {each.made_at for each in list_check_ins(session, hoa.id)}
    assert times == {clock.at - timedelta(minutes=16)}


def test_more_pins_than_one_call_checks_are_asked_for_again(
    kiosk: KioskDevice,
    clock: SetClock,
    send: Send,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.outbox.views.sealed.MOST_PINS_AT_ONCE", 1)
    first, second = (sealed_command(kiosk, typed(), clock.at) for _ in range(2))
    assert [each["outcome"] for each in send(first, second)] == ["applied", "retry"]
    assert [each["outcome"] for each in send(second)] == ["applied"]


def test_what_was_not_sealed_as_agreed_is_refused_with_a_code_and_the_rest_goes_on(
    kiosk: KioskDevice, clock: SetClock, cards: dict[str, str], send: Send, session: Session
) -> None:
    good = sealed_command(kiosk, {"card": cards["hoa"]}, clock.at)
    whole = sealed_command(kiosk, {"card": cards["anh"]}, clock.at)
    torn = whole | {"sealed": whole["sealed"][:-4] + "AAAA"}
    strange = sealed_command(kiosk, {"card": cards["anh"]}, clock.at)
    strange["sealed"] = sealed_for(kiosk.key | {"kid": "x" * 43}, {})
    empty = sealed_command(kiosk, {}, clock.at)
    results = send(torn, strange, empty, good)
    assert [each.get("code") for each in results] == [
        "sealed.unreadable",
        "sealed.unknown_key",
        "sealed.malformed",
        None,
    ]
    assert all(each["message"] for each in results[:3])
    assert [code for _, code in returns(session)] == [each["code"] for each in results[:3]]


@pytest.mark.parametrize("change", [{"body": {}}, {"sealed": 7}, {"sealed": ""}])
def test_a_command_is_open_or_sealed_never_both(
    kiosk: KioskDevice,
    clock: SetClock,
    cards: dict[str, str],
    send: Send,
    change: dict[str, Any],
) -> None:
    both = sealed_command(kiosk, {"card": cards["hoa"]}, clock.at) | change
    assert send(both)[0]["code"] == "commands.malformed"


def test_the_same_key_with_another_sealed_content_is_refused(
    kiosk: KioskDevice, clock: SetClock, cards: dict[str, str], send: Send
) -> None:
    one = sealed_command(kiosk, {"card": cards["hoa"]}, clock.at)
    other = sealed_command(kiosk, {"card": cards["anh"]}, clock.at) | {"key": one["key"]}
    assert [each["outcome"] for each in send(one, other)] == ["applied", "refused"]
    assert send(other)[0]["code"] == "commands.key_reused"


def test_only_a_shared_device_hands_in_what_is_sealed(
    cast: Cast, kiosk: KioskDevice, clock: SetClock, cards: dict[str, str], send: Send
) -> None:
    for name in ("hoa", "hanh"):
        headers = cast.sao_bac.people[name].headers
        command = sealed_command(kiosk, {"card": cards["hoa"]}, clock.at)
        assert send(command, headers=headers)[0]["code"] == "accounts.not_allowed"


def test_a_card_gives_no_right_to_answer_for_others(
    kiosk: KioskDevice, clock: SetClock, cards: dict[str, str], send: Send
) -> None:
    body = {
        "badge": "SB-20417",
        "company": "SAOBAC",
        "shift_on": "today",
        "shift": "ca1",
        "answers": FEVER,
    }
    command = sealed_command(kiosk, {"card": cards["nhung"]}, clock.at, body=body)
    assert send(command)[0]["code"] == "accounts.not_allowed"


def test_a_lost_card_and_that_of_somebody_who_left_are_refused(
    cast: Cast,
    kiosk: KioskDevice,
    clock: SetClock,
    cards: dict[str, str],
    send: Send,
    session: Session,
    write: Write,
) -> None:
    hoa, anh = cast.sao_bac.people["hoa"], cast.sao_bac.people["anh"]
    write(lambda s: revoke_card(s, hoa.id, CardEnd.LOST, actor=STORY, now=clock.at))
    today = clock.at.date()
    write(
        lambda s: end_work(s, s.get_one(Worker, anh.id), last_on=today, actor=STORY, now=clock.at)
    )
    results = send(
        sealed_command(kiosk, {"card": cards["hoa"]}, clock.at),
        sealed_command(kiosk, {"card": cards["anh"]}, clock.at),
        sealed_command(kiosk, {"card": "nobody's"}, clock.at),
    )
    assert [each["code"] for each in results] == [
        "accounts.card_revoked",
        "checkins.has_left",
        "accounts.unknown_card",
    ]
    assert len(returns(session)) == 3


def test_who_answers_under_the_notice_agrees_and_a_no_stands_until_a_yes(
    cast: Cast,
    kiosk: KioskDevice,
    clock: SetClock,
    cards: dict[str, str],
    send: Send,
    session: Session,
    write: Write,
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    card = {"card": cards["hoa"]}
    write(lambda s: record_consent(s, hoa.id, "0", agreed=True, actor=STORY, now=clock.at))
    clock.move(seconds=1)
    assert send(sealed_command(kiosk, card, clock.at, notice=""))[0]["code"] == (
        "checkins.consent_needed"
    )
    assert send(sealed_command(kiosk, card, clock.at))[0]["outcome"] == "applied"
    session.rollback()
    assert find_agreed(session, [hoa.id], "1") == {hoa.id}

    clock.move(seconds=1)
    no = sealed_command(
        kiosk, card, clock.at, kind="consent", body={"version": "1", "agreed": False}
    )
    after = sealed_command(kiosk, card, clock.at)
    assert [each.get("code") for each in send(no, after)] == [None, "checkins.consent_needed"]
    session.rollback()
    said = find_consent(session, hoa.id)
    assert said is not None
    assert not said.agreed
    clock.move(seconds=1)
    yes = sealed_command(kiosk, card, clock.at, agreed=True)
    assert send(yes)[0]["outcome"] == "applied"


def test_a_key_that_grew_old_still_opens_what_waited(
    kiosk: KioskDevice,
    clock: SetClock,
    cards: dict[str, str],
    send: Send,
    session: Session,
    write: Write,
) -> None:
    waited = sealed_command(kiosk, {"card": cards["hoa"]}, clock.at)
    assert write(lambda s: renew_seal_key(s, now=clock.at)) == kiosk.key
    newer = write(lambda s: renew_seal_key(s, now=clock.at + timedelta(days=91)))
    assert newer["kid"] != kiosk.key["kid"]
    assert send(waited)[0]["outcome"] == "applied"
    session.rollback()
    assert {row.kid for row in session.scalars(select(SealKey))} == {
        kiosk.key["kid"],
        newer["kid"],
    }


def test_two_kiosks_and_one_card_are_two_versions_and_never_milder(
    cast: Cast,
    kiosk: KioskDevice,
    clock: SetClock,
    cards: dict[str, str],
    send: Send,
    session: Session,
    write: Write,
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    other = write(lambda s: make_kiosk(s, cast.park_id, clock.at, "Cổng chính"))
    assert send(sealed_command(kiosk, {"card": cards["hoa"]}, clock.at, FEVER))
    assert send(sealed_command(other, {"card": cards["hoa"]}, clock.at), headers=other.headers)
    session.rollback()
    assert [each.level for each in list_check_ins(session, hoa.id)] == ["green", "red"]
    standing = find_standing(session, hoa.id)
    assert standing is not None
    assert standing.level == "red"


def test_a_revoked_kiosk_hands_nothing_in(
    client: FlaskClient,
    kiosk: KioskDevice,
    clock: SetClock,
    cards: dict[str, str],
    write: Write,
) -> None:
    write(lambda s: revoke_kiosk(s, kiosk.id, actor=STORY, now=clock.at))
    command = sealed_command(kiosk, {"card": cards["hoa"]}, clock.at)
    answer = client.post("/api/v1/commands", json={"commands": [command]}, headers=kiosk.headers)
    assert answer.status_code == 401


def test_an_answer_for_a_named_shift_is_taken_for_that_shift(
    cast: Cast,
    kiosk: KioskDevice,
    clock: SetClock,
    cards: dict[str, str],
    send: Send,
    session: Session,
) -> None:
    body = {"shift_on": "2026-11-25", "shift": "ca2", "answers": FEVER}
    assert send(sealed_command(kiosk, {"card": cards["men"]}, clock.at, body=body))
    session.rollback()
    kept = list_check_ins(session, cast.sao_bac.people["men"].id)[0]
    assert (kept.shift_on.isoformat(), kept.shift) == ("2026-11-25", "ca2")


def test_an_open_command_beside_a_sealed_one_is_the_devices_own(
    kiosk: KioskDevice, clock: SetClock, cards: dict[str, str], send: Send
) -> None:
    sealed = sealed_command(kiosk, {"card": cards["hoa"]}, clock.at)
    bare = {
        "key": new_id(clock.at),
        "kind": "check_in",
        "made_at": clock.at.isoformat(),
        "body": {"shift_on": "today", "shift": "ca1", "answers": FEVER},
    }
    results = send(sealed, bare)
    assert [each["outcome"] for each in results] == ["applied", "refused"]
