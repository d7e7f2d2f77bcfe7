"""Moves, leavings and returns of a coming day: what holds till the eve, and from the day on."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app.accounts.actions.branches import close_branch
from app.accounts.models import Account, Branch
from app.audit.models import AuditEntry
from app.checkins.jobs import plan_due_duties
from app.checkins.models import Duty
from app.delivery.models import Delivery
from app.kernel.refusals import NotFound, Refusal
from app.reminders.jobs import plan_due_reminders
from app.reminders.rules import Anchor, Schedule
from app.workforce.actions.people import end_work, set_groups
from app.workforce.actions.planned import change_work, do_change, withdraw_change
from app.workforce.actions.schedules import assign_pattern, pattern_named
from app.workforce.jobs import do_planned_changes
from app.workforce.models import Membership, PlannedChange, Worker, WorkGroup
from app.workforce.queries.planned import list_coming, list_coming_of, list_undone
from app.workforce.queries.units import list_unit_group_ids
from app.workforce.queries.workers import list_groups_of
from app.workforce.rules.groups import UNIT_KINDS, EndsBeforeStart
from app.workforce.rules.planned import (
    AlreadyThere,
    ChangeKind,
    DayOutOfReach,
    NotWaiting,
    NotWorking,
    PlansClash,
    StillWorking,
    UnitClosed,
)
from app.workforce.rules.shifts import Pattern, ShiftCode
from tests.conftest import SetClock
from tests.factories.merges import counted, merge, recounted, unmerge
from tests.factories.people import STORY, Cast
from tests.factories.reminders import make_schedule

TODAY = date(2026, 11, 24)
TOMORROW = TODAY + timedelta(days=1)
MIDNIGHT = datetime(2026, 11, 24, 17, tzinfo=UTC)  # 00:00 of tomorrow in the park
Write = Callable[[Callable[[Any], Any]], Any]
Plan = Callable[..., bool]


@pytest.fixture
def plan(cast: Cast, write: Write, clock: SetClock) -> Plan:
    """Ask for a change of somebody of Sao Bắc, by name."""

    def ask(name: str, kind: ChangeKind, from_on: date, unit: int | None = None) -> bool:
        worker_id = cast.sao_bac.people[name].id
        done: bool = write(
            lambda s: change_work(s, worker_id, kind, from_on, unit, actor=STORY, now=clock.at)
        )
        return done

    return ask


@pytest.fixture
def hoa(cast: Cast, write: Write, clock: SetClock) -> str:
    """Hoa, who has been in the group of her line for some time."""
    worker_id, path = cast.sao_bac.people["hoa"].id, f"/{cast.sao_bac.lines['Chuyền 3']}/"
    since = TODAY - timedelta(days=20)
    write(
        lambda s: set_groups(
            s, worker_id, UNIT_KINDS, list_unit_group_ids(s, path), on=since, now=clock.at
        )
    )
    return worker_id


@pytest.fixture
def line7(cast: Cast) -> int:
    return cast.sao_bac.lines["Chuyền 7"]


def duties(session: scoped_session[Session], worker_id: str) -> dict[date, int]:
    """Where somebody is expected, day by day."""
    session.rollback()
    rows = session.execute(select(Duty.shift_on, Duty.branch_id).where(Duty.worker_id == worker_id))
    return {row.shift_on: row.branch_id for row in rows}


def outcomes(session: scoped_session[Session], worker_id: str) -> list[tuple[str, str]]:
    session.rollback()
    rows = session.execute(
        select(PlannedChange.kind, PlannedChange.outcome)
        .where(PlannedChange.worker_id == worker_id)
        .order_by(PlannedChange.from_on, PlannedChange.id)
    )
    return [(kind, outcome) for kind, outcome in rows]


def acts(session: scoped_session[Session], worker_id: str) -> list[str]:
    session.rollback()
    chosen = select(AuditEntry.act).where(AuditEntry.subject_id == worker_id)
    return list(session.scalars(chosen.order_by(AuditEntry.at, AuditEntry.id)))


def groups(session: scoped_session[Session], worker_id: str, on: date) -> list[str]:
    session.rollback()
    return [group.name for group in list_groups_of(session(), worker_id, on)]


def is_active(session: scoped_session[Session], worker_id: str) -> bool:
    session.rollback()
    return session.get_one(Account, worker_id).active


# Leaving


def test_who_leaves_on_a_coming_day_is_expected_until_it_and_not_after(
    plan: Plan, hoa: str, session: scoped_session[Session], clock: SetClock, in_app: Flask
) -> None:
    assert plan("hoa", ChangeKind.LEAVE, TODAY + timedelta(days=2))
    assert sorted(duties(session, hoa)) == [TODAY, TOMORROW]
    assert session.get_one(Worker, hoa).left_on is None
    clock.at = MIDNIGHT
    assert do_planned_changes() == 0
    plan_due_duties()
    assert is_active(session, hoa)
    assert sorted(duties(session, hoa)) == [TODAY, TOMORROW]
    clock.move(days=1)
    assert do_planned_changes() == 1
    plan_due_duties()
    assert not is_active(session, hoa)
    assert session.get_one(Worker, hoa).left_on == TOMORROW
    assert sorted(duties(session, hoa)) == [TODAY, TOMORROW]
    assert outcomes(session, hoa) == [("leave", "done")]
    assert acts(session, hoa)[-1] == "workforce.worker_left"


def test_the_day_done_twice_or_late_is_the_day_done_once(
    plan: Plan, hoa: str, session: scoped_session[Session], clock: SetClock, in_app: Flask
) -> None:
    plan("hoa", ChangeKind.LEAVE, TODAY + timedelta(days=2))
    clock.at = MIDNIGHT + timedelta(days=9, hours=5)
    assert do_planned_changes() == 1
    assert session.get_one(Worker, hoa).left_on == TOMORROW
    told = acts(session, hoa)
    assert do_planned_changes() == 0
    assert acts(session, hoa) == told
    assert counted(session()) == recounted(session())


def test_several_changes_that_a_machine_slept_through_are_done_in_their_order(
    plan: Plan,
    hoa: str,
    line7: int,
    session: scoped_session[Session],
    clock: SetClock,
    in_app: Flask,
) -> None:
    plan("hoa", ChangeKind.LEAVE, TODAY + timedelta(days=5))
    plan("hoa", ChangeKind.MOVE, TODAY + timedelta(days=2), line7)
    clock.move(days=20)
    assert do_planned_changes() == 2
    assert outcomes(session, hoa) == [("move", "done"), ("leave", "done")]
    assert groups(session, hoa, TODAY + timedelta(days=1)) == ["Chuyền 3"]
    assert groups(session, hoa, TODAY + timedelta(days=4)) == ["Chuyền 7"]
    assert groups(session, hoa, TODAY + timedelta(days=5)) == []


def test_a_clock_that_goes_back_undoes_nothing(
    plan: Plan, hoa: str, session: scoped_session[Session], clock: SetClock, in_app: Flask
) -> None:
    plan("hoa", ChangeKind.LEAVE, TODAY + timedelta(days=2))
    clock.move(days=3)
    assert do_planned_changes() == 1
    clock.move(days=-3)
    assert do_planned_changes() == 0
    assert session.get_one(Worker, hoa).left_on == TOMORROW


def test_the_last_night_shift_is_worked_to_its_end(
    plan: Plan,
    hoa: str,
    cast: Cast,
    write: Write,
    session: scoped_session[Session],
    clock: SetClock,
    in_app: Flask,
) -> None:
    def nights(s: Session) -> None:
        cycle = Pattern((ShiftCode.CA3,), TODAY)
        pattern = pattern_named(s, cast.sao_bac.id, "Ca 3", cycle, now=clock.at)
        who = [hoa]
        assign_pattern(s, cast.sao_bac.id, who, pattern, from_on=TODAY, actor=STORY, now=clock.at)

    write(nights)
    plan("hoa", ChangeKind.LEAVE, TODAY + timedelta(days=2))
    clock.at = MIDNIGHT + timedelta(days=1, hours=3)
    assert do_planned_changes() == 0
    assert is_active(session, hoa)
    assert TOMORROW in duties(session, hoa)
    clock.move(hours=4)
    assert do_planned_changes() == 1
    assert not is_active(session, hoa)
    assert sorted(duties(session, hoa)) == [TODAY, TOMORROW]


def test_a_night_shift_that_runs_keeps_its_duty_when_somebody_leaves_by_hand(
    hoa: str,
    cast: Cast,
    write: Write,
    session: scoped_session[Session],
    clock: SetClock,
    in_app: Flask,
) -> None:
    def nights(s: Session) -> None:
        cycle = Pattern((ShiftCode.CA3,), TODAY)
        pattern = pattern_named(s, cast.sao_bac.id, "Ca 3", cycle, now=clock.at)
        assign_pattern(s, cast.sao_bac.id, [hoa], pattern, from_on=TODAY, actor=STORY, now=clock.at)

    write(nights)
    clock.at = MIDNIGHT + timedelta(hours=3)
    write(lambda s: end_work(s, s.get_one(Worker, hoa), last_on=TODAY, actor=STORY, now=clock.at))
    assert sorted(duties(session, hoa)) == [TODAY]
    assert counted(session()) == recounted(session())


def test_messages_go_out_until_the_last_day_even_before_the_clock_did_its_part(
    plan: Plan,
    hoa: str,
    cast: Cast,
    write: Write,
    session: scoped_session[Session],
    clock: SetClock,
    in_app: Flask,
) -> None:
    settings, at = in_app.config["SETTINGS"], time(5, 20)
    daily = {"schedule": Schedule("", "Rửa tay", "", Anchor.CLOCK, clock_time=at)}
    write(lambda s: make_schedule(s, cast.sao_bac.id, settings, clock.at, text="Rửa tay.", **daily))
    plan("hoa", ChangeKind.LEAVE, TODAY + timedelta(days=2))

    def told() -> int:
        plan_due_reminders(clock.at)
        session.rollback()
        return len(session.scalars(select(Delivery).where(Delivery.person_id == hoa)).all())

    clock.move(minutes=11)
    first = told()
    clock.move(days=1)
    second = told()
    clock.move(days=1)
    assert (first, second, told()) == (1, 2, 2)


# Moving


def test_who_moves_on_a_coming_day_belongs_to_the_new_line_from_that_day(
    plan: Plan,
    hoa: str,
    cast: Cast,
    line7: int,
    session: scoped_session[Session],
    clock: SetClock,
    in_app: Flask,
) -> None:
    line3 = cast.sao_bac.lines["Chuyền 3"]
    assert plan("hoa", ChangeKind.MOVE, TODAY + timedelta(days=2), line7)
    wanted = {TODAY: line3, TOMORROW: line3, TODAY + timedelta(days=2): line7}
    assert duties(session, hoa) == wanted
    assert counted(session()) == recounted(session())
    clock.at = MIDNIGHT
    assert do_planned_changes() == 0
    assert session.get_one(Worker, hoa).branch_id == line3
    clock.move(days=1)
    assert do_planned_changes() == 1
    session.rollback()
    assert session.get_one(Worker, hoa).branch_id == line7
    seen = duties(session, hoa)
    assert {on: seen[on] for on in wanted} == wanted
    assert groups(session, hoa, TOMORROW) == ["Chuyền 3"]
    assert groups(session, hoa, TODAY + timedelta(days=2)) == ["Chuyền 7"]
    assert counted(session()) == recounted(session())


def test_a_unit_closed_meanwhile_is_not_moved_to_and_the_list_says_so(
    plan: Plan,
    hoa: str,
    cast: Cast,
    line7: int,
    write: Write,
    session: scoped_session[Session],
    clock: SetClock,
    in_app: Flask,
) -> None:
    plan("hoa", ChangeKind.MOVE, TOMORROW, line7)
    write(lambda s: close_branch(s, line7, on=TODAY, actor=STORY, now=clock.at))
    clock.move(days=1)
    assert do_planned_changes() == 0
    assert outcomes(session, hoa) == [("move", "overtaken")]
    assert set(duties(session, hoa).values()) == {cast.sao_bac.lines["Chuyền 3"]}
    (told,) = list_undone(session(), [cast.sao_bac.path], clock.at - timedelta(days=2))
    assert (told.name, told.code) == ("Nguyễn Thị Hoa", "workforce.unit_closed")


# Coming back


def test_who_comes_back_on_a_coming_day_is_expected_and_signs_in_from_that_day(
    plan: Plan, hoa: str, session: scoped_session[Session], clock: SetClock, in_app: Flask
) -> None:
    assert not plan("hoa", ChangeKind.LEAVE, TODAY)
    assert plan("hoa", ChangeKind.RETURN, TODAY + timedelta(days=2))
    assert not is_active(session, hoa)
    assert TODAY not in duties(session, hoa)
    assert TOMORROW not in duties(session, hoa)
    clock.at = MIDNIGHT + timedelta(days=1)
    assert do_planned_changes() == 1
    assert is_active(session, hoa)
    assert session.get_one(Worker, hoa).left_on is None
    assert min(duties(session, hoa)) == TODAY + timedelta(days=2)
    assert groups(session, hoa, TODAY + timedelta(days=2)) == ["Chuyền 3"]


# Taking back, and what is done by hand meanwhile


def test_what_is_withdrawn_leaves_everything_as_it_was(
    plan: Plan,
    hoa: str,
    line7: int,
    write: Write,
    session: scoped_session[Session],
    clock: SetClock,
    in_app: Flask,
) -> None:
    plan_due_duties()
    before = duties(session, hoa)
    plan("hoa", ChangeKind.MOVE, TOMORROW, line7)
    assert duties(session, hoa) != before
    (coming,) = list_coming_of(session(), hoa)
    write(lambda s: withdraw_change(s, hoa, coming.id, actor=STORY, now=clock.at))
    assert duties(session, hoa) == before
    assert counted(session()) == recounted(session())
    clock.move(days=2)
    assert do_planned_changes() == 0
    with pytest.raises(NotWaiting):
        write(lambda s: withdraw_change(s, hoa, coming.id, actor=STORY, now=clock.at))


def test_a_change_of_somebody_else_or_one_that_others_rest_on_is_not_withdrawn(
    plan: Plan,
    hoa: str,
    cast: Cast,
    line7: int,
    write: Write,
    session: scoped_session[Session],
    clock: SetClock,
) -> None:
    line3, men = cast.sao_bac.lines["Chuyền 3"], cast.sao_bac.people["men"].id
    plan("hoa", ChangeKind.MOVE, TOMORROW, line7)
    plan("hoa", ChangeKind.MOVE, TODAY + timedelta(days=9), line3)
    first, _back = list_coming_of(session(), hoa)
    with pytest.raises(PlansClash):
        write(lambda s: withdraw_change(s, hoa, first.id, actor=STORY, now=clock.at))
    with pytest.raises(NotFound):
        write(lambda s: withdraw_change(s, men, first.id, actor=STORY, now=clock.at))


def test_leaving_by_hand_overtakes_what_was_planned(
    plan: Plan, hoa: str, line7: int, session: scoped_session[Session], clock: SetClock
) -> None:
    plan("hoa", ChangeKind.MOVE, TOMORROW, line7)
    plan("hoa", ChangeKind.LEAVE, TODAY + timedelta(days=20))
    assert not plan("hoa", ChangeKind.LEAVE, TODAY + timedelta(days=1))
    assert outcomes(session, hoa) == [("move", "overtaken"), ("leave", "overtaken")]


@pytest.mark.parametrize(
    ("name", "kind", "days", "unit", "refusal"),
    [
        ("hoa", ChangeKind.LEAVE, 368, None, DayOutOfReach),
        ("hoa", ChangeKind.LEAVE, -366, None, DayOutOfReach),
        ("hoa", ChangeKind.MOVE, -32, "Chuyền 7", DayOutOfReach),
        ("hoa", ChangeKind.MOVE, 367, "Chuyền 7", DayOutOfReach),
        ("hoa", ChangeKind.RETURN, 3, None, StillWorking),
        ("hoa", ChangeKind.MOVE, 3, "Chuyền 3", AlreadyThere),
        ("hoa", ChangeKind.MOVE, 3, "Chuyền 1", NotFound),
        ("anh", ChangeKind.MOVE, 3, "Chuyền 7", NotWorking),
        ("anh", ChangeKind.LEAVE, 3, None, NotWorking),
        ("anh", ChangeKind.RETURN, -1, None, DayOutOfReach),
        ("men", ChangeKind.LEAVE, 9, None, PlansClash),
        ("men", ChangeKind.MOVE, 5, "Chuyền 3", PlansClash),
        ("men", ChangeKind.MOVE, 12, "Chuyền 3", PlansClash),
        ("nhung", ChangeKind.LEAVE, 4, None, EndsBeforeStart),
        ("nhung", ChangeKind.MOVE, 4, "Chuyền 7", UnitClosed),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_planned(
    plan: Plan,
    cast: Cast,
    write: Write,
    session: scoped_session[Session],
    clock: SetClock,
    name: str,
    kind: ChangeKind,
    days: int,
    unit: str | None,
    refusal: type[Refusal],
) -> None:
    """Ánh has left; Mến leaves in five days; Nhung begins in ten; another line was closed."""
    lines = {**cast.minh_tri.lines, **cast.sao_bac.lines}
    plan("anh", ChangeKind.LEAVE, TODAY)
    plan("men", ChangeKind.LEAVE, TODAY + timedelta(days=5))

    def prepare(s: Session) -> None:
        s.get_one(Worker, cast.sao_bac.people["nhung"].id).joined_on = TODAY + timedelta(days=10)
        if refusal is UnitClosed:
            close_branch(s, lines["Chuyền 7"], on=TODAY, actor=STORY, now=clock.at)

    write(prepare)
    worker_id = cast.sao_bac.people[name].id
    before = outcomes(session, worker_id)
    with pytest.raises(refusal):
        plan(name, kind, TODAY + timedelta(days=days), lines[unit] if unit else None)
    assert outcomes(session, worker_id) == before


# Two records of one person


def test_merging_takes_plans_along_once_and_parting_gives_them_back(
    plan: Plan,
    hoa: str,
    cast: Cast,
    line7: int,
    write: Write,
    session: scoped_session[Session],
    clock: SetClock,
    in_app: Flask,
) -> None:
    anh = cast.sao_bac.people["anh"].id
    plan("anh", ChangeKind.MOVE, TODAY + timedelta(days=3), line7)
    plan("anh", ChangeKind.LEAVE, TODAY + timedelta(days=9))
    plan("hoa", ChangeKind.LEAVE, TODAY + timedelta(days=6))
    merge_id = write(lambda s: merge(s, hoa, anh, clock.at))
    assert outcomes(session, anh) == []
    assert outcomes(session, hoa) == [("move", ""), ("leave", ""), ("leave", "overtaken")]
    clock.move(minutes=5)
    write(lambda s: unmerge(s, merge_id, clock.at))
    assert outcomes(session, anh) == [("move", ""), ("leave", "")]
    assert outcomes(session, hoa) == [("leave", "")]


# The list of what is coming


def test_the_list_tells_everything_that_is_coming_in_the_branch_and_nothing_else(
    plan: Plan,
    cast: Cast,
    line7: int,
    write: Write,
    session: scoped_session[Session],
    clock: SetClock,
) -> None:
    plan("hoa", ChangeKind.MOVE, TODAY + timedelta(days=3), line7)
    plan("men", ChangeKind.LEAVE, TODAY + timedelta(days=2))

    def joins(s: Session) -> None:
        anh = s.get_one(Worker, cast.sao_bac.people["anh"].id)
        anh.joined_on = TODAY + timedelta(days=9)

    write(joins)
    all_of_it = list_coming(session(), [cast.sao_bac.path], TODAY)
    assert [(row.kind, row.on, row.new_unit) for row in all_of_it.rows] == [
        ("leave", TOMORROW, ""),
        ("move", TODAY + timedelta(days=3), "Chuyền 7"),
        ("join", TODAY + timedelta(days=9), ""),
    ]
    assert all_of_it.total == 3
    leaving = list_coming(session(), [cast.sao_bac.path], TODAY, kinds=("leave",))
    assert [row.name for row in leaving.rows] == ["Giáp Thị Mến"]
    assert list_coming(session(), [cast.minh_tri.path], TODAY).total == 0
    second = list_coming(session(), [cast.sao_bac.path], TODAY, limit=2, offset=2)
    assert [row.kind for row in second.rows] == ["join"]


def test_a_change_is_done_once_however_many_ask(
    plan: Plan,
    hoa: str,
    line7: int,
    write: Write,
    session: scoped_session[Session],
    clock: SetClock,
) -> None:
    plan("hoa", ChangeKind.MOVE, TOMORROW, line7)
    (coming,) = list_coming_of(session(), hoa)
    clock.move(days=1)
    done = [write(lambda s: do_change(s, coming.id, now=clock.at)) for _ in range(3)]
    assert done == [True, False, False]
    line_groups = select(Membership).join(WorkGroup).where(Membership.worker_id == hoa)
    session.rollback()
    assert len(session.scalars(line_groups.where(WorkGroup.branch_id == line7)).all()) == 1
    assert session.get_one(Branch, line7).closed_on is None
