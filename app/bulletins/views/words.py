"""Words of bulletins: columns, what is wrong with a cell, where a case was found."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.bulletins.rules.case_lists import CaseProblem, Column, Found, Sex

COLUMNS: Mapping[str, Any] = {
    Column.CODE: _("Mã ca"),
    Column.ON: _("Ngày"),
    Column.SEX: _("Giới"),
    Column.AGE: _("Nhóm tuổi"),
    Column.PLACE: _("Xã, khu hoặc công ty"),
    Column.FOUND: _("Phát hiện ở"),
}
SEXES: Mapping[Sex, Any] = {Sex.FEMALE: _("Nữ"), Sex.MALE: _("Nam")}
FOUND: Mapping[Found, Any] = {
    Found.QUARANTINE: _("Khu cách ly"),
    Found.LOCKED: _("Khu phong toả"),
    Found.WORKPLACE: _("Nơi làm việc"),
    Found.COMMUNITY: _("Cộng đồng"),
    Found.SCREENING: _("Sàng lọc"),
    Found.OTHER: _("Khác"),
}
FAULTS: Mapping[str, Any] = {
    "name": _(
        "giống tên người. Bỏ tên; nếu là địa danh thì ghi rõ xã, phường, thôn, đường hoặc công ty."
    ),
    "phone": _("giống số điện thoại. Bản tin không ghi số của ai."),
    "id_number": _("giống số giấy tờ. Bản tin không ghi số giấy tờ của ai."),
    "heading_name": _("cột này ghi tên người. Xoá cột này rồi đưa lại."),
    "heading_phone": _("cột này ghi số điện thoại. Xoá cột này rồi đưa lại."),
    "heading_id_number": _("cột này ghi giấy tờ hoặc ngày sinh. Xoá cột này rồi đưa lại."),
    "unknown_heading": _("cột lạ, bản tin không có cột này. Xoá cột hoặc sửa tên cột."),
    "column_missing": _("thiếu cột này."),
    "one_too_many": _("thừa một ô. Mỗi dòng chỉ có 6 ô."),
    "missing": _("còn trống."),
    "too_long": _("dài quá 120 ký tự."),
    "bad_code": _("chưa đúng mã ca. Ví dụ: BN3456, BG-0512."),
    "bad_day": _("chưa đúng ngày. Ví dụ: 23/05/2021."),
    "bad_sex": _("ghi Nam, Nữ hoặc để trống."),
    "bad_age": _("ghi nhóm tuổi, không ghi tuổi: 0-17, 18-29, 30-39, 40-49, 50-59, 60+."),
    "bad_found": _(
        "ghi một trong: Khu cách ly, Khu phong toả, Nơi làm việc, Cộng đồng, Sàng lọc, Khác."
    ),
    "twice": _("mã ca này có ở dòng khác."),
    "too_many": _("một bản tin nhận nhiều nhất 2.000 ca."),
}
SHOWN = 20


def problem_lines(problems: Sequence[CaseProblem]) -> list[str]:
    """Each problem as a sentence that names row and column, the first twenty of them."""
    told = [_line(each) for each in problems[:SHOWN]]
    more = len(problems) - SHOWN
    if more > 0:
        told.append(gettext("Còn %(count)s chỗ khác cần sửa.", count=more))
    return told


def _line(each: CaseProblem) -> str:
    column = str(COLUMNS.get(each.column, each.column))
    what = str(FAULTS[each.code])
    told: str
    if each.value:
        told = gettext(
            "Dòng %(row)s, cột %(column)s (“%(value)s”): %(what)s",
            row=each.row,
            column=column,
            value=each.value,
            what=what,
        )
    else:
        told = gettext(
            "Dòng %(row)s, cột %(column)s: %(what)s", row=each.row, column=column, what=what
        )
    return told
