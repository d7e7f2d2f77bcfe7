"""What is to change on coming days: the list of a company, and taking one of them back."""

from datetime import timedelta

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.rules import Permission, branches_for
from app.extensions import db
from app.web.access import access, current_actor
from app.web.pagination import page_from_args
from app.web.present import today
from app.web.tables import table_from_args
from app.web.transaction import transact
from app.workforce.actions.planned import withdraw_change
from app.workforce.queries.planned import JOIN, list_coming, list_undone
from app.workforce.rules.planned import ChangeKind
from app.workforce.views.workers import workers_pages

UNDONE_SHOWN = timedelta(days=14)


@workers_pages.get("/planned")
@access(Permission.SEE_WORKERS)
def list_planned() -> ResponseReturnValue:
    actor = current_actor()
    reach = branches_for(actor, Permission.SEE_WORKERS)
    table = table_from_args(
        request.args, sortable=("on",), default="on", filters={"kind": {*ChangeKind, JOIN}}
    )
    asked = page_from_args(request.args)
    coming = list_coming(
        db.session(),
        reach,
        today(),
        kinds=table.values("kind"),
        limit=asked.limit,
        offset=asked.offset,
    )
    since = current_app.extensions["clock"].now() - UNDONE_SHOWN
    return render_template(
        "workforce/list_planned.html",
        table=table,
        page=asked.page(coming.rows, coming.total),
        undone=list_undone(db.session(), reach, since),
        manages=bool(branches_for(actor, Permission.MANAGE_WORKERS)),
    )


@workers_pages.post("/<worker_id>/planned/<change_id>/withdraw")
@access(Permission.MANAGE_WORKERS, of="worker_id")
def withdraw_planned(worker_id: str, change_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session) -> None:
        withdraw_change(session, worker_id, change_id, actor=actor, now=now)

    transact(work)
    flash(_("Đã bỏ, không còn gì thay đổi"))
    if request.form.get("back") == "list":
        return redirect(url_for("workers.list_planned"))
    return redirect(url_for("workers.show_worker", worker_id=worker_id))
