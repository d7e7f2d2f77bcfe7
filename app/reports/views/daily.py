"""/reports: a daily form filled from what is known, to look at and to take along."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.queries.branches import find_park
from app.accounts.rules import Permission, branches_for
from app.checkins.forms import parse_day
from app.dashboards.gateways.compliance_files import Sheet, csv_bytes, workbook_bytes
from app.extensions import db
from app.kernel.clock import local_day
from app.reports.gateways.columns import report_forms
from app.reports.queries.days import (
    Filled,
    fill_companies_of,
    fill_own_companies,
    fill_own_park,
    fill_parks,
    list_park_names,
)
from app.reports.rules.forms import (
    DAILY_COMPANY,
    DAILY_PARK,
    Form,
    UnknownForm,
    Value,
    company_cells,
    park_cells,
    unknown_columns,
)
from app.settings import NodeRole
from app.web.access import access, current_actor
from app.web.filters import moment, percent
from app.web.headers import XLSX
from app.web.language import current_language

park_report_pages = Blueprint("park_reports", __name__, url_prefix="/reports")
report_pages = Blueprint("reports", __name__, url_prefix="/reports")
CSV = "text/csv; charset=utf-8"
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Look:
    """The form that is looked at, its day, what it is filled with, and which others there are."""

    form: Form
    forms: Sequence[Form]
    on: date
    today: date
    park: str
    parks: Sequence[tuple[str, str]]
    filled: Filled
    rows: Sequence[Sequence[Value]]


def now_and_today() -> tuple[datetime, date]:
    """This moment, and the day it is here."""
    now = current_app.extensions["clock"].now()
    return now, local_day(now, current_app.config["SETTINGS"].timezone)


def _at_park() -> bool:
    return current_app.config["SETTINGS"].role is NodeRole.PARK


def _form_ids() -> tuple[str, ...]:
    """Who stands outside the companies makes the park's form, the others their company's."""
    if not _at_park():
        return (DAILY_PARK, DAILY_COMPANY)
    park = find_park(db.session())
    reach = branches_for(current_actor(), Permission.SEE_COMPLIANCE)
    return (DAILY_PARK,) if park is not None and park.path in reach else (DAILY_COMPANY,)


def _look() -> Look:
    ids = _form_ids()
    wanted = request.args.get("form", ids[0])
    if wanted not in ids:
        raise UnknownForm
    now, today = now_and_today()
    on = min(parse_day(request.args.get("on", "today"), today, "/on"), today)
    known = report_forms(current_language())
    form = known[wanted]
    parks = [] if _at_park() else list_park_names(db.session())
    park = request.args.get("park") or (parks[0][0] if parks else "")
    filled = _filled(form.id, on, today, now, park)
    return Look(
        form,
        [known[each] for each in ids],
        on,
        today,
        park,
        parks,
        filled,
        _rows(form, filled),
    )


def _filled(form_id: str, on: date, today: date, now: datetime, park: str) -> Filled:
    session, actor = db.session(), current_actor()
    if not _at_park():
        if form_id == DAILY_PARK:
            return fill_parks(session, on, now=now)
        return fill_companies_of(session, park, on, today=today, now=now)
    if form_id == DAILY_PARK:
        return fill_own_park(session, on)
    paths = list(branches_for(actor, Permission.SEE_COMPLIANCE))
    return fill_own_companies(session, on, paths, actor=actor, now=now)


def _rows(form: Form, filled: Filled) -> list[list[Value]]:
    if form.id == DAILY_PARK:
        return [[row.park, *park_cells(form, row, _percent)] for row in filled.parks]
    return [company_cells(form, row, _percent) for row in filled.companies]


def _percent(share: float) -> str:
    return percent(share, "vi")  # forms are read by authorities, whoever writes them


def _headings(form: Form) -> list[str]:
    titles = [column.title for column in form.columns]
    return ["Khu công nghiệp", *titles] if form.id == DAILY_PARK else titles


def _show() -> ResponseReturnValue:
    look = _look()
    return render_template(
        "reports/show_reports.html",
        look=look,
        headings=_headings(look.form),
        unknown=unknown_columns(look.form),
        most=MOST_SHOWN,
        at_park=_at_park(),
        endpoint="park_reports" if _at_park() else "reports",
        query={
            "form": look.form.id,
            "on": look.on.isoformat(),
            **({"park": look.park} if look.form.id == DAILY_COMPANY and look.parks else {}),
        },
    )


def _workbook() -> Response:
    look = _look()
    settings = current_app.config["SETTINGS"]
    as_of = look.filled.as_of
    above = [
        look.form.title,
        _("Ngày %(day)s", day=f"{look.on:%d/%m/%Y}"),
        _("Số liệu lúc %(at)s", at=moment(as_of, settings.timezone, today=date.min))
        if as_of
        else _("Chưa có số liệu"),
        _("Bộ cột đề xuất (bản %(version)s), nơi nhận chưa xác nhận.", version=look.form.version),
    ]
    if look.filled.missing:
        above.append(_("Chưa có số liệu của: %(names)s", names=", ".join(look.filled.missing)))
    sheet = Sheet(look.form.title[:31], _headings(look.form), look.rows, above=tuple(above))
    unknown = {column.id for column in unknown_columns(look.form)}
    notes = [
        [
            column.id,
            column.title,
            _("chưa có trong An Ca") if column.id in unknown else _("có số liệu"),
        ]
        for column in look.form.columns
    ]
    legend = Sheet(_("Chú giải"), [_("Mã cột"), _("Tên cột"), _("Số liệu")], notes)
    return _file(workbook_bytes([sheet, legend]), XLSX, look, "xlsx")


def _csv() -> Response:
    """Column ids as headings: for programs, and the same whatever the titles become."""
    look = _look()
    ids = [column.id for column in look.form.columns]
    headings = ["park", *ids] if look.form.id == DAILY_PARK else ids
    return _file(csv_bytes(Sheet("", headings, look.rows)), CSV, look, "csv")


def _file(content: bytes, kind: str, look: Look, ending: str) -> Response:
    name = f"{look.form.id}-{look.on.isoformat()}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=kind, headers=headers)


@park_report_pages.get("")
@access(Permission.SEE_COMPLIANCE)
def show_reports() -> ResponseReturnValue:
    return _show()


@park_report_pages.get("/daily.xlsx")
@access(Permission.SEE_COMPLIANCE)
def download_workbook() -> ResponseReturnValue:
    return _workbook()


@park_report_pages.get("/daily.csv")
@access(Permission.SEE_COMPLIANCE)
def download_csv() -> ResponseReturnValue:
    return _csv()


@report_pages.get("")
@access(Permission.SEND_REPORTS)
def show_province_reports() -> ResponseReturnValue:
    return _show()


@report_pages.get("/daily.xlsx")
@access(Permission.SEND_REPORTS)
def download_province_workbook() -> ResponseReturnValue:
    return _workbook()


@report_pages.get("/daily.csv")
@access(Permission.SEND_REPORTS)
def download_province_csv() -> ResponseReturnValue:
    return _csv()
