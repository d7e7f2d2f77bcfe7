"""Every act on a case: the table is asked, the timeline and the audit log are written."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.cases.models import CaseEntry, FollowUpCase
from app.cases.queries.rule_data import get_follow_up_rules
from app.cases.queries.standing import days_of, heard_on, hold_case, list_open_tasks
from app.cases.rules.plans import NewTask, TaskKind, next_ask_at, next_due
from app.cases.rules.refusals import ChangedSince, WordsNeeded
from app.cases.rules.states import CaseAct, CaseState, next_state
from app.kernel.actors import Actor, program
from app.kernel.clock import local_day
from app.kernel.ids import new_id
from app.kernel.text import nfc

PROGRAM = program("An Ca")
OPENED = "open"
LONGEST_WORDS = 1000
_DONE = {
    CaseAct.ASSIGN: "cases.assigned",
    CaseAct.HAND_OVER: "cases.handed_over",
    CaseAct.ADD_TASK: "cases.task_added",
    CaseAct.FINISH_TASK: "cases.task_finished",
    CaseAct.TAKE_SAMPLE: "cases.sample_taken",
    CaseAct.ENTER_RESULT: "cases.result_entered",
    CaseAct.NOTE: "cases.noted",
    CaseAct.FOLLOW_UP: "cases.followed_up",
    CaseAct.PLAN: "cases.planned",
    CaseAct.SIGN_AGAIN: "cases.sign_joined",
    CaseAct.CLEAR: "cases.cleared",
    CaseAct.ESCALATE: "cases.escalated",
    CaseAct.CLOSE: "cases.closed",
    CaseAct.REOPEN: "cases.reopened",
}


def take_up(session: Session, case_id: str, act: CaseAct, seen: int | None = None) -> FollowUpCase:
    """The case, held for an act that its state allows.

    Refuses who decides on a page that others have overtaken; `seen` is the version it showed.
    """
    case = hold_case(session, case_id)
    next_state(CaseState(case.state), act)
    if seen is not None and seen != case.version:
        raise ChangedSince
    return case


def needed_words(words: str) -> str:
    """What somebody wrote, refused when it is nothing."""
    told = nfc(words).strip()[:LONGEST_WORDS]
    if not told:
        raise WordsNeeded
    return told


def do_step(
    session: Session,
    case: FollowUpCase,
    act: CaseAct,
    *,
    actor: Actor,
    now: datetime,
    words: str = "",
    details: Mapping[str, Any] | None = None,
    check_in_id: str | None = None,
) -> None:
    """Bring a case to the state that an act leads to, and write down who did what."""
    case.state = next_state(CaseState(case.state), act)
    case.version += 1
    case.touched_at = now
    told = dict(details or {})
    write_entry(session, case, act, actor=actor, now=now, words=words, details=told, of=check_in_id)
    record_act(
        session,
        _DONE[act],
        actor=actor,
        now=now,
        subject_id=case.worker_id,
        company_id=case.company_id,
        case=case.id,
    )


def write_entry(
    session: Session,
    case: FollowUpCase,
    act: str,
    *,
    actor: Actor,
    now: datetime,
    words: str = "",
    details: Mapping[str, Any] | None = None,
    of: str | None = None,
) -> None:
    """Add a line to the timeline; `of` is the answer it speaks of."""
    session.execute(
        insert(CaseEntry).values(
            id=new_id(now),
            case_id=case.id,
            at=now,
            account_id=actor.account_id,
            by_name=actor.name,
            act=act,
            state=case.state,
            words=nfc(words)[:LONGEST_WORDS],
            details=dict(details or {}),
            check_in_id=of,
        )
    )


def settle_due(session: Session, case: FollowUpCase, *, now: datetime) -> None:
    """Work out anew by when somebody has to turn to a case."""
    session.flush()
    rules, zone = get_follow_up_rules(), session.info["settings"].timezone
    asked = days_of(case)
    heard = heard_on(session, case.id) if asked else ()
    ask_at = next_ask_at(asked, heard, local_day(now, zone), rules, zone)
    tasks = [
        NewTask(TaskKind(task.kind), task.due_at) for task in list_open_tasks(session, case.id)
    ]
    case.due_at, case.due_step = next_due(tasks, ask_at, case.touched_at, rules)
