"""Reminders and notices planned, and messages handed over: everybody once, nobody never."""

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.delivery.actions.ledger import (
    NewDelivery,
    NewMessage,
    add_deliveries,
    open_message,
    show_message,
)
from app.delivery.jobs.rounds import send_queued
from app.delivery.rules import Accepted, ChannelName, Health, Lane, Outbound, Report
from app.delivery.rules.messages import MessageKind
from app.kernel.actors import Actor, Grant, Role
from app.kernel.ids import new_id
from app.notices.jobs import run_notices
from app.reminders.jobs import plan_due_reminders
from app.web.transaction import transact
from app.workforce.models import Worker
from tests.durability.deeds.answers import make_people
from tests.durability.ground import START, Deed, Ground, Tell
from tests.durability.reckoning import rows
from tests.factories.notices import ask, make_notice, to_company
from tests.factories.reminders import make_schedule

PEOPLE = 40


def _expected_today(ground: Ground) -> None:
    """People who work shift 1 every day, and a reminder an hour before."""

    def work(session: Session) -> None:
        make_people(session, PEOPLE, START - timedelta(days=1))
        company_id = session.scalars(select(Worker.company_id).limit(1)).one()
        make_schedule(session, company_id, ground.settings, START - timedelta(hours=1))

    with ground.park.app_context():
        transact(work)


def _remind(ground: Ground, tell: Tell) -> None:
    """The two jobs that the clock starts, one after the other."""
    with ground.park.app_context():
        plan_due_reminders(ground.clock.now())
        send_queued(ground.clock.now)


def _everybody_once(ground: Ground, _: list[dict[str, Any]]) -> None:
    found = rows(ground.settings, "SELECT person_id, status FROM delivery")
    assert len(found) == len({row["person_id"] for row in found}) == PEOPLE
    assert {row["status"] for row in found} == {"sent"}
    assert len(rows(ground.settings, "SELECT id FROM message")) == 1


REMINDERS = Deed(_expected_today, _remind, _everybody_once, pause=timedelta(seconds=20))


def _notice(ground: Ground) -> None:
    """A notice to everybody of a company, let go and waiting for its countdown."""
    with ground.park.app_context():
        transact(lambda session: make_people(session, PEOPLE))
        company = rows(ground.settings, "SELECT id, path FROM branch WHERE kind = 'company'")[0]
        officer = Actor(None, "Hạnh", (Grant(Role.SAFETY_OFFICER, company["path"]),))
        notice_id = make_notice(company["id"], to_company(company["id"]), officer, START)
        ask(notice_id, officer, START)


def _send_notice(ground: Ground, tell: Tell) -> None:
    ground.clock.move(seconds=61)
    with ground.park.app_context():
        run_notices(ground.clock.now)
        send_queued(ground.clock.now)
        run_notices(ground.clock.now)


def _notice_reached_all(ground: Ground, _: list[dict[str, Any]]) -> None:
    found = rows(ground.settings, "SELECT person_id, channel, status FROM delivery")
    once = Counter((row["person_id"], row["channel"]) for row in found)
    assert set(once.values()) == {1}
    assert len({row["person_id"] for row in found}) == PEOPLE
    (notice,) = rows(ground.settings, "SELECT state FROM notice")
    assert notice["state"] == "sent"


NOTICES = Deed(_notice, _send_notice, _notice_reached_all, pause=timedelta(seconds=20))


class Post:
    """A provider that keeps what it was given where no kill of ours reaches."""

    name = ChannelName.SMS_HTTP
    needs_internet = True
    has_receipts = False
    max_per_minute = 1000
    silence_after = timedelta(hours=1)

    def __init__(self, ledger: Path) -> None:
        self.ledger = ledger

    def health(self) -> Health:
        return Health(ok=True)

    def can_reach(self, contact: Any, out: Outbound, now: Any) -> None:
        return None

    def send(self, out: Outbound) -> Accepted:
        line = json.dumps(out.delivery_id).encode() + b"\n"
        handle = os.open(self.ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, line)
        os.close(handle)
        return Accepted((out.delivery_id,))

    def parse(
        self, headers: Mapping[str, str], raw: bytes, args: Mapping[str, str]
    ) -> Iterable[Report]:
        return ()

    def poll(self, external_ids: Iterable[str]) -> Iterable[Report]:
        return ()


def _ledger(ground: Ground) -> Path:
    return ground.folder / "given.jsonl"


def _queued(ground: Ground) -> None:
    """A reminder for everybody, waiting for a provider."""

    def work(session: Session) -> None:
        people = make_people(session, PEOPLE)
        message = NewMessage(
            MessageKind.REMINDER, new_id(START), {"vi": "Xe 12"}, {"vi": "Xe"}, 2, "Sao Bắc",
            START, START + timedelta(hours=8), Lane.NORMAL,
        )  # fmt: skip
        message_id = open_message(session, message, now=START)
        add_deliveries(
            session,
            message_id,
            [NewDelivery(each.id, "vi", None, "2026-11-24:ca1", {}) for each in people],
            channel=ChannelName.SMS_HTTP,
            lane=Lane.NORMAL,
            not_before=START,
            expires_at=START + timedelta(hours=8),
            now=START,
        )
        show_message(session, message_id, now=START)

    with ground.park.app_context():
        transact(work)


def _dispatch(ground: Ground, tell: Tell) -> None:
    with ground.park.app_context():
        send_queued(ground.clock.now, channels={Post.name: Post(_ledger(ground))})


def _none_twice_none_forgotten(ground: Ground, _: list[dict[str, Any]]) -> None:
    found = rows(ground.settings, "SELECT id, status FROM delivery")
    given = Counter(json.loads(line) for line in _ledger(ground).read_text().splitlines())
    assert len(found) == PEOPLE
    assert not {key for key, times in given.items() if times > 1}, "somebody got it twice"
    for row in found:
        # Whose turn it was at a kill is told to be unclear, whether or not it left the house.
        assert row["status"] in {"sent", "unclear"}, row["status"]
        assert row["status"] == "unclear" or given[row["id"]] == 1


DISPATCH = Deed(_queued, _dispatch, _none_twice_none_forgotten, pause=timedelta(minutes=5))
