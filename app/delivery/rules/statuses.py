"""How far a delivery came, and which steps it may take."""

from datetime import datetime, timedelta
from enum import StrEnum


class Status(StrEnum):
    """Where one message to one person over one channel stands."""

    CREATED = "created"
    QUEUED = "queued"
    SENDING = "sending"
    UNCLEAR = "unclear"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    TEMPORARY_FAILURE = "temporary-failure"
    PERMANENT_FAILURE = "permanent-failure"
    TECHNICAL_FAILURE = "technical-failure"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    SKIPPED = "skipped"


class Lane(StrEnum):
    """How urgent a message is; the first goes first."""

    URGENT = "urgent"
    NORMAL = "normal"
    BULK = "bulk"


ONWARDS = (
    Status.CREATED,
    Status.QUEUED,
    Status.SENDING,
    Status.SENT,
    Status.DELIVERED,
    Status.READ,
)
FAILED = frozenset({Status.TEMPORARY_FAILURE, Status.PERMANENT_FAILURE, Status.TECHNICAL_FAILURE})
WAITING = frozenset({Status.CREATED, Status.QUEUED})
NEVER_SENT = frozenset({Status.CANCELLED, Status.EXPIRED, Status.SKIPPED})
ARRIVED = frozenset({Status.DELIVERED, Status.READ})
# How far somebody was reached over several roads: the first of these that any road came to.
BEST_FIRST = (
    Status.READ,
    Status.DELIVERED,
    Status.SENT,
    Status.UNCLEAR,
    Status.SENDING,
    Status.QUEUED,
    Status.CREATED,
    Status.TEMPORARY_FAILURE,
    Status.PERMANENT_FAILURE,
    Status.TECHNICAL_FAILURE,
    Status.EXPIRED,
    Status.CANCELLED,
    Status.SKIPPED,
)
CLOSED = FAILED | NEVER_SENT | {Status.READ}


def may_move(
    old: Status, new: Status, *, lane: Lane = Lane.NORMAL, by_person: bool = False
) -> bool:
    """Whether a delivery may take a step: forward only, but for the few ways back.

    Back to the queue goes what met a passing error while being sent; and what may or may not have
    left, only when a person says so or the notice is urgent. A failure may follow a step up to
    `sent`, never `delivered`; a late receipt after giving up is good news.
    """
    if new in FAILED:
        return old is Status.UNCLEAR or _rank(old) in range(_rank(Status.SENT) + 1)
    if new in NEVER_SENT:
        return old in WAITING
    if new is Status.UNCLEAR:
        return old is Status.SENDING
    if old is Status.UNCLEAR:
        again = new is Status.QUEUED and (by_person or lane is Lane.URGENT)
        return again or _rank(new) >= _rank(Status.SENT)
    if old is Status.TEMPORARY_FAILURE:
        return new in ARRIVED
    if old in CLOSED:
        return False
    if (old, new) == (Status.SENDING, Status.QUEUED):
        return True
    return _rank(new) > _rank(old)


def _rank(status: Status) -> int:
    return ONWARDS.index(status) if status in ONWARDS else -1


def is_expired(expires_at: datetime | None, now: datetime) -> bool:
    """Whether it is too late to send: a late reminder is noise."""
    return expires_at is not None and now >= expires_at


def after_lease(status: Status, lease_until: datetime | None, now: datetime) -> Status:
    """What becomes of a delivery whose sender fell silent: it may have left, so it is unclear."""
    ran_out = lease_until is None or now >= lease_until
    return Status.UNCLEAR if status is Status.SENDING and ran_out else status


def after_silence(
    status: Status, sent_at: datetime, silence_after: timedelta, now: datetime
) -> Status:
    """What becomes of a sent message without a receipt: after so long it is given up."""
    silent = status is Status.SENT and now - sent_at >= silence_after
    return Status.TEMPORARY_FAILURE if silent else status
