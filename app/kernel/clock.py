"""The one place that reads the machine's clock."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Something that tells the time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's own clock, moved by `offset` for rehearsals."""

    offset: timedelta = timedelta()

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC) + self.offset


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """The calendar day of a moment in the park's time zone."""
    return at.astimezone(zone).date()
