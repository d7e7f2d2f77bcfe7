"""Duties as boards and lists show them: who answered what, who has not, who stands out."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Branch
from app.checkins.models import CheckIn, Duty, HealthState, ShiftCount
from app.checkins.rules import COLUMNS, Counts, DutyState, Level
from app.checkins.rules.timeliness import PaperTimes, paper_times
from app.workforce.models import Worker


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One person of a list, with the answer that decides the level.

    `paper` is of an answer that stood on paper before it was keyed in.
    """

    worker_id: str
    badge: str
    name: str
    unit: str
    phone: str | None
    level: Level | None
    answers: dict[str, Any]
    since: datetime | None
    answered_at: datetime | None
    clock_suspect: bool
    rules_proposed: bool
    reason: str | None
    shift_on: date | None = None
    shift: str | None = None
    state: DutyState | None = None
    paper: PaperTimes | None = None


@dataclass(frozen=True, slots=True)
class UnitCounts:
    """Figures of one unit; of those who stand in no unit of their company where `direct`."""

    branch_id: int
    name: str
    counts: Counts
    direct: bool = False


Slots = Sequence[tuple[date, str]]


def _units(paths: Sequence[str]) -> Any:
    return or_(*[Branch.path.startswith(path) for path in paths])


def _in_companies(paths: Sequence[str]) -> ColumnElement[bool]:
    """Says nothing new, but few stand out: the search begins at them and not at all workers."""
    unit = aliased(Branch)
    under = or_(*[unit.path.startswith(path) for path in paths])
    return HealthState.company_id.in_(select(unit.company_id).where(under).distinct())


def _on_slots(table: type[Duty] | type[ShiftCount], slots: Slots) -> Any:
    shifts_by_day: dict[date, list[str]] = {}
    for on, shift in slots:
        shifts_by_day.setdefault(on, []).append(shift)
    return or_(
        false(),
        *[
            and_(table.shift_on == on, table.shift.in_(shifts))
            for on, shifts in shifts_by_day.items()
        ],
    )


def _duties_of(paths: Sequence[str], slots: Slots) -> Any:
    """Duties of these units on these shifts, told so that the index by unit and day serves."""
    units = select(Branch.id).where(_units(paths))
    days = {on for on, _ in slots}
    return and_(Duty.branch_id.in_(units), Duty.shift_on.in_(days), _on_slots(Duty, slots))


def list_missing(
    session: Session, paths: Sequence[str], on: date, shifts: Sequence[str]
) -> Sequence[DutyRow]:
    """Who of these units is expected on these shifts and has not answered, by unit and name."""
    return list_people(session, paths, [(on, shift) for shift in shifts], [DutyState.EXPECTED])


