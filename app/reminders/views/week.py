"""The week that the page of reminders shows, and for whom it is looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import request

from app.extensions import db
from app.reminders.forms import AUDIENCES
from app.reminders.queries.calendar import get_calendar
from app.reminders.queries.groups import Group
from app.reminders.queries.schedules import ScheduleRow, list_shifts_worked
from app.reminders.rules import Audience
from app.reminders.rules.timetable import (
    WEEK,
    Band,
    DaySlot,
    Wanted,
    by_day,
    monday_of,
    timetable,
)
from app.reminders.views.clock import zone
from app.web.filters import span
from app.workforce.queries.schedules import get_hours
from app.workforce.queries.timetables import list_named_holidays
from app.workforce.queries.units import Unit
from app.workforce.rules.shifts import ShiftCode, ShiftHours

A_WEEK = timedelta(days=WEEK)
# No timetable is looked at from farther away.
FARTHEST = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Week:
    """A week of reminders as the page shows it; `holidays` by day with their names."""

    days: Sequence[date]
    bands: Sequence[Band]
    by_day: Sequence[Sequence[DaySlot]]
    hours: Mapping[ShiftCode, str]
    holidays: Mapping[date, str]
    shifts: Sequence[ShiftCode]

    @property
    def before(self) -> str:
        """The week before, as addresses say it."""
        return (self.days[0] - A_WEEK).isoformat()

    @property
    def after(self) -> str:
        """The week after, as addresses say it."""
        return (self.days[0] + A_WEEK).isoformat()


def week_of(
    company_id: int, rows: Sequence[ScheduleRow], asked: Wanted, units: Sequence[Unit], today: date
) -> Week:
    """The week that the address asks for, or this one."""
    session = db.session()
    monday = monday_of(_week_asked(today))
    days = [monday + timedelta(days=day) for day in range(WEEK)]
    hours, worked = get_hours(session, company_id), list_shifts_worked(session, company_id)
    calendar = get_calendar(session, company_id, days[0], days[-1])
    schedules = [row.schedule for row in rows]
    bands = timetable(schedules, hours, worked, monday, zone(), calendar, asked)
    named = {shift for each in schedules for shift in each.shifts}
    shifts = [shift for shift in ShiftCode if shift in {*worked, *named}]
    holidays = {each.on: each.name for each in list_named_holidays(session, company_id, monday)}
    return Week(
        days,
        bands,
        by_day(bands, zone()),
        {shift: _hours(hours.at(shift, monday)) for shift in shifts},
        holidays,
        shifts,
    )


def _hours(hours: ShiftHours) -> str:
    """06–14, or with minutes where there are any."""
    whole = not (hours.starts.minute or hours.ends.minute)
    return f"{hours.starts:%H}–{hours.ends:%H}" if whole else span(hours)


def _week_asked(today: date) -> date:
    try:
        asked = date.fromisoformat(request.args.get("week", ""))
    except ValueError:
        return today
    return asked if abs(asked - today) <= FARTHEST else today


def wanted(groups: Sequence[Group], units: Sequence[Unit]) -> Wanted:
    """For whom the address asks; what is not this company's is left out."""
    group_id, unit = request.args.get("group", ""), request.args.get("unit", "")
    shift, audience = request.args.get("shift", ""), request.args.get("audience", "")
    return Wanted(
        group_id if group_id in {group.id for group in groups} else "",
        _around(unit, units),
        ShiftCode(shift) if shift in set(ShiftCode) else None,
        Audience(audience) if audience in set(AUDIENCES) else None,
    )


def _around(asked: str, units: Sequence[Unit]) -> frozenset[int]:
    """A unit with all above and below it."""
    found = next((unit for unit in units if str(unit.id) == asked), None)
    if found is None:
        return frozenset()
    return frozenset(
        unit.id
        for unit in units
        if unit.path.startswith(found.path) or found.path.startswith(unit.path)
    )


def filter_state() -> dict[str, Any]:
    """What the filters of the page are set to."""
    return {name: request.args.get(name, "") for name in ("group", "unit", "shift", "audience")}
