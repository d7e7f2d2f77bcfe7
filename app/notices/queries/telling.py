"""Whom a message is to be told in person, by line: within the reach of whoever asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.checkins.models import Duty
from app.delivery.models import Attempt, Delivery, Message
from app.delivery.rules import ChannelName, Status
from app.delivery.rules.messages import MessageKind
from app.workforce.models import Worker

TOLD_BY = "told_by"
MOST_MESSAGES = 50
# Nobody ticks off more by hand, and no printer is asked for more at once.
MOST_PEOPLE = 1000
# What is said to one person alone is read to nobody.
TOLD_ALOUD = (MessageKind.NOTICE, MessageKind.REMINDER)
DONE = (Status.DELIVERED, Status.READ)


@dataclass(frozen=True, slots=True)
class Said:
    """A message as it is told aloud or on paper."""

    id: str
    kind: str
    titles: Mapping[str, str]
    texts: Mapping[str, str]
    sender: str
    created_at: datetime
    expires_at: datetime
    stopped_at: datetime | None

    def holds(self, now: datetime) -> bool:
        """Whether anybody is still to be told."""
        return self.stopped_at is None and self.expires_at > now

    @property
    def is_notice(self) -> bool:
        """Whether it is an urgent notice, not a reminder."""
        return self.kind == MessageKind.NOTICE


@dataclass(frozen=True, slots=True)
class SaidRow:
    """A message with how many are to be told in person, and how many were."""

    said: Said
    to_tell: int
    told: int


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A line with its people: all, those to be told in person, and those who were."""

    id: int
    name: str
    people: int
    to_tell: int
    told: int


@dataclass(frozen=True, slots=True)
class Hearer:
    """One person a message is for; `in_person` when no phone or screen of theirs gets it."""

    worker_id: str
    name: str
    badge: str
    unit_id: int
    unit: str
    shift: str
    in_person: bool
    told_at: datetime | None
    told_by: str


def _within(paths: Sequence[str]) -> ColumnElement[bool]:
    return or_(*[Branch.path.startswith(path) for path in paths])


def _goes_to(paths: Sequence[str], *, in_person: bool = False) -> ColumnElement[bool]:
    """Whether a message goes to anybody of these branches.

    Asked from the people, not from the message: a line has forty, a message 200,000.
    """
    theirs = select(Delivery.id).where(
        Delivery.message_id == Message.id, Delivery.person_id == Worker.id
    )
    if in_person:
        theirs = theirs.where(Delivery.channel == ChannelName.PAPER)
    goes = theirs.correlate(Message, Worker).exists()
    return (
        select(Worker.id)
        .join(Branch, Branch.id == Worker.branch_id)
        .where(_within(paths), goes)
        .correlate(Message)
        .exists()
    )


def find_said(session: Session, message_id: str, paths: Sequence[str]) -> Said | None:
    """A message that goes to somebody under these branches."""
    row = session.scalar(
        select(Message)
        .where(Message.id == message_id, Message.planned_at.is_not(None))
        .where(Message.kind.in_(TOLD_ALOUD), _goes_to(paths))
    )
    return None if row is None else _said(row)


def _said(row: Message) -> Said:
    return Said(
        row.id,
        row.kind,
        row.titles,
        row.texts,
        row.sender,
        row.created_at,
        row.expires_at,
        row.stopped_at,
    )


def list_said(session: Session, paths: Sequence[str], now: datetime) -> list[SaidRow]:
    """Messages that hold: notices for these branches, and what is to be told there in person."""
    notice = Message.kind == MessageKind.NOTICE
    rows = session.scalars(
        select(Message)
        .where(Message.closed_at.is_(None), Message.expires_at > now)
        .where(Message.planned_at.is_not(None), Message.stopped_at.is_(None))
        .where(Message.kind.in_(TOLD_ALOUD))
        .where(or_(and_(notice, _goes_to(paths)), _goes_to(paths, in_person=True)))
        .order_by(case((notice, 0), else_=1), Message.id.desc())
        .limit(MOST_MESSAGES)
    ).all()
    counts = _count_told(session, [row.id for row in rows], paths)
    return [SaidRow(_said(row), *counts.get(row.id, (0, 0))) for row in rows]


