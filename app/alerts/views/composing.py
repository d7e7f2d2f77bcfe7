"""The list of the province's notices, and writing one."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.queries.branches import find_park
from app.accounts.rules import Permission
from app.alerts.actions.drafting import AlertDraft, change_alert, write_alert
from app.alerts.forms import AlertForm
from app.alerts.queries.parks import count_reach, list_park_choices
from app.alerts.queries.records import count_groups, list_alerts
from app.alerts.rules.audience import kept_audience
from app.alerts.rules.states import AlertAct, AlertState, is_allowed
from app.alerts.views.frame import alert_pages, clock_now, get_alert
from app.extensions import db
from app.kernel.refusals import NotFound, Refusal
from app.notices.rules.wording import Severity, Wording
from app.notices.views.previews import Previews, previews_of
from app.web.access import access, current_actor
from app.web.pagination import page_from_args
from app.web.present import today
from app.web.sentences import sentence
from app.web.transaction import transact

if TYPE_CHECKING:
    from app.alerts.models import Alert

HOLDS_HOURS = 12
GROUPS = ("open", "sent", "over")


@alert_pages.get("")
@access(Permission.WARN_PARKS)
def list_all() -> ResponseReturnValue:
    asked = page_from_args(request.args, size=25)
    wanted = request.args.get("show", "")
    rows, total = list_alerts(db.session(), wanted, limit=asked.limit, offset=asked.offset)
    return render_template(
        "alerts/list_alerts.html",
        page=asked.page(rows, total),
        counts=count_groups(db.session()),
        wanted=wanted if wanted in GROUPS else "",
        now=clock_now(),
    )


@alert_pages.route("/new", methods=["GET", "POST"])
@access(Permission.WARN_PARKS)
def compose() -> ResponseReturnValue:
    form = _form()
    if request.method == "POST":
        return _take(form)
    zone = current_app.config["SETTINGS"].timezone
    until = (clock_now() + timedelta(hours=HOLDS_HOURS)).astimezone(zone)
    form.expires_at.data = until.replace(minute=0, second=0, tzinfo=None)
    form.shift_on.data = today()
    return _page(form)


@alert_pages.route("/<alert_id>/edit", methods=["GET", "POST"])
@access(Permission.WARN_PARKS, of="alert_id")
def edit_alert(alert_id: str) -> ResponseReturnValue:
    alert = get_alert(alert_id)
    if not is_allowed(AlertState(alert.state), AlertAct.EDIT):
        return redirect(url_for("alerts.show_alert", alert_id=alert_id))
    form = _form()
    if request.method == "POST":
        return _take(form, alert)
    form.shift_on.data = today()
    zone = current_app.config["SETTINGS"].timezone
    form.fill(draft_of(alert), zone, alert.touched)
    return _page(form, alert)


def draft_of(alert: "Alert") -> AlertDraft:
    """What is stored of a notice, as somebody wrote it."""
    return AlertDraft(
        Wording(alert.titles, alert.texts),
        kept_audience(alert.to),
        Severity(alert.severity),
        alert.expires_at,
    )


def previews(wording: Wording) -> Previews:
    """How a notice reads; what differs by person stays in braces."""
    root = find_park(db.session())
    if root is None:
        raise NotFound
    return previews_of(wording, root, today())


def _form() -> AlertForm:
    form = AlertForm()
    form.offer(list_park_choices(db.session()))
    return form


def _page(
    form: AlertForm,
    alert: "Alert | None" = None,
    draft: AlertDraft | None = None,
    problem: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    given: dict[str, Any] = {}
    if draft is not None:
        given = {
            "reach": count_reach(db.session(), draft.audience, clock_now()),
            "previews": previews(draft.wording),
        }
    root = find_park(db.session())
    return render_template(
        "alerts/edit_alert.html",
        form=form,
        alert=alert,
        sender=root.name if root else "",
        problem=problem,
        **given,
    ), status


def _take(form: AlertForm, alert: "Alert | None" = None) -> ResponseReturnValue:
    """Keep what was typed, or only show whom it would reach and how it reads."""
    if alert is not None and alert.corrects_id is not None:
        kept = kept_audience(alert.to)
        form.whole.data, form.parks.data = not kept.parks, list(kept.parks)
        form.companies.data = ", ".join(kept.companies)
        form.shifts.data, form.shift_on.data = list(kept.shifts), kept.on
    if not form.validate():
        return _page(form, alert, status=422)
    try:
        draft = form.draft(current_app.config["SETTINGS"].timezone)
        if request.form.get("do") == "preview":
            return _page(form, alert, draft)
        alert_id = _keep(form, draft, alert)
    except NotFound:
        raise
    except Refusal as refusal:
        why = sentence(refusal.code, refusal.params)
        return _page(form, alert, problem=why, status=refusal.status)
    flash(_("Đã lưu bản nháp. Chưa gửi cho ai."))
    return redirect(url_for("alerts.show_alert", alert_id=alert_id))


def _keep(form: AlertForm, draft: AlertDraft, alert: "Alert | None") -> str:
    actor, now = current_actor(), clock_now()
    if alert is None:

        def write(session: Session) -> str:
            return write_alert(session, draft, actor=actor, now=now)

        return transact(write)
    alert_id, told = alert.id, form.seen.data or ""
    seen = int(told) if told.isdecimal() and len(told) < 9 else -1

    def change(session: Session) -> None:
        change_alert(session, alert_id, draft, seen=seen, actor=actor, now=now)

    transact(change)
    return alert_id
