"""At the province: what became of a park's parcels, and what its people did, goes down to it."""

import json
from datetime import datetime

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from app.delivery.rules import Status
from app.delivery.rules.zalo_calls import ZaloCall
from app.hub.models import UNTOLD_ROWS, HubDelivery, HubEvent
from app.hub.rules.parcels import moment_of
from app.hub.rules.told import MOST_TOLD, Told, told_body
from app.sync.actions.log import locked_node
from app.sync.actions.receiving import locked_park
from app.sync.actions.sending_down import append_down, sealed_for
from app.sync.rules import DownKind


def tell_park(session: Session, node: str, *, now: datetime) -> int:
    """Append one entry with all that a park has not been told as yet; returns how much it holds."""
    locked_node(session, now)
    locked_park(session, node)  # in the order of all who write down, before what is told of
    rows = session.scalars(
        select(HubDelivery)
        .where(HubDelivery.node == node, text(UNTOLD_ROWS))
        .order_by(HubDelivery.changed_at)
        .limit(MOST_TOLD)
        .with_for_update()
    ).all()
    events = session.scalars(
        select(HubEvent).where(HubEvent.node == node).order_by(HubEvent.id).limit(MOST_TOLD)
    ).all()
    told = [_told(row) for row in rows if row.status not in {Status.QUEUED, Status.SENDING}]
    for row in rows:
        row.told_rev = row.rev
    if told or events:
        body = told_body(told, [_call(event) for event in events])
        append_down(
            session, node, DownKind.ZALO_STATE, {"jwe": sealed_for(session, node, body)}, now
        )
    session.execute(delete(HubEvent).where(HubEvent.id.in_([event.id for event in events])))
    return len(rows) + len(events)


def _told(row: HubDelivery) -> Told:
    return Told(
        row.ref,
        row.rev,
        Status(row.status),
        row.error_class,
        row.error_code,
        row.sent_at,
        row.delivered_at,
        row.read_at,
    )


def _call(event: HubEvent) -> ZaloCall:
    told = json.loads(event.told)
    at = moment_of(told["at"]) or event.came_at
    ids, said = tuple(told.get("ids", ())), told.get("text", "")
    return ZaloCall(told["event"], at, told["uid"], ids, text=said, phone=told["phone"])
