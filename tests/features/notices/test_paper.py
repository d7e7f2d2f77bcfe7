"""Told in person, printed by line, read aloud, copied: what reaches people without a phone."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.checkins.models import Duty
from app.delivery.actions.ledger import stop_message
from app.delivery.models import Attempt, Delivery, Message
from app.notices.gateways import voice
from tests.conftest import Node, SetClock
from tests.factories.outlets import Sent, send_notice
from tests.factories.people import Cast, Person
from tests.factories.reminders import make_schedule

Write = Callable[[Callable[[Session], Any]], Any]
Enter = Callable[[Person], FlaskClient]
MEAL = {"titles": {"vi": "Đổi giờ ăn"}, "texts": {"vi": "Ăn lúc 11:30."}}
FIVE = datetime(2026, 11, 23, 22, tzinfo=UTC)  # 05:00 on Tuesday in the park


@pytest.fixture
def sent(cast: Cast, clock: SetClock, write: Write) -> Sent:
    """A notice of Sao Bắc: Hoa has a phone; Ánh (line 3) and Mến (line 7) have nothing."""
    clock.at = FIVE
    own = cast.sao_bac
    who = {name: each.id for name, each in own.people.items()}
    done: Sent = write(
        lambda s: send_notice(
            s,
            own.id,
            clock.at,
            company_id=own.id,
            people=[who["hoa"]],
            on_paper=[who["anh"], who["men"]],
        )
    )
    return done


@pytest.fixture
def nhung(cast: Cast, enter: Enter) -> FlaskClient:
    """The team member of line 3."""
    return enter(cast.sao_bac.people["nhung"])


@pytest.fixture
def hanh(cast: Cast, enter: Enter) -> FlaskClient:
    """The company's safety officer."""
    return enter(cast.sao_bac.people["hanh"])


def on_paper(session: Any, person: Person) -> tuple[str, datetime | None]:
    session.rollback()
    row = session.scalars(
        select(Delivery).where(Delivery.person_id == person.id, Delivery.channel == "paper")
    ).one()
    return row.status, row.delivered_at


def tell(browser: FlaskClient, sent: Sent, act: str = "told", **form: Any) -> int:
    return browser.post(f"/paper/{sent.message_id}/{act}", data=form).status_code


def test_a_team_member_sees_and_ticks_only_their_own_line(
    sent: Sent, nhung: FlaskClient, cast: Cast, session: Any
) -> None:
    people = cast.sao_bac.people
    page = nhung.get(f"/paper/{sent.message_id}").text
    assert people["anh"].name in page
    assert people["men"].name not in page
    assert people["hoa"].name not in page
    assert tell(nhung, sent, person=people["anh"].id) == 302
    assert tell(nhung, sent, person=people["men"].id) == 302
    assert on_paper(session, people["anh"]) == ("delivered", FIVE)
    assert on_paper(session, people["men"])[0] == "queued"
    told = nhung.get(f"/paper/{sent.message_id}").text
    assert f"Đã báo 05:00 · {people['nhung'].name}" in told


def test_who_told_is_kept_with_the_delivery_and_undone_in_the_open(
    sent: Sent, nhung: FlaskClient, cast: Cast, session: Any, clock: SetClock
) -> None:
    anh = cast.sao_bac.people["anh"]
    for act in ("told", "told", "untold", "told"):
        clock.move(minutes=1)
        tell(nhung, sent, act, person=anh.id)
    assert on_paper(session, anh) == ("delivered", FIVE + timedelta(minutes=4))
    kept = session.scalars(
        select(Attempt).join(Delivery).where(Delivery.person_id == anh.id).order_by(Attempt.n)
    ).all()
    assert [each.outcome for each in kept] == ["taken-back", "delivered"]
    assert kept[-1].masked["told_by"] == "Vũ Thị Nhung"


def test_a_whole_line_is_ticked_and_taken_back_at_once(
    sent: Sent, hanh: FlaskClient, cast: Cast, session: Any
) -> None:
    own = cast.sao_bac
    line = own.lines["Chuyền 7"]
    assert "Chuyền 3" in hanh.get(f"/paper/{sent.message_id}").text
    tell(hanh, sent, all="1", unit=line)
    assert on_paper(session, own.people["men"])[0] == "delivered"
    assert on_paper(session, own.people["anh"])[0] == "queued"
    tell(hanh, sent, "untold", all="1", unit=line)
    assert on_paper(session, own.people["men"]) == ("sent", None)


def test_nothing_chosen_changes_nothing(sent: Sent, hanh: FlaskClient, session: Any) -> None:
    for form in ({}, {"person": "nobody"}, {"all": "1", "unit": "x"}, {"all": "1", "unit": "99"}):
        assert tell(hanh, sent, **form) == 302
    session.rollback()
    assert session.scalars(select(Attempt)).all() == []


