"""A company's workers as a staff list would describe them: units, shift and groups by name."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.accounts.rules import BranchKind, badge_key
from app.audit.models import AuditEntry
from app.workforce.models import (
    Membership,
    PatternAssignment,
    Worker,
    WorkGroup,
    WorkPattern,
)
from app.workforce.queries.planned import last_days_planned
from app.workforce.rules import Particulars, PresentWorker, Sex
from app.workforce.rules.groups import GroupKind
from app.workforce.rules.importing import UnitNames, only_shift
from app.workforce.rules.shifts import Pattern, ShiftCode, scheduled_shift

GROUP_FIELDS: Mapping[str, GroupKind] = {
    "dorm_room": GroupKind.DORM_ROOM,
    "bus_route": GroupKind.BUS,
    "meal_slot": GroupKind.MEAL_SLOT,
    "in_safety_team": GroupKind.SAFETY_TEAM,
}
_LEVELS = (BranchKind.WORKSHOP, BranchKind.LINE, BranchKind.TEAM)


@dataclass(frozen=True, slots=True)
class Roster:
    """Workers by badge, and by badge key the shifts of those whose schedule rotates."""

    workers: Mapping[str, PresentWorker]
    rotations: Mapping[str, frozenset[ShiftCode]]


@dataclass(frozen=True, slots=True)
class ListedWorker:
    """A worker as the command line lists them."""

    worker: PresentWorker
    groups: tuple[str, ...]
    shift: ShiftCode | None


def get_roster(
    session: Session, company_id: int, today: date, worker_ids: Collection[str] | None = None
) -> Roster:
    """Who the company has, those who left included; only some of them where ids are given."""
    units = unit_names_by_branch(session, company_id)
    groups = _group_names(session, company_id, today, worker_ids)
    patterns = _patterns(session, company_id, today, worker_ids)
    leaving = last_days_planned(session, company_id)
    workers: dict[str, PresentWorker] = {}
    rotations: dict[str, frozenset[ShiftCode]] = {}
    for row in session.execute(_workers(company_id, worker_ids)):
        pattern = patterns.get(row.id)
        shift = only_shift(pattern) if pattern else None
        if pattern and shift is None:
            rotations[badge_key(row.badge)] = frozenset(filter(None, pattern.cycle))
        last_on = row.left_on or leaving.get(row.id)
        facts = _particulars(row, units, groups.get(row.id, {}), shift, last_on)
        workers[row.badge] = PresentWorker(row.id, row.badge, facts)
    return Roster(workers, rotations)


def list_roster(session: Session, company_id: int, today: date) -> list[ListedWorker]:
    """Every worker of the company with groups by name and the next shift, by badge."""
    roster = get_roster(session, company_id, today)
    groups = _all_group_names(session, company_id, today)
    patterns = _patterns(session, company_id, today, None)
    return [
        ListedWorker(
            worker,
            tuple(groups.get(worker.worker_id, ())),
            _next_shift(patterns.get(worker.worker_id), today),
        )
        for _, worker in sorted(roster.workers.items())
    ]


def _next_shift(pattern: Pattern | None, today: date) -> ShiftCode | None:
    days = range(len(pattern.cycle)) if pattern else ()
    shifts = (scheduled_shift(pattern, today + timedelta(days=day)) for day in days if pattern)
    return next(filter(None, shifts), None)


def find_roster_mark(session: Session, company_id: int) -> str | None:
    """A value that changes whenever anything is done to the company's workers."""
    return session.scalar(
        select(AuditEntry.id)
        .where(AuditEntry.company_id == company_id, AuditEntry.act.startswith("workforce."))
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(1)
    )


def unit_names_by_branch(session: Session, company_id: int) -> dict[int, UnitNames]:
    """The units that each branch of a company stands for, by branch id."""
    rows = session.execute(
        select(Branch.id, Branch.parent_id, Branch.kind, Branch.name)
        .where(Branch.company_id == company_id)
        .order_by(Branch.id)
    ).all()
    chains: dict[int, dict[str, str]] = {}
    for branch_id, parent_id, kind, name in rows:
        own = {kind: name} if kind in _LEVELS else {}
        chains[branch_id] = chains.get(parent_id or 0, {}) | own
    return {
        branch_id: UnitNames(*[chain.get(level) for level in _LEVELS])
        for branch_id, chain in chains.items()
    }


