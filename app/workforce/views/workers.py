"""The list of workers, and adding or changing one by hand."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.forms import typed
from app.accounts.queries.branches import get_branch
from app.accounts.rules import Permission, PinState, branches_for
from app.extensions import db
from app.kernel.refusals import NotFound, Refusal
from app.web.access import access, current_actor, locates
from app.web.pagination import page_from_args
from app.web.present import today
from app.web.sentences import sentence
from app.web.tables import table_from_args
from app.web.transaction import transact
from app.workforce.actions import people
from app.workforce.actions.people import Particulars, set_groups
from app.workforce.actions.schedules import assign_pattern
from app.workforce.actions.timetables import tell_work_changed
from app.workforce.forms.workers import WorkerForm, choose_patterns, choose_units
from app.workforce.queries.timetables import list_patterns
from app.workforce.queries.units import Unit, list_unit_group_ids, list_units
from app.workforce.queries.workers import (
    WorkerRecord,
    find_path,
    find_record,
    get_worker,
    list_workers,
)
from app.workforce.rules.groups import BadgeTaken, GroupKind

workers_pages = Blueprint("workers", __name__, url_prefix="/workers")
locates("worker_id")(find_path)
UNIT_KINDS = (GroupKind.LINE, GroupKind.TEAM)


@workers_pages.get("")
@access(Permission.SEE_WORKERS)
def list_people() -> ResponseReturnValue:
    reach = branches_for(current_actor(), Permission.SEE_WORKERS)
    units = list_units(db.session(), reach)
    table = table_from_args(
        request.args,
        sortable=("name", "badge", "unit", "left"),
        default="name",
        filters={
            "q": None,
            "unit": {str(unit.id) for unit in units},
            "pin": set(PinState),
            "left": {"1"},
        },
    )
    chosen = [unit.path for unit in units if str(unit.id) in table.values("unit")]
    asked = page_from_args(request.args)
    listed = list_workers(
        db.session(),
        chosen or reach,
        wanted=table.value("q"),
        pin=PinState(table.value("pin")) if table.value("pin") else None,
        left=bool(table.value("left")),
        order=table.sort,
        descending=table.descending,
        limit=asked.limit,
        offset=asked.offset,
    )
    return render_template(
        "workforce/list_people.html",
        table=table,
        page=asked.page(listed.rows, listed.total),
        more=listed.more,
        unit_options=[(unit.id, unit.name) for unit in units],
        manages=bool(branches_for(current_actor(), Permission.MANAGE_WORKERS)),
    )


@workers_pages.route("/new", methods=["GET", "POST"])
@access(Permission.MANAGE_WORKERS)
def create_worker() -> ResponseReturnValue:
    reach = branches_for(current_actor(), Permission.MANAGE_WORKERS)
    units = list_units(db.session(), reach)
    if not units:
        raise NotFound
    form = WorkerForm()
    _offer(form, units, units[0].company_id)
    if not form.validate_on_submit():
        return _form_page(form, None, 422 if request.method == "POST" else 200)
    unit = next(unit for unit in units if unit.id == form.unit.data)
    try:
        worker_id = _add(form, unit)
    except BadgeTaken as refusal:
        return _refused_page(form, None, refusal)
    flash(_("Đã thêm %(name)s", name=typed(form.name)))
    return redirect(url_for("workers.show_worker", worker_id=worker_id))


def _offer(form: WorkerForm, units: list[Unit], company_id: int) -> None:
    form.today = today()
    choose_units(form.unit, units)
    patterns = list_patterns(db.session(), company_id, form.today)
    choose_patterns(form.pattern, patterns, none=_("Chưa xếp lịch"))


def _add(form: WorkerForm, unit: Unit) -> str:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    particulars, pattern_id, on = _particulars(form), form.pattern.data, form.today
    starts_on = max(particulars.joined_on or on, on)

    def work(session: Session) -> str:
        branch = get_branch(session, unit.id)
        worker_id = people.add_worker(session, branch, particulars, actor=actor, now=now)
        groups = list_unit_group_ids(session, unit.path)
        set_groups(session, worker_id, UNIT_KINDS, groups, on=starts_on, now=now)
        if pattern_id:
            assign_pattern(
                session,
                unit.company_id,
                [worker_id],
                pattern_id,
                from_on=starts_on,
                actor=actor,
                now=now,
            )
        return worker_id

    return transact(work)


def _particulars(form: WorkerForm) -> Particulars:
    born_on = form.born_on.data
    return Particulars(
        badge=typed(form.badge),
        name=typed(form.name),
        born_on=born_on,
        birth_year=born_on.year if born_on else None,
        sex=form.sex.data or None,
        phone=form.phone.data or None,
        id_number=form.id_number.data or None,
        position=typed(form.position) or None,
        joined_on=form.joined_on.data,
    )


@workers_pages.route("/<worker_id>/edit", methods=["GET", "POST"])
@access(Permission.MANAGE_WORKERS, of="worker_id")
def change_worker(worker_id: str) -> ResponseReturnValue:
    record = get_record(worker_id)
    kept = record.worker
    values: dict[str, Any] = {
        name: getattr(kept, name)
        for name in ("name", "badge", "born_on", "phone", "id_number", "position", "joined_on")
    }
    form = WorkerForm(data={**values, "sex": kept.sex or ""})
    del form.unit, form.pattern
    form.today = today()
    if not form.validate_on_submit():
        return _form_page(form, record, 422 if request.method == "POST" else 200)
    actor, now = current_actor(), current_app.extensions["clock"].now()
    particulars = _particulars(form)

    def work(session: Session) -> None:
        worker = get_worker(session, worker_id)
        starts_anew = worker.joined_on != particulars.joined_on
        people.change_worker(session, worker, particulars, actor=actor, now=now)
        if starts_anew:
            tell_work_changed(session, worker.company_id, [worker_id], form.today, now=now)

    try:
        transact(work)
    except BadgeTaken as refusal:
        return _refused_page(form, record, refusal)
    flash(_("Đã lưu hồ sơ"))
    return redirect(url_for("workers.show_worker", worker_id=worker_id))


def _form_page(form: WorkerForm, record: WorkerRecord | None, status: int) -> ResponseReturnValue:
    return render_template("workforce/edit_worker.html", form=form, record=record), status


def _refused_page(
    form: WorkerForm, record: WorkerRecord | None, refusal: Refusal
) -> ResponseReturnValue:
    form.badge.errors = [sentence(refusal.code, refusal.params)]
    return _form_page(form, record, refusal.status)


def get_record(worker_id: str) -> WorkerRecord:
    """The record of a worker whom the guard let the visitor reach."""
    record = find_record(db.session(), worker_id)
    if record is None:
        raise NotFound
    return record