def test_what_expired_is_not_ticked_any_more(
    sent: Sent, hanh: FlaskClient, cast: Cast, session: Any, write: Write
) -> None:
    def expire(s: Session) -> None:
        for row in s.scalars(select(Delivery)):
            row.status = "expired"

    write(expire)
    tell(hanh, sent, person=cast.sao_bac.people["anh"].id)
    assert on_paper(session, cast.sao_bac.people["anh"])[0] == "expired"


def test_another_company_knows_nothing_of_it(
    sent: Sent, cast: Cast, enter: Enter, write: Write, clock: SetClock
) -> None:
    khoi, binh = enter(cast.minh_tri.people["khoi"]), cast.minh_tri.people["binh"]
    own = write(lambda s: send_notice(s, cast.minh_tri.id, clock.at, on_paper=[binh.id]))
    assert khoi.get(f"/paper/{own.message_id}").status_code == 200
    write(lambda s: s.execute(update(Message).where(Message.id == own.message_id).values(MEAL)))
    for path in ("", "/sheet", "/aloud", "/aloud.wav"):
        assert khoi.get(f"/paper/{sent.message_id}{path}").status_code == 404
    assert tell(khoi, sent, person=cast.sao_bac.people["anh"].id) == 404
    assert tell(khoi, sent, "untold", person=cast.sao_bac.people["anh"].id) == 404
    assert "Tạm dừng" not in khoi.get("/paper").text


def test_what_is_said_to_one_person_alone_is_read_to_nobody(
    sent: Sent, hanh: FlaskClient, write: Write
) -> None:
    write(lambda s: s.execute(update(Message).values(kind="answer")))
    for path in ("", "/sheet", "/aloud", "/aloud.wav"):
        assert hanh.get(f"/paper/{sent.message_id}{path}").status_code == 404
    assert "Tạm dừng" not in hanh.get("/paper").text


def test_a_notice_of_the_park_is_told_by_each_company_to_its_own(
    cast: Cast, write: Write, clock: SetClock, enter: Enter, session: Any
) -> None:
    anh, binh = cast.sao_bac.people["anh"], cast.minh_tri.people["binh"]
    sent = write(lambda s: send_notice(s, cast.park_id, clock.at, on_paper=[anh.id, binh.id]))
    khoi = enter(cast.minh_tri.people["khoi"])
    page = khoi.get(f"/paper/{sent.message_id}").text
    assert binh.name in page
    assert anh.name not in page
    tell(khoi, sent, person=binh.id)
    tell(khoi, sent, person=anh.id)
    assert on_paper(session, binh)[0] == "delivered"
    assert on_paper(session, anh)[0] == "queued"


def test_the_list_says_how_many_are_left(sent: Sent, hanh: FlaskClient, cast: Cast) -> None:
    assert "Chưa báo 2" in hanh.get("/paper").text
    tell(hanh, sent, person=cast.sao_bac.people["anh"].id)
    assert "Chưa báo 1" in hanh.get("/paper").text
    tell(hanh, sent, person=cast.sao_bac.people["men"].id)
    assert "Đã báo đủ 2" in hanh.get("/paper").text


def test_the_list_forgets_what_holds_no_longer(
    sent: Sent, hanh: FlaskClient, clock: SetClock
) -> None:
    clock.move(hours=6)
    assert "Tạm dừng ca sáng xưởng B2" not in hanh.get("/paper").text


def test_what_was_stopped_is_told_to_nobody_more(
    sent: Sent, hanh: FlaskClient, write: Write, clock: SetClock
) -> None:
    assert "không báo thêm cho ai nữa" not in hanh.get(f"/paper/{sent.message_id}").text
    write(lambda s: stop_message(s, sent.message_id, now=clock.at))
    assert "Tạm dừng ca sáng xưởng B2" not in hanh.get("/paper").text
    for path in ("", "/sheet", "/aloud"):
        page = hanh.get(f"/paper/{sent.message_id}{path}").text
        assert "không báo thêm cho ai nữa" in page


def test_a_sheet_for_each_line_names_its_people(sent: Sent, hanh: FlaskClient, cast: Cast) -> None:
    people = cast.sao_bac.people
    page = hanh.get(f"/paper/{sent.message_id}/sheet").text
    assert page.count('class="paper line-sheet"') == 2
    for name in ("hoa", "anh", "men"):
        assert people[name].name in page
    one = hanh.get(f"/paper/{sent.message_id}/sheet?unit={cast.sao_bac.lines['Chuyền 7']}").text
    assert people["men"].name in one
    assert people["anh"].name not in one


