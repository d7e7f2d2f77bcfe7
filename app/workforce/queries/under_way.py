"""Staff lists that are being saved or undone right now, so that nobody takes half for the whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
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
    rows = session.execute(
        select(Branch.path, Branch.name, RosterImport)
        .join(Branch, Branch.id == RosterImport.company_id)
        .where(_WRITING)
        .order_by(Branch.name)
    ).all()
    return [
        UnderWay(name, kept.done, kept.total, kept.state == ImportState.UNDOING)
        for path, name, kept in rows
        if any(path.startswith(one) or one.startswith(path) for one in paths)
    ]


def list_companies_under_way(session: Session, since: datetime) -> Sequence[int]:
    """Companies with a list under way on which somebody has worked since a moment."""
    return session.scalars(
        select(RosterImport.company_id).where(_WRITING, RosterImport.touched_at >= since).distinct()
    ).all()
