"""At the province: what Zalo tells of a park's message or people, kept for that park alone."""

import json
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.delivery.rules import Status
from app.delivery.rules.numbers import with_84
from app.delivery.rules.roads import AddressKind
from app.delivery.rules.zalo_calls import ARRIVED, SEEN, SHARED, ZaloCall, ZaloTold
from app.extensions import blind_index, upsert
from app.hub.actions.sending import note_status
from app.hub.actions.taking import note_address
from app.hub.models import HubAddress, HubDelivery, HubEvent
from app.hub.rules.told import is_passed_down
from app.sync.models import KnownNode
from app.sync.rules import moment_text


def hear_call(session: Session, event: ZaloTold, *, now: datetime) -> None:
    """Take a receipt for a park's message, or news of somebody whom a park has."""
    call = event.call
    if call.event in {ARRIVED, SEEN}:
        outcome = _receipt(session, call, now)
        if outcome:
            event.heard.append(outcome)
    elif is_passed_down(call) and _pass_down(session, call, now):
        event.heard.append("applied")


def _receipt(session: Session, call: ZaloCall, now: datetime) -> str:
    of_message = (
        HubDelivery.id == call.tracking_id
        if call.tracking_id
        else HubDelivery.external_id.in_(call.message_ids)
    )
    if not call.tracking_id and not call.message_ids:
        return ""
    rows = session.scalars(
        select(HubDelivery)
        .where(of_message)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    at, status = min(call.at, now), Status.READ if call.event == SEEN else Status.DELIVERED
    moved = False
    for row in rows:
        if note_status(row, status, now):
            moved = True
            row.sent_at = row.sent_at or at
            row.delivered_at = row.delivered_at or at
            row.read_at = at if status is Status.READ else row.read_at
            row.error_class = row.error_code = ""
    return ("applied" if moved else "ignored") if rows else ""


def _pass_down(session: Session, call: ZaloCall, now: datetime) -> bool:
    by_uid = _parks_with(session, AddressKind.ZALO, [call.uid])
    nodes = set(by_uid)
    if call.event == SHARED:
        number = with_84(call.phone)
        forms = [number, f"+{number}", "0" + number.removeprefix("84")] if number else []
        linked = _parks_with(session, AddressKind.PHONE, forms)
        for node in linked:
            note_address(session, node, AddressKind.ZALO, call.uid, now=now)
        nodes |= set(linked)
    told = {"event": call.event, "uid": call.uid, "at": moment_text(call.at), "phone": call.phone}
    # What somebody wrote is for the park that wrote to them last, and for no other.
    said = told | {"text": call.text, "ids": list(call.message_ids)}
    for node in nodes:
        words = json.dumps(said if node in by_uid[:1] else told, ensure_ascii=False)
        session.execute(
            upsert(session, HubEvent)
            .values(node=node, key=call.key, told=words, came_at=now)
            .on_conflict_do_nothing(index_elements=["node", "key"])
        )
    return bool(nodes)


def _parks_with(session: Session, kind: AddressKind, addresses: list[str]) -> list[str]:
    """The parks that have one of these addresses and are believed; who wrote there last, first."""
    hashes = [blind_index(each) for each in addresses]
    last = func.max(HubAddress.seen_at)
    return list(
        session.scalars(
            select(HubAddress.node)
            .join(KnownNode, KnownNode.node == HubAddress.node)
            .where(HubAddress.kind == kind, HubAddress.address_hash.in_(hashes))
            .where(KnownNode.revoked_at.is_(None))
            .group_by(HubAddress.node)
            .order_by(last.desc(), HubAddress.node)
        )
    )
