"""Why a report stays as it is."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

SENTENCES: Mapping[str, Any] = {
    "feedback.closed": _("Phản ánh đã đóng. Mở lại trước nếu cần làm tiếp."),
    "feedback.not_closed": _("Chỉ mở lại được phản ánh đã trả lời hoặc đã đóng."),
    "feedback.answered": _("Phản ánh đã có trả lời. Trả lời thêm, chuyển lên hoặc mở lại."),
    "feedback.moved": _("Có người vừa làm với phản ánh này. Xem lại rồi làm tiếp."),
    "feedback.not_held": _("Phản ánh đang ở nơi khác, bạn chỉ xem được."),
    "feedback.no_further": _("Không còn cấp nào cao hơn để chuyển."),
    "feedback.nothing_to_undo": _("Việc vừa làm không rút lại được: người khác đã biết rồi."),
    "feedback.not_the_same": _(
        "Không gộp được hai phản ánh này: một phản ánh đã gộp, đã xong hoặc đang ở nơi khác."
    ),
    "feedback.no_owner": _("Chọn một người đang phụ trách nơi này."),
    "feedback.words_needed": _("Cần viết vài chữ, nhiều nhất 2.000 ký tự."),
    "feedback.not_a_picture": _("Không đọc được ảnh, hoặc ảnh quá lớn. Gửi lại không kèm ảnh."),
    "feedback.unknown_code": _("Không có phản ánh nào chờ với mã này. Xem lại từng chữ."),
    "feedback.too_many": _("Có quá nhiều phản ánh cùng lúc. Máy tự gửi lại sau ít phút."),
    "feedback.not_kept": _("Máy chủ chưa lưu được. Máy tự gửi lại sau ít phút."),
}
