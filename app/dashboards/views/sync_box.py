"""The box at the foot of the side bar: how the exchange between park and province stands."""

from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.rules import Actor, Permission, branches_for
from app.dashboards.queries.province import count_parks
from app.extensions import db
from app.kernel.clock import local_day
from app.settings import NodeRole, Settings
from app.sync.queries.states import SyncState, sync_state
from app.web.filters import moment

# Where the box leads: the first page that the visitor may see.
LEADS_TO = (
    (Permission.MANAGE_NODE, "sync.show_sync"),
    (Permission.MANAGE_CASES, "park_sync.show_waiting"),
)


def sync_box(actor: Actor) -> dict[str, Any]:
    """Icon, title, text and address of the box; `off` where nothing gets through now."""
    settings: Settings = current_app.config["SETTINGS"]
    state = sync_state(db.session(), settings)
    box = _of_province(state) if settings.role is NodeRole.PROVINCE else _of_park(state)
    return box | {"url": _leads_to(actor)}


def _leads_to(actor: Actor) -> str:
    for permission, endpoint in LEADS_TO:
        if endpoint in current_app.view_functions and branches_for(actor, permission):
            return url_for(endpoint)
    return ""


def _of_province(state: SyncState) -> dict[str, Any]:
    count = count_parks(db.session(), current_app.extensions["clock"].now())
    if not count.enrolled:
        return _box(_("Chưa có khu nào nối vào"), "", off=True)
    told = _("%(heard)s / %(all)s khu có số liệu", heard=count.heard, all=count.enrolled)
    if state.last_contact_at is None:
        return _box(_("Chưa nhận gì từ khu nào"), told, off=True)
    return _box(_("Nhận lúc %(at)s", at=_at(state)), told, off=state.problem_code is not None)


def _of_park(state: SyncState) -> dict[str, Any]:
    waiting = ngettext("%(num)d mục chờ gửi", "%(num)d mục chờ gửi", state.pending)
    if not state.enrolled:
        text = waiting if state.pending else ""
        return _box(_("Chưa nối kênh tỉnh"), text, off=True)
    if state.last_contact_at is None:
        return _box(_("Chưa liên lạc được với tỉnh"), waiting, off=True)
    if state.problem_code is not None:
        return _box(_("Tỉnh nhận lần cuối %(at)s", at=_at(state)), waiting, off=True)
    if state.pending:
        return _box(_("Tỉnh nhận lần cuối %(at)s", at=_at(state)), waiting, off=False)
    return _box(_("Tỉnh đã nhận %(at)s", at=_at(state)), _("không còn mục chờ gửi"), off=False)


def _box(title: str, text: str, *, off: bool) -> dict[str, Any]:
    icon = "cloud-off" if off else "cloud-check"
    return {"icon": icon, "title": title, "text": text, "off": off}


def _at(state: SyncState) -> str:
    settings: Settings = current_app.config["SETTINGS"]
    today = local_day(current_app.extensions["clock"].now(), settings.timezone)
    return moment(state.last_contact_at, settings.timezone, today=today)
