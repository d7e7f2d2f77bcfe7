"""/sync: how the exchange between this node and the other side stands."""

from datetime import date

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from app.accounts.rules import Permission
from app.checkins.forms import parse_day
from app.extensions import db
from app.kernel.clock import local_day
from app.settings import NodeRole
from app.sync.forms import EnrolForm, InviteForm, PushForm
from app.sync.queries.logs import list_entries
from app.sync.queries.parks import list_parks
from app.sync.queries.states import get_status
from app.web.access import access
from app.web.pagination import page_from_args
from app.web.sentences import sentence

sync_pages = Blueprint("sync", __name__)
ENTRY_KINDS = {
    "summary": _("Báo cáo ngày"),
    "escalation": _("Ca chuyển tỉnh"),
    "feedback": _("Phản ánh"),
    "receipt": _("Biên nhận"),
}


@sync_pages.get("/sync")
@access(Permission.MANAGE_NODE)
def show_sync() -> ResponseReturnValue:
    return render_page()


def render_page(enrol_form: EnrolForm | None = None, invite_form: InviteForm | None = None) -> str:
    """The page with the forms of this node's role, which may hold errors."""
    settings = current_app.config["SETTINGS"]
    status = get_status(db.session(), settings)
    at_park = settings.role is NodeRole.PARK
    asked = page_from_args(request.args)
    rows, total = list_entries(
        db.session(),
        accepted_through=status.accepted_through if at_park else None,
        limit=asked.limit,
        offset=asked.offset,
    )
    return render_template(
        "sync/show_park.html" if at_park else "sync/show_province.html",
        status=status,
        pending=sum(status.pending.values()),
        problems=[(each, sentence(each.code, each.params)) for each in status.problems],
        page=asked.page(rows, total),
        parks=() if at_park else list_parks(db.session()),
        kinds=ENTRY_KINDS,
        settings=current_app.config["SETTINGS"],
        enrol_form=enrol_form or EnrolForm(formdata=None),
        invite_form=invite_form or InviteForm(formdata=None),
        push_form=PushForm(formdata=None),
    )


def asked_day() -> date:
    """The day an address asks for by `on`, "YYYY-MM-DD" or "today"."""
    settings, now = current_app.config["SETTINGS"], current_app.extensions["clock"].now()
    return parse_day(request.args.get("on", "today"), local_day(now, settings.timezone), "/on")
