"""The record of one worker, and what an officer does on it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.actions.tokens import revoke_token
from app.accounts.forms import typed
from app.accounts.queries.branches import get_branch
from app.accounts.queries.cards import list_cards_of
from app.accounts.queries.tokens import list_tokens
from app.accounts.rules import Permission, may
from app.audit.actions import record_act
from app.audit.rules import ID_NUMBER_SHOWN
from app.delivery.queries.addresses import list_addresses
from app.delivery.rules.roads import AddressKind
from app.extensions import db
from app.kernel.ids import new_id
from app.kernel.refusals import NotFound, Refusal
from app.web.access import access, current_actor
from app.web.filters import day
from app.web.present import today
from app.web.sentences import sentence
from app.web.transaction import transact
from app.workforce.actions import schedules
from app.workforce.actions.planned import change_work
from app.workforce.forms.workers import (
    EmailForm,
    EndWorkForm,
    FollowForm,
    LeaveForm,
    MoveForm,
    ReturnForm,
    RevokeCardForm,
    choose_patterns,
    choose_units,
)
from app.workforce.queries.duplicates import list_merges_of
from app.workforce.queries.planned import list_coming_of
from app.workforce.queries.schedules import facts_by_worker
from app.workforce.queries.timetables import (
    find_pattern,
    find_pattern_of,
    list_leaves_of,
    list_patterns,
)
from app.workforce.queries.units import find_unit, list_units
from app.workforce.queries.workers import WorkerRecord, get_worker, list_groups_of
from app.workforce.rules.expectation import planned_day
from app.workforce.rules.planned import ChangeKind
from app.workforce.views.workers import get_record, workers_pages

DAYS_SHOWN = 7
LEAVE_KEPT_DAYS = 30


@workers_pages.get("/<worker_id>")
@access(Permission.SEE_WORKERS, of="worker_id")
def show_worker(worker_id: str) -> ResponseReturnValue:
    return record_page(get_record(worker_id))


def record_page(
    record: WorkerRecord, forms: dict[str, Any] | None = None, status: int = 200, **more: Any
) -> ResponseReturnValue:
    """The page of one worker."""
    worker, on = record.worker, today()
    actor = current_actor()
    to_on = on + timedelta(days=DAYS_SHOWN - 1)
    facts = facts_by_worker(db.session(), worker.company_id, [worker.id], on, to_on)[worker.id]
    days = [planned_day(facts, on + timedelta(days=each)) for each in range(DAYS_SHOWN)]
    keeps_records = may(actor, Permission.MANAGE_WORKERS, record.unit_path)
    manages = keeps_records and worker.merged_into_id is None
    page = render_template(
        "workforce/show_worker.html",
        record=record,
        worker=worker,
        days=days,
        hours=facts.hours,
        today=on,
        groups=list_groups_of(db.session(), worker.id, on),
        follows=find_pattern_of(db.session(), worker.id, on),
        leaves=list_leaves_of(db.session(), worker.id, on - timedelta(days=LEAVE_KEPT_DAYS)),
        coming=list_coming_of(db.session(), worker.id),
        addresses=list_addresses(db.session(), worker.id),
        added=request.args.get("added", ""),
        cards=list_cards_of(db.session(), worker.id),
        card_key=new_id(current_app.extensions["clock"].now()),
        card_form=RevokeCardForm(formdata=None),
        tokens=list_tokens(db.session(), worker.id),
        manages=manages,
        keeps_records=keeps_records,
        merges=list_merges_of(db.session(), worker.id),
        issues_pins=may(actor, Permission.ISSUE_PINS, record.unit_path),
        sees_health=may(actor, Permission.SEE_HEALTH, record.unit_path),
        opens_cases=manages and may(actor, Permission.MANAGE_CASES, record.unit_path),
        now=current_app.extensions["clock"].now(),
        forms=_forms(record) | (forms or {}) if manages else {},
        **more,
    )
    return page, status


def _forms(record: WorkerRecord) -> dict[str, Any]:
    forms = {
        "leave": LeaveForm(formdata=None, prefix="leave-"),
        "move": MoveForm(formdata=None, prefix="move-", on=today()),
        "end": EndWorkForm(formdata=None, prefix="end-", last_on=today()),
        "back": ReturnForm(formdata=None, prefix="back-", on=today()),
        "follow": FollowForm(formdata=None, prefix="follow-", from_on=today()),
        "email": EmailForm(formdata=None, prefix="email-", address=_email_of(record)),
    }
    for form in forms.values():
        _offer(form, record)
    return forms


def _email_of(record: WorkerRecord) -> str:
    held = list_addresses(db.session(), record.worker.id)
    return next((each.address for each in held if each.kind is AddressKind.EMAIL), "")


def _offer(form: Any, record: WorkerRecord) -> None:
    form.today = today()
    if isinstance(form, MoveForm):
        company = get_branch(db.session(), record.worker.company_id)
        units = list_units(db.session(), [company.path])
        choose_units(form.unit, [u for u in units if u.id != record.worker.branch_id])
    if isinstance(form, FollowForm):
        patterns = list_patterns(db.session(), record.worker.company_id, today())
        choose_patterns(form.pattern, patterns)


def _posted(kind: type[Any], name: str, record: WorkerRecord) -> Any:
    form = kind(prefix=f"{name}-")
    _offer(form, record)
    return form


def _changed(
    record: WorkerRecord, name: str, form: Any, work: Callable[[Session], Any], said: str
) -> ResponseReturnValue:
    """Do it and go back to the record; a refusal is written at the form's first field."""
    try:
        transact(work)
    except Refusal as refusal:
        first = next(field for field in form if field.type != "CSRFTokenField")
        first.errors = [sentence(refusal.code, refusal.params)]
        return record_page(get_record(record.worker.id), {name: form}, refusal.status)
    flash(said)
    return to_record(record.worker.id)


