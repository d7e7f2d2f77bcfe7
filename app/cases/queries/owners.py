"""Who may follow up the workers of a branch."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account, Branch, RoleGrant
from app.accounts.rules import PERMISSIONS, Permission

ROLES = tuple(role for role in PERMISSIONS if Permission.FOLLOW_CASES in PERMISSIONS[role])


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody whom a case can be given to."""

    id: str
    name: str


def list_owners(session: Session, path: str) -> list[Owner]:
    """Accounts in use that may follow cases of the branch at a path, by name."""
    above = [int(part) for part in path.split("/") if part]
    rows = session.execute(
        select(Account.id, Account.name)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .join(Branch, Branch.id == RoleGrant.branch_id)
        .where(Account.active, RoleGrant.role.in_(ROLES), Branch.id.in_(above))
        .distinct()
        .order_by(Account.name, Account.id)
    ).all()
    return [Owner(account_id, name) for account_id, name in rows]


def find_owner(session: Session, path: str, account_id: str) -> Owner | None:
    """One of those, by id."""
    return next((each for each in list_owners(session, path) if each.id == account_id), None)
