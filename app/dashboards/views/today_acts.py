"""What is done from the board of today: a level cleared, an absence noted and taken back."""

from datetime import date
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.rules import Permission
from app.checkins.actions.levels import clear_level, mark_absent, unmark_absent
from app.checkins.forms import ReasonForm, parse_day, parse_shift
from app.dashboards.views.today import today_pages
from app.extensions import db
from app.kernel.clock import local_day
from app.web.access import access, current_actor
from app.web.transaction import transact
from app.workforce.queries.workers import get_worker

LISTS = {
    "standing": "today.list_standing_people",
    "missing": "today.list_missing_people",
    "absent": "today.list_absent_people",
}


@today_pages.route("/workers/<worker_id>/clear", methods=["GET", "POST"])
@access(Permission.CLEAR_LEVEL, of="worker_id")
def clear_worker_level(worker_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    form = ReasonForm()
    if request.method == "GET" or not form.validate():
        return _ask_reason(worker_id, form, 200 if request.method == "GET" else 422)
    reason = form.reason.data or ""

    def work(session: Session) -> str:
        return clear_level(session, worker_id, reason, actor=actor, now=now)

    transact(work)
    flash(_("Đã gỡ mức. Người này đang ở mức Bình thường."))
    return redirect(_back_to())


def _ask_reason(worker_id: str, form: ReasonForm, status: int) -> ResponseReturnValue:
    """The form by itself, for whom the one on the board was not filled in."""
    page = render_template(
        "dashboards/clear_worker_level.html",
        form=form,
        name=get_worker(db.session(), worker_id).name,
        worker_id=worker_id,
        own=_back(),
        back_url=_back_to(),
    )
    return page, status


def _back() -> dict[str, Any]:
    """The look at the board, or the list, that a form was on."""
    names = ("shift", "on", "company", "origin")
    return {name: request.args[name] for name in names if name in request.args}


def _back_to() -> str:
    own = _back()
    return url_for(LISTS.get(own.pop("origin", ""), "today.show_today"), **own)


@today_pages.post("/workers/<worker_id>/absence")
@access(Permission.ANSWER_FOR_OTHERS, of="worker_id")
def mark_worker_absent(worker_id: str) -> ResponseReturnValue:
    duty_on, duty_shift = _duty_named()
    actor, now = current_actor(), current_app.extensions["clock"].now()
    reason = request.form.get("reason", "")

    def work(session: Session) -> None:
        mark_absent(session, worker_id, duty_on, duty_shift, reason, actor=actor, now=now)

    transact(work)
    undo = url_for(
        "today.unmark_worker_absent",
        worker_id=worker_id,
        duty_on=duty_on.isoformat(),
        duty_shift=duty_shift,
        **_back(),
    )
    name = get_worker(db.session(), worker_id).name
    flash({"text": _("Đã ghi %(name)s vắng.", name=name), "undo_url": undo})  # type: ignore[arg-type]
    return redirect(_back_to())


@today_pages.post("/workers/<worker_id>/absence/undo")
@access(Permission.ANSWER_FOR_OTHERS, of="worker_id")
def unmark_worker_absent(worker_id: str) -> ResponseReturnValue:
    duty_on, duty_shift = _duty_named()
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session) -> None:
        unmark_absent(session, worker_id, duty_on, duty_shift, actor=actor, now=now)

    transact(work)
    name = get_worker(db.session(), worker_id).name
    flash(_("Đã bỏ ghi vắng cho %(name)s.", name=name))
    return redirect(_back_to())


def _duty_named() -> tuple[date, str]:
    now = current_app.extensions["clock"].now()
    today = local_day(now, current_app.config["SETTINGS"].timezone)
    on = parse_day(request.values.get("duty_on"), today, "/duty_on")
    return on, parse_shift(request.values.get("duty_shift"))
