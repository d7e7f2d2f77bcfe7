"""Why an answer, a roll call or a sheet is not taken."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

SENTENCES: Mapping[str, Any] = {
    "checkins.rule_version_taken": _(
        "Bộ quy tắc %(version)s đã có với nội dung khác. Tăng số bản rồi gửi lại."
    ),
    "checkins.rules_not_yet_valid": _("Bộ này chưa tới ngày có hiệu lực nên chưa chấp nhận được."),
    "checkins.shift_too_far": _("Chỉ khai báo cho ca từ 14 ngày trước đến 2 ngày tới."),
    "checkins.consent_needed": _(
        "Cần đồng ý với thông báo về dữ liệu sức khoẻ trước khi khai báo."
    ),
    "checkins.has_left": _("Người này đã nghỉ việc trước ngày của ca."),
    "checkins.nothing_to_clear": _("Người này đang ở mức Bình thường."),
    "checkins.reason_needed": _("Cần ghi lý do."),
    "checkins.already_answered": _("Người này đã khai báo, không thể ghi vắng."),
    "checkins.roll_call_undone": _("Lần điểm danh này đã hoàn tác rồi."),
    "checkins.unknown_rules": _("Không có bộ quy tắc này."),
    "checkins.bad_answers": _("Câu trả lời không đúng dạng. Xem lại mục được đánh dấu."),
    "checkins.unknown_symptom": _("Dấu hiệu này không có trong danh sách."),
    "checkins.unknown_exposure": _("Câu hỏi này không có trong danh sách."),
    "checkins.temperature_out_of_range": _(
        "Nhiệt độ phải từ 34 đến 43 °C. Bạn xem lại số vừa nhập."
    ),
    "checkins.symptoms_required": _("Chưa có câu trả lời về dấu hiệu."),
    "checkins.not_a_number": _("Mục này cần một con số."),
    "checkins.text_too_long": _("Ghi chú dài quá 500 chữ cái."),
    "checkins.broken_rule_set": _("Bộ quy tắc có lỗi ở mục %(where)s."),
    "sheets.not_a_sheet": _(
        "Tệp này không phải phiếu khai báo của chuyền, tổ bạn phụ trách. Hãy tải phiếu mới rồi điền."
    ),
    "sheets.done": _("Phiếu này đã xong, không còn dòng nào để ghi."),
    "sheets.result_unknown": _("Kết quả không có trong danh sách chọn."),
    "sheets.signs_missing": _("Đã chọn có dấu hiệu (T) mà chưa đánh dấu hiệu nào."),
    "sheets.well_with_signs": _("Đã chọn Khoẻ mà vẫn đánh dấu hiệu."),
    "sheets.result_missing": _("Có nhiệt độ hoặc giờ mà chưa chọn kết quả."),
    "sheets.absent_with_signs": _("Đã chọn Vắng mà vẫn ghi nhiệt độ hoặc dấu hiệu."),
    "sheets.time_unreadable": _("Không đọc được giờ hỏi. Ví dụ: 05:50"),
    "sheets.time_ahead": _("Giờ này chưa tới. Kiểm tra lại giờ, ngày và ca của phiếu."),
    "sheets.time_outside_shift": _(
        "Giờ này không thuộc ca của phiếu: chỉ nhận từ tối hôm trước đến hết ca."
    ),
    "sheets.written_at_missing": _(
        "Ghi giờ trên giấy của phiếu, hoặc giờ riêng cho từng người có kết quả."
    ),
    "sheets.nothing_keyed": _("Chưa có kết quả của ai. Chọn ít nhất một người."),
    "sheets.too_many_to_key": _(
        "Đơn vị này có hơn %(most)s người trong ca. Chọn từng chuyền, tổ để nhập."
    ),
    "hand_over.nothing_written": _("Ghi chú giao ca chưa có nội dung."),
    "hand_over.too_long": _("Ghi chú giao ca dài tối đa %(most)s chữ cái."),
}
