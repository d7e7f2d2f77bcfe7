"""Reading accounts, branches, sessions and tokens."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, not_, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import (
    Account,
    Branch,
    Consent,
    Credential,
    DeviceToken,
    Lockout,
    RecoveryCode,
    RoleGrant,
    WebSession,
)
from app.accounts.rules import Actor, BranchKind, Failures, Grant, Role, badge_key, login_key
from app.kernel.text import fold


@dataclass(frozen=True, slots=True)
class SignInSubject:
    """An account that somebody tries to sign in to."""

    account_id: str
    secret_hash: str | None
    active: bool
    must_change: bool


@dataclass(frozen=True, slots=True)
class HeldToken:
    """A device token with the person who holds it."""

    actor: Actor
    expires_at: datetime
    last_used_at: datetime


@dataclass(frozen=True, slots=True)
class HeldGrant:
    """A role of an account with the branch it is held on."""

    role: Role
    branch: str
    path: str


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as the list of users shows it."""

    account: Account
    grants: tuple[HeldGrant, ...]
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A signed-in browser, whose it is, and whether the secret must change first."""

    actor: Actor
    started_at: datetime
    last_seen_at: datetime
    must_change: bool


@dataclass(frozen=True, slots=True)
class OwnBadge:
    """A worker's badge as it is compared, and the hash of the PIN that goes with it."""

    badge_key: str
    pin_hash: str | None


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


def list_branches(session: Session, paths: Sequence[str]) -> Sequence[Branch]:
    """Every open branch under these, top down."""
    return session.scalars(
        select(Branch)
        .where(or_(*[Branch.path.startswith(path) for path in paths]))
        .where(Branch.closed_on.is_(None))
        .order_by(Branch.path)
    ).all()


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


# Built once and read as plain rows: every call of a phone begins with it.
_TOKEN, _ACCOUNT, _BADGE = DeviceToken.__table__, Account.__table__, Credential.__table__
_GRANT, _PLACE, _COMPANY = RoleGrant.__table__, Branch.__table__, Branch.__table__.alias("company")
_HELD = (
    select(
        _TOKEN.c.token_hash,
        _TOKEN.c.id,
        _TOKEN.c.device_id,
        _TOKEN.c.expires_at,
        _TOKEN.c.last_used_at,
        _ACCOUNT.c.id,
        _ACCOUNT.c.name,
        _ACCOUNT.c.locale,
        _BADGE.c.account_id,
        _COMPANY.c.path,
        _GRANT.c.role,
        _PLACE.c.path,
    )
    .select_from(_TOKEN)
    .join(_ACCOUNT, _ACCOUNT.c.id == _TOKEN.c.account_id)
    .outerjoin(_BADGE, _BADGE.c.account_id == _ACCOUNT.c.id)
    .outerjoin(_COMPANY, _COMPANY.c.id == _BADGE.c.company_id)
    .outerjoin(_GRANT, _GRANT.c.account_id == _ACCOUNT.c.id)
    .outerjoin(_PLACE, _PLACE.c.id == _GRANT.c.branch_id)
    .where(
        _TOKEN.c.token_hash.in_(bindparam("token_hashes", expanding=True)),
        _TOKEN.c.revoked_at.is_(None),
        _ACCOUNT.c.active,
    )
    .order_by(_TOKEN.c.token_hash, _GRANT.c.id)
)


def find_tokens(session: Session, token_hashes: Collection[str]) -> dict[str, HeldToken]:
    """The unrevoked tokens of these hashes, with who holds them; none of a shut account."""
    asked = {"token_hashes": sorted(set(token_hashes))}
    rows = session.connection().execute(_HELD, asked).all()
    held: dict[str, HeldToken] = {}
    for token_hash, same in groupby(rows, key=itemgetter(0)):
        held[token_hash] = _held([row[1:] for row in same])
    return held


