"""What a roll call needs: the group of a line, and how its people stand on a shift."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.checkins.models import Duty
from app.workforce.actions.people import set_groups
from app.workforce.models import Worker, WorkGroup

ON = date(2026, 11, 24)

MEMBERS_FROM = date(2026, 11, 2)


def group_of_line(session: Session, line_id: int) -> str:
    """The group that stands for a line."""
    return str(session.scalars(select(WorkGroup.id).where(WorkGroup.branch_id == line_id)).one())


def gather_line(session: Session, line_id: int, now: datetime) -> str:
    """Put everybody of a line into its group, as an import does; the group's id."""
    group_id = group_of_line(session, line_id)
    for worker_id in session.scalars(select(Worker.id).where(Worker.branch_id == line_id)):
        set_groups(session, worker_id, ["line"], {group_id}, on=MEMBERS_FROM, now=now)
    return group_id


def stands(session: Session, worker_id: str, on: date = ON, shift: str = "ca1") -> str:
    """State and level of a worker on a shift: "answered green", "absent", "none"."""
    session.rollback()
    duty = session.get(Duty, (worker_id, on, shift))
    if duty is None:
        return "none"
    return f"{duty.state} {duty.level or ''}".strip()
