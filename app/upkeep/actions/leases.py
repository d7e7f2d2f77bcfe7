"""Leases: what only one process may do is done by whoever holds its lease."""

from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from app.extensions import upsert
from app.upkeep.models import Lease

LONGEST = timedelta(minutes=10)  # as any lease of this program is taken for


def take_lease(
    session: Session, name: str, holder: str, *, lasts: timedelta, now: datetime
) -> bool:
    """Take or renew a lease; false while another holder's has not run out.

    The clock of a holder that died stops mattering once its lease has run out; one that ends
    further off than any lease lasts was taken while the clock was ahead, and holds nobody up.
    """
    until = now + lasts
    over = or_(Lease.until <= now, Lease.until > now + 2 * LONGEST)
    taken = session.scalar(
        update(Lease)
        .where(Lease.name == name, or_(Lease.holder == holder, over))
        .values(holder=holder, until=until)
        .returning(Lease.name)
    )
    if taken is not None:
        return True
    added = session.scalar(
        upsert(session, Lease)
        .values(name=name, holder=holder, until=until)
        .on_conflict_do_nothing()
        .returning(Lease.name)
    )
    return added is not None


def give_back(session: Session, name: str, holder: str, *, now: datetime) -> None:
    """Let another process take over at once."""
    session.execute(
        update(Lease).where(Lease.name == name, Lease.holder == holder).values(until=now)
    )


def tell_progress(
    session: Session,
    name: str,
    holder: str,
    percent: int,
    *,
    lasts: timedelta,
    now: datetime,
) -> None:
    """Renew a lease and say how far its work has come."""
    session.execute(
        update(Lease)
        .where(Lease.name == name, Lease.holder == holder)
        .values(percent=percent, until=now + lasts)
    )
