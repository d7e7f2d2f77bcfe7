"""What people do in an open case: take it, hand it over, add and finish tasks, write a note."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from app.cases.actions.opening import add_task_row
from app.cases.actions.steps import do_step, needed_words, settle_due, take_up
from app.cases.models import CaseTask, FollowUpCase
from app.cases.queries.owners import find_owner
from app.cases.queries.rule_data import get_follow_up_rules
from app.cases.queries.standing import find_path, hold_case, list_open_tasks, list_samples
from app.cases.rules.plans import (
    NewTask,
    PersonClass,
    SampleResult,
    TaskKind,
    TaskState,
    checked_days,
    checked_due,
)
from app.cases.rules.refusals import NobodyHasIt, NoResultAwaited, TaskIsOver, UnknownOwner
from app.cases.rules.states import CaseAct, CaseState, next_state
from app.kernel.actors import Actor
from app.kernel.clock import local_day
from app.kernel.refusals import NotFound
from app.kernel.text import nfc


def assign_case(
    session: Session,
    case_id: str,
    owner_id: str,
    *,
    actor: Actor,
    now: datetime,
    seen: int | None = None,
) -> None:
    """Say who follows a case up from now on."""
    case = take_up(session, case_id, CaseAct.ASSIGN, seen)
    _give(session, case, owner_id)
    do_step(session, case, CaseAct.ASSIGN, actor=actor, now=now, details={"owner": case.owner_name})
    settle_due(session, case, now=now)


def hand_over_case(
    session: Session,
    case_id: str,
    owner_id: str,
    words: str,
    *,
    actor: Actor,
    now: datetime,
    seen: int | None = None,
) -> None:
    """Who has a case gives it to the next shift, with what there is to know."""
    case = take_up(session, case_id, CaseAct.HAND_OVER, seen)
    if case.owner_id is None:
        raise NobodyHasIt
    told = needed_words(words)
    before = case.owner_name
    _give(session, case, owner_id)
    details = {"owner": case.owner_name, "before": before}
    do_step(session, case, CaseAct.HAND_OVER, actor=actor, now=now, words=told, details=details)
    settle_due(session, case, now=now)


def _give(session: Session, case: FollowUpCase, owner_id: str) -> None:
    owner = find_owner(session, str(find_path(session, case.id)), owner_id)
    if owner is None:
        raise UnknownOwner
    case.owner_id, case.owner_name = owner.id, owner.name


def add_task(
    session: Session,
    case_id: str,
    kind: TaskKind,
    due_at: datetime,
    note: str,
    *,
    actor: Actor,
    now: datetime,
) -> str:
    """Ask for something to be done by a moment; the id of the task."""
    case = take_up(session, case_id, CaseAct.ADD_TASK)
    task = NewTask(kind, checked_due(due_at, now))
    details = {"kind": str(kind), "due_at": due_at.isoformat()}
    words = nfc(note).strip()[:500]
    do_step(session, case, CaseAct.ADD_TASK, actor=actor, now=now, words=words, details=details)
    task_id = add_task_row(session, case, task, rule="", actor=actor, now=now, note=words)
    settle_due(session, case, now=now)
    return task_id


def finish_task(
    session: Session, case_id: str, task_id: str, words: str, *, actor: Actor, now: datetime
) -> None:
    """A task is done; of a test that means that the sample was taken."""
    case = hold_case(session, case_id)
    task = _task(session, case, task_id)
    sample = task.kind == TaskKind.TEST
    act = CaseAct.TAKE_SAMPLE if sample else CaseAct.FINISH_TASK
    next_state(CaseState(case.state), act)
    if task.state != TaskState.OPEN:
        raise TaskIsOver
    task.state, task.over_at, task.over_by = TaskState.DONE, now, actor.name
    do_step(session, case, act, actor=actor, now=now, words=words, details={"kind": task.kind})
    settle_due(session, case, now=now)


def finish_next(
    session: Session, case_id: str, kind: TaskKind, words: str, *, actor: Actor, now: datetime
) -> None:
    """The task of a kind that is due first in a case is done."""
    hold_case(session, case_id)
    waiting = [task for task in list_open_tasks(session, case_id) if task.kind == kind]
    if not waiting:
        raise TaskIsOver
    finish_task(session, case_id, waiting[0].id, words, actor=actor, now=now)


def enter_result(
    session: Session,
    case_id: str,
    task_id: str,
    result: SampleResult,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """The result of a sample came back; others may still be awaited."""
    case = hold_case(session, case_id)
    task = _task(session, case, task_id)
    next_state(CaseState(case.state), CaseAct.ENTER_RESULT)
    if task.kind != TaskKind.TEST or task.state != TaskState.DONE or task.result is not None:
        raise NoResultAwaited
    task.result, task.result_at = result, now
    session.flush()
    details = {"result": str(result)}
    do_step(session, case, CaseAct.ENTER_RESULT, actor=actor, now=now, details=details)
    if any(each.result is None for each in list_samples(session, case.id)):
        case.state = next_state(CaseState(case.state), CaseAct.TAKE_SAMPLE)
    settle_due(session, case, now=now)


def _task(session: Session, case: FollowUpCase, task_id: str) -> CaseTask:
    task = session.get(CaseTask, task_id)
    if task is None or task.case_id != case.id:
        raise NotFound
    return task


def write_note(session: Session, case_id: str, words: str, *, actor: Actor, now: datetime) -> None:
    """Write down what is worth knowing."""
    case = take_up(session, case_id, CaseAct.NOTE)
    told = needed_words(words)
    do_step(session, case, CaseAct.NOTE, actor=actor, now=now, words=told)
    settle_due(session, case, now=now)


def plan_follow_up(
    session: Session,
    case_id: str,
    *,
    person_class: PersonClass | None,
    isolated_on: date | None,
    from_on: date,
    days: int,
    actor: Actor,
    now: datetime,
    seen: int | None = None,
) -> None:
    """Set how the health authority classed the person, since when, and the days of follow-up."""
    case = take_up(session, case_id, CaseAct.PLAN, seen)
    today = local_day(now, session.info["settings"].timezone)
    asked = checked_days(from_on, days, today, get_follow_up_rules())
    case.person_class, case.isolated_on = person_class, isolated_on
    case.follow_from_on, case.follow_days, case.follow_rule = asked.from_on, asked.days, ""
    details = {
        "class": person_class,
        "isolated_on": isolated_on.isoformat() if isolated_on else None,
        "from_on": asked.from_on.isoformat(),
        "days": asked.days,
    }
    do_step(session, case, CaseAct.PLAN, actor=actor, now=now, details=details)
    settle_due(session, case, now=now)
