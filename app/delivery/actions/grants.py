"""Grants of providers: kept, renewed by one sender for all, and given up when they are lost."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.delivery.models import ChannelState, ProviderGrant
from app.delivery.rules import ChannelName, ChannelStep
from app.delivery.rules.grants import (
    AGAIN_AFTER,
    LONGEST_TOKEN,
    RENEWAL_TAKES,
    NoToken,
    Renewal,
    what_to_do,
)
from app.delivery.rules.pausing import BY_PERSON
from app.delivery.rules.zalo import ROOM
from app.extensions import upsert
from app.kernel.actors import Actor

# Whoever calls with wrong signatures all the time is written down only so often.
REFUSALS_APART = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Begun:
    """What to do for a newer token; `refresh_token` where it is to be traded now."""

    todo: Renewal
    refresh_token: str = field(default="", repr=False)


def keep_grant(
    session: Session,
    provider: str,
    access_token: str,
    refresh_token: str,
    *,
    channels: Sequence[ChannelName],
    actor: Actor,
    now: datetime,
) -> None:
    """From now on this node holds a grant; what rested because the last one was lost goes on."""
    tokens = [access_token.strip(), refresh_token.strip()]
    if not tokens[1] or any(len(each) > LONGEST_TOKEN or " " in each for each in tokens):
        raise NoToken
    row = _row(session, provider)
    row.access_token, row.refresh_token = tokens[0] or None, tokens[1]
    # How old a pasted token is nobody knows: it is used until it is refused, or renewed at once.
    row.access_expires_at = None if tokens[0] else now
    row.version += 1
    row.given_at, row.rotated_at = now, None
    row.renewing_until = row.next_renewal_at = row.problem_at = None
    row.problem = ""
    for state in session.scalars(select(ChannelState).where(ChannelState.channel.in_(channels))):
        if state.paused and (state.pause_reason or "").startswith(ChannelStep.PAUSE):
            state.paused, state.pause_reason, state.resume_at = False, None, None
    record_act(session, "delivery.grant_given", actor=actor, now=now, provider=provider)


def begin_renewal(session: Session, provider: str, *, used: int, now: datetime) -> Begun:
    """Whether to trade the refresh token now; while somebody does, nobody else may."""
    row = _row(session, provider)
    todo = what_to_do(row.grant, used, now)
    if todo is not Renewal.BEGIN:
        return Begun(todo)
    row.renewing_until = now + RENEWAL_TAKES
    return Begun(todo, row.refresh_token or "")


def finish_renewal(
    session: Session,
    provider: str,
    access_token: str,
    refresh_token: str,
    lasts: timedelta,
    *,
    now: datetime,
) -> int:
    """Keep the new pair, which counts once this is committed; returns its version."""
    row = _row(session, provider)
    row.access_token, row.refresh_token = access_token, refresh_token
    row.access_expires_at, row.rotated_at = now + lasts, now
    row.version += 1
    row.renewing_until = row.next_renewal_at = row.problem_at = None
    row.problem = ""
    return row.version


def fail_renewal(
    session: Session,
    provider: str,
    *,
    lost: str,
    channels: Sequence[ChannelName],
    now: datetime,
) -> None:
    """A renewal came to nothing: tried again in a minute, or `lost` says that a person must act."""
    row = _row(session, provider)
    row.renewing_until = None
    row.next_renewal_at = now + AGAIN_AFTER
    if lost:
        row.problem, row.problem_at = lost[:40], now
        rest_channels(session, channels, f"{ChannelStep.PAUSE} {lost}", until=None, now=now)


def rest_channels(
    session: Session,
    channels: Sequence[ChannelName],
    reason: str,
    *,
    until: datetime | None,
    now: datetime,
) -> None:
    """Channels of one account rest together; what a person put to rest stays so."""
    values: dict[str, Any] = {
        "paused": True,
        "pause_reason": reason[:200],
        "paused_at": now,
        "resume_at": until,
    }
    for channel in channels:
        state = session.get(ChannelState, channel)
        if state is not None and state.paused and state.pause_reason == BY_PERSON:
            continue
        session.execute(
            upsert(session, ChannelState)
            .values(channel=channel, error_window={}, **values)
            .on_conflict_do_update(index_elements=["channel"], set_=values)
        )


def keep_templates(
    session: Session, provider: str, templates: Sequence[dict[str, str]] | None, *, now: datetime
) -> None:
    """What templates the provider says there are, with their state; None: it did not say."""
    row = _row(session, provider)
    row.templates_at = now
    if templates is not None:
        row.templates = list(templates)


def count_signature(session: Session, provider: str, variant: str, count: int) -> None:
    """So many calls more were signed in this way."""
    row = _row(session, provider)
    row.signatures = {**row.signatures, variant: row.signatures.get(variant, 0) + count}


def note_refused_call(session: Session, provider: str, *, now: datetime) -> None:
    """A call came whose signature nobody here could make."""
    row = session.get(ProviderGrant, provider) or _row(session, provider)
    if row.refused_at is None or now - row.refused_at > REFUSALS_APART:
        row.refused_at = now


def _row(session: Session, provider: str) -> ProviderGrant:
    """The row of a provider, held until the commit; made when it has none."""
    session.execute(
        upsert(session, ProviderGrant)
        .values(provider=provider, version=0, templates=[], signatures={}, problem="")
        .on_conflict_do_nothing()
    )
    return session.scalars(
        select(ProviderGrant)
        .where(ProviderGrant.provider == provider)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def note_quota(
    session: Session,
    channel: ChannelName,
    left: int,
    *,
    room: int,
    resets_at: datetime,
    now: datetime,
) -> bool:
    """Keep what is left of a channel's quota; whether only the room for urgent ones is left now."""
    values = {"quota_left": left, "quota_reset_at": resets_at}
    session.execute(
        upsert(session, ChannelState)
        .values(channel=channel, paused=False, error_window={}, **values)
        .on_conflict_do_update(index_elements=["channel"], set_=values)
    )
    if left > room:
        return False
    reason = f"{ChannelStep.HOLD_ORDINARY} {ROOM}"
    rest_channels(session, [channel], reason, until=resets_at, now=now)
    return True
