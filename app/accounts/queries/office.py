"""Reading accounts with a login, and their roles."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, not_, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Account, Branch, RoleGrant, WebSession
from app.accounts.queries.branches import find_park
from app.accounts.rules import Role
from app.kernel.text import fold


@dataclass(frozen=True, slots=True)
class HeldGrant:
    """A role of an account with the branch it is held on."""

    role: Role
    branch: str
    branch_id: int
    path: str


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as the list of users shows it."""

    account: Account
    grants: tuple[HeldGrant, ...]
    last_seen_at: datetime | None


def list_office_accounts(
    session: Session, paths: Sequence[str], *, wanted: str, limit: int, offset: int
) -> tuple[list[AccountRow], int]:
    """Accounts with a login under these branches whose name or login fits, and how many in all.

    Compared and sorted without accents; offices have hundreds of accounts, not thousands.
    """
    held = session.execute(
        select(Account.id, Account.name, Account.login, Account.active).where(
            Account.login.is_not(None), ~_held_outside(paths)
        )
    ).all()
    words = fold(wanted).split()
    fitting = [
        (not active, fold(name), account_id)
        for account_id, name, login, active in held
        if all(word in f"{fold(name)} {fold(login or '')}" for word in words)
    ]
    chosen = [account_id for _, _, account_id in sorted(fitting)[offset : offset + limit]]
    accounts = {
        account.id: account
        for account in session.scalars(select(Account).where(Account.id.in_(chosen)))
    }
    return _rows(session, [accounts[account_id] for account_id in chosen]), len(fitting)


def _held_outside(paths: Sequence[str]) -> ColumnElement[bool]:
    """Whether an account holds a role on a branch that is not under any of these."""
    return (
        select(RoleGrant.id)
        .join(Branch, Branch.id == RoleGrant.branch_id)
        .where(RoleGrant.account_id == Account.id)
        .where(not_(or_(*[Branch.path.startswith(path) for path in paths])))
        .exists()
    )


def _rows(session: Session, accounts: Sequence[Account]) -> list[AccountRow]:
    ids = [account.id for account in accounts]
    grants: dict[str, list[HeldGrant]] = defaultdict(list)
    for account_id, role, name, branch_id, path in session.execute(
        select(RoleGrant.account_id, RoleGrant.role, Branch.name, Branch.id, Branch.path)
        .join(Branch, Branch.id == RoleGrant.branch_id)
        .where(RoleGrant.account_id.in_(ids))
        .order_by(RoleGrant.role, Branch.path)
    ):
        grants[account_id].append(HeldGrant(Role(role), name, branch_id, path))
    last_seen = session.execute(
        select(WebSession.account_id, func.max(WebSession.last_seen_at))
        .where(WebSession.account_id.in_(ids))
        .group_by(WebSession.account_id)
    )
    seen = {row[0]: row[1] for row in last_seen}
    return [
        AccountRow(account, tuple(grants[account.id]), seen.get(account.id)) for account in accounts
    ]


def find_account(session: Session, account_id: str) -> AccountRow | None:
    """An account with its roles."""
    account = session.get(Account, account_id)
    return None if account is None else _rows(session, [account])[0]


def find_office_account_path(session: Session, account_id: str) -> str | None:
    """The branch above every role of an account that signs in with a login; the root without."""
    found = find_account(session, account_id)
    if found is None or found.account.login is None:
        return None
    held = [grant.path.strip("/").split("/") for grant in found.grants]
    root = find_park(session)
    if not held:
        return root.path if root else None
    shared = [parts[0] for parts in zip(*held, strict=False) if len(set(parts)) == 1]
    return f"/{'/'.join(shared)}/" if shared else "/"
