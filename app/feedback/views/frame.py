"""The blueprint of feedback's pages, and its words."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, current_app
from flask.blueprints import BlueprintSetupState
from flask_babel import lazy_gettext as _

from app.extensions import db
from app.feedback.queries.notes import NoteShown, find_note, find_path
from app.feedback.rules.reach import Reach, reach_of
from app.kernel.refusals import NotFound
from app.settings import Settings
from app.web.access import current_actor, locates

feedback_pages = Blueprint("feedback", __name__)
locates("feedback_id")(find_path)

CATEGORIES: Mapping[str, Any] = {
    "masks": _("Khẩu trang, khoảng cách"),
    "canteen": _("Nhà ăn"),
    "bus": _("Xe đưa đón"),
    "dorm": _("Ký túc xá"),
    "forced": _("Ép đi làm khi ốm"),
    "other": _("Việc khác"),
}
STATES: Mapping[str, Any] = {
    "new": _("Phản ánh mới"),
    "taken_up": _("Đang xử lý"),
    "passed_on": _("Đã chuyển lên"),
    "answered": _("Đã trả lời"),
    "closed": _("Đã đóng"),
}
SOURCES: Mapping[str, Any] = {
    "app": _("Ghi tên"),
    "anonymous": _("Ẩn danh"),
    "hotline": _("Đường dây nóng"),
    "province": _("Tỉnh giao"),
    "zalo": _("Qua Zalo"),
}
LEVELS: Mapping[str, Any] = {
    "team": _("Tổ an toàn"),
    "company": _("Cán bộ an toàn công ty"),
    "park": _("Ban quản lý khu"),
    "province": _("Tỉnh"),
}
ACTS: Mapping[str, Any] = {
    "take_up": _("Nhận xử lý"),
    "assign": _("Giao cho"),
    "pass_on": _("Chuyển lên"),
    "answer": _("Trả lời"),
    "join": _("Gộp vào phản ánh khác"),
    "part": _("Tách ra"),
    "close": _("Đóng"),
    "reopen": _("Mở lại"),
}


def settings() -> Settings:
    """The node's settings."""
    given: Settings = current_app.config["SETTINGS"]
    return given


def own_reach() -> Reach:
    """What the visitor reaches."""
    return reach_of(current_actor())


def look_at(feedback_id: str) -> NoteShown:
    """The feedback that an address names; unknown to a park's manager until it was passed on."""
    note = find_note(db.session(), feedback_id)
    if note is None or not own_reach().sees(note.path, note.level):
        raise NotFound
    return note


@feedback_pages.record_once
def know_words(state: BlueprintSetupState) -> None:
    """Let templates say these."""
    state.app.jinja_env.globals["feedback_words"] = {
        "category": CATEGORIES,
        "state": STATES,
        "source": SOURCES,
        "level": LEVELS,
        "act": ACTS,
    }
