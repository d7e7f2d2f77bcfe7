"""The scheduler's lease: one process runs the jobs, and hearing so costs no write each time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.checkins.models import CheckIn
from app.checkins.rules.requests import Source
from app.kernel.ids import new_id
from app.schedule import LEASE_LASTS, LEASE_LEFT, JobRunner
from app.sync.models import ThisNode
from app.upkeep.models import Lease
from app.upkeep.queries.records import is_clock_steady
from tests.conftest import Node, SetClock
from tests.factories.people import STORY, Cast

Write = Callable[[Callable[[Session], Any]], Any]


def runner(app: Flask) -> JobRunner:
    return JobRunner(app, app.config["SETTINGS"])


def lease_until(session: Session) -> datetime | None:
    session.rollback()
    return session.scalar(select(Lease.until))


def test_of_two_processes_one_runs_the_jobs(in_app: Flask, clock: SetClock) -> None:
    first, second = runner(in_app), runner(in_app)
    assert first._holds_lease()
    for _ in range(10):
        clock.move(seconds=20)
        assert first._holds_lease()
        assert not second._holds_lease()


def test_a_process_that_fell_silent_is_followed_by_the_other(
    in_app: Flask, clock: SetClock
) -> None:
    first, second = runner(in_app), runner(in_app)
    assert first._holds_lease()
    clock.at += LEASE_LASTS + timedelta(seconds=1)
    assert second._holds_lease()
    assert not first._holds_lease()


def test_the_lease_is_written_again_only_when_half_of_it_is_gone(
    node: Node, in_app: Flask, session: Session, clock: SetClock
) -> None:
    held = runner(in_app)
    assert held._holds_lease()
    until = lease_until(session)
    clock.at += LEASE_LASTS - LEASE_LEFT - timedelta(seconds=1)
    assert held._holds_lease()
    assert lease_until(session) == until
    clock.move(seconds=2)
    assert held._holds_lease()
    assert lease_until(session) == clock.at + LEASE_LASTS


def test_a_clock_set_back_takes_the_lease_from_nobody(in_app: Flask, clock: SetClock) -> None:
    first, second = runner(in_app), runner(in_app)
    assert first._holds_lease()
    clock.move(hours=-3)
    assert first._holds_lease()
    assert not second._holds_lease()


def test_a_lease_of_a_clock_that_was_a_year_ahead_holds_nobody_up(
    in_app: Flask, clock: SetClock
) -> None:
    first, second = runner(in_app), runner(in_app)
    clock.move(days=365)
    assert first._holds_lease()
    clock.move(days=-365)
    assert second._holds_lease(), "the first one died, and its lease would last a year"


def test_jobs_go_on_after_the_clock_was_set_back_by_a_day(in_app: Flask, clock: SetClock) -> None:
    held = runner(in_app)
    held.scheduler.start(paused=True)
    now = datetime.now(UTC)
    clock.at = now
    jobs = held.scheduler.get_jobs()
    for job in jobs:
        job.modify(next_run_time=now + timedelta(minutes=1))
    assert held.wake_jobs(now) == 0
    assert held.wake_jobs(now - timedelta(days=1, hours=2)) == len(jobs)
    nexts = [job.next_run_time for job in held.scheduler.get_jobs()]
    held.scheduler.shutdown()
    assert all(each <= now for each in nexts)


def test_a_clock_that_has_just_jumped_is_not_steady_and_one_that_went_on_is(
    in_app: Flask, clock: SetClock, session: Session, write: Write
) -> None:
    def act() -> None:
        write(lambda s: record_act(s, "upkeep.backup_made", actor=STORY, now=clock.at))

    act()
    assert not is_clock_steady(session, clock.at)
    for _ in range(3):
        clock.move(days=1)
        act()
    assert is_clock_steady(session, clock.at)
    clock.move(days=365)
    act()
    assert not is_clock_steady(session, clock.at)
    clock.move(days=1, minutes=1)
    assert is_clock_steady(session, clock.at)


def test_a_clock_that_every_phone_contradicts_does_not_become_steady_by_waiting(
    cast: Cast, clock: SetClock, session: Session, write: Write
) -> None:
    def answered(version: int, late: timedelta) -> CheckIn:
        return CheckIn(
            id=new_id(clock.at),
            worker_id=cast.sao_bac.people["hoa"].id,
            shift_on=clock.at.date(),
            shift="ca1",
            version=version,
            made_at=clock.at - late,
            received_at=clock.at,
            counted_at=clock.at,
            on_time=True,
            source=Source.PHONE,
            answers={},
            rules="x",
            lookback_days=14,
            level="green",
            reasons=[],
        )

    clock.move(days=365)
    write(lambda s: record_act(s, "upkeep.backup_made", actor=STORY, now=clock.at))
    clock.move(days=2)
    year = timedelta(days=365)
    write(lambda s: s.add_all([answered(version, year) for version in range(1, 10)]))
    assert is_clock_steady(session, clock.at), "nine late ones may have been without a network"
    session.rollback()
    write(lambda s: s.add(answered(10, year)))
    assert not is_clock_steady(session, clock.at)
    session.rollback()
    write(lambda s: s.add(answered(11, timedelta(seconds=2))))
    assert is_clock_steady(session, clock.at)


def test_a_clock_that_the_province_contradicts_is_not_steady(
    in_app: Flask, clock: SetClock, session: Session, write: Write
) -> None:
    at = clock.at - timedelta(days=2)
    write(lambda s: record_act(s, "upkeep.backup_made", actor=STORY, now=at))
    here = ThisNode(node=new_id(at), sign_key="x", box_key="{}", last_problem={"code": "sync.gap"})
    write(lambda s: s.add(here))
    assert is_clock_steady(session, clock.at)
    session.rollback()
    write(lambda s: s.execute(update(ThisNode).values(last_problem={"code": "sync.clock"})))
    assert not is_clock_steady(session, clock.at)
