"""Sending: claim under a lease, hand over, and write down what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.orm import Session, aliased

from app.delivery.actions.circuit import note_failure, room_to_try
from app.delivery.actions.contacts import set_address_state
from app.delivery.actions.push import drop_subscription
from app.delivery.models import (
    QUEUED_ROWS,
    Attempt,
    ChannelState,
    ContactPoint,
    Delivery,
    Message,
)
from app.delivery.queries.phones import rings_still
from app.delivery.registry import IN_HOUSE, quiet_of
from app.delivery.rules import (
    FAILED,
    Accepted,
    BadRecipient,
    ChannelName,
    ChannelStep,
    Consequence,
    Lane,
    NextChannel,
    Outbound,
    Status,
    what_follows,
)
from app.delivery.rules.heard import ANSWER_HINT
from app.delivery.rules.messages import MessageKind, fill, in_language
from app.delivery.rules.pausing import BY_PERSON
from app.delivery.rules.retries import URGENT_PATIENCE
from app.delivery.rules.roads import USABLE, AddressKind, AddressState, rings
from app.extensions import upsert

LEASE = timedelta(minutes=2)
# A provider is given a moment to know what became of what it did not answer for.
ASKED_AFTER = timedelta(minutes=1)
FIRST_LOOK = {
    Lane.URGENT: URGENT_PATIENCE,
    Lane.NORMAL: timedelta(hours=1),
    Lane.BULK: timedelta(hours=1),
}
GONE = "gone"
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
    """What needs nobody else's hands is sent by this write, urgent first; returns how many."""
    ids: list[str] = []
    for lane in Lane:
        for channel in IN_HOUSE:
            due = _due(channel, lane, now).limit(limit - len(ids))
            ids += session.scalars(due.with_for_update(skip_locked=True, of=Delivery))
    if ids:
        session.execute(
            update(Delivery)
            .where(Delivery.id.in_(ids), Delivery.status == Status.QUEUED)
            .values(
                status=Status.SENT,
                sent_at=now,
                attempt_count=1,
                next_attempt_at=None,
                look_at=case((_fetched_urgently(), now + URGENT_PATIENCE), else_=None),
            )
            .execution_options(synchronize_session=False)
        )
    return len(ids)


def _fetched_urgently() -> ColumnElement[bool]:
    """Whether it matters soon that a phone fetches what was handed over."""
    return and_(Delivery.lane == Lane.URGENT, Delivery.channel == ChannelName.IN_APP)


def claim_due(
    session: Session,
    channel: ChannelName,
    lane: Lane,
    *,
    limit: int,
    holder: str,
    now: datetime,
) -> list[Claimed]:
    """Take what is due on a channel and lane; nobody else sends it while the lease lasts.

    Nothing that rings in the quiet hours, one to try out a channel that failed, and nothing to
    whom another road reached meanwhile, or who has answered.
    """
    if rings(channel, lane) and quiet_of(session.info["settings"]).quiet_until(now):
        return []
    limit = min(limit, room_to_try(session, channel, limit, now=now))
    if limit <= 0:
        return []
    due = _due(channel, lane, now).limit(limit)
    ids = session.scalars(due.with_for_update(skip_locked=True, of=Delivery)).all()
    if not ids:
        return []
    _skip_needless(session, ids)
    _fail_unusable(session, ids, now)
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
        .execution_options(synchronize_session=False)
    ).all()
    rows = session.execute(
        select(
            Delivery.id,
            Delivery.message_id,
            Delivery.channel,
            Delivery.lane,
            Delivery.attempt_count,
            Delivery.locale,
            Delivery.answer_key,
            Delivery.values,
            Delivery.expires_at,
            ContactPoint.address,
            ContactPoint.last_inbound_at,
        )
        .outerjoin(ContactPoint, ContactPoint.id == Delivery.contact_point_id)
        .where(Delivery.id.in_(taken))
        .order_by(Delivery.created_at, Delivery.id)
    ).all()
    texts = select(Message.id, Message.kind, Message.texts, Message.titles).where(
        Message.id.in_({row.message_id for row in rows})
    )
    said = {row.id: row for row in session.execute(texts)}
    claimed = [_claimed(row, said[row.message_id]) for row in rows]
    if claimed:
        session.execute(
            insert(cast(Table, Attempt.__table__)),
            [{"delivery_id": each.id, "n": each.attempt, "started_at": now} for each in claimed],
        )
    return claimed


