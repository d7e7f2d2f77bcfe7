"""Whom a schedule reaches on a shift or a day: each person once, whatever groups they are in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, null, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Account, Branch, DeviceToken, RoleGrant
from app.accounts.rules import Role
from app.checkins.models import Duty
from app.checkins.rules import DutyState
from app.delivery.models import ContactPoint
from app.delivery.rules import ChannelName, Lane
from app.delivery.rules.roads import BELL, KIND_OF, USABLE, Roads
from app.reminders.rules import Anchor, Audience, Schedule
from app.workforce.models import Leave, Membership, Worker, WorkGroup
from app.workforce.queries.planned import leaves_by
from app.workforce.rules.groups import GroupKind
from app.workforce.rules.shifts import ShiftCode


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody a schedule is for; `state` and `shift` of their duty, if it goes by duties."""

    person_id: str
    locale: str
    line: str
    state: DutyState | None
    shift: ShiftCode | None


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people a reminder would go to, and over which road first; `with_app`: the inbox.

    `outside` counts who carries no device by the first channel that leads to them.
    """

    people: int
    with_app: int
    outside: Mapping[ChannelName, int] = field(default_factory=dict)

    @property
    def nowhere(self) -> int:
        """Who has neither a device nor an address that is open."""
        return self.people - self.with_app - sum(self.outside.values())


def by_duties(schedule: Schedule) -> bool:
    """Whether a schedule goes to who is expected on a shift, not to everybody employed."""
    return schedule.anchor is not Anchor.CLOCK or bool(schedule.shifts) or schedule.only_unanswered


def list_receivers(
    session: Session,
    company_id: int,
    schedule: Schedule,
    on: date,
    shift: ShiftCode | None,
    *,
    after: str | None,
    limit: int,
    buses: Collection[str] | None = None,
) -> Sequence[Receiver]:
    """The next people by id; their duties cannot change before this transaction has ended.

    `buses`: only those who ride in one of these groups.
    """
    chosen = aboard(_chosen(company_id, schedule, on, shift), buses, on)
    if after is not None:
        chosen = chosen.where(Worker.id > after)
    chosen = chosen.order_by(Worker.id).limit(limit)
    if by_duties(schedule):
        # an answer that comes in meanwhile waits, and then finds the deliveries to skip
        chosen = chosen.with_for_update(read=True, of=Duty)
    return [
        Receiver(
            person_id,
            locale,
            line,
            DutyState(state) if state else None,
            ShiftCode(code) if code else None,
        )
        for person_id, locale, line, state, code in session.execute(chosen)
    ]


def _chosen(
    company_id: int, schedule: Schedule, on: date, shift: ShiftCode | None
) -> Select[*tuple[Any, ...]]:
    if by_duties(schedule):
        chosen = employed(company_id, schedule, on, Duty.state, Duty.shift)
        return chosen.join(Duty, Duty.worker_id == Worker.id).where(
            Duty.company_id == company_id,
            Duty.shift_on == on,
            Duty.shift.in_(_shifts(schedule, shift)),
        )
    return employed(company_id, schedule, on, null(), null()).where(~on_leave(on))


def employed(
    company_id: int, schedule: Schedule, on: date, *columns: Any
) -> Select[*tuple[Any, ...]]:
    """The people of a schedule who are employed on a day, whether or not they work then."""
    chosen: Select[*tuple[Any, ...]] = (
        select(Worker.id, Account.locale, Branch.name, *columns)
        .join(Account, Account.id == Worker.id)
        .join(Branch, Branch.id == Worker.branch_id)
        .where(Worker.company_id == company_id, Account.active)
        .where(or_(Worker.left_on.is_(None), Worker.left_on >= on))
        .where(or_(Worker.joined_on.is_(None), Worker.joined_on <= on))
        .where(~leaves_by(on))
    )
    if schedule.branch_ids:
        chosen = chosen.where(_in_units(schedule.branch_ids))
    if schedule.group_ids:
        chosen = chosen.where(_in_groups(WorkGroup.id.in_(sorted(schedule.group_ids)), on))
    if schedule.audience is Audience.TEAM:
        chosen = chosen.where(
            or_(_in_groups(WorkGroup.kind == GroupKind.SAFETY_TEAM, on), _in_team())
        )
    return chosen


def _in_units(branch_ids: Collection[int]) -> ColumnElement[bool]:
    unit = aliased(Branch)
    found = select(unit.id).where(
        unit.id.in_(sorted(branch_ids)), Branch.path.like(unit.path.concat("%"))
    )
    return found.correlate(Branch).exists()


def aboard(
    chosen: Select[*tuple[Any, ...]], buses: Collection[str] | None, on: date
) -> Select[*tuple[Any, ...]]:
    """Of these people those who ride in one of these groups on a day; all of them for None."""
    if buses is None:
        return chosen
    return chosen.where(_in_groups(WorkGroup.id.in_(sorted(buses)), on))


def _shifts(schedule: Schedule, shift: ShiftCode | None) -> Collection[str]:
    return [shift] if shift else sorted(schedule.shifts or ShiftCode)


def _in_groups(chosen: ColumnElement[bool], on: date) -> ColumnElement[bool]:
    return (
        select(Membership.id)
        .join(WorkGroup, WorkGroup.id == Membership.group_id)
        .where(Membership.worker_id == Worker.id, chosen, Membership.from_on <= on)
        .where(or_(Membership.to_on.is_(None), Membership.to_on >= on))
        .correlate(Worker)
        .exists()
    )


def _in_team() -> ColumnElement[bool]:
    held = select(RoleGrant.id).where(
        RoleGrant.account_id == Worker.id, RoleGrant.role == Role.TEAM_MEMBER
    )
    return held.correlate(Worker).exists()


def on_leave(on: date) -> ColumnElement[bool]:
    """Whether the worker of the query's row has leave on a day."""
    away = select(Leave.id).where(
        Leave.worker_id == Worker.id,
        Leave.cancelled_at.is_(None),
        Leave.from_on <= on,
        Leave.to_on >= on,
    )
    return away.correlate(Worker).exists()


