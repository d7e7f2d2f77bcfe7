"""Cases open, go on and end as the table of states says, and nothing that was said is lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.cases.actions import ending, escalating, following, opening, working
from app.cases.models import CaseEntry, CaseTask, FollowUpCase, FollowUpDay
from app.cases.queries.counts import CaseCounts, count_cases, count_open_on_shift
from app.cases.rules.days import HeardBy
from app.cases.rules.plans import PersonClass, SampleResult, TaskKind, TaskState
from app.cases.rules.refusals import (
    AnotherOpen,
    CaseClosed,
    ChangedSince,
    DayNotAsked,
    LevelStands,
    RuleNotMet,
    RuleUnverified,
    TaskIsOver,
    UnknownOwner,
    WordsNeeded,
)
from app.cases.rules.states import TABLE, CaseAct, CaseState
from app.checkins.actions.levels import clear_level
from app.checkins.jobs import plan_due_duties
from app.checkins.models import CheckIn, Clearance, HealthState
from app.kernel.refusals import Refusal
from app.sync.rules import NotEnrolled
from app.workforce.actions.people import end_work
from app.workforce.models import Worker
from tests.conftest import SetClock
from tests.factories.cases import (
    FEVER,
    RUNNY,
    TODAY,
    WELL,
    answer,
    as_actor,
    case_of,
    make_case,
    open_by_hand,
    task_id,
    tasks_of,
)
from tests.factories.people import Cast, Person

Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def hoa(cast: Cast) -> Person:
    return cast.sao_bac.people["hoa"]


@pytest.fixture
def hanh(cast: Cast) -> Person:
    return cast.sao_bac.people["hanh"]


def entries(session: Session, case_id: str) -> list[str]:
    """The acts of a case's timeline."""
    return list(
        session.scalars(
            select(CaseEntry.act)
            .where(CaseEntry.case_id == case_id)
            .order_by(CaseEntry.at, CaseEntry.id)
        )
    )


def test_a_fever_opens_a_case_with_call_isolation_and_test(
    write: Write, hoa: Person, clock: SetClock
) -> None:
    def work(session: Session) -> tuple[Any, ...]:
        answer(session, hoa, FEVER, clock.at)
        case = case_of(session, hoa)
        return case.state, case.level, case.due_at, tasks_of(session, case.id), case.follow_days

    state, level, due_at, tasks, days = write(work)
    assert (state, level) == ("new", "red")
    assert tasks == ["call", "isolate", "test"]
    assert due_at == clock.at + timedelta(minutes=30)
    assert days == 7


def test_a_second_red_answer_joins_the_open_case(
    write: Write, hoa: Person, clock: SetClock, session: Session
) -> None:
    write(lambda s: answer(s, hoa, FEVER, clock.at))
    clock.move(hours=1)
    write(lambda s: answer(s, hoa, FEVER, clock.at))
    cases = session.scalars(select(FollowUpCase)).all()
    assert len(cases) == 1
    assert entries(session, cases[0].id) == ["open", "sign_again"]
    assert tasks_of(session, cases[0].id) == ["call", "isolate", "test"]


def test_an_amber_case_that_turns_red_gets_the_tasks_of_red_once(
    write: Write, hoa: Person, clock: SetClock, session: Session
) -> None:
    write(lambda s: answer(s, hoa, RUNNY, clock.at))
    case = case_of(session, hoa)
    assert (case.level, tasks_of(session, case.id)) == ("amber", ["call"])
    session.rollback()
    write(lambda s: answer(s, hoa, FEVER, clock.at))
    case = case_of(session, hoa)
    assert case.level == "red"
    assert sorted(tasks_of(session, case.id)) == ["call", "isolate", "test"]


def test_who_is_well_has_no_case(write: Write, hoa: Person, clock: SetClock, session: Any) -> None:
    write(lambda s: answer(s, hoa, WELL, clock.at))
    assert session.scalars(select(FollowUpCase)).all() == []


