"""Sending: claim under a lease, hand over, and write down what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, insert, select, update
from sqlalchemy.orm import Session

from app.delivery.actions.contacts import set_address_state
from app.delivery.models import Attempt, ChannelState, ContactPoint, Delivery, Message
from app.delivery.registry import IN_HOUSE
from app.delivery.rules import (
    Accepted,
    ChannelName,
    ChannelStep,
    Consequence,
    Lane,
    Outbound,
    Status,
    what_follows,
)
from app.delivery.rules.messages import before, fill, in_language
from app.delivery.rules.roads import AddressKind, AddressState
from app.extensions import upsert

LEASE = timedelta(minutes=2)
UNSETTLED = (Status.SENDING, Status.UNCLEAR)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that one sender holds; `attempt` counts from 1."""

    id: str
    message_id: str
    channel: ChannelName
    lane: Lane
    attempt: int
    out: Outbound


def hand_over_in_house(session: Session, *, limit: int, now: datetime) -> int:
    """What needs nobody else's hands is sent by this write; returns how many."""
    due = _due(now).where(Delivery.channel.in_(IN_HOUSE)).limit(limit)
    ids = session.scalars(due.with_for_update(skip_locked=True, of=Delivery)).all()
    if ids:
        session.execute(
            update(Delivery)
            .where(Delivery.id.in_(ids), Delivery.status == Status.QUEUED)
            .values(status=Status.SENT, sent_at=now, attempt_count=1, next_attempt_at=None)
            .execution_options(synchronize_session=False)
        )
    return len(ids)


def claim_due(
    session: Session,
    channel: ChannelName,
    lane: Lane,
    *,
    limit: int,
    holder: str,
    now: datetime,
) -> list[Claimed]:
    """Take what is due on a channel and lane; nobody else sends it while the lease lasts."""
    due = _due(now).where(Delivery.channel == channel, Delivery.lane == lane).limit(limit)
    ids = session.scalars(due.with_for_update(skip_locked=True, of=Delivery)).all()
    taken = session.scalars(
        update(Delivery)
        .where(Delivery.id.in_(ids), Delivery.status == Status.QUEUED)
        .values(
            status=Status.SENDING,
            leased_by=holder,
            lease_until=now + LEASE,
            attempt_count=Delivery.attempt_count + 1,
        )
        .returning(Delivery.id)
    ).all()
    rows = session.execute(
        select(Delivery, Message, ContactPoint.address)
        .join(Message, Message.id == Delivery.message_id)
        .outerjoin(ContactPoint, ContactPoint.id == Delivery.contact_point_id)
        .where(Delivery.id.in_(taken))
        .order_by(Delivery.created_at, Delivery.id)
        .execution_options(populate_existing=True)
    ).all()
    claimed = [_claimed(delivery, message, address or "") for delivery, message, address in rows]
    if claimed:
        session.execute(
            insert(Attempt),
            [{"delivery_id": each.id, "n": each.attempt, "started_at": now} for each in claimed],
        )
    return claimed


def _due(now: datetime) -> Select[str]:
    return (
        select(Delivery.id)
        .join(Message, Message.id == Delivery.message_id)
        .where(Delivery.status == Status.QUEUED, Delivery.next_attempt_at <= now)
        .where(Delivery.expires_at > now)
        .where(Message.planned_at.is_not(None), Message.stopped_at.is_(None))
        .order_by(Delivery.next_attempt_at)
    )


def _claimed(delivery: Delivery, message: Message, address: str) -> Claimed:
    out = Outbound(
        delivery.id,
        address,
        fill(in_language(message.texts, delivery.locale), delivery.values),
        Lane(delivery.lane),
        in_language(message.titles, delivery.locale),
        expires_at=delivery.expires_at,
    )
    return Claimed(
        delivery.id,
        message.id,
        ChannelName(delivery.channel),
        Lane(delivery.lane),
        delivery.attempt_count,
        out,
    )


def settle_sent(session: Session, claimed: Claimed, accepted: Accepted, *, now: datetime) -> None:
    """A channel took a message; what has moved on meanwhile keeps its status."""
    external_id = accepted.external_ids[0][:80] if accepted.external_ids else None
    session.execute(
        update(Delivery)
        .where(Delivery.id == claimed.id, Delivery.sent_at.is_(None))
        .values(sent_at=now, external_id=external_id, lease_until=None, leased_by=None)
    )
    _move(session, claimed, UNSETTLED, status=Status.SENT, next_attempt_at=None)
    _end_attempt(session, claimed, "sent", now=now)


