"""Accounts of workers, who sign in with company, badge and PIN."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from app.accounts.models import Account, Credential
from app.accounts.rules import badge_key
from app.kernel.ids import new_id


def add_worker_account(
    session: Session, *, company_id: int, badge: str, name: str, now: datetime
) -> str:
    """The account of a worker, without a PIN yet; returns its id, which is the worker's too."""
    account_id = new_id(now)
    session.add(Account(id=account_id, name=name, created_at=now))
    session.flush()
    session.add(
        Credential(account_id=account_id, company_id=company_id, badge_key=badge_key(badge))
    )
    return account_id


def add_worker_accounts(
    session: Session, company_id: int, people: Sequence[tuple[str, str]], *, now: datetime
) -> list[str]:
    """Accounts of many workers at once, without a PIN yet, from (badge, name); their ids."""
    ids = [new_id(now) for _ in people]
    session.execute(
        insert(Account),
        [
            {"id": account_id, "name": name, "created_at": now}
            for account_id, (_, name) in zip(ids, people, strict=True)
        ],
    )
    session.execute(
        insert(Credential),
        [
            {"account_id": account_id, "company_id": company_id, "badge_key": badge_key(badge)}
            for account_id, (badge, _) in zip(ids, people, strict=True)
        ],
    )
    return ids


def rename_worker_accounts(session: Session, name_by_account: Mapping[str, str]) -> None:
    """Carry the changed names of many workers over to their accounts."""
    session.execute(
        update(Account),
        [{"id": account_id, "name": name} for account_id, name in name_by_account.items()],
    )


def set_worker_accounts_active(
    session: Session, account_ids: Sequence[str], *, active: bool
) -> None:
    """Shut the accounts of many workers, or open them again."""
    session.execute(
        update(Account).where(Account.id.in_(account_ids)).values(active=active),
        execution_options={"synchronize_session": False},
    )


def remove_worker_accounts(session: Session, account_ids: Sequence[str]) -> None:
    """Drop the accounts of workers who were added by mistake and never did anything."""
    for chosen in (
        delete(Credential).where(Credential.account_id.in_(account_ids)),
        delete(Account).where(Account.id.in_(account_ids)),
    ):
        session.execute(chosen, execution_options={"synchronize_session": False})


def change_worker_account(
    session: Session, account_id: str, *, name: str, badge: str, active: bool
) -> None:
    """Carry a worker's changed name, badge or leaving over to the account."""
    session.execute(
        update(Account).where(Account.id == account_id).values(name=name, active=active)
    )
    session.execute(
        update(Credential)
        .where(Credential.account_id == account_id)
        .values(badge_key=badge_key(badge))
    )
