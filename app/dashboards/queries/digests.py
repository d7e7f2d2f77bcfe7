"""Weekly digests: who is to get one, and what somebody got."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account, RoleGrant
from app.accounts.rules import Role
from app.dashboards.models import DigestAddress, DigestChoice, DigestLetter, WeeklyDigest
from app.dashboards.rules.digests import KEPT, Digest, unpacked


@dataclass(frozen=True, slots=True)
class DigestRow:
    """A digest as its reader has it."""

    digest: Digest
    made_at: datetime
    read_at: datetime | None


def list_digest_readers(session: Session, week_on: date) -> list[str]:
    """Park managers (account ids) who want a digest and have none of this week."""
    unwanted = select(DigestChoice.account_id).where(DigestChoice.wanted.is_(False))
    told = select(WeeklyDigest.account_id).where(WeeklyDigest.week_on == week_on)
    return list(
        session.scalars(
            select(Account.id)
            .join(RoleGrant, RoleGrant.account_id == Account.id)
            .where(RoleGrant.role == Role.PARK_MANAGER, Account.active.is_(True))
            .where(Account.id.not_in(unwanted), Account.id.not_in(told))
            .distinct()
            .order_by(Account.id)
        ).all()
    )


def list_digests(session: Session, account_id: str) -> list[DigestRow]:
    """The last digests of somebody, newest first."""
    rows = session.scalars(
        select(WeeklyDigest)
        .where(WeeklyDigest.account_id == account_id)
        .order_by(WeeklyDigest.week_on.desc())
        .limit(KEPT)
    ).all()
    return [DigestRow(unpacked(row.week_on, row.body), row.made_at, row.read_at) for row in rows]


def find_unread_digest(session: Session, account_id: str) -> DigestRow | None:
    """The newest digest of somebody, if they have not read it."""
    newest = list_digests(session, account_id)[:1]
    return newest[0] if newest and newest[0].read_at is None else None


def wants_digest(session: Session, account_id: str) -> bool:
    """Whether somebody wants the weekly digest."""
    choice = session.get(DigestChoice, account_id)
    return choice is None or choice.wanted


def find_digest_address(session: Session, account_id: str) -> str | None:
    """Where somebody has the weekly digest sent by e-mail; None for nowhere."""
    found = session.get(DigestAddress, account_id)
    return found.address if found is not None else None


@dataclass(frozen=True, slots=True)
class LastLetter:
    """What became of the last digest by e-mail, and when."""

    state: str
    at: datetime
    code: str


def find_last_letter(session: Session, account_id: str) -> LastLetter | None:
    """What became of somebody's last digest by e-mail."""
    row = session.scalars(
        select(DigestLetter)
        .where(DigestLetter.account_id == account_id)
        .order_by(DigestLetter.week_on.desc())
        .limit(1)
    ).first()
    return LastLetter(row.state, row.at, row.code) if row is not None else None
