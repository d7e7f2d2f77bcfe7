"""At the province: what is personal goes some days after it is settled, the rest later."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from app.hub.models import HubAddress, HubDelivery, HubPassed


def destroy_parcels(session: Session, *, limit: int, before: datetime) -> int:
    """Address and words of what ended and changed no more since then; returns how many."""
    ids = session.scalars(
        select(HubDelivery.id)
        .where(HubDelivery.changed_at <= before, HubDelivery.expires_at <= before)
        .where(HubDelivery.address.is_not(None))
        .limit(limit)
    ).all()
    session.execute(
        update(HubDelivery)
        .where(HubDelivery.id.in_(ids))
        .values(address=None, words=None, inbound_at=None)
    )
    return len(ids)


def forget_parcels(session: Session, *, limit: int, before: datetime) -> int:
    """What is so old that it would come too late if it came again; returns how many."""
    ids = session.scalars(
        select(HubDelivery.id)
        .where(HubDelivery.changed_at <= before, HubDelivery.expires_at <= before)
        .where(HubDelivery.told_rev >= HubDelivery.rev)
        .limit(limit)
    ).all()
    session.execute(delete(HubDelivery).where(HubDelivery.id.in_(ids)))
    return len(ids)


def forget_passed(session: Session, *, limit: int, before: datetime) -> int:
    """At a park: what was handed on so long ago that no more news of it comes; returns how many."""
    ids = session.scalars(
        select(HubPassed.delivery_id).where(HubPassed.passed_at <= before).limit(limit)
    ).all()
    session.execute(delete(HubPassed).where(HubPassed.delivery_id.in_(ids)))
    return len(ids)


def forget_addresses(session: Session, *, before: datetime) -> int:
    """Digests of addresses that no park has written to since then; returns how many."""
    old = delete(HubAddress).where(HubAddress.seen_at <= before)
    return cast(CursorResult[Any], session.execute(old)).rowcount
