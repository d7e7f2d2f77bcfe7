"""What of a schedule belongs to its company alone, and what was carried between companies."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.reminders.models import ReminderSchedule
from app.workforce.models import WorkGroup

# The version of a copy that nobody has touched since.
UNTOUCHED = 1


@dataclass(frozen=True, slots=True)
class Carry:
    """Schedules that were carried at once: from where, how many, how many nobody touched yet."""

    id: str
    source: str
    schedules: int
    untouched: int
    companies: tuple[str, ...]


def bound_names(
    session: Session, group_ids: Collection[str], branch_ids: Collection[int]
) -> list[str]:
    """Names of the groups and units that a schedule is kept to in its company."""
    units = select(Branch.name).where(Branch.id.in_(branch_ids)).order_by(Branch.name)
    groups = select(WorkGroup.name).where(WorkGroup.id.in_(group_ids)).order_by(WorkGroup.name)
    return [*session.scalars(units), *session.scalars(groups)]


def list_carries(session: Session, company_ids: Collection[int]) -> Sequence[Carry]:
    """What was carried to these companies and can be taken back still, latest first."""
    untouched = case((ReminderSchedule.version == UNTOUCHED, 1))
    rows = session.execute(
        select(
            ReminderSchedule.carry_id,
            ReminderSchedule.carried_from,
            Branch.name,
            func.count(),
            func.count(untouched),
        )
        .join(Branch, Branch.id == ReminderSchedule.company_id)
        .where(ReminderSchedule.company_id.in_(company_ids))
        .where(ReminderSchedule.carry_id.is_not(None), ReminderSchedule.removed_at.is_(None))
        .group_by(ReminderSchedule.carry_id, ReminderSchedule.carried_from, Branch.name)
        .having(func.count(untouched) > 0)
        .order_by(Branch.name)
    ).all()
    found: list[Carry] = []
    for carry_id in dict.fromkeys(str(row[0]) for row in rows):
        of_it = [row for row in rows if row[0] == carry_id]
        found.append(
            Carry(
                carry_id,
                of_it[0][1],
                sum(row[3] for row in of_it),
                sum(row[4] for row in of_it),
                tuple(row[2] for row in of_it),
            )
        )
    return sorted(found, key=lambda each: each.id, reverse=True)
