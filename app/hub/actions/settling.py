"""At a park: what the province tells of its parcels and its people has its effect."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.delivery.actions.contacts import set_address_state
from app.delivery.actions.zalo_calls import Replies, apply_zalo_call, by_itself, replies_over
from app.delivery.models import ContactPoint, Delivery, ProviderEvent
from app.delivery.registry import groups_of
from app.delivery.rules import FAILED, BadRecipient, ChannelName, Lane, Status
from app.delivery.rules.grants import ZALO
from app.delivery.rules.roads import AddressKind, AddressState
from app.delivery.rules.zalo_calls import ZaloCall
from app.extensions import upsert
from app.hub.models import HubPassed
from app.hub.rules.told import Told, read_told, settled
from app.settings import Settings
from app.sync.actions.opening import open_sealed
from app.sync.rules import EntryArrived

HEARD = "by_province"


def take_told(session: Session, event: EntryArrived, *, now: datetime) -> None:
    """Settle the deliveries that the province tells of, and hear what people did on Zalo."""
    states, calls = read_told(open_sealed(session, event.body.get("jwe"), now))
    for told in states:
        settle_told(session, told, now=now)
    take_calls(session, calls, now=now)


def take_calls(session: Session, calls: Sequence[ZaloCall], *, now: datetime) -> None:
    """What people of this park did on Zalo has its effect, once, whichever entry tells of it."""
    replies = _replies(session.info["settings"]) if calls else None
    for call in calls:
        if _is_new(session, call, now):
            follow = partial(apply_zalo_call, session, call, now=now, replies=replies)
            by_itself(session, call.key, follow)


def _is_new(session: Session, call: ZaloCall, now: datetime) -> bool:
    """Whether this was not heard before, in whatever entry it came; from now on it was."""
    kept = upsert(session, ProviderEvent).values(
        channel=ZALO,
        provider_event_id=call.key,
        received_at=now,
        raw="{}",
        handled_at=now,
        outcome=HEARD,
    )
    found = kept.on_conflict_do_nothing(index_elements=["channel", "provider_event_id"])
    return session.scalar(found.returning(ProviderEvent.id)) is not None


def _replies(settings: Settings) -> Replies:
    """Free text where this park may have it sent, else the inbox."""
    road = groups_of(settings).get(ChannelName.ZALO_CS)
    link = getattr(road, "link", "")
    return replies_over(ChannelName.ZALO_CS if road else ChannelName.IN_APP, link)


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
    if status is Status.CANCELLED and row.answered_at is not None:
        status = Status.SKIPPED
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