def _held(rows: Sequence[Sequence[Any]]) -> HeldToken:
    """A token out of its rows, one for each role that is held."""
    token_id, device_id, expires_at, last_used_at, account_id, name, locale, *worker = rows[0]
    worker_id, company_path, *_ = worker
    grants = [Grant(Role(role), path) for *_, role, path in rows if role is not None]
    if company_path is not None:
        grants.append(Grant(Role.WORKER, company_path))
    actor = Actor(account_id, name, tuple(grants), locale, worker_id, device_id, token_id)
    return HeldToken(actor, expires_at, last_used_at)


def find_web_session(session: Session, session_id: str) -> WebSession | None:
    """A signed-in browser that was not signed out."""
    found = session.get(WebSession, session_id)
    return None if found is None or found.ended_at is not None else found


def find_signed_in(session: Session, session_id: str) -> SignedIn | None:
    """Who uses a browser that was not signed out, unless the account is shut."""
    found = find_web_session(session, session_id)
    account = session.get(Account, found.account_id) if found else None
    if found is None or account is None or not account.active:
        return None
    return SignedIn(
        get_actor(session, account.id),
        found.started_at,
        found.last_seen_at,
        account.secret_must_change if account.login else _must_change_pin(session, account.id),
    )


def _must_change_pin(session: Session, account_id: str) -> bool:
    held = session.get(Credential, account_id)
    return held is not None and held.pin_must_change


def find_own_badge(session: Session, account_id: str) -> OwnBadge | None:
    """The badge of an account that is a worker's."""
    held = session.get(Credential, account_id)
    return None if held is None else OwnBadge(held.badge_key, held.pin_hash)


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


def list_tokens(session: Session, account_id: str) -> Sequence[DeviceToken]:
    """Unrevoked tokens of an account, last used first."""
    return session.scalars(
        select(DeviceToken)
        .where(DeviceToken.account_id == account_id, DeviceToken.revoked_at.is_(None))
        .order_by(DeviceToken.last_used_at.desc())
    ).all()


def list_web_sessions(session: Session, account_id: str) -> Sequence[WebSession]:
    """Signed-in browsers of an account, last seen first."""
    return session.scalars(
        select(WebSession)
        .where(WebSession.account_id == account_id, WebSession.ended_at.is_(None))
        .order_by(WebSession.last_seen_at.desc())
    ).all()


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
    for account_id, role, name, path in session.execute(
        select(RoleGrant.account_id, RoleGrant.role, Branch.name, Branch.path)
        .join(Branch, Branch.id == RoleGrant.branch_id)
        .where(RoleGrant.account_id.in_(ids))
        .order_by(RoleGrant.role, Branch.path)
    ):
        grants[account_id].append(HeldGrant(Role(role), name, path))
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


_CONSENT = Consent.__table__
_SAID = (
    select(_CONSENT.c.account_id, _CONSENT.c.agreed, _CONSENT.c.version)
    .where(_CONSENT.c.account_id.in_(bindparam("accounts", expanding=True)))
    .order_by(_CONSENT.c.at, _CONSENT.c.id)
)


def find_consent(session: Session, account_id: str) -> Consent | None:
    """The newest answer of an account to the legal notice."""
    return session.scalars(
        select(Consent)
        .where(Consent.account_id == account_id)
        .order_by(Consent.at.desc(), Consent.id.desc())
        .limit(1)
    ).first()


def find_agreed(session: Session, account_ids: Collection[str], version: str) -> set[str]:
    """Which of these accounts agreed to this version of the notice, and nothing else since."""
    if not account_ids:
        return set()
    rows = session.connection().execute(_SAID, {"accounts": sorted(set(account_ids))}).all()
    newest = {account_id: (agreed, said) for account_id, agreed, said in rows}
    return {account_id for account_id, said in newest.items() if said == (True, version)}


def _ids(path: str) -> list[int]:
    return [int(part) for part in path.split("/") if part]
