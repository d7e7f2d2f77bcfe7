"""Feedback of the demo: of named and of nameless, some answered, some late.

Done through the same actions as the work of the people it tells of.
"""

from collections.abc import Mapping, Sequence
from datetime import time, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.demo.actions.sites import Site
from app.demo.rules import DemoOrder, stream
from app.feedback.actions.keeping import keep_anonymous, keep_note, note_call
from app.feedback.actions.working import answer, join_same, note_looked
from app.feedback.models import Feedback
from app.feedback.rules.notes import Category, Level, code_hash
from app.kernel.actors import Actor, Grant, Role
from app.workforce.models import Worker

NOON, LATER, AFTERNOON = time(12, 4), time(14, 10), time(16, 15)


def add_feedback(
    session: Session, site: Site, told: Sequence[Mapping[str, Any]], order: DemoOrder
) -> int:
    """Notes of one company, in the order they came; returns how many."""
    officer = Actor(
        site.officer.account_id,
        site.officer.name,
        (Grant(Role.SAFETY_OFFICER, site.path),),
    )
    told = [row for row in told if order.until - timedelta(days=row["days"]) >= order.from_on]
    ids = {row["text"]: _keep(session, site, row, officer, order) for row in told}
    for row in told:
        if row.get("same") in ids:
            _join(session, ids[row["text"]], ids[row["same"]], row, officer, order)
    for row in told:
        if "answer" in row:
            _answer(session, ids[row["text"]], row, officer, order)
    return len(ids)


def _keep(
    session: Session, site: Site, row: Mapping[str, Any], officer: Actor, order: DemoOrder
) -> str:
    settings, category = session.info["settings"], Category(row["category"])
    on = order.until - timedelta(days=row["days"])
    now = order.moment(on, NOON)
    if row["by"] == "anonymous":
        code, key = code_hash(f"{site.path}{row['text']}"), str(uuid4())
        company = session.get_one(Branch, site.id).code
        keep_anonymous(
            session,
            key,
            category,
            row["text"],
            None,
            reply_hash=code,
            company_code=company,
            settings=settings,
            today=on,
        )
        return key
    if row["by"] == "hotline":
        owner = (str(officer.account_id), officer.name)
        given: dict[str, Any] = {"settings": settings, "actor": officer, "now": now}
        return note_call(
            session,
            site.id,
            category,
            row["text"],
            caller="",
            owner=owner,
            level=Level.COMPANY,
            **given,
        )
    worker = _writer(session, site, row["text"], order)
    actor = Actor(worker.id, worker.name, worker_id=worker.id)
    return keep_note(session, category, row["text"], None, settings=settings, actor=actor, now=now)[
        0
    ]


def _writer(session: Session, site: Site, text: str, order: DemoOrder) -> Worker:
    chance = stream(order.seed, "feedback", site.path, text)
    people = session.scalars(
        select(Worker.id)
        .where(Worker.company_id == site.id, Worker.left_on.is_(None))
        .order_by(Worker.badge)
        .limit(200)
    ).all()
    return session.get_one(Worker, chance.choice(people))


def _join(
    session: Session,
    note_id: str,
    head_id: str,
    row: Mapping[str, Any],
    officer: Actor,
    order: DemoOrder,
) -> None:
    now = order.moment(order.until - timedelta(days=row["days"]), LATER)
    note = session.get_one(Feedback, note_id, populate_existing=True)
    if now <= order.told_until:
        join_same(session, note_id, head_id, seen=note.version, actor=officer, now=now)


def _answer(
    session: Session, note_id: str, row: Mapping[str, Any], officer: Actor, order: DemoOrder
) -> None:
    now = order.moment(order.until - timedelta(days=row["days"] - 1), AFTERNOON)
    note = session.get_one(Feedback, note_id, populate_existing=True)
    # What a company too small to be named sends lies with the park, which has not answered yet.
    if now > order.told_until or note.level in (Level.PARK, Level.PROVINCE):
        return
    note_looked(session, note_id, now=now)
    answer(session, note_id, row["answer"], seen=note.version, actor=officer, now=now)
