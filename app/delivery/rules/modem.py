"""What gammu's SMSD wrote of a message's parts, and how long a network keeps one."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from app.delivery.rules.statuses import Status

# GSM 03.40, 9.2.3.12.1: minutes by steps of five up to 12 hours, then by half hours up to a day.
STEP, STEPS = timedelta(minutes=5), 143
LONGER_STEP, HALF_DAY, MOST_LONGER = timedelta(minutes=30), timedelta(hours=12), 167
NO_LIMIT = -1
# What gammu writes, in its own words (`sentitems.Status`).
SENT = frozenset({"SendingOK", "SendingOKNoReport", "DeliveryPending", "DeliveryUnknown"})
ARRIVED = "DeliveryOK"
REFUSED = "DeliveryFailed"
NOT_SENT = frozenset({"SendingError", "Error"})
MEANINGS: Mapping[str, str] = {
    "SendingOK": "sent, report awaited",
    "SendingOKNoReport": "sent, final: no report follows",
    "DeliveryOK": "delivered",
    "DeliveryFailed": "failed: StatusError 64-95 for good, others may pass",
    "DeliveryPending": "sent, report awaited",
    "DeliveryUnknown": "sent, the network does not know",
    "SendingError": "not sent, after gammu's own tries",
    "Error": "not sent, after gammu's own tries",
}
# TP-Status by GSM 03.40, 9.2.3.15: from here to there it is no use to try again.
LASTING = range(64, 96)


def outcome_of(parts: Sequence[tuple[str, int]]) -> tuple[Status, str] | None:
    """What became of a message by (status, TP-Status) of its parts, and the code that says why.

    It arrived when all parts did; it failed with the first that did. None while it is not settled.
    """
    for status, error in parts:
        if status == REFUSED:
            lasts = error in LASTING
            failed = Status.PERMANENT_FAILURE if lasts else Status.TEMPORARY_FAILURE
            return failed, f"{status}:{error}"
        if status in NOT_SENT:
            return Status.TEMPORARY_FAILURE, status
    if parts and all(status == ARRIVED for status, _ in parts):
        return Status.DELIVERED, ARRIVED
    return None


def validity(expires_at: datetime | None, now: datetime) -> int:
    """How long the network may keep a message, as GSM counts it; never beyond its own end."""
    if expires_at is None:
        return NO_LIMIT
    left = max(expires_at - now, timedelta())
    if left <= HALF_DAY:
        return min(max(left // STEP - 1, 0), STEPS)
    return min(STEPS + (left - HALF_DAY) // LONGER_STEP, MOST_LONGER)
