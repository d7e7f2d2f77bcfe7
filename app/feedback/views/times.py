"""How long feedback waited: a page, and the same as CSV and Excel."""

from datetime import date, timedelta

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.rules import Permission
from app.extensions import db
from app.feedback.gateways.workbook import Cell, as_csv, as_workbook
from app.feedback.queries.inbox import list_stays
from app.feedback.rules.notes import Category
from app.feedback.rules.times import Measured, measure
from app.feedback.views.frame import CATEGORIES, feedback_pages, own_reach, settings
from app.web.access import access
from app.web.filters import day
from app.web.headers import XLSX
from app.web.present import today

DAYS = 90


@feedback_pages.get("/feedback/times")
@access(Permission.HANDLE_FEEDBACK)
def show_times() -> ResponseReturnValue:
    since = _since()
    return render_template(
        "feedback/show_times.html",
        lines=_lines(since),
        since=since,
        today=today(),
        answer_days=settings().feedback_days,
    )


@feedback_pages.get("/feedback/times.csv")
@access(Permission.HANDLE_FEEDBACK)
def download_times() -> ResponseReturnValue:
    content = as_csv(_headings(), _rows(_since()))
    return _file(content, "text/csv; charset=utf-8", "csv")


@feedback_pages.get("/feedback/times.xlsx")
@access(Permission.HANDLE_FEEDBACK)
def download_times_workbook() -> ResponseReturnValue:
    since = _since()
    note = _("Phản ánh nhận từ %(since)s đến %(until)s", since=day(since), until=day(today()))
    content = as_workbook(_("Phản ánh"), _headings(), _rows(since), note)
    return _file(content, XLSX, "xlsx")


def _since() -> date:
    return today() - timedelta(days=DAYS)


def _lines(since: date) -> list[Measured]:
    stays = list_stays(db.session(), own_reach(), since)
    return measure(stays, list(Category), today())


def _headings() -> list[str]:
    return [
        _("Về việc gì?"),
        _("Đã nhận"),
        _("Ngày đến lần xem đầu, trung vị"),
        _("Đã trả lời"),
        _("Ngày đến khi trả lời, trung vị"),
        _("Trả lời đúng hạn"),
        _("Đang quá hạn"),
    ]


def _rows(since: date) -> list[list[Cell]]:
    return [
        [
            str(CATEGORIES[line.key]),
            line.came,
            line.looked_days,
            line.answered,
            line.answer_days,
            line.in_time,
            line.overdue,
        ]
        for line in _lines(since)
    ]


def _file(content: bytes, mimetype: str, ending: str) -> Response:
    answer = Response(content, content_type=mimetype)
    name = f"phan-anh-{today().isoformat()}.{ending}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