def do_act(
    session: Session, act: CaseAct, case_id: str, hoa: Person, hanh: Person, clock: SetClock
) -> None:
    """Do one act of the table to a stored case."""
    actor, now = as_actor(hanh), clock.at
    told: dict[str, Any] = {"actor": actor, "now": now}
    later = now + timedelta(hours=1)
    match act:
        case CaseAct.ASSIGN:
            working.assign_case(session, case_id, hanh.id, **told)
        case CaseAct.HAND_OVER:
            working.hand_over_case(session, case_id, hanh.id, "Gọi lại lúc 14:00", **told)
        case CaseAct.ADD_TASK:
            working.add_task(session, case_id, TaskKind.CALL, later, "", **told)
        case CaseAct.FINISH_TASK:
            task = any_task(session, case_id, TaskKind.CALL, clock)
            working.finish_task(session, case_id, task, "", **told)
        case CaseAct.TAKE_SAMPLE:
            task = any_task(session, case_id, TaskKind.TEST, clock)
            working.finish_task(session, case_id, task, "", **told)
        case CaseAct.ENTER_RESULT:
            task = task_id(session, case_id, TaskKind.TEST)
            working.enter_result(session, case_id, task, SampleResult.NEGATIVE, **told)
        case CaseAct.NOTE:
            working.write_note(session, case_id, "Đã gọi, không bắt máy", **told)
        case CaseAct.FOLLOW_UP:
            ask_days(session, case_id)
            signs = {"symptoms": [], "temperature_c": 36.6}
            following.record_day(session, case_id, TODAY, signs, "", by=HeardBy.CALL, **told)
        case CaseAct.PLAN:
            working.plan_follow_up(
                session,
                case_id,
                person_class=PersonClass.F1,
                isolated_on=TODAY,
                from_on=TODAY,
                days=7,
                **told,
            )
        case CaseAct.SIGN_AGAIN:
            answer(session, hoa, FEVER, now)
        case CaseAct.CLEAR:
            ending.clear_case(session, case_id, "Đo lại 36,5 °C", **told)
        case CaseAct.ESCALATE:
            escalating.escalate_case(session, case_id, "Có ba người cùng phòng", **told)
        case CaseAct.CLOSE:
            leave(session, hoa)
            ending.close_case(session, case_id, "Đã khỏi", **told)
        case CaseAct.REOPEN:
            ending.reopen_case(session, case_id, "Sốt lại", **told)


def any_task(session: Session, case_id: str, kind: TaskKind, clock: SetClock) -> str:
    """An open task of a kind, put there past all rules."""
    task = CaseTask(
        id=f"{kind}-{case_id}"[:36],
        case_id=case_id,
        kind=kind,
        state=TaskState.OPEN,
        due_at=clock.at,
        rule="",
        asked_at=clock.at,
        asked_by="",
        note="",
        over_by="",
    )
    session.add(task)
    session.flush()
    return task.id


def ask_days(session: Session, case_id: str) -> None:
    """Today is a day of follow-up."""
    case = session.get_one(FollowUpCase, case_id)
    case.follow_from_on, case.follow_days = TODAY, 7
    session.flush()


def leave(session: Session, hoa: Person) -> None:
    """Nothing stands against closing."""
    state = session.get(HealthState, hoa.id)
    if state is not None:
        session.delete(state)
        session.flush()


@pytest.mark.parametrize(("state", "act"), list(TABLE), ids=lambda each: str(each))
def test_every_cell_of_the_table_holds_for_a_stored_case(
    write: Write,
    hoa: Person,
    hanh: Person,
    clock: SetClock,
    session: Session,
    state: CaseState,
    act: CaseAct,
) -> None:
    case_id = write(lambda s: make_case(s, hoa, hanh, state, clock.at))
    session.rollback()
    assert session.get_one(FollowUpCase, case_id).state == state
    before, outcome = entries(session, case_id), TABLE[state, act]
    clock.move(minutes=5)
    if act is CaseAct.SIGN_AGAIN and state is CaseState.CLOSED:
        write(lambda s: do_act(s, act, case_id, hoa, hanh, clock))
        session.rollback()
        assert case_of(session, hoa).id != case_id  # a case of its own: the closed one stays so
        assert session.get_one(FollowUpCase, case_id).state == state
        return
    if isinstance(outcome, CaseState) and act is CaseAct.ESCALATE:
        outcome_of_table: type[Refusal] = NotEnrolled  # no province is there to send it to
        with pytest.raises(outcome_of_table):
            write(lambda s: do_act(s, act, case_id, hoa, hanh, clock))
        return
    if not isinstance(outcome, CaseState):
        with pytest.raises(outcome):
            write(lambda s: do_act(s, act, case_id, hoa, hanh, clock))
        session.rollback()
        assert session.get_one(FollowUpCase, case_id).state == state
        assert entries(session, case_id) == before
        return
    write(lambda s: do_act(s, act, case_id, hoa, hanh, clock))
    session.rollback()
    case = session.get_one(FollowUpCase, case_id)
    done = entries(session, case_id)[len(before) :]
    assert act in done
    # With nothing left to do, clearing closes as well.
    assert case.state == (CaseState.CLOSED if CaseAct.CLOSE in done else outcome)
    assert (case.closed_at is None) == (case.state != CaseState.CLOSED)


