"""Who works when: hours, patterns, leave and holidays as plain facts for the rules."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.workforce.models import (
    Holiday,
    Leave,
    PatternAssignment,
    ShiftHours,
    Worker,
    WorkPattern,
)
from app.workforce.queries.planned import steps_of
from app.workforce.rules import shifts
from app.workforce.rules.planned import with_steps
from app.workforce.rules.shifts import (
    AssignedPattern,
    DaySpan,
    HoursBook,
    HoursFrom,
    Pattern,
    ShiftCode,
    WorkFacts,
)


def get_hours(session: Session, company_id: int) -> HoursBook:
    """The hours of a company's shifts over time."""
    rows = session.execute(
        select(
            ShiftHours.shift,
            ShiftHours.from_on,
            ShiftHours.starts,
            ShiftHours.ends,
            ShiftHours.meal,
        ).where(ShiftHours.company_id == company_id)
    ).all()
    versions: dict[ShiftCode, list[HoursFrom]] = defaultdict(list)
    for shift, from_on, starts, ends, meal in rows:
        versions[ShiftCode(shift)].append(HoursFrom(from_on, shifts.ShiftHours(starts, ends, meal)))
    return HoursBook({shift: tuple(known) for shift, known in versions.items()})


def list_shifts_run(session: Session, company_id: int) -> tuple[ShiftCode, ...]:
    """The shifts whose hours a company has set, in the order of the codes."""
    held = set(session.scalars(select(ShiftHours.shift).where(ShiftHours.company_id == company_id)))
    return tuple(shift for shift in ShiftCode if shift in held)


def list_holidays(session: Session, company_id: int, from_on: date, to_on: date) -> frozenset[date]:
    """Days off of a company and of the park above it."""
    company = session.get_one(Branch, company_id)
    return frozenset(
        session.scalars(
            select(Holiday.on).where(
                Holiday.branch_id.in_((company_id, company.parent_id)),
                Holiday.on.between(from_on, to_on),
            )
        )
    )


def facts_by_worker(
    session: Session, company_id: int, worker_ids: Sequence[str], from_on: date, to_on: date
) -> Mapping[str, WorkFacts]:
    """All that decides the shifts of these workers on the given days, planned changes included."""
    hours = get_hours(session, company_id)
    holidays = list_holidays(session, company_id, from_on, to_on)
    patterns = _patterns(session, worker_ids, from_on, to_on)
    leaves = _leaves(session, worker_ids, from_on, to_on)
    employed = session.execute(
        select(Worker.id, Worker.joined_on, Worker.left_on).where(Worker.id.in_(worker_ids))
    ).all()
    steps = steps_of(session, worker_ids)
    return {
        worker_id: with_steps(
            WorkFacts(
                patterns=tuple(patterns.get(worker_id, ())),
                hours=hours,
                leaves=tuple(leaves.get(worker_id, ())),
                holidays=holidays,
                joined_on=joined_on,
                left_on=left_on,
            ),
            steps.get(worker_id, ()),
        )
        for worker_id, joined_on, left_on in employed
    }


def _patterns(
    session: Session, worker_ids: Sequence[str], from_on: date, to_on: date
) -> Mapping[str, Sequence[AssignedPattern]]:
    rows = session.execute(
        select(
            PatternAssignment.worker_id,
            PatternAssignment.pattern_id,
            PatternAssignment.from_on,
            PatternAssignment.to_on,
        )
        .where(PatternAssignment.worker_id.in_(worker_ids), PatternAssignment.from_on <= to_on)
        .where(or_(PatternAssignment.to_on.is_(None), PatternAssignment.to_on >= from_on))
    ).all()
    known = {
        pattern.id: Pattern(
            tuple(ShiftCode(code) if code else None for code in pattern.cycle), pattern.anchor_on
        )
        for pattern in session.scalars(
            select(WorkPattern).where(WorkPattern.id.in_({row.pattern_id for row in rows}))
        )
    }
    found: dict[str, list[AssignedPattern]] = defaultdict(list)
    for worker_id, pattern_id, starts_on, ends_on in rows:
        found[worker_id].append(AssignedPattern(known[pattern_id], DaySpan(starts_on, ends_on)))
    return found


def _leaves(
    session: Session, worker_ids: Iterable[str], from_on: date, to_on: date
) -> Mapping[str, Sequence[DaySpan]]:
    found: dict[str, list[DaySpan]] = defaultdict(list)
    for worker_id, starts_on, ends_on in session.execute(
        select(Leave.worker_id, Leave.from_on, Leave.to_on).where(
            Leave.worker_id.in_(list(worker_ids)),
            Leave.cancelled_at.is_(None),
            Leave.from_on <= to_on,
            Leave.to_on >= from_on,
        )
    ):
        found[worker_id].append(DaySpan(starts_on, ends_on))
    return found
