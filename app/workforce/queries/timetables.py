"""Patterns, leave, holidays and hours as the pages of a company's timetable show them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.workforce.models import Holiday, Leave, PatternAssignment, Worker, WorkPattern
from app.workforce.queries.schedules import facts_by_worker
from app.workforce.rules.expectation import DayForecast, forecast
from app.workforce.rules.shifts import Pattern, ShiftCode, WorkFacts

MOST_IDS = 5000  # databases limit how many values one statement may carry


@dataclass(frozen=True, slots=True)
class PatternRow:
    """A pattern of a company and how many people follow it."""

    id: str
    name: str
    pattern: Pattern
    followers: int


@dataclass(frozen=True, slots=True)
class FollowedPattern:
    """The pattern a person follows, and since when."""

    id: str
    name: str
    from_on: date


@dataclass(frozen=True, slots=True)
class LeaveRow:
    """Days on which a person is away, both ends included."""

    id: str
    from_on: date
    to_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class HolidayRow:
    """A day off by name; one of the whole park is not a company's to take away."""

    id: int
    on: date
    name: str
    of_park: bool


def list_patterns(session: Session, company_id: int, on: date) -> list[PatternRow]:
    """A company's patterns by name, with who follows them on a day."""
    followers = (
        select(func.count(func.distinct(PatternAssignment.worker_id)))
        .join(Worker, Worker.id == PatternAssignment.worker_id)
        .where(PatternAssignment.pattern_id == WorkPattern.id, _covers(on))
        .where(or_(Worker.left_on.is_(None), Worker.left_on >= on))
        .scalar_subquery()
    )
    rows = session.execute(
        select(WorkPattern, followers)
        .where(WorkPattern.company_id == company_id)
        .order_by(WorkPattern.name)
    ).all()
    return [PatternRow(row.id, row.name, _pattern(row), count) for row, count in rows]


def find_pattern(session: Session, company_id: int, pattern_id: str, on: date) -> PatternRow | None:
    """One pattern of a company."""
    known = list_patterns(session, company_id, on)
    return next((row for row in known if row.id == pattern_id), None)


def _pattern(row: WorkPattern) -> Pattern:
    return Pattern(tuple(ShiftCode(code) if code else None for code in row.cycle), row.anchor_on)


def _covers(on: date) -> ColumnElement[bool]:
    return (PatternAssignment.from_on <= on) & or_(
        PatternAssignment.to_on.is_(None), PatternAssignment.to_on >= on
    )


def find_pattern_of(session: Session, worker_id: str, on: date) -> FollowedPattern | None:
    """The pattern a worker follows on a day; of several the newest counts."""
    row = session.execute(
        select(WorkPattern.id, WorkPattern.name, PatternAssignment.from_on)
        .join(PatternAssignment, PatternAssignment.pattern_id == WorkPattern.id)
        .where(PatternAssignment.worker_id == worker_id, _covers(on))
        .order_by(PatternAssignment.from_on.desc())
        .limit(1)
    ).first()
    return FollowedPattern(*row) if row else None


def list_follower_ids(session: Session, pattern_id: str, on: date) -> Sequence[str]:
    """Who follows a pattern on a day or will later."""
    return session.scalars(
        select(PatternAssignment.worker_id)
        .where(PatternAssignment.pattern_id == pattern_id)
        .where(or_(PatternAssignment.to_on.is_(None), PatternAssignment.to_on >= on))
        .distinct()
        .order_by(PatternAssignment.worker_id)
    ).all()


def list_ids_in_unit(session: Session, path: str) -> Sequence[str]:
    """Everybody who works in a unit or below it."""
    return session.scalars(
        select(Worker.id)
        .join(Branch, Branch.id == Worker.branch_id)
        .where(Branch.path.startswith(path), Worker.left_on.is_(None))
        .order_by(Worker.id)
    ).all()


def list_leaves_of(session: Session, worker_id: str, since: date) -> list[LeaveRow]:
    """A worker's leave that ends on a day or later, first day first."""
    rows = session.execute(
        select(Leave.id, Leave.from_on, Leave.to_on, Leave.reason)
        .where(Leave.worker_id == worker_id, Leave.cancelled_at.is_(None), Leave.to_on >= since)
        .order_by(Leave.from_on)
    ).all()
    return [LeaveRow(*row) for row in rows]


def list_named_holidays(session: Session, company_id: int, since: date) -> list[HolidayRow]:
    """Days off of a company and of its park from a day on."""
    company = session.get_one(Branch, company_id)
    rows = session.execute(
        select(Holiday.id, Holiday.on, Holiday.name, Holiday.branch_id)
        .where(Holiday.branch_id.in_((company_id, company.parent_id)), Holiday.on >= since)
        .order_by(Holiday.on)
    ).all()
    return [HolidayRow(id_, on, name, branch != company_id) for id_, on, name, branch in rows]


def forecast_company(
    session: Session, company_id: int, path: str, from_on: date, days: int
) -> list[DayForecast]:
    """How many of a unit are expected on each shift of the days ahead."""
    return forecast(_facts(session, company_id, path, from_on, days), from_on, days)


def _facts(
    session: Session, company_id: int, path: str, from_on: date, days: int
) -> Iterator[WorkFacts]:
    to_on = date.fromordinal(from_on.toordinal() + days - 1)
    ids = list_ids_in_unit(session, path)
    for start in range(0, len(ids), MOST_IDS):
        chunk = ids[start : start + MOST_IDS]
        yield from facts_by_worker(session, company_id, chunk, from_on, to_on).values()
