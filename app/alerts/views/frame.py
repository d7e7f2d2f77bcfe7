"""What every page of the province's notices needs: the notice, and words of states and stages."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app
from flask_babel import lazy_gettext as _

from app.alerts.queries.records import find_alert, find_alert_path
from app.alerts.rules.states import AlertState
from app.alerts.rules.told import ParkStage
from app.extensions import db
from app.kernel.refusals import NotFound
from app.web.access import locates

if TYPE_CHECKING:
    from app.alerts.models import Alert

alert_pages = Blueprint("alerts", __name__, url_prefix="/province/notices")
locates("alert_id")(find_alert_path)

STATES: Mapping[AlertState, Any] = {
    AlertState.DRAFT: _("Bản nháp"),
    AlertState.WAITING: _("Chờ duyệt"),
    AlertState.COUNTDOWN: _("Đang đếm ngược"),
    AlertState.SENDING: _("Đang gửi xuống khu"),
    AlertState.SENT: _("Đã gửi xuống khu"),
    AlertState.CANCELLED: _("Đã huỷ"),
    AlertState.EXPIRED: _("Đã hết hạn"),
}
TONES: Mapping[AlertState, str] = {
    AlertState.DRAFT: "none",
    AlertState.WAITING: "watch",
    AlertState.COUNTDOWN: "risk",
    AlertState.SENDING: "info",
    AlertState.SENT: "ok",
    AlertState.CANCELLED: "absent",
    AlertState.EXPIRED: "none",
}
ICONS: Mapping[AlertState, str] = {
    AlertState.DRAFT: "pencil",
    AlertState.WAITING: "clock",
    AlertState.COUNTDOWN: "clock",
    AlertState.SENDING: "send",
    AlertState.SENT: "check",
    AlertState.CANCELLED: "x",
    AlertState.EXPIRED: "clock",
}
STAGES: Mapping[ParkStage, Any] = {
    ParkStage.PENDING: _("Chưa gửi xuống"),
    ParkStage.WAITING: _("Khu chưa nhận"),
    ParkStage.UNAPPLIED: _("Khu không áp dụng được"),
    ParkStage.RECEIVED: _("Khu đã nhận"),
    ParkStage.SENDING: _("Đang gửi cho người lao động"),
    ParkStage.SENT: _("Đã gửi xong"),
    ParkStage.STOPPED: _("Khu đã dừng gửi"),
    ParkStage.EXPIRED: _("Khu nhận khi đã hết hạn"),
    ParkStage.CANCELLED: _("Khu đã huỷ"),
}
STAGE_LOOKS: Mapping[ParkStage, tuple[str, str]] = {
    ParkStage.PENDING: ("none", "clock"),
    ParkStage.WAITING: ("none", "clock"),
    ParkStage.UNAPPLIED: ("watch", "info"),
    ParkStage.RECEIVED: ("info", "check"),
    ParkStage.SENDING: ("info", "send"),
    ParkStage.SENT: ("ok", "check"),
    ParkStage.STOPPED: ("watch", "circle-stop"),
    ParkStage.EXPIRED: ("watch", "clock"),
    ParkStage.CANCELLED: ("absent", "x"),
}


def clock_now() -> datetime:
    """The moment by the node's clock."""
    now: datetime = current_app.extensions["clock"].now()
    return now


def get_alert(alert_id: str) -> "Alert":
    """The notice that an address names."""
    alert = find_alert(db.session(), alert_id)
    if alert is None:
        raise NotFound
    return alert


def _register_words() -> None:
    words: Mapping[str, Mapping[Any, Any]] = {
        "alert_state": STATES,
        "alert_tone": TONES,
        "alert_icon": ICONS,
        "park_stage": STAGES,
        "park_stage_look": STAGE_LOOKS,
    }
    for name, found in words.items():
        alert_pages.add_app_template_filter(found.__getitem__, name)


_register_words()
