"""What a screen on a wall is told: what holds for its company, nothing of a person."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.gate.actions.kiosk import revoke_kiosk
from app.reminders.jobs import plan_due_reminders
from tests.conftest import SetClock
from tests.factories.kiosk import KioskDevice, make_kiosk
from tests.factories.outlets import send_notice
from tests.factories.people import STORY, Cast
from tests.factories.reminders import make_schedule

Write = Callable[[Callable[[Session], Any]], Any]
FIVE = datetime(2026, 11, 23, 22, tzinfo=UTC)  # 05:00 on Tuesday in the park


@pytest.fixture
def screen(cast: Cast, clock: SetClock, write: Write) -> KioskDevice:
    """A screen in the canteen of Sao Bắc."""
    return write(lambda session: make_kiosk(session, cast.sao_bac.id, clock.at, "Nhà ăn"))


def told(client: FlaskClient, screen: KioskDevice) -> dict[str, Any]:
    answer = client.get("/api/v1/display", headers=screen.headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def test_a_screen_shows_what_holds_for_its_company_and_the_park(
    client: FlaskClient, screen: KioskDevice, cast: Cast, clock: SetClock, write: Write
) -> None:
    def work(session: Session) -> None:
        own, other = cast.sao_bac, cast.minh_tri
        send_notice(session, own.id, clock.at, company_id=own.id)
        send_notice(session, other.id, clock.at, company_id=other.id, titles={"vi": "Minh Trí"})
        send_notice(session, cast.park_id, clock.at, titles={"vi": "Cả khu"})
        send_notice(session, own.id, clock.at, company_id=own.id, state="draft", begun_at=None)
        send_notice(session, own.id, clock.at, company_id=own.id, state="stopped")
        send_notice(session, own.id, clock.at, company_id=own.id, state="cancelled")

    write(work)
    seen = told(client, screen)
    assert seen["place"] == "Nhà ăn"
    assert {each["titles"]["vi"] for each in seen["notices"]} == {
        "Tạm dừng ca sáng xưởng B2",
        "Cả khu",
    }
    assert all("{" not in text for each in seen["notices"] for text in each["texts"].values())
    assert seen["as_of"] == "2026-11-24T05:10:00+07:00"


def test_what_expired_is_not_told(
    client: FlaskClient, screen: KioskDevice, cast: Cast, clock: SetClock, write: Write
) -> None:
    own = cast.sao_bac.id
    write(
        lambda session: send_notice(
            session, own, clock.at, company_id=own, holds=timedelta(minutes=5)
        )
    )
    assert len(told(client, screen)["notices"]) == 1
    clock.move(minutes=5)
    assert told(client, screen)["notices"] == []


def test_a_reminder_for_all_is_shown_and_one_for_a_person_is_not(
    client: FlaskClient,
    screen: KioskDevice,
    cast: Cast,
    clock: SetClock,
    write: Write,
    in_app: Flask,
) -> None:
    settings = in_app.config["SETTINGS"]
    own = cast.sao_bac.id
    texts = {
        "Rửa tay": ("Rửa tay trước khi ăn. {company}", False),
        "Khai báo": ("Bạn chưa khai báo ca {shift}.", True),
        "Chỗ ngồi": ("{line}: ngồi so le.", False),
    }

    clock.at = FIVE - timedelta(minutes=10)

    def plan(session: Session) -> None:
        for name, (text, late) in texts.items():
            make_schedule(
                session, own, settings, clock.at, text=text, name=name, only_unanswered=late
            )

    write(plan)
    for minutes in (9, 1):
        clock.move(minutes=minutes)
        plan_due_reminders(clock.at)
    seen = told(client, screen)
    assert [each["texts"]["vi"] for each in seen["reminders"]] == [
        "Rửa tay trước khi ăn. Điện tử Sao Bắc"
    ]


def test_only_a_device_of_the_gate_is_told(client: FlaskClient, cast: Cast) -> None:
    assert client.get("/api/v1/display").status_code == 401
    headers = cast.sao_bac.people["hoa"].headers
    assert client.get("/api/v1/display", headers=headers).status_code == 403


def test_a_screen_that_was_taken_out_of_use_is_told_nothing(
    client: FlaskClient, screen: KioskDevice, clock: SetClock, write: Write
) -> None:
    write(lambda session: revoke_kiosk(session, screen.id, actor=STORY, now=clock.at))
    assert client.get("/api/v1/display", headers=screen.headers).status_code == 401