def test_one_closes_while_another_adds_a_task_and_nothing_is_lost(
    write: Write, hoa: Person, hanh: Person, clock: SetClock, session: Session
) -> None:
    case_id = write(lambda s: make_case(s, hoa, hanh, CaseState.CLOSED, clock.at))
    actor, due = as_actor(hanh), clock.at + timedelta(hours=1)
    with pytest.raises(CaseClosed):
        write(
            lambda s: working.add_task(
                s, case_id, TaskKind.CALL, due, "Gọi lại", actor=actor, now=clock.at
            )
        )
    assert tasks_of(session, case_id) == []


def test_who_decides_on_an_overtaken_page_is_told(
    write: Write, hoa: Person, hanh: Person, clock: SetClock, session: Session
) -> None:
    case_id = write(lambda s: make_case(s, hoa, hanh, CaseState.NEW, clock.at))
    seen = session.get_one(FollowUpCase, case_id).version
    session.rollback()
    told: dict[str, Any] = {"actor": as_actor(hanh), "now": clock.at}
    write(lambda s: working.write_note(s, case_id, "Đã gọi", **told))
    with pytest.raises(ChangedSince):
        write(lambda s: working.assign_case(s, case_id, hanh.id, seen=seen, **told))
    with pytest.raises(ChangedSince):
        write(lambda s: ending.clear_case(s, case_id, "Khoẻ", seen=seen, **told))
    write(lambda s: working.write_note(s, case_id, "Gọi lại lúc 9:00", **told))
    assert entries(session, case_id) == ["open", "note", "note"]


def test_a_case_is_not_closed_while_the_level_stands_unless_the_person_left(
    write: Write, hoa: Person, hanh: Person, clock: SetClock
) -> None:
    case_id = write(lambda s: make_case(s, hoa, hanh, CaseState.FOLLOWING, clock.at))
    told: dict[str, Any] = {"actor": as_actor(hanh), "now": clock.at}
    with pytest.raises(LevelStands):
        write(lambda s: ending.close_case(s, case_id, "Xong", **told))

    def gone(session: Session) -> None:
        end_work(session, session.get_one(Worker, hoa.id), last_on=TODAY, **told)

    write(gone)
    write(lambda s: ending.close_case(s, case_id, "Đã nghỉ việc", **told))


def test_clearing_on_the_board_closes_a_case_of_which_nothing_is_left(
    write: Write, hoa: Person, hanh: Person, clock: SetClock, session: Session
) -> None:
    case_id = write(lambda s: make_case(s, hoa, hanh, CaseState.FOLLOWING, clock.at))
    write(lambda s: clear_level(s, hoa.id, "Đo lại", actor=as_actor(hanh), now=clock.at))
    assert session.get_one(FollowUpCase, case_id).state == "closed"
    assert tasks_of(session, case_id, TaskState.DROPPED) == ["call", "isolate", "test"]
    assert entries(session, case_id)[-2:] == ["clear", "close"]


def test_what_a_person_asked_for_stays_when_the_level_is_cleared(
    write: Write, hoa: Person, hanh: Person, clock: SetClock, session: Session
) -> None:
    case_id = write(lambda s: make_case(s, hoa, hanh, CaseState.CLEARED, clock.at))
    case = session.get_one(FollowUpCase, case_id)
    assert (case.state, case.follow_days) == ("cleared", 0)
    assert tasks_of(session, case_id) == ["transport"]


def test_a_sign_after_clearing_takes_the_same_case_up_again(
    write: Write, hoa: Person, hanh: Person, clock: SetClock, session: Session
) -> None:
    case_id = write(lambda s: make_case(s, hoa, hanh, CaseState.CLEARED, clock.at))
    clock.move(minutes=5)
    write(lambda s: answer(s, hoa, FEVER, clock.at))
    case = case_of(session, hoa)
    assert (case.id, case.state) == (case_id, "following")
    assert sorted(tasks_of(session, case_id)) == ["call", "isolate", "test", "transport"]


