"""Why a pass, a kiosk or a sealed answer is not taken."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

SENTENCES: Mapping[str, Any] = {
    "gate.no_pass": _("Đây không phải thẻ vào ca."),
    "kiosk.wrong_code": _("Mã cài đặt chưa đúng hoặc đã hết hạn. Hãy xin mã mới."),
    "kiosk.revoked": _("Kiosk này đã bị thu hồi. Hãy thêm kiosk mới."),
    "sealed.unknown_key": _(
        "Kiosk này dùng khoá niêm phong lạ với máy chủ. Hãy khai báo lại và báo người giữ máy chủ."
    ),
    "sealed.unreadable": _("Khai báo niêm phong bị hỏng, máy chủ không mở được. Hãy khai báo lại."),
    "sealed.malformed": _("Khai báo niêm phong thiếu phần cần có. Hãy khai báo lại."),
    "sealed.no_shift": _("Chưa biết khai báo này cho ca nào. Hãy hỏi lại người khai."),
}
