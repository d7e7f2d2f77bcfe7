"""Groups that a schedule may be kept to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.reminders.models import ReminderSchedule
from app.workforce.models import WorkGroup


@dataclass(frozen=True, slots=True)
class Group:
    """A group of a company."""

    id: str
    kind: str
    name: str


def list_groups(session: Session, company_id: int) -> Sequence[Group]:
    """The groups of a company, by kind and name."""
    rows = session.execute(
        select(WorkGroup.id, WorkGroup.kind, WorkGroup.name)
        .where(WorkGroup.company_id == company_id, WorkGroup.closed_on.is_(None))
        .order_by(WorkGroup.kind, WorkGroup.name)
    ).all()
    return [Group(*row) for row in rows]


def is_unit_reminded(session: Session, unit_id: int) -> bool:
    """Whether a schedule that was not removed is kept to this unit."""
    kept_to = session.scalars(
        select(ReminderSchedule.branch_ids)
        .join(Branch, Branch.company_id == ReminderSchedule.company_id)
        .where(Branch.id == unit_id, ReminderSchedule.removed_at.is_(None))
    )
    return any(unit_id in branch_ids for branch_ids in kept_to)


def is_reminded(session: Session, group_ids: Collection[str]) -> bool:
    """Whether a schedule that was not removed is kept to one of these groups."""
    company = select(WorkGroup.company_id).where(WorkGroup.id.in_(group_ids))
    kept_to = session.scalars(
        select(ReminderSchedule.group_ids).where(
            ReminderSchedule.company_id.in_(company), ReminderSchedule.removed_at.is_(None)
        )
    )
    return any(not set(group_ids).isdisjoint(ids) for ids in kept_to)