def test_a_worker_has_one_open_case(
    write: Write, hoa: Person, hanh: Person, clock: SetClock
) -> None:
    first = write(lambda s: open_by_hand(s, hoa, hanh, clock.at))
    with pytest.raises(AnotherOpen):
        write(lambda s: open_by_hand(s, hoa, hanh, clock.at))
    told: dict[str, Any] = {"actor": as_actor(hanh), "now": clock.at}
    write(lambda s: ending.close_case(s, first, "Không phải F1", **told))
    write(lambda s: open_by_hand(s, hoa, hanh, clock.at))
    with pytest.raises(AnotherOpen):
        write(lambda s: ending.reopen_case(s, first, "Mở lại", **told))


def test_a_reason_is_needed(write: Write, hoa: Person, hanh: Person, clock: SetClock) -> None:
    with pytest.raises(WordsNeeded):
        write(lambda s: opening.open_case(s, hoa.id, "  ", actor=as_actor(hanh), now=clock.at))


def test_a_case_goes_only_to_who_may_follow_that_worker(
    write: Write, cast: Cast, hoa: Person, hanh: Person, clock: SetClock
) -> None:
    case_id = write(lambda s: open_by_hand(s, hoa, hanh, clock.at))
    told: dict[str, Any] = {"actor": as_actor(hanh), "now": clock.at}
    for other in (cast.minh_tri.people["khoi"], cast.people["lam"], cast.sao_bac.people["anh"]):
        with pytest.raises(UnknownOwner):
            write(lambda s, other=other: working.assign_case(s, case_id, other.id, **told))
    write(lambda s: working.assign_case(s, case_id, cast.sao_bac.people["nhung"].id, **told))


def test_a_task_is_finished_once(
    write: Write, hoa: Person, hanh: Person, clock: SetClock, session: Session
) -> None:
    case_id = write(lambda s: make_case(s, hoa, hanh, CaseState.NEW, clock.at))
    task = task_id(session, case_id, TaskKind.CALL)
    told: dict[str, Any] = {"actor": as_actor(hanh), "now": clock.at}
    write(lambda s: working.finish_task(s, case_id, task, "Đã gọi", **told))
    with pytest.raises(TaskIsOver):
        write(lambda s: working.finish_task(s, case_id, task, "Đã gọi", **told))


def test_counts_tell_open_and_overdue_by_company(
    write: Write, cast: Cast, hoa: Person, clock: SetClock, session: Session
) -> None:
    ids = [cast.sao_bac.id, cast.minh_tri.id]
    write(lambda s: answer(s, hoa, FEVER, clock.at))
    write(lambda s: answer(s, cast.sao_bac.people["men"], RUNNY, clock.at))
    now = clock.at + timedelta(minutes=31)
    assert count_cases(session, ids, now=now) == {
        cast.sao_bac.id: CaseCounts(open=2, overdue=1),
        cast.minh_tri.id: CaseCounts(),
    }
    assert count_open_on_shift(session, TODAY, "ca1", [cast.sao_bac.id]) == {cast.sao_bac.id: 2}


def days_heard(session: Session, case_id: str) -> list[tuple[Any, str, str]]:
    rows = session.scalars(
        select(FollowUpDay)
        .where(FollowUpDay.case_id == case_id)
        .order_by(FollowUpDay.on, FollowUpDay.version)
    )
    return [(row.on, row.source, row.level) for row in rows]


def test_the_own_answer_for_a_shift_is_the_answer_of_that_day(
    write: Write, hoa: Person, hanh: Person, clock: SetClock, session: Session
) -> None:
    case_id = write(lambda s: make_case(s, hoa, hanh, CaseState.NEW, clock.at))
    clock.move(days=1)
    tomorrow = TODAY + timedelta(days=1)
    write(lambda s: answer(s, hoa, WELL, clock.at, tomorrow))
    assert days_heard(session, case_id) == [(TODAY, "own", "red"), (tomorrow, "own", "green")]


def test_the_well_answer_of_a_contact_is_heard_too(
    write: Write, hoa: Person, hanh: Person, clock: SetClock, session: Session
) -> None:
    def work(session: Session) -> str:
        case_id = open_by_hand(session, hoa, hanh, clock.at)
        ask_days(session, case_id)
        answer(session, hoa, WELL, clock.at)
        return case_id

    case_id = write(work)
    assert days_heard(session, case_id) == [(TODAY, "own", "green")]


