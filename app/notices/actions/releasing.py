"""From a draft to the countdown: asking, a second person's approval, and giving it back."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.kernel.actors import Actor
from app.kernel.clock import local_day
from app.notices.actions.steps import do_step, needed_reason, take_up
from app.notices.models import Notice
from app.notices.queries.audience import audience_of, count_people
from app.notices.rules.audience import needs_approval
from app.notices.rules.refusals import ChangedSince, NobodyToReach, OwnApproval
from app.notices.rules.states import NoticeAct, NoticeState
from app.notices.rules.wording import check_expiry
from app.settings import Settings


def ask_to_send(
    session: Session,
    notice_id: str,
    *,
    seen: int,
    settings: Settings,
    actor: Actor,
    now: datetime,
) -> NoticeState:
    """Start the countdown, or ask for approval where so many people need one.

    Returns the state that came of it; refused when nobody is in the audience.
    """
    notice = take_up(session, notice_id, NoticeAct.EDIT, seen)
    check_expiry(notice.expires_at, now)
    people = count_now(session, notice, now)
    if not people:
        raise NobodyToReach
    notice.audience, notice.asked_at = people, now
    if needs_approval(people, settings.notice_approval_over):
        do_step(session, notice, NoticeAct.ASK, actor=actor, now=now, people=people)
    else:
        _count_down(notice, settings, now)
        do_step(session, notice, NoticeAct.START, actor=actor, now=now, people=people)
    return NoticeState(notice.state)


def approve_notice(
    session: Session,
    notice_id: str,
    seal: str,
    *,
    settings: Settings,
    actor: Actor,
    now: datetime,
) -> None:
    """A second person lets a notice go, exactly as it stood on their page; never its author."""
    notice = take_up(session, notice_id, NoticeAct.APPROVE)
    if actor.account_id is None or actor.account_id == notice.writer_id:
        raise OwnApproval
    if seal != notice.seal:
        raise ChangedSince
    check_expiry(notice.expires_at, now)
    people = count_now(session, notice, now)
    if not people:
        raise NobodyToReach
    notice.audience, notice.approved_at, notice.approved_seal = people, now, notice.seal
    notice.approver_id, notice.approver_name = actor.account_id, actor.name[:120]
    _count_down(notice, settings, now)
    do_step(session, notice, NoticeAct.APPROVE, actor=actor, now=now, people=people, seal=seal)


def return_notice(
    session: Session, notice_id: str, reason: str, *, actor: Actor, now: datetime
) -> None:
    """A notice that waits for approval goes back to whoever wrote it, with what is wrong."""
    why = needed_reason(reason)
    notice = take_up(session, notice_id, NoticeAct.RETURN)
    notice.asked_at, notice.returned_for = None, why
    do_step(session, notice, NoticeAct.RETURN, actor=actor, now=now, reason=why)


def is_covered(notice: Notice, people: int, settings: Settings) -> bool:
    """Whether a notice may go to so many: few enough, or approved exactly as it stands."""
    approved = bool(notice.approved_seal) and notice.approved_seal == notice.seal
    return approved or not needs_approval(people, settings.notice_approval_over)


def count_now(session: Session, notice: Notice, now: datetime) -> int:
    """How many people a notice would go to at this moment."""
    zone = session.info["settings"].timezone
    return count_people(session, audience_of(session, notice), local_day(now, zone))


def _count_down(notice: Notice, settings: Settings, now: datetime) -> None:
    notice.sends_at = now + timedelta(seconds=settings.notice_countdown_seconds)
