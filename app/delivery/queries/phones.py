"""Phones that ring, and devices that may fetch their inbox."""

from collections.abc import Collection, Set
from datetime import datetime

from sqlalchemy import ColumnElement, and_, column, func, select, table
from sqlalchemy.orm import Session

from app.delivery.models import ContactPoint, PushSubscription
from app.delivery.rules.roads import USABLE, AddressKind
from app.extensions import Moment

# Devices belong to the accounts, which stand above; who carries one decides the road to them.
DEVICE = table(
    "device_token",
    column("account_id"),
    column("device_id"),
    column("expires_at", Moment()),
    column("revoked_at", Moment()),
)


def list_with_device(session: Session, person_ids: Collection[str], now: datetime) -> Set[str]:
    """Which of these people carry a device that is signed in and may fetch their inbox."""
    return set(
        session.scalars(
            select(DEVICE.c.account_id)
            .where(DEVICE.c.account_id.in_(person_ids))
            .where(DEVICE.c.revoked_at.is_(None), DEVICE.c.expires_at > now)
        ).all()
    )


def rings_still() -> ColumnElement[bool]:
    """Whether the phone of a contact point is still one that its person is signed in on."""
    return (
        select(PushSubscription.id)
        .join(
            DEVICE,
            and_(
                DEVICE.c.account_id == PushSubscription.account_id,
                DEVICE.c.device_id == PushSubscription.device_id,
            ),
        )
        .where(PushSubscription.contact_point_id == ContactPoint.id)
        .where(DEVICE.c.revoked_at.is_(None))
        .correlate(ContactPoint)
        .exists()
    )


def is_push_on(session: Session, account_id: str, device_id: str) -> bool:
    """Whether a phone rings for the account that is signed in on it."""
    mine = (
        select(PushSubscription.id)
        .join(ContactPoint, ContactPoint.id == PushSubscription.contact_point_id)
        .where(PushSubscription.account_id == account_id)
        .where(PushSubscription.device_id == device_id)
        .where(ContactPoint.gone_at.is_(None), ContactPoint.state.in_(USABLE))
    )
    return session.scalar(select(mine.exists())) or False


def count_phones(session: Session) -> int:
    """How many phones ring for the inbox of somebody."""
    chosen = (
        select(func.count())
        .select_from(ContactPoint)
        .where(ContactPoint.channel == AddressKind.PUSH, ContactPoint.gone_at.is_(None))
        .where(ContactPoint.state.in_(USABLE), rings_still())
    )
    return session.scalar(chosen) or 0
