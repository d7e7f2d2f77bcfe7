"""What providers told: kept as it came, and applied once whatever the order."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from app.delivery.actions.contacts import set_address_state
from app.delivery.models import ContactPoint, Delivery, ProviderEvent
from app.delivery.rules import ChannelName, Report, Status, may_move
from app.delivery.rules.roads import AddressKind, AddressState
from app.delivery.rules.statuses import ARRIVED
from app.extensions import upsert

# A provider may call before the answer to our own call was written down.
WAITS_FOR_ITS_MESSAGE = timedelta(minutes=10)
KEPT = timedelta(days=30)
MALFORMED = "malformed"


def keep_event(session: Session, channel: ChannelName, told: str, *, now: datetime) -> None:
    """Keep what a provider told, as it came; told again it is one and the same."""
    session.execute(
        upsert(session, ProviderEvent)
        .values(
            channel=channel,
            provider_event_id=hashlib.sha256(told.encode()).hexdigest(),
            received_at=now,
            raw=told,
        )
        .on_conflict_do_nothing(index_elements=["channel", "provider_event_id"])
    )


def hold_calls(session: Session, event_ids: Sequence[int]) -> set[int]:
    """Those of these events that nobody has acted on, nobody else's until the commit."""
    held = select(ProviderEvent.id).where(ProviderEvent.id.in_(event_ids))
    held = held.where(ProviderEvent.handled_at.is_(None)).order_by(ProviderEvent.id)
    return set(session.scalars(held.with_for_update()))


def close_event(session: Session, event_id: int, outcome: str, *, now: datetime) -> None:
    """What was told has had its effect, or has none."""
    session.execute(
        update(ProviderEvent)
        .where(ProviderEvent.id == event_id)
        .values(handled_at=now, outcome=outcome[:20])
    )


def apply_reports(
    session: Session,
    channel: ChannelName,
    event_id: int,
    reports: Sequence[Report] | None,
    *,
    received_at: datetime,
    now: datetime,
) -> None:
    """Let one call have its effect; one about a message that is not known as yet waits a while.

    A call that cannot be read (None) or followed is closed: it holds up none of those after it.
    """
    if reports is None:
        close_event(session, event_id, MALFORMED, now=now)
        return
    try:
        with session.begin_nested():
            outcomes = [apply_report(session, channel, report, now=now) for report in reports]
    except (ValueError, DataError):
        close_event(session, event_id, MALFORMED, now=now)
        return
    if "unknown" in outcomes and now - received_at < WAITS_FOR_ITS_MESSAGE:
        return
    close_event(session, event_id, outcomes[0] if outcomes else "nothing", now=now)


def apply_report(session: Session, channel: ChannelName, report: Report, *, now: datetime) -> str:
    """Let one piece of news have its effect on its delivery: `applied`, `ignored` or `unknown`."""
    row = _row_of(session, channel, report)
    if row is None:
        return "unknown"
    if report.status is None or not may_move(Status(row.status), report.status):
        return "ignored"
    if row.status == Status.QUEUED and not _left_after_all(row, report):
        return "ignored"
    row.status, row.look_at, row.next_attempt_at = report.status, now, None
    row.external_id = row.external_id or report.external_id
    row.sent_at = row.sent_at or report.at
    row.lease_until = row.leased_by = None
    row.cost = row.cost if report.cost is None else report.cost
    if report.status is Status.DELIVERED:
        row.delivered_at, row.look_at = report.at, None
        row.error_class = row.error_code = None
    elif report.status is Status.READ:
        row.delivered_at, row.read_at = row.delivered_at or report.at, report.at
        row.look_at = row.error_class = row.error_code = None
    else:
        row.error_class, row.error_code = "Reported", report.code[:40]
    _mark_address(session, row, report, now)
    return "applied"


def _left_after_all(row: Delivery, report: Report) -> bool:
    """Whether an earlier try, taken for failed, is now known to have arrived."""
    return row.attempt_count > 0 and report.status in ARRIVED


def _row_of(session: Session, channel: ChannelName, report: Report) -> Delivery | None:
    of_channel = select(Delivery).where(Delivery.channel == channel).with_for_update()
    if report.delivery_id:
        row = session.scalars(of_channel.where(Delivery.id == report.delivery_id)).first()
        if row is not None:
            return row
    if not report.external_id:
        return None
    found = session.scalars(of_channel.where(Delivery.external_id == report.external_id).limit(2))
    rows = found.all()
    return rows[0] if len(rows) == 1 else None


def _mark_address(session: Session, row: Delivery, report: Report, now: datetime) -> None:
    """Where something arrived, an address that nobody had tried as yet is known to be good."""
    if row.contact_point_id is None or report.status is not Status.DELIVERED:
        return
    point = session.get(ContactPoint, row.contact_point_id)
    if point is not None and point.state == AddressState.UNKNOWN:
        kind = AddressKind(point.channel)
        set_address_state(session, kind, point.address_hash, AddressState.OK, code="", now=now)


def forget_old_events(session: Session, *, limit: int, now: datetime) -> int:
    """What providers told long ago is deleted; returns how many."""
    old = select(ProviderEvent.id).where(ProviderEvent.handled_at <= now - KEPT).limit(limit)
    ids = session.scalars(old).all()
    session.execute(delete(ProviderEvent).where(ProviderEvent.id.in_(ids)))
    return len(ids)
