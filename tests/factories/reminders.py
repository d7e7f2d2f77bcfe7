"""Schedules, ticks and inboxes for stories about reminders."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.delivery.models import Delivery, Message
from app.kernel.ids import new_id
from app.reminders.actions.schedules import Wording, save_schedule
from app.reminders.rules import Anchor, Schedule
from app.settings import Settings
from tests.factories.people import STORY, Person

BEFORE_SHIFT = Schedule("", "Khai báo trước ca", "", Anchor.SHIFT_START, -60, only_unanswered=True)
TEXT = "Chào bạn {line}, hãy khai báo trước ca {shift}: {link}"


def make_schedule(
    session: Session,
    company_id: int,
    settings: Settings,
    now: datetime,
    *,
    text: str = TEXT,
    en: str = "",
    schedule: Schedule = BEFORE_SHIFT,
    **changes: Any,
) -> str:
    """A running schedule an hour before each shift, for who has not answered."""
    wanted = replace(schedule, **changes)
    return save_schedule(
        session,
        company_id,
        wanted,
        Wording(wanted.name, text, "", en),
        version=None,
        settings=settings,
        actor=STORY,
        now=now,
    )


def statuses(session: Any, **of: str) -> dict[str, list[str]]:
    """Statuses of every delivery by person's id, in the order they were written."""
    session.rollback()
    chosen = select(Delivery.person_id, Delivery.status).order_by(Delivery.id)
    for column, value in of.items():
        chosen = chosen.where(getattr(Delivery, column) == value)
    found: dict[str, list[str]] = {}
    for person_id, status in session.execute(chosen):
        found.setdefault(person_id, []).append(status)
    return found


def only_message(session: Any) -> Message:
    """The one message there is."""
    session.rollback()
    found: Message = session.scalars(select(Message)).one()
    return found


def inbox(client: FlaskClient, person: Person) -> list[dict[str, Any]]:
    """What a person's phone fetches."""
    answer = client.get("/api/v1/inbox", headers=person.headers)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json  # type: ignore[assignment]
    return items


def command(kind: str, body: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A command made now."""
    return {"key": new_id(now), "kind": kind, "made_at": now.isoformat(), "body": body}


def send(client: FlaskClient, person: Person, *commands: dict[str, Any]) -> list[dict[str, Any]]:
    """Hand commands in; their results."""
    answer = client.post(
        "/api/v1/commands", json={"commands": list(commands)}, headers=person.headers
    )
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json["results"]  # type: ignore[index]
    return results


def check_in(now: datetime, shift_on: str = "today", shift: str = "ca1") -> dict[str, Any]:
    """A healthy answer for a shift."""
    answers = {"symptoms": [], "temperature_c": None, "exposures": {"contact_case": False}}
    body = {"shift_on": shift_on, "shift": shift, "answers": answers, "rules": "workplace_2020@1"}
    return command("check_in", body, now)