def list_people(
    session: Session,
    paths: Sequence[str],
    slots: Slots,
    states: Sequence[DutyState],
    *,
    only: ColumnElement[bool] | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Sequence[DutyRow]:
    """Who of these units stands in one of these states on these shifts, by unit and name.

    `only` narrows it to some of the duties.
    """
    rows = session.execute(
        select(
            Worker.id,
            Worker.badge,
            Worker.name,
            Branch.name,
            Worker.phone,
            Duty.reason,
            Duty.shift_on,
            Duty.shift,
            Duty.state,
        )
        .join(Duty, Duty.worker_id == Worker.id)
        .join(Branch, Branch.id == Duty.branch_id)
        .where(_duties_of(paths, slots), Duty.state.in_(list(states)))
        .where(true() if only is None else only)
        .order_by(Branch.name, Worker.name_folded, Worker.id, Duty.shift_on, Duty.shift)
        .limit(limit)
        .offset(offset)
    ).all()
    return [
        DutyRow(
            worker_id=worker_id,
            badge=badge,
            name=name,
            unit=unit,
            phone=phone,
            level=None,
            answers={},
            since=None,
            answered_at=None,
            clock_suspect=False,
            rules_proposed=False,
            reason=reason,
            shift_on=on,
            shift=shift,
            state=DutyState(state),
        )
        for worker_id, badge, name, unit, phone, reason, on, shift, state in rows
    ]


def count_absent_unexplained(session: Session, paths: Sequence[str], slots: Slots) -> int:
    """How many of these units are absent on these shifts without a known reason."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Duty)
            .where(_duties_of(paths, slots))
            .where(Duty.state == DutyState.ABSENT, Duty.reason.is_(None))
        )
        or 0
    )


def list_standing(
    session: Session, paths: Sequence[str], *, limit: int | None = None, offset: int = 0
) -> Sequence[DutyRow]:
    """Everybody of these units whose standing level is red or amber, red first, newest first."""
    rows = session.execute(
        select(
            Worker.id,
            Worker.badge,
            Worker.name,
            Branch.name,
            Worker.phone,
            HealthState.level,
            CheckIn.answers,
            HealthState.since,
            CheckIn.counted_at,
            CheckIn.clock_suspect,
            CheckIn.rules_proposed,
            CheckIn.source,
            CheckIn.made_at,
            CheckIn.received_at,
        )
        .join(HealthState, HealthState.worker_id == Worker.id)
        .outerjoin(CheckIn, CheckIn.id == HealthState.check_in_id)
        .join(Branch, Branch.id == Worker.branch_id)
        .where(_units(paths), Worker.left_on.is_(None), _in_companies(paths))
        .order_by(
            case((HealthState.level == Level.RED, 0), else_=1), HealthState.since.desc(), Worker.id
        )
        .limit(limit)
        .offset(offset)
    ).all()
    return [
        DutyRow(
            worker_id=worker_id,
            badge=badge,
            name=name,
            unit=unit,
            phone=phone,
            level=Level(level),
            answers=answers or {},
            since=since,
            answered_at=answered_at or since,
            clock_suspect=bool(odd_clock),
            rules_proposed=bool(proposed),
            reason=None,
            paper=paper_times(source, made_at, received_at) if source else None,
        )
        for (
            worker_id,
            badge,
            name,
            unit,
            phone,
            level,
            answers,
            since,
            answered_at,
            odd_clock,
            proposed,
            source,
            made_at,
            received_at,
        ) in rows
    ]


def count_standing(session: Session, paths: Sequence[str]) -> dict[Level, int]:
    """How many of these units stand at red and at amber."""
    rows = session.execute(
        select(HealthState.level, func.count())
        .join(Worker, Worker.id == HealthState.worker_id)
        .join(Branch, Branch.id == Worker.branch_id)
        .where(_units(paths), Worker.left_on.is_(None))
        .group_by(HealthState.level)
    ).all()
    return {Level(level): count for level, count in rows}


def newest_standing(session: Session, paths: Sequence[str]) -> datetime | None:
    """Since when the newest of those stands who stand at red or amber in these units."""
    return session.scalar(
        select(func.max(HealthState.since))
        .join(Worker, Worker.id == HealthState.worker_id)
        .join(Branch, Branch.id == Worker.branch_id)
        .where(_units(paths), Worker.left_on.is_(None))
    )


def list_unit_counts(session: Session, paths: Sequence[str], slots: Slots) -> list[UnitCounts]:
    """Figures of every unit below companies on these shifts together; they add up to everybody.

    Whoever stands in no unit of a company makes a row of the company's own.
    """
    sums = [func.sum(getattr(ShiftCount, name)) for name in COLUMNS]
    rows = session.execute(
        select(Branch.id, Branch.name, ShiftCount.company_id, *sums)
        .join(ShiftCount, ShiftCount.branch_id == Branch.id)
        .where(_units(paths), _on_slots(ShiftCount, slots))
        .group_by(Branch.id, Branch.name, ShiftCount.company_id)
    ).all()
    units, companies = [], []
    below: dict[int, Counts] = defaultdict(Counts)
    for branch_id, name, company_id, *values in rows:
        counts = Counts(*map(int, values))
        if branch_id == company_id:
            companies.append((branch_id, name, counts))
        else:
            units.append(UnitCounts(branch_id, name, counts))
            below[company_id] += counts
    for company_id, name, counts in companies:
        rest = counts - below[company_id]
        if rest.expected:
            units.append(UnitCounts(company_id, name, rest, direct=True))
    return [unit for unit in units if unit.counts.expected]


def expected_by_slot(
    session: Session, paths: Sequence[str], days: Sequence[date]
) -> dict[tuple[date, str], int]:
    """How many people of these units are expected, by day and shift.

    A company's own figures hold those of its units; without them the units are added up.
    """
    of_company = case((ShiftCount.branch_id == ShiftCount.company_id, ShiftCount.expected))
    of_units = case((ShiftCount.branch_id != ShiftCount.company_id, ShiftCount.expected))
    rows = session.execute(
        select(
            ShiftCount.shift_on,
            ShiftCount.shift,
            func.sum(of_company).label("whole"),
            func.sum(of_units).label("parts"),
        )
        .join(Branch, Branch.id == ShiftCount.branch_id)
        .where(_units(paths), ShiftCount.shift_on.in_(list(days)), ShiftCount.expected > 0)
        .group_by(ShiftCount.company_id, ShiftCount.shift_on, ShiftCount.shift)
    ).all()
    found: dict[tuple[date, str], int] = defaultdict(int)
    for on, shift, whole, parts in rows:
        found[on, shift] += int(parts if whole is None else whole)
    return found


def list_shift_counts(session: Session, branch_ids: Sequence[int], on: date) -> dict[str, Counts]:
    """Figures of these branches together, by shift, for one day."""
    sums = [func.sum(getattr(ShiftCount, name)) for name in COLUMNS]
    rows = session.execute(
        select(ShiftCount.shift, *sums)
        .where(ShiftCount.branch_id.in_(list(branch_ids)), ShiftCount.shift_on == on)
        .group_by(ShiftCount.shift)
    ).all()
    return {shift: Counts(*map(int, values)) for shift, *values in rows}
