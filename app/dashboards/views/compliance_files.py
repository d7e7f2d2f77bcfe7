"""Compliance as files: the report as Excel and PDF, the figures as CSV."""

from datetime import date, timedelta
from typing import Any

from flask import Response, current_app
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.rules import Permission
from app.dashboards.gateways.compliance_files import Sheet, csv_bytes, workbook_bytes
from app.dashboards.gateways.report_paper import draw_report
from app.dashboards.queries.compliance import Compliance, list_shift_figures
from app.dashboards.rules.compliance import Day, reached, together, worst_first
from app.dashboards.rules.measures import Tally
from app.dashboards.rules.ranking import Ranked
from app.dashboards.views.compliance import compliance_pages
from app.dashboards.views.compliance_words import MEASURES, reason_text
from app.dashboards.views.look import Look, found_by, look_at, measure_words, ranked_by
from app.extensions import db
from app.web.access import access
from app.web.charts import share_depth
from app.web.filters import day, moment, number, percent
from app.web.headers import XLSX
from app.web.language import current_language
from app.web.words import SHIFTS


@compliance_pages.get("/figures.xlsx")
@access(Permission.SEE_COMPLIANCE)
def download_workbook() -> ResponseReturnValue:
    look = look_at()
    found = found_by(look)
    grid = Sheet(
        _("Tỷ lệ theo ngày"),
        [_("Doanh nghiệp"), *look.span],
        [[each.name, *(_cell(on) for on in each.days)] for each in worst_first(found.companies)],
        frozenset(range(1, len(look.span) + 1)),
    )
    sheets = [_report_sheet(look, found), grid, _long_sheet(look, found)]
    return _file(workbook_bytes(sheets), XLSX, look, "xlsx")


@compliance_pages.get("/figures.csv")
@access(Permission.SEE_COMPLIANCE)
def download_csv() -> ResponseReturnValue:
    look = look_at()
    return _file(csv_bytes(_long_sheet(look, found_by(look))), "text/csv", look, "csv")


@compliance_pages.get("/report.pdf")
@access(Permission.SEE_COMPLIANCE)
def download_report() -> ResponseReturnValue:
    look = look_at()
    found = found_by(look)
    return _file(draw_report(_report(look, found)), "application/pdf", look, "pdf")


def _report(look: Look, found: Compliance) -> dict[str, Any]:
    language = current_language()
    whole = together(look.span, found.companies)
    total = sum((each.figures for each in whole if each.figures.is_heard), Tally())
    good = reached(found.companies, look.target)
    title, *lines = (str(line) for line in report_head(look))
    return {
        "title": title,
        "lines": lines,
        "figures": [
            [str(_("cả kỳ")), percent(total.share, language)],
            [str(_("ngày cuối")), percent(whole[-1].share, language)],
            [str(_("đạt mục tiêu ngày cuối")), number(good.reached, language)],
            [str(_("dưới mục tiêu")), number(good.under, language)],
            [str(_("không có dữ liệu")), number(good.silent, language)],
        ],
        "headings": [
            str(text)
            for text in (
                _("Hạng"),
                _("Doanh nghiệp"),
                _("Từng ngày"),
                _("Kỳ này"),
                _("Kỳ trước"),
                _("Vì sao"),
            )
        ],
        "rows": [
            {
                "name": row.company.name,
                "depths": [_depth(on) for on in row.company.days],
                "share": percent(row.share, language),
                "change": percent(row.before, language),
                "reasons": _reasons(row),
            }
            for row in ranked_by(look, found)
        ],
        "note": str(
            _(
                "Ô càng đậm càng thiếu; có gạch ngang: dưới 80 %; ô rỗng có gạch chéo: "
                "không có dữ liệu, không tính vào tỷ lệ; chấm: nghỉ."
            )
        ),
        "foot": f"An Ca · {lines[-1]}",
        "sign": [
            str(_("Người lập")),
            str(_("Trưởng Ban Quản lý khu") if look.for_park else _("Đại diện doanh nghiệp")),
        ],
    }


def _depth(on: Day) -> int | None:
    if on.share is not None:
        return share_depth(on.share)
    return None if on.is_silent else 0


def _report_sheet(look: Look, found: Compliance) -> Sheet:
    """What a manager hands on: of whom and when, the whole, and the companies with reasons."""
    whole = together(look.span, found.companies)
    total = sum((each.figures for each in whole if each.figures.is_heard), Tally())
    return Sheet(
        _("Báo cáo"),
        [_("Doanh nghiệp"), _("Kỳ này"), _("Kỳ trước"), _("Vì sao")],
        [
            *(
                [row.company.name, row.share, row.before, "; ".join(_reasons(row))]
                for row in ranked_by(look, found)
            ),
            [_("Cả khu") if look.for_park else _("Cả công ty"), total.share, None, None],
        ],
        frozenset({1, 2}),
        tuple(report_head(look)),
    )


def report_head(look: Look) -> list[str]:
    """The lines above a report: what, whose, which days, by what measure, and as of when."""
    settings = current_app.config["SETTINGS"]
    shift = str(SHIFTS[look.shift]) if look.shift else _("mọi ca")
    return [
        _("Tuân thủ khai báo, %(place)s", place=look.title),
        _(
            "%(from)s–%(to)s, %(shift)s",
            **{"from": day(look.span[0]), "to": day(look.span[-1]), "shift": shift},
        ),
        f"{MEASURES[look.measure]}. {measure_words(look)}",
        _(
            "Mục tiêu %(target)s. Số liệu lúc %(time)s.",
            target=percent(look.target, current_language(), digits=0),
            time=moment(look.now, settings.timezone, today=date.min),
        ),
    ]


def _reasons(row: Ranked) -> list[str]:
    heard = row.company.heard_at
    settings = current_app.config["SETTINGS"]
    since = moment(heard, settings.timezone, today=date.min) if heard else ""
    return [reason_text(reason, since) for reason in row.reasons]


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
            if look.shift in {None, each.shift.value}
        ],
        frozenset({10}),
    )


def _file(content: bytes, kind: str, look: Look, ending: str) -> Response:
    name = f"tuan-thu-{look.span[0].isoformat()}-{look.span[-1].isoformat()}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=kind, headers=headers)
