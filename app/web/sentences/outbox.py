"""Why a command is not taken."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

SENTENCES: Mapping[str, Any] = {
    "commands.too_many": _("Mỗi lần chỉ gửi tối đa 500 mục."),
    "commands.missing": _("Không thấy danh sách mục cần gửi."),
    "commands.key_missing": _("Mục này thiếu mã riêng nên không nhận được."),
    "commands.key_reused": _("Mã của mục này đã dùng cho một mục khác."),
    "commands.unknown_kind": _("Máy chủ chưa biết loại việc này."),
    "commands.malformed": _("Mục này không đúng dạng."),
    "commands.bad_time": _("Thời điểm của mục này không đọc được."),
    "commands.parcel_unreadable": _("Máy chủ không mở được mục này. Chủ của nó cần đăng nhập lại."),
    "checkins.too_many_people": _("Mỗi phiếu điểm danh nhiều nhất 1000 người."),
    "checkins.badge_twice": _("Mã nhân viên này có hai lần trong phiếu."),
    "checkins.unknown_roll_state": _("Kết quả điểm danh này không có trong danh sách."),
    "checkins.list_wanted": _("Mục này cần một danh sách."),
    "sealed.pins_wait": _("Máy chủ đang kiểm tra nhiều mã PIN. Kiosk sẽ tự gửi lại."),
}