def _skip_needless(session: Session, ids: Sequence[str]) -> None:
    """Nothing goes to whom another road has reached, or who has answered, since it was queued.

    An answer may have come while an earlier try was under way. What goes by several roads at once
    goes by all of them until it was read.
    """
    other = aliased(Delivery)
    until_read = (
        select(Message.in_parallel).where(Message.id == other.message_id).correlate(other)
    ).scalar_subquery()
    done = or_(
        other.status == Status.READ,
        and_(other.status == Status.DELIVERED, ~until_read),
        other.answered_at.is_not(None),
    )
    reached = (
        select(other.id)
        .where(other.message_id == Delivery.message_id, other.person_id == Delivery.person_id)
        .where(other.id != Delivery.id, done)
    )
    session.execute(
        update(Delivery)
        .where(Delivery.id.in_(ids), Delivery.status == Status.QUEUED)
        .where(or_(Delivery.answered_at.is_not(None), reached.exists()))
        .values(status=Status.SKIPPED, answer_key=None, look_at=None)
        .execution_options(synchronize_session=False)
    )


def _fail_unusable(session: Session, ids: Sequence[str], now: datetime) -> None:
    """What was queued for an address that is used no more by now leads on to the next road."""
    unusable = or_(
        ContactPoint.state.not_in(USABLE),
        ContactPoint.gone_at.is_not(None),
        and_(ContactPoint.channel == AddressKind.PUSH, ~rings_still()),
    )
    rows = session.execute(
        select(Delivery.id, ContactPoint.state)
        .join(ContactPoint, ContactPoint.id == Delivery.contact_point_id)
        .where(Delivery.id.in_(ids), unusable)
    ).all()
    for delivery_id, state in rows:
        session.execute(
            update(Delivery)
            .where(Delivery.id == delivery_id, Delivery.status == Status.QUEUED)
            .values(
                status=Status.PERMANENT_FAILURE,
                error_class=BadRecipient.__name__,
                error_code=state if state not in USABLE else GONE,
                look_at=now,
            )
            .execution_options(synchronize_session=False)
        )


def _due(channel: ChannelName, lane: Lane, now: datetime) -> Select[str]:
    return (
        select(Delivery.id)
        .join(Message, Message.id == Delivery.message_id)
        .where(Delivery.channel == channel, Delivery.lane == lane, text(f"delivery.{QUEUED_ROWS}"))
        .where(Delivery.next_attempt_at <= now)
        .where(Delivery.expires_at > now)
        .where(Message.planned_at.is_not(None), Message.stopped_at.is_(None))
        .order_by(Delivery.next_attempt_at)
    )


def _claimed(row: Any, said: Any) -> Claimed:
    lane = Lane(row.lane)
    values = row._mapping["values"]
    out = Outbound(
        row.id,
        row.address or "",
        fill(in_language(said.texts, row.locale), values) + _hint(row, said.kind),
        lane,
        in_language(said.titles, row.locale),
        expires_at=row.expires_at,
        last_inbound_at=row.last_inbound_at,
    )
    channel = ChannelName(row.channel)
    return Claimed(row.id, row.message_id, channel, lane, row.attempt_count, out)


def _hint(row: Any, kind: str) -> str:
    """How a reminder of a shift is answered where it arrives, by who may write back."""
    asks = kind == MessageKind.REMINDER and row.answer_key is not None
    if row.channel != ChannelName.ZALO_CS or not asks:
        return ""
    return "\n" + in_language(ANSWER_HINT, row.locale)


@dataclass(frozen=True, slots=True)
class Taken:
    """A channel took a message; `ms` is how long that lasted."""

    claimed: Claimed
    accepted: Accepted
    ms: int | None = None


def settle_all_sent(session: Session, taken: Sequence[Taken], *, now: datetime) -> None:
    """A channel took these messages; what has moved on meanwhile keeps its status."""
    if not taken:
        return
    session.execute(
        SENT,
        [
            {
                "of_delivery": each.claimed.id,
                "at": now,
                "given": each.accepted.external_ids[0][:80] if each.accepted.external_ids else None,
                "price": each.accepted.cost,
                "look": None if each.accepted.final else now + FIRST_LOOK[each.claimed.lane],
            }
            for each in taken
        ],
    )
    session.execute(
        TRIED,
        [
            {
                "of_delivery": each.claimed.id,
                "of_try": each.claimed.attempt,
                "at": now,
                "took": each.ms,
                **_told(each.accepted.raw),
            }
            for each in taken
        ],
    )


