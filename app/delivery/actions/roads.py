"""Writing a message down for people, each over the road that leads to them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.delivery.actions.ledger import Leg, NewDelivery, add_legs
from app.delivery.models import Delivery, Message
from app.delivery.queries.addresses import find_addresses
from app.delivery.queries.channels import list_closed
from app.delivery.queries.phones import list_with_device
from app.delivery.rules import ChannelName, Lane, Status
from app.delivery.rules.failing_over import Walked, road_of_reminder
from app.delivery.rules.retries import URGENT_PATIENCE
from app.delivery.rules.roads import (
    BELL,
    KIND_OF,
    MANY,
    AddressKind,
    Roads,
    begins_at,
    first_roads,
    open_roads,
    rings,
    with_bell,
)


def queue_by_road(
    session: Session,
    message_id: str,
    people: Sequence[NewDelivery],
    *,
    lane: Lane,
    not_before: datetime,
    expires_at: datetime,
    roads: Roads,
    now: datetime,
    shown: bool = False,
) -> Counter[ChannelName | None]:
    """Write for each person the rows of their first road; who has the message gets no second one.

    Not urgent: one road a person, the inbox for who carries a device or has no other road; who
    has not answered an earlier reminder of the shift gets it over the next one. Urgent: the inbox
    for everybody, and for who carries no device at once a road outside; what goes in parallel by
    SMS to everybody beside it.
    Returns the rows that were added by channel, without the bells that ring for the inbox; under
    None who has neither device nor address.
    """
    if not people:
        return Counter()
    wanted = _not_yet_told(session, message_id, people)
    plan = Plan(
        message_id,
        lane,
        roads,
        not_before,
        expires_at,
        many=len(people) >= MANY,
        in_parallel=lane is Lane.URGENT and _goes_in_parallel(session, message_id),
    )
    legs, nowhere = _legs(session, wanted, plan, now)
    added = add_legs(
        session, message_id, legs, lane=lane, expires_at=expires_at, now=now, shown=shown
    )
    counted: Counter[ChannelName | None] = Counter(
        channel for _, channel in added if channel is not BELL
    )
    unreached = len(nowhere & {person_id for person_id, _ in added})
    if unreached:
        counted[None] = unreached
    return counted


@dataclass(frozen=True, slots=True)
class Plan:
    """What is the same for everybody whom a message is written down for at once."""

    message_id: str
    lane: Lane
    roads: Roads
    not_before: datetime
    expires_at: datetime
    many: bool = False
    in_parallel: bool = False

    def begins(self, road: ChannelName, person_id: str) -> datetime | None:
        """When somebody may be written to over a road; None when that would be too late."""
        return begins_at(
            road,
            self.lane,
            self.roads,
            f"{self.message_id}:{person_id}",
            not_before=self.not_before,
            expires_at=self.expires_at,
            many=self.many,
        )

    def at_once(self, outside: Sequence[ChannelName]) -> tuple[ChannelName, ...]:
        """The roads that no quiet hours keep back now."""
        quiet = self.roads.quiet_until(self.not_before) is not None
        return tuple(road for road in outside if not (quiet and rings(road, self.lane)))


def _legs(
    session: Session, people: Sequence[NewDelivery], plan: Plan, now: datetime
) -> tuple[list[Leg], set[str]]:
    """The first roads of these people, and who has neither device nor address."""
    lane, roads = plan.lane, plan.roads
    ids = [person.person_id for person in people]
    with_device = list_with_device(session, ids, now)
    addresses: Mapping[str, Mapping[AddressKind, str]] = (
        find_addresses(session, ids) if roads.of(lane) else {}
    )
    earlier = _earlier_reminders(session, people, plan)
    closed = list_closed(session, lane, now) if earlier else set()
    legs: list[Leg] = []
    nowhere: set[str] = set()
    for person in people:
        points = addresses.get(person.person_id, {})
        begins = {
            road: at
            for road in open_roads(lane, roads, points)
            if (at := plan.begins(road, person.person_id)) is not None
        }
        outside = tuple(begins)
        has_device = person.person_id in with_device
        if not has_device and not outside:
            nowhere.add(person.person_id)
        first = first_roads(lane, outside, has_device=has_device, in_parallel=plan.in_parallel)
        if (told := earlier.get(person.person_id)) is not None:
            passed = {*closed, *first, BELL}
            others = plan.at_once([road for road in outside if road not in passed])
            first = (road_of_reminder((*first, *others), told, now),)
        for road in with_bell(first, outside):
            at = begins.get(road, plan.not_before)
            legs.append(leg_to(person, road, points, lane, at))
    return legs, nowhere


def _earlier_reminders(
    session: Session, people: Sequence[NewDelivery], plan: Plan
) -> Mapping[str, Sequence[Walked]]:
    """What else these people were reminded of the same shift by, whether it left or not."""
    if plan.lane is not Lane.NORMAL:
        return {}
    shift_of = {person.person_id: person.answer_key for person in people if person.answer_key}
    rows = session.execute(
        select(
            Delivery.person_id,
            Delivery.answer_key,
            Delivery.channel,
            Delivery.status,
            func.coalesce(Delivery.sent_at, Delivery.created_at).label("since"),
        )
        .where(Delivery.person_id.in_(shift_of), Delivery.answer_key.in_({*shift_of.values()}))
        .where(Delivery.message_id != plan.message_id, Delivery.lane == Lane.NORMAL)
        .where(Delivery.channel != BELL)
    )
    found: dict[str, list[Walked]] = defaultdict(list)
    for row in rows:
        if shift_of[row.person_id] == row.answer_key:
            walked = Walked(ChannelName(row.channel), Status(row.status), row.since)
            found[row.person_id].append(walked)
    return found


def _goes_in_parallel(session: Session, message_id: str) -> bool:
    return bool(session.scalar(select(Message.in_parallel).where(Message.id == message_id)))


def leg_to(
    person: NewDelivery,
    road: ChannelName,
    points: Mapping[AddressKind, str],
    lane: Lane,
    begins: datetime,
) -> Leg:
    """A road to somebody at their address of its kind; an urgent one is looked at in a while."""
    kind = KIND_OF.get(road)
    waits = lane is Lane.URGENT and road is not ChannelName.PAPER
    look_at = begins + URGENT_PATIENCE if waits else None
    return Leg(person, road, begins, points[kind] if kind else None, look_at)


def _not_yet_told(
    session: Session, message_id: str, people: Sequence[NewDelivery]
) -> list[NewDelivery]:
    """Who has neither this message nor one that stands for it, over whatever channel."""
    keys = [person.once_key for person in people if person.once_key is not None]
    once = select(Delivery.once_key).where(Delivery.once_key.in_(keys))
    told_once = set(session.scalars(once)) if keys else set()
    ids = [person.person_id for person in people]
    of_message = select(Delivery.person_id).where(
        Delivery.message_id == message_id, Delivery.person_id.in_(ids)
    )
    told = set(session.scalars(of_message).all())
    return [
        person
        for person in people
        if person.person_id not in told
        and (person.once_key is None or person.once_key not in told_once)
    ]
