"""Writing a notice of the province: a draft, its changes, and the draft of a correction."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.queries.branches import find_park
from app.alerts.actions.steps import do_step, take_up
from app.alerts.models import Alert
from app.alerts.queries.parks import list_open_nodes
from app.alerts.rules.audience import AlertAudience, check_fillable, kept_audience, seal
from app.alerts.rules.refusals import UnknownParks
from app.alerts.rules.states import AlertAct, AlertState
from app.audit.actions import record_act
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.notices.actions.steps import needed_reason
from app.notices.rules.refusals import AlreadyCorrected
from app.notices.rules.wording import Severity, Wording, check_expiry


@dataclass(frozen=True, slots=True)
class AlertDraft:
    """What somebody wrote: the words, for whom, how bad, and until when it holds."""

    wording: Wording
    audience: AlertAudience
    severity: Severity
    expires_at: datetime


def write_alert(session: Session, draft: AlertDraft, *, actor: Actor, now: datetime) -> str:
    """Keep a new notice as a draft; returns its id."""
    alert = _new(session, new_id(now), actor, now)
    alert.root_id = alert.id
    _put(session, alert, draft, now)
    record_act(session, "alerts.written", actor=actor, now=now, alert=alert.id, version=1)
    return alert.id


def change_alert(
    session: Session, alert_id: str, draft: AlertDraft, *, seen: int, actor: Actor, now: datetime
) -> None:
    """Change a draft; what waited for approval has to be asked for anew.

    A correction goes where the version before it went, whatever the draft says.
    """
    alert = take_up(session, alert_id, AlertAct.EDIT, seen)
    if alert.corrects_id is not None:
        kept = kept_audience(alert.to)
        draft = AlertDraft(draft.wording, kept, draft.severity, draft.expires_at)
    _put(session, alert, draft, now)
    alert.asked_at, alert.approved_seal = None, ""
    alert.writer_id, alert.writer_name = actor.account_id, actor.name[:120]
    do_step(session, alert, AlertAct.EDIT, actor=actor, now=now)


def begin_correction(
    session: Session, alert_id: str, reason: str, *, actor: Actor, now: datetime
) -> str:
    """The draft of the next version, with the same words, for the same parks; its id.

    The version that it corrects stands until the correction is sent.
    """
    why = needed_reason(reason)
    old = take_up(session, alert_id, AlertAct.CORRECT)
    later = select(Alert.id).where(
        Alert.root_id == old.root_id,
        Alert.version > old.version,
        Alert.state.not_in((AlertState.CANCELLED, AlertState.EXPIRED)),
    )
    if session.scalar(later.limit(1)) is not None:
        raise AlreadyCorrected
    fresh = _new(session, new_id(now), actor, now)
    newest = select(func.max(Alert.version)).where(Alert.root_id == old.root_id)
    fresh.root_id, fresh.corrects_id = old.root_id, old.id
    fresh.version, fresh.reason = (session.scalar(newest) or 0) + 1, why
    draft = AlertDraft(
        Wording(old.titles, old.texts),
        kept_audience(old.to),
        Severity(old.severity),
        old.expires_at,
    )
    _put(session, fresh, draft, now, check=False)
    do_step(session, old, AlertAct.CORRECT, actor=actor, now=now, by=fresh.id, reason=why)
    return fresh.id


def _new(session: Session, alert_id: str, actor: Actor, now: datetime) -> Alert:
    root = find_park(session)
    return Alert(
        id=alert_id,
        version=1,
        state=AlertState.DRAFT,
        written_at=now,
        writer_id=actor.account_id,
        writer_name=actor.name[:120],
        sender=(root.name if root else session.info["settings"].name)[:120],
        touched=1,
        reason="",
    )


def _put(
    session: Session, alert: Alert, draft: AlertDraft, now: datetime, *, check: bool = True
) -> None:
    if check:
        check_expiry(draft.expires_at, now)
        if not set(draft.audience.parks) <= set(list_open_nodes(session)):
            raise UnknownParks
    check_fillable(draft.wording)
    alert.titles, alert.texts = dict(draft.wording.titles), dict(draft.wording.texts)
    alert.severity, alert.expires_at = draft.severity, draft.expires_at
    alert.to = draft.audience.as_kept()
    alert.seal = seal(
        draft.wording,
        draft.audience,
        draft.severity,
        draft.expires_at.isoformat(),
        alert.corrects_id or "",
    )
    session.add(alert)
    session.flush()
