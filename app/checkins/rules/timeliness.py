"""Whether an answer came in time, on clocks that may be wrong."""

from datetime import datetime, timedelta
from typing import NamedTuple

# Project choices: how far a device's time may lie from the server's, and how long it may be away.
CLOCK_TOLERANCE = timedelta(minutes=5)
LONGEST_AWAY = timedelta(days=14)


class Timeliness(NamedTuple):
    """Whether an answer was in time, whether its clock is in doubt, and the moment that counts."""

    on_time: bool
    clock_suspect: bool
    counted_at: datetime


def answered_on_time(
    made_at: datetime,
    offset_ms: int | None,
    received_at: datetime,
    starts_at: datetime,
    grace_minutes: int = 0,
) -> Timeliness:
    """Judge an answer by its device's corrected time where that can be believed.

    The device's time plus its learnt offset counts within 5 minutes of the server's time, or, with
    an offset, up to 14 days before it; never after the moment of receipt. Any other clock is
    suspect, and the moment of receipt counts.
    """
    claimed_at = _corrected(made_at, offset_ms)
    trusted = claimed_at is not None and (
        abs(received_at - claimed_at) <= CLOCK_TOLERANCE
        or (offset_ms is not None and received_at - LONGEST_AWAY <= claimed_at <= received_at)
    )
    counted_at = min(claimed_at, received_at) if claimed_at and trusted else received_at
    in_time = counted_at <= starts_at + timedelta(minutes=grace_minutes)
    return Timeliness(in_time, not trusted, counted_at)


def _corrected(made_at: datetime, offset_ms: int | None) -> datetime | None:
    try:
        return made_at + timedelta(milliseconds=offset_ms or 0)
    except OverflowError:
        return None
