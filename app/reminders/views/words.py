"""Statuses of deliveries and reasons in words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

from app.delivery.rules import ChannelName, Status
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
    Status.SKIPPED: _("Không cần gửi nữa"),
    Status.CANCELLED: _("Đã huỷ"),
    Status.EXPIRED: _("Quá giờ, không gửi"),
}
CHANNELS: Mapping[ChannelName, Any] = {
    ChannelName.IN_APP: _("Hộp thư trong ứng dụng"),
    ChannelName.SMS_HTTP: _("Tin nhắn SMS"),
    ChannelName.SMS_ESMS: _("Tin nhắn SMS qua eSMS"),
    ChannelName.SMS_SPEEDSMS: _("Tin nhắn SMS qua SpeedSMS"),
    ChannelName.SMS_SMPP: _("Tin nhắn SMS qua SMPP"),
    ChannelName.SMS_GSM: _("Tin nhắn SMS qua modem"),
    ChannelName.ZALO_CS: _("Zalo"),
    ChannelName.ZALO_TPL_UID: _("Zalo theo mẫu"),
    ChannelName.ZALO_TPL_PHONE: _("Zalo theo số điện thoại"),
    ChannelName.ZALO_BOT: _("Zalo Bot"),
    ChannelName.NTFY: _("Thông báo ntfy"),
    ChannelName.WEB_PUSH: _("Thông báo trên trình duyệt"),
    ChannelName.EMAIL: _("E-mail"),
    ChannelName.STAFF_ALERT: _("Báo cho cán bộ"),
    ChannelName.PAPER: _("Tổ trưởng báo tận nơi"),
}
REASONS: Mapping[SkipReason, Any] = {
    SkipReason.ANSWERED: _("đã khai báo"),
    SkipReason.ABSENT: _("vắng"),
    SkipReason.ALREADY: _("đã nhận cùng lời nhắc"),
    SkipReason.NO_VALUE: _("thiếu thông tin để điền"),
}
