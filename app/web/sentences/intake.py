"""Why an item of the province's inbox stays as it is."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

SENTENCES: Mapping[str, Any] = {
    "intake.closed": _("Mục này đã đóng. Mở lại trước nếu cần làm tiếp."),
    "intake.not_closed": _("Chỉ mở lại được mục đã trả lời hoặc đã đóng."),
    "intake.answered": _("Mục này đã có trả lời. Trả lời thêm, mở lại hoặc đóng."),
    "intake.not_answered_here": _("Khu được giao việc sẽ trả lời cuộc gọi này."),
    "intake.task_open": _("Khu còn đang làm việc này. Chờ khu trả lời rồi đóng."),
    "intake.moved": _("Có người vừa làm với mục này. Xem lại rồi làm tiếp."),
    "intake.nothing_to_undo": _("Việc vừa làm không rút lại được: người khác đã biết rồi."),
    "intake.no_owner": _("Chọn một đồng nghiệp ở tỉnh, khác người đang phụ trách."),
    "intake.words_needed": _("Cần viết vài chữ, nhiều nhất %(most)s ký tự."),
    "intake.nothing_chosen": _("Chưa chọn mục nào. Đánh dấu ít nhất một dòng."),
    "intake.unknown_act": _("Không có việc này. Tải lại trang rồi thử lại."),
    "intake.unknown_park": _("Chọn một khu đang nối với tỉnh."),
    "intake.content_gone": _("Nội dung chưa tới hoặc đã xoá, nên không trả lời được."),
    "intake.not_an_item": _("Nội dung niêm phong không đọc được: thiếu phần cần có."),
    "intake.not_heard": _("Tới trước khi máy này có hộp thư. Máy tự mở trong vòng một giờ."),
    "intake.nobody_waits": _("Trả lời cho một mục không có ở máy này."),
}
