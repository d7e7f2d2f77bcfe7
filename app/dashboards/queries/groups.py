"""Work groups with their members, and how the members stand on a shift."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Branch
from app.checkins.models import Duty
from app.checkins.rules import Counts, DutyState, Level
from app.workforce.models import Membership, Worker, WorkGroup
from app.workforce.rules.shifts import ShiftCode

Company = aliased(Branch)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group, how many are in it, and the path of the branch that it belongs to."""

    id: str
    kind: str
    name: str
    company_id: int
    company: str
    path: str
    members: int


@dataclass(frozen=True, slots=True)
class MemberDuty:
    """One member on one shift; nothing is expected of them where `shift` is None."""

    worker_id: str
    badge: str
    name: str
    path: str
    shift: ShiftCode | None
    state: DutyState | None
    level: Level | None
    on_time: bool
    answered_at: datetime | None


def list_groups(session: Session, paths: Sequence[str], on: date) -> list[GroupRow]:
    """The groups of these branches, by company, kind and name, with their members on a day."""
    chosen = _groups(on).where(or_(*[Branch.path.startswith(path) for path in paths]))
    ordered = chosen.order_by(Company.code, WorkGroup.kind, WorkGroup.name)
    return [GroupRow(*row) for row in session.execute(ordered)]


def find_group(session: Session, group_id: str, on: date) -> GroupRow | None:
    """One group with its members on a day."""
    row = session.execute(_groups(on).where(WorkGroup.id == group_id)).first()
    return GroupRow(*row) if row else None


def _groups(on: date) -> Select[Any]:
    members = (
        select(func.count(Membership.worker_id.distinct()))
        .where(Membership.group_id == WorkGroup.id, *_member_on(on))
        .correlate(WorkGroup)
        .scalar_subquery()
    )
    return (
        select(
            WorkGroup.id,
            WorkGroup.kind,
            WorkGroup.name,
            WorkGroup.company_id,
            Company.code,
            Branch.path,
            members,
        )
        .join(Branch, Branch.id == func.coalesce(WorkGroup.branch_id, WorkGroup.company_id))
        .join(Company, Company.id == WorkGroup.company_id)
        .where(Branch.closed_on.is_(None), WorkGroup.closed_on.is_(None))
    )


def _member_on(on: date) -> tuple[Any, ...]:
    return (
        Membership.from_on <= on,
        or_(Membership.to_on.is_(None), Membership.to_on >= on),
    )


def list_member_duties(
    session: Session, group_id: str, on: date, shift: ShiftCode | None
) -> list[MemberDuty]:
    """The members of a group on a day, by name, with their duties of one shift or of the day."""
    matches = [Duty.worker_id == Worker.id, Duty.shift_on == on]
    if shift is not None:
        matches.append(Duty.shift == shift)
    members = select(Membership.worker_id).where(Membership.group_id == group_id, *_member_on(on))
    rows = session.execute(
        select(
            Worker.id,
            Worker.badge,
            Worker.name,
            Branch.path,
            Duty.shift,
            Duty.state,
            Duty.level,
            Duty.on_time,
            Duty.answered_at,
        )
        .join(Branch, Branch.id == Worker.branch_id)
        .outerjoin(Duty, and_(*matches))
        .where(Worker.id.in_(members))
        .order_by(Worker.name_folded, Worker.id, Duty.shift)
    ).all()
    return [
        MemberDuty(
            worker_id,
            badge,
            name,
            path,
            ShiftCode(code) if code else None,
            DutyState(state) if state else None,
            Level(level) if level else None,
            bool(on_time),
            answered_at,
        )
        for worker_id, badge, name, path, code, state, level, on_time, answered_at in rows
    ]


def counts_of(duties: Iterable[MemberDuty]) -> Counts:
    """How the members stand together."""
    asked = [duty for duty in duties if duty.state is not None]

    def number(**wanted: object) -> int:
        return sum(
            all(getattr(duty, name) == value for name, value in wanted.items()) for duty in asked
        )

    answered = DutyState.ANSWERED
    return Counts(
        expected=len(asked),
        answered=number(state=answered),
        on_time=number(state=answered, on_time=True),
        absent=number(state=DutyState.ABSENT),
        not_asked=number(state=DutyState.NOT_ASKED),
        green=number(state=answered, level=Level.GREEN),
        amber=number(state=answered, level=Level.AMBER),
        red=number(state=answered, level=Level.RED),
    )
