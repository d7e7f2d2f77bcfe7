"""The first page after signing in, and the frame around every office page."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from app.accounts.queries.branches import find_branch_at, find_park
from app.accounts.rules import Actor, Permission, branches_for
from app.alerts.queries.records import count_open as count_open_alerts
from app.cases.queries.counts import count_open_cases
from app.dashboards.views.sync_box import sync_box
from app.extensions import db
from app.feedback.queries.inbox import count_held
from app.feedback.rules.reach import reach_of
from app.intake.queries.items import (
    count_waiting_calls,
    count_waiting_cases,
    count_waiting_feedback,
)
from app.notices.queries.records import NoticeRow, list_live
from app.web.access import public
from app.web.words import ROLES, initials
from app.workforce.queries.data_requests import count_waiting_requests

home_pages = Blueprint("dashboards", __name__)

ALERTS = "alerts.list_all"
CASES = "cases.list_follow_ups"
# A line of the menu only while something waits there.
REQUESTS = "data_requests.list_requests"
FEEDBACK = "feedback.list_inbox"
INTAKE_CASES = "intake_cases.list_all"
INTAKE_FEEDBACK = "intake_feedback.list_all"
INTAKE_CALLS = "intake_calls.list_all"
# How many wait behind a line of the menu, under the branches that its visitor reaches.
WAITING: Mapping[str, Callable[[Session, Sequence[str]], int]] = {
    ALERTS: count_open_alerts,
    CASES: count_open_cases,
    REQUESTS: count_waiting_requests,
    INTAKE_CASES: count_waiting_cases,
    INTAKE_FEEDBACK: count_waiting_feedback,
    INTAKE_CALLS: count_waiting_calls,
}


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One line of the side bar: for whom, where to, and how it looks."""

    endpoint: str
    icon: str
    text: Any
    permission: Permission


MENU = (
    MenuItem("today.show_today", "layout-dashboard", _("Hôm nay"), Permission.SEE_HEALTH),
    MenuItem(
        "roll_call.list_groups", "clipboard-check", _("Điểm danh"), Permission.ANSWER_FOR_OTHERS
    ),
    MenuItem("paper.list_paper", "user-check", _("Báo tận nơi"), Permission.ANSWER_FOR_OTHERS),
    MenuItem(CASES, "heart-pulse", _("Ca theo dõi"), Permission.FOLLOW_CASES),
    MenuItem("province.show_province", "layout-dashboard", _("Các khu"), Permission.SEE_PARKS),
    MenuItem(ALERTS, "megaphone", _("Thông báo khẩn"), Permission.WARN_PARKS),
    MenuItem(INTAKE_CASES, "heart-pulse", _("Ca chuyển lên"), Permission.HANDLE_INTAKE),
    MenuItem(INTAKE_FEEDBACK, "message-square", _("Phản ánh từ khu"), Permission.HANDLE_INTAKE),
    MenuItem(INTAKE_CALLS, "phone-call", _("Cuộc gọi"), Permission.HANDLE_INTAKE),
    MenuItem("compliance.show_compliance", "chart-line", _("Tuân thủ"), Permission.SEE_COMPLIANCE),
    MenuItem(
        "reports.show_province_reports", "file-text", _("Báo cáo ngày"), Permission.SEND_REPORTS
    ),
    MenuItem(
        "park_reports.show_reports", "file-text", _("Báo cáo ngày"), Permission.SEE_COMPLIANCE
    ),
    MenuItem(FEEDBACK, "message-square", _("Phản ánh"), Permission.HANDLE_FEEDBACK),
    MenuItem("risk.show_places", "shield-check", _("Chỉ số nguy cơ"), Permission.ASSESS_RISK),
    MenuItem("workers.list_people", "users", _("Người lao động"), Permission.SEE_WORKERS),
    MenuItem(REQUESTS, "inbox", _("Yêu cầu dữ liệu"), Permission.MANAGE_WORKERS),
    MenuItem("groups.list_company_groups", "network", _("Nhóm"), Permission.MANAGE_WORKERS),
    MenuItem(
        "imports.start_import", "file-spreadsheet", _("Nhập Excel"), Permission.MANAGE_WORKERS
    ),
    MenuItem("schedule.show_schedule", "calendar-days", _("Lịch làm"), Permission.MANAGE_WORKERS),
    MenuItem(
        "reminders.show_reminders",
        "calendar-clock",
        _("Lịch nhắc"),
        Permission.MANAGE_REMINDERS,
    ),
    MenuItem("notices.list_all", "megaphone", _("Thông báo khẩn"), Permission.SEND_NOTICES),
    MenuItem("bulletins.list_bulletins", "file-text", _("Bản tin"), Permission.PUBLISH_BULLETINS),
    MenuItem(
        "rule_desk.list_rules",
        "clipboard-list",
        _("Quy tắc gửi các khu"),
        Permission.PUBLISH_BULLETINS,
    ),
    MenuItem("reminders.show_carry", "copy", _("Chép lịch nhắc"), Permission.CARRY_REMINDERS),
    MenuItem("rule_sets.show_rule_sets", "clipboard-list", _("Quy tắc"), Permission.SEE_RULES),
    MenuItem("bulletin_board.list_open", "file-text", _("Bản tin của tỉnh"), Permission.SEE_RULES),
    MenuItem("accounts_admin.list_accounts", "user", _("Tài khoản"), Permission.MANAGE_ACCOUNTS),
    MenuItem("kiosks.list_company_kiosks", "keyboard", _("Kiosk"), Permission.MANAGE_KIOSKS),
    MenuItem("sync.show_sync", "refresh-cw", _("Đồng bộ"), Permission.MANAGE_NODE),
    MenuItem("upkeep_channels.show_channels", "send", _("Kênh gửi tin"), Permission.MANAGE_NODE),
    MenuItem("upkeep_node.show_node", "settings", _("Máy chủ"), Permission.MANAGE_NODE),
    MenuItem("upkeep_backups.show_backups", "save", _("Sao lưu"), Permission.MANAGE_NODE),
    MenuItem("retention.show_retention", "clock", _("Lưu giữ dữ liệu"), Permission.MANAGE_NODE),
)