def to_record(worker_id: str, **values: Any) -> ResponseReturnValue:
    """Back to the page of one worker."""
    return redirect(url_for("workers.show_worker", worker_id=worker_id, **values))


@workers_pages.post("/<worker_id>/id-number")
@access(Permission.MANAGE_WORKERS, of="worker_id")
def show_id_number(worker_id: str) -> ResponseReturnValue:
    record = get_record(worker_id)
    actor, now = current_actor(), current_app.extensions["clock"].now()
    company_id = record.worker.company_id

    def work(session: Session) -> None:
        record_act(
            session,
            ID_NUMBER_SHOWN,
            actor=actor,
            now=now,
            subject_id=worker_id,
            company_id=company_id,
        )

    transact(work)
    return record_page(get_record(worker_id), shows_id_number=True)


@workers_pages.post("/<worker_id>/leave")
@access(Permission.MANAGE_WORKERS, of="worker_id")
def add_leave(worker_id: str) -> ResponseReturnValue:
    record = get_record(worker_id)
    form = _posted(LeaveForm, "leave", record)
    if not form.validate():
        return record_page(record, {"leave": form}, 422)
    actor, now = current_actor(), current_app.extensions["clock"].now()
    from_on, to_on, reason = form.from_on.data, form.to_on.data, typed(form.reason)

    def work(session: Session) -> str:
        return schedules.add_leave(
            session,
            get_worker(session, worker_id),
            from_on=from_on,
            to_on=to_on,
            reason=reason,
            actor=actor,
            now=now,
        )

    return to_record(worker_id, added=transact(work))


@workers_pages.post("/<worker_id>/leave/<leave_id>/cancel")
@access(Permission.MANAGE_WORKERS, of="worker_id")
def cancel_leave(worker_id: str, leave_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session) -> bool:
        worker = get_worker(session, worker_id)
        return schedules.cancel_leave(session, worker, leave_id, actor=actor, now=now)

    if not transact(work):
        raise NotFound
    flash(_("Đã bỏ ngày nghỉ"))
    return to_record(worker_id)


