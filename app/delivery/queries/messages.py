"""How far messages came, and which were stopped or are over."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.delivery.models import Delivery, Message
from app.delivery.rules import Status
from app.delivery.rules.roads import BELL


def list_ended_messages(session: Session, now: datetime, *, limit: int = 50) -> Sequence[str]:
    """Messages that no longer hold and are still to be closed, oldest first."""
    return session.scalars(
        select(Message.id)
        .where(Message.closed_at.is_(None), Message.expires_at <= now)
        .order_by(Message.expires_at)
        .limit(limit)
    ).all()


def list_stopped(session: Session, message_ids: Sequence[str]) -> Sequence[str]:
    """Which of these messages were stopped."""
    chosen = select(Message.id).where(Message.id.in_(message_ids), Message.stopped_at.is_not(None))
    return session.scalars(chosen).all()


def count_waiting(session: Session) -> int:
    """How many deliveries of visible messages still wait to be sent."""
    chosen = (
        select(func.count())
        .select_from(Delivery)
        .join(Message, Message.id == Delivery.message_id)
        .where(Delivery.status == Status.QUEUED, Message.planned_at.is_not(None))
    )
    return session.scalar(chosen) or 0


def count_by_status(
    session: Session, message_ids: Sequence[str]
) -> Mapping[str, Mapping[Status, int]]:
    """How many deliveries of each message stand at each status; bells for the inbox aside."""
    found: dict[str, dict[Status, int]] = {message_id: {} for message_id in message_ids}
    rows = session.execute(
        select(Delivery.message_id, Delivery.status, func.count())
        .where(Delivery.message_id.in_(message_ids), Delivery.channel != BELL)
        .group_by(Delivery.message_id, Delivery.status)
    ).all()
    for message_id, status, count in rows:
        found[message_id][Status(status)] = count
    return found
