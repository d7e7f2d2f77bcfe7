"""What a park tells of its own summaries, and the buttons by which an admin enrols and sends."""

from typing import Any

from flask import Blueprint, current_app, flash, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.queries.branches import find_park, list_companies
from app.accounts.rules import Permission, branches_for
from app.extensions import csrf, db
from app.kernel.refusals import Refusal
from app.sync.actions.enrolment import Afresh, enrol
from app.sync.actions.pulling import pull_entries
from app.sync.actions.pushing import push_entries
from app.sync.forms import EnrolForm, PushForm
from app.sync.queries.parks import SummaryRow, list_own_summaries, only_companies
from app.sync.rules import BadCode, OtherCode
from app.sync.views.pages import asked_day, render_page
from app.web.access import access, current_actor
from app.web.sentences import sentence
from app.web.transaction import transact

park_sync_api = Blueprint("park_sync_api", __name__, url_prefix="/api/v1")
park_sync_pages = Blueprint("park_sync", __name__)
csrf.exempt(park_sync_api)  # takes no cookie


@park_sync_api.get("/summaries")
@access(Permission.SEE_COMPLIANCE)
def show_summaries() -> ResponseReturnValue:
    on = asked_day()
    codes = _own_companies()
    rows = list_own_summaries(db.session(), on)
    return jsonify(on=on.isoformat(), summaries=[_told(row, codes) for row in rows])


def _own_companies() -> list[str] | None:
    """Codes of the companies the visitor may see; None for the whole park."""
    reach = branches_for(current_actor(), Permission.SEE_COMPLIANCE)
    park = find_park(db.session())
    if park is None or park.path in reach:
        return None
    return [company.code for company in list_companies(db.session(), reach)]


def _told(row: SummaryRow, codes: list[str] | None) -> dict[str, Any]:
    body = row.body if codes is None else only_companies(row.body, codes)
    return {"node": row.node, "state": "accepted" if row.accepted else "waiting", **body}


@park_sync_pages.post("/sync/enrol")
@access(Permission.MANAGE_NODE)
def enrol_here() -> ResponseReturnValue:
    form = EnrolForm()
    if not form.validate_on_submit():
        return render_page(enrol_form=form), 422
    settings, clock = current_app.config["SETTINGS"], current_app.extensions["clock"]
    url, code = str(form.url.data), str(form.code.data)
    try:
        afresh = Afresh(form.how.data or Afresh.NO)
        enrol(transact, clock, settings, url, code, actor=current_actor(), afresh=afresh)
    except Refusal as refusal:
        field = form.code if isinstance(refusal, BadCode | OtherCode) else form.url
        field.errors = [sentence(refusal.code, refusal.params)]
        return render_page(enrol_form=form), 422
    flash(_("Đã nối với kênh tỉnh"))
    return redirect(url_for("sync.show_sync"))


@park_sync_pages.post("/sync/push")
@access(Permission.MANAGE_NODE)
def push_now() -> ResponseReturnValue:
    PushForm().validate()
    settings, clock = current_app.config["SETTINGS"], current_app.extensions["clock"]
    pushed = push_entries(transact, clock, settings, by_hand=True)
    if pushed.stopped_by is None:
        n = pushed.accepted
        flash(ngettext("Tỉnh đã nhận %(num)d mục", "Tỉnh đã nhận %(num)d mục", n))
        pulled = pull_entries(transact, clock, settings, by_hand=True)
        if pulled.accepted:
            n = pulled.accepted
            flash(ngettext("Đã nhận %(num)d mục của tỉnh", "Đã nhận %(num)d mục của tỉnh", n))
            push_entries(transact, clock, settings, by_hand=True)
    return redirect(url_for("sync.show_sync"))
