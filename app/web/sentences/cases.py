"""Why a case stays as it is."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

SENTENCES: Mapping[str, Any] = {
    "cases.closed": _(
        "Ca này đã đóng. Mở lại ca trước rồi làm tiếp; những gì vừa gõ vẫn còn bên dưới."
    ),
    "cases.not_closed": _("Ca này đang mở."),
    "cases.nobody_has_it": _("Chưa ai nhận ca này. Chọn người nhận trước."),
    "cases.no_result_awaited": _("Chưa có mẫu nào đang chờ kết quả. Ghi đã lấy mẫu trước."),
    "cases.level_is_green": _("Mức đã được gỡ."),
    "cases.changed_since": _(
        "Có người vừa làm việc khác trên ca này. Xem lại rồi gửi lần nữa; những gì vừa gõ vẫn còn bên dưới."
    ),
    "cases.level_stands": _(
        "Người này còn ở mức Nguy cơ hoặc Theo dõi. Gỡ mức trước rồi mới đóng ca."
    ),
    "cases.another_open": _("Người này đang có một ca khác mở."),
    "cases.words_needed": _("Cần ghi lý do hoặc nội dung."),
    "cases.task_is_over": _("Việc này đã xong hoặc đã bỏ."),
    "cases.unknown_owner": _("Người này không theo dõi được ca của đơn vị đó."),
    "cases.rule_unverified": _(
        "Quy tắc này chưa kiểm chứng được với văn bản gốc. Hãy tự gỡ mức và ghi lý do."
    ),
    "cases.rule_not_met": _("Chưa đủ điều kiện của quy tắc này."),
    "cases.already_escalated": _("Ca này đã được chuyển lên tỉnh."),
    "cases.no_longer_asked": _("Công ty đã kết thúc theo dõi. Bạn không cần trả lời nữa."),
    "cases.day_not_asked": _("Ngày này không thuộc đợt theo dõi, hoặc chưa tới."),
    "cases.bad_plan": _("Theo dõi từ 1 đến 30 ngày, bắt đầu cách hôm nay không quá 30 ngày."),
    "cases.bad_due_time": _("Hạn phải từ bây giờ và trong vòng 30 ngày."),
}
