"""At a park: what the province tells of its parcels and its people has its effect."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.delivery.actions.contacts import set_address_state
from app.delivery.actions.zalo_calls import apply_zalo_call
from app.delivery.models import ContactPoint, Delivery
from app.delivery.rules import FAILED, BadRecipient, Lane, Status
from app.delivery.rules.roads import AddressKind, AddressState
from app.hub.models import HubPassed
from app.hub.rules.told import Told, read_told, settled
from app.sync.actions.opening import open_sealed
from app.sync.rules import EntryArrived


def take_told(session: Session, event: EntryArrived, *, now: datetime) -> None:
    """Settle the deliveries that the province tells of, and hear what people did on Zalo."""
    states, calls = read_told(open_sealed(session, event.body.get("jwe"), now))
    for told in states:
        settle_told(session, told, now=now)
    for call in calls:
        apply_zalo_call(session, call, now=now)


def settle_told(session: Session, told: Told, *, now: datetime) -> None:
    """One piece of news about a delivery that was handed on; older than what is known: nothing."""
    newer = (
        update(HubPassed)
        .where(HubPassed.delivery_id == told.ref, HubPassed.rev < told.rev)
        .values(rev=told.rev)
        .returning(HubPassed.delivery_id)
    )
    if session.scalar(newer) is None:
        return
    row = session.scalars(
        select(Delivery)
        .where(Delivery.id == told.ref)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        return
    old = Status(row.status)
    status = settled(old, told.status, Lane(row.lane))
    row.sent_at = row.sent_at or told.sent_at
    if status is old:
        return
    row.status, row.look_at, row.next_attempt_at = status, now, None
    row.lease_until = row.leased_by = None
    row.delivered_at = row.delivered_at or told.delivered_at
    row.read_at = row.read_at or told.read_at
    row.error_class = told.error or None
    row.error_code = told.code or None
    if status in {Status.DELIVERED, Status.READ}:
        row.look_at = row.error_class = row.error_code = None
    _mark_address(session, row, status, now)


def _mark_address(session: Session, row: Delivery, status: Status, now: datetime) -> None:
    point = session.get(ContactPoint, row.contact_point_id) if row.contact_point_id else None
    if point is None:
        return
    kind, hashed = AddressKind(point.channel), point.address_hash
    if status in FAILED and row.error_class == BadRecipient.__name__:
        code = row.error_code or ""
        set_address_state(session, kind, hashed, AddressState.INVALID, code=code, now=now)
    elif status is Status.DELIVERED and point.state == AddressState.UNKNOWN:
        set_address_state(session, kind, hashed, AddressState.OK, code="", now=now)
