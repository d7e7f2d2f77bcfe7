"""Channels put to rest and set going again by a person, and tried out."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.audit.queries import count_acts_of_node
from app.delivery.models import ChannelState
from app.delivery.rules import ChannelName, Health
from app.delivery.rules.answers import masked_phone
from app.delivery.rules.pausing import BY_PERSON, MOST_TRIES_AN_HOUR, TooManyTries
from app.extensions import upsert
from app.kernel.actors import Actor

TRIED = "delivery.channel_tried"


def pause_channel(session: Session, channel: ChannelName, *, actor: Actor, now: datetime) -> None:
    """Nothing goes over a channel until a person says so; what waits keeps waiting."""
    _keep(session, channel, paused=True, pause_reason=BY_PERSON, paused_at=now, resume_at=None)
    record_act(session, "delivery.channel_paused", actor=actor, now=now, channel=channel)


def resume_channel(session: Session, channel: ChannelName, *, actor: Actor, now: datetime) -> None:
    """A channel sends again, whatever it rested for."""
    _keep(session, channel, paused=False, pause_reason=None, paused_at=None, resume_at=None)
    record_act(session, "delivery.channel_resumed", actor=actor, now=now, channel=channel)


def keep_health(session: Session, channel: ChannelName, health: Health, *, now: datetime) -> None:
    """What a channel said of itself: whether it can send, and what is left of quota and money."""
    said: dict[str, Any] = {
        "checked_at": now,
        "problem": "" if health.ok else (health.why or "?")[:120],
    }
    if health.balance is not None:
        said["balance"] = health.balance
    if health.quota_left is not None:
        said["quota_left"] = health.quota_left
    session.execute(
        upsert(session, ChannelState)
        .values(channel=channel, paused=False, error_window={}, **said)
        .on_conflict_do_update(index_elements=["channel"], set_=said)
    )


def begin_try(
    session: Session, channel: ChannelName, address: str, *, actor: Actor, now: datetime
) -> None:
    """Somebody sends a test to an address that they typed; a few an hour, each written down."""
    if count_acts_of_node(session, TRIED, now - timedelta(hours=1)) >= MOST_TRIES_AN_HOUR:
        raise TooManyTries(most=MOST_TRIES_AN_HOUR)
    told = masked_phone(address)
    record_act(session, TRIED, actor=actor, now=now, channel=channel, address=told)


def _keep(session: Session, channel: ChannelName, **state: Any) -> None:
    session.execute(
        upsert(session, ChannelState)
        .values(channel=channel, error_window={}, **state)
        .on_conflict_do_update(index_elements=["channel"], set_={**state, "error_window": {}})
    )
