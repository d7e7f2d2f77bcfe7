"""What providers told us and nobody has acted on as yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.delivery.models import ProviderEvent
from app.delivery.rules import ChannelName


@dataclass(frozen=True, slots=True)
class Told:
    """What a provider told and nobody has acted on as yet, as it came."""

    id: int
    channel: ChannelName
    received_at: datetime
    raw: str


def list_told(
    session: Session, channels: Sequence[ChannelName], *, after: int, limit: int
) -> Sequence[Told]:
    """What providers of these channels told and nobody has acted on, oldest first."""
    rows = session.scalars(
        select(ProviderEvent)
        .where(ProviderEvent.handled_at.is_(None), ProviderEvent.channel.in_(channels))
        .where(ProviderEvent.id > after)
        .order_by(ProviderEvent.id)
        .limit(limit)
    )
    return [Told(row.id, ChannelName(row.channel), row.received_at, row.raw) for row in rows]


def list_calls(
    session: Session, provider: str, *, after: int, limit: int
) -> Sequence[tuple[int, datetime, str]]:
    """What a provider of several channels told and nobody has acted on: id, when, as it came."""
    rows = session.execute(
        select(ProviderEvent.id, ProviderEvent.received_at, ProviderEvent.raw)
        .where(ProviderEvent.handled_at.is_(None), ProviderEvent.channel == provider)
        .where(ProviderEvent.id > after)
        .order_by(ProviderEvent.id)
        .limit(limit)
    )
    return [(row.id, row.received_at, row.raw) for row in rows]
