"""Schedules on the page of reminders: write, change, try, pause, copy, remove, take back."""

from collections.abc import Callable

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.accounts.rules import Permission
from app.extensions import db
from app.kernel.refusals import NotFound, Refusal
from app.reminders.actions.schedules import (
    add_default_schedules,
    copy_schedule,
    save_schedule,
    set_removed,
    set_running,
)
from app.reminders.forms import ScheduleForm
from app.reminders.queries.schedules import ScheduleRow, find_schedule, find_schedule_path
from app.reminders.queries.texts import built_ins
from app.reminders.rules import Anchor, Schedule
from app.reminders.rules.planning import ChangedMeanwhile
from app.reminders.views.board import show_board
from app.reminders.views.clock import clock_now
from app.reminders.views.editing import Editor, edit, looked_ahead, new_form, next_due
from app.reminders.views.place import Place, place_asked, place_of
from app.web.access import access, current_actor, locates
from app.web.sentences import sentence
from app.web.transaction import transact

reminder_pages = Blueprint("reminders", __name__, url_prefix="/reminders")
locates("schedule_id")(find_schedule_path)


@reminder_pages.get("")
@access(Permission.MANAGE_REMINDERS)
def show_reminders() -> ResponseReturnValue:
    place = place_asked()
    row = next_due(place)
    return show_board(place, edit(place, row) if row else None)


@reminder_pages.post("/defaults")
@access(Permission.MANAGE_REMINDERS)
def use_defaults() -> ResponseReturnValue:
    place = place_asked()
    company_id, actor, now = place.company.id, current_actor(), clock_now()
    settings = current_app.config["SETTINGS"]

    def work(session: Session) -> int:
        return add_default_schedules(session, company_id, settings=settings, actor=actor, now=now)

    kept, added = place.kept, transact(work)
    flash(ngettext("Đã thêm %(num)s lời nhắc.", "Đã thêm %(num)s lời nhắc.", added))
    return redirect(url_for("reminders.show_reminders", **kept))


@reminder_pages.route("/new", methods=["GET", "POST"])
@access(Permission.MANAGE_REMINDERS)
def create_schedule() -> ResponseReturnValue:
    place = place_asked()
    if request.method == "POST":
        return _take(place, None)
    built_in = built_ins().get(request.args.get("template", ""))
    form = new_form(place)
    if built_in is None:
        return show_board(place, Editor(form, None, None))
    template = built_in.template
    values = {
        "name": built_in.name_vi,
        "name_en": built_in.name_en,
        "text": template.vi,
        "text_en": template.en,
        "anchor": template.anchor.value,
        "minutes": abs(template.offset_minutes),
        "direction": "before" if template.offset_minutes < 0 else "after",
        "clock_time": template.clock_time,
        "audience": template.audience.value,
        "only_unanswered": template.only_unanswered,
        "on_holidays": template.anchor is Anchor.CLOCK,
    }
    for name, value in values.items():
        form[name].data = value
    return show_board(place, looked_ahead(place, form, None, form.schedule("")))


@reminder_pages.route("/<schedule_id>", methods=["GET", "POST"])
@access(Permission.MANAGE_REMINDERS, of="schedule_id")
def edit_schedule(schedule_id: str) -> ResponseReturnValue:
    row = held(schedule_id)
    place = place_of(row.company_id)
    if request.method == "POST":
        return _take(place, row)
    return show_board(place, edit(place, row))


def held(schedule_id: str) -> ScheduleRow:
    """The schedule of that id, while it stands on the timetable."""
    row = find_schedule(db.session(), schedule_id)
    if row is None:
        raise NotFound
    return row


def _take(place: Place, row: ScheduleRow | None) -> ResponseReturnValue:
    """Save what was typed, or only show what it would do."""
    form = new_form(place)
    if not form.validate():
        return show_board(place, Editor(form, row, None), status=422)
    try:
        schedule = form.schedule(row.schedule.id if row else "")
        if request.form.get("do") == "preview":
            return show_board(place, looked_ahead(place, form, row, schedule))
        schedule_id = _save(place, form, schedule, row)
    except ChangedMeanwhile as refusal:
        return _beside(place, form, refusal)
    except Refusal as refusal:
        problem = sentence(refusal.code, refusal.params)
        place = place_of(place.company.id)
        return show_board(place, Editor(form, row, None), problem=problem, status=refusal.status)
    flash(_("Đã lưu lời nhắc."))
    return redirect(url_for("reminders.edit_schedule", schedule_id=schedule_id, saved=1))


