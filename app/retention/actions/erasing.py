"""Deletions of people: begun, gone on with after a kill, finished; each write a short one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.retention.models import Erasure
from app.retention.queries.people import can_be_finished
from app.retention.rules.erasures import Cause, Depth, Granted
from app.workforce.actions.data_requests import answer_request
from app.workforce.models import DataRequest, DataRequestAnswer, Worker
from app.workforce.rules.data_requests import Decision, RequestKind, RequestState


def begin_leavers(session: Session, worker_ids: Sequence[str], *, now: datetime) -> None:
    """From now on the records of these people who left are being deleted."""
    for worker_id in worker_ids:
        _begin(session, worker_id, Depth.WHOLE, Cause.LEFT, now, None, now)


def begin_granted(
    session: Session, granted: Granted, request_id: str | None, *, now: datetime
) -> None:
    """From now on a granted deletion is being carried out; once for each line of the register."""
    known = select(Erasure.id).where(
        Erasure.worker_id == granted.worker_id, Erasure.at == granted.at
    )
    if session.scalar(known) is None:
        _begin(
            session, granted.worker_id, granted.depth, Cause.GRANTED, granted.at, request_id, now
        )


def _begin(
    session: Session,
    worker_id: str,
    depth: Depth,
    cause: Cause,
    at: datetime,
    request_id: str | None,
    now: datetime,
) -> None:
    session.add(
        Erasure(
            id=new_id(now),
            worker_id=worker_id,
            depth=depth,
            cause=cause,
            at=at,
            request_id=request_id,
        )
    )
    session.flush()


def finish_erasures(
    session: Session, erasure_ids: Sequence[str], *, actor: Actor, now: datetime
) -> int:
    """Nothing is left of what was to go; granted requests are answered as done. How many.

    A history of which a case was opened meanwhile is left open.
    """
    open_ones = session.scalars(
        select(Erasure).where(Erasure.id.in_(erasure_ids), can_be_finished())
    ).all()
    for erasure in open_ones:
        _answer(session, erasure.worker_id, actor, now)
        company_id = session.scalar(select(Worker.company_id).where(Worker.id == erasure.worker_id))
        record_act(
            session,
            "retention.person_deleted",
            actor=actor,
            now=now,
            subject_id=erasure.worker_id,
            company_id=company_id,
            depth=erasure.depth,
            cause=erasure.cause,
        )
    session.execute(
        update(Erasure)
        .where(Erasure.id.in_([erasure.id for erasure in open_ones]))
        .values(finished_at=now)
    )
    return len(open_ones)


def _answer(session: Session, worker_id: str, actor: Actor, now: datetime) -> None:
    """What was granted is done; so is what the same person asked with a merged record."""
    records = select(Worker.id).where(
        (Worker.id == worker_id) | (Worker.merged_into_id == worker_id)
    )
    granted = session.scalars(
        select(DataRequest.id).where(
            DataRequest.worker_id.in_(records),
            DataRequest.kind == RequestKind.DELETE,
            DataRequest.state == RequestState.GRANTED,
        )
    ).all()
    for request_id in granted:
        given = session.scalar(
            select(func.count())
            .select_from(DataRequestAnswer)
            .where(DataRequestAnswer.request_id == request_id)
        )
        answer_request(
            session, request_id, Decision.DONE, "", answers_seen=given or 0, actor=actor, now=now
        )
