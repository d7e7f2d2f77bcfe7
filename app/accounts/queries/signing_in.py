"""Whom a badge or login belongs to, what they may, and what they tried."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import (
    Account,
    Branch,
    Credential,
    DeviceToken,
    Lockout,
    RecoveryCode,
    RoleGrant,
)
from app.accounts.rules import Actor, Failures, Grant, Role, badge_key, login_key


@dataclass(frozen=True, slots=True)
class SignInSubject:
    """An account that somebody tries to sign in to."""

    account_id: str
    secret_hash: str | None
    active: bool
    must_change: bool


@dataclass(frozen=True, slots=True)
class OwnBadge:
    """A worker's badge as it is compared, and the hash of the PIN that goes with it."""

    badge_key: str
    pin_hash: str | None


def find_by_badge(session: Session, company_id: int, badge: str) -> SignInSubject | None:
    """The account behind a badge of a company."""
    row = session.execute(
        select(Account.id, Credential.pin_hash, Account.active, Credential.pin_must_change)
        .join(Credential, Credential.account_id == Account.id)
        .where(Credential.company_id == company_id, Credential.badge_key == badge_key(badge))
    ).first()
    return SignInSubject(*row) if row else None


def find_by_login(session: Session, login: str) -> SignInSubject | None:
    """The account behind a login."""
    row = session.execute(
        select(Account.id, Account.secret_hash, Account.active, Account.secret_must_change).where(
            Account.login == login_key(login)
        )
    ).first()
    return SignInSubject(*row) if row else None


def get_actor(session: Session, account_id: str) -> Actor:
    """The account with its roles; the worker's role comes with the badge."""
    account = session.get_one(Account, account_id)
    return Actor(
        account_id=account.id,
        name=account.name,
        locale=account.locale,
        grants=_grants(session, account_id),
        worker_id=_worker_id(session, account_id),
    )


def _grants(session: Session, account_id: str) -> tuple[Grant, ...]:
    held = session.execute(
        select(RoleGrant.role, Branch.path)
        .join(Branch, Branch.id == RoleGrant.branch_id)
        .where(RoleGrant.account_id == account_id)
    ).all()
    company_path = session.scalar(
        select(Branch.path)
        .join(Credential, Credential.company_id == Branch.id)
        .where(Credential.account_id == account_id)
    )
    grants = [Grant(Role(role), path) for role, path in held]
    if company_path is not None:
        grants.append(Grant(Role.WORKER, company_path))
    return tuple(grants)


def _worker_id(session: Session, account_id: str) -> str | None:
    return session.scalar(select(Credential.account_id).where(Credential.account_id == account_id))


def find_own_badge(session: Session, account_id: str) -> OwnBadge | None:
    """The badge of an account that is a worker's."""
    held = session.get(Credential, account_id)
    return None if held is None else OwnBadge(held.badge_key, held.pin_hash)


def find_secret_hash(session: Session, account_id: str) -> str | None:
    """The hash of what an open account signs in with: its password, or the PIN of its badge."""
    row = session.execute(
        select(Account.active, Account.secret_hash, Credential.pin_hash)
        .outerjoin(Credential, Credential.account_id == Account.id)
        .where(Account.id == account_id)
    ).first()
    return (row[1] or row[2]) if row and row[0] else None


def find_failures(session: Session, subject: str) -> Failures | None:
    """Wrong tries on a subject so far."""
    row = session.get(Lockout, subject)
    return None if row is None else Failures(row.count, row.last_at, row.locked_until)


def is_known_device(session: Session, account_id: str, device_id: str) -> bool:
    """Whether this device has signed in to this account before."""
    return (
        session.scalar(
            select(DeviceToken.id)
            .where(DeviceToken.account_id == account_id, DeviceToken.device_id == device_id)
            .limit(1)
        )
        is not None
    )


def count_recovery_codes(session: Session, account_id: str) -> int:
    """How many recovery codes are still good."""
    return (
        session.scalar(
            select(func.count(RecoveryCode.id)).where(
                RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
            )
        )
        or 0
    )
