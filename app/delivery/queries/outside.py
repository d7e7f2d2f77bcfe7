"""What providers took of us: what to ask them about, and what to take back."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.delivery.models import Delivery, Message
from app.delivery.rules import ChannelName, Status

ASKED_TIMES = 11


def find_unclear(
    session: Session, channel: ChannelName, now: datetime, *, limit: int
) -> Mapping[str, str]:
    """Deliveries of a channel that are unclear and to be asked about now.

    By the name that the provider knows them under: its own, or ours that it was given.
    """
    rows = session.execute(
        select(Delivery.id, Delivery.external_id)
        .where(Delivery.look_at <= now, Delivery.channel == channel)
        .where(Delivery.status == Status.UNCLEAR)
        .order_by(Delivery.look_at)
        .limit(limit)
    )
    return {external_id or delivery_id: delivery_id for delivery_id, external_id in rows}


def find_sent_to_ask(
    session: Session, channel: ChannelName, now: datetime, *, limit: int
) -> Mapping[str, str]:
    """Deliveries that a provider took and is asked about in this minute, by its name for them.

    Asked a minute after it took them, then after 2, 4, 8 and so on, up to a day.
    """
    since = [now - timedelta(minutes=2**step) for step in range(ASKED_TIMES)]
    in_turn = [
        and_(Delivery.sent_at > at - timedelta(minutes=1), Delivery.sent_at <= at) for at in since
    ]
    rows = session.execute(
        select(Delivery.external_id, Delivery.id)
        .where(Delivery.channel == channel, Delivery.external_id.is_not(None))
        .where(Delivery.status == Status.SENT, or_(*in_turn))
        .order_by(Delivery.sent_at)
        .limit(limit)
    )
    return {str(external_id): delivery_id for external_id, delivery_id in rows}


def list_stopped_outside(session: Session, channel: ChannelName, now: datetime) -> frozenset[str]:
    """What a provider took within two days of messages that were stopped or taken back since."""
    chosen = (
        select(Delivery.id)
        .join(Message, Message.id == Delivery.message_id)
        .where(Delivery.channel == channel, Delivery.status == Status.SENT)
        .where(Delivery.sent_at > now - timedelta(days=2))
        .where(or_(Message.stopped_at.is_not(None), Message.withdrawn_at.is_not(None)))
    )
    return frozenset(session.scalars(chosen))
