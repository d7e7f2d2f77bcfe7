"""Who has a second proof at sign-in, and of which roles the node demands one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account, RoleGrant, SecondFactor, SecondFactorRule, SpareCode
from app.accounts.rules import Role
from app.accounts.rules.second_factor import OFFERED_TO


@dataclass(frozen=True, slots=True)
class FactorState:
    """What an account's own page says of its second proof."""

    since_at: datetime | None
    spare_left: int
    demanded: bool


@dataclass(frozen=True, slots=True)
class RoleFactor:
    """A role that may have a second proof: demanded or not, how many have one, of how many."""

    role: Role
    demanded: bool
    holders: int
    accounts: int


def find_second_factor(session: Session, account_id: str) -> datetime | None:
    """Since when an account gives a second proof; None when it has none."""
    return session.scalar(
        select(SecondFactor.confirmed_at).where(SecondFactor.account_id == account_id)
    )


def find_enrolment(session: Session, account_id: str) -> tuple[str, datetime] | None:
    """The seed that is being set up and since when; None when none is."""
    row = session.execute(
        select(SecondFactor.seed, SecondFactor.begun_at).where(
            SecondFactor.account_id == account_id, SecondFactor.confirmed_at.is_(None)
        )
    ).first()
    return (row[0], row[1]) if row else None


def is_demanded(session: Session, roles: Iterable[Role]) -> bool:
    """Whether the node demands a second proof of any of these roles."""
    return bool(set(list_demanded(session)) & set(roles))


def list_demanded(session: Session) -> list[Role]:
    """The roles that must have a second proof."""
    held = set(session.scalars(select(SecondFactorRule.role)))
    return [role for role in OFFERED_TO if role in held]


def lacks_second_factor(session: Session, account_id: str, roles: Iterable[Role]) -> bool:
    """Whether a second proof is demanded of this account and it has none."""
    return is_demanded(session, roles) and find_second_factor(session, account_id) is None


def get_factor_state(session: Session, account_id: str, roles: Iterable[Role]) -> FactorState:
    """What there is to say of an account's second proof."""
    left = session.scalar(
        select(func.count(SpareCode.id)).where(
            SpareCode.account_id == account_id, SpareCode.used_at.is_(None)
        )
    )
    since_at = find_second_factor(session, account_id)
    return FactorState(since_at, left or 0, is_demanded(session, roles))


def list_role_factors(session: Session) -> list[RoleFactor]:
    """Every role that may have a second proof, with how many open accounts have one."""
    demanded = list_demanded(session)
    rows = session.execute(
        select(
            RoleGrant.role,
            func.count(Account.id.distinct()),
            func.count(SecondFactor.account_id.distinct()),
        )
        .join(Account, Account.id == RoleGrant.account_id)
        .outerjoin(
            SecondFactor,
            and_(SecondFactor.account_id == Account.id, SecondFactor.confirmed_at.is_not(None)),
        )
        .where(Account.active, RoleGrant.role.in_(OFFERED_TO))
        .group_by(RoleGrant.role)
    )
    counted = {role: (holders, accounts) for role, accounts, holders in rows}
    return [RoleFactor(role, role in demanded, *counted.get(role, (0, 0))) for role in OFFERED_TO]
