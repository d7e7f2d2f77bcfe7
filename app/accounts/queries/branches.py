"""Reading the tree of branches."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.accounts.rules import BranchKind
from app.kernel.text import fold


def find_company(session: Session, code: str) -> Branch | None:
    """The company of a code, compared without case and accents."""
    wanted = fold(code)
    for company in list_companies(session):
        if fold(company.code) == wanted:
            return company
    return None


def list_companies(session: Session, paths: Sequence[str] = ("/",)) -> Sequence[Branch]:
    """Companies under these branches, or that hold them, by name."""
    reach = [Branch.path.startswith(path) for path in paths]
    above = [Branch.id.in_(_ids(path)) for path in paths]
    return session.scalars(
        select(Branch)
        .where(Branch.kind == BranchKind.COMPANY, Branch.closed_on.is_(None))
        .where(or_(*reach, *above))
        .order_by(Branch.name)
    ).all()


def find_park(session: Session) -> Branch | None:
    """The root of the tree."""
    return session.scalars(select(Branch).where(Branch.parent_id.is_(None))).first()


def get_branch(session: Session, branch_id: int) -> Branch:
    """A branch by its id."""
    return session.get_one(Branch, branch_id)


def find_branch_at(session: Session, path: str) -> Branch | None:
    """The open branch of a path."""
    chosen = select(Branch).where(Branch.path == path, Branch.closed_on.is_(None))
    return session.scalars(chosen).first()


def list_branches(session: Session, paths: Sequence[str]) -> Sequence[Branch]:
    """Every open branch under these, top down."""
    return session.scalars(
        select(Branch)
        .where(or_(*[Branch.path.startswith(path) for path in paths]))
        .where(Branch.closed_on.is_(None))
        .order_by(Branch.path)
    ).all()


def _ids(path: str) -> list[int]:
    return [int(part) for part in path.split("/") if part]
