"""Accounts with a login, and the roles of every account."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from app.accounts.actions.second_factor import keep_demand
from app.accounts.actions.sessions import close_every_session, let_sessions_renew
from app.accounts.models import Account, RoleGrant
from app.accounts.rules import Actor, LastRole, LoginTaken, Role, login_key
from app.audit.actions import record_act
from app.kernel.ids import new_id
from app.kernel.refusals import NotFound
from app.kernel.text import squeeze


def add_office_account(
    session: Session,
    *,
    name: str,
    login: str,
    secret_hash: str,
    must_change: bool,
    grants: Iterable[tuple[Role, int]],
    locale: str = "vi",
    actor: Actor,
    now: datetime,
) -> str:
    """A new account that signs in with a login; returns its id."""
    key = login_key(login)
    if session.scalar(select(Account.id).where(Account.login == key)) is not None:
        raise LoginTaken
    account_id = new_id(now)
    session.add(
        Account(
            id=account_id,
            name=squeeze(name),
            login=key,
            secret_hash=secret_hash,
            secret_must_change=must_change,
            locale=locale,
            created_at=now,
        )
    )
    session.flush()
    set_grants(session, account_id, grants, actor=actor, now=now)
    return account_id


def set_grants(
    session: Session,
    account_id: str,
    grants: Iterable[tuple[Role, int]],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """The roles of an account from now on, each on a branch (id)."""
    wanted = sorted({(str(role), branch_id) for role, branch_id in grants})
    before = {(str(role), branch_id) for role, branch_id in _held_roles(session, account_id)}
    session.execute(delete(RoleGrant).where(RoleGrant.account_id == account_id))
    if wanted:
        session.execute(
            insert(RoleGrant),
            [
                {"account_id": account_id, "role": role, "branch_id": branch_id}
                for role, branch_id in wanted
            ],
        )
    more = {Role(role) for role, branch_id in wanted if (role, branch_id) not in before}
    if more:
        let_sessions_renew(session, account_id)
        keep_demand(session, account_id, more, now=now)
    record_act(
        session, "accounts.roles_set", actor=actor, now=now, subject_id=account_id, roles=wanted
    )


def give_role(
    session: Session, account_id: str, role: Role, branch_id: int, *, actor: Actor, now: datetime
) -> None:
    """One role more, on a branch (id), unless it is held already."""
    held = _held_roles(session, account_id)
    if (role, branch_id) not in held:
        set_grants(session, account_id, [*held, (role, branch_id)], actor=actor, now=now)


def take_role(
    session: Session, account_id: str, role: Role, branch_id: int, *, actor: Actor, now: datetime
) -> None:
    """One role less; from the next request on it opens nothing."""
    held = _held_roles(session, account_id)
    if (role, branch_id) not in held:
        raise NotFound
    left = [each for each in held if each != (role, branch_id)]
    if not left:
        raise LastRole
    set_grants(session, account_id, left, actor=actor, now=now)


def _held_roles(session: Session, account_id: str) -> list[tuple[Role, int]]:
    # The account's row is locked, so that two changes at once come one after the other.
    session.execute(select(Account.id).where(Account.id == account_id).with_for_update())
    held = session.execute(
        select(RoleGrant.role, RoleGrant.branch_id).where(RoleGrant.account_id == account_id)
    )
    return [(Role(role), branch_id) for role, branch_id in held]


def set_active(
    session: Session, account_id: str, *, active: bool, actor: Actor, now: datetime
) -> None:
    """Shut an account, or open it again."""
    session.execute(update(Account).where(Account.id == account_id).values(active=active))
    if not active:
        close_every_session(session, account_id, actor=actor, now=now)
    record_act(
        session, "accounts.active_set", actor=actor, now=now, subject_id=account_id, active=active
    )
