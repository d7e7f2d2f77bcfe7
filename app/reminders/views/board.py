"""The page of reminders: the week, what ran today, and beside them the editor."""

from datetime import datetime, time, timedelta

from flask import render_template

from app.extensions import db
from app.kernel.clock import local_day
from app.reminders.forms import AUDIENCES, LONGEST_REMINDER
from app.reminders.queries.groups import list_groups
from app.reminders.queries.ran import list_ran
from app.reminders.queries.schedules import ScheduleRow, list_schedules
from app.reminders.queries.texts import built_ins, source_of_texts
from app.reminders.rules.timetable import Wanted, monday_of
from app.reminders.views.clock import clock_now, zone
from app.reminders.views.editing import Editor, units_of
from app.reminders.views.place import Place
from app.reminders.views.week import filter_state, wanted, week_of
from app.reminders.views.words import REASONS
from app.web.language import current_language


def show_board(
    place: Place, editor: Editor | None, *, problem: str | None = None, status: int = 200
) -> tuple[str, int]:
    """The page around an editor."""
    now, company = clock_now(), place.company
    today = local_day(now, zone())
    rows = list_schedules(db.session(), company.id)
    groups, units = list_groups(db.session(), company.id), units_of(place)
    asked = wanted(groups, units)
    week = week_of(company.id, rows, asked, units, today)
    begins = datetime.combine(today, time(), tzinfo=zone())
    ran = list_ran(db.session(), company.id, begins, begins + timedelta(days=1))
    page = render_template(
        "reminders/show_reminders.html",
        company=company,
        companies=place.companies,
        kept=place.kept,
        week=week,
        today=today,
        this_week=week.days[0] == monday_of(today),
        is_filtered=asked != Wanted(),
        filters=filter_state(),
        groups=groups,
        units=units,
        audiences=AUDIENCES,
        names={row.schedule.id: _name(row) for row in rows},
        has_schedules=bool(rows),
        running=sum(row.schedule.active for row in rows),
        paused=sum(not row.schedule.active for row in rows),
        ran=ran,
        going=[each for each in ran if each.waiting and each.message_id],
        now=now,
        reasons=REASONS,
        editor=editor,
        problem=problem,
        built_ins=built_ins().values(),
        text_source=source_of_texts(),
        most=LONGEST_REMINDER,
    )
    return page, status


def _name(row: ScheduleRow) -> str:
    return row.name_en if current_language() == "en" and row.name_en else row.schedule.name
