"""What the page of the Zalo account says: states of templates, lanes, and how calls are signed."""

from flask_babel import gettext as _

from app.delivery.rules import Lane


def template_text(state: str) -> str:
    """A state in Zalo's words, in ours."""
    known = {
        "ENABLE": _("Đã duyệt, gửi được"),
        "PENDING_REVIEW": _("Đang chờ Zalo duyệt"),
        "REJECT": _("Zalo không duyệt"),
        "DISABLE": _("Đã bị tắt"),
        "DELETE": _("Đã xoá"),
    }
    return str(known.get(state) or state or _("Chưa biết: bấm Cập nhật"))


def lane_text(lane: Lane) -> str:
    """Which messages a lane carries."""
    words = {
        Lane.URGENT: _("tin khẩn"),
        Lane.NORMAL: _("tin nhắc"),
        Lane.BULK: _("tin định kỳ"),
    }
    return str(words[lane])


def signature_text(variant: str) -> str:
    """A variant of the signature: the id it begins with, whose time stamp, which secret."""
    first, stamp, secret = variant.split("+")
    parts = {
        "app": _("mã ứng dụng"),
        "oa": _("mã OA"),
        "body": _("giờ trong nội dung"),
        "header": _("giờ trong tiêu đề"),
        "webhook": "ANCA_ZALO_WEBHOOK_SECRET",
        "app_secret": "ANCA_ZALO_APP_SECRET",
    }
    return " · ".join(parts[name] for name in (first, stamp, secret))
