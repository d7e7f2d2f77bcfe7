"""Why a notice is not made, sent or read from a file."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

SENTENCES: Mapping[str, Any] = {
    "notices.malformed": _("Thông báo của tỉnh không đọc được, nên chưa gửi cho ai."),
    "notices.of_province": _("Thông báo của tỉnh: khu chỉ dừng gửi được, không sửa hay huỷ."),
    "notices.not_asked": _("Chưa ai xin duyệt thông báo này."),
    "notices.asked": _("Thông báo này đang chờ duyệt."),
    "notices.not_approved": _("Thông báo này phải có người thứ hai duyệt rồi mới gửi được."),
    "notices.counting": _("Thông báo đang đếm ngược. Dừng lại trước rồi mới sửa được."),
    "notices.countdown_not_over": _("Chưa hết giờ đếm ngược nên chưa gửi cho ai."),
    "notices.nothing_is_sent": _("Thông báo này không đang gửi, không có gì để dừng."),
    "notices.sending": _("Thông báo đang gửi. Dừng gửi trước."),
    "notices.sent": _("Thông báo đã gửi xong. Nếu có chỗ sai, hãy gửi bản đính chính."),
    "notices.stopped": _("Thông báo đã dừng gửi. Có thể đính chính hoặc huỷ."),
    "notices.cancelled": _("Thông báo này đã huỷ."),
    "notices.expired": _("Thông báo này đã hết hạn. Hãy soạn thông báo mới."),
    "notices.not_sent_yet": _("Chưa ai nhận thông báo này. Cứ sửa thẳng bản nháp."),
    "notices.already_corrected": _("Thông báo này đã có bản đính chính. Hãy làm tiếp trên bản đó."),
    "notices.own_approval": _("Người soạn không tự duyệt được. Cần một người khác có quyền duyệt."),
    "notices.changed_since": _(
        "Có người vừa sửa hoặc vừa làm việc khác với thông báo này. Xem lại rồi bấm lần nữa."
    ),
    "notices.nobody": _("Không có ai trong phạm vi đã chọn, nên không gửi. Chọn lại nơi nhận."),
    "notices.nobody_to_remind": _(
        "Không còn ai để nhắc: mọi người đã đọc, đã giao tổ trưởng báo, hoặc thông báo đã hết hạn."
    ),
    "notices.no_target": _("Chưa chọn gửi cho ai. Chọn ít nhất một nơi, một ca hoặc một nhóm."),
    "notices.outside_reach": _("Có nơi hoặc nhóm bạn không được gửi tới. Chọn lại nơi nhận."),
    "notices.nothing_to_say": _("Thông báo cần tiêu đề và nội dung tiếng Việt."),
    "notices.too_long": _("Dài quá, nhiều nhất %(most)s ký tự."),
    "notices.half_translated": _("Bản tiếng Anh cần đủ tiêu đề và nội dung, hoặc để trống cả hai."),
    "notices.bad_expiry": _("Hết hạn phải sau bây giờ và trong vòng 30 ngày."),
    "notices.reason_needed": _("Cần ghi lý do."),
    "notices.cap_too_large": _(
        "Tệp lớn hơn %(kilobytes)s kB. Tệp CAP của một thông báo nhỏ hơn nhiều."
    ),
    "notices.cap_not_xml": _("Tệp không phải XML, hoặc bị hỏng. Hãy chép lại từ nơi gửi."),
    "notices.cap_forbidden_xml": _(
        "Tệp có khai báo DTD hoặc entity. Tệp CAP không cần, nên máy không đọc."
    ),
    "notices.cap_other_format": _("Tệp là XML nhưng không phải CAP 1.2."),
    "notices.cap_missing": _("Tệp CAP thiếu mục %(element)s."),
    "notices.cap_repeated": _("Tệp CAP ghi mục %(element)s nhiều lần."),
    "notices.cap_bad_time": _(
        "Mục %(element)s ghi “%(value)s”. Giờ phải có dạng 2026-11-25T05:40:00+07:00, không có chữ Z."
    ),
    "notices.cap_bad_value": _("Mục %(element)s ghi “%(value)s”, CAP 1.2 không có giá trị này."),
    "notices.cap_bad_name": _(
        "Mục %(element)s có dấu cách, dấu phẩy, ký tự < hoặc &, hoặc dài quá 100 ký tự."
    ),
    "notices.cap_no_addresses": _("Tệp CAP gửi riêng (Private) mà không ghi gửi cho ai."),
    "notices.cap_no_restriction": _("Tệp CAP hạn chế (Restricted) mà không ghi hạn chế gì."),
    "notices.cap_bad_references": _(
        "Mục references ghi “%(value)s”. Mỗi tham chiếu phải là: nơi gửi, mã, giờ gửi."
    ),
    "notices.cap_no_references": _("Tệp sửa, huỷ hoặc trả lời mà không ghi của thông báo nào."),
    "notices.cap_expired": _("Thông báo trong tệp đã hết hạn %(at)s, nên không nhập."),
    "notices.cap_not_a_notice": _("Tệp này chỉ là câu trả lời của máy, không có gì để báo."),
    "notices.cap_cancels_unknown": _("Chưa nhập thông báo mà tệp này huỷ, nên không có gì để huỷ."),
    "notices.no_voice": _("Máy chủ chưa cài espeak-ng nên chưa làm được tệp âm thanh."),
    "notices.voice_busy": _("Đang làm tệp âm thanh khác. Hãy thử lại sau ít giây."),
    "notices.voice_failed": _("Chưa làm được tệp âm thanh. Hãy đọc theo lời trên trang."),
}
