"""How long feedback waited: whole days for all, for an anonymous note has no hour."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median


@dataclass(frozen=True, slots=True)
class Stay:
    """The days of one note; `key` is what it is counted under."""

    key: str
    created_on: date
    due_on: date
    looked_on: date | None
    answered_on: date | None
    over_on: date | None


@dataclass(frozen=True, slots=True)
class Measured:
    """How notes of a kind fared; medians in days, None when there is nothing to measure."""

    key: str
    came: int
    looked_days: float | None
    answered: int
    answer_days: float | None
    in_time: int
    overdue: int


def measure(stays: Iterable[Stay], keys: Sequence[str], today: date) -> list[Measured]:
    """One line for each key, in their order."""
    by_key: dict[str, list[Stay]] = {key: [] for key in keys}
    for stay in stays:
        by_key[stay.key].append(stay)
    return [_measured(key, by_key[key], today) for key in keys]


def _measured(key: str, stays: Sequence[Stay], today: date) -> Measured:
    looked = [(each.looked_on - each.created_on).days for each in stays if each.looked_on]
    answers = [(each.answered_on - each.created_on).days for each in stays if each.answered_on]
    in_time = [each for each in stays if each.answered_on and each.answered_on <= each.due_on]
    late = [
        each for each in stays if not each.answered_on and not each.over_on and each.due_on < today
    ]
    return Measured(
        key,
        len(stays),
        median(looked) if looked else None,
        len(answers),
        median(answers) if answers else None,
        len(in_time),
        len(late),
    )