@home_pages.get("/")
@public
def home() -> ResponseReturnValue:
    actor = _visitor()
    if actor is None:
        return redirect(url_for("accounts.sign_in"))
    for item in _menu_for(actor):
        return redirect(url_for(item.endpoint))
    view_functions = current_app.view_functions
    if branches_for(actor, Permission.CHECK_PASSES) and "gate.show_gate" in view_functions:
        return redirect(url_for("gate.show_gate"))
    if actor.worker_id is not None and "shells.show_check_in" in view_functions:
        return redirect(url_for("shells.show_check_in"))
    return redirect(url_for("accounts.show_my_account"))


def _visitor() -> Actor | None:
    actor: Actor | None = current_app.extensions["judges"].by_session()
    return actor


def _menu_for(actor: Actor) -> Sequence[MenuItem]:
    return [
        item
        for item in MENU
        if item.endpoint in current_app.view_functions and branches_for(actor, item.permission)
    ]


@home_pages.app_context_processor
def frame() -> dict[str, Any]:
    """What the office layout shows around a page."""
    if request.path.startswith("/api/"):
        return {}
    actor = _visitor()
    if actor is None:
        return {}
    return {
        "menu": [
            {
                "endpoint_url": url_for(item.endpoint),
                "icon": item.icon,
                "text": item.text,
                "current": request.blueprint == item.endpoint.split(".")[0],
                "count": waiting,
            }
            for item, waiting in _waiting(actor)
            if item.endpoint != REQUESTS or waiting or request.endpoint == REQUESTS
        ],
        "place": _place(actor),
        "person": {
            "id": actor.account_id,
            "name": actor.name,
            "role_text": ROLES[actor.roles[0]] if actor.roles else "",
            "initials": initials(actor.name),
        },
        "live_notices": _live_notices(actor),
        "home_url": url_for("dashboards.home"),
        "sign_out_url": url_for("accounts.sign_out"),
        "sync": sync_box(actor),
        "has_outbox": "shells.show_outbox" in current_app.view_functions,
    }


def _waiting(actor: Actor) -> Iterator[tuple[MenuItem, int]]:
    """The lines of the menu, each with how many wait behind it."""
    for item in _menu_for(actor):
        if item.endpoint == FEEDBACK:
            yield item, count_held(db.session(), reach_of(actor))
            continue
        count = WAITING.get(item.endpoint)
        yield item, count(db.session(), branches_for(actor, item.permission)) if count else 0


def _live_notices(actor: Actor) -> Sequence[NoticeRow]:
    """What is about to go out or is going out, so that it can be stopped from any page."""
    if "notices.show_notice" not in current_app.view_functions:
        return ()
    return list_live(db.session(), branches_for(actor, Permission.SEND_NOTICES))


def _place(actor: Actor) -> dict[str, str]:
    park = find_park(db.session())
    park_name = park.name if park else current_app.config["SETTINGS"].name
    if not actor.grants:
        return {"title": park_name, "subtitle": ""}
    branch = find_branch_at(db.session(), actor.grants[0].path)
    own = branch.name if branch else park_name
    return {"title": own, "subtitle": park_name if own != park_name else ""}
