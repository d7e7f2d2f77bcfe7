"""Why nothing is purged, or a breach is not noted."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

SENTENCES: Mapping[str, Any] = {
    "retention.days_out_of_bounds": _("Số ngày phải từ %(least)s đến %(most)s."),
    "retention.purge_running": _("Đang xoá dữ liệu hết hạn. Đợi xong rồi thử lại."),
    "retention.clock_unsteady": _(
        "Chưa xoá gì: đồng hồ máy chủ có thể vừa nhảy, dữ liệu còn hạn sẽ bị coi là hết hạn. Xem lại "
        "ngày giờ của máy chủ. Giờ đúng và máy chủ chạy đủ một ngày thì xoá được."
    ),
    "retention.breach_in_the_future": _("Lúc phát hiện không thể sau bây giờ."),
    "retention.breach_told_too_early": _(
        "Lúc báo phải sau lúc phát hiện và không thể sau bây giờ."
    ),
    "retention.breach_moved": _("Có người vừa ghi thêm vào vụ việc này. Xem lại rồi ghi lần nữa."),
}
