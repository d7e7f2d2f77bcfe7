"""Why an alert of the province is not made or sent."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

SENTENCES: Mapping[str, Any] = {
    "alerts.no_parks": _("Chưa có khu nào nối vào, nên không gửi được."),
    "alerts.unknown_parks": _("Có khu chưa nối vào hoặc đã bị ngắt. Chọn lại khu."),
    "alerts.companies_need_parks": _("Gửi theo mã công ty thì phải chọn khu, không chọn tất cả."),
    "alerts.bad_company_code": _("Mã công ty “%(given)s” không đúng, hoặc quá 200 mã."),
    "alerts.bad_shift": _("Chọn ca thì chọn cả ngày của ca."),
    "alerts.no_shared_placeholder": _("Ghi thẳng số điện thoại, vì mỗi khu có số {hotline} riêng."),
    "alerts.already_gone": _(
        "Thông báo đã gửi xuống khu. Có chỗ sai thì đính chính, muốn rút thì huỷ."
    ),
    "alerts.still_going": _("Đang gửi xuống các khu. Chờ vài giây rồi làm lại."),
    "alerts.nothing_counting": _("Thông báo này không đang đếm ngược."),
    "alerts.malformed_state": _("Khu báo số người đã đọc nhưng không đọc được."),
    "alerts.unknown_alert": _("Khu báo về một thông báo mà tỉnh chưa gửi cho khu này."),
}
