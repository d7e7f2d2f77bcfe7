"""What workers ask about their own data: the officer's list, one request, and the answer."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.forms import typed
from app.accounts.rules import Permission, branches_for
from app.audit.actions import record_health_view
from app.extensions import db
from app.kernel.refusals import NotFound
from app.web.access import access, current_actor, locates
from app.web.language import current_language
from app.web.present import today
from app.web.transaction import transact
from app.workforce.actions.data_requests import answer_request, ask_about_data
from app.workforce.forms.data_requests import AnswerForm, NoteRequestForm
from app.workforce.queries.data_requests import (
    find_request,
    find_request_path,
    get_request_rule,
    list_closed_requests,
    list_waiting_requests,
)
from app.workforce.rules.data_requests import Decision, RequestKind
from app.workforce.views.workers import get_record

data_request_pages = Blueprint("data_requests", __name__)
locates("request_id")(find_request_path)


@data_request_pages.get("/data-requests")
@access(Permission.MANAGE_WORKERS)
def list_requests() -> ResponseReturnValue:
    reach = branches_for(current_actor(), Permission.MANAGE_WORKERS)
    return render_template(
        "workforce/list_data_requests.html",
        waiting=list_waiting_requests(db.session(), reach),
        closed=list_closed_requests(db.session(), reach),
        today=today(),
        **_rule_told(),
    )


def _rule_told() -> dict[str, object]:
    return {"rule": get_request_rule(), "language": current_language()}


@data_request_pages.get("/data-requests/<request_id>")
@access(Permission.MANAGE_WORKERS, of="request_id")
def show_request(request_id: str) -> ResponseReturnValue:
    return _request_page(request_id, AnswerForm(formdata=None))


def _request_page(request_id: str, form: AnswerForm, status: int = 200) -> ResponseReturnValue:
    """The request in the worker's own words, which may tell of health: that it was read is kept."""
    asked = find_request(db.session(), request_id)
    if asked is None:
        raise NotFound
    form.seen.data = str(len(asked.answers))
    page = render_template(
        "workforce/show_data_request.html", asked=asked, form=form, today=today(), **_rule_told()
    )
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session) -> None:
        record_health_view(
            session,
            "data_request",
            [asked.worker_id],
            company_id=asked.company_id,
            actor=actor,
            now=now,
        )

    transact(work)
    return page, status


@data_request_pages.post("/data-requests/<request_id>")
@access(Permission.MANAGE_WORKERS, of="request_id")
def answer_one(request_id: str) -> ResponseReturnValue:
    form = AnswerForm()
    if not form.validate():
        return _request_page(request_id, form, 422)
    actor, now = current_actor(), current_app.extensions["clock"].now()
    decision, said = Decision(form.decision.data), typed(form.text)
    given = request.form.get("seen", "")
    seen = int(given) if given.isdecimal() and len(given) < 5 else -1

    def work(session: Session) -> None:
        answer_request(session, request_id, decision, said, answers_seen=seen, actor=actor, now=now)

    transact(work)
    flash(_("Đã gửi trả lời. Người lao động đọc được trong Hồ sơ của tôi."))
    return redirect(url_for("data_requests.list_requests"))


@data_request_pages.route("/workers/<worker_id>/data-request", methods=["GET", "POST"])
@access(Permission.MANAGE_WORKERS, of="worker_id")
def note_request(worker_id: str) -> ResponseReturnValue:
    """What somebody without a phone asked, on paper or by word."""
    record, form = get_record(worker_id), NoteRequestForm()
    if not form.validate_on_submit():
        page = render_template(
            "workforce/note_data_request.html", record=record, form=form, **_rule_told()
        )
        return page, 422 if form.is_submitted() else 200
    actor, now = current_actor(), current_app.extensions["clock"].now()
    zone = current_app.config["SETTINGS"].timezone
    kind, said = RequestKind(form.kind.data), typed(form.text)

    def work(session: Session) -> str:
        request_id, _due_on = ask_about_data(
            session, worker_id, kind, said, made_at=now, timezone=zone, actor=actor, now=now
        )
        return request_id

    return redirect(url_for("data_requests.show_request", request_id=transact(work)))
