"""What went wrong on the way to somebody, in words: what happened, and what to do about it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _


class Fault(NamedTuple):
    """What happened to a message, and what to do."""

    happened: Any
    to_do: Any


NOTHING_TO_DO = _("Không phải làm gì: chương trình tự thử lại.")
TELL_ADMIN = _(
    "Báo người quản trị kiểm tra cài đặt kênh này. Sửa xong thì tin đang chờ được gửi tiếp."
)
CALL = _("Gọi điện hoặc nhờ tổ trưởng báo cho người này.")
FIX_ADDRESS = _("Hỏi người này địa chỉ đúng rồi sửa trong hồ sơ.")

BY_CLASS: Mapping[str, Fault] = {
    "Temporary": Fault(_("Kênh gửi đang bận hoặc trục trặc, chưa nhận tin."), NOTHING_TO_DO),
    "RateLimited": Fault(_("Gửi nhanh hơn mức kênh cho phép."), NOTHING_TO_DO),
    "QuotaUsedUp": Fault(
        _("Đã hết số tin được gửi trong kỳ này."),
        _("Chờ kỳ sau, hoặc báo người quản trị mua thêm. Tin khẩn tự chuyển sang đường khác."),
    ),
    "OutsideHours": Fault(_("Ngoài giờ kênh này cho gửi."), NOTHING_TO_DO),
    "NotUnderstood": Fault(_("Kênh trả lời điều chương trình không hiểu."), TELL_ADMIN),
    "Unclear": Fault(
        _("Tin đã rời máy chủ nhưng không có trả lời, nên có thể đã tới, có thể chưa."),
        _("Hỏi người này đã nhận chưa, rồi chọn gửi lại hoặc coi như đã tới."),
    ),
    "Permanent": Fault(_("Kênh từ chối hẳn tin này."), CALL),
    "BadRecipient": Fault(_("Địa chỉ không dùng được trên kênh này."), FIX_ADDRESS),
    "BadMessage": Fault(
        _("Kênh từ chối nội dung, nên tin này không gửi được cho ai trên kênh đó."),
        _("Sửa nội dung rồi gửi tin mới. Cần báo ngay thì gọi điện."),
    ),
    "ConfigProblem": Fault(_("Kênh chưa cài đặt đúng hoặc hết tiền."), TELL_ADMIN),
    "AuthExpired": Fault(_("Khoá truy cập của kênh đã hết hạn."), TELL_ADMIN),
    "Reported": Fault(_("Kênh báo lại là tin không tới."), CALL),
    "Silence": Fault(
        _("Kênh đã nhận tin nhưng không bao giờ báo là đã tới."),
        _("Người này có thể đã nhận. Cần chắc chắn thì gọi điện."),
    ),
}
BY_CODE: Mapping[tuple[str, str], Fault] = {
    ("BadRecipient", "no_address"): Fault(_("Hồ sơ không có địa chỉ gửi được."), FIX_ADDRESS),
    ("BadRecipient", "opted_out"): Fault(
        _("Người này không muốn nhận tin ở địa chỉ này."), _("Báo bằng cách khác.")
    ),
    ("BadRecipient", "gone"): Fault(
        _("Địa chỉ này không còn trong hồ sơ."), _("Không phải làm gì.")
    ),
    ("BadMessage", "too_long"): Fault(
        _("Nội dung dài quá mức kênh cho phép."), _("Rút ngắn nội dung rồi gửi tin mới.")
    ),
    ("BadMessage", "no_text"): Fault(
        _("Bỏ các ký hiệu kênh không gửi được thì không còn chữ nào."),
        _("Viết lại nội dung bằng chữ rồi gửi tin mới."),
    ),
    ("Temporary", "no_connection"): Fault(_("Không nối được tới kênh gửi."), NOTHING_TO_DO),
    ("Temporary", "dropped"): Fault(_("Đường truyền đứt trước khi kênh nhận tin."), NOTHING_TO_DO),
    ("ConfigProblem", "tls"): Fault(_("Chứng chỉ của kênh không tin được."), TELL_ADMIN),
    ("ConfigProblem", "url"): Fault(_("Địa chỉ của kênh viết sai."), TELL_ADMIN),
    ("ConfigProblem", "401"): Fault(_("Kênh không nhận tên hoặc mật khẩu."), TELL_ADMIN),
    ("ConfigProblem", "402"): Fault(_("Tài khoản của kênh hết tiền."), TELL_ADMIN),
    ("ConfigProblem", "403"): Fault(_("Kênh không cho máy chủ này gửi."), TELL_ADMIN),
    ("NotUnderstood", "no_json"): Fault(
        _("Kênh trả lời một trang không phải dữ liệu."), TELL_ADMIN
    ),
}
UNKNOWN = Fault(
    _("Chương trình gặp lỗi khi gửi tin này."),
    _("Báo người quản trị xem nhật ký máy chủ. Cần báo ngay thì gọi điện."),
)
# What became of a delivery that met no fault of a channel.
BY_STATUS: Mapping[str, Fault] = {
    "created": Fault(_("Tin đang chờ tới lượt."), NOTHING_TO_DO),
    "queued": Fault(_("Tin đang chờ tới lượt."), NOTHING_TO_DO),
    "sending": Fault(_("Tin đang được gửi đi."), NOTHING_TO_DO),
    "unclear": BY_CLASS["Unclear"],
    "sent": Fault(
        _("Kênh đã nhận tin, chưa báo là đã tới máy."), _("Chờ thêm. Cần chắc chắn thì gọi điện.")
    ),
    "delivered": Fault(_("Tin đã tới máy."), _("Không phải làm gì.")),
    "read": Fault(_("Người này đã đọc hoặc đã khai báo."), _("Không phải làm gì.")),
    "temporary-failure": Fault(_("Đã thử đủ số lần mà tin không tới."), CALL),
    "permanent-failure": Fault(_("Không gửi được tới địa chỉ này."), FIX_ADDRESS),
    "technical-failure": UNKNOWN,
    "cancelled": Fault(_("Tin đã bị dừng hoặc người này đã nghỉ việc."), _("Không phải làm gì.")),
    "expired": Fault(
        _("Tới lượt thì đã quá giờ, nên không gửi nữa."),
        _("Việc vẫn còn cần thì gọi điện hoặc gửi tin mới."),
    ),
    "skipped": Fault(
        _("Người này đã nhận qua đường khác hoặc đã khai báo."), _("Không phải làm gì.")
    ),
}

BY_ROAD: Mapping[tuple[str, str], Fault] = {
    ("in_app", "sent"): Fault(
        _("Tin đã có trong hộp thư, điện thoại chưa mở ứng dụng."),
        _("Chờ thêm. Cần chắc chắn thì gọi điện."),
    ),
    ("in_app", "temporary-failure"): Fault(
        _("Đến lúc tin hết hạn, điện thoại vẫn chưa mở ứng dụng."), CALL
    ),
    ("paper", "sent"): Fault(
        _("Đã giao cho tổ trưởng báo tận nơi, chưa xác nhận."), _("Hỏi tổ trưởng đã báo chưa.")
    ),
    ("paper", "delivered"): Fault(
        _("Tổ trưởng xác nhận đã báo người này."), _("Không phải làm gì.")
    ),
    ("paper", "temporary-failure"): Fault(
        _("Đến lúc tin hết hạn, tổ trưởng chưa xác nhận đã báo."), CALL
    ),
}
# How far a delivery came when what a channel said last still tells why.
STILL_TOLD = frozenset(
    {"queued", "unclear", "temporary-failure", "permanent-failure", "technical-failure"}
)


def fault_of_delivery(channel: str, status: str, error_class: str, code: str) -> Fault:
    """What happened to a delivery and what to do, by how far it came over its road."""
    if error_class and status in STILL_TOLD:
        return fault_of(error_class, code)
    return BY_ROAD.get((channel, status)) or BY_STATUS.get(status, UNKNOWN)


def fault_of(error_class: str, code: str, status: str = "") -> Fault:
    """What happened and what to do, by what a channel said, or else by how far it came."""
    known = BY_CODE.get((error_class, code)) or BY_CLASS.get(error_class)
    if known is not None:
        return known
    if error_class:
        return UNKNOWN
    return BY_STATUS.get(status, UNKNOWN)