def _count_told(
    session: Session, message_ids: Sequence[str], paths: Sequence[str]
) -> Mapping[str, tuple[int, int]]:
    """How many are still to be told of each message, and how many were."""
    done = Delivery.status.in_(DONE)
    rows = session.execute(
        select(
            Delivery.message_id,
            func.sum(case((done, 0), else_=1)),
            func.sum(case((done, 1), else_=0)),
        )
        .join(Worker, Worker.id == Delivery.person_id)
        .join(Branch, Branch.id == Worker.branch_id)
        .where(Delivery.message_id.in_(message_ids), Delivery.channel == ChannelName.PAPER)
        .where(_within(paths))
        .group_by(Delivery.message_id)
    ).all()
    return {message_id: (int(left), int(told)) for message_id, left, told in rows}


def list_units(session: Session, message_id: str, paths: Sequence[str]) -> list[UnitRow]:
    """The lines that a message goes to, those with people to be told first."""
    paper = Delivery.channel == ChannelName.PAPER
    told = and_(paper, Delivery.status.in_(DONE))
    left = func.sum(case((and_(paper, Delivery.status.not_in(DONE)), 1), else_=0))
    rows = session.execute(
        select(
            Branch.id,
            Branch.name,
            func.count(Delivery.person_id.distinct()),
            left,
            func.sum(case((told, 1), else_=0)),
        )
        .select_from(Delivery)
        .join(Worker, Worker.id == Delivery.person_id)
        .join(Branch, Branch.id == Worker.branch_id)
        .where(Delivery.message_id == message_id, _within(paths))
        .group_by(Branch.id, Branch.name)
        .order_by(left.desc(), Branch.path)
    ).all()
    return [UnitRow(*row) for row in rows]


def list_hearers(
    session: Session,
    message_id: str,
    paths: Sequence[str],
    unit_id: int | None,
    on: date,
    *,
    in_person: bool = False,
) -> list[Hearer]:
    """People a message is for, by line and name, with the shift they are on that day."""
    paper = func.max(case((Delivery.channel == ChannelName.PAPER, Delivery.id)))
    chosen = (
        select(Worker.id, Worker.name, Worker.badge, Branch.id, Branch.name, paper)
        .select_from(Delivery)
        .join(Worker, Worker.id == Delivery.person_id)
        .join(Branch, Branch.id == Worker.branch_id)
        .where(Delivery.message_id == message_id, _within(paths))
        .group_by(
            Worker.id,
            Worker.name,
            Worker.badge,
            Worker.name_folded,
            Branch.id,
            Branch.name,
            Branch.path,
        )
        .order_by(Branch.path, Worker.name_folded, Worker.id)
        .limit(MOST_PEOPLE)
    )
    if unit_id is not None:
        chosen = chosen.where(Branch.id == unit_id)
    if in_person:
        chosen = chosen.where(Delivery.channel == ChannelName.PAPER)
    rows = session.execute(chosen).all()
    told = _told(session, [row[5] for row in rows if row[5] is not None])
    shifts = _shifts(session, [row[0] for row in rows], on)
    return [
        Hearer(
            worker_id,
            name,
            badge,
            branch_id,
            unit,
            shifts.get(worker_id, ""),
            delivery_id is not None,
            *told.get(delivery_id, (None, "")),
        )
        for worker_id, name, badge, branch_id, unit, delivery_id in rows
    ]


def _told(
    session: Session, delivery_ids: Sequence[str]
) -> Mapping[str | None, tuple[datetime | None, str]]:
    """When each was told, and by whom."""
    rows = session.execute(
        select(Delivery.id, Delivery.delivered_at, Attempt.masked)
        .outerjoin(
            Attempt,
            and_(Attempt.delivery_id == Delivery.id, Attempt.n == Delivery.attempt_count),
        )
        .where(Delivery.id.in_(delivery_ids), Delivery.status.in_(DONE))
    ).all()
    return {each: (at, str((masked or {}).get(TOLD_BY, ""))) for each, at, masked in rows}


def _shifts(session: Session, worker_ids: Sequence[str], on: date) -> Mapping[str, str]:
    rows = session.execute(
        select(Duty.worker_id, func.min(Duty.shift))
        .where(Duty.worker_id.in_(worker_ids), Duty.shift_on == on)
        .group_by(Duty.worker_id)
    ).all()
    return {row[0]: row[1] for row in rows}
