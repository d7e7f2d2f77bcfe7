"""Whom a notice is for: everybody in any of its parts, each person once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Account, Branch, DeviceToken
from app.checkins.models import Duty
from app.delivery.models import Delivery
from app.delivery.rules import ChannelName
from app.delivery.rules.roads import BELL
from app.notices.models import Notice, NoticeTarget
from app.notices.rules.audience import Target, TargetKind
from app.notices.rules.wording import MessageType
from app.workforce.models import Membership, Worker
from app.workforce.queries.planned import leaves_by

Company = aliased(Branch)


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a notice goes to: its parts, and the earlier versions whose receivers get it as well.

    `only_earlier`: nobody else does, as when a notice is withdrawn.
    """

    targets: Sequence[Target]
    root_id: str | None = None
    before_version: int = 0
    only_earlier: bool = False


@dataclass(frozen=True, slots=True)
class LineCount:
    """People of an audience in one unit of a company; by shift of the day, none without one."""

    company_id: int
    company: str
    branch_id: int
    unit: str
    people: int


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of an audience."""

    worker_id: str
    badge: str
    name: str
    unit: str
    has_app: bool


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody to be written down; what may be filled in for them."""

    person_id: str
    locale: str
    company: str
    line: str


def targets_of(session: Session, notice_id: str) -> tuple[Target, ...]:
    """The parts of a notice's audience."""
    rows = session.scalars(
        select(NoticeTarget).where(NoticeTarget.notice_id == notice_id).order_by(NoticeTarget.n)
    )
    return tuple(
        Target(TargetKind(row.kind), row.branch_id or 0, row.shift, row.on, row.group_id or "")
        for row in rows
    )


def audience_of(session: Session, notice: Notice) -> Audience:
    """Whom a stored notice goes to."""
    return Audience(
        targets_of(session, notice.id),
        notice.root_id if notice.corrects_id else None,
        notice.version,
        notice.kind == MessageType.CANCEL,
    )


def count_people(session: Session, audience: Audience, on: date) -> int:
    """How many people an audience has, each counted once."""
    chosen = choose_people(session, audience, on).with_only_columns(func.count())
    return session.scalar(chosen) or 0


def count_by_line(session: Session, audience: Audience, on: date) -> list[LineCount]:
    """How many people of an audience are in each unit, by company and unit."""
    rows = session.execute(
        choose_people(session, audience, on)
        .join(Branch, Branch.id == Worker.branch_id)
        .join(Company, Company.id == Worker.company_id)
        .with_only_columns(
            Worker.company_id, Company.name, Worker.branch_id, Branch.name, func.count()
        )
        .group_by(Worker.company_id, Company.name, Worker.branch_id, Branch.name)
        .order_by(Company.name, Branch.name, Worker.branch_id)
    ).all()
    return [LineCount(*row) for row in rows]


def count_by_shift(session: Session, audience: Audience, on: date) -> list[tuple[str, int]]:
    """How many of an audience work each shift of a day, by shift; who works none is not in it."""
    rows = session.execute(
        choose_people(session, audience, on)
        .join(Duty, and_(Duty.worker_id == Worker.id, Duty.shift_on == on))
        .with_only_columns(Duty.shift, func.count())
        .group_by(Duty.shift)
        .order_by(Duty.shift)
    ).all()
    return [(str(shift), int(count)) for shift, count in rows]


def list_people(
    session: Session,
    audience: Audience,
    on: date,
    now: datetime,
    *,
    company_ids: Sequence[int],
    limit: int,
    offset: int,
) -> tuple[list[PersonRow], int]:
    """People of an audience in these companies, by unit and name; and how many there are."""
    chosen = choose_people(session, audience, on).where(Worker.company_id.in_(company_ids))
    total = session.scalar(chosen.with_only_columns(func.count())) or 0
    rows = session.execute(
        chosen.join(Branch, Branch.id == Worker.branch_id)
        .with_only_columns(Worker.id, Worker.badge, Worker.name, Branch.name, has_app(now))
        .order_by(Branch.name, Worker.name_folded, Worker.id)
        .limit(limit)
        .offset(offset)
    ).all()
    return [PersonRow(*row) for row in rows], total


def list_receivers(
    session: Session, audience: Audience, on: date, *, after: str | None, limit: int
) -> list[Receiver]:
    """The next people of an audience by id."""
    chosen = (
        choose_people(session, audience, on)
        .join(Branch, Branch.id == Worker.branch_id)
        .join(Company, Company.id == Worker.company_id)
        .with_only_columns(Worker.id, Account.locale, Company.name, Branch.name)
    )
    if after is not None:
        chosen = chosen.where(Worker.id > after)
    rows = session.execute(chosen.order_by(Worker.id).limit(limit)).all()
    return [Receiver(*row) for row in rows]


def has_app(now: datetime) -> ColumnElement[bool]:
    """Whether the worker of the query's row is signed in on a phone."""
    held = select(DeviceToken.id).where(
        DeviceToken.account_id == Worker.id,
        DeviceToken.revoked_at.is_(None),
        DeviceToken.expires_at > now,
    )
    return held.correlate(Worker).exists()


def choose_people(session: Session, audience: Audience, on: date) -> Select[Any]:
    """Who works here on a day, on leave or not, and is in any part of the audience."""
    parts = [] if audience.only_earlier else [_in(session, each, on) for each in audience.targets]
    if audience.root_id is not None:
        parts.append(_got_earlier(audience.root_id, audience.before_version))
    return (
        select(Worker.id)
        .join(Account, Account.id == Worker.id)
        .where(Account.active, Worker.merged_into_id.is_(None))
        .where(or_(Worker.left_on.is_(None), Worker.left_on >= on))
        .where(or_(Worker.joined_on.is_(None), Worker.joined_on <= on))
        .where(~leaves_by(on), or_(false(), *parts))
    )


def _in(session: Session, target: Target, on: date) -> ColumnElement[bool]:
    if target.kind is TargetKind.GROUP:
        held = select(Membership.worker_id).where(
            Membership.group_id == target.group_id,
            Membership.from_on <= on,
            or_(Membership.to_on.is_(None), Membership.to_on >= on),
        )
        return Worker.id.in_(held)
    branch = session.get_one(Branch, target.branch_id)
    if target.kind is TargetKind.SHIFT:
        duties = select(Duty.worker_id).where(
            Duty.shift_on == target.on, Duty.shift == target.shift
        )
        if branch.company_id is not None:
            duties = duties.where(Duty.company_id == branch.company_id)
        return Worker.id.in_(duties)
    if target.kind is TargetKind.PARK:
        return Worker.id.is_not(None)
    if target.kind is TargetKind.COMPANY:
        return Worker.company_id == branch.id
    below = select(Branch.id).where(Branch.path.startswith(branch.path))
    return and_(Worker.company_id == branch.company_id, Worker.branch_id.in_(below))


def _got_earlier(root_id: str, before_version: int) -> ColumnElement[bool]:
    messages = select(Notice.message_id).where(
        Notice.root_id == root_id, Notice.version < before_version, Notice.message_id.is_not(None)
    )
    outside = and_(Delivery.channel != ChannelName.IN_APP, Delivery.sent_at.is_not(None))
    # An inbox that no phone opened told nobody anything, nor did the bell that rang for it.
    fetched = or_(Delivery.delivered_at.is_not(None), Delivery.read_at.is_not(None))
    got = select(Delivery.person_id).where(
        Delivery.message_id.in_(messages), Delivery.channel != BELL, outside | fetched
    )
    return Worker.id.in_(got)
