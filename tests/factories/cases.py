"""Cases as stories need them: a fever that opened one, or one in any state."""

from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.actions import ending, opening, working
from app.cases.models import CaseTask, FollowUpCase
from app.cases.rules.plans import TaskKind, TaskState
from app.cases.rules.states import CaseState
from app.checkins.actions.answers import record_check_in
from app.checkins.rules.requests import CheckInRequest
from app.kernel.actors import Actor
from app.workforce.rules.shifts import ShiftCode
from tests.factories.people import Person

TODAY = date(2026, 11, 24)
WELL: dict[str, Any] = {"symptoms": [], "temperature_c": None, "exposures": {}}
RUNNY: dict[str, Any] = {**WELL, "symptoms": ["runny_nose"]}
FEVER: dict[str, Any] = {**WELL, "symptoms": ["cough"], "temperature_c": 38.4}


def as_actor(person: Person) -> Actor:
    """Somebody of the office, as actions know them."""
    return Actor(person.id, person.name)


def answer(
    session: Session, person: Person, answers: dict[str, Any], now: datetime, on: date = TODAY
) -> str:
    """Somebody's own answer for the first shift of a day; its id."""
    request = CheckInRequest(person.id, on, ShiftCode.CA1, answers, now)
    actor = Actor(person.id, person.name, worker_id=person.id)
    settings = current_app.config["SETTINGS"]
    done = record_check_in(session, request, settings=settings, actor=actor, now=now)
    return done.check_in_id


def case_of(session: Session, person: Person) -> FollowUpCase:
    """The newest case of somebody."""
    return session.scalars(
        select(FollowUpCase)
        .where(FollowUpCase.worker_id == person.id)
        .order_by(FollowUpCase.opened_at.desc(), FollowUpCase.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).one()


def tasks_of(session: Session, case_id: str, state: str = TaskState.OPEN) -> list[str]:
    """The kinds of a case's tasks in a state, in the order of their due times."""
    return list(
        session.scalars(
            select(CaseTask.kind)
            .where(CaseTask.case_id == case_id, CaseTask.state == state)
            .order_by(CaseTask.due_at, CaseTask.id)
        )
    )


def task_id(session: Session, case_id: str, kind: TaskKind) -> str:
    """The newest task of a kind."""
    return session.scalars(
        select(CaseTask.id)
        .where(CaseTask.case_id == case_id, CaseTask.kind == kind)
        .order_by(CaseTask.id.desc())
        .limit(1)
    ).one()


def make_case(
    session: Session, worker: Person, officer: Person, state: CaseState, now: datetime
) -> str:
    """A case of a worker in a state, with a test whose sample was taken where that is known."""
    actor = as_actor(officer)
    if state is CaseState.NEW:
        answer(session, worker, FEVER, now)
        return case_of(session, worker).id
    if state is not CaseState.CLEARED:
        answer(session, worker, FEVER, now)
        case_id = case_of(session, worker).id
    else:
        answer(session, worker, FEVER, now)
        case_id = case_of(session, worker).id
        working.add_task(
            session, case_id, TaskKind.TRANSPORT, now, "Xe đưa về", actor=actor, now=now
        )
    working.assign_case(session, case_id, officer.id, actor=actor, now=now)
    test = task_id(session, case_id, TaskKind.TEST)
    if state in (CaseState.AWAITING_TEST, CaseState.CLEARED):
        working.finish_task(session, case_id, test, "", actor=actor, now=now)
    if state in (CaseState.CLEARED, CaseState.CLOSED):
        ending.clear_case(session, case_id, "Đo lại 36,5 °C hai lần", actor=actor, now=now)
    return case_id


def open_by_hand(session: Session, worker: Person, officer: Person, now: datetime) -> str:
    """A case that an officer opened."""
    return opening.open_case(
        session, worker.id, "Ngồi cạnh F0 trên xe", actor=as_actor(officer), now=now
    )
