"""Opening a case, by rule or by hand; a further sign joins the case that is open."""

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.cases.actions.steps import (
    OPENED,
    PROGRAM,
    do_step,
    needed_words,
    settle_due,
    write_entry,
)
from app.cases.models import CaseTask, FollowUpCase
from app.cases.queries.rule_data import get_follow_up_rules
from app.cases.queries.standing import (
    days_of,
    find_open_case,
    hold_open_cases,
    is_told,
    list_open_tasks,
    list_uncovered,
)
from app.cases.rules.plans import (
    DaysAsked,
    NewTask,
    TaskKind,
    TaskState,
    first_asked_on,
    longer,
    tasks_for,
)
from app.cases.rules.refusals import AnotherOpen
from app.cases.rules.states import CaseAct, CaseState
from app.checkins.queries.answers import find_standing
from app.checkins.queries.standing import hold_people
from app.checkins.rules import CheckInRecorded, Level, LevelRaised
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.kernel.refusals import NotFound
from app.workforce.models import Worker

BY_RULE, BY_HAND = "rule", "hand"


def open_case(session: Session, worker_id: str, reason: str, *, actor: Actor, now: datetime) -> str:
    """A person opens a case and says why; returns its id."""
    words = needed_words(reason)
    hold_people(session, [worker_id])
    worker = session.get_one(Worker, worker_id)
    if worker.merged_into_id is not None or worker.left_on is not None:
        raise NotFound
    if find_open_case(session, worker_id) is not None:
        raise AnotherOpen
    standing = find_standing(session, worker_id)
    level = Level(standing.level) if standing else Level.GREEN
    case = _new_case(session, worker_id, worker.company_id, level, BY_HAND, actor, now)
    case.owner_id, case.owner_name = actor.account_id, actor.name
    write_entry(session, case, OPENED, actor=actor, now=now, words=words, details=_at(level))
    ask_for(session, case, level, now=now)
    record_act(
        session,
        "cases.opened",
        actor=actor,
        now=now,
        subject_id=worker_id,
        company_id=worker.company_id,
        case=case.id,
    )
    return case.id


def open_for_level(session: Session, event: LevelRaised, *, now: datetime) -> None:
    """Whose level rises is followed up from now on, in the case that is open or in a new one."""
    _take_sign(session, event.worker_id, event.company_id, event.after, event.check_in_id, now)


def join_answer(session: Session, event: CheckInRecorded, *, now: datetime) -> None:
    """A further answer with signs stands in the case's timeline."""
    if event.answer_level is Level.GREEN:
        return
    answer = (event.worker_id, event.company_id, event.answer_level, event.check_in_id)
    _take_sign(session, *answer, now)


def open_missing_cases(session: Session, *, most: int, now: datetime) -> int:
    """Open cases for levels that stand since before there were cases; returns how many."""
    uncovered = list_uncovered(session, most=most)
    for worker_id, company_id, level, check_in_id in uncovered:
        _take_sign(session, worker_id, company_id, Level(level), check_in_id, now)
    return len(uncovered)


def _take_sign(
    session: Session,
    worker_id: str,
    company_id: int,
    level: Level,
    check_in_id: str,
    now: datetime,
) -> None:
    case = hold_open_cases(session, [worker_id]).get(worker_id)
    if case is None:
        case = _new_case(session, worker_id, company_id, level, BY_RULE, PROGRAM, now)
        told = {"details": _at(level), "of": check_in_id}
        write_entry(session, case, OPENED, actor=PROGRAM, now=now, **told)  # type: ignore[arg-type]
        ask_for(session, case, level, now=now)
        return
    if is_told(session, case.id, check_in_id):
        return
    begins_anew = level > case.level or case.state == CaseState.CLEARED
    do_step(
        session,
        case,
        CaseAct.SIGN_AGAIN,
        actor=PROGRAM,
        now=now,
        details=_at(level),
        check_in_id=check_in_id,
    )
    case.level, case.cleared_at = max(level, Level(case.level)), None
    if begins_anew:
        ask_for(session, case, level, now=now)
    settle_due(session, case, now=now)


def _at(level: Level) -> dict[str, str]:
    return {"level": str(level)}


def _new_case(
    session: Session,
    worker_id: str,
    company_id: int,
    level: Level,
    origin: str,
    actor: Actor,
    now: datetime,
) -> FollowUpCase:
    case = FollowUpCase(
        id=new_id(now),
        worker_id=worker_id,
        company_id=company_id,
        state=CaseState.NEW,
        level=level,
        origin=origin,
        opened_at=now,
        opened_by=actor.name,
        owner_name="",
        due_at=now,
        touched_at=now,
        version=1,
        follow_days=0,
        follow_rule="",
    )
    session.add(case)
    session.flush()
    return case


def ask_for(session: Session, case: FollowUpCase, level: Level, *, now: datetime) -> None:
    """Add what the rules ask for at a level, beside what is asked for already."""
    rules = get_follow_up_rules()
    there = [TaskKind(task.kind) for task in list_open_tasks(session, case.id)]
    for task in tasks_for(rules, level, now, there):
        add_task_row(session, case, task, rule=rules.version, actor=PROGRAM, now=now)
    asked = days_of(case)
    if level in rules.days and (asked is None or case.follow_rule):
        from_on = first_asked_on(now, rules, session.info["settings"].timezone)
        days = longer(asked, DaysAsked(from_on, rules.days[level]))
        case.follow_from_on, case.follow_days = days.from_on, days.days
        case.follow_rule = rules.version
    settle_due(session, case, now=now)


def add_task_row(
    session: Session,
    case: FollowUpCase,
    task: NewTask,
    *,
    rule: str,
    actor: Actor,
    now: datetime,
    note: str = "",
) -> str:
    """Put a task into a case; the id of it."""
    task_id = new_id(now)
    session.execute(
        insert(CaseTask).values(
            id=task_id,
            case_id=case.id,
            kind=task.kind,
            state=TaskState.OPEN,
            due_at=task.due_at,
            rule=rule,
            asked_at=now,
            asked_by=actor.name,
            note=note,
            over_by="",
        )
    )
    return task_id
