"""How a case ends, goes up to the province, or is opened again: each asked once more."""

from collections.abc import Callable

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.forms import typed
from app.accounts.rules import Permission
from app.cases.actions import ending, escalating
from app.cases.forms import CaseForm, ReasonForm
from app.cases.queries.records import list_rules_told
from app.cases.queries.standing import list_open_tasks
from app.cases.views.acts import look_at
from app.cases.views.queue import case_pages
from app.extensions import db
from app.kernel.refusals import Refusal
from app.web.access import access, current_actor
from app.web.present import today
from app.web.sentences import sentence
from app.web.transaction import transact


def _ask(
    case_id: str, name: str, work: Callable[[Session, str, int | None], None], said: str
) -> ResponseReturnValue:
    """Ask for the reason on a page of its own, then do it; what was typed stays when refused."""
    look = look_at(case_id)
    form = ReasonForm()
    refusal = ""
    status = 200 if request.method == "GET" else 422
    if form.validate_on_submit():
        words, seen = typed(form.words), form.version
        try:
            transact(lambda session: work(session, words, seen))
        except Refusal as found:
            refusal, status = sentence(found.code, found.params), found.status
            look = look_at(case_id)
        else:
            flash(said)
            return redirect(url_for("cases.show_case", case_id=case_id))
    form.seen.data = str(look.case.version)
    page = render_template(
        "cases/ask_reason.html",
        name=name,
        form=form,
        case=look.case,
        record=look.record,
        worker=look.record.worker,
        tasks=list_open_tasks(db.session(), case_id),
        refusal=refusal,
    )
    return page, status


@case_pages.route("/cases/<case_id>/clear", methods=["GET", "POST"])
@access(Permission.MANAGE_CASES, of="case_id")
def clear_case_level(case_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session, words: str, seen: int | None) -> None:
        ending.clear_case(session, case_id, words, actor=actor, now=now, seen=seen)

    return _ask(case_id, "clear", work, _("Đã gỡ mức. Người này đang ở mức Bình thường."))


@case_pages.route("/cases/<case_id>/close", methods=["GET", "POST"])
@access(Permission.MANAGE_CASES, of="case_id")
def close_worker_case(case_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session, words: str, seen: int | None) -> None:
        ending.close_case(session, case_id, words, actor=actor, now=now, seen=seen)

    return _ask(case_id, "close", work, _("Đã đóng ca"))


@case_pages.route("/cases/<case_id>/reopen", methods=["GET", "POST"])
@access(Permission.MANAGE_CASES, of="case_id")
def reopen_worker_case(case_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session, words: str, _seen: int | None) -> None:
        ending.reopen_case(session, case_id, words, actor=actor, now=now)

    return _ask(case_id, "reopen", work, _("Đã mở lại ca"))


@case_pages.route("/cases/<case_id>/escalate", methods=["GET", "POST"])
@access(Permission.MANAGE_CASES, of="case_id")
def escalate_worker_case(case_id: str) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()

    def work(session: Session, words: str, seen: int | None) -> None:
        escalating.escalate_case(session, case_id, words, actor=actor, now=now, seen=seen)

    said = _("Đã xếp vào sổ gửi tỉnh. Tỉnh nhận khi có đường truyền.")
    return _ask(case_id, "escalate", work, said)


@case_pages.route("/cases/<case_id>/clear-by-rule", methods=["GET", "POST"])
@access(Permission.MANAGE_CASES, of="case_id")
def clear_case_by_rule(case_id: str) -> ResponseReturnValue:
    look = look_at(case_id)
    actor, now = current_actor(), current_app.extensions["clock"].now()
    form, refusal, status = CaseForm(), "", 200
    rule_id = request.values.get("rule", "")[:40]
    if form.validate_on_submit():
        seen = form.version

        def work(session: Session) -> None:
            ending.clear_by_rule(session, case_id, rule_id, actor=actor, now=now, seen=seen)

        try:
            transact(work)
        except Refusal as found:
            refusal, status = sentence(found.code, found.params), found.status
            look = look_at(case_id)
        else:
            flash(_("Đã gỡ mức theo quy tắc. Người này đang ở mức Bình thường."))
            return redirect(url_for("cases.show_case", case_id=case_id))
    form.seen.data = str(look.case.version)
    rules = list_rules_told(db.session(), look.case, today())
    page = render_template(
        "cases/clear_by_rule.html",
        form=form,
        case=look.case,
        record=look.record,
        worker=look.record.worker,
        told=next((each for each in rules if each.rule.id == rule_id), None),
        refusal=refusal,
    )
    return page, status
