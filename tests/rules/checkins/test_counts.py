"""Figures that move with every step stay equal to a fresh count."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.checkins.rules import (
    COLUMNS,
    Counts,
    DutyMark,
    DutyState,
    Level,
    UnsoundCounts,
    change,
    move,
    next_state,
    tally,
)

people = st.integers(0, 5)


class OneShift(RuleBasedStateMachine):
    """A unit of six people whose states change in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.marks: dict[int, DutyMark] = {}
        self.counts = Counts()

    def step(self, person: int, after: DutyMark | None) -> None:
        before = self.marks.pop(person, None)
        self.counts = move(self.counts, before, after)
        if after is not None:
            self.marks[person] = after

    @rule(person=people)
    def is_expected(self, person: int) -> None:
        if person not in self.marks:
            self.step(person, DutyMark(DutyState.EXPECTED))

    @rule(person=people)
    def is_no_longer_expected(self, person: int) -> None:
        self.step(person, None)

    @rule(person=people, said=st.sampled_from((DutyState.ABSENT, DutyState.NOT_ASKED)))
    def is_marked_in_roll_call(self, person: int, said: DutyState) -> None:
        mark = self.marks.get(person)
        if mark is not None and next_state(mark.state, said) is said:
            self.step(person, DutyMark(said))

    @rule(person=people, level=st.sampled_from(Level), on_time=st.booleans())
    def answers_or_amends(self, person: int, level: Level, on_time: bool) -> None:
        if person in self.marks:
            self.step(person, DutyMark(DutyState.ANSWERED, level, on_time))

    @invariant()
    def figures_equal_a_fresh_count(self) -> None:
        fresh = sum((tally(mark) for mark in self.marks.values()), Counts())
        assert self.counts == fresh
        assert self.counts.is_sound
        assert (
            self.counts.expected
            == len(self.marks)
            == (
                self.counts.answered
                + self.counts.absent
                + self.counts.not_asked
                + self.counts.not_answered
            )
        )
        assert self.counts.answered == self.counts.green + self.counts.amber + self.counts.red


OneShift.TestCase.settings = settings(max_examples=30, stateful_step_count=20)
TestOneShift = OneShift.TestCase


def test_who_has_answered_stays_answered() -> None:
    for said in DutyState:
        assert next_state(DutyState.ANSWERED, said) is DutyState.ANSWERED
        assert next_state(DutyState.ABSENT, said) is said


def test_a_step_moves_only_the_columns_it_touches() -> None:
    expected = DutyMark(DutyState.EXPECTED)
    amber = DutyMark(DutyState.ANSWERED, Level.AMBER, on_time=True)
    assert change(expected, amber).moves() == {"answered": 1, "on_time": 1, "amber": 1}
    assert change(amber, amber).moves() == {}
    assert set(change(None, amber).moves()) <= set(COLUMNS)


def test_a_step_that_nobody_here_can_make_is_a_fault() -> None:
    amber = DutyMark(DutyState.ANSWERED, Level.AMBER)
    with pytest.raises(UnsoundCounts):
        move(Counts(), amber, None)
    with pytest.raises(UnsoundCounts):
        move(Counts(expected=1, answered=1, green=1), amber, DutyMark(DutyState.EXPECTED))
    with pytest.raises(UnsoundCounts):
        DutyMark(DutyState.ABSENT, Level.GREEN)
    with pytest.raises(UnsoundCounts):
        DutyMark(DutyState.ANSWERED)
    with pytest.raises(UnsoundCounts):
        DutyMark(DutyState.EXPECTED, on_time=True)
