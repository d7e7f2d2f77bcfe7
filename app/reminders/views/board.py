"""The page of reminders: the week, what ran today, and beside them the editor."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import current_app, render_template, request
from flask_babel import gettext as _

from app.extensions import db
from app.kernel.clock import local_day
from app.reminders.forms import ScheduleForm
from app.reminders.queries.groups import list_groups
from app.reminders.queries.outlook import Outlook, days_ahead, list_next, look_ahead
from app.reminders.queries.ran import list_ran
from app.reminders.queries.schedules import ScheduleRow, list_schedules, list_shifts_worked
from app.reminders.queries.texts import built_ins
from app.reminders.rules import Schedule
from app.reminders.rules.planning import template_of
from app.reminders.rules.timetable import monday_of, timetable
from app.reminders.views.place import Place
from app.reminders.views.words import REASONS
from app.web.access import current_actor
from app.web.filters import span
from app.web.language import current_language
from app.workforce.queries.schedules import get_hours
from app.workforce.queries.workers import find_worker_by_badge, get_worker
from app.workforce.rules.shifts import ShiftHours

if TYPE_CHECKING:
    from app.workforce.models import Worker

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Editor:
    """The schedule being written; `row` is what is stored of it."""

    form: ScheduleForm
    row: ScheduleRow | None
    outlook: Outlook | None
    same_text: tuple[str, ...] = ()


def clock_now() -> datetime:
    """The present moment of the node."""
    now: datetime = current_app.extensions["clock"].now()
    return now


def zone() -> ZoneInfo:
    """The park's time zone."""
    found: ZoneInfo = current_app.config["SETTINGS"].timezone
    return found


def show_board(
    place: Place, editor: Editor | None, *, problem: str | None = None, status: int = 200
) -> tuple[str, int]:
    """The page around an editor."""
    now, company = clock_now(), place.company
    today = local_day(now, zone())
    monday = monday_of(_week_asked(today))
    rows = list_schedules(db.session(), company.id)
    hours = get_hours(db.session(), company.id)
    shifts = list_shifts_worked(db.session(), company.id)
    begins = datetime.combine(today, time(), tzinfo=zone())
    page = render_template(
        "reminders/show_reminders.html",
        company=company,
        companies=place.companies,
        kept=place.kept,
        days=[monday + timedelta(days=day) for day in range(7)],
        today=today,
        week_before=(monday - WEEK).isoformat(),
        week_after=(monday + WEEK).isoformat(),
        this_week=monday == monday_of(today),
        bands=timetable([row.schedule for row in rows], hours, shifts, monday, zone()),
        hours={shift: _hours(hours.at(shift, monday)) for shift in [*shifts, *_named(rows)]},
        names={row.schedule.id: _name(row) for row in rows},
        running=sum(row.schedule.active for row in rows),
        paused=sum(not row.schedule.active for row in rows),
        ran=list_ran(db.session(), company.id, begins, begins + timedelta(days=1)),
        reasons=REASONS,
        editor=editor,
        problem=problem,
        built_ins=built_ins().values(),
    )
    return page, status


def _hours(hours: ShiftHours) -> str:
    """06–14, or with minutes where there are any."""
    whole = not (hours.starts.minute or hours.ends.minute)
    return f"{hours.starts:%H}–{hours.ends:%H}" if whole else span(hours)


def _name(row: ScheduleRow) -> str:
    return row.name_en if current_language() == "en" and row.name_en else row.schedule.name


def _named(rows: Any) -> list[Any]:
    return [shift for row in rows for shift in row.schedule.shifts]


def _week_asked(today: date) -> date:
    try:
        return date.fromisoformat(request.args.get("week", ""))
    except ValueError:
        return today


def edit(place: Place, row: ScheduleRow) -> Editor:
    """The editor of a stored schedule."""
    form = new_form(place)
    form.show(row)
    return looked_ahead(place, form, row, row.schedule)


def next_due(place: Place) -> ScheduleRow | None:
    """The schedule that comes next, or any, to open the page with."""
    rows = list_schedules(db.session(), place.company.id)
    coming, days = [], days_ahead(db.session(), place.company.id, clock_now(), zone())
    for row in rows:
        found = list_next(days, row.schedule, 1, clock_now(), zone())
        if found and row.schedule.active:
            coming.append((found[0].due_at, row.schedule.id, row))
    return min(coming)[2] if coming else next(iter(rows), None)


def new_form(place: Place, **values: Any) -> ScheduleForm:
    """A form that offers the company's groups."""
    form = ScheduleForm(**values)
    form.offer(list_groups(db.session(), place.company.id))
    return form


def looked_ahead(
    place: Place, form: ScheduleForm, row: ScheduleRow | None, schedule: Schedule
) -> Editor:
    """The editor with what the schedule, stored or only typed, will do next."""
    texts = form.wording().texts
    outlook = look_ahead(
        db.session(),
        place.company.id,
        schedule,
        texts,
        _person_asked(place, form),
        now=clock_now(),
        zone=zone(),
    )
    return Editor(form, row, outlook, _same_text(place, schedule, texts))


def _person_asked(place: Place, form: ScheduleForm) -> "Worker | None":
    badge = (form.badge.data or "").strip()
    if not badge:
        return None
    grants = current_actor().grants
    found = find_worker_by_badge(db.session(), badge, place.company.code, grants)
    if found is None:
        form.badge.errors = [_("Không có ai mang mã này")]
        return None
    return get_worker(db.session(), found)


def _same_text(place: Place, schedule: Schedule, texts: dict[str, str]) -> tuple[str, ...]:
    """Names of other running schedules that say the same: each person gets it once a shift."""
    known = {name: each.texts for name, each in built_ins().items()}
    template = template_of(texts, known)
    return tuple(
        row.schedule.name
        for row in list_schedules(db.session(), place.company.id)
        if row.schedule.active
        and row.schedule.id != schedule.id
        and row.schedule.template == template
        and (
            not row.schedule.shifts or not schedule.shifts or row.schedule.shifts & schedule.shifts
        )
    )
