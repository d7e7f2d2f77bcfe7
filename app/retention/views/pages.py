"""What is kept, how long, when it was last purged; counting, "Xoá ngay", other days."""

import threading

from flask import (
    Blueprint,
    Flask,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.rules import Permission
from app.extensions import db
from app.retention.actions.records import set_days
from app.retention.actions.runs import LEASE, Purge, begin_purge, finish_purge
from app.retention.forms import whole_number
from app.retention.gateways import register_places
from app.retention.queries.plan import days_by_rule, get_rules, list_other_jobs, list_set_days
from app.retention.queries.runs import list_runs
from app.retention.queries.trial import count_all_due
from app.retention.rules.periods import ClockUnsteady, DaysOutOfBounds, PurgeRunning
from app.retention.views.words import EVIDENCE, KINDS_OF_ROWS
from app.upkeep.queries.records import find_running, is_clock_steady
from app.web.access import access, current_actor
from app.web.language import current_language
from app.web.sentences import sentence
from app.web.transaction import transact

retention_pages = Blueprint("retention", __name__, url_prefix="/admin/retention")
RUNS_SHOWN = 10


@retention_pages.get("")
@access(Permission.MANAGE_NODE)
def show_retention() -> ResponseReturnValue:
    session, now = db.session(), current_app.extensions["clock"].now()
    return render_template(
        "retention/show_retention.html",
        rules=get_rules().values(),
        source=get_rules()["answers"].source,
        days=days_by_rule(session),
        changed=list_set_days(session),
        runs=list_runs(session, RUNS_SHOWN),
        running=find_running(session, LEASE, now) is not None,
        others=list_other_jobs(current_language()),
        evidence=EVIDENCE,
        language=current_language(),
        registers=register_places(current_app.config["SETTINGS"]),
    )


@retention_pages.get("/purge")
@access(Permission.MANAGE_NODE)
def ask_purge() -> ResponseReturnValue:
    settings, now = current_app.config["SETTINGS"], current_app.extensions["clock"].now()
    trial = count_all_due(db.session(), now, settings.timezone)
    return render_template(
        "retention/ask_purge.html",
        trial=trial,
        total=sum(trial.rows.values()),
        rules=get_rules(),
        names=KINDS_OF_ROWS,
        language=current_language(),
        now=now,
        running=find_running(db.session(), LEASE, now) is not None,
        unsteady=None if is_clock_steady(db.session(), now) else sentence(ClockUnsteady.code),
    )


@retention_pages.post("/purge")
@access(Permission.MANAGE_NODE)
def purge_now() -> ResponseReturnValue:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    settings, clock = app.config["SETTINGS"], app.extensions["clock"]
    try:
        if not is_clock_steady(db.session(), clock.now()):
            raise ClockUnsteady
        purge = begin_purge(Purge(transact, db.session, clock, settings, current_actor()))
    except (ClockUnsteady, PurgeRunning) as refusal:
        flash(sentence(refusal.code))
        return redirect(url_for("retention.show_retention"))
    threading.Thread(target=_finish, args=(app, purge), name="purge", daemon=True).start()
    flash(_("Đang xoá. Bạn có thể rời trang này."))
    return redirect(url_for("retention.show_retention"))


def _finish(app: Flask, purge: Purge) -> None:
    with app.app_context():
        finish_purge(purge)


@retention_pages.post("/<rule_code>")
@access(Permission.MANAGE_NODE)
def change_days(rule_code: str) -> ResponseReturnValue:
    actor, now = current_actor(), current_app.extensions["clock"].now()
    days = whole_number(request.form.get("days", ""))

    def work(session: Session) -> None:
        set_days(session, rule_code, days, actor=actor, now=now)

    try:
        transact(work)
    except DaysOutOfBounds as refusal:
        flash(sentence(refusal.code, refusal.params))
    else:
        flash(_("Đã lưu số ngày. Lần xoá tới theo số này."))
    return redirect(url_for("retention.show_retention"))
