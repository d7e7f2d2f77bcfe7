"""What a park tells of a notice, as it arrives at the province."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.alerts.models import Alert, AlertPark
from app.alerts.rules.refusals import UnknownAlert
from app.alerts.rules.told import read_state
from app.sync.rules import EntryArrived


def hear_state(session: Session, event: EntryArrived, *, now: datetime) -> None:
    """Keep what a park told of a version that it was sent, if nothing newer is known."""
    told = read_state(event.body)
    row = session.scalars(
        select(AlertPark)
        .join(Alert, Alert.id == AlertPark.alert_id)
        .where(Alert.root_id == told.alert_id, Alert.version == told.version)
        .where(AlertPark.node == event.park)
        .with_for_update(of=AlertPark)
    ).first()
    if row is None:
        raise UnknownAlert
    as_of = min(told.as_of, now)
    if row.told_at is not None and row.told_at >= as_of:
        return
    row.told_at, row.told_state, row.told_code = as_of, told.state, told.code
    row.unknown = list(told.unknown)
    if told.audience is not None:
        row.audience, row.gone = told.audience, told.gone
        row.reached, row.read = told.reached, told.read
