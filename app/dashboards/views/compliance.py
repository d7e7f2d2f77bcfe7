"""Compliance of companies by day: the heat map, the same as numbers, and as files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.queries.branches import find_park, list_companies
from app.accounts.rules import Permission, branches_for, may
from app.checkins.forms import parse_day
from app.dashboards.gateways.compliance_files import Sheet, csv_bytes, workbook_bytes
from app.dashboards.queries.compliance import Compliance, get_compliance, list_shift_figures
from app.dashboards.rules.compliance import (
    LONGEST_DAYS,
    SHORTEST_DAYS,
    TARGET,
    USUAL_DAYS,
    CompanyDays,
    Day,
    Figures,
    days_between,
    reached,
    together,
    worst_first,
)
from app.extensions import db
from app.kernel.clock import local_day
from app.kernel.text import fold
from app.settings import Settings
from app.web.access import access, current_actor
from app.web.filters import address_with
from app.web.headers import XLSX
from app.web.tables import TableState, table_from_args
from app.web.words import SHIFTS

if TYPE_CHECKING:
    from app.accounts.models import Branch

compliance_pages = Blueprint("compliance", __name__, url_prefix="/compliance")
SPANS = (7, 30, 90)


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked at: companies, days, and whether the last of them is today."""

    title: str
    for_park: bool
    companies: Sequence["Branch"]
    span: tuple[date, ...]
    is_today: bool
    now: datetime


@compliance_pages.get("")
@access(Permission.SEE_COMPLIANCE)
def show_compliance() -> ResponseReturnValue:
    look = _look()
    found = _found(look)
    table = table_from_args(
        request.args,
        sortable=("worst", "name", "share", "change"),
        default="worst",
        filters={"q": None},
        keeps=("days", "to", "view"),
    )
    whole = together(look.span, found.companies)
    return render_template(
        "dashboards/show_compliance.html",
        look=look,
        table=table,
        as_table=request.args.get("view") == "table",
        companies=_sorted(_named(found.companies, table.value("q")), table),
        whole=whole,
        trend=[_point(day) for day in whole],
        shifts=_by_shift(found),
        reached=reached(found.companies),
        target=TARGET,
        day_choices=_day_choices(look),
        workers=sum(each.workers for each in found.companies),
        week_starts=_axis(look.span),
    )


def _look() -> Look:
    settings: Settings = current_app.config["SETTINGS"]
    now = current_app.extensions["clock"].now()
    today = local_day(now, settings.timezone)
    actor = current_actor()
    reach = branches_for(actor, Permission.SEE_COMPLIANCE)
    companies = list_companies(db.session(), reach)
    park = find_park(db.session())
    for_park = park is not None and may(actor, Permission.SEE_COMPLIANCE, park.path)
    last = min(parse_day(request.args.get("to", "today"), today, "/to"), today)
    count = request.args.get("days", "")
    days = int(count[:4]) if count.isascii() and count.isdecimal() else USUAL_DAYS
    days = min(max(days, SHORTEST_DAYS), LONGEST_DAYS)
    return Look(
        title=park.name if park and for_park else ", ".join(each.name for each in companies),
        for_park=for_park,
        companies=companies,
        span=days_between(last - timedelta(days=days - 1), last),
        is_today=last == today,
        now=now,
    )


def _found(look: Look) -> Compliance:
    settings: Settings = current_app.config["SETTINGS"]
    return get_compliance(db.session(), look.companies, look.span, settings=settings, now=look.now)


def _named(companies: Sequence[CompanyDays], wanted: str) -> list[CompanyDays]:
    """Companies whose name or code holds these words, accents and order aside."""
    words = fold(wanted).split()
    return [
        each
        for each in companies
        if all(word in fold(f"{each.name} {each.code}") for word in words)
    ]


