"""Withdrawing a notice of the province: a draft is dropped, parks that have it are told."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.alerts.actions.steps import do_step, take_up
from app.alerts.models import Alert
from app.alerts.rules.states import GONE, AlertAct, AlertState
from app.kernel.actors import Actor
from app.notices.actions.steps import needed_reason
from app.notices.rules.refusals import AlreadyCorrected


def cancel_alert(
    session: Session, alert_id: str, reason: str, *, actor: Actor, now: datetime
) -> None:
    """Withdraw a notice; what was not sent ends, what was is taken back park by park by the job.

    The end of a notice is the end of all its versions: a correction that waits ends with it.
    """
    why = needed_reason(reason)
    alert = take_up(session, alert_id, AlertAct.CANCEL)
    gone = alert.state in GONE
    later = session.scalars(
        select(Alert)
        .where(Alert.root_id == alert.root_id, Alert.version > alert.version)
        .where(Alert.state.not_in((AlertState.CANCELLED, AlertState.EXPIRED)))
        .with_for_update()
    ).all()
    if gone and any(each.state in GONE for each in later):
        raise AlreadyCorrected
    for each in (alert, *(later if gone else ())):
        each.withdrawn_for, each.cancelled_at = why, now
        each.sends_at = None
        each.ended_at, each.ended_by = each.ended_at or now, actor.name[:120]
        do_step(session, each, AlertAct.CANCEL, actor=actor, now=now, reason=why)
