"""What every page of notices needs: whose notices, what the visitor may see, words of states."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app
from flask_babel import lazy_gettext as _

from app.accounts.queries.branches import find_branch_at, get_branch, list_companies
from app.accounts.rules import BranchKind, Permission, branches_for, may
from app.extensions import db
from app.kernel.refusals import NotFound
from app.notices.queries.records import (
    NoticeRow,
    find_notice,
    find_notice_path,
    list_waiting,
)
from app.notices.rules.progress import Reached
from app.notices.rules.states import NoticeState
from app.notices.rules.wording import MessageType
from app.web.access import current_actor, locates

if TYPE_CHECKING:
    from app.accounts.models import Branch
    from app.notices.models import Notice

notice_pages = Blueprint("notices", __name__, url_prefix="/notices")
locates("notice_id")(find_notice_path)

STATES: Mapping[NoticeState, Any] = {
    NoticeState.DRAFT: _("Bản nháp"),
    NoticeState.WAITING: _("Chờ duyệt"),
    NoticeState.COUNTDOWN: _("Đang đếm ngược"),
    NoticeState.SENDING: _("Đang gửi"),
    NoticeState.SENT: _("Đã gửi xong"),
    NoticeState.STOPPED: _("Đã dừng gửi"),
    NoticeState.CANCELLED: _("Đã huỷ"),
    NoticeState.EXPIRED: _("Đã hết hạn"),
}
# The tone of a state's mark.
TONES: Mapping[NoticeState, str] = {
    NoticeState.DRAFT: "none",
    NoticeState.WAITING: "watch",
    NoticeState.COUNTDOWN: "risk",
    NoticeState.SENDING: "info",
    NoticeState.SENT: "ok",
    NoticeState.STOPPED: "watch",
    NoticeState.CANCELLED: "absent",
    NoticeState.EXPIRED: "none",
}
ICONS: Mapping[NoticeState, str] = {
    NoticeState.DRAFT: "pencil",
    NoticeState.WAITING: "clock",
    NoticeState.COUNTDOWN: "clock",
    NoticeState.SENDING: "send",
    NoticeState.SENT: "check",
    NoticeState.STOPPED: "circle-stop",
    NoticeState.CANCELLED: "x",
    NoticeState.EXPIRED: "clock",
}
KINDS: Mapping[MessageType, Any] = {
    MessageType.ALERT: _("Thông báo"),
    MessageType.UPDATE: _("Đính chính"),
    MessageType.CANCEL: _("Tin huỷ"),
}
REACHED: Mapping[Reached, Any] = {
    Reached.READ: _("Đã đọc"),
    Reached.DELIVERED: _("Đã tới máy, chưa đọc"),
    Reached.SENT: _("Đã gửi, chưa có tin báo"),
    Reached.WAITING: _("Đang chờ gửi"),
    Reached.FAILED: _("Không gửi được"),
    Reached.STOPPED: _("Không gửi nữa"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """A notice and whose it is; `named` are the companies whose people the visitor may name."""

    notice: "Notice"
    owner: "Branch"
    named: tuple[int, ...]

    @property
    def is_park(self) -> bool:
        """Whether it is the park's own notice."""
        return self.owner.kind == BranchKind.PARK

    @property
    def state(self) -> NoticeState:
        """How far it came."""
        return NoticeState(self.notice.state)


def clock_now() -> datetime:
    """The moment by the node's clock."""
    now: datetime = current_app.extensions["clock"].now()
    return now


def look_at(notice_id: str) -> Look:
    """The notice that an address names."""
    notice = find_notice(db.session(), notice_id)
    if notice is None:
        raise NotFound
    owner = get_branch(db.session(), notice.branch_id)
    return Look(notice, owner, named_companies(owner))


def named_companies(owner: "Branch") -> tuple[int, ...]:
    """The companies under a branch whose people the visitor may see by name."""
    actor = current_actor()
    if not branches_for(actor, Permission.SEE_WORKERS):
        return ()
    return tuple(
        each.id
        for each in list_companies(db.session(), [owner.path])
        if may(actor, Permission.SEE_WORKERS, each.path)
    )


def companies_answered_for() -> tuple[int, ...]:
    """The companies whose people the visitor sends notices to and may name."""
    actor = current_actor()
    paths = branches_for(actor, Permission.SEND_NOTICES)
    return tuple(
        each.id
        for each in list_companies(db.session(), paths)
        if may(actor, Permission.SEND_NOTICES, each.path)
        and may(actor, Permission.SEE_WORKERS, each.path)
    )


def owners() -> Sequence["Branch"]:
    """The companies, or the park, in whose name the visitor writes."""
    paths = branches_for(current_actor(), Permission.SEND_NOTICES)
    found = [find_branch_at(db.session(), path) for path in paths]
    wide = (BranchKind.PARK, BranchKind.COMPANY)
    return [each for each in found if each is not None and each.kind in wide]


def owner_asked(code: str | None) -> "Branch":
    """The one that an address names by its code, or the first."""
    for each in owners():
        if not code or each.code == code:
            return each
    raise NotFound


def _register_words() -> None:
    """Give templates the words, tones and icons of states."""
    words: Mapping[str, Mapping[Any, Any]] = {
        "notice_state": STATES,
        "notice_tone": TONES,
        "notice_icon": ICONS,
        "notice_kind": KINDS,
        "reached_word": REACHED,
    }
    for name, found in words.items():
        notice_pages.add_app_template_filter(found.__getitem__, name)


def notices_waiting() -> tuple[Sequence[NoticeRow], int]:
    """What waits for a second person in the visitor's reach, and above how many people that is."""
    over: int = current_app.config["SETTINGS"].notice_approval_over
    paths = branches_for(current_actor(), Permission.SEND_NOTICES)
    return list_waiting(db.session(), paths), over


_register_words()
notice_pages.add_app_template_global(notices_waiting)