def count_reach(
    session: Session,
    company_id: int,
    schedule: Schedule,
    kinds: Collection[GroupKind],
    on: date,
    roads: Roads,
    now: datetime,
) -> Reach:
    """How many people a schedule goes to on a day, as it looks now, each counted once.

    `kinds`: who is in no such group has nothing to fill the text with, and gets nothing.
    """
    chosen = with_groups(_chosen(company_id, schedule, on, None), kinds, on)
    if by_duties(schedule):
        chosen = chosen.where(Duty.state.in_(_wanted(schedule)))
    people = chosen.subquery()
    signed_in = (
        select(DeviceToken.id)
        .where(DeviceToken.account_id == people.c.id, DeviceToken.revoked_at.is_(None))
        .where(DeviceToken.expires_at > now)
        .exists()
    )
    channels = [name for name in roads.of(Lane.NORMAL) if name in KIND_OF and name is not BELL]
    whens: list[tuple[ColumnElement[bool], int]] = [(signed_in, -1)]
    whens += [(_has_address(people.c.id, name), place) for place, name in enumerate(channels)]
    first = case(*whens, else_=len(channels)).label("first")
    rows = session.execute(select(first, func.count(people.c.id.distinct())).group_by(first)).all()
    counts = {int(place): int(count) for place, count in rows}
    outside = {name: counts.get(place, 0) for place, name in enumerate(channels)}
    return Reach(sum(counts.values()), counts.get(-1, 0), outside)


def _has_address(person: ColumnElement[str], channel: ChannelName) -> ColumnElement[bool]:
    held = select(ContactPoint.id).where(
        ContactPoint.person_id == person,
        ContactPoint.channel == KIND_OF[channel],
        ContactPoint.gone_at.is_(None),
        ContactPoint.state.in_(sorted(USABLE)),
    )
    return held.exists()


def count_expected(
    session: Session,
    company_id: int,
    schedule: Schedule,
    kinds: Collection[GroupKind],
    on: date,
    shift: ShiftCode | None,
    buses: Collection[str] | None,
) -> int:
    """How many people one send goes to, as duties look now, each counted once."""
    chosen = aboard(with_groups(_chosen(company_id, schedule, on, shift), kinds, on), buses, on)
    if by_duties(schedule):
        chosen = chosen.where(Duty.state.in_(_wanted(schedule)))
    people = chosen.subquery()
    return session.scalar(select(func.count(people.c.id.distinct()))) or 0


def with_groups(
    chosen: Select[*tuple[Any, ...]], kinds: Collection[GroupKind], on: date
) -> Select[*tuple[Any, ...]]:
    """Of these people those who are in a group of each of these kinds on a day."""
    for kind in kinds:
        chosen = chosen.where(_in_groups(WorkGroup.kind == kind, on))
    return chosen


def _wanted(schedule: Schedule) -> Sequence[str]:
    wanted = [DutyState.EXPECTED, DutyState.NOT_ASKED]
    return wanted if schedule.only_unanswered else [*wanted, DutyState.ANSWERED]


def find_example(
    session: Session,
    company_id: int,
    schedule: Schedule,
    kinds: Collection[GroupKind],
    on: date,
) -> Worker | None:
    """Somebody a schedule would reach on a day, to show how the text reads."""
    found = with_groups(_chosen(company_id, schedule, on, None), kinds, on)
    worker_id = session.scalar(found.order_by(Worker.id).limit(1))
    return session.get(Worker, worker_id) if worker_id else None
