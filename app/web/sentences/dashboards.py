"""Why a file of figures or a digest is not made."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

SENTENCES: Mapping[str, Any] = {
    "dashboards.file_under_way": _("Một tệp của bạn đang được viết. Đợi xong rồi lấy tệp mới."),
    "dashboards.nothing_to_write": _("Kỳ này không có số liệu để ghi ra tệp."),
    "dashboards.file_not_written": _("Máy chủ chưa viết được tệp. Hãy thử lại."),
    "digests.not_an_address": _("Chưa đúng địa chỉ e-mail. Ví dụ: ten@congty.vn"),
}