def _beside(place: Place, form: ScheduleForm, refusal: Refusal) -> ResponseReturnValue:
    """What was typed stays, beside what somebody else saved; saving again chooses it."""
    row = held(str((request.view_args or {})["schedule_id"]))
    form.version.data = str(row.version)
    editor = Editor(form, row, None, differences=form.differences(row))
    problem = sentence(refusal.code, refusal.params)
    place = place_of(place.company.id)
    return show_board(place, editor, problem=problem, status=refusal.status)


def _save(place: Place, form: ScheduleForm, schedule: Schedule, row: ScheduleRow | None) -> str:
    company_id, wording = place.company.id, form.wording()
    settings, actor, now = current_app.config["SETTINGS"], current_actor(), clock_now()
    seen = form.version.data or ""
    version = (int(seen) if seen.isdecimal() else -1) if row else None

    def work(session: Session) -> str:
        return save_schedule(
            session,
            company_id,
            schedule,
            wording,
            version=version,
            settings=settings,
            actor=actor,
            now=now,
        )

    return transact(work)


@reminder_pages.post("/<schedule_id>/pause")
@access(Permission.MANAGE_REMINDERS, of="schedule_id")
def pause_schedule(schedule_id: str) -> ResponseReturnValue:
    return _set_running(schedule_id, active=False, told=_("Đã tạm dừng lời nhắc."))


@reminder_pages.post("/<schedule_id>/resume")
@access(Permission.MANAGE_REMINDERS, of="schedule_id")
def resume_schedule(schedule_id: str) -> ResponseReturnValue:
    return _set_running(schedule_id, active=True, told=_("Lời nhắc chạy lại từ bây giờ."))


def _set_running(schedule_id: str, *, active: bool, told: str) -> ResponseReturnValue:
    settings, actor, now = current_app.config["SETTINGS"], current_actor(), clock_now()

    def work(session: Session) -> None:
        set_running(session, schedule_id, active=active, settings=settings, actor=actor, now=now)

    return _do(schedule_id, work, told)


def _do(schedule_id: str, work: Callable[[Session], None], told: str) -> ResponseReturnValue:
    try:
        transact(work)
    except NotFound:
        raise
    except Refusal as refusal:
        row = held(schedule_id)
        place = place_of(row.company_id)
        problem = sentence(refusal.code, refusal.params)
        return show_board(place, edit(place, row), problem=problem, status=refusal.status)
    flash(told)
    return redirect(url_for("reminders.edit_schedule", schedule_id=schedule_id))


@reminder_pages.post("/<schedule_id>/copy")
@access(Permission.MANAGE_REMINDERS, of="schedule_id")
def make_copy(schedule_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), clock_now()
    name = _("%(name)s (bản sao)", name=held(schedule_id).schedule.name)

    def work(session: Session) -> str:
        return copy_schedule(session, schedule_id, name, actor=actor, now=now)

    copied = transact(work)
    flash(_("Đã chép thành lời nhắc mới, đang tạm dừng."))
    return redirect(url_for("reminders.edit_schedule", schedule_id=copied))


@reminder_pages.post("/<schedule_id>/remove")
@access(Permission.MANAGE_REMINDERS, of="schedule_id")
def remove_schedule(schedule_id: str) -> ResponseReturnValue:
    row = held(schedule_id)
    kept = place_of(row.company_id).kept
    _set_removed(schedule_id, removed=True)
    undo = url_for("reminders.restore_schedule", schedule_id=schedule_id)
    told = _("Đã xoá “%(name)s”.", name=row.schedule.name)
    flash({"text": told, "undo_url": undo})  # type: ignore[arg-type]
    return redirect(url_for("reminders.show_reminders", **kept))


@reminder_pages.post("/<schedule_id>/restore")
@access(Permission.MANAGE_REMINDERS, of="schedule_id")
def restore_schedule(schedule_id: str) -> ResponseReturnValue:
    _set_removed(schedule_id, removed=False)
    return redirect(url_for("reminders.edit_schedule", schedule_id=schedule_id))


def _set_removed(schedule_id: str, *, removed: bool) -> None:
    actor, now = current_actor(), clock_now()

    def work(session: Session) -> None:
        set_removed(session, schedule_id, removed=removed, actor=actor, now=now)

    transact(work)
