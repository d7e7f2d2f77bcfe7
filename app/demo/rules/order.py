"""What was ordered: how many people, how many days, which seed; and what is refused."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.kernel.refusals import Refusal

FEWEST_WORKERS = 60
PLANNED_AHEAD = timedelta(days=2)
# What is written on paper during the last night shift is keyed in by then.
CLOSES = time(8, 0)


class NotEmpty(Refusal):
    """The database holds a park already; a demo is never mixed with it."""

    code = "demo.not_empty"
    status = 409


class TooSmall(Refusal):
    """A park of fewer than `fewest` people or no day at all tells no story."""

    code = "demo.too_small"


@dataclass(frozen=True, slots=True)
class DemoOrder:
    """A park of so many workers that has answered for `days` days up to `until`; it is `now`."""

    workers: int
    days: int
    seed: int
    until: date
    now: datetime
    zone: ZoneInfo

    def __post_init__(self) -> None:
        if self.workers < FEWEST_WORKERS or self.days < 1:
            raise TooSmall(fewest=FEWEST_WORKERS)

    @property
    def from_on(self) -> date:
        """The first day with shifts."""
        return self.until - timedelta(days=self.days - 1)

    @property
    def set_up_at(self) -> datetime:
        """When the companies and people were entered: three days before the first shift."""
        return self.moment(self.from_on - timedelta(days=3), time(8, 0))

    @property
    def told_until(self) -> datetime:
        """Nothing happens later than this: the present, or the morning after `until`."""
        return min(self.now, self.moment(self.until + timedelta(days=1), CLOSES))

    @property
    def planned_until(self) -> date:
        """The last day whose shifts are known: beyond `until` only where that is today."""
        today = self.now.astimezone(self.zone).date()
        return self.until + PLANNED_AHEAD if self.until >= today else self.until

    def moment(self, on: date, at: time) -> datetime:
        """A wall-clock time of the park, in UTC."""
        return datetime.combine(on, at, tzinfo=self.zone).astimezone(UTC)
