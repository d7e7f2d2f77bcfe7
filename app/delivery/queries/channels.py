"""How channels do: whether they are open, what troubles them, what is left, how much they sent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from app.delivery.models import Attempt, ChannelState, Delivery
from app.delivery.rules import ChannelName, ChannelStep, Lane, Status
from app.delivery.rules.pausing import BY_PERSON

SENT_OUTCOME = "sent"


def is_open(session: Session, channel: ChannelName, lane: Lane, now: datetime) -> bool:
    """Whether a channel takes messages of this lane now."""
    state = session.get(ChannelState, channel)
    if state is None or not state.paused:
        return True
    if state.resume_at is not None and state.resume_at <= now:
        return True
    reason = state.pause_reason or ""
    return lane is Lane.URGENT and reason.startswith(ChannelStep.HOLD_ORDINARY)


def list_closed(session: Session, lane: Lane, now: datetime) -> set[ChannelName]:
    """The channels that take nothing of this lane now."""
    paused = session.scalars(select(ChannelState.channel).where(ChannelState.paused)).all()
    names = [ChannelName(name) for name in paused]
    return {name for name in names if not is_open(session, name, lane, now)}


@dataclass(frozen=True, slots=True)
class TroubledChannel:
    """A channel that a person must look at: paused for a reason, or ill when last looked at."""

    name: ChannelName
    reason: str | None
    problem: str
    at: datetime | None


def list_troubled_channels(
    session: Session, channels: Collection[ChannelName]
) -> Sequence[TroubledChannel]:
    """Channels that stay paused until a person acts, unless one paused them, or that are ill."""
    rows = session.scalars(
        select(ChannelState)
        .where(ChannelState.channel.in_(channels))
        .where(or_(ChannelState.paused, ChannelState.problem != ""))
        .order_by(ChannelState.channel)
    )
    found = []
    for row in rows:
        reason = row.pause_reason or ""
        needs_person = row.resume_at is None or reason.startswith(ChannelStep.PAUSE)
        stuck = row.paused and needs_person and reason != BY_PERSON
        if stuck or (row.problem and not row.paused):
            at = row.paused_at if stuck else row.checked_at
            found.append(
                TroubledChannel(
                    ChannelName(row.channel), reason if stuck else None, row.problem, at
                )
            )
    return found


def list_low_balances(
    session: Session, limits: Mapping[ChannelName, int]
) -> Mapping[ChannelName, int]:
    """What is left, in VND, on the accounts of channels that have less than their limit."""
    rows = session.execute(
        select(ChannelState.channel, ChannelState.balance)
        .where(ChannelState.channel.in_(limits), ChannelState.balance.is_not(None))
        .order_by(ChannelState.channel)
    )
    left = {ChannelName(channel): balance or 0 for channel, balance in rows}
    return {name: balance for name, balance in left.items() if balance < limits[name]}


def count_attempts(session: Session, channels: Collection[ChannelName], now: datetime) -> int:
    """How many tries these channels were given in the last minute.

    What a clock that was set back since says of times to come counts for a minute at most.
    """
    minute = timedelta(minutes=1)
    chosen = (
        select(func.count())
        .select_from(Attempt)
        .join(Delivery, Delivery.id == Attempt.delivery_id)
        .where(Delivery.channel.in_(channels))
        .where(Attempt.started_at > now - minute, Attempt.started_at <= now + minute)
    )
    return session.scalar(chosen) or 0


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """How a channel does: whether it rests and why, and its tries since two moments."""

    paused: bool = False
    reason: str = ""
    paused_at: datetime | None = None
    resume_at: datetime | None = None
    quota_left: int | None = None
    balance: int | None = None
    checked_at: datetime | None = None
    problem: str = ""
    cost: int | None = None
    waiting: int = 0
    sent: tuple[int, int] = (0, 0)
    failed: tuple[int, int] = (0, 0)
    last_minute: int = 0


def find_channel_facts(
    session: Session,
    channel: ChannelName,
    *,
    today: datetime,
    hour: datetime,
    month: datetime,
    now: datetime,
) -> ChannelFacts:
    """How a channel does: figures since the day began and of the last hour; cost of the month."""
    state = session.get(ChannelState, channel) or ChannelState(channel=channel, paused=False)
    rests = state.paused and (state.resume_at is None or state.resume_at > now)
    in_hour, of_today = Attempt.started_at >= hour, Attempt.started_at >= today
    sent = Attempt.outcome == SENT_OUTCOME
    tries = session.execute(
        select(sent, of_today, in_hour, func.count())
        .select_from(Attempt)
        .join(Delivery, Delivery.id == Attempt.delivery_id)
        .where(Delivery.channel == channel, Attempt.outcome.is_not(None))
        .where(Attempt.started_at >= min(today, hour))
        .group_by(sent, of_today, in_hour)
    ).all()
    waiting = (
        select(func.count())
        .select_from(Delivery)
        .where(Delivery.status == Status.QUEUED, Delivery.channel == channel)
        .where(Delivery.expires_at > now)
    )

    cost = select(func.sum(Delivery.cost)).where(
        Delivery.channel == channel, text("delivery.cost IS NOT NULL"), Delivery.sent_at >= month
    )

    def split(*, went: bool) -> tuple[int, int]:
        rows = [row for row in tries if bool(row[0]) is went]
        return sum(row[3] for row in rows if row[1]), sum(row[3] for row in rows if row[2])

    return ChannelFacts(
        rests,
        (state.pause_reason or "") if rests else "",
        state.paused_at if rests else None,
        state.resume_at if rests else None,
        state.quota_left,
        state.balance,
        state.checked_at,
        state.problem or "",
        session.scalar(cost),
        session.scalar(waiting) or 0,
        split(went=True),
        split(went=False),
        count_attempts(session, [channel], now),
    )
