"""At the province: sending for parks. Claimed under a lease, handed over once, written down."""

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from app.delivery.actions.circuit import Trial, note_failure, room_to_try
from app.delivery.actions.sending import LEASE, Claimed, change_channel
from app.delivery.gateways import Outcome
from app.delivery.rules import (
    ChannelName,
    ChannelStep,
    Consequence,
    Lane,
    Outbound,
    Status,
    may_move,
    what_follows,
)
from app.hub.models import QUEUED_ROWS, SENDING_ROWS, HubDelivery
from app.sync.models import KnownNode

LATE, STOPPED = "too_late", "stopped"


def claim_parcels(
    session: Session, road: ChannelName, lane: Lane, *, limit: int, now: datetime
) -> list[Claimed]:
    """Take what is due of parks that are believed; nobody else sends it while the lease lasts.

    One to try out a channel that failed too often.
    """
    limit = room_to_try(session, road, limit, now=now, trials=_list_trials)
    if limit <= 0:
        return []
    rows = session.scalars(
        select(HubDelivery)
        .where(HubDelivery.road == road, HubDelivery.lane == lane, text(QUEUED_ROWS))
        .where(HubDelivery.next_attempt_at <= now, HubDelivery.expires_at > now)
        .where(HubDelivery.node.not_in(_revoked()))
        .order_by(HubDelivery.next_attempt_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.status, row.lease_until = Status.SENDING, now + LEASE
        row.tried_at, row.attempt_count = now, row.attempt_count + 1
    return [_claimed(row) for row in rows]


def _revoked() -> Select[str]:
    """The parks whose keys are believed no more: whoever has them may have written anything."""
    return select(KnownNode.node).where(KnownNode.revoked_at.is_not(None))


def _claimed(row: HubDelivery) -> Claimed:
    words = json.loads(row.words or "{}")
    lane = Lane(row.lane)
    out = Outbound(
        row.id,
        row.address or "",
        words.get("text", ""),
        lane,
        words.get("title", ""),
        link=words.get("link") or None,
        expires_at=row.expires_at,
        last_inbound_at=row.inbound_at,
    )
    return Claimed(row.id, row.id, ChannelName(row.road), lane, row.attempt_count, out)


def _count_calls(session: Session, road: ChannelName, since: datetime) -> int:
    over = select(func.count()).where(HubDelivery.road == road, HubDelivery.tried_at > since)
    return session.scalar(over.where(HubDelivery.status != Status.SENDING)) or 0


def _list_trials(session: Session, road: ChannelName, since: datetime) -> list[Trial]:
    rows = session.execute(
        select(HubDelivery.sent_at, HubDelivery.status).where(
            HubDelivery.road == road, HubDelivery.tried_at >= since
        )
    )
    return [
        Trial(sent_at is not None and sent_at >= since, status == Status.SENDING)
        for sent_at, status in rows
    ]


def settle_parcels(
    session: Session, outcomes: Sequence[Outcome], *, jitter: float, now: datetime
) -> list[Consequence]:
    """Write down what was taken, what failed and what was not tried; what follows of failures."""
    follows = []
    held = session.scalars(
        select(HubDelivery)
        .where(HubDelivery.id.in_([each.claimed.id for each in outcomes]))
        .order_by(HubDelivery.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    rows = {row.id: row for row in held}
    for each in outcomes:
        row = rows[each.claimed.id]
        row.lease_until = None
        if each.accepted is not None:
            ids = each.accepted.external_ids
            row.external_id = row.external_id or (ids[0][:80] if ids else None)
            row.sent_at = row.sent_at or now
            note_status(row, Status.SENT, now)
        elif each.error is not None:
            follows.append(_fail(session, row, each, jitter, now))
        elif row.status == Status.SENDING:
            row.status, row.attempt_count = Status.QUEUED, row.attempt_count - 1
        if row.stopped_at is not None:
            note_stopped(row, now)
    return follows


def note_stopped(row: HubDelivery, now: datetime) -> bool:
    """What waits and is not wanted any more never leaves; whether it was waiting."""
    moved = note_status(row, Status.CANCELLED, now)
    if moved:
        row.error_class, row.error_code = "", STOPPED
    return moved


def list_stopped_parcels(session: Session, ids: Collection[str]) -> Sequence[str]:
    """Which of these their parks want no more, or are of parks that are believed no more."""
    unwanted = HubDelivery.stopped_at.is_not(None) | HubDelivery.node.in_(_revoked())
    return session.scalars(select(HubDelivery.id).where(HubDelivery.id.in_(ids), unwanted)).all()


def _fail(
    session: Session, row: HubDelivery, outcome: Outcome, jitter: float, now: datetime
) -> Consequence:
    error = outcome.error
    assert error is not None  # noqa: S101 - asked for failures only
    follows = what_follows(
        error,
        status=Status(row.status),
        lane=Lane(row.lane),
        attempt=row.attempt_count,
        now=now,
        jitter=jitter,
        renewed=not getattr(error, "renewable", False),
    )
    code = str(getattr(error, "code", ""))[:40]
    if follows.status != row.status:
        row.error_class, row.error_code = type(error).__name__[:30], code
        row.next_attempt_at = follows.next_attempt_at
        if follows.status is Status.QUEUED:
            row.status = follows.status
        else:
            note_status(row, follows.status, now)
    road = outcome.claimed.channel
    change_channel(session, road, follows, code, now=now)
    if note_failure(session, road, error, now=now, calls=_count_calls):
        return replace(follows, channel=ChannelStep.CIRCUIT)
    return follows


def note_status(row: HubDelivery, status: Status, now: datetime) -> bool:
    """A step that the park is told of; whether it may be taken."""
    if not may_move(Status(row.status), status, lane=Lane(row.lane) if row.lane else Lane.NORMAL):
        return False
    row.status, row.changed_at = status, now
    row.next_attempt_at = row.lease_until = None
    row.rev += 1
    return True


def tidy_parcels(session: Session, *, limit: int, now: datetime) -> int:
    """What is late is never sent, nor what a park that is believed no more left waiting.

    What a silent sender held may have left. Returns how many.
    """
    late = select(HubDelivery).where(text(QUEUED_ROWS), HubDelivery.expires_at <= now)
    held = select(HubDelivery).where(text(SENDING_ROWS), HubDelivery.lease_until <= now)
    done = 0
    for chosen, status, code in ((late, Status.EXPIRED, LATE), (held, Status.UNCLEAR, "lease")):
        for row in session.scalars(chosen.limit(limit).with_for_update(skip_locked=True)):
            row.error_code = row.error_code or code
            done += note_status(row, status, now)
    if revoked := session.scalars(_revoked()).all():
        theirs = select(HubDelivery).where(text(QUEUED_ROWS), HubDelivery.node.in_(revoked))
        for row in session.scalars(theirs.limit(limit).with_for_update(skip_locked=True)):
            done += note_stopped(row, now)
    return done
