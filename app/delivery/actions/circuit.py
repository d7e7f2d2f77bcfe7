"""The circuit of a channel: half of its calls fail, it rests; then one call tries it out."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

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


class Trial(NamedTuple):
    """A call that tries a channel out after its rest."""

    went_well: bool
    under_way: bool


def count_calls(session: Session, channel: ChannelName, since: datetime) -> int:
    """How many calls over a channel have been begun since then and are over."""
    chosen = (
        select(func.count())
        .select_from(Attempt)
        .join(Delivery, Delivery.id == Attempt.delivery_id)
        .where(Delivery.channel == channel, Attempt.started_at > since)
        .where(Attempt.ended_at.is_not(None))
    )
    return session.scalar(chosen) or 0


def list_trials(session: Session, channel: ChannelName, since: datetime) -> list[Trial]:
    """The calls over a channel that were begun from then on."""
    rows = session.execute(
        select(Attempt.outcome, Attempt.ended_at)
        .join(Delivery, Delivery.id == Attempt.delivery_id)
        .where(Delivery.channel == channel, Attempt.started_at >= since)
    )
    return [Trial(outcome == "sent", ended_at is None) for outcome, ended_at in rows]


Calls = Callable[[Session, ChannelName, datetime], int]
Trials = Callable[[Session, ChannelName, datetime], Sequence[Trial]]


def note_failure(
    session: Session,
    channel: ChannelName,
    error: Exception,
    *,
    now: datetime,
    calls: Calls = count_calls,
) -> bool:
    """Keep that a channel failed; whether it rests now, having failed too often or on trial.

    `calls` counts them where they are written down.
    """
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
        pause = circuit_pause(calls(session, channel, now - CIRCUIT_WINDOW), len(errors), None)
    if pause is None:
        _keep(state, errors=errors, **({"rested": window["rested"]} if rested else {}))
        return False
    state.paused, state.paused_at, state.resume_at = True, now, now + pause
    state.pause_reason = str(ChannelStep.CIRCUIT)
    _keep(state, errors=[], rested=pause.total_seconds())
    return True


def room_to_try(
    session: Session,
    channel: ChannelName,
    most: int,
    *,
    now: datetime,
    trials: Trials = list_trials,
) -> int:
    """How many calls a channel may be given: one after a rest, until that one has gone well."""
    state = session.get(ChannelState, channel)
    if state is None or not state.paused or state.pause_reason != ChannelStep.CIRCUIT:
        return most
    if state.resume_at is None or state.resume_at > now:
        return 0
    tried = trials(session, channel, state.resume_at)
    if any(each.went_well for each in tried):
        state.paused, state.resume_at, state.pause_reason = False, None, None
        _keep(state, errors=[])
        return most
    return 0 if any(each.under_way for each in tried) else min(most, 1)


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