@workers_pages.post("/<worker_id>/move")
@access(Permission.MANAGE_WORKERS, of="worker_id")
def move_worker(worker_id: str) -> ResponseReturnValue:
    record = get_record(worker_id)
    form = _posted(MoveForm, "move", record)
    if not form.validate():
        return record_page(record, {"move": form}, 422)
    actor, now, on = current_actor(), current_app.extensions["clock"].now(), form.on.data
    company = get_branch(db.session(), record.worker.company_id)
    unit = find_unit(db.session(), [company.path], form.unit.data)
    if unit is None or not may(actor, Permission.MANAGE_WORKERS, unit.path):
        raise NotFound

    def work(session: Session) -> bool:
        return change_work(session, worker_id, ChangeKind.MOVE, on, unit.id, actor=actor, now=now)

    said = _("Đã chuyển sang %(unit)s", unit=unit.name)
    if on > form.today:
        said = _("Sẽ chuyển sang %(unit)s từ ngày %(day)s", unit=unit.name, day=day(on))
    return _changed(record, "move", form, work, said)


@workers_pages.post("/<worker_id>/pattern")
@access(Permission.MANAGE_WORKERS, of="worker_id")
def follow_pattern(worker_id: str) -> ResponseReturnValue:
    record = get_record(worker_id)
    form = _posted(FollowForm, "follow", record)
    if not form.validate():
        return record_page(record, {"follow": form}, 422)
    actor, now = current_actor(), current_app.extensions["clock"].now()
    company_id, from_on = record.worker.company_id, form.from_on.data
    pattern = find_pattern(db.session(), company_id, form.pattern.data, today())
    if pattern is None:
        raise NotFound

    def work(session: Session) -> None:
        schedules.assign_pattern(
            session, company_id, [worker_id], pattern.id, from_on=from_on, actor=actor, now=now
        )

    return _changed(record, "follow", form, work, _("Đã đổi lịch làm việc"))


@workers_pages.post("/<worker_id>/end-work")
@access(Permission.MANAGE_WORKERS, of="worker_id")
def end_work(worker_id: str) -> ResponseReturnValue:
    record = get_record(worker_id)
    form = _posted(EndWorkForm, "end", record)
    if not form.validate():
        return record_page(record, {"end": form}, 422)
    actor, now = current_actor(), current_app.extensions["clock"].now()
    last_on = form.last_on.data

    def work(session: Session) -> bool:
        from_on = last_on + timedelta(days=1)
        return change_work(session, worker_id, ChangeKind.LEAVE, from_on, actor=actor, now=now)

    said = _("Đã ghi nghỉ việc")
    if last_on > form.today:
        said = _("Sẽ nghỉ việc, ngày làm cuối %(day)s", day=day(last_on))
    return _changed(record, "end", form, work, said)


@workers_pages.post("/<worker_id>/take-back")
@access(Permission.MANAGE_WORKERS, of="worker_id")
def take_back(worker_id: str) -> ResponseReturnValue:
    record = get_record(worker_id)
    form = _posted(ReturnForm, "back", record)
    if not form.validate():
        return record_page(record, {"back": form}, 422)
    actor, now, on = current_actor(), current_app.extensions["clock"].now(), form.on.data

    def work(session: Session) -> bool:
        return change_work(session, worker_id, ChangeKind.RETURN, on, actor=actor, now=now)

    said = _("Đã nhận lại vào làm")
    if on > form.today:
        said = _("Sẽ nhận lại vào làm từ ngày %(day)s", day=day(on))
    return _changed(record, "back", form, work, said)


@workers_pages.post("/<worker_id>/devices/<token_id>/revoke")
@access(Permission.MANAGE_WORKERS, of="worker_id")
def revoke_device(worker_id: str, token_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session) -> bool:
        return revoke_token(session, worker_id, token_id, actor=actor, now=now)

    if not transact(work):
        raise NotFound
    flash(_("Đã đăng xuất máy đó"))
    return to_record(worker_id)