def settle_failed(
    session: Session, claimed: Claimed, error: Exception, *, jitter: float, now: datetime
) -> Consequence:
    """A channel did not take a message; what follows for it, its address and the channel."""
    delivery = session.scalars(
        select(Delivery).where(Delivery.id == claimed.id).with_for_update()
    ).one()
    follows = what_follows(
        error,
        status=Status(delivery.status),
        lane=claimed.lane,
        attempt=claimed.attempt,
        now=now,
        jitter=jitter,
        renewed=True,  # no channel can renew its credentials by itself as yet
    )
    kind, code = type(error).__name__[:30], str(getattr(error, "code", ""))[:40]
    if follows.status != delivery.status:
        delivery.status, delivery.next_attempt_at = follows.status, follows.next_attempt_at
        delivery.error_class, delivery.error_code = kind, code
    delivery.lease_until = delivery.leased_by = None
    if follows.bad_address and delivery.contact_point_id is not None:
        point = session.get_one(ContactPoint, delivery.contact_point_id)
        kind = AddressKind(point.channel)
        hashed = point.address_hash
        set_address_state(session, kind, hashed, AddressState.INVALID, code=code, now=now)
    if follows.batch_stops:
        _hold_message(session, claimed)
    _change_channel(session, claimed.channel, follows, code, now=now)
    _end_attempt(session, claimed, follows.status, kind=kind, code=code, now=now)
    return follows


def give_back(session: Session, claimed: Sequence[Claimed]) -> None:
    """What was claimed and not tried waits again, as if it had not been taken."""
    for each in claimed:
        session.execute(
            delete(Attempt).where(Attempt.delivery_id == each.id, Attempt.n == each.attempt)
        )
        session.execute(
            update(Delivery)
            .where(Delivery.id == each.id, Delivery.status == Status.SENDING)
            .values(
                status=Status.QUEUED,
                lease_until=None,
                leased_by=None,
                attempt_count=Delivery.attempt_count - 1,
            )
            .execution_options(synchronize_session=False)
        )


def _hold_message(session: Session, claimed: Claimed) -> None:
    """Every receiver would fail: the rest waits until a person has looked, or it expires."""
    session.execute(
        update(Delivery)
        .where(Delivery.message_id == claimed.message_id, Delivery.channel == claimed.channel)
        .where(Delivery.status.in_((Status.QUEUED, Status.SENDING)))
        .values(next_attempt_at=None)
        .execution_options(synchronize_session=False)
    )


def _change_channel(
    session: Session, channel: ChannelName, follows: Consequence, code: str, *, now: datetime
) -> None:
    if follows.channel not in {
        ChannelStep.SLOW_DOWN,
        ChannelStep.HOLD_ORDINARY,
        ChannelStep.PAUSE,
    }:
        return
    state = {
        "paused": True,
        "pause_reason": f"{follows.channel} {code}".strip(),
        "paused_at": now,
        "resume_at": follows.channel_until,
    }
    session.execute(
        upsert(session, ChannelState)
        .values(channel=channel, error_window={}, **state)
        .on_conflict_do_update(index_elements=["channel"], set_=state)
    )


def _move(session: Session, claimed: Claimed, olds: Sequence[Status], **values: object) -> None:
    session.execute(
        update(Delivery)
        .where(Delivery.id == claimed.id, Delivery.status.in_(olds))
        .values(lease_until=None, leased_by=None, **values)
        .execution_options(synchronize_session=False)
    )


def _end_attempt(
    session: Session,
    claimed: Claimed,
    outcome: str,
    *,
    kind: str | None = None,
    code: str | None = None,
    now: datetime,
) -> None:
    session.execute(
        update(Attempt)
        .where(Attempt.delivery_id == claimed.id, Attempt.n == claimed.attempt)
        .values(ended_at=now, outcome=outcome, error_class=kind, code=code)
    )


def expire_waiting(session: Session, *, limit: int, now: datetime) -> int:
    """What was not sent in time is not sent at all; returns how many."""
    late = Delivery.expires_at <= now
    return _sweep(session, late, before(Status.EXPIRED), Status.EXPIRED, limit=limit)


def give_up_leases(session: Session, *, limit: int, now: datetime) -> int:
    """What a silent sender held may have left or not; nobody sends it again unasked."""
    ran_out = Delivery.lease_until.is_(None) | (Delivery.lease_until <= now)
    return _sweep(session, ran_out, (Status.SENDING,), Status.UNCLEAR, limit=limit)


def _sweep(
    session: Session,
    chosen: ColumnElement[bool],
    olds: Sequence[Status],
    new: Status,
    *,
    limit: int,
) -> int:
    ids = session.scalars(
        select(Delivery.id)
        .where(Delivery.status.in_(olds), chosen)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    session.execute(
        update(Delivery)
        .where(Delivery.id.in_(ids), Delivery.status.in_(olds))
        .values(status=new, lease_until=None, leased_by=None)
        .execution_options(synchronize_session=False)
    )
    return len(ids)


def close_message(session: Session, message_id: str, *, limit: int, now: datetime) -> bool:
    """A message no longer holds: what waits expires, what no phone fetched is given up.

    In chunks; true when nothing of it was left to do.
    """
    of_message = Delivery.message_id == message_id
    done = _sweep(session, of_message, before(Status.EXPIRED), Status.EXPIRED, limit=limit)
    unfetched = of_message & (Delivery.channel == ChannelName.IN_APP)
    done += _sweep(session, unfetched, (Status.SENT,), Status.TEMPORARY_FAILURE, limit=limit - done)
    if done >= limit:
        return False
    session.execute(update(Message).where(Message.id == message_id).values(closed_at=now))
    return True
