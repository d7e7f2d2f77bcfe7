"""What follows when a channel fails: when to try again, and what becomes of address and channel."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from app.delivery.rules.errors import (
    AuthExpired,
    BadMessage,
    BadRecipient,
    ConfigProblem,
    NotUnderstood,
    OutsideHours,
    Permanent,
    QuotaUsedUp,
    RateLimited,
    Temporary,
    Unclear,
)
from app.delivery.rules.statuses import Lane, Status, may_move

# The wait before each try on one channel; a channel is given up after the last.
WAITS: Mapping[Lane, tuple[timedelta, ...]] = MappingProxyType(
    {
        Lane.URGENT: (timedelta(), timedelta(seconds=30), timedelta(minutes=2)),
        Lane.NORMAL: (
            timedelta(),
            timedelta(minutes=2),
            timedelta(minutes=10),
            timedelta(minutes=30),
        ),
        Lane.BULK: (timedelta(), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6)),
    }
)
JITTER_SHARE = 0.2
TRIES_BEFORE_NEXT = 2
URGENT_PATIENCE = timedelta(minutes=3)
RATE_PAUSE = timedelta(minutes=1)
QUOTA_PAUSE = timedelta(hours=1)
CIRCUIT_CALLS, CIRCUIT_WINDOW = 20, timedelta(seconds=60)
CIRCUIT_SHARE = 0.5
CIRCUIT_PAUSE, CIRCUIT_LONGEST = timedelta(seconds=60), timedelta(minutes=15)


class ChannelStep(StrEnum):
    """What a failure asks of the whole channel."""

    GO_ON = "go_on"
    SLOW_DOWN = "slow_down"
    HOLD_ORDINARY = "hold_ordinary"
    RENEW = "renew"
    PAUSE = "pause"
    CIRCUIT = "circuit"


class NextChannel(StrEnum):
    """Whether the person is tried over another channel."""

    NO = "no"
    NOW = "now"
    AFTER_REVIEW = "after_review"
    PLAIN_SMS = "plain_sms"


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows from one failed attempt."""

    status: Status
    next_attempt_at: datetime | None = None
    bad_address: bool = False
    channel: ChannelStep = ChannelStep.GO_ON
    channel_until: datetime | None = None
    next_channel: NextChannel = NextChannel.NO
    batch_stops: bool = False
    alert: bool = False
    ask_status: bool = False
    trace: bool = False


def next_try_at(lane: Lane, attempt: int, now: datetime, jitter: float = 0.0) -> datetime | None:
    """When to try again after attempt n (from 1); None when that was the last.

    `jitter` from -1 to 1 is drawn outside and moves ordinary tries by a fifth; urgent ones not.
    """
    waits = WAITS[lane]
    if attempt >= len(waits):
        return None
    return now + _jittered(waits[attempt], lane, jitter)


def _jittered(wait: timedelta, lane: Lane, jitter: float) -> timedelta:
    return wait if lane is Lane.URGENT else wait * (1 + JITTER_SHARE * jitter)


def what_follows(
    error: Exception,
    *,
    status: Status,
    lane: Lane,
    attempt: int,
    now: datetime,
    jitter: float = 0.0,
    renewed: bool = False,
) -> Consequence:
    """What one failed attempt means for the delivery, its address, the channel and the person.

    `renewed`: the credentials were already renewed for this attempt. A delivery that has moved on
    meanwhile keeps its status.
    """
    follows = _follows(error, lane, attempt, now, jitter, renewed=renewed)
    if may_move(status, follows.status, lane=lane):
        return follows
    return replace(
        follows, status=status, next_attempt_at=None, next_channel=NextChannel.NO, ask_status=False
    )


