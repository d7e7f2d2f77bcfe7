"""Figures of one unit on one shift, and how they move when one person's state changes."""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Self

from app.checkins.rules.levels import Level


class DutyState(StrEnum):
    """What became of one person on one shift; only a roll call's own word is ever taken back."""

    EXPECTED = "expected"
    ANSWERED = "answered"
    ABSENT = "absent"
    NOT_ASKED = "not_asked"


def next_state(state: DutyState, said: DutyState) -> DutyState:
    """The state after a roll call or an answer: who has answered stays answered."""
    return state if state is DutyState.ANSWERED else said


class UnsoundCounts(Exception):  # noqa: N818 - a fault of the program, not of a machine
    """Figures that no group of people can have."""


@dataclass(frozen=True, slots=True)
class DutyMark:
    """One person expected on a shift; only an answer has a level and can be in time."""

    state: DutyState
    level: Level | None = None
    on_time: bool = False

    def __post_init__(self) -> None:
        answered = self.state is DutyState.ANSWERED
        if answered != (self.level is not None) or (self.on_time and not answered):
            raise UnsoundCounts(f"{self.state} with level {self.level}, in time {self.on_time}")


@dataclass(frozen=True, slots=True)
class Counts:
    """People of one unit on one shift; a difference of two may be negative."""

    expected: int = 0
    answered: int = 0
    on_time: int = 0
    absent: int = 0
    not_asked: int = 0
    green: int = 0
    amber: int = 0
    red: int = 0

    @property
    def not_answered(self) -> int:
        """Who was asked, is not known absent, and has said nothing."""
        return self.expected - self.answered - self.absent - self.not_asked

    def __add__(self, other: Self) -> Self:
        return type(self)(*map(sum, zip(_values(self), _values(other), strict=True)))

    def __sub__(self, other: Self) -> Self:
        negative = (-value for value in _values(other))
        return type(self)(*map(sum, zip(_values(self), negative, strict=True)))

    @property
    def is_sound(self) -> bool:
        """Whether people can stand like that: nothing below 0 and each counted once."""
        return (
            min(*_values(self), self.not_answered) >= 0
            and self.answered == self.green + self.amber + self.red
            and self.on_time <= self.answered
        )

    def moves(self) -> dict[str, int]:
        """The columns that change, by how much; the form of an atomic update."""
        return {name: value for name in COLUMNS if (value := getattr(self, name))}


COLUMNS = tuple(column.name for column in fields(Counts))


def _values(counts: Counts) -> tuple[int, ...]:
    return tuple(getattr(counts, name) for name in COLUMNS)


def tally(duty: DutyMark | None) -> Counts:
    """One person as figures; nobody as zeros."""
    if duty is None:
        return Counts()
    return Counts(
        expected=1,
        answered=int(duty.state is DutyState.ANSWERED),
        on_time=int(duty.on_time),
        absent=int(duty.state is DutyState.ABSENT),
        not_asked=int(duty.state is DutyState.NOT_ASKED),
        green=int(duty.level is Level.GREEN),
        amber=int(duty.level is Level.AMBER),
        red=int(duty.level is Level.RED),
    )


def change(before: DutyMark | None, after: DutyMark | None) -> Counts:
    """What one person's step adds to the figures; None is one who is not expected."""
    return tally(after) - tally(before)


def move(counts: Counts, before: DutyMark | None, after: DutyMark | None) -> Counts:
    """The figures after one person's step; a step nobody here can make is a fault."""
    moved = counts + change(before, after)
    if not moved.is_sound:
        raise UnsoundCounts(f"{counts} cannot make the step {before} to {after}")
    return moved
