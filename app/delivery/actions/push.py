"""Phones that ring for the inbox: switched on by who holds them, and off again."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.delivery.actions.contacts import keep_address
from app.delivery.models import ContactPoint, Delivery, PushSubscription
from app.delivery.rules import ChannelName, Status, may_move
from app.delivery.rules.push import Subscription
from app.delivery.rules.roads import AddressKind, AddressState
from app.extensions import blind_index
from app.kernel.actors import Actor
from app.kernel.ids import new_id

PUSH = AddressKind.PUSH


def switch_push_on(
    session: Session, person_id: str, given: Subscription, *, actor: Actor, now: datetime
) -> None:
    """From now on this phone rings for a person, with their consent, and no other phone does.

    A phone rings for one person: whoever switched it on before them is not told by it any more.
    """
    hashed = blind_index(given.endpoint)
    account_id, device_id = str(actor.account_id), str(actor.device_id)
    others = select(PushSubscription.id).where(
        (PushSubscription.endpoint_hash == hashed) | (PushSubscription.account_id == account_id)
    )
    for subscription_id in session.scalars(others).all():
        _end(session, subscription_id, now=now)
    address = given.as_address()
    keep_address(session, person_id, PUSH, address, now=now)
    session.flush()
    point = session.scalars(
        select(ContactPoint)
        .where(ContactPoint.person_id == person_id, ContactPoint.channel == PUSH)
        .where(ContactPoint.address_hash == blind_index(address))
        .execution_options(populate_existing=True)
    ).one()
    # Whoever switches it on anew says by that it rings again.
    point.state, point.state_code, point.state_at = AddressState.UNKNOWN, None, now
    point.gone_at = None
    session.add(
        PushSubscription(
            id=new_id(now),
            account_id=account_id,
            device_id=device_id,
            contact_point_id=point.id,
            endpoint_hash=hashed,
            consented_at=now,
        )
    )
    record_act(session, "delivery.push_on", actor=actor, now=now, subject_id=person_id)


def switch_push_off(session: Session, person_id: str, *, actor: Actor, now: datetime) -> bool:
    """This phone rings no more for a person; false when it did not."""
    mine = select(PushSubscription.id).where(
        PushSubscription.account_id == str(actor.account_id),
        PushSubscription.device_id == str(actor.device_id),
    )
    ids = session.scalars(mine).all()
    for subscription_id in ids:
        _end(session, subscription_id, now=now)
    if ids:
        record_act(session, "delivery.push_off", actor=actor, now=now, subject_id=person_id)
    return bool(ids)


def drop_subscription(session: Session, point_id: str, *, now: datetime) -> None:
    """A push service says that a phone is not there any more: it is not tried again."""
    session.execute(delete(PushSubscription).where(PushSubscription.contact_point_id == point_id))
    session.execute(update(ContactPoint).where(ContactPoint.id == point_id).values(gone_at=now))


def note_rung(session: Session, delivery_id: str, *, now: datetime) -> bool:
    """A phone says that it rang; false when nothing was to ring any more."""
    row = session.get(Delivery, delivery_id, with_for_update=True)
    if row is None or row.channel != ChannelName.WEB_PUSH:
        return False
    if row.status == Status.QUEUED or not may_move(Status(row.status), Status.DELIVERED):
        return False
    row.status, row.delivered_at, row.look_at = Status.DELIVERED, now, None
    row.sent_at = row.sent_at or now
    row.next_attempt_at = row.error_class = row.error_code = None
    return True


def _end(session: Session, subscription_id: str, *, now: datetime) -> None:
    held = session.get_one(PushSubscription, subscription_id)
    session.execute(
        update(ContactPoint).where(ContactPoint.id == held.contact_point_id).values(gone_at=now)
    )
    session.delete(held)
    session.flush()
