"""Breaches: written down, the 72 hours, and the notice to print."""

from datetime import datetime

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.rules import Permission
from app.extensions import db
from app.kernel.refusals import NotFound, Refusal
from app.retention.actions.breaches import change_breach, note_breach
from app.retention.forms import BreachForm, filled, whole_number
from app.retention.queries.breaches import BreachRow, find_breach, list_breaches
from app.retention.rules.breaches import breach_time
from app.retention.views.words import CLOCKS
from app.settings import Settings
from app.web.access import access, current_actor
from app.web.sentences import sentence
from app.web.transaction import transact

breach_pages = Blueprint("breaches", __name__, url_prefix="/admin/breaches")


def _now() -> datetime:
    now: datetime = current_app.extensions["clock"].now()
    return now


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _found(breach_id: str) -> BreachRow:
    row = find_breach(db.session(), breach_id)
    if row is None:
        raise NotFound
    return row


@breach_pages.get("")
@access(Permission.MANAGE_NODE)
def list_all() -> ResponseReturnValue:
    now = _now()
    rows = [
        (row, breach_time(row.known_at, row.told_authority_at, now))
        for row in list_breaches(db.session())
    ]
    return render_template("retention/list_breaches.html", rows=rows, clocks=CLOCKS)


@breach_pages.route("/new", methods=["GET", "POST"])
@access(Permission.MANAGE_NODE)
def write_one() -> ResponseReturnValue:
    zone, now, actor = _settings().timezone, _now(), current_actor()
    form = BreachForm(known_at=now.astimezone(zone))
    if not form.validate_on_submit():
        status = 422 if request.method == "POST" else 200
        return render_template("retention/edit_breach.html", form=form, breach=None), status
    told = form.told(zone)

    def work(session: Session) -> str:
        return note_breach(session, told, actor=actor, now=now)

    try:
        breach_id = transact(work)
    except Refusal as refusal:
        return _again(form, None, refusal)
    flash(_("Đã ghi vụ việc. Hạn 72 giờ tính từ lúc phát hiện."))
    return redirect(url_for("breaches.show_breach", breach_id=breach_id))


@breach_pages.get("/<breach_id>")
@access(Permission.MANAGE_NODE)
def show_breach(breach_id: str) -> ResponseReturnValue:
    row = _found(breach_id)
    form = BreachForm(formdata=None, data=filled(row, _settings().timezone))
    return _page(row, form), 200


@breach_pages.post("/<breach_id>")
@access(Permission.MANAGE_NODE)
def say_more(breach_id: str) -> ResponseReturnValue:
    row, form = _found(breach_id), BreachForm()
    if not form.validate_on_submit():
        return _page(row, form), 422
    told, actor, now = form.told(_settings().timezone), current_actor(), _now()
    seen = whole_number(request.form.get("version", ""))

    def work(session: Session) -> None:
        change_breach(session, breach_id, told, seen=seen, actor=actor, now=now)

    try:
        transact(work)
    except Refusal as refusal:
        return _again(form, _found(breach_id), refusal)
    flash(_("Đã lưu."))
    return redirect(url_for("breaches.show_breach", breach_id=breach_id))


@breach_pages.get("/<breach_id>/notice")
@access(Permission.MANAGE_NODE)
def print_notice(breach_id: str) -> ResponseReturnValue:
    row, now = _found(breach_id), _now()
    time = breach_time(row.known_at, row.told_authority_at, now)
    return render_template(
        "retention/print_breach.html", breach=row, time=time, now=now, settings=_settings()
    )


def _page(row: BreachRow, form: BreachForm) -> str:
    time = breach_time(row.known_at, row.told_authority_at, _now())
    state = CLOCKS[time.clock]
    return render_template(
        "retention/edit_breach.html", form=form, breach=row, time=time, state=state
    )


def _again(form: BreachForm, row: BreachRow | None, refusal: Refusal) -> ResponseReturnValue:
    flash(sentence(refusal.code, refusal.params))
    if row is None:
        return render_template("retention/edit_breach.html", form=form, breach=None), refusal.status
    return _page(row, form), refusal.status
