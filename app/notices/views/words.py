"""Words of notices that pages share."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

from app.notices.rules.cap import Standing

STANDINGS: Mapping[Standing, Any] = {
    Standing.EXERCISE: _("Đây là bài diễn tập"),
    Standing.TEST: _("Đây là tệp gửi thử"),
    Standing.SYSTEM: _("Đây là tệp của máy gửi cho máy"),
    Standing.DRAFT: _("Đây là bản nháp của bên gửi"),
}