def _told(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {"http": raw.get("http_status"), "told": dict(raw)}


def _sent_statement() -> Update:
    # built once, on the table: it runs for every single message
    table = cast(Table, Delivery.__table__)
    unsettled = or_(*(table.c.status == status for status in UNSETTLED))
    return (
        update(table)
        .where(table.c.id == bindparam("of_delivery"))
        .values(
            status=case((unsettled, str(Status.SENT)), else_=table.c.status),
            next_attempt_at=case((unsettled, None), else_=table.c.next_attempt_at),
            external_id=case(
                (table.c.sent_at.is_(None), bindparam("given", type_=table.c.external_id.type)),
                else_=table.c.external_id,
            ),
            cost=_cost_with(bindparam("price", type_=table.c.cost.type), table.c.cost),
            sent_at=func.coalesce(table.c.sent_at, bindparam("at", type_=table.c.sent_at.type)),
            look_at=case(
                (unsettled, bindparam("look", type_=table.c.look_at.type)), else_=table.c.look_at
            ),
            lease_until=None,
            leased_by=None,
        )
    )


def _cost_with(price: ColumnElement[int], so_far: ColumnElement[int]) -> ColumnElement[int]:
    """What one more sending makes of the cost; unknown while nobody said a price."""
    return case((price.is_(None), so_far), else_=func.coalesce(so_far, 0) + price)


def _tried_statement() -> Update:
    table = cast(Table, Attempt.__table__)
    return (
        update(table)
        .where(table.c.delivery_id == bindparam("of_delivery"), table.c.n == bindparam("of_try"))
        .values(
            outcome="sent",
            ended_at=bindparam("at", type_=table.c.ended_at.type),
            ms=bindparam("took", type_=table.c.ms.type),
            http_status=bindparam("http", type_=table.c.http_status.type),
            masked=bindparam("told", type_=table.c.masked.type),
        )
    )


SENT, TRIED = _sent_statement(), _tried_statement()


def settle_failed(
    session: Session,
    claimed: Claimed,
    error: Exception,
    *,
    jitter: float,
    now: datetime,
    ms: int | None = None,
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
        renewed=not getattr(error, "renewable", False),
    )
    kind, code = type(error).__name__[:30], str(getattr(error, "code", ""))[:40]
    if follows.status != delivery.status:
        delivery.status, delivery.next_attempt_at = follows.status, follows.next_attempt_at
        delivery.error_class, delivery.error_code = kind, code
        delivery.look_at = _look_after_failure(delivery, follows, now)
    delivery.lease_until = delivery.leased_by = None
    if follows.bad_address and delivery.contact_point_id is not None:
        point = session.get_one(ContactPoint, delivery.contact_point_id)
        of_kind, hashed = AddressKind(point.channel), point.address_hash
        set_address_state(session, of_kind, hashed, AddressState.INVALID, code=code, now=now)
        if of_kind is AddressKind.PUSH:
            drop_subscription(session, point.id, now=now)
    if follows.batch_stops:
        _hold_message(session, claimed)
    told = getattr(error, "told", {})
    session.execute(
        update(Attempt)
        .where(Attempt.delivery_id == claimed.id, Attempt.n == claimed.attempt)
        .values(
            outcome=follows.status,
            ended_at=now,
            error_class=kind,
            code=code,
            ms=ms,
            http_status=told.get("http_status"),
            masked=dict(told),
        )
        .execution_options(synchronize_session=False)
    )
    change_channel(session, claimed.channel, follows, code, now=now)
    if note_failure(session, claimed.channel, error, now=now):
        return replace(follows, channel=ChannelStep.CIRCUIT)
    return follows


def _look_after_failure(delivery: Delivery, follows: Consequence, now: datetime) -> datetime | None:
    """When the ledger looks for another road after a failure: at once where one may be needed."""
    wanted = follows.next_channel in {NextChannel.NOW, NextChannel.PLAIN_SMS}
    if wanted or follows.status in FAILED:
        return now
    if follows.status is Status.UNCLEAR:
        return now + ASKED_AFTER
    return delivery.look_at


def give_back(session: Session, claimed: Sequence[Claimed]) -> None:
    """What was claimed and not tried waits again as if it had not been taken, unless stopped."""
    if not claimed:
        return
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
    # Whoever stopped a message may have gone through its rows while these were away.
    of_stopped = select(Message.id).where(
        Message.id.in_({each.message_id for each in claimed}), Message.stopped_at.is_not(None)
    )
    session.execute(
        update(Delivery)
        .where(Delivery.id.in_([each.id for each in claimed]))
        .where(Delivery.message_id.in_(of_stopped), Delivery.status == Status.QUEUED)
        .values(status=Status.CANCELLED, answer_key=None, look_at=None)
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


def change_channel(
    session: Session, channel: ChannelName, follows: Consequence, code: str, *, now: datetime
) -> None:
    """A channel rests where a failure asks for it."""
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
        .on_conflict_do_update(
            index_elements=["channel"],
            set_=state,
            # What a person put to rest, no provider wakes; what waits for one, no clock.
            where=~ChannelState.paused
            | (
                (func.coalesce(ChannelState.pause_reason, "") != BY_PERSON)
                & (true() if follows.channel_until is None else ChannelState.resume_at.is_not(None))
            ),
        )
    )
