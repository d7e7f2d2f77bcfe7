"""Why a message or a grant to send is not taken."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

SENTENCES: Mapping[str, Any] = {
    "delivery.too_many_tries": _("Đã gửi %(most)s tin thử trong một giờ. Hãy đợi rồi thử lại."),
    "delivery.push_off": _("Khu của bạn chưa dùng cách báo tin này."),
    "delivery.bad_subscription": _(
        "Trình duyệt này dùng một dịch vụ đẩy tin mà máy chủ chưa biết."
    ),
    "delivery.no_token": _(
        "Mã dán vào không đúng dạng. Dán nguyên mã làm mới, không có khoảng trắng."
    ),
    "delivery.consent_stale": _(
        "Câu trả lời của Zalo không khớp với lần xin quyền nào từ trình duyệt này trong 15 phút "
        "qua. Bấm Xin quyền trên Zalo rồi làm lại."
    ),
    "delivery.consent_refused": _(
        "Zalo không cấp quyền gửi (mã %(problem)s). Mỗi lần đồng ý chỉ dùng được một lần, trong "
        "10 phút. Bấm Xin quyền trên Zalo rồi làm lại."
    ),
    "delivery.other_account": _(
        "Không lưu: quyền này của một Official Account khác, hoặc Zalo không cho biết của ai. "
        "Đăng nhập Zalo bằng tài khoản quản trị đúng OA rồi làm lại."
    ),
    "delivery.unknown_signature": _("Chữ ký của lời gọi không đúng."),
    "delivery.message_over": _("Tin này đã hết hạn hoặc đã dừng, không gửi lại được."),
}
