"""The three levels, and what follows when one rises or is cleared."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.kernel.events import Event
from app.workforce.rules.shifts import ShiftCode


class Level(StrEnum):
    """How an answer is judged; green < amber < red."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"

    @property
    def rank(self) -> int:
        """0 for green, 2 for red."""
        return _ORDER.index(self.value)

    def __lt__(self, other: str) -> bool:
        return self.rank < Level(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Level(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Level(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Level(other).rank


_ORDER = ("green", "amber", "red")


def worst(levels: Iterable[Level]) -> Level:
    """The most severe of the levels; green when there is none."""
    return max(levels, default=Level.GREEN)


def effective_level(answer_level: Level, standing: Level | None) -> Level:
    """The level that counts: never milder than what stands until a person clears it."""
    return worst((answer_level, standing or Level.GREEN))


def next_version(previous: Iterable[int]) -> int:
    """The version of a further answer to the same shift; the first is 1."""
    return max(previous, default=0) + 1


@dataclass(frozen=True, slots=True)
class CheckInRecorded(Event):
    """A version of an answer was stored; `level` is the effective one, `own` says who gave it."""

    check_in_id: str
    worker_id: str
    company_id: int
    branch_id: int
    shift_on: date
    shift: ShiftCode
    version: int
    answer_level: Level
    level: Level
    reasons: tuple[str, ...]
    advice: str | None
    own: bool


@dataclass(frozen=True, slots=True)
class AnswersTaken(Event):
    """Answers were stored together; told once for all of them, after each was told by itself."""

    answers: tuple[CheckInRecorded, ...]


@dataclass(frozen=True, slots=True)
class WellShift:
    """A worker who may work a shift, as far as answers go, and when that shift runs."""

    worker_id: str
    company_id: int
    shift_on: date
    shift: ShiftCode
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class WellAnswered(Event):
    """Answers taken together left these workers green; told once for all of them."""

    shifts: tuple[WellShift, ...]


@dataclass(frozen=True, slots=True)
class LevelRaised(Event):
    """A worker's standing level became more severe."""

    worker_id: str
    company_id: int
    branch_id: int
    check_in_id: str
    shift_on: date
    shift: ShiftCode
    before: Level
    after: Level
    reasons: tuple[str, ...]
    advice: str | None


@dataclass(frozen=True, slots=True)
class LevelCleared(Event):
    """A person, or a written rule, set a standing level back to green, with the reason."""

    worker_id: str
    company_id: int
    branch_id: int
    clearance_id: str
    before: Level
    rule: str
    reason: str
    cleared_at: datetime
