"""A notice goes into the logs of the parks: begun by the clock, a few parks at a time.

Whoever runs a chunk, however often: a park's row says whether its entry is written, in the same
transaction as the entry.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.alerts.actions.steps import do_step, hold_alert
from app.alerts.models import Alert, AlertPark
from app.alerts.queries.parks import list_open_nodes
from app.alerts.queries.records import nodes_told
from app.alerts.rules.audience import kept_audience
from app.alerts.rules.states import OPEN, AlertAct, AlertState
from app.alerts.rules.told import cancel_body, notice_body
from app.kernel.actors import program
from app.notices.rules.wording import Wording
from app.sync.actions.receiving import locked_park
from app.sync.actions.sending_down import append_down
from app.sync.rules import DownKind

PROGRAM = program("An Ca")
CHUNK = 25


def begin_due(session: Session, alert_id: str, *, now: datetime) -> bool:
    """The countdown has run out: from now on parks are told.

    Not when what was approved is not what stands here, or no park is left: then it is a draft.
    """
    alert = hold_alert(session, alert_id)
    if alert.state != AlertState.COUNTDOWN or alert.sends_at is None or alert.sends_at > now:
        return False
    nodes = _nodes_of(session, alert)
    if not nodes or alert.approved_seal != alert.seal:
        alert.sends_at, alert.asked_at, alert.approved_seal = None, None, ""
        do_step(session, alert, AlertAct.ABORT, actor=PROGRAM, now=now, parks=len(nodes))
        return False
    session.execute(
        insert(AlertPark),
        [
            {"alert_id": alert.id, "node": node, "told_state": "", "told_code": "", "unknown": []}
            for node in nodes
        ],
    )
    alert.begun_at = now
    do_step(session, alert, AlertAct.BEGIN, actor=PROGRAM, now=now, parks=len(nodes))
    return True


def _nodes_of(session: Session, alert: Alert) -> list[str]:
    """Open parks of the audience, and every park that has an earlier version."""
    chosen = kept_audience(alert.to).parks
    still_open = list_open_nodes(session)
    wanted = {node for node in still_open if not chosen or node in chosen}
    had = set(session.scalars(nodes_told(alert.root_id)))
    return sorted(wanted | (had & set(still_open)))


@dataclass(frozen=True, slots=True)
class Written:
    """What one chunk came to; parks."""

    done: bool
    parks: int = 0


def write_chunk(session: Session, alert_id: str, *, now: datetime, most: int = CHUNK) -> Written:
    """Append a notice to the logs of the next parks; after the last one it is sent."""
    alert = hold_alert(session, alert_id)
    if alert.state != AlertState.SENDING:
        return Written(done=True)
    rows = session.scalars(
        select(AlertPark)
        .where(AlertPark.alert_id == alert.id, AlertPark.seq.is_(None))
        .order_by(AlertPark.node)
        .limit(most)
    ).all()
    if not rows:
        alert.ended_at = now
        do_step(session, alert, AlertAct.FINISH, actor=PROGRAM, now=now)
        return Written(done=True)
    body = notice_body(
        alert_id=alert.root_id,
        version=alert.version,
        sender=alert.sender,
        wording=Wording(alert.titles, alert.texts),
        severity=alert.severity,
        audience=kept_audience(alert.to),
        approved_at=alert.approved_at or now,
        expires_at=alert.expires_at,
        reason=alert.reason,
        seal=alert.approved_seal,
    )
    _lock_parks(session, rows)
    for row in rows:
        row.seq = append_down(session, row.node, DownKind.NOTICE, body, now)
        row.sent_at = now
    return Written(False, len(rows))


def write_cancel_chunk(
    session: Session, alert_id: str, *, now: datetime, most: int = CHUNK
) -> Written:
    """Append the cancel of a withdrawn notice to the logs of the next parks that have it."""
    alert = hold_alert(session, alert_id)
    if alert.state != AlertState.CANCELLED:
        return Written(done=True)
    rows = session.scalars(
        select(AlertPark)
        .where(AlertPark.alert_id == alert.id, AlertPark.cancel_seq.is_(None))
        .where(AlertPark.node.in_(nodes_told(alert.root_id)))
        .order_by(AlertPark.node)
        .limit(most)
    ).all()
    if not rows:
        return Written(done=True)
    body = cancel_body(
        alert_id=alert.root_id,
        version=alert.version,
        reason=alert.withdrawn_for,
        at=alert.cancelled_at or now,
    )
    _lock_parks(session, rows)
    for row in rows:
        row.cancel_seq = append_down(session, row.node, DownKind.CANCEL, body, now)
    return Written(False, len(rows))


def _lock_parks(session: Session, rows: Sequence[AlertPark]) -> None:
    """Parks before this node, as whoever takes entries of a park in: two never wait in a ring."""
    for row in rows:
        locked_park(session, row.node)


def expire_alert(session: Session, alert_id: str, *, now: datetime) -> bool:
    """A notice whose time is over is told to no park any more."""
    alert = hold_alert(session, alert_id)
    if AlertState(alert.state) not in OPEN or alert.expires_at > now:
        return False
    alert.ended_at = now
    do_step(session, alert, AlertAct.EXPIRE, actor=PROGRAM, now=now)
    return True
