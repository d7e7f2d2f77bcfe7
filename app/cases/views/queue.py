"""The work queue: cases by due time, and what is done to many at once."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.accounts.queries.branches import list_companies
from app.accounts.rules import Permission, branches_for, may
from app.audit.actions import record_health_view
from app.cases.actions import working
from app.cases.queries.owners import list_owners
from app.cases.queries.standing import find_path
from app.cases.queries.work_list import (
    Asked,
    CaseRow,
    View,
    count_views,
    list_cases,
    list_chosen,
    list_holders,
)
from app.cases.rules.plans import TaskKind
from app.checkins.rules import Level
from app.extensions import db
from app.kernel.refusals import NotAllowed, Refusal
from app.web.access import access, current_actor, locates
from app.web.pagination import page_from_args
from app.web.sentences import sentence
from app.web.tables import TableState, table_from_args
from app.web.transaction import transact
from app.web.words import TASK_KINDS

case_pages = Blueprint("cases", __name__)
locates("case_id")(find_path)
MOST_CHOSEN = 200


@case_pages.get("/cases")
@access(Permission.FOLLOW_CASES)
def list_follow_ups() -> ResponseReturnValue:
    return _page()


def _page(
    status: int = 200, *, refused: dict[str, str] | None = None, said: str = "", words: str = ""
) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    reach = branches_for(actor, Permission.FOLLOW_CASES)
    holders = list_holders(db.session(), reach)
    table = table_from_args(
        request.args,
        sortable=("due",),
        default="due",
        filters={"q": None, "level": set(Level), "owner": {each for each, _name in holders}},
        keeps=("view",),
    )
    view = _view(table)
    asked = Asked(
        reach,
        view,
        str(actor.account_id),
        now,
        wanted=table.value("q"),
        level=table.value("level"),
        owner_id=table.value("owner"),
    )
    wanted = page_from_args(request.args)
    rows, total = list_cases(db.session(), asked, limit=wanted.limit, offset=wanted.offset)
    manages = bool(branches_for(actor, Permission.MANAGE_CASES))
    page = render_template(
        "cases/list_follow_ups.html",
        table=table,
        page=wanted.page(rows, total),
        view=view.value,
        views=_views(asked, table),
        holders=holders,
        levels=[Level.RED, Level.AMBER, Level.GREEN],
        manages=manages,
        owners=_owners(reach) if manages else (),
        task_kinds=list(TASK_KINDS.items()),
        refused=refused or {},
        said=said,
        words=words,
        now=now,
    )
    _keep_view(rows)
    return page, status


def _view(table: TableState) -> View:
    wanted = dict(table.kept).get("view", "")
    return View(wanted) if wanted in set(View) else View.OPEN


def _views(asked: Asked, table: TableState) -> list[dict[str, Any]]:
    words = {
        View.OPEN: _("Đang mở"),
        View.OVERDUE: _("Quá hạn"),
        View.MINE: _("Của tôi"),
        View.UNOWNED: _("Chưa ai nhận"),
        View.CLOSED: _("Đã đóng"),
    }
    counts = count_views(db.session(), asked)
    return [
        {
            "href": table.query(view=None if view is View.OPEN else view.value),
            "text": words[view],
            "count": counts.get(view),
            "current": view is asked.view,
        }
        for view in View
    ]


def _owners(reach: Sequence[str]) -> list[Any]:
    """Whom cases of these branches may be given to; each is checked again for its case."""
    found = {
        owner.id: owner
        for company in list_companies(db.session(), reach)
        for owner in list_owners(db.session(), company.path)
    }
    return sorted(found.values(), key=lambda owner: owner.name)


def _keep_view(rows: Sequence[CaseRow]) -> None:
    """One row a view: whose cases the page showed."""
    shown = list(dict.fromkeys(row.worker_id for row in rows))
    if not shown:
        return
    actor, now = current_actor(), current_app.extensions["clock"].now()
    reach = branches_for(actor, Permission.FOLLOW_CASES)
    companies = list_companies(db.session(), reach)
    company_id = companies[0].id if len(companies) == 1 else None

    def work(session: Session) -> None:
        record_health_view(session, "cases", shown, company_id=company_id, actor=actor, now=now)

    transact(work)


@case_pages.post("/cases")
@access(Permission.FOLLOW_CASES)
def work_on_many() -> ResponseReturnValue:
    actor = current_actor()
    reach = branches_for(actor, Permission.FOLLOW_CASES)
    ids = list(dict.fromkeys(request.form.getlist("case")))[:MOST_CHOSEN]
    rows = list_chosen(db.session(), reach, ids)
    if not rows:
        return _page(422, said=_("Chưa chọn ca nào."))
    act = request.form.get("act", "")
    if act != "finish":
        for row in rows:
            path = find_path(db.session(), row.id)
            if path is None or not may(actor, Permission.MANAGE_CASES, path):
                raise NotAllowed
    refused = _do_each(rows, act)
    done = len(rows) - len(refused)
    told = ngettext("Đã ghi cho %(num)d ca", "Đã ghi cho %(num)d ca", done)
    if refused:
        words = request.form.get("words", "")
        return _page(409, refused=refused, said=told if done else "", words=words)
    flash(told)
    return redirect(url_for("cases.list_follow_ups") + _same_look())


def _same_look() -> str:
    look = request.query_string.decode("ascii", "ignore")
    return f"?{look}" if look else ""


def _do_each(rows: Sequence[CaseRow], act: str) -> dict[str, str]:
    """Do it to each in a transaction of its own; the names of who was refused, and why."""
    deed = _deed(act)
    refused = {}
    for row in rows:

        def work(session: Session, case_id: str = row.id) -> None:
            deed(session, case_id)

        try:
            transact(work)
        except Refusal as refusal:
            refused[f"{row.name} · {row.badge}"] = sentence(refusal.code, refusal.params)
    return refused


def _deed(act: str) -> Callable[[Session, str], None]:
    actor, clock = current_actor(), current_app.extensions["clock"]
    owner_id, words = request.form.get("owner", ""), request.form.get("words", "")
    wanted = request.form.get("kind", "")
    kind = TaskKind(wanted) if wanted in set(TaskKind) else TaskKind.CALL

    def give(session: Session, case_id: str) -> None:
        working.assign_case(session, case_id, owner_id, actor=actor, now=clock.now())

    def hand_over(session: Session, case_id: str) -> None:
        now = clock.now()
        working.hand_over_case(session, case_id, owner_id, words, actor=actor, now=now)

    def finish(session: Session, case_id: str) -> None:
        working.finish_next(session, case_id, kind, words, actor=actor, now=clock.now())

    return {"finish": finish, "hand_over": hand_over}.get(act, give)
