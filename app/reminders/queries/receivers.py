"""How far one message came: everybody in one figure, every road, and each person."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.audit.models import AuditEntry
from app.delivery.models import Attempt, ContactPoint, Delivery, Message
from app.delivery.queries.addresses import find_addresses
from app.delivery.rules import ChannelName, Lane, Status
from app.delivery.rules.failing_over import following_road
from app.delivery.rules.roads import BELL, Roads, open_roads
from app.delivery.rules.statuses import BEST_FIRST, NEVER_SENT
from app.workforce.models import Worker

RANK = case({str(status): rank for rank, status in enumerate(BEST_FIRST)}, value=Delivery.status)
# Who has answered counts as that and no more by what is known of a road, unless they read it.
ANSWERED = len(BEST_FIRST)
HAS_ANSWERED = case((Delivery.answered_at.is_not(None), 1), else_=0)
LEFT = tuple(
    rank
    for rank, status in enumerate(BEST_FIRST)
    if status is not Status.READ and status not in NEVER_SENT
)
STANDING = case(
    (and_(func.max(HAS_ANSWERED) == 1, func.min(RANK).in_(LEFT)), ANSWERED), else_=func.min(RANK)
)
Counts = Mapping[Status, int]


@dataclass(frozen=True, slots=True)
class MessageShown:
    """A message as officers see it: people by the best that any road came to, and every road.

    A bell is a road and counts for nobody: it says only that something is in the inbox.
    `answered`: who did without it being known that they read it; they are not in `counts`.
    `unclear`: sendings that may have arrived or not, to people who have not answered. `is_own`: it
    is a message of one of the branches that are asked about.
    """

    id: str
    kind: str
    lane: Lane
    texts: Mapping[str, str]
    titles: Mapping[str, str]
    created_at: datetime
    expires_at: datetime
    planned_at: datetime | None
    stopped_at: datetime | None
    counts: Counts
    roads: Mapping[ChannelName, Counts]
    answered: int = 0
    unclear: int = 0
    is_own: bool = False

    @property
    def waiting(self) -> int:
        """How many people are still to be written to."""
        return sum(self.counts.get(each, 0) for each in (Status.CREATED, Status.QUEUED))

    @property
    def people(self) -> int:
        """Everybody it was written for: the figures add up to it."""
        return sum(self.counts.values()) + self.answered

    def holds(self, now: datetime) -> bool:
        """Whether it may still be sent."""
        return self.stopped_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class LegShown:
    """One road that a message took to somebody."""

    delivery_id: str
    channel: ChannelName
    status: Status
    error_class: str
    error_code: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ReceiverRow:
    """One person a message was for, how far it came, and over which roads."""

    worker_id: str
    badge: str
    name: str
    unit: str
    status: Status
    at: datetime | None
    legs: tuple[LegShown, ...] = ()
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    """One try to hand a delivery over; `ended_at` None while nobody knows how it ended."""

    n: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    error_class: str
    code: str
    http_status: int | None
    ms: int | None


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided of what was unclear."""

    at: datetime
    by: str
    act: str


@dataclass(frozen=True, slots=True)
class DeliveryShown:
    """All that happened to one delivery; `following` is the road after it, if it fails."""

    leg: LegShown
    person: ReceiverRow
    address: str
    created_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    answered_at: datetime | None
    next_attempt_at: datetime | None
    expires_at: datetime
    following: ChannelName | None
    attempts: Sequence[Tried] = field(default_factory=tuple)
    decided: Sequence[Decided] = field(default_factory=tuple)


def in_reach(paths: Sequence[str]) -> ColumnElement[bool]:
    """Workers whose unit lies in one of these branches."""
    return or_(*[Branch.path.startswith(path) for path in paths])


def get_message(session: Session, message_id: str, paths: Sequence[str]) -> MessageShown | None:
    """A message with its figures about the people of these branches; None when it is not for any.

    A message of one of these branches is shown also while nobody is written down for it.
    """
    row = session.get(Message, message_id)
    if row is None:
        return None
    of_people = select(Delivery.person_id, STANDING.label("best"))
    told = _among(of_people, message_id, paths).where(Delivery.channel != BELL)
    people = told.group_by(Delivery.person_id).subquery()
    counted = session.execute(
        select(people.c.best, func.count()).group_by(people.c.best).order_by(people.c.best)
    )
    by_rank = {int(best): int(count) for best, count in counted}
    answered = by_rank.pop(ANSWERED, 0)
    counts = {BEST_FIRST[best]: count for best, count in by_rank.items()}
    owner = session.scalar(select(Branch.path).where(Branch.id == row.company_id))
    is_own = any(owner and owner.startswith(path) for path in paths)
    if not counts and not answered and not is_own:
        return None
    unanswered = func.count().filter(Delivery.answered_at.is_(None))
    of_roads = select(Delivery.channel, Delivery.status, func.count(), unanswered)
    roads: dict[ChannelName, dict[Status, int]] = defaultdict(dict)
    unclear = 0
    for channel, status, count, waiting in session.execute(
        _among(of_roads, message_id, paths).group_by(Delivery.channel, Delivery.status)
    ):
        roads[ChannelName(channel)][Status(status)] = int(count)
        unclear += int(waiting) if status == Status.UNCLEAR else 0
    return MessageShown(
        row.id,
        row.kind,
        Lane(row.lane),
        row.texts,
        row.titles,
        row.created_at,
        row.expires_at,
        row.planned_at,
        row.stopped_at,
        counts,
        {name: roads[name] for name in ChannelName if name in roads},
        answered,
        unclear,
        is_own,
    )


