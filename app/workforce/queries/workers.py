"""Workers as lists, slips and single records show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Branch, Credential
from app.accounts.queries.branches import find_company, list_companies
from app.accounts.rules import BranchKind, PinState, badge_key
from app.kernel.actors import Grant
from app.workforce.models import Membership, Worker, WorkGroup
from app.workforce.queries.searching import find_workers_matching
from app.workforce.queries.units import pin_state

Above = aliased(Branch)
SET_AT = Credential.pin_set_at


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """A worker in a list: the unit by name, and what became of the PIN."""

    worker: Worker
    unit: str
    pin: PinState


@dataclass(frozen=True, slots=True)
class WorkerList:
    """A page of workers, and how many there are in all; `more` when a search found still others."""

    rows: list[WorkerRow]
    total: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class WorkerRecord:
    """One worker as the record shows them: unit and company by name, and the PIN's state."""

    worker: Worker
    unit: str
    unit_path: str
    company: str
    company_code: str
    pin: PinState
    pin_set_at: datetime | None


def find_path(session: Session, worker_id: str) -> str | None:
    """The branch path of a worker."""
    return session.scalar(
        select(Branch.path)
        .join(Worker, Worker.branch_id == Branch.id)
        .where(Worker.id == worker_id)
    )


def get_worker(session: Session, worker_id: str) -> Worker:
    """A worker by id."""
    return session.get_one(Worker, worker_id)


def find_record(session: Session, worker_id: str) -> WorkerRecord | None:
    """A worker's particulars with the names around them."""
    company = aliased(Branch)
    row = session.execute(
        select(Worker, unit_name(), Branch.path, company.name, company.code, pin_state(), SET_AT)
        .join(Branch, Branch.id == Worker.branch_id)
        .outerjoin(Above, Above.id == Branch.parent_id)
        .join(company, company.id == Worker.company_id)
        .join(Credential, Credential.account_id == Worker.id)
        .where(Worker.id == worker_id)
    ).first()
    if row is None:
        return None
    worker, unit, path, name, code, pin, set_at = row
    return WorkerRecord(worker, unit, path, name, code, PinState(pin), set_at)


def list_workers(
    session: Session,
    paths: Sequence[str],
    *,
    wanted: str = "",
    pin: PinState | None = None,
    left: bool = False,
    order: str = "name",
    descending: bool = False,
    limit: int | None = None,
    offset: int = 0,
) -> WorkerList:
    """Workers under these branches, of a search the best first unless another order is asked."""
    chosen = _chosen(paths, pin, left=left)
    if not wanted:
        total = session.scalar(chosen.with_only_columns(func.count(Worker.id))) or 0
        ordered = chosen.order_by(*_ordering(order, descending=descending))
        return WorkerList(_rows(session, ordered.limit(limit).offset(offset)), total)
    found = find_workers_matching(session, paths, wanted, pin=pin, left=left)
    fitting = chosen.where(Worker.id.in_(found.ids))
    if order == "name" and not descending:
        page = found.ids[offset : None if limit is None else offset + limit]
        rows = _rows(session, chosen.where(Worker.id.in_(page)))
        rows.sort(key=lambda row: page.index(row.worker.id))
    else:
        ordered = fitting.order_by(*_ordering(order, descending=descending))
        rows = _rows(session, ordered.limit(limit).offset(offset))
    return WorkerList(rows, len(found.ids), found.more)


def list_chosen_workers(
    session: Session, paths: Sequence[str], worker_ids: Sequence[str]
) -> list[WorkerRow]:
    """These workers by name, where they work under these branches; others are left out."""
    asked = _chosen(paths, None, left=False).where(Worker.id.in_(worker_ids))
    return _rows(session, asked.order_by(Worker.name_folded, Worker.id))


def _rows(session: Session, asked: Select[Worker, str, str]) -> list[WorkerRow]:
    rows = session.execute(asked).all()
    return [WorkerRow(worker, unit, PinState(state)) for worker, unit, state in rows]


def _ordering(order: str, *, descending: bool) -> tuple[Any, ...]:
    column: Any = {
        "name": Worker.name_folded,
        "badge": Worker.badge_key,
        "unit": unit_name(),
        "left": Worker.left_on,
    }[order]
    return (column.desc() if descending else column, Worker.id)


def _chosen(paths: Sequence[str], pin: PinState | None, *, left: bool) -> Select[Worker, str, str]:
    chosen = (
        select(Worker, unit_name(), pin_state())
        .join(Branch, Branch.id == Worker.branch_id)
        .outerjoin(Above, Above.id == Branch.parent_id)
        .join(Credential, Credential.account_id == Worker.id)
        .where(or_(*[Branch.path.startswith(path) for path in paths]))
        .where(Worker.left_on.is_not(None) if left else Worker.left_on.is_(None))
        .where(Worker.merged_into_id.is_(None), Worker.name != "")  # not what is left of a record
    )
    return chosen if pin is None else chosen.where(pin_state() == pin)


def unit_name() -> ColumnElement[str]:
    """The unit's name, with the one above it where that is no company."""
    inner = Above.kind.in_((BranchKind.WORKSHOP, BranchKind.LINE))
    return case((inner, Above.name + " · " + Branch.name), else_=Branch.name)


def list_groups_of(session: Session, worker_id: str, on: date) -> Sequence[WorkGroup]:
    """The groups a worker belongs to on a day."""
    return session.scalars(
        select(WorkGroup)
        .join(Membership, Membership.group_id == WorkGroup.id)
        .where(Membership.worker_id == worker_id, Membership.from_on <= on)
        .where(or_(Membership.to_on.is_(None), Membership.to_on >= on))
        .order_by(WorkGroup.kind, WorkGroup.name)
    ).all()


def safety_phone(session: Session, branch_id: int) -> str | None:
    """The safety team's number for a unit: its own, or the nearest above it."""
    branch = session.get_one(Branch, branch_id)
    ids = [int(part) for part in branch.path.split("/") if part]
    return session.scalar(
        select(Branch.phone)
        .where(Branch.id.in_(ids), Branch.phone.is_not(None))
        .order_by(func.length(Branch.path).desc())
        .limit(1)
    )


def find_worker_by_badge(
    session: Session, badge: str, company: str, grants: Sequence[Grant]
) -> str | None:
    """The worker of a badge; without a company code, the one company of the asker's grants."""
    found = find_company(session, company) if company else _only_company(session, grants)
    if found is None:
        return None
    return session.scalar(
        select(func.coalesce(Worker.merged_into_id, Worker.id)).where(
            Worker.company_id == found.id, Worker.badge_key == badge_key(badge)
        )
    )


def _only_company(session: Session, grants: Sequence[Grant]) -> Branch | None:
    reached = list_companies(session, [grant.path for grant in grants]) if grants else ()
    return reached[0] if len(reached) == 1 else None
