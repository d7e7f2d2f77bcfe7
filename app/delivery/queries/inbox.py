"""The inbox of a person: what is there to read, and what presses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.delivery.models import Delivery, Message
from app.delivery.rules import ChannelName, Lane, Status
from app.delivery.rules.messages import MessageKind, fill, in_language

MOST_SHOWN = 100
MOST_PRESSING = 5


@dataclass(frozen=True, slots=True)
class InboxItem:
    """A message as its receiver reads it; `is_new` until a phone has fetched it.

    `cancelled`: its sender took it back. `corrects`: the message it takes the place of.
    """

    id: str
    kind: str
    title: str
    text: str
    sent_at: datetime
    read_at: datetime | None
    sender: str
    is_new: bool
    urgent: bool
    expires_at: datetime
    cancelled: bool
    corrects: str | None


@dataclass(frozen=True, slots=True)
class Pressing:
    """An urgent message that still holds and was not read."""

    id: str
    title: str
    expires_at: datetime


def list_inbox(
    session: Session, person_id: str, language: str, now: datetime
) -> Sequence[InboxItem]:
    """A person's newest messages, first the unread urgent ones that still hold."""
    pressing = _pressing(now)
    rows = session.execute(
        select(Message, Delivery)
        .join(Delivery, Delivery.message_id == Message.id)
        .where(_shown_to(person_id, now))
        .order_by(case((pressing, 0), else_=1), Delivery.sent_at.desc(), Delivery.id.desc())
        .limit(MOST_SHOWN)
    ).all()
    return [
        InboxItem(
            message.id,
            message.kind,
            fill(in_language(message.titles, language), delivery.values),
            fill(in_language(message.texts, language), delivery.values),
            delivery.sent_at or delivery.created_at,
            delivery.read_at,
            message.sender,
            delivery.status == Status.SENT,
            delivery.lane == Lane.URGENT,
            message.expires_at,
            message.withdrawn_at is not None,
            message.corrects_id,
        )
        for message, delivery in rows
    ]


def list_pressing(
    session: Session, person_id: str, language: str, now: datetime
) -> Sequence[Pressing]:
    """A person's unread urgent messages that still hold, newest first."""
    rows = session.execute(
        select(Message, Delivery.values)
        .join(Delivery, Delivery.message_id == Message.id)
        .where(_shown_to(person_id, now), _pressing(now))
        .order_by(Delivery.sent_at.desc(), Delivery.id.desc())
        .limit(MOST_PRESSING)
    ).all()
    return [
        Pressing(
            message.id,
            fill(in_language(message.titles or message.texts, language), values),
            message.expires_at,
        )
        for message, values in rows
    ]


def count_unread(session: Session, person_id: str, now: datetime) -> int:
    """How many messages in a person's inbox they have not read."""
    chosen = (
        select(func.count())
        .select_from(Delivery)
        .join(Message, Message.id == Delivery.message_id)
        .where(_shown_to(person_id, now), Delivery.status != Status.READ)
    )
    return session.scalar(chosen) or 0


def _pressing(now: datetime) -> ColumnElement[bool]:
    return and_(
        Delivery.lane == Lane.URGENT,
        Delivery.status != Status.READ,
        Message.expires_at > now,
        Message.withdrawn_at.is_(None),
        ~_corrected(),
    )


def _corrected() -> ColumnElement[bool]:
    """Whether the same person has the message that takes the place of this one."""
    newer, had = aliased(Message), aliased(Delivery)
    return (
        select(newer.id)
        .join(had, had.message_id == newer.id)
        .where(had.person_id == Delivery.person_id, had.channel == ChannelName.IN_APP)
        .where(had.sent_at.is_not(None), newer.corrects_id == Message.id)
        .correlate(Message, Delivery)
        .exists()
    )


def _shown_to(person_id: str, now: datetime) -> ColumnElement[bool]:
    """What is there to read; a reminder whose time is over is noise unless it was read."""
    holds = Message.expires_at > now
    arrived = and_(
        Delivery.status == Status.DELIVERED, or_(holds, Message.kind != MessageKind.REMINDER)
    )
    return and_(
        Delivery.person_id == person_id,
        Delivery.channel == ChannelName.IN_APP,
        Message.planned_at.is_not(None),
        or_(
            and_(Delivery.status == Status.READ, Delivery.sent_at.is_not(None)),
            and_(Delivery.status == Status.SENT, holds, Message.withdrawn_at.is_(None)),
            arrived,
        ),
    )
