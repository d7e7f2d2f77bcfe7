"""Looking after what was sent: one more road for who was not reached, an end for what is silent."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.delivery.actions.ledger import Leg, NewDelivery, add_legs
from app.delivery.actions.roads import leg_to
from app.delivery.models import Delivery, Message
from app.delivery.queries.addresses import find_addresses
from app.delivery.queries.channels import list_closed
from app.delivery.registry import IN_HOUSE, Channels
from app.delivery.rules import ChannelName, Lane, Status, after_silence
from app.delivery.rules.failing_over import Walked, next_road
from app.delivery.rules.retries import URGENT_PATIENCE
from app.delivery.rules.roads import AddressKind, Roads, begins_at, open_roads

ASKED_AGAIN_AFTER = timedelta(minutes=5)
SILENCE = "Silence"
Of = tuple[str, str]


def look_after(
    session: Session, *, limit: int, channels: Channels, roads: Roads, now: datetime
) -> int:
    """See to the next deliveries whose time has come; returns how many were seen to.

    What was accepted and never heard of again is given up. Who was not reached is written to over
    the next road, while the message holds and nobody has answered it.
    """
    rows = session.scalars(
        select(Delivery)
        .where(Delivery.look_at <= now)
        .order_by(Delivery.look_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if not rows:
        return 0
    for row in rows:
        _give_up_silent(row, channels, now)
    session.flush()
    walked = _list_walked(session, rows)
    messages = {
        message.id: message
        for message in session.scalars(
            select(Message).where(Message.id.in_({row.message_id for row in rows}))
        )
    }
    wanted = {
        key: legs for key, legs in walked.items() if _still_holds(messages[key[0]], legs, now)
    }
    _take_next_roads(session, wanted, messages, channels, roads, now)
    _look_again(session, rows, channels, now)
    return len(rows)


def _give_up_silent(row: Delivery, channels: Channels, now: datetime) -> None:
    channel = channels.get(ChannelName(row.channel))
    if channel is None or row.sent_at is None or not _tells(channels, row):
        return
    status = after_silence(Status(row.status), row.sent_at, channel.silence_after, now)
    if status != row.status:
        row.status, row.error_class, row.error_code = status, SILENCE, ""


def _tells(channels: Channels, row: Delivery) -> bool:
    """Whether the channel of a delivery tells what becomes of it after it was accepted."""
    channel = channels.get(ChannelName(row.channel))
    return channel is not None and channel.has_receipts and row.channel not in IN_HOUSE


def _list_walked(session: Session, rows: Sequence[Delivery]) -> dict[Of, list[Delivery]]:
    """All roads of the people of these rows, by message and person; held until the commit."""
    people: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        people[row.message_id].add(row.person_id)
    walked: dict[Of, list[Delivery]] = defaultdict(list)
    for message_id, ids in people.items():
        for leg in session.scalars(
            select(Delivery)
            .where(Delivery.message_id == message_id, Delivery.person_id.in_(ids))
            .with_for_update()
            .execution_options(populate_existing=True)
        ):
            walked[message_id, leg.person_id].append(leg)
    return walked


def _still_holds(message: Message, legs: Sequence[Delivery], now: datetime) -> bool:
    return (
        message.expires_at > now
        and message.stopped_at is None
        and message.planned_at is not None
        and all(leg.answered_at is None for leg in legs)
        and all(leg.expires_at > now for leg in legs)
    )


def _take_next_roads(
    session: Session,
    wanted: Mapping[Of, Sequence[Delivery]],
    messages: Mapping[str, Message],
    channels: Channels,
    roads: Roads,
    now: datetime,
) -> None:
    lanes = {Lane(legs[0].lane) for legs in wanted.values()}
    closed = {lane: list_closed(session, lane, now) for lane in lanes}
    addresses = find_addresses(session, {person_id for _, person_id in wanted})
    new: dict[tuple[str, Lane, datetime], list[Leg]] = defaultdict(list)
    for (message_id, person_id), legs in wanted.items():
        lane, expires_at = Lane(legs[0].lane), legs[0].expires_at
        points = addresses.get(person_id, {})
        begins = _begins(legs[0], lane, points, roads, now)
        outside = [road for road in begins if road in channels and road not in closed[lane]]
        message = messages[message_id]
        told = [_told(leg, message, channels, closed[lane]) for leg in legs]
        road = next_road(lane, told, outside, now)
        if road is not None:
            leg = leg_to(_person(legs), road, points, lane, begins.get(road, now))
            new[message_id, lane, expires_at].append(leg)
    for (message_id, lane, expires_at), to_add in new.items():
        add_legs(session, message_id, to_add, lane=lane, expires_at=expires_at, now=now)


def _begins(
    leg: Delivery, lane: Lane, points: Mapping[AddressKind, str], roads: Roads, now: datetime
) -> dict[ChannelName, datetime]:
    """The roads open to somebody, each with the moment from which it may be taken."""
    key = f"{leg.message_id}:{leg.person_id}"
    found = {
        road: begins_at(road, lane, roads, key, not_before=now, expires_at=leg.expires_at)
        for road in open_roads(lane, roads, points)
    }
    return {road: at for road, at in found.items() if at is not None}


def _told(leg: Delivery, message: Message, channels: Channels, closed: set[ChannelName]) -> Walked:
    name = ChannelName(leg.channel)
    return Walked(
        name,
        Status(leg.status),
        leg.sent_at or max(leg.created_at, message.not_before),
        leg.attempt_count,
        leg.error_class or "",
        leg.sent_at is not None,
        ends_there=name not in IN_HOUSE and not _tells(channels, leg),
        is_open=name in IN_HOUSE or (name in channels and name not in closed),
    )


def _person(legs: Sequence[Delivery]) -> NewDelivery:
    leg = legs[0]
    return NewDelivery(leg.person_id, leg.locale, leg.once_key, leg.answer_key, leg.values)


def _look_again(
    session: Session, rows: Sequence[Delivery], channels: Channels, now: datetime
) -> None:
    """Say when these are looked at again, in a statement for all to whom one moment applies."""
    by_moment: dict[datetime | None, list[str]] = defaultdict(list)
    for row in rows:
        by_moment[_next_look(row, channels, now)].append(row.id)
    for moment, ids in by_moment.items():
        session.execute(
            update(Delivery).where(Delivery.id.in_(ids)).values(look_at=moment),
            execution_options={"synchronize_session": False},
        )


def _next_look(row: Delivery, channels: Channels, now: datetime) -> datetime | None:
    """When a delivery is looked at again; None when nothing more can follow from it."""
    status, channel = Status(row.status), channels.get(ChannelName(row.channel))
    if status is Status.SENT and channel is not None and row.sent_at and _tells(channels, row):
        return max(row.sent_at + channel.silence_after, now + URGENT_PATIENCE)
    if row.expires_at <= now:
        return None
    if status is Status.UNCLEAR:
        return now + ASKED_AGAIN_AFTER
    on_its_way = status in {Status.QUEUED, Status.SENDING} and row.channel not in IN_HOUSE
    return now + URGENT_PATIENCE if on_its_way and row.lane == Lane.URGENT else None
