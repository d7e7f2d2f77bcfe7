"""How many cases are open, and how many of them overdue, without a name."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.cases.models import FollowUpCase
from app.checkins.models import Duty
from app.workforce.models import Worker


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """Cases of a company that are not closed; `overdue` are those whose due time has passed."""

    open: int = 0
    overdue: int = 0


def count_cases(
    session: Session, company_ids: Collection[int], *, now: datetime
) -> dict[int, CaseCounts]:
    """The open cases of these companies; a company without any is there with zeros."""
    late = func.sum(case((FollowUpCase.due_at < now, 1), else_=0))
    rows = session.execute(
        select(FollowUpCase.company_id, func.count(), late)
        .where(FollowUpCase.company_id.in_(company_ids), FollowUpCase.closed_at.is_(None))
        .group_by(FollowUpCase.company_id)
    ).all()
    found = {company_id: CaseCounts(count, int(overdue)) for company_id, count, overdue in rows}
    return {company_id: found.get(company_id, CaseCounts()) for company_id in company_ids}


def count_open_cases(session: Session, paths: Sequence[str]) -> int:
    """How many cases are open of people under these branches."""
    if not paths:
        return 0
    return (
        session.scalar(
            select(func.count(FollowUpCase.id))
            .join(Worker, Worker.id == FollowUpCase.worker_id)
            .join(Branch, Branch.id == Worker.branch_id)
            .where(FollowUpCase.closed_at.is_(None))
            .where(or_(*[Branch.path.startswith(path) for path in paths]))
        )
        or 0
    )


def count_open_on_shift(
    session: Session, on: date, shift: str, company_ids: Collection[int]
) -> Mapping[int, int]:
    """Open cases of people expected on a shift, by company; a company without any is left out."""
    rows = session.execute(
        select(Duty.company_id, func.count())
        .join(FollowUpCase, FollowUpCase.worker_id == Duty.worker_id)
        .where(Duty.company_id.in_(company_ids), Duty.shift_on == on, Duty.shift == shift)
        .where(FollowUpCase.closed_at.is_(None))
        .group_by(Duty.company_id)
    ).all()
    return {row[0]: row[1] for row in rows}
