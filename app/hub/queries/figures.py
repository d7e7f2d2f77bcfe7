"""How the province's channels do for the parks: what went, what failed, what waits."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.delivery.rules import FAILED, ChannelName
from app.hub.models import QUEUED_ROWS, HubDelivery

A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ParcelFacts:
    """Parcels of one channel: went and failed since two moments, waiting, tried within a minute."""

    sent: tuple[int, int] = (0, 0)
    failed: tuple[int, int] = (0, 0)
    waiting: int = 0
    last_minute: int = 0


def find_parcel_facts(
    session: Session, road: ChannelName, *, today: datetime, hour: datetime, now: datetime
) -> ParcelFacts:
    """Figures since the day began and of the last hour; a parcel counts by its last try."""
    went = HubDelivery.sent_at.is_not(None)
    of_today, in_hour = HubDelivery.tried_at >= today, HubDelivery.tried_at >= hour
    tries = session.execute(
        select(went, HubDelivery.status, of_today, in_hour, func.count())
        .where(HubDelivery.road == road, HubDelivery.tried_at >= min(today, hour))
        .group_by(went, HubDelivery.status, of_today, in_hour)
    ).all()
    due = select(func.count()).where(HubDelivery.road == road, text(QUEUED_ROWS))
    lately = select(func.count()).where(
        HubDelivery.road == road, HubDelivery.tried_at > now - A_MINUTE
    )

    def split(*, sent: bool) -> tuple[int, int]:
        rows = [row for row in tries if bool(row[0]) is sent and (sent or row[1] in FAILED)]
        return sum(row[4] for row in rows if row[2]), sum(row[4] for row in rows if row[3])

    return ParcelFacts(
        split(sent=True),
        split(sent=False),
        session.scalar(due.where(HubDelivery.expires_at > now)) or 0,
        session.scalar(lately) or 0,
    )
