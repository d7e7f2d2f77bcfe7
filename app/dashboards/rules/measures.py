"""What compliance is measured by, as parts of wholes, and which days' records are looked at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self

TARGET = 0.95  # project choice
ALL_OF_THEM = 1.0
# Answers come in up to 14 days late, and a summary is revised with them.
STILL_MOVES = timedelta(days=15)
MOVES_NOW = timedelta(days=1)
LOOKED_AT_AGAIN = timedelta(hours=12)
MOST_DAYS_A_RUN = 30


class Measure(StrEnum):
    """What a page looks at; each is a share, and more is better."""

    ANSWERED = "answered"
    ON_TIME = "on_time"
    FINAL = "final"
    ZERO = "zero"
    DELIVERED = "delivered"
    READ = "read"
    TEAMS = "teams"
    FOLLOWED = "followed"


# Only these tell of health: a company of fewer people than a small cell keeps them to itself.
OF_HEALTH = frozenset({Measure.ZERO, Measure.FOLLOWED})
OF_DAYS = frozenset({Measure.TEAMS, Measure.FOLLOWED})
OF_ANSWERS = frozenset({Measure.ANSWERED, Measure.ON_TIME})


def target_of(measure: Measure) -> float:
    """The share that is asked for: of people 95 %, of reports and teams all."""
    if measure in {Measure.FINAL, Measure.TEAMS, Measure.FOLLOWED}:
        return ALL_OF_THEM
    return TARGET


@dataclass(frozen=True, slots=True)
class Tally:
    """So many of so many; `is_heard` is whether anything is known at all."""

    done: int = 0
    of: int = 0
    is_heard: bool = False

    def __add__(self, other: Self) -> Self:
        return type(self)(
            self.done + other.done, self.of + other.of, self.is_heard or other.is_heard
        )

    @property
    def share(self) -> float | None:
        """The part of the whole, 0 to 1; None where nothing is known or there is nothing."""
        if not self.is_heard or self.of <= 0:
            return None
        return self.done / self.of if self.done < self.of else 1.0


def total(tallies: Iterable[Tally]) -> Tally:
    """Tallies added up; those of which nothing is known do not count."""
    done, of, is_heard = 0, 0, False
    for tally in tallies:
        if tally.is_heard:
            done, of, is_heard = done + tally.done, of + tally.of, True
    return Tally(done, of, is_heard)


def stale_days(
    days: Iterable[date], kept_at: Mapping[date, datetime], today: date, now: datetime
) -> list[date]:
    """Days, newest first, whose records must be made or looked at again, as many as one run does.

    Yesterday and today move all the time; a fortnight back, twice a day; what is older is settled.
    """

    def is_stale(on: date) -> bool:
        at = kept_at.get(on)
        if at is None or on >= today - MOVES_NOW:
            return True
        return on >= today - STILL_MOVES and now - at >= LOOKED_AT_AGAIN

    return [on for on in sorted(days, reverse=True) if is_stale(on)][:MOST_DAYS_A_RUN]
