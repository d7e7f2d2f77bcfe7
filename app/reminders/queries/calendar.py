"""A company's days as reminders see them: holidays, buses that leave, days that differ."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.reminders.models import ReminderOneDay
from app.reminders.rules import Occurrence
from app.reminders.rules.calendar import (
    Calendar,
    Departures,
    Deviation,
    OneDay,
    departures_of,
)
from app.workforce.models import WorkGroup
from app.workforce.queries.schedules import get_hours, list_holidays
from app.workforce.rules.groups import GroupKind
from app.workforce.rules.shifts import ShiftCode, shift_window

# A shift, an offset and a move lie at most between a start date and the moment that comes.
AROUND = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class OneDayRow:
    """A day that differs, with who said so."""

    one_day: OneDay
    schedule_id: str
    made_at: datetime
    made_by: str


def get_calendar(session: Session, company_id: int, from_on: date, to_on: date) -> Calendar:
    """A company's days around those from one date to another."""
    first, last = from_on - AROUND, to_on + AROUND
    one_days: dict[str, list[OneDay]] = defaultdict(list)
    for row in _standing(session, company_id, first, last):
        one_days[row.schedule_id].append(_as_rule(row))
    return Calendar(
        list_holidays(session, company_id, first, last),
        get_departures(session, company_id),
        {schedule_id: tuple(found) for schedule_id, found in one_days.items()},
    )


def _standing(
    session: Session, company_id: int, from_on: date, to_on: date
) -> Sequence[ReminderOneDay]:
    return session.scalars(
        select(ReminderOneDay)
        .where(ReminderOneDay.company_id == company_id, ReminderOneDay.undone_at.is_(None))
        .where(ReminderOneDay.on.between(from_on, to_on))
        .order_by(ReminderOneDay.on, ReminderOneDay.id)
    ).all()


def _as_rule(row: ReminderOneDay) -> OneDay:
    shift = ShiftCode(row.shift) if row.shift else None
    return OneDay(row.id, row.on, shift, Deviation(row.kind), row.due_at)


def list_one_days(session: Session, company_id: int, from_on: date) -> Sequence[OneDayRow]:
    """The days that differ from a day on, that were not undone, earliest first."""
    return [
        OneDayRow(_as_rule(row), row.schedule_id, row.made_at, row.made_by)
        for row in _standing(session, company_id, from_on, date.max)
    ]


def find_one_day(
    session: Session, schedule_id: str, on: date, shift: ShiftCode | None
) -> OneDay | None:
    """How a schedule differs on a shift of a day, if it does."""
    row = session.scalar(
        select(ReminderOneDay).where(
            ReminderOneDay.schedule_id == schedule_id,
            ReminderOneDay.on == on,
            ReminderOneDay.shift == (shift or ""),
            ReminderOneDay.undone_at.is_(None),
        )
    )
    return _as_rule(row) if row else None


def get_departures(session: Session, company_id: int) -> Departures:
    """When each bus of a company leaves for work; empty for one whose times nobody wrote down."""
    rows = session.execute(
        select(WorkGroup.id, WorkGroup.departures).where(
            WorkGroup.company_id == company_id,
            WorkGroup.kind == GroupKind.BUS,
            WorkGroup.closed_on.is_(None),
        )
    ).all()
    return {
        group_id: tuple(time.fromisoformat(each) for each in departures)
        for group_id, departures in rows
    }


def buses_of(
    session: Session, company_id: int, occurrence: Occurrence, zone: ZoneInfo
) -> frozenset[str]:
    """The bus groups that an occurrence tied to departures is for."""
    if occurrence.shift is None:
        return frozenset()
    hours = get_hours(session, company_id).at(occurrence.shift, occurrence.on)
    starts_at = shift_window(hours, occurrence.on, zone).starts_at
    departures = get_departures(session, company_id)
    return departures_of(departures, starts_at, zone).get(occurrence.part, frozenset())
