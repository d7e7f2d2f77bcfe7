"""The inbox of feedback, how long answers took, and the list as a workbook."""

from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.rules import Permission
from app.audit.actions import record_act
from app.extensions import db
from app.feedback.gateways.workbook import Cell, as_workbook
from app.feedback.rules.notes import Category
from app.feedback.rules.times import measure
from app.intake.queries.items import ItemRow, list_file_rows, list_stays
from app.intake.queries.limits import get_limits
from app.intake.rules.states import ItemKind
from app.intake.rules.times import Week, by_week
from app.intake.views.frame import (
    CATEGORIES,
    PARK_STATES,
    STATES,
    WORDS,
    assign_box,
    list_box,
    open_box_again,
)
from app.intake.views.item import do_one, show_one
from app.settings import Settings
from app.web.access import access, current_actor
from app.web.headers import XLSX
from app.web.present import today
from app.web.transaction import transact

WEEKS = 12
intake_feedback = Blueprint("intake_feedback", __name__, url_prefix="/province/feedback")


@intake_feedback.get("")
@access(Permission.HANDLE_INTAKE)
def list_all() -> ResponseReturnValue:
    return list_box(ItemKind.FEEDBACK)


@intake_feedback.post("/assign")
@access(Permission.HANDLE_INTAKE)
def assign_some() -> ResponseReturnValue:
    return assign_box(ItemKind.FEEDBACK)


@intake_feedback.post("/open-again")
@access(Permission.HANDLE_INTAKE)
def open_again() -> ResponseReturnValue:
    return open_box_again(ItemKind.FEEDBACK)


@intake_feedback.get("/<item_id>")
@access(Permission.HANDLE_INTAKE)
def show_item(item_id: str) -> ResponseReturnValue:
    return show_one(ItemKind.FEEDBACK, item_id)


@intake_feedback.post("/<item_id>")
@access(Permission.HANDLE_INTAKE)
def act_on_item(item_id: str) -> ResponseReturnValue:
    return do_one(ItemKind.FEEDBACK, item_id)


@intake_feedback.get("/times")
@access(Permission.HANDLE_INTAKE)
def show_times() -> ResponseReturnValue:
    on = today()
    stays = list_stays(db.session(), ItemKind.FEEDBACK, on - timedelta(weeks=WEEKS), _zone())
    weeks = by_week(stays, on, WEEKS)
    return render_template(
        "intake/show_times.html",
        words=WORDS,
        lines=measure(stays, list(Category), on),
        whole=measure([replace(each, key="all") for each in stays], ["all"], on)[0],
        weeks=weeks,
        points=[each.days for each in weeks],
        highest=_highest(weeks),
        since=on - timedelta(weeks=WEEKS),
        today=on,
        limits=get_limits(),
    )


def _highest(weeks: list[Week]) -> int:
    """The top of the scale: whole days, never less than the limit and one."""
    known = [each.days for each in weeks if each.days is not None]
    return ceil(max([*known, get_limits().feedback_working_days + 1]))


@intake_feedback.get("/list.xlsx")
@access(Permission.HANDLE_INTAKE)
def download_list() -> ResponseReturnValue:
    """Every item of the last year without what was written: texts are read on the page."""
    actor, now = current_actor(), current_app.extensions["clock"].now()
    rows = list_file_rows(db.session(), ItemKind.FEEDBACK, today() - timedelta(days=365))
    content = as_workbook(
        _("Phản ánh"),
        _headings(),
        [_cells(row) for row in rows],
        _("Phản ánh từ các khu, số liệu lúc %(time)s", time=_in_full(now)),
    )
    transact(lambda s: record_act(s, "intake.list_taken", actor=actor, now=now, rows=len(rows)))
    answer = Response(content, content_type=XLSX)
    name = f"phan-anh-cac-khu-{today().isoformat()}.xlsx"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _headings() -> list[str]:
    return [
        _("Khu công nghiệp"),
        _("Mã"),
        _("Công ty"),
        _("Về việc gì?"),
        _("Ngày nhận"),
        _("Hạn trả lời"),
        _("Tình trạng"),
        _("Ở khu"),
        _("Người phụ trách"),
        _("Ngày trả lời"),
    ]


def _cells(row: ItemRow) -> list[Cell]:
    return [
        row.park,
        row.code,
        row.company_code or None,
        str(CATEGORIES.get(row.category, row.category)),
        row.came_on.isoformat(),
        row.due_at.astimezone(_zone()).date().isoformat(),
        str(STATES[row.state]),
        str(PARK_STATES.get(row.park_state, row.park_state)),
        row.owner_name or None,
        row.answered_on.isoformat() if row.answered_on else None,
    ]


def _in_full(at: datetime) -> str:
    """As a file is read on any day."""
    return f"{at.astimezone(_zone()):%d/%m/%Y %H:%M}"


def _zone() -> ZoneInfo:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.timezone