def test_a_call_is_the_answer_for_the_shift_of_that_day(
    write: Write, hoa: Person, hanh: Person, clock: SetClock, session: Session
) -> None:
    plan_due_duties()

    def work(session: Session) -> str:
        case_id = open_by_hand(session, hoa, hanh, clock.at)
        ask_days(session, case_id)
        signs = {"symptoms": ["cough"], "temperature_c": 38.1}
        told: dict[str, Any] = {"actor": as_actor(hanh), "now": clock.at}
        following.record_day(session, case_id, TODAY, signs, "", by=HeardBy.CALL, **told)
        return case_id

    case_id = write(work)
    assert days_heard(session, case_id) == [(TODAY, "call", "red")]
    assert [each.level for each in session.scalars(select(CheckIn))] == ["red"]
    case = case_of(session, hoa)
    assert (case.state, case.level) == ("following", "red")
    assert "sign_again" in entries(session, case_id)


def test_a_day_that_is_not_asked_is_refused(
    write: Write, hoa: Person, hanh: Person, clock: SetClock
) -> None:
    case_id = write(lambda s: make_case(s, hoa, hanh, CaseState.NEW, clock.at))
    told: dict[str, Any] = {"by": HeardBy.CALL, "actor": as_actor(hanh), "now": clock.at}
    for on in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        with pytest.raises(DayNotAsked):
            write(lambda s, on=on: following.record_day(s, case_id, on, WELL, "", **told))


def plan(session: Session, case_id: str, hanh: Person, now: Any, **more: Any) -> None:
    told = {"from_on": TODAY, "days": 7, "isolated_on": TODAY} | more
    working.plan_follow_up(session, case_id, actor=as_actor(hanh), now=now, **told)


def test_a_verified_rule_clears_when_its_days_and_its_result_are_there(
    write: Write, hoa: Person, hanh: Person, clock: SetClock, session: Session
) -> None:
    case_id = write(lambda s: make_case(s, hoa, hanh, CaseState.AWAITING_TEST, clock.at))
    write(lambda s: plan(s, case_id, hanh, clock.at, person_class=PersonClass.F0))
    told: dict[str, Any] = {"actor": as_actor(hanh)}

    def clear(rule: str) -> None:
        write(lambda s: ending.clear_by_rule(s, case_id, rule, now=clock.at, **told))

    with pytest.raises(RuleUnverified):
        clear("f0_2022_02_vaccinated@1")
    clock.move(days=7)
    with pytest.raises(RuleNotMet):
        clear("f0_2022_02@1")
    task = task_id(session, case_id, TaskKind.TEST)
    session.rollback()
    write(
        lambda s: working.enter_result(
            s, case_id, task, SampleResult.NEGATIVE, now=clock.at, **told
        )
    )
    clear("f0_2022_02@1")
    clearance = session.scalars(select(Clearance)).one()
    assert (clearance.rule, clearance.reason) == ("f0_2022_02@1", "762/BYT-DP f0_2022_02@1")
    assert case_of(session, hoa).state == "closed"


def test_every_act_is_in_the_audit_log(
    write: Write, hoa: Person, hanh: Person, clock: SetClock, session: Session
) -> None:
    case_id = write(lambda s: make_case(s, hoa, hanh, CaseState.CLOSED, clock.at))
    acts = session.execute(
        select(AuditEntry.act, AuditEntry.subject_id, AuditEntry.actor_name)
        .where(AuditEntry.act.startswith("cases."))
        .order_by(AuditEntry.id)
    ).all()
    assert [row.act for row in acts] == ["cases.assigned", "cases.cleared", "cases.closed"]
    assert {row.subject_id for row in acts} == {hoa.id}
    assert {row.actor_name for row in acts} == {hanh.name}
    assert case_id


def test_levels_that_stood_before_there_were_cases_get_one_each(
    write: Write, hoa: Person, hanh: Person, clock: SetClock, session: Session
) -> None:
    def work(session: Session) -> list[int]:
        answer(session, hoa, FEVER, clock.at)
        case_id = case_of(session, hoa).id
        for table in (CaseEntry, CaseTask, FollowUpDay):
            session.execute(table.__table__.delete().where(table.case_id == case_id))
        session.execute(FollowUpCase.__table__.delete())
        return [opening.open_missing_cases(session, most=5, now=clock.at) for _ in range(2)]

    assert write(work) == [1, 0]
    assert case_of(session, hoa).level == "red"
