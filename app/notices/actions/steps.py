"""Every act on a notice: the table is asked, and the audit log is written."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.accounts.rules import BranchKind
from app.audit.actions import record_act
from app.kernel.actors import Actor
from app.kernel.refusals import NotFound
from app.kernel.text import nfc
from app.notices.models import Notice, ProvinceNotice
from app.notices.rules.arriving import OfProvince
from app.notices.rules.refusals import ChangedSince, ReasonNeeded
from app.notices.rules.states import NoticeAct, NoticeState, next_state

LONGEST_REASON = 500
_DONE = {
    NoticeAct.EDIT: "notices.changed",
    NoticeAct.ASK: "notices.approval_asked",
    NoticeAct.START: "notices.countdown_started",
    NoticeAct.APPROVE: "notices.approved",
    NoticeAct.RETURN: "notices.returned",
    NoticeAct.BEGIN: "notices.begun",
    NoticeAct.FINISH: "notices.finished",
    NoticeAct.STOP: "notices.stopped",
    NoticeAct.CANCEL: "notices.cancelled",
    NoticeAct.CORRECT: "notices.correction_begun",
    NoticeAct.EXPIRE: "notices.expired",
}


def take_up(session: Session, notice_id: str, act: NoticeAct, seen: int | None = None) -> Notice:
    """The notice, held for an act that its state allows.

    Refuses who decides on a page that others have overtaken; `seen` is what it showed.
    """
    notice = hold_notice(session, notice_id)
    next_state(NoticeState(notice.state), act)
    if seen is not None and seen != notice.touched:
        raise ChangedSince
    return notice


def hold_notice(session: Session, notice_id: str) -> Notice:
    """The notice, held until this work has ended."""
    notice = session.scalars(
        select(Notice).where(Notice.id == notice_id).with_for_update()
    ).one_or_none()
    if notice is None:
        raise NotFound
    return notice


def refuse_of_province(session: Session, notice_id: str) -> None:
    """Refuse to change what the province wrote."""
    held = (
        select(ProvinceNotice.alert_id)
        .join(Notice, Notice.root_id == ProvinceNotice.root_id)
        .where(Notice.id == notice_id)
    )
    if session.scalar(held.limit(1)) is not None:
        raise OfProvince


def do_step(
    session: Session,
    notice: Notice,
    act: NoticeAct,
    *,
    actor: Actor,
    now: datetime,
    **details: Any,
) -> None:
    """Bring a notice to the state that an act leads to, and keep who did it."""
    notice.state = next_state(NoticeState(notice.state), act)
    notice.touched += 1
    record_act(
        session,
        _DONE[act],
        actor=actor,
        now=now,
        company_id=company_of(session, notice),
        notice=notice.id,
        version=notice.version,
        **details,
    )


def company_of(session: Session, notice: Notice) -> int | None:
    """The company whose notice it is; none for the park's."""
    branch = session.get_one(Branch, notice.branch_id)
    return branch.id if branch.kind == BranchKind.COMPANY else None


def needed_reason(words: str) -> str:
    """Why, as somebody wrote it; refused when it is nothing."""
    told = " ".join(nfc(words).split())[:LONGEST_REASON]
    if not told:
        raise ReasonNeeded
    return told
