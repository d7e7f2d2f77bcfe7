"""Why the demo is not loaded."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

SENTENCES: Mapping[str, Any] = {
    "demo.not_empty": _("Cơ sở dữ liệu này đã có dữ liệu nên không nạp bản mẫu."),
    "demo.too_small": _("Bản mẫu cần nhiều người hơn."),
    "demo.too_few_parks": _("Cần ít nhất %(fewest)s khu."),
    "demo.province_only": _("Lệnh này chỉ chạy ở máy chủ tỉnh."),
}
