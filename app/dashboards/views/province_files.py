"""The figures of parks as workbooks."""

from collections.abc import Sequence
from datetime import date, datetime

from flask import Response, current_app
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.rules import Permission
from app.dashboards.gateways.compliance_files import Sheet, Value, workbook_bytes
from app.dashboards.queries.park_reports import Received
from app.dashboards.rules.province import ParkDay, Told
from app.dashboards.views.park_reports import find_park, lines_of, part_name
from app.dashboards.views.province import in_order, look_at_parks, province_pages
from app.web.access import access
from app.web.headers import XLSX
from app.web.tables import TableState
from app.web.words import SHIFTS


@province_pages.get("/figures.xlsx")
@access(Permission.SEE_PARKS)
def download_parks() -> ResponseReturnValue:
    on, parks, _newest = look_at_parks()
    table = TableState("red", descending=True)
    return _file([_parks_sheet(on, in_order(parks, table))], f"cac-khu-{on.isoformat()}")


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


@province_pages.get("/parks/<node>/figures.xlsx")
@access(Permission.SEE_PARKS)
def download_park(node: str) -> ResponseReturnValue:
    park = find_park(node)
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
    for line in lines_of(received):
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
    name = part_name(received) if known else _("Báo cáo %(place)s", place=place)
    return Sheet(name, headings, rows, frozenset({7}))


def _file(sheets: Sequence[Sheet], name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(workbook_bytes(sheets), mimetype=XLSX, headers=headers)
