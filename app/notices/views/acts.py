"""One notice: its page, and all that is done with it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.accounts.forms import typed
from app.accounts.rules import Permission
from app.extensions import db
from app.kernel.actors import Actor
from app.kernel.clock import local_day
from app.kernel.refusals import Refusal
from app.notices.actions.drafting import begin_correction
from app.notices.actions.releasing import approve_notice, ask_to_send, return_notice
from app.notices.actions.reminding import Reminded, remind_chunk
from app.notices.actions.sending import NOWHERE, stop_notice
from app.notices.actions.withdrawing import cancel_notice
from app.notices.forms import SEVERITIES, ReasonForm, SeenForm
from app.notices.queries.arrived import ArrivedNotice, find_arrived
from app.notices.queries.audience import audience_of, count_by_line, count_by_shift
from app.notices.queries.progress import count_units
from app.notices.queries.records import list_target_words, list_versions
from app.notices.queries.unread import count_unread
from app.notices.rules.audience import needs_approval
from app.notices.rules.progress import seconds_left
from app.notices.rules.states import NoticeAct, NoticeState, is_allowed, may_remind
from app.notices.rules.wording import Wording, goes_in_parallel
from app.notices.views.composing import reach_of
from app.notices.views.frame import Look, clock_now, look_at, notice_pages
from app.notices.views.previews import previews_of
from app.notices.views.progress import told_progress
from app.web.access import access, current_actor
from app.web.sentences import sentence
from app.web.transaction import transact

BEFORE = frozenset({NoticeState.DRAFT, NoticeState.WAITING, NoticeState.COUNTDOWN})


@notice_pages.get("/<notice_id>")
@access(Permission.SEND_NOTICES, of="notice_id")
def show_notice(notice_id: str) -> ResponseReturnValue:
    return notice_page(look_at(notice_id))


def notice_page(
    look: Look,
    given: dict[str, Any] | None = None,
    status: int = 200,
    *,
    problem: str = "",
) -> ResponseReturnValue:
    """The page of a notice as far as it came, with a form as it was filled in."""
    notice, state, now = look.notice, look.state, clock_now()
    settings = current_app.config["SETTINGS"]
    on = local_day(now, settings.timezone)
    forms: dict[str, Any] = {
        "cancel": ReasonForm(formdata=None, prefix="cancel-"),
        "correct": ReasonForm(formdata=None, prefix="correct-"),
        "return": ReasonForm(formdata=None, prefix="return-"),
    }
    shown: dict[str, Any] = (
        _before(look, now)
        if state in BEFORE
        else {
            "progress": told_progress(notice, now),
            "units": count_units(db.session(), notice) if notice.message_id else [],
            "nowhere": notice.roads.get(NOWHERE, 0),
            "to_remind": _to_remind(look, now),
        }
    )
    arrived = find_arrived(db.session(), notice.root_id)
    known = shown.get("lines") or shown.get("units")
    example = (known[0].company, known[0].unit) if known else None
    return render_template(
        "notices/show_notice.html",
        look=look,
        notice=notice,
        state=state,
        can=_allowed(state, arrived),
        arrived=arrived,
        own=current_actor().account_id == notice.writer_id,
        targets=list_target_words(db.session(), notice.id),
        versions=list_versions(db.session(), notice.root_id),
        previews=previews_of(Wording(notice.titles, notice.texts), look.owner, on, example),
        severities=SEVERITIES,
        forms=forms | (given or {}),
        problem=problem,
        settings=settings,
        left=seconds_left(notice.sends_at, now) if notice.sends_at else 0,
        **shown,
    ), status


def _to_remind(look: Look, now: datetime) -> int:
    """How many have not read a notice that is out, and are not told in person as yet."""
    notice = look.notice
    may = may_remind(look.state, notice.planned_at, notice.expires_at, now)
    return count_unread(db.session(), notice) if may else 0


def _before(look: Look, now: datetime) -> dict[str, Any]:
    settings = current_app.config["SETTINGS"]
    on = local_day(now, settings.timezone)
    audience = audience_of(db.session(), look.notice)
    lines = count_by_line(db.session(), audience, on)
    people = sum(each.people for each in lines)
    return {
        "lines": lines,
        "people": people,
        "by_shift": count_by_shift(db.session(), audience, on),
        "reach": reach_of(
            audience,
            on,
            in_parallel=goes_in_parallel(look.notice.severity, look.notice.urgency),
        ),
        "needs_second": needs_approval(people, settings.notice_approval_over),
    }


def _allowed(state: NoticeState, arrived: ArrivedNotice | None) -> dict[str, bool]:
    """What may be done here; of a notice of the province only the sending is stopped."""
    return {
        act.value: is_allowed(state, act) and (arrived is None or act is NoticeAct.STOP)
        for act in NoticeAct
    }


Deed = Callable[[Session, Actor, datetime], Any]


def _carry_out(look: Look, deed: Deed, told: str) -> ResponseReturnValue:
    """Do it and go back to the notice; when refused, its page says why."""
    notice_id, actor, now = look.notice.id, current_actor(), clock_now()

    def work(session: Session) -> Any:
        return deed(session, actor, now)

    try:
        transact(work)
    except Refusal as refusal:
        why = sentence(refusal.code, refusal.params)
        return notice_page(look_at(notice_id), status=refusal.status, problem=why)
    flash(told)
    return redirect(url_for("notices.show_notice", notice_id=notice_id))


@notice_pages.post("/<notice_id>/send")
@access(Permission.SEND_NOTICES, of="notice_id")
def send_notice(notice_id: str) -> ResponseReturnValue:
    look, settings = look_at(notice_id), current_app.config["SETTINGS"]
    seen = SeenForm().version

    def deed(session: Session, actor: Actor, now: datetime) -> NoticeState:
        return ask_to_send(session, notice_id, seen=seen, settings=settings, actor=actor, now=now)

    return _carry_out(look, deed, _("Đã nhận lệnh gửi."))


@notice_pages.post("/<notice_id>/approve")
@access(Permission.SEND_NOTICES, of="notice_id")
def approve_one(notice_id: str) -> ResponseReturnValue:
    look, settings = look_at(notice_id), current_app.config["SETTINGS"]
    seal = SeenForm().seal.data or ""

    def deed(session: Session, actor: Actor, now: datetime) -> None:
        approve_notice(session, notice_id, seal, settings=settings, actor=actor, now=now)

    return _carry_out(look, deed, _("Đã duyệt. Bắt đầu đếm ngược."))


@notice_pages.post("/<notice_id>/return")
@access(Permission.SEND_NOTICES, of="notice_id")
def return_one(notice_id: str) -> ResponseReturnValue:
    look, form = look_at(notice_id), ReasonForm(prefix="return-")
    if not form.validate():
        return notice_page(look, {"return": form}, 422)
    why = typed(form.reason)

    def deed(session: Session, actor: Actor, now: datetime) -> None:
        return_notice(session, notice_id, why, actor=actor, now=now)

    return _carry_out(look, deed, _("Đã trả lại người soạn."))


@notice_pages.route("/<notice_id>/stop", methods=["GET", "POST"])
@access(Permission.SEND_NOTICES, of="notice_id")
def stop_one(notice_id: str) -> ResponseReturnValue:
    """GET asks, for a browser without scripts; POST stops."""
    look = look_at(notice_id)
    form = SeenForm()
    if not form.is_submitted():
        progress = told_progress(look.notice, clock_now())
        return render_template("notices/stop_notice.html", look=look, progress=progress)

    def deed(session: Session, actor: Actor, now: datetime) -> NoticeState:
        return stop_notice(session, notice_id, actor=actor, now=now)

    return _carry_out(look, deed, _("Đã dừng. Không gửi cho ai nữa."))


@notice_pages.post("/<notice_id>/remind")
@access(Permission.SEND_NOTICES, of="notice_id")
def remind_unread(notice_id: str) -> ResponseReturnValue:
    """Whoever has not read it is told by the team lead."""
    look, actor, now = look_at(notice_id), current_actor(), clock_now()
    people, after, more = 0, None, True
    try:
        while more:

            def work(session: Session, after: str | None = after) -> Reminded:
                return remind_chunk(session, notice_id, after=after, actor=actor, now=now)

            done = transact(work)
            people, after, more = people + done.people, done.cursor, done.cursor is not None
    except Refusal as refusal:
        why = sentence(refusal.code, refusal.params)
        return notice_page(look, status=refusal.status, problem=why)
    flash(
        ngettext(
            "Đã giao tổ trưởng báo tận nơi cho %(num)s người.",
            "Đã giao tổ trưởng báo tận nơi cho %(num)s người.",
            people,
        )
    )
    return redirect(url_for("notices.show_notice", notice_id=notice_id))


@notice_pages.post("/<notice_id>/cancel")
@access(Permission.SEND_NOTICES, of="notice_id")
def cancel_one(notice_id: str) -> ResponseReturnValue:
    look, form = look_at(notice_id), ReasonForm(prefix="cancel-")
    if not form.validate():
        return notice_page(look, {"cancel": form}, 422)
    why = typed(form.reason)

    def deed(session: Session, actor: Actor, now: datetime) -> None:
        cancel_notice(session, notice_id, why, actor=actor, now=now)

    return _carry_out(look, deed, _("Đã huỷ thông báo."))


@notice_pages.post("/<notice_id>/correct")
@access(Permission.SEND_NOTICES, of="notice_id")
def correct_one(notice_id: str) -> ResponseReturnValue:
    look, form = look_at(notice_id), ReasonForm(prefix="correct-")
    if not form.validate():
        return notice_page(look, {"correct": form}, 422)
    why, actor, now = typed(form.reason), current_actor(), clock_now()

    def work(session: Session) -> str:
        return begin_correction(session, notice_id, why, actor=actor, now=now)

    try:
        fresh_id = transact(work)
    except Refusal as refusal:
        told = sentence(refusal.code, refusal.params)
        return notice_page(look_at(notice_id), {"correct": form}, refusal.status, problem=told)
    flash(_("Đã tạo bản đính chính. Sửa lại rồi gửi."))
    return redirect(url_for("notices.edit_notice", notice_id=fresh_id))
