"""Changes planned for coming days: what waits for whom, what is due, and what a page lists."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Branch
from app.accounts.rules import BranchKind
from app.workforce.models import PlannedChange, Worker
from app.workforce.queries.workers import Above, unit_name
from app.workforce.rules.planned import ChangeKind, PlanOutcome, Step, shown_on

JOIN = "join"
MOST_UNDONE = 20
_WAITS = PlannedChange.outcome == PlanOutcome.WAITING


@dataclass(frozen=True, slots=True)
class ComingChange:
    """A coming change as people read it: `on` is the last day of work, or the first of the new.

    `id` is empty for a first day of work, which stands in the record itself.
    """

    id: str
    kind: str
    on: date
    worker_id: str
    name: str
    badge: str
    unit: str
    new_unit: str = ""
    asked_by: str = ""
    asked_at: datetime | None = None
    of_list: bool = False
    code: str | None = None


@dataclass(frozen=True, slots=True)
class ComingList:
    """A page of coming changes and how many there are in all."""

    rows: list[ComingChange]
    total: int


def steps_of(session: Session, worker_ids: Collection[str]) -> Mapping[str, Sequence[Step]]:
    """What waits for each of these workers, where anything does."""
    found: dict[str, list[Step]] = defaultdict(list)
    if not worker_ids:
        return found
    rows = session.execute(
        select(
            PlannedChange.worker_id,
            PlannedChange.id,
            PlannedChange.kind,
            PlannedChange.from_on,
            PlannedChange.branch_id,
        )
        .where(PlannedChange.worker_id.in_(worker_ids), _WAITS)
        .order_by(PlannedChange.from_on, PlannedChange.id)
    )
    for worker_id, id_, kind, from_on, branch_id in rows:
        found[worker_id].append(Step(id_, ChangeKind(kind), from_on, branch_id))
    return found


def last_days_planned(session: Session, company_id: int) -> dict[str, date]:
    """The last day of work of everybody of a company whose end of work is planned."""
    rows = session.execute(
        select(PlannedChange.worker_id, PlannedChange.from_on).where(
            PlannedChange.company_id == company_id, _WAITS, PlannedChange.kind == ChangeKind.LEAVE
        )
    )
    return {row.worker_id: row.from_on - timedelta(days=1) for row in rows}


def ids_planned_by(session: Session, import_id: str) -> Mapping[str, str]:
    """What a list planned and waits still: change by worker."""
    rows = session.execute(
        select(PlannedChange.worker_id, PlannedChange.id).where(
            PlannedChange.import_id == import_id, _WAITS
        )
    )
    return {row.worker_id: row.id for row in rows}


def list_due(session: Session, today: date) -> Sequence[str]:
    """Ids of the changes whose day has come, first day first."""
    return session.scalars(
        select(PlannedChange.id)
        .where(_WAITS, PlannedChange.from_on <= today)
        .order_by(PlannedChange.from_on, PlannedChange.id)
    ).all()


def leaves_by(on: date) -> ColumnElement[bool]:
    """Whether the worker of the query's row is to have left by a day."""
    return exists().where(
        PlannedChange.worker_id == Worker.id,
        _WAITS,
        PlannedChange.kind == ChangeKind.LEAVE,
        PlannedChange.from_on <= on,
    )


def list_coming_of(session: Session, worker_id: str) -> list[ComingChange]:
    """What is planned for one worker, first day first."""
    ids = session.scalars(
        select(PlannedChange.id)
        .where(_WAITS, PlannedChange.worker_id == worker_id)
        .order_by(PlannedChange.from_on)
    ).all()
    shown = _changes(session, ids)
    return [shown[each] for each in ids]


def list_coming(
    session: Session,
    paths: Sequence[str],
    today: date,
    *,
    kinds: Collection[str] = (),
    limit: int | None = None,
    offset: int = 0,
) -> ComingList:
    """What is to change for workers under these branches, first days of work included."""
    within = or_(*[Branch.path.startswith(path) for path in paths])
    asked = (
        select(PlannedChange.id, PlannedChange.worker_id, PlannedChange.from_on.label("from_on"))
        .join(Worker, Worker.id == PlannedChange.worker_id)
        .join(Branch, Branch.id == Worker.branch_id)
        .where(_WAITS, within)
    )
    joining = (
        select(literal("").label("id"), Worker.id.label("worker_id"), Worker.joined_on)
        .join(Branch, Branch.id == Worker.branch_id)
        .where(within, Worker.left_on.is_(None), Worker.joined_on > today)
    )
    if kinds:
        asked = asked.where(PlannedChange.kind.in_(kinds))
        joining = joining.where(literal(JOIN in kinds))
    both = union_all(asked, joining).subquery()
    total = session.scalar(select(func.count()).select_from(both)) or 0
    page = session.execute(
        select(both.c.id, both.c.worker_id)
        .order_by(both.c.from_on, both.c.worker_id)
        .limit(limit)
        .offset(offset)
    ).all()
    shown = _changes(session, [row.id for row in page if row.id])
    first = _first_days(session, [row.worker_id for row in page if not row.id])
    return ComingList([shown[row.id] if row.id else first[row.worker_id] for row in page], total)


def list_undone(session: Session, paths: Sequence[str], since: datetime) -> list[ComingChange]:
    """Changes that could not be done when their day came, or were overtaken, newest first."""
    ids = session.scalars(
        select(PlannedChange.id)
        .join(Worker, Worker.id == PlannedChange.worker_id)
        .join(Branch, Branch.id == Worker.branch_id)
        .where(or_(*[Branch.path.startswith(path) for path in paths]))
        .where(PlannedChange.outcome == PlanOutcome.OVERTAKEN, PlannedChange.settled_at >= since)
        .order_by(PlannedChange.settled_at.desc(), PlannedChange.id)
        .limit(MOST_UNDONE)
    ).all()
    shown = _changes(session, ids)
    return [shown[each] for each in ids]


def _changes(session: Session, ids: Collection[str]) -> dict[str, ComingChange]:
    target, target_above = aliased(Branch), aliased(Branch)
    rows = session.execute(
        select(
            PlannedChange, Worker, unit_name(), target.name, target_above.name, target_above.kind
        )
        .join(Worker, Worker.id == PlannedChange.worker_id)
        .join(Branch, Branch.id == Worker.branch_id)
        .outerjoin(Above, Above.id == Branch.parent_id)
        .outerjoin(target, target.id == PlannedChange.branch_id)
        .outerjoin(target_above, target_above.id == target.parent_id)
        .where(PlannedChange.id.in_(ids))
    )
    found = {}
    for change, worker, unit, new, above, kind in rows:
        step = Step(change.id, ChangeKind(change.kind), change.from_on)
        inner = kind in (BranchKind.WORKSHOP, BranchKind.LINE)
        found[change.id] = ComingChange(
            change.id,
            change.kind,
            shown_on(step),
            worker.id,
            worker.name,
            worker.badge,
            unit,
            (f"{above} · {new}" if inner else new) or "",
            change.asked_by,
            change.asked_at,
            of_list=change.import_id is not None,
            code=change.code,
        )
    return found


def _first_days(session: Session, worker_ids: Collection[str]) -> dict[str, ComingChange]:
    rows = session.execute(
        select(Worker, unit_name())
        .join(Branch, Branch.id == Worker.branch_id)
        .outerjoin(Above, Above.id == Branch.parent_id)
        .where(Worker.id.in_(worker_ids))
    )
    return {
        worker.id: ComingChange(
            "", JOIN, worker.joined_on, worker.id, worker.name, worker.badge, unit
        )
        for worker, unit in rows
        if worker.joined_on is not None
    }
