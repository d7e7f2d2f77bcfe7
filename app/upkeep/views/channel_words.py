"""What the page of channels says: names, why one rests, and what became of a test."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from app.delivery.registry import CODES
from app.delivery.rules import (
    BadMessage,
    BadRecipient,
    ChannelError,
    ChannelName,
    ChannelStep,
    ConfigProblem,
    NotUnderstood,
    Permanent,
    QuotaUsedUp,
    RateLimited,
    Unclear,
)
from app.delivery.rules.pausing import BY_PERSON, Rest
from app.delivery.rules.zalo import BY_PROVINCE, NO_PROVINCE

CHANNEL_NAMES: Mapping[ChannelName, str] = {
    ChannelName.WEB_PUSH: "Web Push",
    ChannelName.ZALO_CS: "Zalo OA",
    ChannelName.ZALO_TPL_UID: "Zalo ZBS (UID)",
    ChannelName.ZALO_TPL_PHONE: "Zalo ZBS",
    ChannelName.SMS_ESMS: "SMS eSMS",
    ChannelName.SMS_SPEEDSMS: "SMS SpeedSMS",
    ChannelName.SMS_GSM: "SMS GSM (gammu)",
    ChannelName.SMS_HTTP: "SMS",
    ChannelName.EMAIL: "E-mail",
    ChannelName.STAFF_ALERT: "Apprise",
}
CHANNEL_SETTINGS: Mapping[ChannelName, str] = {
    ChannelName.WEB_PUSH: "ANCA_PUSH_",
    ChannelName.ZALO_CS: "ANCA_ZALO_",
    ChannelName.ZALO_TPL_UID: "ANCA_ZALO_",
    ChannelName.ZALO_TPL_PHONE: "ANCA_ZALO_",
    ChannelName.SMS_ESMS: "ANCA_ESMS_",
    ChannelName.SMS_SPEEDSMS: "ANCA_SPEEDSMS_",
    ChannelName.SMS_GSM: "ANCA_GSM_",
    ChannelName.SMS_HTTP: "ANCA_SMS_",
    ChannelName.EMAIL: "ANCA_SMTP_",
    ChannelName.STAFF_ALERT: "ANCA_ALERT_",
}


def code_text(name: ChannelName, code: str) -> str:
    """What a provider's code means, in the words of its table; empty for one it does not hold."""
    table = CODES.get(name)
    words = table.words_of(code) if table else ""
    return str(_(words)) if words else ""


def rest_text(rest: Rest, until: str) -> str:
    """Why a channel rests, until when, and what to do."""
    return str(_rest(rest, until))


def _rest(rest: Rest, until: str) -> Any:
    match rest.why:
        case str(why) if why == BY_PERSON:
            return _("Quản trị viên đã tạm dừng. Tin chờ tới khi bạn bấm Chạy tiếp.")
        case ChannelStep.SLOW_DOWN:
            return _("Nhà cung cấp báo gửi quá nhanh. Tự gửi tiếp lúc %(until)s.", until=until)
        case ChannelStep.HOLD_ORDINARY:
            return _(
                "Nhà cung cấp báo hết hạn mức hoặc ngoài giờ. Tin thường chờ tới %(until)s; "
                "tin khẩn vẫn gửi.",
                until=until,
            )
        case ChannelStep.CIRCUIT:
            return _(
                "Quá nửa số lượt gửi trong một phút bị lỗi. Tự thử lại lúc %(until)s; "
                "nếu vẫn lỗi, hãy hỏi nhà cung cấp.",
                until=until,
            )
        case _ if rest.code == NO_PROVINCE:
            return _(
                "Chưa nối được với tỉnh, nơi giữ tài khoản Zalo. Tin thường chờ tới khi nối lại; "
                "tin khẩn đi đường khác."
            )
        case _:
            return _(
                "Nhà cung cấp từ chối tài khoản hoặc thiết lập (mã %(code)s). Kiểm tra khoá, số "
                "dư, địa chỉ IP được phép và tên người gửi, rồi bấm Chạy tiếp.",
                code=rest.code or "–",
            )


def failure_text(problem: ChannelError) -> str:
    """What became of a test that was not taken, and what to do about it."""
    return str(_failure(problem))


def _failure(problem: ChannelError) -> Any:
    code = problem.code or "–"
    match problem:
        case _ if problem.code == BY_PROVINCE:
            return _("Tỉnh giữ tài khoản Zalo và gửi thay khu này. Nhờ tỉnh gửi tin thử.")
        case BadRecipient(code="no_address"):
            return _("Chưa gửi: địa chỉ nhận không đúng dạng.")
        case BadRecipient():
            return _("Chưa gửi được: nhà cung cấp không nhận địa chỉ này (mã %(code)s).", code=code)
        case RateLimited():
            return _("Chưa gửi được: nhà cung cấp báo gửi quá nhanh. Thử lại sau một phút.")
        case QuotaUsedUp():
            return _("Chưa gửi được: hết hạn mức của nhà cung cấp (mã %(code)s).", code=code)
        case BadMessage():
            return _(
                "Chưa gửi được: nhà cung cấp từ chối nội dung (mã %(code)s). Có thể mẫu tin "
                "chưa đăng ký.",
                code=code,
            )
        case ConfigProblem():
            return _(
                "Chưa gửi được: nhà cung cấp từ chối tài khoản hoặc thiết lập (mã %(code)s). "
                "Kiểm tra khoá, số dư và địa chỉ IP được phép.",
                code=code,
            )
        case Permanent():
            return _("Chưa gửi được: kênh này không tới được người này (mã %(code)s).", code=code)
        case NotUnderstood():
            return _(
                "Không hiểu câu trả lời của nhà cung cấp (mã %(code)s). Kiểm tra địa chỉ và bảng "
                "mã trong thiết lập.",
                code=code,
            )
        case Unclear():
            return _(
                "Đã gửi đi nhưng không có câu trả lời. Kiểm tra máy nhận trước khi thử lại.",
            )
    return _(
        "Chưa gửi được: nhà cung cấp đang bận hoặc không liên lạc được (mã %(code)s).", code=code
    )
