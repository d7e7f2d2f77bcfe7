"""Every act on a notice of the province: the table is asked, and the audit log is written."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.alerts.models import Alert
from app.alerts.rules.states import AlertAct, AlertState, next_state
from app.audit.actions import record_act
from app.kernel.actors import Actor
from app.kernel.refusals import NotFound
from app.notices.rules.refusals import ChangedSince

_DONE = {
    AlertAct.EDIT: "alerts.changed",
    AlertAct.ASK: "alerts.approval_asked",
    AlertAct.APPROVE: "alerts.approved",
    AlertAct.RETURN: "alerts.returned",
    AlertAct.ABORT: "alerts.called_off",
    AlertAct.BEGIN: "alerts.begun",
    AlertAct.FINISH: "alerts.finished",
    AlertAct.CANCEL: "alerts.cancelled",
    AlertAct.CORRECT: "alerts.correction_begun",
    AlertAct.EXPIRE: "alerts.expired",
}


def take_up(session: Session, alert_id: str, act: AlertAct, seen: int | None = None) -> Alert:
    """The notice, held for an act that its state allows.

    Refuses who decides on a page that others have overtaken; `seen` is what it showed.
    """
    alert = hold_alert(session, alert_id)
    next_state(AlertState(alert.state), act)
    if seen is not None and seen != alert.touched:
        raise ChangedSince
    return alert


def hold_alert(session: Session, alert_id: str) -> Alert:
    """The notice, held until this work has ended."""
    alert = session.scalars(
        select(Alert).where(Alert.id == alert_id).with_for_update()
    ).one_or_none()
    if alert is None:
        raise NotFound
    return alert


def do_step(
    session: Session,
    alert: Alert,
    act: AlertAct,
    *,
    actor: Actor,
    now: datetime,
    **details: Any,
) -> None:
    """Bring a notice to the state that an act leads to, and keep who did it."""
    alert.state = next_state(AlertState(alert.state), act)
    alert.touched += 1
    record_act(
        session,
        _DONE[act],
        actor=actor,
        now=now,
        alert=alert.id,
        version=alert.version,
        **details,
    )