def test_the_sheet_of_the_day_has_the_lines_reminders_and_people(
    cast: Cast, hanh: FlaskClient, write: Write, clock: SetClock, in_app: Flask
) -> None:
    own, settings = cast.sao_bac, in_app.config["SETTINGS"]
    hoa = own.people["hoa"]

    def plan(s: Session) -> None:
        for name, (text, late) in {
            "Rửa tay": ("{line}: rửa tay trước khi ăn.", False),
            "Khai báo": ("Bạn chưa khai báo.", True),
        }.items():
            make_schedule(s, own.id, settings, clock.at, text=text, name=name, only_unanswered=late)
        s.merge(
            Duty(
                worker_id=hoa.id,
                shift_on=date(2026, 11, 24),
                shift="ca1",
                company_id=own.id,
                branch_id=own.lines["Chuyền 3"],
                state="expected",
            )
        )

    write(plan)
    page = hanh.get("/paper/day").text
    assert "Chuyền 3: rửa tay trước khi ăn." in page
    assert hoa.name in page
    assert "chưa khai báo" not in page
    assert hanh.get("/paper/day?on=2026-99-99").status_code == 200
    assert hanh.get("/paper/day?on=2030-01-01&unit=1x").status_code == 200


def test_what_is_read_and_copied_names_nobody(sent: Sent, hanh: FlaskClient, cast: Cast) -> None:
    page = hanh.get(f"/paper/{sent.message_id}/aloud").text
    main = page.split('id="main"')[1]
    assert "Tạm dừng ca sáng xưởng bê hai." in main
    assert "Đường dây nóng một chín không không, " in main
    assert "Có hiệu lực đến" in main
    assert "/inbox" in main
    for person in cast.sao_bac.people.values():
        if person.badge:
            assert person.name not in main


def test_only_who_sends_notices_reads_them_aloud(sent: Sent, nhung: FlaskClient) -> None:
    assert nhung.get(f"/paper/{sent.message_id}/aloud").status_code == 403


def test_without_a_voice_the_page_says_what_to_install(
    sent: Sent, hanh: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    page = hanh.get(f"/paper/{sent.message_id}/aloud").text
    assert "sudo apt install espeak-ng" in page
    assert "<audio" not in page
    assert hanh.get(f"/paper/{sent.message_id}/aloud.wav").status_code == 404


SPEAKER = """#!/bin/sh
while [ $# -gt 0 ]; do
  case "$1" in -v) voice="$2";; -w) made="$2";; esac
  shift
done
{body}
"""


@pytest.fixture
def speaker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A program of that name that does what a story wants."""

    def install(body: str) -> None:
        program = tmp_path / "espeak-ng"
        program.write_text(SPEAKER.replace("{body}", body))
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    return install


def test_a_sound_is_made_of_the_words_on_the_page(
    sent: Sent, hanh: FlaskClient, speaker: Callable[[str], None]
) -> None:
    speaker('(printf "RIFF$voice "; cat) > "$made"')
    page = hanh.get(f"/paper/{sent.message_id}/aloud")
    assert "media-src 'self'" in page.headers["Content-Security-Policy"]
    assert "<audio" in page.text
    sound = hanh.get(f"/paper/{sent.message_id}/aloud.wav?voice=vi")
    assert sound.mimetype == "audio/wav"
    said = sound.data.decode()
    assert said.startswith("RIFFvi Thông báo của Điện tử Sao Bắc.")
    assert said.count("Tạm dừng ca sáng xưởng bê hai.") == 2
    english = hanh.get(f"/paper/{sent.message_id}/aloud.wav?voice=en&download=1")
    assert english.data.startswith(b"RIFFen")
    assert "attachment" in english.headers["Content-Disposition"]


@pytest.mark.parametrize("body", ["exit 3", 'echo no > "$made"', "true", "sleep 30"])
def test_a_voice_that_fails_or_hangs_is_said_so(
    sent: Sent,
    hanh: FlaskClient,
    speaker: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    body: str,
) -> None:
    monkeypatch.setattr(voice, "LONGEST_SECONDS", 1 if "sleep" in body else 20)
    speaker(f"exec {body}" if "sleep" in body else body)
    answer = hanh.get(f"/paper/{sent.message_id}/aloud.wav")
    assert answer.status_code == 503
    assert "Chưa làm được tệp âm thanh" in answer.text


def test_a_page_of_another_site_ticks_nobody_off(
    sent: Sent,
    hanh: FlaskClient,
    cast: Cast,
    session: Any,
    node: Node,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(node.app.config, "WTF_CSRF_ENABLED", True)
    assert tell(hanh, sent, person=cast.sao_bac.people["anh"].id) == 400
    assert tell(hanh, sent, "untold", person=cast.sao_bac.people["anh"].id) == 400
    assert on_paper(session, cast.sao_bac.people["anh"])[0] == "queued"
