"""Requests of workers about their own data, with their answers, and the rule they are under."""

import functools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import yaml
from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.workforce.models import DataRequest, DataRequestAnswer, Worker
from app.workforce.rules.data_requests import (
    Decision,
    RequestKind,
    RequestRule,
    RequestState,
    request_rule,
)

DATA = Path(__file__).resolve().parent.parent / "data"
MOST_CLOSED = 100


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer to a request."""

    decision: Decision
    text: str
    at: datetime
    answered_by: str


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request as pages show it; `worker_id` is the record that stands for the worker today."""

    id: str
    worker_id: str
    name: str
    badge: str
    unit: str
    company_id: int
    kind: RequestKind
    text: str
    made_at: datetime
    received_at: datetime
    due_on: date
    state: RequestState
    noted_by: str
    answers: tuple[AnswerRow, ...]


@functools.cache
def get_request_rule() -> RequestRule:
    """How long an answer may take, out of the program's data."""
    text = (DATA / "personal_data.yaml").read_text(encoding="utf-8")
    return request_rule(yaml.safe_load(text))


def find_request_path(session: Session, request_id: str) -> str | None:
    """The branch path of the worker who asked."""
    return session.scalar(
        select(Branch.path)
        .join(Worker, Worker.branch_id == Branch.id)
        .join(DataRequest, DataRequest.worker_id == Worker.id)
        .where(DataRequest.id == request_id)
    )


def find_request(session: Session, request_id: str) -> RequestRow | None:
    """One request with its answers."""
    found = _rows(session, _asked().where(DataRequest.id == request_id))
    return found[0] if found else None


def list_requests_of(session: Session, worker_id: str) -> list[RequestRow]:
    """What a worker asked, newest first, also with a record that was merged into this one."""
    own = or_(DataRequest.worker_id == worker_id, Worker.merged_into_id == worker_id)
    return _rows(session, _asked().where(own).order_by(DataRequest.received_at.desc()))


def list_waiting_requests(session: Session, paths: Sequence[str]) -> list[RequestRow]:
    """What waits under these branches: for an answer by its last day, then what is to be done."""
    waiting = _under(paths).where(DataRequest.state != RequestState.CLOSED)
    unanswered = case((DataRequest.state == RequestState.OPEN, 0), else_=1)
    return _rows(session, waiting.order_by(unanswered, DataRequest.due_on, DataRequest.received_at))


def list_closed_requests(session: Session, paths: Sequence[str]) -> list[RequestRow]:
    """The newest that were closed under these branches."""
    closed = _under(paths).where(DataRequest.state == RequestState.CLOSED)
    return _rows(session, closed.order_by(DataRequest.received_at.desc()).limit(MOST_CLOSED))


def count_waiting_requests(session: Session, paths: Sequence[str]) -> int:
    """How many wait under these branches for an answer or to be done."""
    if not paths:
        return 0
    return (
        session.scalar(
            select(func.count(DataRequest.id))
            .join(Worker, Worker.id == DataRequest.worker_id)
            .join(Branch, Branch.id == Worker.branch_id)
            .where(DataRequest.state != RequestState.CLOSED)
            .where(or_(*[Branch.path.startswith(path) for path in paths]))
        )
        or 0
    )


def _asked() -> Select[DataRequest, Worker, str]:
    return (
        select(DataRequest, Worker, Branch.name)
        .join(Worker, Worker.id == DataRequest.worker_id)
        .join(Branch, Branch.id == Worker.branch_id)
    )


def _under(paths: Sequence[str]) -> Select[DataRequest, Worker, str]:
    return _asked().where(or_(*[Branch.path.startswith(path) for path in paths]))


def _rows(session: Session, asked: Select[DataRequest, Worker, str]) -> list[RequestRow]:
    found = session.execute(asked).all()
    answers: dict[str, list[AnswerRow]] = defaultdict(list)
    for row in session.scalars(
        select(DataRequestAnswer)
        .where(DataRequestAnswer.request_id.in_([request.id for request, _, _ in found]))
        .order_by(DataRequestAnswer.request_id, DataRequestAnswer.n)
    ):
        answers[row.request_id].append(
            AnswerRow(Decision(row.decision), row.text, row.at, row.answered_by)
        )
    return [
        RequestRow(
            request.id,
            worker.merged_into_id or worker.id,
            worker.name,
            worker.badge,
            unit,
            request.company_id,
            RequestKind(request.kind),
            request.text,
            request.made_at,
            request.received_at,
            request.due_on,
            RequestState(request.state),
            request.noted_by,
            tuple(answers[request.id]),
        )
        for request, worker, unit in found
    ]
