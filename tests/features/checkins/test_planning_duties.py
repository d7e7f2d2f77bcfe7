"""Duties of the days ahead: every company, once, and taken up after a kill."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from app.accounts.models import Branch
from app.checkins.actions import planning
from app.checkins.actions.planning import plan_chunk
from app.checkins.jobs import plan_due_duties
from app.checkins.models import Duty, DutyPlan, ShiftCount
from app.checkins.rules import DutyState
from tests.conftest import SetClock
from tests.factories.people import Cast

Write = Callable[[Callable[[Any], Any]], Any]
TODAY = date(2026, 11, 24)


@pytest.fixture
def unplanned(cast: Cast, write: Write) -> Cast:
    """The cast before anybody was expected anywhere."""
    write(lambda s: [s.execute(delete(table)) for table in (Duty, ShiftCount, DutyPlan)])
    return cast


def duties(session: Any) -> dict[tuple[int, date], int]:
    session.rollback()
    rows = session.execute(
        select(Duty.company_id, Duty.shift_on, func.count()).group_by(
            Duty.company_id, Duty.shift_on
        )
    )
    return {(company_id, on): count for company_id, on, count in rows}


def test_everybody_is_expected_for_today_and_two_days_once(
    unplanned: Cast, in_app: Flask, session: Any
) -> None:
    assert plan_due_duties() == 15
    assert plan_due_duties() == 0
    days = [TODAY + timedelta(days=day) for day in range(3)]
    assert duties(session) == {
        (company.id, on): people
        for company, people in ((unplanned.sao_bac, 4), (unplanned.minh_tri, 1))
        for on in days
    }
    counted = session.scalar(
        select(func.sum(ShiftCount.expected)).where(ShiftCount.branch_id == ShiftCount.company_id)
    )
    assert counted == 15


def test_each_new_day_adds_one_more_day(
    unplanned: Cast, in_app: Flask, clock: SetClock, session: Any
) -> None:
    plan_due_duties()
    clock.move(days=1)
    assert plan_due_duties() == 5
    assert max(on for _, on in duties(session)) == TODAY + timedelta(days=3)


def test_what_an_earlier_look_missed_is_made_good_the_next_day(
    unplanned: Cast, in_app: Flask, clock: SetClock, write: Write, session: Any
) -> None:
    plan_due_duties()
    tomorrow = TODAY + timedelta(days=1)
    write(lambda s: s.execute(delete(Duty).where(Duty.shift_on == tomorrow)))
    clock.move(days=1)
    plan_due_duties()
    assert duties(session)[unplanned.sao_bac.id, tomorrow] == 4


def test_a_killed_run_goes_on_where_it_stopped(
    unplanned: Cast,
    in_app: Flask,
    clock: SetClock,
    write: Write,
    session: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(planning, "CHUNK", 3)
    company_id, settings = unplanned.sao_bac.id, in_app.config["SETTINGS"]

    def first_chunk(s: Any) -> Any:
        return plan_chunk(s, company_id, TODAY, settings=settings, now=clock.at)

    assert write(first_chunk) == (3, True)
    assert duties(session) == {(company_id, TODAY): 3}
    plan_due_duties()
    assert duties(session)[company_id, TODAY] == 4


def test_a_new_look_leaves_answers_and_absences_alone(
    unplanned: Cast, in_app: Flask, clock: SetClock, write: Write, session: Any
) -> None:
    plan_due_duties()
    key = (unplanned.sao_bac.people["hoa"].id, TODAY + timedelta(days=1), "ca1")

    def absent(s: Any) -> None:
        s.get(Duty, key).state = DutyState.ABSENT

    write(absent)
    clock.move(days=1)
    plan_due_duties()
    session.rollback()
    assert session.get(Duty, key).state == DutyState.ABSENT


def test_a_closed_company_is_not_planned(
    unplanned: Cast, in_app: Flask, write: Write, session: Any
) -> None:
    def close(s: Any) -> None:
        s.get(Branch, unplanned.minh_tri.id).closed_on = TODAY

    write(close)
    plan_due_duties()
    assert {company_id for company_id, _ in duties(session)} == {unplanned.sao_bac.id}
