"""Staff lists that are being saved or undone right now, so that nobody takes half for the whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.workforce.models import RosterImport
from app.workforce.rules.importing import ImportState

_WRITING = RosterImport.state.in_((ImportState.APPLYING, ImportState.UNDOING))


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A list that is being saved or undone: whose, and how many people of how many."""

    company: str
    done: int
    total: int
    undoes: bool


def list_under_way(session: Session, paths: Sequence[str]) -> list[UnderWay]:
    """Lists under way in companies that hold one of these branches or stand below one."""
    above = {int(branch_id) for path in paths for branch_id in path.strip("/").split("/")}
    rows = session.execute(
        select(Branch.name, RosterImport)
        .join(Branch, Branch.id == RosterImport.company_id)
        .where(_WRITING)
        .where(or_(Branch.id.in_(above), *[Branch.path.startswith(path) for path in paths]))
        .order_by(Branch.name)
    ).all()
    return [
        UnderWay(name, kept.done, kept.total, kept.state == ImportState.UNDOING)
        for name, kept in rows
    ]


def list_companies_under_way(session: Session, since: datetime) -> Sequence[int]:
    """Companies with a list under way on which somebody has worked since a moment."""
    return session.scalars(
        select(RosterImport.company_id).where(_WRITING, RosterImport.touched_at >= since).distinct()
    ).all()
