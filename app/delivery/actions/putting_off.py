"""What is due and may not go yet is put off, and not all to the same moment."""

from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.delivery.models import QUEUED_ROWS, ChannelState, Delivery
from app.delivery.registry import Channels
from app.delivery.rules import ChannelName, ChannelStep, Lane
from app.delivery.rules.roads import SPREAD_AFTER_BAN, Roads, rings, spread

ORDINARY = tuple(lane for lane in Lane if lane is not Lane.URGENT)


def put_off_ordinary(
    session: Session, *, limit: int, channels: Channels, roads: Roads, now: datetime
) -> int:
    """What is due, not urgent, and held back goes spread over minutes once the ban is over.

    Held back: by the quiet hours, or by a channel whose quota or hours are over. Returns how many
    were put off.
    """
    quiet_until = roads.quiet_until(now)
    held_until = _held_until(session, now)
    done = 0
    for channel in channels:
        until = held_until.get(channel)
        for lane in ORDINARY:
            quiet = quiet_until if rings(channel, lane) else None
            ends_at = max(filter(None, (until, quiet)), default=None)
            if ends_at is not None and done < limit:
                done += _put_off(session, channel, lane, ends_at, limit - done, now)
    return done


def _held_until(session: Session, now: datetime) -> dict[ChannelName, datetime]:
    states = session.scalars(
        select(ChannelState).where(ChannelState.paused, ChannelState.resume_at > now)
    )
    return {
        ChannelName(state.channel): state.resume_at
        for state in states
        if state.resume_at and (state.pause_reason or "").startswith(ChannelStep.HOLD_ORDINARY)
    }


def _put_off(
    session: Session,
    channel: ChannelName,
    lane: Lane,
    ends_at: datetime,
    limit: int,
    now: datetime,
) -> int:
    ids = session.scalars(
        select(Delivery.id)
        .where(Delivery.channel == channel, Delivery.lane == lane, text(QUEUED_ROWS))
        .where(Delivery.next_attempt_at <= now)
        .order_by(Delivery.next_attempt_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if ids:
        rows = [
            {"id": key, "next_attempt_at": ends_at + spread(key, SPREAD_AFTER_BAN)} for key in ids
        ]
        session.execute(update(Delivery), rows)
    return len(ids)