def list_shift_patterns(session: Session, company_id: int) -> dict[ShiftCode, WorkPattern]:
    """For each shift the first pattern, by name, that puts people on this shift alone."""
    found: dict[ShiftCode, WorkPattern] = {}
    for row in session.scalars(
        select(WorkPattern).where(WorkPattern.company_id == company_id).order_by(WorkPattern.name)
    ):
        shift = only_shift(_pattern(row))
        if shift is not None:
            found.setdefault(shift, row)
    return found


def _workers(company_id: int, worker_ids: Collection[str] | None) -> Any:
    chosen = select(
        Worker.id,
        Worker.branch_id,
        Worker.badge,
        Worker.name,
        Worker.born_on,
        Worker.birth_year,
        Worker.sex,
        Worker.phone,
        Worker.id_number,
        Worker.position,
        Worker.joined_on,
        Worker.left_on,
    ).where(Worker.company_id == company_id, Worker.merged_into_id.is_(None), Worker.name != "")
    return chosen if worker_ids is None else chosen.where(Worker.id.in_(worker_ids))


def _particulars(
    row: Any,
    units: Mapping[int, UnitNames],
    groups: Mapping[str, str],
    shift: ShiftCode | None,
    last_on: date | None,
) -> Particulars:
    place = units[row.branch_id]
    return Particulars(
        name=row.name,
        born_on=row.born_on,
        birth_year=row.birth_year,
        sex=Sex(row.sex) if row.sex else None,
        phone=row.phone,
        id_number=row.id_number,
        position=row.position,
        joined_on=row.joined_on,
        last_on=last_on,
        workshop=place.workshop,
        line=place.line,
        team=place.team,
        shift=shift,
        bus_route=groups.get(GroupKind.BUS),
        meal_slot=groups.get(GroupKind.MEAL_SLOT),
        dorm_room=groups.get(GroupKind.DORM_ROOM),
        in_safety_team=GroupKind.SAFETY_TEAM in groups,
        has_left=row.left_on is not None,
    )


def _memberships(company_id: int, today: date, worker_ids: Collection[str] | None) -> Any:
    chosen = (
        select(Membership.worker_id, WorkGroup.kind, WorkGroup.name)
        .join(WorkGroup, WorkGroup.id == Membership.group_id)
        .where(WorkGroup.company_id == company_id, Membership.from_on <= today)
        .where(or_(Membership.to_on.is_(None), Membership.to_on >= today))
        .order_by(WorkGroup.kind, WorkGroup.name)
    )
    return chosen if worker_ids is None else chosen.where(Membership.worker_id.in_(worker_ids))


def _group_names(
    session: Session, company_id: int, today: date, worker_ids: Collection[str] | None
) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    kinds = list(GROUP_FIELDS.values())
    chosen = _memberships(company_id, today, worker_ids).where(WorkGroup.kind.in_(kinds))
    for worker_id, kind, name in session.execute(chosen):
        found[worker_id].setdefault(kind, name)
    return found


def _all_group_names(session: Session, company_id: int, today: date) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for worker_id, _, name in session.execute(_memberships(company_id, today, None)):
        found[worker_id].append(name)
    return found


def _patterns(
    session: Session, company_id: int, today: date, worker_ids: Collection[str] | None
) -> dict[str, Pattern]:
    """The pattern each worker follows today; of two the newest counts."""
    known = {
        row.id: _pattern(row)
        for row in session.scalars(select(WorkPattern).where(WorkPattern.company_id == company_id))
    }
    chosen = (
        select(PatternAssignment.worker_id, PatternAssignment.pattern_id)
        .where(PatternAssignment.from_on <= today)
        .where(or_(PatternAssignment.to_on.is_(None), PatternAssignment.to_on >= today))
        .order_by(PatternAssignment.from_on, PatternAssignment.id)
    )
    if worker_ids is None:
        chosen = chosen.where(PatternAssignment.pattern_id.in_(known))
    else:
        chosen = chosen.where(PatternAssignment.worker_id.in_(worker_ids))
    return {
        worker_id: known[pattern_id]
        for worker_id, pattern_id in session.execute(chosen)
        if pattern_id in known
    }


def _pattern(row: WorkPattern) -> Pattern:
    return Pattern(tuple(ShiftCode(one) if one else None for one in row.cycle), row.anchor_on)


def ids_by_badge_key(session: Session, company_id: int, keys: Iterable[str]) -> dict[str, str]:
    """Which of these badges the company has, and whose they are."""
    rows = session.execute(
        select(Worker.badge_key, Worker.id).where(
            Worker.company_id == company_id, Worker.badge_key.in_(list(keys))
        )
    )
    return {row.badge_key: row.id for row in rows}
