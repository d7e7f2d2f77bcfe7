"""Grants of providers: kept, renewed by one sender for all, and given up when they are lost."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, Update, and_, bindparam, case, select, update
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.delivery.models import ChannelState, ProviderGrant
from app.delivery.rules import ChannelName, ChannelStep
from app.delivery.rules.grants import (
    AGAIN_AFTER,
    RENEWAL_TAKES,
    NoToken,
    Renewal,
    may_be_token,
    what_to_do,
)
from app.delivery.rules.pausing import BY_PERSON, read_reason
from app.delivery.rules.zalo import GRANT_LOST, NO_GRANT, ROOM
from app.extensions import upsert
from app.kernel.actors import Actor

UNDER_WAY = 100  # more calls than any account has open at once
# Whoever calls with wrong signatures all the time is written down only so often.
REFUSALS_APART = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Begun:
    """What to do for a newer token; `refresh_token` where it is to be traded now.

    `version`: of the pair it was begun with.
    """

    todo: Renewal
    refresh_token: str = field(default="", repr=False)
    version: int = 0


def keep_grant(
    session: Session,
    provider: str,
    access_token: str,
    refresh_token: str,
    *,
    channels: Sequence[ChannelName],
    actor: Actor,
    now: datetime,
    lasts: timedelta | None = None,
) -> None:
    """From now on this node holds a grant; what rested because the last one was lost goes on.

    `lasts`: how long the access token holds, where its provider said so.
    """
    tokens = [access_token.strip(), refresh_token.strip()]
    if not tokens[1] or any(not may_be_token(each) for each in tokens):
        raise NoToken
    row = _row(session, provider)
    row.access_token, row.refresh_token = tokens[0] or None, tokens[1]
    # How old a pasted token is nobody knows: it is used until it is refused, or renewed at once.
    row.access_expires_at = (now + lasts if lasts else None) if tokens[0] else now
    row.version += 1
    row.given_at, row.rotated_at = now, None
    row.renewing_until = row.next_renewal_at = row.problem_at = None
    row.problem = ""
    _lift_pauses(session, channels)
    record_act(session, "delivery.grant_given", actor=actor, now=now, provider=provider)


def begin_renewal(session: Session, provider: str, *, used: int, now: datetime) -> Begun:
    """Whether to trade the refresh token now; while somebody does, nobody else may."""
    row = _row(session, provider)
    todo = what_to_do(row.grant, used, now)
    if todo is not Renewal.BEGIN:
        return Begun(todo, version=row.version)
    row.renewing_until = now + RENEWAL_TAKES
    return Begun(todo, row.refresh_token or "", row.version)


def finish_renewal(
    session: Session,
    provider: str,
    access_token: str,
    refresh_token: str,
    lasts: timedelta,
    *,
    begun: int,
    channels: Sequence[ChannelName],
    now: datetime,
) -> bool:
    """Keep the new pair, which counts once this is committed; what rested for it goes on.

    `now`: when it was got. True also where it is kept already. False where somebody has pasted
    another since version `begun`, which then is the one that holds.
    """
    row = _row(session, provider)
    if row.version != begun:
        return row.refresh_token == refresh_token
    row.access_token, row.refresh_token = access_token, refresh_token
    row.access_expires_at, row.rotated_at = now + lasts, now
    row.version += 1
    row.renewing_until = row.next_renewal_at = row.problem_at = None
    row.problem = ""
    _lift_pauses(session, channels, only_by_grant=True)
    return True


def fail_renewal(
    session: Session,
    provider: str,
    *,
    lost: str,
    begun: int,
    channels: Sequence[ChannelName],
    now: datetime,
) -> bool:
    """A renewal came to nothing: tried again in a minute, or `lost` says that a person must act.

    False where the pair of version `begun`, of which that is true, is not the one that holds.
    """
    row = _row(session, provider)
    if row.version != begun:
        return False
    row.renewing_until = None
    row.next_renewal_at = now + AGAIN_AFTER
    if lost:
        row.problem, row.problem_at = lost[:40], now
        rest_channels(session, channels, f"{ChannelStep.PAUSE} {lost}", until=None, now=now)
    return True


def _lift_pauses(
    session: Session, channels: Sequence[ChannelName], *, only_by_grant: bool = False
) -> None:
    """What rested because of the set-up, or of the grant alone, goes on; nobody's own choice."""
    for state in session.scalars(select(ChannelState).where(ChannelState.channel.in_(channels))):
        rest = read_reason(state.pause_reason or "")
        by_grant = state.resume_at is not None or rest.code in {GRANT_LOST, NO_GRANT}
        if state.problem in {GRANT_LOST, NO_GRANT}:
            state.problem = ""
        if state.paused and rest.why == ChannelStep.PAUSE and (by_grant or not only_by_grant):
            state.paused, state.pause_reason, state.resume_at = False, None, None


def rest_channels(
    session: Session,
    channels: Sequence[ChannelName],
    reason: str,
    *,
    until: datetime | None,
    now: datetime,
) -> None:
    """Channels of one account rest together; what waits for a person is not woken by a clock."""
    values: dict[str, Any] = {
        "paused": True,
        "pause_reason": reason[:200],
        "paused_at": now,
        "resume_at": until,
    }
    for channel in channels:
        state = session.get(ChannelState, channel)
        waits = None if state is None or not state.paused or state.resume_at else state.pause_reason
        if waits == BY_PERSON or (waits and until is not None):
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
    """Keep what is left of a channel's quota; whether only the room for urgent ones is left now.

    Of calls under way at once the answers come in any order: the least of them counts.
    """
    told = {
        "of_channel": channel,
        "left": left,
        "overtaken_from": left - UNDER_WAY,
        "resets_at": resets_at,
    }
    if not session.connection().execute(QUOTA, told).rowcount:
        session.execute(
            upsert(session, ChannelState)
            .values(channel=channel, paused=False, error_window={})
            .on_conflict_do_nothing()
        )
        session.execute(QUOTA, told)
    if left > room:
        return False
    reason = f"{ChannelStep.HOLD_ORDINARY} {ROOM}"
    rest_channels(session, [channel], reason, until=resets_at, now=now)
    return True


def _quota_statement() -> Update:
    # built once, on the table: it runs for every few messages of a burst
    table = cast(Table, ChannelState.__table__)
    left = bindparam("left", type_=table.c.quota_left.type)
    resets_at = bindparam("resets_at", type_=table.c.quota_reset_at.type)
    overtaken = and_(
        table.c.quota_reset_at == resets_at,
        table.c.quota_left.between(bindparam("overtaken_from"), left),
    )
    return (
        update(table)
        .where(table.c.channel == bindparam("of_channel"))
        .values(
            quota_left=case((overtaken, table.c.quota_left), else_=left),
            quota_reset_at=resets_at,
        )
    )


QUOTA = _quota_statement()