def _among(
    chosen: Select[*tuple[Any, ...]], message_id: str, paths: Sequence[str]
) -> Select[*tuple[Any, ...]]:
    return (
        chosen.join(Worker, Worker.id == Delivery.person_id)
        .join(Branch, Branch.id == Worker.branch_id)
        .where(Delivery.message_id == message_id, in_reach(paths))
    )


def list_receiver_rows(
    session: Session,
    message_id: str,
    paths: Sequence[str],
    wanted: Sequence[Status],
    *,
    limit: int,
    offset: int,
    answered: bool = False,
) -> tuple[Sequence[ReceiverRow], int]:
    """Who a message was for, by unit and name, and how many; only those who stand so far.

    `answered`: only those who did without it being known that they read it.
    """
    chosen = _among(
        select(
            Worker.id,
            Worker.badge,
            Worker.name,
            Branch.name.label("unit"),
            func.min(RANK).label("best"),
            STANDING.label("standing"),
        ),
        message_id,
        paths,
    ).where(Delivery.channel != BELL)
    chosen = chosen.group_by(Worker.id, Worker.badge, Worker.name, Worker.name_folded, Branch.name)
    ranks = [ANSWERED] if answered else [BEST_FIRST.index(status) for status in wanted]
    if ranks:
        chosen = chosen.having(STANDING.in_(ranks))
    total = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    rows = session.execute(
        chosen.order_by(Branch.name, Worker.name_folded, Worker.id).limit(limit).offset(offset)
    ).all()
    legs = _legs(session, message_id, [row.id for row in rows])
    return [
        ReceiverRow(
            row.id,
            row.badge,
            row.name,
            row.unit,
            BEST_FIRST[int(row.best)],
            _when(legs[row.id], BEST_FIRST[int(row.best)]),
            tuple(legs[row.id]),
            row.standing == ANSWERED,
        )
        for row in rows
    ], total


def _legs(
    session: Session, message_id: str, person_ids: Sequence[str]
) -> Mapping[str, list[LegShown]]:
    found: dict[str, list[LegShown]] = defaultdict(list)
    for row in session.scalars(
        select(Delivery)
        .where(Delivery.message_id == message_id, Delivery.person_id.in_(person_ids))
        .order_by(Delivery.created_at, Delivery.id)
    ):
        found[row.person_id].append(_leg(row))
    return found


def _leg(row: Delivery) -> LegShown:
    return LegShown(
        row.id,
        ChannelName(row.channel),
        Status(row.status),
        row.error_class or "",
        row.error_code or "",
        row.read_at or row.delivered_at or row.sent_at,
    )


def _when(legs: Sequence[LegShown], status: Status) -> datetime | None:
    of_status = (leg.at for leg in legs if leg.status is status and leg.channel is not BELL)
    return next(of_status, None)


def list_unclear(
    session: Session, message_id: str, paths: Sequence[str], *, limit: int, after: str = ""
) -> Sequence[str]:
    """The next deliveries to people of these branches that are unclear and unanswered, by id."""
    chosen = _among(select(Delivery.id), message_id, paths)
    return session.scalars(
        chosen.where(Delivery.status == Status.UNCLEAR, Delivery.id > after)
        .where(Delivery.answered_at.is_(None))
        .order_by(Delivery.id)
        .limit(limit)
    ).all()


def find_delivery(
    session: Session, message_id: str, delivery_id: str, paths: Sequence[str], roads: Roads
) -> DeliveryShown | None:
    """All that happened to one delivery of a message, if it is to somebody of these branches."""
    found = session.execute(
        _among(
            select(Delivery, Worker.badge, Worker.name, Branch.name.label("unit")),
            message_id,
            paths,
        ).where(Delivery.id == delivery_id)
    ).first()
    if found is None:
        return None
    row = found.Delivery
    legs = _legs(session, message_id, [row.person_id])[row.person_id]
    roads_to = [leg for leg in legs if leg.channel is not BELL] or legs
    best = min((leg.status for leg in roads_to), key=BEST_FIRST.index)
    person = ReceiverRow(
        row.person_id, found.badge, found.name, found.unit, best, _when(legs, best), tuple(legs)
    )
    address = ""
    if row.contact_point_id is not None:
        address = session.get_one(ContactPoint, row.contact_point_id).address
    return DeliveryShown(
        _leg(row),
        person,
        address,
        row.created_at,
        row.sent_at,
        row.delivered_at,
        row.read_at,
        row.answered_at,
        row.next_attempt_at,
        row.expires_at,
        _following(session, row, legs, roads),
        _attempts(session, delivery_id),
        _decided(session, delivery_id),
    )


def _following(
    session: Session, row: Delivery, legs: Sequence[LegShown], roads: Roads
) -> ChannelName | None:
    lane = Lane(row.lane)
    if lane is Lane.BULK:
        return None
    kinds = find_addresses(session, [row.person_id]).get(row.person_id, {})
    return following_road(lane, {leg.channel for leg in legs}, open_roads(lane, roads, kinds))


def _attempts(session: Session, delivery_id: str) -> list[Tried]:
    rows = session.scalars(
        select(Attempt).where(Attempt.delivery_id == delivery_id).order_by(Attempt.n)
    )
    return [
        Tried(
            row.n,
            row.started_at,
            row.ended_at,
            row.outcome,
            row.error_class or "",
            row.code or "",
            row.http_status,
            row.ms,
        )
        for row in rows
    ]


def _decided(session: Session, delivery_id: str) -> list[Decided]:
    rows = session.execute(
        select(AuditEntry.at, AuditEntry.actor_name, AuditEntry.act)
        .where(AuditEntry.subject_id == delivery_id)
        .order_by(AuditEntry.at)
    )
    return [Decided(at, name or "", act) for at, name, act in rows]
