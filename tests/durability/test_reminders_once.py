"""`reminders run-due` killed in the middle, or run by two at once: everybody once, nobody never."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.accounts.models import Account, Branch
from app.checkins.models import Duty, ShiftCount
from app.delivery.models import Delivery
from app.kernel.ids import new_id
from app.settings import ROOT, Settings
from app.workforce.models import Worker
from tests.conftest import Node
from tests.factories.people import make_company, make_line, make_park
from tests.factories.reminders import make_schedule

Write = Callable[[Callable[[Session], Any]], Any]
ON = date(2021, 11, 9)
FIVE = "2021-11-09T05:00:00+07:00"
THEN = datetime(2021, 11, 8, 20, tzinfo=UTC)
PEOPLE = 6000
PATIENCE_SECONDS = 0.01


@pytest.fixture
def crowd(node: Node, in_app: Flask, write: Write) -> None:
    """A company with thousands expected on shift 1, and a reminder an hour before."""
    write(lambda session: make_crowd(session, in_app.config["SETTINGS"]))


def make_crowd(session: Session, settings: Settings) -> None:
    park = make_park(session, THEN)
    company = make_company(session, park, "SAOBAC", "Điện tử Sao Bắc", THEN)
    line: Branch = make_line(session, company, "Chuyền 3", THEN)
    ids = [new_id(THEN) for _ in range(PEOPLE)]
    place = {"company_id": company.id, "branch_id": line.id}
    session.execute(
        insert(Account),
        [{"id": each, "name": "Người", "locale": "vi", "created_at": THEN} for each in ids],
    )
    session.execute(
        insert(Worker),
        [
            {
                "id": each,
                **place,
                "badge": f"SB-{n}",
                "badge_key": f"SB{n}",
                "name": "Người",
                "name_folded": "nguoi",
                "updated_at": THEN,
            }
            for n, each in enumerate(ids)
        ],
    )
    duty = {"shift_on": ON, "shift": "ca1", "state": "expected", **place}
    session.execute(insert(Duty), [{"worker_id": each, **duty} for each in ids])
    session.execute(
        insert(ShiftCount).values(
            branch_id=company.id,
            company_id=company.id,
            shift_on=ON,
            shift="ca1",
            expected=PEOPLE,
            as_of=THEN,
        )
    )
    make_schedule(session, company.id, settings, THEN)


def run_due(node: Node) -> "subprocess.Popen[str]":
    """Start the command against the node's own database."""
    settings: Settings = node.app.config["SETTINGS"]
    given = {
        **os.environ,
        "ANCA_INSTANCE": str(node.folder),
        "DATABASE_URL": settings.database_url,
        "ANCA_NAME": settings.name,
    }
    command = ["-m", "flask", "--app", "wsgi", "reminders", "run-due", "--now", FIVE, "--json"]
    return subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=given, stdout=subprocess.PIPE, text=True
    )


def told_by(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """What the command printed."""
    out, _ = process.communicate()
    assert process.returncode == 0
    told: dict[str, Any] = json.loads(out)
    return told


def count_rows(session: Any) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Delivery)) or 0


def count_people(session: Any) -> int:
    session.rollback()
    return session.scalar(select(func.count(Delivery.person_id.distinct()))) or 0


@pytest.mark.usefixtures("crowd")
def test_killed_between_chunks_it_goes_on_and_reaches_everybody_once(
    node: Node, session: Any, long_run: bool
) -> None:
    kills, written = 10 if long_run else 2, 0
    for kill in range(kills):
        process = run_due(node)
        wanted = PEOPLE * (kill + 1) // (kills + 2)
        while count_rows(session) < wanted and process.poll() is None:
            try:
                process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                continue
        process.kill()
        process.communicate()
        rows = count_rows(session)
        assert written <= rows == count_people(session)
        written = rows
    assert 0 < written < PEOPLE, "no kill fell between two chunks"
    assert told_by(run_due(node))["planned"] == PEOPLE - written
    assert told_by(run_due(node)) == {"due": 0, "planned": 0, "missed": 0, "skipped": {}}
    assert count_rows(session) == count_people(session) == PEOPLE
    assert set(session.scalars(select(Delivery.status).distinct())) == {"sent"}


@pytest.mark.usefixtures("crowd")
def test_two_processes_at_once_share_the_work(node: Node, session: Any) -> None:
    told = [told_by(process) for process in [run_due(node), run_due(node)]]
    assert sum(each["due"] for each in told) == 1
    assert sum(each["planned"] for each in told) == PEOPLE
    assert count_rows(session) == count_people(session) == PEOPLE
