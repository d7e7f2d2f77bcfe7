"""Opening a case by hand, from the worker's page."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.forms import typed
from app.accounts.rules import Permission
from app.cases.actions import opening
from app.cases.forms import OpenForm
from app.cases.queries.standing import find_open_case
from app.cases.views.queue import case_pages
from app.extensions import db
from app.kernel.refusals import NotFound, Refusal
from app.web.access import access, current_actor
from app.web.sentences import sentence
from app.web.transaction import transact
from app.workforce.queries.workers import find_record


@case_pages.route("/workers/<worker_id>/case", methods=["GET", "POST"])
@access(Permission.MANAGE_CASES, of="worker_id")
def open_worker_case(worker_id: str) -> ResponseReturnValue:
    standing = find_open_case(db.session(), worker_id)
    if request.method == "GET" and standing is not None:
        return redirect(url_for("cases.show_case", case_id=standing))
    form = OpenForm()
    if not form.validate_on_submit():
        return _form_page(worker_id, form, 200 if request.method == "GET" else 422)
    actor, now = current_actor(), current_app.extensions["clock"].now()
    words = typed(form.words)

    def work(session: Session) -> str:
        return opening.open_case(session, worker_id, words, actor=actor, now=now)

    try:
        case_id = transact(work)
    except NotFound:
        raise
    except Refusal as refusal:
        form.words.errors = [sentence(refusal.code, refusal.params)]
        return _form_page(worker_id, form, refusal.status)
    flash(_("Đã mở ca theo dõi"))
    return redirect(url_for("cases.show_case", case_id=case_id))


def _form_page(worker_id: str, form: OpenForm, status: int) -> ResponseReturnValue:
    record = find_record(db.session(), worker_id)
    if record is None:
        raise NotFound
    page = render_template(
        "cases/open_worker_case.html", form=form, record=record, worker=record.worker
    )
    return page, status
