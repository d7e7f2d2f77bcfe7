"""At the province: what a park asks to have sent, written down once whatever comes how often."""

import json
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.delivery.rules import ChannelName, Status
from app.delivery.rules.roads import KIND_OF
from app.extensions import blind_index, upsert
from app.hub.actions.sending import STOPPED, note_stopped
from app.hub.models import HubAddress, HubDelivery
from app.hub.rules.parcels import Parcel, Unreadable, read_parcels, read_stops
from app.kernel.ids import new_id
from app.sync.actions.opening import open_sealed
from app.sync.rules import EntryArrived

TOO_LATE, TWICE, MALFORMED = "too_late", "twice", "malformed"


def take_parcels(session: Session, event: EntryArrived, *, now: datetime) -> None:
    """Write a park's parcels down; one that is known is told of again, and not sent again."""
    for parcel in read_parcels(open_sealed(session, event.body.get("jwe"), now)):
        if not _is_known(session, event.park, parcel.ref):
            _write_down(session, event.park, parcel, now)
        if isinstance(parcel, Parcel):
            _note_address(session, event.park, parcel.road, parcel.to, now)


def take_stops(session: Session, event: EntryArrived, *, now: datetime) -> None:
    """What a park wants no more never leaves unless it has; one that comes after is told so."""
    refs = read_stops(open_sealed(session, event.body.get("jwe"), now))
    known = session.scalars(
        select(HubDelivery)
        .where(HubDelivery.node == event.park, HubDelivery.ref.in_(refs))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for row in known:
        row.stopped_at = row.stopped_at or now
        note_stopped(row, now)
    for ref in set(refs) - {row.ref for row in known}:
        _keep(session, event.park, Unreadable(ref), Status.CANCELLED, STOPPED, now)


def _is_known(session: Session, node: str, ref: str) -> bool:
    of_ref = (HubDelivery.node == node, HubDelivery.ref == ref)
    session.execute(update(HubDelivery).where(*of_ref).values(told_rev=0))
    return session.scalar(select(HubDelivery.id).where(*of_ref)) is not None


def _write_down(session: Session, node: str, parcel: Parcel | Unreadable, now: datetime) -> None:
    status, code = Status.QUEUED, ""
    if isinstance(parcel, Unreadable):
        status, code = Status.TECHNICAL_FAILURE, MALFORMED
    elif parcel.expires_at <= now:
        status, code = Status.EXPIRED, TOO_LATE
    elif _went_before(session, node, parcel):
        status, code = Status.SKIPPED, TWICE
    _keep(session, node, parcel, status, code, now)


def _keep(
    session: Session,
    node: str,
    parcel: Parcel | Unreadable,
    status: Status,
    code: str,
    now: datetime,
) -> None:
    values = {"node": node, "ref": parcel.ref, "changed_at": now, "attempt_count": 0}
    if isinstance(parcel, Unreadable):
        values |= {"road": "", "lane": "", "expires_at": now}
    else:
        values |= {"road": parcel.road, "lane": parcel.lane, "expires_at": parcel.expires_at}
    if status is Status.QUEUED and isinstance(parcel, Parcel):
        words = {"text": parcel.text, "title": parcel.title, "link": parcel.link}
        values |= {
            "once": parcel.once,
            "address": parcel.to,
            "words": json.dumps(words, ensure_ascii=False),
            "inbound_at": parcel.inbound_at,
            "next_attempt_at": now,
        }
    rev = 0 if status is Status.QUEUED else 1
    told = {"status": status, "error_class": "", "error_code": code, "rev": rev, "told_rev": 0}
    session.execute(
        upsert(session, HubDelivery)
        .values(id=new_id(now), **values, **told)
        .on_conflict_do_nothing(index_elements=["node", "ref"])
    )


def _went_before(session: Session, node: str, parcel: Parcel) -> bool:
    """Whether the same thing was to go this way before, under another name."""
    if parcel.once is None:
        return False
    same = select(HubDelivery.id).where(
        HubDelivery.node == node,
        HubDelivery.once == parcel.once,
        HubDelivery.road == parcel.road,
    )
    return session.scalar(same) is not None


def _note_address(
    session: Session, node: str, road: ChannelName, address: str, now: datetime
) -> None:
    """What Zalo tells of this person is this park's to know."""
    note_address(session, node, str(KIND_OF[road]), address, now=now)


def note_address(session: Session, node: str, kind: str, address: str, *, now: datetime) -> None:
    """A park has this address: kept as a keyed digest."""
    session.execute(
        upsert(session, HubAddress)
        .values(kind=kind, address_hash=blind_index(address), node=node, seen_at=now)
        .on_conflict_do_update(
            index_elements=["kind", "address_hash", "node"], set_={"seen_at": now}
        )
    )
