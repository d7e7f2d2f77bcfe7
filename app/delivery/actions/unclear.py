"""What left and was never answered for: a person says whether it goes again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, and_, true, update
from sqlalchemy.orm import Session

from app.delivery.models import Delivery, Message
from app.delivery.rules import Status
from app.kernel.refusals import NotFound, Refusal

QUEUED = Status.QUEUED


class MessageOver(Refusal):
    """A message that no longer holds, or was stopped, is not sent again."""

    code = "delivery.message_over"
    status = 409


def send_unclear_again(
    session: Session, message_id: str, delivery_ids: Sequence[str], *, now: datetime
) -> int:
    """A person says that these go again if they are unclear: a double is better than none.

    Returns how many are sent again; what it is too late to send, or was answered, stays unclear.
    """
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound
    if message.expires_at <= now or message.stopped_at is not None:
        raise MessageOver
    in_time = and_(Delivery.expires_at > now, Delivery.answered_at.is_(None))
    return _settle(session, message_id, delivery_ids, in_time, status=QUEUED, next_attempt_at=now)


def take_as_arrived(
    session: Session, message_id: str, delivery_ids: Sequence[str], *, now: datetime
) -> int:
    """A person says that these, if they are unclear, have gone out and are not sent again."""
    return _settle(
        session,
        message_id,
        delivery_ids,
        true(),
        status=Status.SENT,
        sent_at=now,
        next_attempt_at=None,
    )


def _settle(
    session: Session,
    message_id: str,
    delivery_ids: Sequence[str],
    only: ColumnElement[bool],
    **values: object,
) -> int:
    settled: CursorResult[Any] = session.connection().execute(
        update(Delivery)
        .where(Delivery.message_id == message_id, Delivery.id.in_(delivery_ids))
        .where(Delivery.status == Status.UNCLEAR, only)
        .values(look_at=None, lease_until=None, leased_by=None, **values)
    )
    return settled.rowcount
