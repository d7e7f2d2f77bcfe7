"""Whether an answer came in time, on clocks that may be wrong."""

from datetime import datetime, timedelta
from typing import NamedTuple

from app.checkins.rules.requests import Source

# Project choices: how far a device's time may lie from the server's, and how long it may be away.
CLOCK_TOLERANCE = timedelta(minutes=5)
LONGEST_AWAY = timedelta(days=14)
# Project choice: what is keyed in within a minute of being written down is not late.
KEYED_AT_ONCE = timedelta(minutes=1)


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


class PaperTimes(NamedTuple):
    """Both times of an answer that stood on paper before it was keyed in: it was entered late."""

    written_at: datetime
    entered_at: datetime


def paper_times(source: str, made_at: datetime, received_at: datetime) -> PaperTimes | None:
    """Both times of an answer that was entered late, None of any other.

    That is a mark of its own: such an answer is in time or not by the time on the paper.
    """
    late = source == Source.PAPER and received_at - made_at >= KEYED_AT_ONCE
    return PaperTimes(made_at, received_at) if late else None


def _corrected(made_at: datetime, offset_ms: int | None) -> datetime | None:
    try:
        return made_at + timedelta(milliseconds=offset_ms or 0)
    except OverflowError:
        return None
