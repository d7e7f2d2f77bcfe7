"""Why a reminder is not kept or moved."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

SENTENCES: Mapping[str, Any] = {
    "reminders.hotlines_unreadable": _(
        "Dòng %(row)s của danh sách đường dây nóng chưa dùng được: cần tên, số, ngày đúng dạng và nguồn."
    ),
    "reminders.changed_meanwhile": _("Người khác vừa sửa lời nhắc này. So hai bản rồi chọn."),
    "reminders.unknown_group": _("Nhóm này không thuộc công ty."),
    "reminders.nothing_to_say": _("Lời nhắc cần tên và nội dung tiếng Việt."),
    "reminders.ends_before_start": _("Ngày cuối trước ngày đầu."),
    "reminders.no_clock_time": _("Nhắc theo giờ thì cần chọn giờ; nhắc theo ca thì không."),
    "reminders.offset_too_long": _("Chỉ nhắc trước hoặc sau tối đa một ngày."),
    "reminders.unknown_weekday": _("Thứ trong tuần không đúng."),
    "reminders.unknown_placeholder": _("Không có gì để điền vào %(placeholder)s."),
    "reminders.misspelt_placeholder": _(
        "Không có gì để điền vào %(placeholder)s. Có phải bạn muốn %(meant)s?"
    ),
    "reminders.placeholder_unfilled": _("Chưa có thông tin để điền vào %(placeholder)s."),
    "reminders.wholly_past": _(
        "Ngày cuối đã qua, lời nhắc sẽ không tới lần nào. Đổi ngày cuối, hoặc tạm dừng rồi lưu."
    ),
    "reminders.unknown_unit": _("Xưởng hoặc chuyền này không thuộc công ty."),
    "reminders.no_text_in_language": _("Chưa có nội dung bằng ngôn ngữ đã chọn."),
    "reminders.no_buses": _(
        "Công ty chưa có nhóm xe đưa đón, nên chưa nhắc theo giờ xe chạy được."
    ),
    "reminders.not_that_day": _("Hôm đó không có lần nhắc này."),
    "reminders.comes_that_day": _("Hôm đó đã có lần nhắc này. Muốn giờ khác thì đổi giờ."),
    "reminders.already_come": _("Lần nhắc này đã tới giờ, không đổi được nữa."),
    "reminders.moment_passed": _("Giờ này đã qua. Chọn một giờ chưa tới."),
    "reminders.too_far_moved": _("Chỉ đổi sớm hoặc muộn tối đa một ngày."),
    "reminders.moment_unread": _("Chọn ngày và giờ, ví dụ 24/11/2026 và 05:30."),
    "reminders.nothing_to_carry": _("Chọn ít nhất một lời nhắc và một công ty khác."),
    "reminders.nobody_to_nudge": _(
        "Không còn ai để nhắc bằng tin nhắn: mọi người đã khai báo, đã được nhắc, hoặc chưa dùng ứng dụng."
    ),
    "reminders.shift_is_over": _("Ca này đã tan, không nhắc nữa."),
    "reminders.no_such_slot": _("Không có khung giờ %(slot)s."),
}
