"""Words of the pages: marks of rules, kinds of rows, the clock of a breach."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

from app.retention.rules.breaches import BreachClock
from app.retention.rules.periods import Evidence

EVIDENCE: Mapping[Evidence, Any] = {
    Evidence.FOUND: _("có văn bản"),
    Evidence.PARTIAL: _("đọc một phần văn bản"),
    Evidence.MEMORY: _("theo người làm nghề"),
    Evidence.PROJECT: _("phần mềm chọn"),
}
CLOCKS: Mapping[BreachClock, tuple[str, Any]] = {
    BreachClock.RUNNING: ("amber", _("Chưa báo, còn trong hạn 72 giờ")),
    BreachClock.OVER: ("red", _("Chưa báo, đã quá 72 giờ")),
    BreachClock.TOLD: ("green", _("Đã báo trong hạn")),
    BreachClock.TOLD_LATE: ("amber", _("Đã báo, sau hạn 72 giờ")),
}
KINDS_OF_ROWS: Mapping[str, Any] = {
    "check_in": _("Khai báo"),
    "roll_call": _("Phiếu điểm danh"),
    "roll_mark": _("Dòng điểm danh"),
    "answer_sheet": _("Phiếu Excel đã nạp"),
    "hand_over_note": _("Ghi chú bàn giao"),
    "hand_over_reading": _("Lượt nhận bàn giao"),
    "duty": _("Người theo ca"),
    "clearance": _("Lần gỡ mức nguy cơ"),
    "follow_up_case": _("Hồ sơ theo dõi"),
    "case_task": _("Việc trong hồ sơ"),
    "case_entry": _("Dòng trong hồ sơ"),
    "follow_up_day": _("Ngày theo dõi"),
    "gate_scan": _("Lượt quét ở cổng"),
    "gate_pass": _("Phiếu qua cổng"),
    "kiosk_return": _("Lượt kiosk bị trả lại"),
    "leave": _("Ngày nghỉ"),
    "membership": _("Lượt trong nhóm"),
    "pattern_assignment": _("Lịch làm của người"),
    "planned_change": _("Thay đổi hẹn trước"),
    "attempt": _("Lần thử gửi"),
    "delivery": _("Tin đã gửi"),
    "provider_event": _("Hồi báo của nhà cung cấp"),
    "contact_point": _("Địa chỉ không còn dùng"),
    "push_subscription": _("Điện thoại đăng ký chuông"),
    "feedback": _("Phản ánh"),
    "feedback_entry": _("Dòng trong phản ánh"),
    "feedback_photo": _("Ảnh phản ánh"),
    "risk_photo": _("Ảnh khắc phục"),
    "worker_merge": _("Lần gộp hồ sơ"),
    "merge_step": _("Bước gộp hồ sơ"),
    "group_change": _("Thay đổi nhóm"),
    "roster_import": _("Danh sách đã nạp"),
    "staged_sheet": _("Trang danh sách"),
    "staged_row": _("Dòng danh sách"),
    "import_change": _("Chỗ hoàn tác của danh sách"),
    "import_place": _("Nơi danh sách tạo ra"),
    "figures_file": _("Tệp số liệu"),
    "data_request": _("Yêu cầu về dữ liệu"),
    "data_request_answer": _("Trả lời yêu cầu"),
    "consent": _("Lần đồng ý"),
    "command": _("Lần gửi của điện thoại"),
    "web_session": _("Phiên đăng nhập"),
    "device_token": _("Thẻ thiết bị"),
    "lockout": _("Lần thử sai"),
    "recovery_code": _("Mã khôi phục đã dùng"),
    "spare_code": _("Mã dự phòng đã dùng"),
    "digest_letter": _("Thư tổng hợp đã gửi"),
    "weekly_digest": _("Bản tổng hợp tuần"),
    "audit_entry": _("Dòng nhật ký"),
    "database_aside": _("Tệp cất riêng khi khôi phục hoặc khi hỏng"),
}
