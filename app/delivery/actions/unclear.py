"""What left and was never answered for: what a provider or a person says became of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, true, update
from sqlalchemy.orm import Session

from app.delivery.models import Delivery, Message
from app.delivery.rules import Report, Status, may_move
from app.kernel.refusals import NotFound, Refusal

QUEUED = Status.QUEUED


class MessageOver(Refusal):
    """A message that no longer holds, or was stopped, is not sent again."""

    code = "delivery.message_over"
    status = 409


def hear_of_unclear(
    session: Session, delivery_id: str | None, report: Report, *, now: datetime
) -> None:
    """A provider that was asked told what became of a delivery."""
    delivery = session.get(Delivery, delivery_id or report.delivery_id, with_for_update=True)
    if delivery is None or report.status is None or delivery.status != Status.UNCLEAR:
        return
    if not may_move(Status.UNCLEAR, report.status):
        return
    delivery.status, delivery.look_at = report.status, now
    delivery.external_id = delivery.external_id or report.external_id
    delivery.sent_at = delivery.sent_at or report.at
    if report.status is Status.DELIVERED:
        delivery.delivered_at = report.at
    if report.code:
        delivery.error_code = report.code[:40]


def send_unclear_again(
    session: Session, message_id: str, delivery_ids: Sequence[str], *, now: datetime
) -> int:
    """A person says that these go again if they are unclear: a double is better than none.

    Returns how many are sent again; what it is too late to send stays unclear.
    """
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound
    if message.expires_at <= now or message.stopped_at is not None:
        raise MessageOver
    in_time = Delivery.expires_at > now
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
