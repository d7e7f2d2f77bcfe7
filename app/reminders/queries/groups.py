"""Groups that a schedule may be kept to."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

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
