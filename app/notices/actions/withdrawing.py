"""Withdrawing a notice: off the screens, crossed out in inboxes, and told to whoever got it."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.notices.actions.releasing import count_now
from app.notices.actions.sending import end_sending, start_sending
from app.notices.actions.steps import do_step, needed_reason, refuse_of_province, take_up
from app.notices.models import Notice, NoticeTarget
from app.notices.queries.audience import targets_of
from app.notices.rules.audience import seal
from app.notices.rules.refusals import AlreadyCorrected
from app.notices.rules.states import NoticeAct, NoticeState
from app.notices.rules.wording import MessageType, Wording, withdrawal

TOLD_FOR = timedelta(days=1)


def cancel_notice(
    session: Session, notice_id: str, reason: str, *, actor: Actor, now: datetime
) -> str | None:
    """Withdraw a notice; a draft is dropped, and who got one is told at once, without approval.

    Refused for one of the province. Returns the id of the version that tells them, if anybody
    got it.
    """
    refuse_of_province(session, notice_id)
    return withdraw_notice(session, notice_id, reason, actor=actor, now=now)


def withdraw_notice(
    session: Session, notice_id: str, reason: str, *, actor: Actor, now: datetime
) -> str | None:
    """Withdraw a notice, whoever wrote it."""
    why = needed_reason(reason)
    notice = take_up(session, notice_id, NoticeAct.CANCEL)
    later = select(Notice.id).where(Notice.corrects_id == notice.id, Notice.begun_at.is_not(None))
    if session.scalar(later.limit(1)) is not None:
        raise AlreadyCorrected
    begun = notice.begun_at is not None
    if begun:
        end_sending(session, notice, actor, now)
    notice.withdrawn_for = why
    do_step(session, notice, NoticeAct.CANCEL, actor=actor, now=now, reason=why)
    return _tell(session, notice, why, actor, now) if begun else None


def _tell(session: Session, notice: Notice, why: str, actor: Actor, now: datetime) -> str | None:
    newest = select(func.max(Notice.version)).where(Notice.root_id == notice.root_id)
    words = withdrawal(Wording(notice.titles, notice.texts), why)
    targets = targets_of(session, notice.id)
    until = max(notice.expires_at, now + TOLD_FOR)
    # The newest version of one of the province may name no place here; an earlier one did.
    sealed = notice.seal
    if targets:
        sealed = seal(words, targets, notice.severity, until.isoformat(), notice.id)
    told = Notice(
        id=new_id(now),
        root_id=notice.root_id,
        version=(session.scalar(newest) or 0) + 1,
        corrects_id=notice.id,
        kind=MessageType.CANCEL,
        state=NoticeState.SENDING,
        branch_id=notice.branch_id,
        titles=dict(words.titles),
        texts=dict(words.texts),
        severity=notice.severity,
        seal=sealed,
        reason=why,
        written_at=now,
        writer_id=actor.account_id,
        writer_name=actor.name[:120],
        sender=notice.sender,
        expires_at=until,
        planned=0,
        roads={},
    )
    session.add(told)
    session.flush()
    _copy_targets(session, notice.id, told.id)
    people = count_now(session, told, now)
    if not people:
        session.execute(delete(NoticeTarget).where(NoticeTarget.notice_id == told.id))
        session.delete(told)
        return None
    start_sending(session, told, people, now=now)
    return told.id


def _copy_targets(session: Session, old_id: str, new_id_: str) -> None:
    columns = [each for each in NoticeTarget.__table__.c if each.name != "notice_id"]
    rows = session.execute(select(*columns).where(NoticeTarget.notice_id == old_id)).mappings()
    copies = [{**row, "notice_id": new_id_} for row in rows]
    if copies:
        session.execute(insert(NoticeTarget), copies)
