"""Two records of one person: merged, gone on with, taken apart; nothing lost, nothing twice."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.checkins.actions.levels import clear_level
from app.checkins.models import CheckIn, Duty, HealthState
from app.workforce.models import Worker, WorkerMerge
from app.workforce.rules.duplicates import LaterMerge, NotMerged
from app.workforce.rules.shifts import ShiftCode
from tests.conftest import SetClock
from tests.factories.merges import (
    ACHE,
    FEVER,
    TODAY,
    WELL,
    answer,
    assert_sound,
    holdings,
    make_twins,
    merge,
    unmerge,
)
from tests.factories.people import STORY, Cast, Person

Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def twins(cast: Cast, write: Write, clock: SetClock) -> list[Person]:
    made: list[Person] = write(lambda s: make_twins(s, cast.sao_bac, clock.at, 4))
    return made


def test_two_answers_for_one_shift_count_once_and_come_apart(
    twins: list[Person], write: Write, clock: SetClock, in_app: Flask
) -> None:
    kept, gone, *_ = (each.id for each in twins)
    write(lambda s: answer(s, kept, WELL, clock.at))
    write(lambda s: answer(s, gone, ACHE, clock.at))
    clock.move(minutes=5)
    before = write(lambda s: (holdings(s, kept), holdings(s, gone)))
    merge_id = write(lambda s: merge(s, kept, gone, clock.at))

    def look(session: Session) -> None:
        duty = session.get_one(Duty, (kept, TODAY, "ca1"))
        assert (duty.state, duty.level, duty.version) == ("answered", "amber", 2)
        assert session.get_one(HealthState, kept).level == "amber"
        assert_sound(session)

    write(look)
    clock.move(minutes=5)
    write(lambda s: unmerge(s, merge_id, clock.at))
    assert write(lambda s: (holdings(s, kept), holdings(s, gone))) == before
    write(assert_sound)


def test_a_fever_of_the_record_that_goes_stands_for_the_one_that_stays(
    twins: list[Person], write: Write, clock: SetClock, in_app: Flask
) -> None:
    kept, gone, *_ = (each.id for each in twins)
    write(lambda s: answer(s, gone, FEVER, clock.at, on=TODAY - timedelta(days=1)))
    write(lambda s: answer(s, kept, WELL, clock.at))
    clock.move(minutes=5)
    write(lambda s: merge(s, kept, gone, clock.at))

    def look(session: Session) -> None:
        assert session.get_one(HealthState, kept).level == "red"
        assert session.get_one(Duty, (kept, TODAY, "ca1")).level == "red"
        assert_sound(session)

    write(look)
    clock.move(minutes=5)
    write(lambda s: answer(s, kept, WELL, clock.at))
    assert write(lambda s: s.get_one(Duty, (kept, TODAY, "ca1")).level) == "red"
    write(assert_sound)


def test_an_answer_hidden_by_the_others_level_stands_when_they_come_apart(
    twins: list[Person], write: Write, clock: SetClock, in_app: Flask
) -> None:
    kept, gone, *_ = (each.id for each in twins)
    write(lambda s: answer(s, gone, FEVER, clock.at))
    clock.move(minutes=5)
    merge_id = write(lambda s: merge(s, kept, gone, clock.at))
    clock.move(minutes=5)
    own = write(lambda s: answer(s, kept, ACHE, clock.at))
    clock.move(minutes=5)
    write(lambda s: unmerge(s, merge_id, clock.at))

    def look(session: Session) -> None:
        assert session.get_one(HealthState, gone).level == "red"
        state = session.get_one(HealthState, kept)
        assert (state.level, state.check_in_id) == ("amber", own)
        assert session.get_one(Duty, (kept, TODAY, "ca1")).check_in_id == own
        assert session.get_one(Duty, (gone, TODAY, "ca1")).level == "red"

    write(look)
    write(assert_sound)


def test_merges_come_apart_in_the_reverse_order_only(
    twins: list[Person], write: Write, clock: SetClock, in_app: Flask
) -> None:
    first, second, third, _ = (each.id for each in twins)
    one = write(lambda s: merge(s, first, second, clock.at))
    two = write(lambda s: merge(s, third, first, clock.at))
    assert write(lambda s: s.get_one(Worker, second).merged_into_id) == third
    with pytest.raises(LaterMerge):
        write(lambda s: unmerge(s, one, clock.at))
    write(lambda s: unmerge(s, two, clock.at))
    assert write(lambda s: s.get_one(Worker, second).merged_into_id) == first
    write(lambda s: unmerge(s, one, clock.at))
    with pytest.raises(NotMerged):
        write(lambda s: unmerge(s, one, clock.at))
    write(assert_sound)


class Story:
    """A random course of events with what must hold after each."""

    def __init__(self, people: list[str], clock: SetClock, write: Write, seed: int) -> None:
        self.people, self.clock, self.write, self.chance = people, clock, write, Random(seed)
        self.made: list[str] = []
        self.standing: list[tuple[int, str, str, dict[str, Any]]] = []

    def away(self, session: Session) -> set[str]:
        return set(session.scalars(select(Worker.id).where(Worker.merged_into_id.is_not(None))))

    def step(self) -> None:
        self.clock.move(minutes=self.chance.randint(1, 240))
        kind = self.chance.choice(("answer", "answer", "answer", "merge", "unmerge", "clear"))
        self.write(getattr(self, kind))
        self.write(self.check)

    def answer(self, session: Session) -> None:
        present = [each for each in self.people if each not in self.away(session)]
        answers = self.chance.choice((WELL, WELL, ACHE, FEVER))
        on = TODAY + timedelta(days=self.chance.randint(-2, 1))
        shift = self.chance.choice((ShiftCode.CA1, ShiftCode.CA1, ShiftCode.CA2))
        who = self.chance.choice(present)
        self.made.append(answer(session, who, answers, self.clock.at, on, shift))

    def merge(self, session: Session) -> None:
        present = [each for each in self.people if each not in self.away(session)]
        if len(present) < 2:
            return
        kept, gone = self.chance.sample(present, 2)
        theirs = holdings(session, gone)
        merge_id = merge(session, kept, gone, self.clock.at, ("unit",))
        self.standing.append((merge_id, kept, gone, theirs))

    def unmerge(self, session: Session) -> None:
        if not self.standing:
            return
        merge_id, _, gone, theirs = self.standing.pop()
        unmerge(session, merge_id, self.clock.at)
        given = holdings(session, gone)
        for table in ("worker", "check_in", "membership", "delivery", "health_state"):
            assert given[table] == theirs[table], table
        # Shifts to come are planned anew; what was answered is what it was.
        told = [
            [row for row in duties if ("state", "answered") in row]
            for duties in (given["duty"], theirs["duty"])
        ]
        assert told[0] == told[1]

    def clear(self, session: Session) -> None:
        standing = session.scalars(select(HealthState.worker_id)).all()
        if standing:
            who = self.chance.choice(sorted(standing))
            clear_level(session, who, "Đã khám", actor=STORY, now=self.clock.at)

    def check(self, session: Session) -> None:
        owners = Counter(session.scalars(select(CheckIn.id)))
        assert owners == Counter(self.made)
        versions = session.execute(
            select(CheckIn.worker_id, CheckIn.shift_on, CheckIn.shift, CheckIn.version)
        ).all()
        newest: dict[Any, int] = {}
        for worker_id, on, shift, version in versions:
            key = (worker_id, on, shift)
            newest[key] = max(newest.get(key, 0), version)
        for duty in session.scalars(select(Duty)):
            assert duty.version == newest.get((duty.worker_id, duty.shift_on, duty.shift), 0)
        merges = session.scalars(select(WorkerMerge.gone_id).where(WorkerMerge.undone_at.is_(None)))
        assert sorted(merges) == sorted(gone for _, _, gone, _ in self.standing)
        assert_sound(session)


@pytest.mark.parametrize("seed", range(12))
def test_any_order_of_answers_merges_and_partings_loses_nothing(
    twins: list[Person],
    write: Write,
    clock: SetClock,
    in_app: Flask,
    database: str,
    seed: int,
    long_run: bool,
) -> None:
    if database == "postgresql" and seed > 2 and not long_run:
        return
    story = Story([each.id for each in twins], clock, write, seed)
    for _ in range(120 if long_run else 30):
        story.step()
    while story.standing:
        story.write(story.unmerge)
        story.write(story.check)
