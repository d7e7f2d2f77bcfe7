"""Cases of the demo: opened for the newest levels, worked on by the officer, some closed again.

Done through the same actions as an officer's work, at the moments it would have been done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.cases.actions.ending import note_cleared
from app.cases.actions.following import record_day
from app.cases.actions.opening import open_for_level
from app.cases.actions.working import assign_case, enter_result, finish_next, write_note
from app.cases.queries.standing import (
    days_of,
    hold_open_cases,
    list_open_tasks,
    list_samples,
)
from app.cases.rules.days import HeardBy
from app.cases.rules.plans import SampleResult, TaskKind
from app.checkins.models import CheckIn, Clearance, HealthState
from app.checkins.rules import Level, LevelCleared, LevelRaised
from app.demo.actions.sites import Site
from app.demo.rules import DemoOrder, stream
from app.kernel.clock import local_day
from app.workforce.models import Worker
from app.workforce.rules.shifts import ShiftCode

MOST_CASES = 30
LOOKED_BACK = timedelta(days=7)
# Of the newest some wait for the officer.
NOT_TAKEN_UP, STILL_NEW = 0.4, timedelta(hours=8)
SAMPLE_AFTER, RESULT_AFTER = timedelta(hours=20), timedelta(hours=22)
MORNING = time(8, 15)
STEPS = {Level.RED: (TaskKind.CALL, TaskKind.ISOLATE), Level.AMBER: (TaskKind.CALL,)}
WELL_AGAIN: dict[str, Any] = {"symptoms": [], "temperature_c": 36.6, "exposures": {}}


@dataclass(frozen=True, slots=True)
class Raised:
    """A level that rose by an answer, and how it was cleared, if it was."""

    worker: Worker
    level: Level
    since: datetime
    answer: CheckIn
    clearance: Clearance | None


def add_cases(
    session: Session, site: Site, words: Mapping[str, Sequence[str]], order: DemoOrder
) -> int:
    """Open the newest cases of a company and work on them; returns how many."""
    found = _newest(session, site.id, order.told_until - LOOKED_BACK)
    for raised in found:
        _open(session, raised)
    work = _Work(session, site, words, order, stream(order.seed, "cases", site.path))
    for raised in found:
        work.on(raised)
    return len(found)


def _newest(session: Session, company_id: int, since: datetime) -> list[Raised]:
    """The newest levels of a company that rose after a moment, oldest first."""
    standing = session.execute(
        select(Worker, HealthState.level, HealthState.since, CheckIn)
        .join(HealthState, HealthState.worker_id == Worker.id)
        .join(CheckIn, CheckIn.id == HealthState.check_in_id)
        .where(Worker.company_id == company_id, HealthState.since > since)
        .order_by(HealthState.since.desc(), Worker.id)
        .limit(MOST_CASES)
    ).all()
    cleared = session.execute(
        select(Worker, Clearance.level, Clearance.since, CheckIn, Clearance)
        .join(Clearance, Clearance.worker_id == Worker.id)
        .join(
            CheckIn,
            and_(
                CheckIn.worker_id == Worker.id,
                CheckIn.received_at == Clearance.since,
                CheckIn.level == Clearance.level,
            ),
        )
        .where(Worker.company_id == company_id, Clearance.since > since)
        .order_by(Clearance.since.desc(), Worker.id)
        .limit(MOST_CASES)
    ).all()
    found = [Raised(row[0], Level(row[1]), row[2], row[3], None) for row in standing]
    found += [Raised(row[0], Level(row[1]), row[2], row[3], row[4]) for row in cleared]
    return sorted(found, key=lambda each: (each.since, each.worker.id))[-MOST_CASES:]


def _open(session: Session, raised: Raised) -> None:
    worker, answer = raised.worker, raised.answer
    event = LevelRaised(
        worker.id,
        worker.company_id,
        worker.branch_id,
        answer.id,
        answer.shift_on,
        ShiftCode(answer.shift),
        Level.GREEN,
        raised.level,
        tuple(answer.reasons),
        answer.advice,
    )
    open_for_level(session, event, now=raised.since)


@dataclass(frozen=True, slots=True)
class _Work:
    """What the officer of a company does about its cases."""

    session: Session
    site: Site
    words: Mapping[str, Sequence[str]]
    order: DemoOrder
    chance: Random

    def on(self, raised: Raised) -> None:
        """Take a case up, call, hear of every day since, and clear it where it was cleared."""
        case = hold_open_cases(self.session, [raised.worker.id]).get(raised.worker.id)
        until = raised.clearance.at if raised.clearance else self.order.told_until
        at = raised.since + self._minutes(6, 22)
        is_new = raised.clearance is None and self.order.told_until - raised.since < STILL_NEW
        waits = is_new and self.chance.random() < NOT_TAKEN_UP
        if case is None or at >= until or waits:
            return
        officer = self.site.officer
        assign_case(self.session, case.id, str(officer.account_id), actor=officer, now=at)
        for kind in STEPS[raised.level]:
            at += self._minutes(8, 26)
            if at < until and self._is_asked(case.id, kind):
                said = self.chance.choice(self.words[kind])
                finish_next(self.session, case.id, kind, said, actor=officer, now=at)
        if raised.level is Level.RED:
            self._test(case.id, raised.since, until)
        at = self._hear(raised, at, until) + self._minutes(5, 30)
        if raised.level is Level.RED and at < until:
            said = self.chance.choice(self.words["note"])
            write_note(self.session, case.id, said, actor=officer, now=at)
        if raised.clearance is not None:
            self._clear(raised, raised.clearance)

    def _test(self, case_id: str, since: datetime, until: datetime) -> None:
        """The next day a sample is taken, and a day later it is known to be negative."""
        taken_at = since + SAMPLE_AFTER + self._minutes(0, 120)
        told_at = taken_at + RESULT_AFTER + self._minutes(0, 90)
        officer, said = self.site.officer, self.words["test"][0]
        if taken_at < until and self._is_asked(case_id, TaskKind.TEST):
            finish_next(self.session, case_id, TaskKind.TEST, said, actor=officer, now=taken_at)
        if told_at < until:
            waiting = [each for each in list_samples(self.session, case_id) if each.result is None]
            for sample in waiting:
                negative = SampleResult.NEGATIVE
                enter_result(self.session, case_id, sample.id, negative, actor=officer, now=told_at)

    def _is_asked(self, case_id: str, kind: TaskKind) -> bool:
        """Whether a task still waits: a second sign joins a case whose first one was seen to."""
        return any(task.kind == kind for task in list_open_tasks(self.session, case_id))

    def _hear(self, raised: Raised, after: datetime, until: datetime) -> datetime:
        """Every morning the officer calls and writes down how the day before was."""
        case = hold_open_cases(self.session, [raised.worker.id])[raised.worker.id]
        asked, zone = days_of(case), self.order.zone
        first = local_day(after, zone)
        for day in range((local_day(until, zone) - first).days):
            on = first + timedelta(days=day)
            at = self.order.moment(on + timedelta(days=1), MORNING) + self._minutes(0, 90)
            if asked is None or not asked.holds(on) or not after < at < until:
                continue
            officer, by = self.site.officer, HeardBy.CALL
            record_day(self.session, case.id, on, WELL_AGAIN, "", by=by, actor=officer, now=at)
            after = at
        return after

    def _clear(self, raised: Raised, clearance: Clearance) -> None:
        event = LevelCleared(
            raised.worker.id,
            raised.worker.company_id,
            raised.worker.branch_id,
            clearance.id,
            raised.level,
            clearance.rule,
            clearance.reason,
            clearance.at,
        )
        note_cleared(self.session, event, now=clearance.at)

    def _minutes(self, fewest: int, most: int) -> timedelta:
        return timedelta(minutes=self.chance.randrange(fewest, most))
