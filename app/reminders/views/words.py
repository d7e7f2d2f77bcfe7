"""Statuses of deliveries and reasons in words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

from app.delivery.rules import Status
from app.reminders.rules.planning import SkipReason

# In the order in which pages list them.
STATUSES: Mapping[Status, Any] = {
    Status.READ: _("Đã đọc"),
    Status.DELIVERED: _("Đã tới máy, chưa đọc"),
    Status.SENT: _("Đã gửi, chưa tới máy"),
    Status.CREATED: _("Chờ gửi"),
    Status.QUEUED: _("Chờ gửi"),
    Status.SENDING: _("Đang gửi"),
    Status.UNCLEAR: _("Chưa rõ đã tới chưa"),
    Status.TEMPORARY_FAILURE: _("Không tới máy"),
    Status.PERMANENT_FAILURE: _("Không gửi được"),
    Status.TECHNICAL_FAILURE: _("Lỗi gửi"),
    Status.SKIPPED: _("Khai báo trước khi gửi"),
    Status.CANCELLED: _("Đã huỷ"),
    Status.EXPIRED: _("Quá giờ, không gửi"),
}
REASONS: Mapping[SkipReason, Any] = {
    SkipReason.ANSWERED: _("đã khai báo"),
    SkipReason.ABSENT: _("vắng"),
    SkipReason.ALREADY: _("đã nhận cùng lời nhắc"),
    SkipReason.NO_VALUE: _("thiếu thông tin để điền"),
}
