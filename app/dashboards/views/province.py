"""The parks of a province: how each one stands, and what one of them sent of a day."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.rules import Permission, branches_for
from app.checkins.forms import parse_day
from app.dashboards.gateways.compliance_files import Sheet, Value, workbook_bytes
from app.dashboards.queries.province import (
    ParkReports,
    Received,
    find_newest_day,
    find_park_reports,
    list_park_days,
)
from app.dashboards.rules.measures import TARGET
from app.dashboards.rules.province import (
    LATE_AFTER,
    ParkDay,
    Told,
    together,
    trend_days,
)
from app.extensions import db
from app.kernel.clock import local_day
from app.kernel.refusals import NotFound
from app.settings import Settings
from app.web.access import access, current_actor
from app.web.filters import address_with
from app.web.headers import XLSX
from app.web.tables import TableState, table_from_args
from app.web.words import SHIFTS

province_pages = Blueprint("province", __name__, url_prefix="/province")
WHOLE_DAY = "day"
LOWEST = 90


def _now_and_today() -> tuple[datetime, date]:
    settings: Settings = current_app.config["SETTINGS"]
    now = current_app.extensions["clock"].now()
    return now, local_day(now, settings.timezone)


def _look() -> tuple[date, list[ParkDay], bool]:
    """The day looked at, the parks on it, and whether it is the newest one there is."""
    now, today = _now_and_today()
    if "on" in request.args:
        on = min(parse_day(request.args["on"], today, "/on"), today)
        return on, list_park_days(db.session(), on, now=now, newest=False), False
    on = find_newest_day(db.session(), today) or today
    return on, list_park_days(db.session(), on, now=now, newest=True), True


@province_pages.get("")
@access(Permission.SEE_PARKS)
def show_province() -> ResponseReturnValue:
    on, parks, newest = _look()
    table = table_from_args(
        request.args, sortable=("name", "share", "red", "amber", "expected"), default="-red"
    )
    return render_template(
        "dashboards/show_province.html",
        on=on,
        newest=newest,
        table=table,
        parks=_sorted(parks, table),
        silent=[park for park in parks if park.totals is None],
        totals=together(parks),
        as_of=min((park.figures_at for park in parks if park.figures_at), default=None),
        days=trend_days(on),
        points={park.node: _points(park) for park in parks},
        lowest=_lowest(parks),
        target=round(TARGET * 100),
        late_seconds=LATE_AFTER.total_seconds(),
        may_invite=bool(branches_for(current_actor(), Permission.MANAGE_NODE)),
        now=_now_and_today()[0],
    )


def _sorted(parks: Sequence[ParkDay], table: TableState) -> list[ParkDay]:
    """Parks without figures first, then in the order asked for."""
    silent = sorted(
        (park for park in parks if park.totals is None),
        key=lambda park: (park.as_of.timestamp() if park.as_of else 0.0, park.name),
    )
    told = [park for park in parks if park.totals is not None]
    return silent + sorted(told, key=lambda park: _key(park, table), reverse=table.descending)


def _key(park: ParkDay, table: TableState) -> Any:
    totals = park.totals
    if totals is None or table.sort == "name":
        return park.name
    if table.sort == "share":
        return -1.0 if totals.share is None else totals.share
    if table.sort == "expected":
        return totals.figures.expected
    told: Told = getattr(totals, table.sort)
    return -1 if told.count is None else told.count


def _points(park: ParkDay) -> list[float | str]:
    return ["nodata" if share is None else round(share * 100, 2) for share in park.trend]


def _lowest(parks: Iterable[ParkDay]) -> int:
    """The one scale of all the small lines."""
    known = [share * 100 for park in parks for share in park.trend if share is not None]
    return min(LOWEST, int(min(known, default=100)) // 5 * 5)


@province_pages.get("/figures.xlsx")
@access(Permission.SEE_PARKS)
def download_parks() -> ResponseReturnValue:
    on, parks, _newest = _look()
    table = TableState("red", descending=True)
    return _file([_parks_sheet(on, _sorted(parks, table))], f"cac-khu-{on.isoformat()}")


def _parks_sheet(on: date, parks: Sequence[ParkDay]) -> Sheet:
    headings = [
        _("Khu công nghiệp"),
        _("Ngày"),
        _("Số liệu lúc"),
        _("Doanh nghiệp đã gửi"),
        _("Doanh nghiệp"),
        _("Lao động có số liệu"),
        _("Vắng"),
        _("Đã khai báo"),
        _("Tỷ lệ trên người đi làm"),
        _("Nguy cơ"),
        _("Theo dõi"),
    ]
    return Sheet(_("Các khu"), headings, [_park_row(on, park) for park in parks], frozenset({8}))


def _park_row(on: date, park: ParkDay) -> list[Value]:
    totals = park.totals
    if totals is None:
        since = _moment(park.as_of)
        told = _("Không có dữ liệu từ %(since)s", since=since) if since else _("Chưa có dữ liệu")
        return [park.name, on, told]
    return [
        park.name,
        on,
        _moment(park.figures_at),
        totals.reported,
        totals.companies,
        totals.figures.expected,
        totals.figures.absent,
        totals.figures.answered,
        totals.share,
        _told(totals.red),
        _told(totals.amber),
    ]


def _told(told: Told) -> Value:
    if told.count is None:
        return str(_("ẩn"))
    return str(_("%(count)s + ẩn", count=told.count)) if told.partial else told.count


def _moment(at: datetime | None) -> str | None:
    """In full, as a file is read on any day."""
    zone = current_app.config["SETTINGS"].timezone
    return f"{at.astimezone(zone):%d/%m/%Y %H:%M}" if at else None


@province_pages.get("/parks/<node>")
@access(Permission.SEE_PARKS)
def show_park(node: str) -> ResponseReturnValue:
    park = _park(node)
    shown = _shown(park)
    return render_template(
        "dashboards/show_park.html",
        park=park,
        shown=shown,
        parts=[
            {
                "href": address_with(shift=each.shift or WHOLE_DAY, on=park.on.isoformat()),
                "text": _name(each),
                "current": each is shown,
            }
            for each in park.received
        ],
        name_of=_name,
        lines=_lines(shown),
        now=_now_and_today()[0],
    )


def _park(node: str) -> ParkReports:
    today = _now_and_today()[1]
    asked = request.args.get("on")
    on = parse_day(asked, today, "/on") if asked else None
    park = find_park_reports(db.session(), node, on, today=today)
    if park is None:
        raise NotFound
    return park


def _shown(park: ParkReports) -> Received | None:
    wanted = request.args.get("shift", WHOLE_DAY)
    by_key = {each.shift or WHOLE_DAY: each for each in park.received}
    return by_key.get(wanted) or next(iter(park.received), None)


def _name(received: Received) -> str:
    if not received.shift:
        return str(_("Cả ngày"))
    return str(SHIFTS.get(received.shift, received.shift))


def _lines(shown: Received | None) -> list[Any]:
    """Companies: those without figures first, then from the lowest share up."""
    if shown is None:
        return []
    return sorted(
        shown.report.lines,
        key=lambda line: (
            line.is_heard,
            line.figures.share if line.figures and line.figures.share is not None else 2.0,
            line.code,
        ),
    )


@province_pages.get("/parks/<node>/figures.xlsx")
@access(Permission.SEE_PARKS)
def download_park(node: str) -> ResponseReturnValue:
    park = _park(node)
    sheets = [_received_sheet(each, place) for place, each in enumerate(park.received, start=1)]
    sheets = sheets or [Sheet(_("Cả ngày"), [], [])]
    return _file(sheets, f"khu-{park.on.isoformat()}")


def _received_sheet(received: Received, place: int) -> Sheet:
    headings = [
        _("Doanh nghiệp"),
        _("Phải khai báo"),
        _("Đã khai báo"),
        _("Đúng giờ"),
        _("Vắng"),
        _("Chưa hỏi"),
        _("Chưa khai báo"),
        _("Tỷ lệ trên người đi làm"),
        _("Nguy cơ"),
        _("Theo dõi"),
        _("Bình thường"),
    ]
    rows: list[list[Value]] = []
    for line in _lines(received):
        row: list[Value] = [line.code]
        if line.figures is None or not line.is_heard:
            rows.append([line.code, _("không có dữ liệu")])
            continue
        each = line.figures
        row += [each.expected, each.answered, each.on_time, each.absent, each.not_asked]
        row += [each.not_answered, each.share]
        row += [_("ẩn") if n is None else n for n in (line.red, line.amber, line.green)]
        rows.append(row)
    rows += [[code, _("không có dữ liệu")] for code in received.report.missing]
    merged = received.report.merged
    if merged:
        blank: list[Value] = [None] * 7
        rows.append(
            [_("Các doanh nghiệp nhỏ gộp lại"), *blank, merged.red, merged.amber, merged.green]
        )
    known = not received.shift or received.shift in SHIFTS
    name = _name(received) if known else _("Báo cáo %(place)s", place=place)
    return Sheet(name, headings, rows, frozenset({7}))


def _file(sheets: Sequence[Sheet], name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(workbook_bytes(sheets), mimetype=XLSX, headers=headers)
