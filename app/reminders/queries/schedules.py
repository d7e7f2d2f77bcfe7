"""Schedules as stored and as the rules take them, and what of them comes due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.checkins.models import ShiftCount
from app.kernel.clock import local_day
from app.reminders.models import ReminderLook, ReminderOccurrence, ReminderSchedule
from app.reminders.queries.calendar import get_calendar
from app.reminders.rules import Anchor, Audience, Occurrence, Schedule, occurrences
from app.reminders.rules.planning import STILL_SAVED, WAITS_FOR_A_LIST, OccurrenceState
from app.workforce.models import WorkPattern
from app.workforce.queries.schedules import get_hours, list_shifts_run
from app.workforce.queries.under_way import list_companies_under_way
from app.workforce.rules.shifts import ShiftCode

ONLY_LOOK = 1


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """A schedule with what the pages show of it."""

    schedule: Schedule
    company_id: int
    name_en: str
    texts: Mapping[str, str]
    version: int
    updated_at: datetime
    updated_by: str
    carried_from: str = ""
    left_behind: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DueOccurrence:
    """A schedule of a company comes due."""

    company_id: int
    occurrence: Occurrence


def as_rule(row: ReminderSchedule) -> Schedule:
    """A stored schedule as the rules take it."""
    return Schedule(
        id=row.id,
        name=row.name,
        template=row.template,
        anchor=Anchor(row.anchor),
        offset_minutes=row.offset_minutes,
        clock_time=time.fromisoformat(row.clock_time) if row.clock_time else None,
        weekdays=frozenset(row.weekdays),
        shifts=frozenset(ShiftCode(code) for code in row.shifts),
        group_ids=frozenset(row.group_ids),
        only_unanswered=row.only_unanswered,
        audience=Audience(row.audience),
        from_on=row.from_on,
        to_on=row.to_on,
        active=row.active and row.removed_at is None,
        branch_ids=frozenset(row.branch_ids),
        on_holidays=row.on_holidays,
        language=row.language,
    )


def find_schedule(session: Session, schedule_id: str) -> ScheduleRow | None:
    """A schedule that was not removed."""
    row = session.get(ReminderSchedule, schedule_id)
    return None if row is None or row.removed_at is not None else _shown(row)


def list_schedules(session: Session, company_id: int) -> Sequence[ScheduleRow]:
    """A company's schedules that were not removed, by name."""
    rows = session.scalars(
        select(ReminderSchedule)
        .where(ReminderSchedule.company_id == company_id, ReminderSchedule.removed_at.is_(None))
        .order_by(ReminderSchedule.name, ReminderSchedule.id)
    ).all()
    return [_shown(row) for row in rows]


def _shown(row: ReminderSchedule) -> ScheduleRow:
    return ScheduleRow(
        as_rule(row),
        row.company_id,
        row.name_en,
        row.texts,
        row.version,
        row.updated_at,
        row.updated_by,
        row.carried_from,
        tuple(row.left_behind),
    )


def find_schedule_path(session: Session, schedule_id: str) -> str | None:
    """The branch path of the company a schedule belongs to, also once it was removed."""
    return session.scalar(
        select(Branch.path)
        .join(ReminderSchedule, ReminderSchedule.company_id == Branch.id)
        .where(ReminderSchedule.id == schedule_id)
    )


def find_looked_at(session: Session) -> datetime | None:
    """Up to when (excluded) the clock has been looked at."""
    return session.scalar(select(ReminderLook.looked_at).where(ReminderLook.id == ONLY_LOOK))


def list_due(
    session: Session, from_at: datetime, to_at: datetime, zone: ZoneInfo
) -> Sequence[DueOccurrence]:
    """What comes due in every company from one moment, included, to another, excluded."""
    rows = session.scalars(
        select(ReminderSchedule).where(
            ReminderSchedule.active.is_(True), ReminderSchedule.removed_at.is_(None)
        )
    ).all()
    found: list[DueOccurrence] = []
    first, last = local_day(from_at, zone), local_day(to_at, zone)
    for company_id in sorted({row.company_id for row in rows}):
        hours, worked = get_hours(session, company_id), _Worked(session, company_id)
        calendar = get_calendar(session, company_id, first, last)
        found += [
            DueOccurrence(company_id, each)
            for row in rows
            if row.company_id == company_id
            for each in occurrences(as_rule(row), hours, from_at, to_at, zone, calendar)
            if each.shift is None or each.shift in worked.on(each.on)
        ]
    return sorted(found, key=lambda due: (due.occurrence.due_at, due.occurrence.schedule_id))


class _Worked:
    """The shifts of a company on which somebody is expected; where nobody knows, all it runs."""

    def __init__(self, session: Session, company_id: int) -> None:
        self.session, self.company_id = session, company_id
        self.known: dict[date, frozenset[str]] = {}

    def on(self, day: date) -> frozenset[str]:
        if day not in self.known:
            expected = self.session.execute(
                select(ShiftCount.shift, ShiftCount.expected).where(
                    ShiftCount.branch_id == self.company_id, ShiftCount.shift_on == day
                )
            ).all()
            self.known[day] = (
                frozenset(shift for shift, people in expected if people)
                if expected
                else frozenset(list_shifts_worked(self.session, self.company_id))
            )
        return self.known[day]


def list_shifts_worked(session: Session, company_id: int) -> tuple[ShiftCode, ...]:
    """The shifts in a company's patterns; without any, those whose hours it has set."""
    cycles = session.scalars(
        select(WorkPattern.cycle).where(WorkPattern.company_id == company_id)
    ).all()
    used = {code for cycle in cycles for code in cycle}
    worked = tuple(shift for shift in ShiftCode if shift in used)
    return worked or list_shifts_run(session, company_id)


def list_unfinished(session: Session, now: datetime) -> Sequence[str]:
    """Occurrences whose people are not all written down yet, earliest first.

    Those of a company whose staff list is just being saved wait for it, so that a reminder does
    not go to half a list; a list that nobody goes on with holds nothing up.
    """
    held = list_companies_under_way(session, now - STILL_SAVED)
    return session.scalars(
        select(ReminderOccurrence.id)
        .where(ReminderOccurrence.finished_at.is_(None))
        .where(ReminderOccurrence.state == OccurrenceState.DUE)
        .where(
            or_(
                ReminderOccurrence.company_id.not_in(held),
                ReminderOccurrence.due_at < now - WAITS_FOR_A_LIST,
            )
        )
        .order_by(ReminderOccurrence.due_at, ReminderOccurrence.id)
    ).all()


def is_unplanned(session: Session, company_id: int, on: date) -> bool:
    """Whether nobody has planned who works in a company on a day."""
    found = select(ShiftCount.shift).where(
        ShiftCount.branch_id == company_id, ShiftCount.shift_on == on
    )
    return session.scalar(found.limit(1)) is None


def list_reminded_companies(session: Session) -> Sequence[int]:
    """Companies that have a schedule running."""
    return session.scalars(
        select(ReminderSchedule.company_id)
        .where(ReminderSchedule.active.is_(True), ReminderSchedule.removed_at.is_(None))
        .distinct()
        .order_by(ReminderSchedule.company_id)
    ).all()


def days_around(now: datetime, zone: ZoneInfo) -> tuple[date, date, date]:
    """Yesterday, today and tomorrow: the start dates of shifts that a reminder may speak of."""
    today = now.astimezone(zone).date()
    return today - timedelta(days=1), today, today + timedelta(days=1)
