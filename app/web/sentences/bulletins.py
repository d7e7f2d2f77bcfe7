"""Why a bulletin, or rules of the province, are not taken."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

SENTENCES: Mapping[str, Any] = {
    "bulletins.not_allowed_now": _("Bản tin này không còn làm được việc đó."),
    "bulletins.changed_since": _(
        "Có người vừa sửa bản tin này. Xem lại rồi làm lần nữa; những gì vừa gõ vẫn còn bên dưới."
    ),
    "bulletins.nothing_changed": _("Bản đã công bố đang đúng như vậy. Soạn bản sửa trước."),
    "bulletins.reason_missing": _("Ghi lý do: người đọc cần biết vì sao sửa hoặc thu hồi."),
    "bulletins.no_channel": _("Chọn ít nhất một kênh nhận."),
    "bulletins.channels_stand": _(
        "Kênh nhận không đổi được sau khi công bố: ai đã nhận thì nhận cả bản sửa."
    ),
    "bulletins.number_taken": _("Trong năm đã có bản tin số %(number)s."),
    "bulletins.identity_in_text": _(
        "Trong lời có dãy số giống số giấy tờ của người. Bỏ số đó rồi lưu lại."
    ),
    "bulletins.total_below_new": _("Số cộng dồn không thể nhỏ hơn số mới."),
    "bulletins.case_list_refused": _("Danh sách ca có chỗ cần sửa."),
    "bulletins.unreadable": _("Bản tin tỉnh gửi không đọc được, hoặc có thông tin của người."),
    "bulletins.rules_unreadable": _("Không đọc được quy tắc tỉnh gửi."),
    "bulletins.rules_text_unreadable": _(
        "Không đọc được tài liệu: cần YAML hoặc JSON cho quy tắc, CSV cho đường dây nóng."
    ),
    "bulletins.no_park_chosen": _("Chọn gửi cho mọi khu, hoặc chọn ít nhất một khu."),
    "bulletins.already_sent": _("Đã gửi rồi. Muốn đổi thì soạn tài liệu mới."),
}
