"""Keeping what a worker asks about the own data, and what is answered."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.kernel.actors import Actor
from app.kernel.clock import local_day
from app.kernel.ids import new_id
from app.kernel.refusals import NotFound
from app.workforce.models import DataRequest, DataRequestAnswer, Worker
from app.workforce.queries.data_requests import get_request_rule
from app.workforce.queries.schedules import list_holidays
from app.workforce.rules.data_requests import (
    LONGEST_WAIT_DAYS,
    MOST_OPEN,
    Decision,
    RequestKind,
    RequestMoved,
    RequestState,
    TooManyRequests,
    answer_due_on,
    request_state,
)


def ask_about_data(
    session: Session,
    worker_id: str,
    kind: RequestKind,
    text: str,
    *,
    made_at: datetime,
    timezone: ZoneInfo,
    actor: Actor,
    now: datetime,
) -> tuple[str, str]:
    """Keep a request from now on under the legal clock: its id and its last day, YYYY-MM-DD.

    Whoever asks for somebody who has no phone is noted on it.
    """
    worker = session.get(Worker, worker_id, with_for_update=True)
    if worker is None:
        raise NotFound
    waiting = session.scalar(
        select(func.count(DataRequest.id)).where(
            DataRequest.worker_id == worker_id, DataRequest.state == RequestState.OPEN
        )
    )
    if (waiting or 0) >= MOST_OPEN:
        raise TooManyRequests(most=MOST_OPEN)
    rule, received_on = get_request_rule(), local_day(now, timezone)
    until = received_on + timedelta(days=LONGEST_WAIT_DAYS)
    holidays = list_holidays(session, worker.company_id, received_on, until)
    request_id, due_on = new_id(now), answer_due_on(received_on, rule, holidays)
    session.execute(
        insert(DataRequest).values(
            id=request_id,
            worker_id=worker_id,
            company_id=worker.company_id,
            kind=kind,
            text=text,
            made_at=made_at,
            received_at=now,
            due_on=due_on,
            rule_version=rule.version,
            state=RequestState.OPEN,
            noted_by="" if actor.worker_id == worker_id else actor.name,
        )
    )
    record_act(
        session,
        "workforce.data_requested",
        actor=actor,
        now=now,
        subject_id=worker_id,
        company_id=worker.company_id,
        request=request_id,
        kind=str(kind),
    )
    return request_id, due_on.isoformat()


def answer_request(
    session: Session,
    request_id: str,
    decision: Decision,
    text: str,
    *,
    answers_seen: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Add an answer; refused when another came since the page that showed `answers_seen`."""
    request = session.get(DataRequest, request_id, with_for_update=True)
    if request is None:
        raise NotFound
    given = session.scalar(select(func.count()).where(DataRequestAnswer.request_id == request_id))
    if given != answers_seen:
        raise RequestMoved
    session.execute(
        insert(DataRequestAnswer).values(
            request_id=request_id,
            n=answers_seen + 1,
            decision=decision,
            text=text,
            at=now,
            account_id=actor.account_id,
            answered_by=actor.name,
        )
    )
    session.execute(
        update(DataRequest)
        .where(DataRequest.id == request_id)
        .values(state=request_state([decision]))
    )
    record_act(
        session,
        "workforce.data_request_answered",
        actor=actor,
        now=now,
        subject_id=request.worker_id,
        company_id=request.company_id,
        request=request_id,
        decision=str(decision),
    )
