"""Why a daily form is not written or sent."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

SENTENCES: Mapping[str, Any] = {
    "reports.unknown_form": _("Không có mẫu báo cáo này."),
    "reports.bad_codes": _(
        "Tệp mã chưa đọc được ở chỗ “%(part)s”. Mã chỉ gồm chữ, số và _ . : -, không trùng nhau."
    ),
    "reports.no_source": _("Ghi nguồn của bảng mã: ai cấp, văn bản nào."),
    "reports.nothing_to_send": _("Không có giá trị nào để gửi. Xem lại ngày và mã của các khu."),
    "reports.too_many_days": _("Mỗi lần nhiều nhất %(most)s ngày."),
    "reports.dhis2_not_set": _("Chưa đặt địa chỉ hoặc tài khoản của hệ thống nhận."),
    "reports.dhis2_unreachable": _("Chưa nối được với hệ thống nhận. Chưa gửi gì, hãy thử lại."),
    "reports.dhis2_no_answer": _(
        "Hệ thống nhận không trả lời kịp. Có thể đã ghi, gửi lại cũng không ghi hai lần."
    ),
    "reports.dhis2_out_of_order": _(
        "Hệ thống nhận đang trục trặc. Có thể đã ghi, gửi lại cũng không ghi hai lần."
    ),
    "reports.dhis2_not_dhis2": _("Địa chỉ này không trả lời như DHIS2. Xem lại ANCA_DHIS2_URL."),
    "reports.dhis2_sign_in": _(
        "Hệ thống nhận không chấp nhận tài khoản này. Xem lại token hoặc mật khẩu."
    ),
    "reports.dhis2_wrong_type": _("Hệ thống nhận không đọc kiểu dữ liệu này."),
    "reports.dhis2_bad_content": _("Hệ thống nhận không đọc được nội dung."),
    "reports.dhis2_conflict": _(
        "Hệ thống nhận không chấp nhận những giá trị nêu dưới đây. Thường là sai mã."
    ),
    "reports.dhis2_ignored": _(
        "Hệ thống nhận bỏ qua một số giá trị mà không nêu lý do: có thể đã có sẵn, hoặc là số 0 mà hệ thống nhận không giữ."
    ),
    "reports.dhis2_uncounted": _("Hệ thống nhận báo số giá trị ít hơn số đã gửi."),
}
