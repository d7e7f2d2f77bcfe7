"""What was refused of the answers given at kiosks, kept for a person to see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from app.gate.models import KioskReturn
from app.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Returned:
    """A refused answer: key, kiosk (account id), company, badge as far as known, code, times."""

    key: str
    account_id: str
    company_id: int
    badge: str
    code: str
    made_at: datetime
    received_at: datetime


def keep_returns(session: Session, returned: Sequence[Returned]) -> None:
    """Keep refused answers until somebody has seen to them."""
    if returned:
        session.execute(
            insert(KioskReturn),
            [
                {
                    "key": each.key,
                    "account_id": each.account_id,
                    "company_id": each.company_id,
                    "badge": each.badge[:40],
                    "code": each.code,
                    "made_at": each.made_at,
                    "received_at": each.received_at,
                }
                for each in returned
            ],
        )


def settle_return(session: Session, key: str, *, actor: Actor, now: datetime) -> None:
    """Somebody has asked the person; the row stays, with who that was."""
    session.execute(
        update(KioskReturn)
        .where(KioskReturn.key == key, KioskReturn.seen_at.is_(None))
        .values(seen_at=now, seen_by=actor.name)
    )
