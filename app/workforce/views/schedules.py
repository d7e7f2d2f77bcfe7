"""A company's timetable: the days ahead, hours of shifts, holidays."""

from datetime import date, timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.forms import typed
from app.accounts.rules import Permission
from app.extensions import db
from app.kernel.refusals import NotFound, Refusal
from app.web.access import access, current_actor
from app.web.present import today
from app.web.sentences import sentence
from app.web.transaction import transact
from app.workforce.actions import timetables
from app.workforce.forms.schedules import (
    HolidayForm,
    HoursForm,
    HoursTable,
    hours_shown,
    read_hours,
)
from app.workforce.queries.schedules import get_hours, list_shifts_run
from app.workforce.queries.timetables import (
    forecast_company,
    list_ids_in_unit,
    list_named_holidays,
)
from app.workforce.queries.units import Unit, list_units
from app.workforce.rules.shifts import ShiftCode
from app.workforce.views.company_asked import company_asked, frame_of

schedule_pages = Blueprint("schedule", __name__, url_prefix="/settings/schedule")
DAYS_SHOWN = 14
DUTIES_STAND_DAYS = 2  # further ahead nothing is planned yet that would have to follow
CHUNK = 200


def follow_change(company_id: int, worker_ids: list[str], from_on: date) -> None:
    """Let duties follow a changed timetable, some hundred people at a time."""
    now = current_app.extensions["clock"].now()
    if from_on > today() + timedelta(days=DUTIES_STAND_DAYS):
        return
    for start in range(0, len(worker_ids), CHUNK):
        chunk = worker_ids[start : start + CHUNK]

        def work(session: Session, chunk: list[str] = chunk) -> None:
            timetables.tell_work_changed(session, company_id, chunk, from_on, now=now)

        transact(work)


@schedule_pages.get("")
@access(Permission.MANAGE_WORKERS)
def show_schedule() -> ResponseReturnValue:
    company = company_asked()
    units = list_units(db.session(), [company.path])
    wanted = request.args.get("unit", "")
    unit = next((each for each in units if str(each.id) == wanted), company)
    days = forecast_company(db.session(), company.id, unit.path, today(), DAYS_SHOWN)
    held = {shift for day in days for shift, count in day.by_shift.items() if count}
    run = list_shifts_run(db.session(), company.id)
    return render_template(
        "workforce/show_schedule.html",
        **frame_of(company),
        unit=unit,
        units=units,
        days=days,
        shifts=[shift for shift in ShiftCode if shift in held or (shift in run and not held)],
        hours=get_hours(db.session(), company.id),
        holidays={
            row.on: row.name for row in list_named_holidays(db.session(), company.id, today())
        },
    )


@schedule_pages.get("/hours")
@access(Permission.MANAGE_WORKERS)
def show_hours() -> ResponseReturnValue:
    company = company_asked()
    return _hours_page(company, HoursForm(formdata=None, from_on=today()), None)


def _hours_page(
    company: Unit, form: HoursForm, table: HoursTable | None, status: int = 200
) -> ResponseReturnValue:
    book = get_hours(db.session(), company.id)
    run = list_shifts_run(db.session(), company.id)
    newest = hours_shown({shift: book.at(shift, date.max) for shift in run})
    page = render_template(
        "workforce/show_hours.html",
        **frame_of(company),
        form=form,
        shifts=list(ShiftCode),
        typed=table.typed if table else newest,
        errors=table.errors if table else {},
        versions=[
            (shift, version.from_on, version.hours)
            for shift in run
            for version in sorted(book.versions[shift], key=lambda each: each.from_on)
        ],
    )
    return page, status


@schedule_pages.post("/hours")
@access(Permission.MANAGE_WORKERS)
def change_hours() -> ResponseReturnValue:
    company, form, table = company_asked(), HoursForm(), read_hours(request.form)
    is_form_right = form.validate()
    from_on = form.from_on.data
    if from_on is not None and from_on < today():
        form.from_on.errors = [_("Chọn hôm nay hoặc một ngày tới")]
        is_form_right = False
    if not is_form_right or table.errors or from_on is None:
        return _hours_page(company, form, table, 422)
    book, run = get_hours(db.session(), company.id), list_shifts_run(db.session(), company.id)
    changed = {
        shift: hours
        for shift, hours in table.hours.items()
        if shift not in run or book.at(shift, from_on) != hours
    }
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session) -> None:
        timetables.change_hours(session, company.id, changed, from_on=from_on, actor=actor, now=now)

    transact(work)
    flash(_("Đã lưu giờ ca") if changed else _("Không có giờ nào thay đổi"))
    return redirect(url_for("schedule.show_hours", **frame_of(company)["kept"]))


@schedule_pages.get("/holidays")
@access(Permission.MANAGE_WORKERS)
def show_holidays() -> ResponseReturnValue:
    return _holidays_page(company_asked(), HolidayForm(formdata=None))


def _holidays_page(company: Unit, form: HolidayForm, status: int = 200) -> ResponseReturnValue:
    since = today() - timedelta(days=31)
    page = render_template(
        "workforce/show_holidays.html",
        **frame_of(company),
        form=form,
        holidays=list_named_holidays(db.session(), company.id, since),
    )
    return page, status


@schedule_pages.post("/holidays")
@access(Permission.MANAGE_WORKERS)
def add_holiday() -> ResponseReturnValue:
    company, form = company_asked(), HolidayForm()
    if form.on.data is not None and form.on.data < today():
        form.validate()
        form.on.errors = [_("Chọn hôm nay hoặc một ngày tới")]
        return _holidays_page(company, form, 422)
    if not form.validate() or form.on.data is None:
        return _holidays_page(company, form, 422)
    actor, now = current_actor(), current_app.extensions["clock"].now()
    on, name = form.on.data, typed(form.name)

    def work(session: Session) -> None:
        timetables.mark_holiday(session, company.id, on, name, actor=actor, now=now)

    try:
        transact(work)
    except Refusal as refusal:
        form.on.errors = [sentence(refusal.code, refusal.params)]
        return _holidays_page(company, form, refusal.status)
    follow_change(company.id, list(list_ids_in_unit(db.session(), company.path)), on)
    flash(_("Đã thêm ngày nghỉ lễ"))
    return redirect(url_for("schedule.show_holidays", **frame_of(company)["kept"]))


@schedule_pages.post("/holidays/<int:holiday_id>/remove")
@access(Permission.MANAGE_WORKERS)
def remove_holiday(holiday_id: int) -> ResponseReturnValue:
    company = company_asked()
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session) -> date | None:
        return timetables.remove_holiday(session, company.id, holiday_id, actor=actor, now=now)

    on = transact(work)
    if on is None:
        raise NotFound
    follow_change(company.id, list(list_ids_in_unit(db.session(), company.path)), on)
    flash(_("Đã bỏ ngày nghỉ lễ"))
    return redirect(url_for("schedule.show_holidays", **frame_of(company)["kept"]))
