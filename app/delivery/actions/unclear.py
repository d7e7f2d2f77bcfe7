"""What left and was never answered for: what a provider or a person says became of it."""

from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from app.delivery.models import Delivery, Message
from app.delivery.rules import Report, Status, may_move
from app.kernel.refusals import NotFound, Refusal

NOTHING = {"synchronize_session": False}


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
    session: Session,
    message_id: str,
    *,
    delivery_id: str | None = None,
    limit: int,
    now: datetime,
) -> int:
    """A person says that what is unclear goes again: a double is better than none.

    Of one delivery or of a chunk of all; returns how many are sent again.
    """
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound
    if message.expires_at <= now or message.stopped_at is not None:
        raise MessageOver
    ids = _unclear(session, message_id, delivery_id, limit, Delivery.expires_at > now)
    return _settle(session, ids, status=Status.QUEUED, next_attempt_at=now)


def take_as_arrived(
    session: Session,
    message_id: str,
    *,
    delivery_id: str | None = None,
    limit: int,
    now: datetime,
) -> int:
    """A person says that what is unclear has gone out and is not sent again."""
    ids = _unclear(session, message_id, delivery_id, limit)
    return _settle(session, ids, status=Status.SENT, sent_at=now, next_attempt_at=None)


def _unclear(
    session: Session,
    message_id: str,
    delivery_id: str | None,
    limit: int,
    *only: ColumnElement[bool],
) -> list[str]:
    chosen = select(Delivery.id).where(
        Delivery.message_id == message_id, Delivery.status == Status.UNCLEAR, *only
    )
    if delivery_id is not None:
        chosen = chosen.where(Delivery.id == delivery_id)
    return list(session.scalars(chosen.limit(limit).with_for_update()))


def _settle(session: Session, ids: list[str], **values: object) -> int:
    session.execute(
        update(Delivery)
        .where(Delivery.id.in_(ids), Delivery.status == Status.UNCLEAR)
        .values(look_at=None, **values),
        execution_options=NOTHING,
    )
    return len(ids)
