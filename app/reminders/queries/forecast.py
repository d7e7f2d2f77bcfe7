"""How many people a coming send goes to: by duties where planned, else by work patterns."""

from collections.abc import Collection
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.reminders.queries.audience import (
    aboard,
    by_duties,
    count_expected,
    employed,
    on_leave,
    with_groups,
)
from app.reminders.queries.calendar import buses_of
from app.reminders.queries.schedules import is_unplanned
from app.reminders.rules import Anchor, Occurrence, Schedule
from app.reminders.rules.calendar import Calendar
from app.workforce.models import PatternAssignment, Worker, WorkPattern
from app.workforce.rules.groups import GroupKind
from app.workforce.rules.shifts import Pattern, ShiftCode, scheduled_shift


def count_people(
    session: Session,
    company_id: int,
    schedule: Schedule,
    kinds: Collection[GroupKind],
    occurrence: Occurrence,
    calendar: Calendar,
    zone: ZoneInfo,
) -> int | None:
    """How many a send goes to as it looks now; None where nobody has planned that day."""
    on, shift = occurrence.on, occurrence.shift
    is_by_bus = schedule.anchor is Anchor.BUS_DEPARTURE
    buses = buses_of(session, company_id, occurrence, zone) if is_by_bus else None
    if not by_duties(schedule) or not is_unplanned(session, company_id, on):
        return count_expected(session, company_id, schedule, kinds, on, shift, buses)
    if on in calendar.holidays:
        return 0
    shifts = {shift} if shift else schedule.shifts or frozenset(ShiftCode)
    patterns = _patterns_on(session, company_id, on)
    if not patterns:
        return None
    working = [each for each, shift_then in patterns.items() if shift_then in shifts]
    chosen = employed(company_id, schedule, on).where(~on_leave(on), _follows(working, on))
    people = aboard(with_groups(chosen, kinds, on), buses, on).subquery()
    return session.scalar(select(func.count(people.c.id.distinct()))) or 0


def _patterns_on(session: Session, company_id: int, on: date) -> dict[str, ShiftCode | None]:
    """The shift that each pattern somebody follows on a day has then."""
    rows = session.execute(
        select(WorkPattern.id, WorkPattern.cycle, WorkPattern.anchor_on)
        .where(WorkPattern.company_id == company_id)
        .where(
            select(PatternAssignment.id)
            .where(PatternAssignment.pattern_id == WorkPattern.id, _covers(on))
            .exists()
        )
    ).all()
    return {
        pattern_id: scheduled_shift(
            Pattern(tuple(ShiftCode(code) if code else None for code in cycle), anchor_on), on
        )
        for pattern_id, cycle, anchor_on in rows
    }


def _follows(pattern_ids: Collection[str], on: date) -> ColumnElement[bool]:
    newest = (
        select(PatternAssignment.pattern_id)
        .where(PatternAssignment.worker_id == Worker.id, _covers(on))
        .order_by(PatternAssignment.from_on.desc())
        .limit(1)
        .correlate(Worker)
        .scalar_subquery()
    )
    return newest.in_(list(pattern_ids))


def _covers(on: date) -> ColumnElement[bool]:
    ends_later = or_(PatternAssignment.to_on.is_(None), PatternAssignment.to_on >= on)
    return (PatternAssignment.from_on <= on) & ends_later
