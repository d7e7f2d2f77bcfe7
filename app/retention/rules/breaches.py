"""A breach of personal data: the clock that runs from the moment it was known.

Law 91/2025/QH15 (from 1/1/2026): the Ministry of Public Security (A05) is told within 72 hours of
detection.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.kernel.refusals import Refusal

TELL_WITHIN = timedelta(hours=72)
LONGEST_TEXT = 2000


class BreachInTheFuture(Refusal):
    """A breach cannot be known before it is."""

    code = "retention.breach_in_the_future"


class BreachToldTooEarly(Refusal):
    """Nobody is told of a breach before it is known, or later than now."""

    code = "retention.breach_told_too_early"


class BreachMoved(Refusal):
    """Somebody else wrote while the page stood open."""

    code = "retention.breach_moved"
    status = 409


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a breach, and who was told when; `people` is how many, if known."""

    known_at: datetime
    what: str
    whose: str
    people: int | None
    done: str
    told_authority_at: datetime | None
    told_people_at: datetime | None


class BreachClock(StrEnum):
    """How the 72 hours stand."""

    RUNNING = "running"
    OVER = "over"
    TOLD = "told"
    TOLD_LATE = "told_late"


@dataclass(frozen=True, slots=True)
class BreachTime:
    """Until when the authority is to be told, how the clock stands, and what is left of it."""

    due_at: datetime
    clock: BreachClock
    minutes_left: int


def breach_time(known_at: datetime, told_at: datetime | None, now: datetime) -> BreachTime:
    """The clock of a breach; whoever told in time is in time whatever the clock says later."""
    due_at = known_at + TELL_WITHIN
    left = max(0, int((due_at - now).total_seconds() // 60))
    if told_at is not None:
        in_time = told_at <= due_at
        return BreachTime(due_at, BreachClock.TOLD if in_time else BreachClock.TOLD_LATE, left)
    return BreachTime(due_at, BreachClock.RUNNING if now <= due_at else BreachClock.OVER, left)


def check_known(known_at: datetime, now: datetime) -> None:
    """Refuse a moment that has not come."""
    if known_at > now:
        raise BreachInTheFuture


def check_told(known_at: datetime, told_at: datetime | None, now: datetime) -> None:
    """Refuse that somebody was told before it was known, or in the future."""
    if told_at is not None and not known_at <= told_at <= now:
        raise BreachToldTooEarly
