"""From a draft to the countdown: asking, a second person's approval, giving back, calling off."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.alerts.actions.steps import do_step, take_up
from app.alerts.models import Alert
from app.alerts.queries.parks import count_reach
from app.alerts.rules.audience import kept_audience
from app.alerts.rules.refusals import NoParks
from app.alerts.rules.states import AlertAct
from app.kernel.actors import Actor
from app.notices.actions.steps import needed_reason
from app.notices.rules.refusals import ChangedSince, OwnApproval
from app.notices.rules.wording import check_expiry

COUNTDOWN = timedelta(seconds=30)


def ask_approval(
    session: Session, alert_id: str, *, seen: int, actor: Actor, now: datetime
) -> None:
    """Ask a second person to let a notice go; refused while there is no park to tell."""
    alert = take_up(session, alert_id, AlertAct.ASK, seen)
    check_expiry(alert.expires_at, now)
    alert.people, alert.asked_at, alert.returned_for = _count(session, alert, now), now, ""
    do_step(session, alert, AlertAct.ASK, actor=actor, now=now, people=alert.people)


def approve_alert(
    session: Session, alert_id: str, seal: str, *, actor: Actor, now: datetime
) -> None:
    """A second person lets a notice go, exactly as it stood on their page; never its author."""
    alert = take_up(session, alert_id, AlertAct.APPROVE)
    if actor.account_id is None or actor.account_id == alert.writer_id:
        raise OwnApproval
    if seal != alert.seal:
        raise ChangedSince
    check_expiry(alert.expires_at, now)
    alert.people, alert.approved_at, alert.approved_seal = _count(session, alert, now), now, seal
    alert.approver_id, alert.approver_name = actor.account_id, actor.name[:120]
    alert.sends_at = now + COUNTDOWN
    do_step(session, alert, AlertAct.APPROVE, actor=actor, now=now, people=alert.people, seal=seal)


def return_alert(
    session: Session, alert_id: str, reason: str, *, actor: Actor, now: datetime
) -> None:
    """A notice that waits for approval goes back to whoever wrote it, with what is wrong."""
    why = needed_reason(reason)
    alert = take_up(session, alert_id, AlertAct.RETURN)
    alert.asked_at, alert.returned_for = None, why
    do_step(session, alert, AlertAct.RETURN, actor=actor, now=now, reason=why)


def call_off(session: Session, alert_id: str, *, actor: Actor, now: datetime) -> None:
    """End a countdown: the notice is a draft again, and no park has heard of it."""
    alert = take_up(session, alert_id, AlertAct.ABORT)
    alert.sends_at, alert.asked_at, alert.approved_seal = None, None, ""
    do_step(session, alert, AlertAct.ABORT, actor=actor, now=now)


def _count(session: Session, alert: Alert, now: datetime) -> int:
    reach = count_reach(session, kept_audience(alert.to), now)
    if not reach.parks:
        raise NoParks
    return reach.people
