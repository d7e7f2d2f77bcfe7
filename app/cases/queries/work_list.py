"""The work queue: cases by due time, with what is next in each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.cases.models import FollowUpCase
from app.workforce.models import Worker
from app.workforce.queries.searching import find_workers_matching
from app.workforce.queries.workers import Above, unit_name


class View(StrEnum):
    """Which cases a list shows."""

    OPEN = "open"
    OVERDUE = "overdue"
    MINE = "mine"
    UNOWNED = "unowned"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list; `due_step` is the kind of the task that is due, `ask` or `review`."""

    id: str
    worker_id: str
    name: str
    badge: str
    unit: str
    phone: str | None
    level: str
    state: str
    owner_name: str
    due_at: datetime
    due_step: str
    opened_at: datetime
    closed_at: datetime | None
    has_left: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is narrowed to; `account_id` is who looks."""

    paths: Sequence[str]
    view: View
    account_id: str
    now: datetime
    wanted: str = ""
    level: str = ""
    owner_id: str = ""


def list_cases(
    session: Session, asked: Asked, *, limit: int, offset: int
) -> tuple[list[CaseRow], int]:
    """Cases of these branches, the longest overdue first, of closed ones the newest; how many."""
    chosen = _chosen(session, asked)
    total = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    newest_first = asked.view is View.CLOSED
    order = FollowUpCase.closed_at.desc() if newest_first else FollowUpCase.due_at
    rows = session.execute(
        chosen.order_by(order, FollowUpCase.id).limit(limit).offset(offset)
    ).all()
    return [_row(case, worker, unit) for case, worker, unit in rows], total


def count_views(session: Session, asked: Asked) -> dict[View, int]:
    """How many cases each view of the list has, whatever else narrows it."""
    return {
        view: session.scalar(
            select(func.count())
            .select_from(FollowUpCase)
            .join(Worker, Worker.id == FollowUpCase.worker_id)
            .join(Branch, Branch.id == Worker.branch_id)
            .where(_within(asked.paths), *_of_view(view, asked))
        )
        or 0
        for view in View
        if view is not View.CLOSED
    }


def list_chosen(session: Session, paths: Sequence[str], case_ids: Collection[str]) -> list[CaseRow]:
    """These cases where they are within reach, others left out."""
    rows = session.execute(
        _joined()
        .where(_within(paths), FollowUpCase.id.in_(case_ids))
        .order_by(FollowUpCase.due_at, FollowUpCase.id)
    ).all()
    return [_row(case, worker, unit) for case, worker, unit in rows]


def list_holders(session: Session, paths: Sequence[str]) -> list[tuple[str, str]]:
    """Who has open cases of these branches: id and name."""
    rows = session.execute(
        select(FollowUpCase.owner_id, func.max(FollowUpCase.owner_name))
        .join(Worker, Worker.id == FollowUpCase.worker_id)
        .join(Branch, Branch.id == Worker.branch_id)
        .where(_within(paths), FollowUpCase.closed_at.is_(None))
        .where(FollowUpCase.owner_id.is_not(None))
        .group_by(FollowUpCase.owner_id)
        .order_by(func.max(FollowUpCase.owner_name))
    ).all()
    return [(str(owner_id), name) for owner_id, name in rows]


def _joined() -> Select[FollowUpCase, Worker, str]:
    return (
        select(FollowUpCase, Worker, unit_name())
        .join(Worker, Worker.id == FollowUpCase.worker_id)
        .join(Branch, Branch.id == Worker.branch_id)
        .outerjoin(Above, Above.id == Branch.parent_id)
    )


def _chosen(session: Session, asked: Asked) -> Select[FollowUpCase, Worker, str]:
    chosen = _joined().where(_within(asked.paths), *_of_view(asked.view, asked))
    if asked.level:
        chosen = chosen.where(FollowUpCase.level == asked.level)
    if asked.owner_id:
        chosen = chosen.where(FollowUpCase.owner_id == asked.owner_id)
    if asked.wanted:
        found = find_workers_matching(session, asked.paths, asked.wanted, left=None)
        chosen = chosen.where(FollowUpCase.worker_id.in_(found.ids))
    return chosen


def _of_view(view: View, asked: Asked) -> list[ColumnElement[bool]]:
    if view is View.CLOSED:
        return [FollowUpCase.closed_at.is_not(None)]
    there: list[ColumnElement[bool]] = [FollowUpCase.closed_at.is_(None)]
    if view is View.OVERDUE:
        there.append(FollowUpCase.due_at < asked.now)
    if view is View.MINE:
        there.append(FollowUpCase.owner_id == asked.account_id)
    if view is View.UNOWNED:
        there.append(FollowUpCase.owner_id.is_(None))
    return there


def _within(paths: Sequence[str]) -> ColumnElement[bool]:
    return or_(*[Branch.path.startswith(path) for path in paths])


def _row(case: FollowUpCase, worker: Worker, unit: str) -> CaseRow:
    return CaseRow(
        id=case.id,
        worker_id=worker.id,
        name=worker.name,
        badge=worker.badge,
        unit=unit,
        phone=worker.phone,
        level=case.level,
        state=case.state,
        owner_name=case.owner_name,
        due_at=case.due_at,
        due_step=case.due_step,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        has_left=worker.left_on is not None,
    )
