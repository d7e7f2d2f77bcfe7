"""One notice of the province: its page, and all that is done with it."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.forms import typed
from app.accounts.rules import Permission
from app.alerts.actions.drafting import begin_correction
from app.alerts.actions.releasing import (
    COUNTDOWN,
    approve_alert,
    ask_approval,
    call_off,
    return_alert,
)
from app.alerts.actions.withdrawing import cancel_alert
from app.alerts.queries.parks import count_reach, list_park_choices
from app.alerts.queries.records import get_progress, list_versions
from app.alerts.rules.audience import kept_audience
from app.alerts.rules.states import AlertAct, AlertState, is_allowed
from app.alerts.views.composing import previews
from app.alerts.views.frame import alert_pages, clock_now, get_alert
from app.extensions import db
from app.kernel.actors import Actor
from app.kernel.refusals import Refusal
from app.notices.forms import SEVERITIES, ReasonForm, SeenForm
from app.notices.rules.progress import seconds_left
from app.notices.rules.wording import Wording
from app.web.access import access, current_actor
from app.web.sentences import sentence
from app.web.transaction import transact

if TYPE_CHECKING:
    from app.alerts.models import Alert

BEFORE = frozenset({AlertState.DRAFT, AlertState.WAITING, AlertState.COUNTDOWN})
Deed = Callable[[Session, Actor, datetime], Any]


@alert_pages.get("/<alert_id>")
@access(Permission.WARN_PARKS, of="alert_id")
def show_alert(alert_id: str) -> ResponseReturnValue:
    return alert_page(get_alert(alert_id))


def alert_page(
    alert: "Alert",
    given: dict[str, Any] | None = None,
    status: int = 200,
    *,
    problem: str = "",
) -> ResponseReturnValue:
    """The page of a notice as far as it came, with a form as it was filled in."""
    state, now = AlertState(alert.state), clock_now()
    forms: dict[str, Any] = {
        "cancel": ReasonForm(formdata=None, prefix="cancel-"),
        "correct": ReasonForm(formdata=None, prefix="correct-"),
        "return": ReasonForm(formdata=None, prefix="return-"),
    }
    audience = kept_audience(alert.to)
    names = dict(list_park_choices(db.session()))
    shown: dict[str, Any] = (
        {"reach": count_reach(db.session(), audience, now)}
        if state in BEFORE
        else {"progress": get_progress(db.session(), alert, now)}
    )
    return render_template(
        "alerts/show_alert.html",
        alert=alert,
        state=state,
        can={act.value: is_allowed(state, act) for act in AlertAct},
        own=current_actor().account_id == alert.writer_id,
        audience=audience,
        park_names=[names.get(node, node) for node in audience.parks],
        versions=list_versions(db.session(), alert.root_id),
        previews=previews(Wording(alert.titles, alert.texts)),
        severities=SEVERITIES,
        forms=forms | (given or {}),
        problem=problem,
        left=seconds_left(alert.sends_at, now) if alert.sends_at else 0,
        whole=int(COUNTDOWN.total_seconds()),
        now=now,
        **shown,
    ), status


def _carry_out(
    alert_id: str, deed: Deed, told: str, given: dict[str, Any] | None = None
) -> ResponseReturnValue:
    """Do it and go back to the notice; when refused, its page says why."""
    actor, now = current_actor(), clock_now()

    def work(session: Session) -> Any:
        return deed(session, actor, now)

    try:
        transact(work)
    except Refusal as refusal:
        why = sentence(refusal.code, refusal.params)
        return alert_page(get_alert(alert_id), given, refusal.status, problem=why)
    flash(told)
    return redirect(url_for("alerts.show_alert", alert_id=alert_id))


@alert_pages.post("/<alert_id>/ask")
@access(Permission.WARN_PARKS, of="alert_id")
def ask_one(alert_id: str) -> ResponseReturnValue:
    seen = SeenForm().version

    def deed(session: Session, actor: Actor, now: datetime) -> None:
        ask_approval(session, alert_id, seen=seen, actor=actor, now=now)

    return _carry_out(alert_id, deed, _("Đã xin duyệt. Người thứ hai duyệt thì mới gửi."))


@alert_pages.post("/<alert_id>/approve")
@access(Permission.WARN_PARKS, of="alert_id")
def approve_one(alert_id: str) -> ResponseReturnValue:
    seal = SeenForm().seal.data or ""

    def deed(session: Session, actor: Actor, now: datetime) -> None:
        approve_alert(session, alert_id, seal, actor=actor, now=now)

    return _carry_out(alert_id, deed, _("Đã duyệt. Bắt đầu đếm ngược."))


@alert_pages.post("/<alert_id>/return")
@access(Permission.WARN_PARKS, of="alert_id")
def return_one(alert_id: str) -> ResponseReturnValue:
    form = ReasonForm(prefix="return-")
    if not form.validate():
        return alert_page(get_alert(alert_id), {"return": form}, 422)
    why = typed(form.reason)

    def deed(session: Session, actor: Actor, now: datetime) -> None:
        return_alert(session, alert_id, why, actor=actor, now=now)

    return _carry_out(alert_id, deed, _("Đã trả lại người soạn."), {"return": form})


@alert_pages.post("/<alert_id>/call-off")
@access(Permission.WARN_PARKS, of="alert_id")
def call_off_one(alert_id: str) -> ResponseReturnValue:
    def deed(session: Session, actor: Actor, now: datetime) -> None:
        call_off(session, alert_id, actor=actor, now=now)

    return _carry_out(alert_id, deed, _("Đã huỷ gửi. Chưa khu nào nhận."))


@alert_pages.post("/<alert_id>/cancel")
@access(Permission.WARN_PARKS, of="alert_id")
def cancel_one(alert_id: str) -> ResponseReturnValue:
    form = ReasonForm(prefix="cancel-")
    if not form.validate():
        return alert_page(get_alert(alert_id), {"cancel": form}, 422)
    why = typed(form.reason)

    def deed(session: Session, actor: Actor, now: datetime) -> None:
        cancel_alert(session, alert_id, why, actor=actor, now=now)

    return _carry_out(alert_id, deed, _("Đã huỷ thông báo."), {"cancel": form})


@alert_pages.post("/<alert_id>/correct")
@access(Permission.WARN_PARKS, of="alert_id")
def correct_one(alert_id: str) -> ResponseReturnValue:
    form = ReasonForm(prefix="correct-")
    if not form.validate():
        return alert_page(get_alert(alert_id), {"correct": form}, 422)
    why, actor, now = typed(form.reason), current_actor(), clock_now()

    def work(session: Session) -> str:
        return begin_correction(session, alert_id, why, actor=actor, now=now)

    try:
        fresh_id = transact(work)
    except Refusal as refusal:
        told = sentence(refusal.code, refusal.params)
        return alert_page(get_alert(alert_id), {"correct": form}, refusal.status, problem=told)
    flash(_("Đã tạo bản đính chính. Sửa lại rồi xin duyệt."))
    return redirect(url_for("alerts.edit_alert", alert_id=fresh_id))
