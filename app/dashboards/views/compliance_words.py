"""Names of measures and the reasons of a ranking, as people read them."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from app.dashboards.rules.measures import Measure
from app.dashboards.rules.ranking import Ranked, Reason, Why
from app.dashboards.views.look import Look
from app.web.filters import day, percent
from app.web.language import current_language
from app.web.tables import query_with

MEASURES: Mapping[str, Any] = {
    Measure.ANSWERED: _("Đã khai báo"),
    Measure.ON_TIME: _("Khai báo đúng giờ"),
    Measure.FINAL: _("Báo cáo chốt đã gửi"),
    Measure.ZERO: _("Báo cáo không"),
    Measure.DELIVERED: _("Lời nhắc đã đến"),
    Measure.READ: _("Lời nhắc đã đọc"),
    Measure.TEAMS: _("Đủ Tổ an toàn"),
    Measure.FOLLOWED: _("Hồ sơ theo dõi đúng hạn"),
}


def weekday_letters() -> list[str]:
    """Monday to Sunday as columns are headed."""
    return [
        gettext("T2"),
        gettext("T3"),
        gettext("T4"),
        gettext("T5"),
        gettext("T6"),
        gettext("T7"),
        gettext("CN"),
    ]


def reason_text(reason: Reason, heard: str = "") -> str:
    """One reason in words; `heard` is the moment of the last data, as written for the reader."""
    return str(_text(reason, heard))


def _text(reason: Reason, heard: str) -> Any:
    share = percent(reason.share, current_language(), digits=0)
    match reason.why:
        case Why.SILENT:
            if heard:
                return gettext("Không có dữ liệu từ %(since)s", since=heard)
            return gettext("Chưa có dữ liệu lần nào")
        case Why.LOW_DAYS:
            return ngettext(
                "%(num)d ngày dưới mục tiêu, thấp nhất %(share)s ngày %(day)s",
                "%(num)d ngày dưới mục tiêu, thấp nhất %(share)s ngày %(day)s",
                reason.count,
                share=share,
                day=day(reason.on, year=False),
            )
        case Why.WORSE:
            return ngettext(
                "Giảm %(num)d điểm so với kỳ trước",
                "Giảm %(num)d điểm so với kỳ trước",
                reason.count,
            )
        case Why.NOT_FINAL:
            return ngettext(
                "%(num)d ca chưa gửi báo cáo chốt",
                "%(num)d ca chưa gửi báo cáo chốt",
                reason.count,
            )
        case Why.OVERDUE:
            return ngettext(
                "%(num)d hồ sơ theo dõi quá hạn", "%(num)d hồ sơ theo dõi quá hạn", reason.count
            )
        case Why.SHORT_TEAMS:
            return ngettext(
                "%(num)d chuyền thiếu Tổ an toàn", "%(num)d chuyền thiếu Tổ an toàn", reason.count
            )
        case Why.NOT_DELIVERED:
            return ngettext(
                "%(num)d lời nhắc chưa đến máy", "%(num)d lời nhắc chưa đến máy", reason.count
            )
        case Why.LATE:
            return gettext("Chỉ %(share)s khai báo đúng giờ", share=share)


def reason_href(look: Look, row: Ranked, reason: Reason) -> str:
    """Where a reason is seen: the company's page, at the measure and day that show it."""
    values = {name: value for name, value in look.address.items() if name != "measure"}
    if reason.measure is not Measure.ANSWERED:
        values["measure"] = reason.measure.value
    page = url_for("compliance.show_company", company_code=row.company.code)
    anchor = f"#d{reason.on.isoformat()}" if reason.on else ""
    return f"{page}{query_with(values.items())}{anchor}"
