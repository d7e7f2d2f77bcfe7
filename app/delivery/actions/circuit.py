"""The circuit of a channel: half of its calls fail, it rests; then one call tries it out."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.delivery.models import Attempt, ChannelState, Delivery
from app.delivery.rules import ChannelName, ChannelStep
from app.delivery.rules.retries import (
    CIRCUIT_CALLS,
    CIRCUIT_SHARE,
    CIRCUIT_WINDOW,
    circuit_pause,
    counts_against,
)
from app.extensions import upsert

# Below this many failures half of the calls cannot have failed.
FEWEST = int(CIRCUIT_CALLS * CIRCUIT_SHARE)


def note_failure(
    session: Session, channel: ChannelName, error: Exception, *, now: datetime
) -> bool:
    """Keep that a channel failed; whether it rests now, having failed too often or on trial."""
    if not counts_against(error):
        return False
    state = _state(session, channel)
    window = state.error_window or {}
    rested = timedelta(seconds=window["rested"]) if "rested" in window else None
    since = (now - CIRCUIT_WINDOW).timestamp()
    errors = [at for at in window.get("errors", ()) if at > since] + [now.timestamp()]
    on_trial = rested is not None and state.resume_at is not None and state.resume_at <= now
    pause: timedelta | None = None
    if on_trial:
        pause = circuit_pause(CIRCUIT_CALLS, CIRCUIT_CALLS, rested)
    elif len(errors) % FEWEST == 0 and not _rests(state, now):
        pause = circuit_pause(_count_calls(session, channel, now), len(errors), None)
    if pause is None:
        _keep(state, errors=errors, **({"rested": window["rested"]} if rested else {}))
        return False
    state.paused, state.paused_at, state.resume_at = True, now, now + pause
    state.pause_reason = str(ChannelStep.CIRCUIT)
    _keep(state, errors=[], rested=pause.total_seconds())
    return True


def room_to_try(session: Session, channel: ChannelName, most: int, *, now: datetime) -> int:
    """How many calls a channel may be given: one after a rest, until that one has gone well."""
    state = session.get(ChannelState, channel)
    if state is None or not state.paused or state.pause_reason != ChannelStep.CIRCUIT:
        return most
    if state.resume_at is None or state.resume_at > now:
        return 0
    tried = (
        select(Attempt.outcome, Attempt.ended_at)
        .join(Delivery, Delivery.id == Attempt.delivery_id)
        .where(Delivery.channel == channel, Attempt.started_at >= state.resume_at)
    )
    trials = session.execute(tried).all()
    if any(outcome == "sent" for outcome, _ in trials):
        state.paused, state.resume_at, state.pause_reason = False, None, None
        _keep(state, errors=[])
        return most
    under_way = any(ended_at is None for _, ended_at in trials)
    return 0 if under_way else min(most, 1)


def _state(session: Session, channel: ChannelName) -> ChannelState:
    """The row of a channel, held until the commit; made when it has none."""
    session.execute(
        upsert(session, ChannelState)
        .values(channel=channel, paused=False, error_window={})
        .on_conflict_do_nothing()
    )
    return session.scalars(
        select(ChannelState)
        .where(ChannelState.channel == channel)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _rests(state: ChannelState, now: datetime) -> bool:
    return state.paused and (state.resume_at is None or state.resume_at > now)


def _keep(state: ChannelState, **window: Any) -> None:
    state.error_window = window


def _count_calls(session: Session, channel: ChannelName, now: datetime) -> int:
    chosen = (
        select(func.count())
        .select_from(Attempt)
        .join(Delivery, Delivery.id == Attempt.delivery_id)
        .where(Delivery.channel == channel, Attempt.started_at > now - CIRCUIT_WINDOW)
        .where(Attempt.ended_at.is_not(None))
    )
    return session.scalar(chosen) or 0
