"""Names of codes as people read them."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_babel import lazy_gettext as _

SHIFTS: Mapping[str, Any] = {
    "ca1": _("Ca 1"),
    "ca2": _("Ca 2"),
    "ca3": _("Ca 3"),
    "day12": _("Ca ngày 12 giờ"),
    "night12": _("Ca đêm 12 giờ"),
    "office": _("Ca hành chính"),
}
ROLES: Mapping[str, Any] = {
    "worker": _("Người lao động"),
    "team_member": _("Thành viên Tổ an toàn"),
    "safety_officer": _("Cán bộ an toàn"),
    "gate": _("Cổng"),
    "park_manager": _("Quản lý khu"),
    "province_staff": _("Cán bộ tỉnh"),
    "admin": _("Quản trị"),
}
GROUP_KINDS: Mapping[str, Any] = {
    "line": _("Chuyền"),
    "team": _("Tổ"),
    "dorm_room": _("Phòng ký túc xá"),
    "bus": _("Xe đưa đón"),
    "meal_slot": _("Lượt ăn"),
    "safety_team": _("Tổ an toàn"),
    "ad_hoc": _("Nhóm khác"),
}
TASK_KINDS: Mapping[str, Any] = {
    "call": _("Gọi điện"),
    "isolate": _("Đưa đi cách ly"),
    "test": _("Lấy mẫu xét nghiệm"),
    "transport": _("Lo xe đưa đón"),
}
SAMPLE_RESULTS: Mapping[str, Any] = {
    "negative": _("Âm tính"),
    "positive": _("Dương tính"),
    "unclear": _("Chưa rõ"),
}
CASE_STATES: Mapping[str, Any] = {
    "new": _("Mới"),
    "following": _("Đang theo dõi"),
    "awaiting_test": _("Chờ kết quả"),
    "cleared": _("Đã gỡ mức"),
    "closed": _("Đã đóng"),
}
PAGES_VIEWED: Mapping[str, Any] = {
    "today": _("Bảng hôm nay"),
    "worker": _("Hồ sơ người lao động"),
    "missing": _("Danh sách chưa khai báo"),
    "standing": _("Danh sách cần xử lý"),
    "absent": _("Danh sách vắng"),
    "calls": _("Danh sách cần gọi"),
    "group": _("Danh sách nhóm"),
    "sheet": _("Phiếu khai báo"),
    "roll_call": _("Phiếu điểm danh"),
    "cases": _("Danh sách ca theo dõi"),
    "case": _("Ca theo dõi"),
    "duplicates": _("Hồ sơ trùng"),
    "data_request": _("Yêu cầu về dữ liệu"),
    "record": _("Bản in hồ sơ"),
    "feedback": _("Phản ánh của bạn"),
    "unsent": _("Mục chưa gửi lên tỉnh"),
}


def call_name(name: str) -> str:
    """What a Vietnamese person is called: the last word of the name."""
    return name.rsplit(" ", 1)[-1]


def initials(name: str) -> str:
    """Two letters for the round mark beside a name: family name and given name."""
    words = name.split()
    return (
        "".join(word[0] for word in dict.fromkeys([words[0], words[-1]])).upper() if words else ""
    )


def register(app: Flask) -> None:
    """Make the names known to templates."""
    app.jinja_env.filters.update(
        shift_word=lambda code: SHIFTS.get(code, code),
        role_word=lambda code: ROLES.get(code, code),
        group_kind=lambda code: GROUP_KINDS.get(code, code),
        task_word=lambda code: TASK_KINDS.get(code, code),
        result_word=lambda code: SAMPLE_RESULTS.get(code, code),
        case_state_word=lambda code: CASE_STATES.get(code, code),
        page_viewed=lambda code: PAGES_VIEWED.get(code, code),
        call_name=call_name,
        initials=initials,
    )
