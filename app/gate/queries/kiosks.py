"""Kiosks: where they stand, how they are set up, and what came back to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Account, Branch, DeviceToken
from app.accounts.queries.branches import find_park
from app.accounts.rules import Actor
from app.gate.models import Kiosk, KioskReturn


@dataclass(frozen=True, slots=True)
class KioskRow:
    """A kiosk in the list; `waits_for_code` until a device has been set up with its code."""

    id: str
    name: str
    branch: str
    place: str
    waits_for_code: bool
    last_used_at: datetime | None
    made_at: datetime
    made_by: str
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class KioskSetUp:
    """What a kiosk works by: its name, where it sends people, the branch it stands in."""

    name: str
    place: str
    branch_id: int
    branch_kind: str
    leave_lock: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """An answer from a kiosk that was refused and that nobody has seen to yet."""

    key: str
    kiosk: str
    company: str
    badge: str
    code: str
    made_at: datetime


def find_path(session: Session, kiosk_id: str) -> str | None:
    """The branch path of a kiosk."""
    return session.scalar(
        select(Branch.path)
        .join(Kiosk, Kiosk.branch_id == Branch.id)
        .where(Kiosk.account_id == kiosk_id)
    )


def find_return_path(session: Session, key: str) -> str | None:
    """The branch path of the company a refused answer belongs to."""
    return session.scalar(
        select(Branch.path)
        .join(KioskReturn, KioskReturn.company_id == Branch.id)
        .where(KioskReturn.key == key)
    )


def find_place(session: Session, device: Actor) -> int:
    """The branch (id) a device stands in: its kiosk's, else the park."""
    found = session.scalar(select(Kiosk.branch_id).where(Kiosk.account_id == device.account_id))
    park = find_park(session) if found is None else None
    return found if found is not None else (park.id if park else 0)


def find_set_up(session: Session, account_id: str) -> KioskSetUp | None:
    """What the kiosk of this account works by; None when it is none, or revoked."""
    row = session.execute(
        select(Account.name, Kiosk.place, Branch.id, Branch.kind, Kiosk.leave_lock)
        .join(Account, Account.id == Kiosk.account_id)
        .join(Branch, Branch.id == Kiosk.branch_id)
        .where(Kiosk.account_id == account_id, Kiosk.revoked_at.is_(None))
    ).first()
    return None if row is None else KioskSetUp(*row)


def list_kiosks(session: Session, paths: Sequence[str]) -> list[KioskRow]:
    """Kiosks under these branches, those in use first."""
    used_at = (
        select(func.max(DeviceToken.last_used_at))
        .where(DeviceToken.account_id == Kiosk.account_id, DeviceToken.revoked_at.is_(None))
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Kiosk.account_id,
            Account.name,
            Branch.name,
            Kiosk.place,
            Kiosk.code_hash.is_not(None),
            used_at,
            Kiosk.made_at,
            Kiosk.made_by,
            Kiosk.revoked_at,
        )
        .join(Account, Account.id == Kiosk.account_id)
        .join(Branch, Branch.id == Kiosk.branch_id)
        .where(or_(*[Branch.path.startswith(path) for path in paths]))
        .order_by(Kiosk.revoked_at.is_not(None), Branch.path, Account.name)
    ).all()
    return [KioskRow(*row) for row in rows]


def list_returns(session: Session, paths: Sequence[str], limit: int = 100) -> list[ReturnRow]:
    """Refused answers of these branches' people that wait to be seen to, the newest first."""
    kiosk = aliased(Account)
    rows = session.execute(
        select(
            KioskReturn.key,
            kiosk.name,
            Branch.name,
            KioskReturn.badge,
            KioskReturn.code,
            KioskReturn.made_at,
        )
        .join(kiosk, kiosk.id == KioskReturn.account_id)
        .join(Branch, Branch.id == KioskReturn.company_id)
        .where(KioskReturn.seen_at.is_(None))
        .where(or_(*[Branch.path.startswith(path) for path in paths]))
        .order_by(KioskReturn.received_at.desc(), KioskReturn.key.desc())
        .limit(limit)
    ).all()
    return [ReturnRow(*row) for row in rows]