def _sorted(companies: Sequence[CompanyDays], table: TableState) -> list[CompanyDays]:
    rows = worst_first(companies)
    if table.sort == "worst":
        return rows[::-1] if table.descending else rows
    keys: dict[str, Any] = {
        "name": lambda each: each.name,
        "share": lambda each: each.last_share,
        "change": lambda each: each.change,
    }
    key = keys[table.sort]
    known = sorted(
        (each for each in rows if key(each) is not None), key=key, reverse=table.descending
    )
    return [*(each for each in rows if key(each) is None), *known]


def _day_choices(look: Look) -> list[dict[str, object]]:
    return [
        {
            "href": address_with(days=days if days != USUAL_DAYS else None),
            "text": ngettext("%(num)d ngày", "%(num)d ngày", days),
            "current": days == len(look.span),
        }
        for days in SPANS
    ]


def _point(day: Day) -> float | str | None:
    if day.share is not None:
        return round(day.share * 100, 2)
    return "nodata" if day.is_silent else None


def _by_shift(found: Compliance) -> list[tuple[str, Figures]]:
    sums: dict[str, Figures] = {}
    for each in found.last_shifts:
        if each.figures.is_heard:
            sums[each.shift] = sums.get(each.shift, Figures()) + each.figures
    return [(shift, sums[shift]) for shift in SHIFTS if shift in sums]


def _axis(span: Sequence[date]) -> list[tuple[int, str]]:
    """Mondays and the last day, by place: the month stands where it changes."""
    last = len(span) - 1
    places = [place for place, on in enumerate(span) if on.weekday() == 0 and place < last - 1]
    labels, month = [], None
    for place in [*places, last]:
        on = span[place]
        labels.append((place, f"{on.day}/{on.month}" if on.month != month else str(on.day)))
        month = on.month
    return labels


@compliance_pages.get("/figures.xlsx")
@access(Permission.SEE_COMPLIANCE)
def download_workbook() -> ResponseReturnValue:
    look = _look()
    found = _found(look)
    grid = Sheet(
        _("Tỷ lệ theo ngày"),
        [_("Doanh nghiệp"), *look.span],
        [[each.name, *(_cell(day) for day in each.days)] for each in worst_first(found.companies)],
        frozenset(range(1, len(look.span) + 1)),
    )
    return _file(workbook_bytes([grid, _long_sheet(look, found)]), XLSX, look, "xlsx")


@compliance_pages.get("/figures.csv")
@access(Permission.SEE_COMPLIANCE)
def download_csv() -> ResponseReturnValue:
    look = _look()
    return _file(csv_bytes(_long_sheet(look, _found(look))), "text/csv", look, "csv")


def _cell(day: Day) -> float | str:
    if day.share is not None:
        return day.share
    if day.is_silent:
        return str(_("không có dữ liệu"))
    return str(_("chưa vào ca") if day.ahead else _("nghỉ"))


def _long_sheet(look: Look, found: Compliance) -> Sheet:
    """Every company, day and shift in a line of its own."""
    ids = [company.id for company in look.companies]
    by_id = {company.id: company for company in look.companies}
    last = look.span[-1]
    earlier = list_shift_figures(db.session(), ids, look.span[0], last - timedelta(days=1))
    return Sheet(
        _("Theo ca"),
        [
            _("Doanh nghiệp"),
            _("Mã"),
            _("Ngày"),
            _("Ca"),
            _("Phải khai báo"),
            _("Đã khai báo"),
            _("Đúng giờ"),
            _("Vắng"),
            _("Chưa hỏi"),
            _("Chưa khai báo"),
            _("Tỷ lệ trên người đi làm"),
        ],
        [
            [
                by_id[each.company_id].name,
                by_id[each.company_id].code,
                each.on,
                str(SHIFTS[each.shift]),
                each.figures.expected,
                each.figures.answered,
                each.figures.on_time,
                each.figures.absent,
                each.figures.not_asked,
                each.figures.not_answered,
                each.figures.share,
            ]
            for each in (*earlier, *found.last_shifts)
        ],
        frozenset({10}),
    )


def _file(content: bytes, kind: str, look: Look, ending: str) -> Response:
    name = f"tuan-thu-{look.span[0].isoformat()}-{look.span[-1].isoformat()}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=kind, headers=headers)
