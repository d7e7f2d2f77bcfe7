"""Records that may be one person, and merges that stand."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Branch, RoleGrant
from app.accounts.rules import BranchKind
from app.kernel.canonical import digest
from app.workforce.models import Membership, TwoPeople, Worker, WorkerMerge
from app.workforce.rules.duplicates import Candidates, Traits, candidate_pairs

W: Any = Worker.__table__.c


@dataclass(frozen=True, slots=True)
class StandingMerge:
    """A merge that was not taken back: who stayed, who went, and who said so."""

    merge_id: int
    kept_id: str
    kept_name: str
    kept_badge: str
    gone_id: str
    gone_name: str
    gone_badge: str
    at: datetime
    merged_by: str


def list_candidates(session: Session, paths: Sequence[str]) -> list[Candidates]:
    """Pairs that may be one person, in the companies under these branches, likeliest first."""
    companies = session.scalars(
        select(Branch.id).where(
            Branch.kind == BranchKind.COMPANY, or_(*[Branch.path.startswith(p) for p in paths])
        )
    ).all()
    return [pair for company_id in companies for pair in list_candidates_of(session, company_id)]


def list_candidates_of(session: Session, company_id: int) -> list[Candidates]:
    """Pairs of one company that may be one person.

    The database finds the values that occur twice; only the records with these are compared.
    """
    records: dict[str, Traits] = {}
    found = (
        _sharing(session, company_id, W.id_number_index),
        _sharing(session, company_id, W.phone_index),
        _sharing(session, company_id, W.name_folded, W.born_on),
        _sharing(session, company_id, W.name_folded, W.birth_year, some_without=W.born_on),
    )
    for rows in found:
        records.update((row[0], Traits(*row)) for row in rows)
    told_apart = {
        (first, second)
        for first, second in session.execute(
            select(TwoPeople.first_id, TwoPeople.second_id).where(
                TwoPeople.company_id == company_id
            )
        )
    }
    return candidate_pairs(records.values(), told_apart)


def _sharing(
    session: Session,
    company_id: int,
    *columns: Any,
    some_without: ColumnElement[Any] | None = None,
) -> Sequence[Any]:
    """Records whose values in these columns others have too."""
    known = [W.company_id == company_id, W.merged_into_id.is_(None)]
    known.extend(column.is_not(None) for column in columns)
    groups = select(*columns).where(*known).group_by(*columns).having(func.count() > 1)
    if some_without is not None:
        groups = groups.having(func.count(some_without) < func.count())
    shared = groups.subquery()
    return session.execute(
        select(
            W.id,
            W.name_folded,
            W.born_on,
            W.birth_year,
            W.phone_index,
            W.id_number_index,
            W.left_on.is_not(None),
        )
        .join(shared, *[_all(shared.c[column.name] == column for column in columns)])
        .where(*known)
    ).all()


def _all(conditions: Any) -> Any:
    first, *others = conditions
    for other in others:
        first = first & other
    return first


def workers_by_id(session: Session, worker_ids: Collection[str]) -> dict[str, tuple[Worker, str]]:
    """Workers and the names of their units."""
    rows = session.execute(
        select(Worker, Branch.name)
        .join(Branch, Branch.id == Worker.branch_id)
        .where(Worker.id.in_(worker_ids))
    ).all()
    return {worker.id: (worker, unit) for worker, unit in rows}


def holders_of_roles(session: Session, worker_ids: Collection[str]) -> set[str]:
    """Which of these workers may do more than answer for themselves."""
    return set(
        session.scalars(select(RoleGrant.account_id).where(RoleGrant.account_id.in_(worker_ids)))
    )


def records_mark(session: Session, worker_ids: Collection[str]) -> str:
    """A value that changes whenever one of these records, or its groups, does."""
    records = session.execute(
        select(W.id, W.updated_at, W.branch_id, W.left_on, W.merged_into_id)
        .where(W.id.in_(worker_ids))
        .order_by(W.id)
    ).all()
    groups = session.execute(
        select(Membership.worker_id, func.count(), func.count(Membership.to_on))
        .where(Membership.worker_id.in_(worker_ids))
        .group_by(Membership.worker_id)
        .order_by(Membership.worker_id)
    ).all()
    return digest([[str(value) for value in row] for row in (*records, *groups)])


def list_merges_of(session: Session, worker_id: str) -> list[StandingMerge]:
    """Merges that stand and in which this record stayed or went, newest first."""
    kept, gone = aliased(Worker), aliased(Worker)
    rows = session.execute(
        select(
            WorkerMerge.id,
            kept.id,
            kept.name,
            kept.badge,
            gone.id,
            gone.name,
            gone.badge,
            WorkerMerge.at,
            WorkerMerge.merged_by,
        )
        .join(kept, kept.id == WorkerMerge.kept_id)
        .join(gone, gone.id == WorkerMerge.gone_id)
        .where(WorkerMerge.undone_at.is_(None))
        .where(or_(WorkerMerge.kept_id == worker_id, WorkerMerge.gone_id == worker_id))
        .order_by(WorkerMerge.id.desc())
    ).all()
    return [StandingMerge(*row) for row in rows]


def find_merge(session: Session, merge_id: int, worker_id: str) -> int | None:
    """A merge by id, where this record stayed or went in it."""
    return session.scalar(
        select(WorkerMerge.id).where(
            WorkerMerge.id == merge_id,
            or_(WorkerMerge.kept_id == worker_id, WorkerMerge.gone_id == worker_id),
        )
    )


def merged_badges(session: Session, company_id: int) -> dict[str, str]:
    """Badge keys of records that were merged away, and the badge of who they stand for."""
    kept = aliased(Worker)
    rows = session.execute(
        select(Worker.badge_key, kept.badge)
        .join(kept, kept.id == Worker.merged_into_id)
        .where(Worker.company_id == company_id)
    ).all()
    return {row[0]: row[1] for row in rows}
