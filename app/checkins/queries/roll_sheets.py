"""What a leader's sheet shows: the people of a group on a shift, and which shifts there are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.checkins.models import CheckIn, Duty, RollCall
from app.checkins.queries.roll_calls import CalledGroup
from app.checkins.rules import DutyState, Level
from app.checkins.rules.requests import Source
from app.checkins.rules.roll_call import By, SheetSlot
from app.workforce.models import Membership, Worker, WorkGroup
from app.workforce.queries.schedules import facts_by_worker, get_hours
from app.workforce.rules.expectation import Why, planned_day
from app.workforce.rules.shifts import HoursBook, ShiftCode, shift_window


@dataclass(frozen=True, slots=True)
class SheetPerson:
    """One person of a sheet; `state` is None for who is on leave that day."""

    worker_id: str
    badge: str
    name: str
    path: str
    state: DutyState | None
    level: Level | None = None
    by: By = By.NOBODY
    answers: dict[str, Any] = field(default_factory=dict)
    reason: str | None = None


GroupSlots = list[tuple[SheetSlot, dict[str, int]]]


def _member_on(on: Any) -> Any:
    return and_(Membership.from_on <= on, or_(Membership.to_on.is_(None), Membership.to_on >= on))


def list_slots(
    session: Session, group: CalledGroup, days: Sequence[date], zone: ZoneInfo
) -> list[SheetSlot]:
    """The shifts of these days on which somebody of the group is expected, by their start."""
    rows = session.execute(
        select(Duty.shift_on, Duty.shift, func.count(Duty.worker_id.distinct()))
        .join(Membership, Membership.worker_id == Duty.worker_id)
        .where(Membership.group_id == group.id, Duty.shift_on.in_(days), _member_on(Duty.shift_on))
        .group_by(Duty.shift_on, Duty.shift)
    ).all()
    hours = get_hours(session, group.company_id)
    slots = [_slot(hours, on, shift, count, zone) for on, shift, count in rows]
    return sorted(slots, key=lambda each: each.starts_at)


def _slot(hours: HoursBook, on: date, shift: str, expected: int, zone: ZoneInfo) -> SheetSlot:
    code = ShiftCode(shift)
    window = shift_window(hours.at(code, on), on, zone)
    return SheetSlot(on, code, window.starts_at, window.ends_at, expected)


def list_sheet(session: Session, group: CalledGroup, on: date, shift: str) -> list[SheetPerson]:
    """Everybody of a group expected on a shift or on leave that day, by name."""
    rows = session.execute(
        select(
            Worker.id,
            Worker.badge,
            Worker.name,
            Branch.path,
            Duty.state,
            Duty.level,
            Duty.reason,
            CheckIn,
        )
        .join(Membership, Membership.worker_id == Worker.id)
        .join(Branch, Branch.id == Worker.branch_id)
        .outerjoin(
            Duty, and_(Duty.worker_id == Worker.id, Duty.shift_on == on, Duty.shift == shift)
        )
        .outerjoin(CheckIn, CheckIn.id == Duty.check_in_id)
        .where(Membership.group_id == group.id, _member_on(on), Worker.left_on.is_(None))
        .order_by(Worker.name_folded, Worker.id)
    ).all()
    found = {row[0]: row for row in rows}
    away = _on_leave(session, group, [each for each, row in found.items() if not row[4]], on, shift)
    return [
        SheetPerson(
            worker_id,
            badge,
            name,
            path,
            DutyState(state) if state else None,
            Level(level) if level else None,
            _by(worker_id, answer),
            answer.answers if answer else {},
            reason,
        )
        for worker_id, badge, name, path, state, level, reason, answer in found.values()
        if state or worker_id in away
    ]


def _by(worker_id: str, answer: CheckIn | None) -> By:
    if answer is None:
        return By.NOBODY
    # A leader stands on the own sheet too.
    if answer.source == Source.ROLL_CALL:
        return By.ROLL_CALL
    return By.OWN if answer.account_id == worker_id else By.OTHER


def _on_leave(
    session: Session, group: CalledGroup, worker_ids: Sequence[str], on: date, shift: str
) -> set[str]:
    if not worker_ids:
        return set()
    facts = facts_by_worker(session, group.company_id, worker_ids, on, on)
    planned = {worker_id: planned_day(known, on) for worker_id, known in facts.items()}
    return {
        worker_id
        for worker_id, day in planned.items()
        if day.why is Why.ON_LEAVE and day.shift in {None, shift}
    }


def list_groups_to_call(
    session: Session, paths: Sequence[str], days: Sequence[date], zone: ZoneInfo
) -> list[tuple[CalledGroup, GroupSlots]]:
    """The groups of these branches on whose shifts of these days somebody is expected, by name.

    Each with its shifts and how many people stand in which state.
    """
    company = Branch.__table__.alias("company")
    facts: tuple[Any, ...] = (
        WorkGroup.id,
        WorkGroup.kind,
        WorkGroup.name,
        WorkGroup.company_id,
        company.c.code,
        company.c.name,
        Branch.path,
        Duty.shift_on,
        Duty.shift,
        Duty.state,
    )
    rows = session.execute(
        select(*facts, func.count(Duty.worker_id.distinct()))
        .join(Branch, Branch.id == func.coalesce(WorkGroup.branch_id, WorkGroup.company_id))
        .join(company, company.c.id == WorkGroup.company_id)
        .join(Membership, Membership.group_id == WorkGroup.id)
        .join(Duty, and_(Duty.worker_id == Membership.worker_id, _member_on(Duty.shift_on)))
        .where(
            WorkGroup.closed_on.is_(None),
            or_(*[Branch.path.startswith(path) for path in paths]),
            Duty.shift_on.in_(days),
        )
        .group_by(*facts)
    ).all()
    return _grouped(session, rows, zone)


def _grouped(
    session: Session, rows: Sequence[Any], zone: ZoneInfo
) -> list[tuple[CalledGroup, GroupSlots]]:
    counted: dict[CalledGroup, dict[tuple[date, str], dict[str, int]]] = defaultdict(dict)
    for *facts, on, shift, state, count in rows:
        counted[CalledGroup(*facts)].setdefault((on, shift), {})[state] = count
    hours = {each.company_id: get_hours(session, each.company_id) for each in counted}
    return [
        (
            group,
            [
                (_slot(hours[group.company_id], on, shift, sum(states.values()), zone), states)
                for (on, shift), states in slots.items()
            ],
        )
        for group, slots in counted.items()
    ]


def last_roll_calls(
    session: Session, group_ids: Sequence[str], days: Sequence[date]
) -> dict[tuple[str, date, str], RollCall]:
    """The roll calls of these groups that arrived last and stand, by group and shift."""
    rows = session.scalars(
        select(RollCall)
        .where(
            RollCall.group_id.in_(list(group_ids)),
            RollCall.shift_on.in_(days),
            RollCall.undone_at.is_(None),
        )
        .order_by(RollCall.received_at, RollCall.id)
    )
    return {(each.group_id, each.shift_on, each.shift): each for each in rows}