def _follows(
    error: Exception, lane: Lane, attempt: int, now: datetime, jitter: float, *, renewed: bool
) -> Consequence:
    urgent = NextChannel.NOW if lane is Lane.URGENT else NextChannel.NO
    match error:
        case Unclear():
            return Consequence(Status.UNCLEAR, next_channel=urgent, ask_status=True)
        case RateLimited():
            pause = error.retry_after or RATE_PAUSE
            again_at = _not_before(error, now + _later(pause, lane, jitter))
            return Consequence(
                Status.QUEUED,
                again_at,
                channel=ChannelStep.SLOW_DOWN,
                channel_until=_not_before(error, now + pause),
            )
        case QuotaUsedUp() | OutsideHours():
            until = error.not_before or now + (error.retry_after or QUOTA_PAUSE)
            until = max(until, now)
            return Consequence(
                Status.QUEUED,
                until,
                channel=ChannelStep.HOLD_ORDINARY,
                channel_until=until,
                next_channel=urgent,
            )
        case NotUnderstood() if attempt >= TRIES_BEFORE_NEXT:
            return Consequence(Status.TECHNICAL_FAILURE, next_channel=urgent, alert=True)
        case Temporary():
            return _try_again(error, lane, attempt, now, jitter)
        case BadRecipient():
            return Consequence(
                Status.PERMANENT_FAILURE, bad_address=True, next_channel=NextChannel.NOW
            )
        case BadMessage():
            plain = NextChannel.PLAIN_SMS if lane is Lane.URGENT else NextChannel.AFTER_REVIEW
            return Consequence(
                Status.TECHNICAL_FAILURE, next_channel=plain, batch_stops=True, alert=True
            )
        case Permanent():
            return Consequence(Status.PERMANENT_FAILURE, next_channel=NextChannel.NOW)
        case AuthExpired() if not renewed:
            return Consequence(Status.QUEUED, now, channel=ChannelStep.RENEW)
        case ConfigProblem():
            return Consequence(
                Status.QUEUED, now, channel=ChannelStep.PAUSE, next_channel=urgent, alert=True
            )
        case _:
            return Consequence(
                Status.TECHNICAL_FAILURE, next_channel=urgent, alert=True, trace=True
            )


def _try_again(
    error: Temporary, lane: Lane, attempt: int, now: datetime, jitter: float
) -> Consequence:
    again_at = next_try_at(lane, attempt, now, jitter)
    impatient = lane is Lane.URGENT and attempt >= TRIES_BEFORE_NEXT
    next_channel = NextChannel.NOW if impatient else NextChannel.NO
    if again_at is None:
        return Consequence(Status.TEMPORARY_FAILURE, next_channel=next_channel)
    again_at = max(again_at, now + (error.retry_after or timedelta()))
    return Consequence(Status.QUEUED, _not_before(error, again_at), next_channel=next_channel)


def _later(pause: timedelta, lane: Lane, jitter: float) -> timedelta:
    return _jittered(pause, lane, abs(jitter))


def _not_before(error: Temporary, at: datetime) -> datetime:
    return at if error.not_before is None else max(at, error.not_before)


def needs_next_channel(lane: Lane, status: Status, first_tried_at: datetime, now: datetime) -> bool:
    """Whether an urgent notice has waited 3 minutes without arriving and takes another road."""
    waiting = may_move(status, Status.DELIVERED, lane=lane)
    return lane is Lane.URGENT and waiting and now - first_tried_at >= URGENT_PATIENCE


def counts_against(error: Exception) -> bool:
    """Whether a failure speaks against the channel, not against one address or text."""
    held = (RateLimited, QuotaUsedUp, OutsideHours, Permanent, ConfigProblem)
    return not isinstance(error, held)


def circuit_pause(calls: int, errors: int, last_pause: timedelta | None) -> timedelta | None:
    """How long a channel rests when half of at least 20 calls in a minute failed; doubling."""
    if calls < CIRCUIT_CALLS or errors < calls * CIRCUIT_SHARE:
        return None
    if last_pause is None:
        return CIRCUIT_PAUSE
    return min(max(last_pause * 2, CIRCUIT_PAUSE), CIRCUIT_LONGEST)
