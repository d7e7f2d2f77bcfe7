"""What ends without being sent: late, held by a silent sender, or of a message that is over."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select, text, tuple_, update
from sqlalchemy.orm import Session

from app.delivery.models import SENDING_ROWS, WAITING_ROWS, Delivery, Message
from app.delivery.registry import IN_HOUSE
from app.delivery.rules import Status
from app.delivery.rules.messages import before

UNFETCHED, NOT_FETCHED = (Status.SENT,), Status.TEMPORARY_FAILURE
Place = tuple[str, str]


def expire_waiting(session: Session, *, limit: int, now: datetime) -> int:
    """What was not sent in time is not sent at all; returns how many."""
    late = select(Delivery.id).where(text(WAITING_ROWS), Delivery.expires_at <= now)
    return _sweep(session, late, before(Status.EXPIRED), Status.EXPIRED, limit=limit)


def give_up_leases(session: Session, *, limit: int, now: datetime) -> int:
    """What a silent sender held may have left or not; nobody sends it again unasked."""
    ran_out = Delivery.lease_until.is_(None) | (Delivery.lease_until <= now)
    held = select(Delivery.id).where(text(SENDING_ROWS), ran_out)
    return _sweep(session, held, (Status.SENDING,), Status.UNCLEAR, limit=limit, look_at=now)


def _sweep(
    session: Session,
    chosen: Select[str],
    olds: Sequence[Status],
    new: Status,
    *,
    limit: int,
    look_at: datetime | None = None,
) -> int:
    ids = session.scalars(chosen.limit(limit).with_for_update(skip_locked=True)).all()
    session.execute(
        update(Delivery)
        .where(Delivery.id.in_(ids), Delivery.status.in_(olds))
        .values(status=new, lease_until=None, leased_by=None, look_at=look_at)
        .execution_options(synchronize_session=False)
    )
    return len(ids)


def close_message(
    session: Session, message_id: str, *, after: Place | None, limit: int, now: datetime
) -> Place | None:
    """A message no longer holds: what waits expires, what no phone fetched is given up.

    In chunks by person and channel, from where the last one ended; None when it is done.
    """
    place = tuple_(Delivery.person_id, Delivery.channel)
    chosen = select(Delivery.id, Delivery.person_id, Delivery.channel, Delivery.status).where(
        Delivery.message_id == message_id
    )
    if after is not None:
        chosen = chosen.where(place > tuple_(*after))
    chosen = chosen.order_by(Delivery.person_id, Delivery.channel).limit(limit)
    rows = session.execute(chosen.with_for_update()).all()
    for olds, new in ((before(Status.EXPIRED), Status.EXPIRED), (UNFETCHED, NOT_FETCHED)):
        ids = [row.id for row in rows if row.status in olds and _ends(row.channel, new)]
        if ids:
            session.execute(
                update(Delivery)
                .where(Delivery.id.in_(ids))
                .values(status=new, look_at=None)
                .execution_options(synchronize_session=False)
            )
    if len(rows) == limit:
        return rows[-1].person_id, rows[-1].channel
    session.execute(update(Message).where(Message.id == message_id).values(closed_at=now))
    return None


def _ends(channel: str, new: Status) -> bool:
    return new is not NOT_FETCHED or channel in IN_HOUSE
