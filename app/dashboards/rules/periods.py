"""The span of days a page looks at, and the one it is compared with."""

from dataclasses import dataclass
from datetime import date, timedelta

SHORTEST_DAYS, USUAL_DAYS, LONGEST_DAYS = 7, 30, 92
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from one to another, both included; `cut`: more was asked for than a page can show."""

    from_on: date
    to_on: date
    cut: bool = False

    @property
    def days(self) -> tuple[date, ...]:
        """Every day, oldest first."""
        count = (self.to_on - self.from_on).days + 1
        return tuple(self.from_on + timedelta(days=day) for day in range(count))

    @property
    def before(self) -> "Period":
        """As many days right before."""
        return self.ending(self.from_on - timedelta(days=1))

    def ending(self, last_on: date) -> "Period":
        """As many days, up to another one."""
        return Period(last_on - (self.to_on - self.from_on), last_on)


def period_of(from_on: date | None, to_on: date, days: int, today: date) -> Period:
    """The days asked for, never of the future; the last ones of what is too long to be shown.

    `from_on` goes before `days`; two days in the wrong order are put right.
    """
    if from_on is not None and from_on > to_on:
        from_on, to_on = to_on, from_on
    last = max(min(to_on, today), EARLIEST)
    if from_on is None:
        count = min(max(days, SHORTEST_DAYS), LONGEST_DAYS)
        return Period(last - timedelta(days=count - 1), last, days > LONGEST_DAYS)
    first = min(from_on, last)
    earliest = last - timedelta(days=LONGEST_DAYS - 1)
    return Period(max(first, earliest), last, first < earliest)
