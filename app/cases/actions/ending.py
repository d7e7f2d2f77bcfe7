"""How a case ends: the level cleared by the one act there is, the case closed, opened again."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.cases.actions.steps import do_step, needed_words, settle_due, take_up
from app.cases.models import CaseTask, FollowUpCase
from app.cases.queries.rule_data import list_clearance_rules
from app.cases.queries.standing import (
    days_of,
    find_open_case,
    hold_open_cases,
    list_open_tasks,
    list_results,
    list_samples,
)
from app.cases.rules.clearances import Wanting, rules_in_force, wanting
from app.cases.rules.plans import PersonClass, TaskState
from app.cases.rules.refusals import (
    AnotherOpen,
    LevelStands,
    RuleNotMet,
    RuleUnverified,
)
from app.cases.rules.states import CaseAct, CaseState
from app.checkins.actions.levels import clear_level
from app.checkins.models import Clearance
from app.checkins.queries.answers import find_standing
from app.checkins.queries.standing import hold_people
from app.checkins.rules import LevelCleared
from app.delivery.actions.ledger import cancel_messages
from app.kernel.actors import Actor
from app.kernel.clock import local_day
from app.workforce.models import Worker


def message_key(case_id: str, part: str = "") -> str:
    """How the messages of a case are named in the ledger."""
    return f"case:{case_id}:{part}"


def clear_case(
    session: Session,
    case_id: str,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
    seen: int | None = None,
) -> None:
    """A person clears the level of a case's worker and says why; the case follows from that."""
    case = take_up(session, case_id, CaseAct.CLEAR, seen)
    clear_level(session, case.worker_id, needed_words(reason), actor=actor, now=now)


def clear_by_rule(
    session: Session,
    case_id: str,
    rule_id: str,
    *,
    actor: Actor,
    now: datetime,
    seen: int | None = None,
) -> None:
    """A person clears by a written rule that was verified and is met; its id is the reason kept."""
    case = take_up(session, case_id, CaseAct.CLEAR, seen)
    if case.person_class is None or case.isolated_on is None:
        raise RuleNotMet
    person_class, began_on = PersonClass(case.person_class), case.isolated_on
    in_force = rules_in_force(list_clearance_rules(), person_class, began_on)
    rule = next((each for each in in_force if each.id == rule_id), None)
    if rule is None:
        raise RuleNotMet
    today = local_day(now, session.info["settings"].timezone)
    missing = wanting(rule, began_on, today, list_results(session, case.id))
    if Wanting.UNVERIFIED in missing:
        raise RuleUnverified
    if missing:
        raise RuleNotMet
    reason = " ".join(part for part in (rule.doc or rule.source, rule.id) if part)
    clear_level(session, case.worker_id, reason, actor=actor, now=now, rule=rule.id)


def note_cleared(session: Session, event: LevelCleared, *, now: datetime) -> None:
    """What the program asked for because of a level goes with it, and the case if nothing stays."""
    case = hold_open_cases(session, [event.worker_id]).get(event.worker_id)
    if case is None or case.state == CaseState.CLEARED:
        return
    clearance = session.execute(
        select(Clearance.account_id, Clearance.cleared_by).where(Clearance.id == event.clearance_id)
    ).one()
    actor = Actor(clearance.account_id, clearance.cleared_by)
    _drop_tasks(session, case, by_rule_only=True, actor=actor, now=now)
    if case.follow_rule:
        case.follow_from_on, case.follow_days, case.follow_rule = None, 0, ""
    details = {"level": str(event.before), "rule": event.rule}
    do_step(session, case, CaseAct.CLEAR, actor=actor, now=now, words=event.reason, details=details)
    case.cleared_at = now
    if _is_done(session, case, now):
        _close(session, case, "", actor=actor, now=now)
    else:
        settle_due(session, case, now=now)


def _is_done(session: Session, case: FollowUpCase, now: datetime) -> bool:
    today = local_day(now, session.info["settings"].timezone)
    asked = days_of(case)
    return (
        not list_open_tasks(session, case.id)
        and all(each.result for each in list_samples(session, case.id))
        and (asked is None or asked.last_on < today)
    )


def close_case(
    session: Session,
    case_id: str,
    words: str,
    *,
    actor: Actor,
    now: datetime,
    seen: int | None = None,
) -> None:
    """Nothing more is asked or sent; refused while the level of somebody who works here stands."""
    case = take_up(session, case_id, CaseAct.CLOSE, seen)
    told = needed_words(words)
    has_left = session.scalar(select(Worker.left_on).where(Worker.id == case.worker_id))
    if find_standing(session, case.worker_id) is not None and has_left is None:
        raise LevelStands
    _close(session, case, told, actor=actor, now=now)


def _close(
    session: Session, case: FollowUpCase, words: str, *, actor: Actor, now: datetime
) -> None:
    _drop_tasks(session, case, by_rule_only=False, actor=actor, now=now)
    do_step(session, case, CaseAct.CLOSE, actor=actor, now=now, words=words)
    case.closed_at = now
    cancel_messages(session, message_key(case.id), now=now)
    session.flush()


def _drop_tasks(
    session: Session, case: FollowUpCase, *, by_rule_only: bool, actor: Actor, now: datetime
) -> None:
    chosen = update(CaseTask).where(CaseTask.case_id == case.id, CaseTask.state == TaskState.OPEN)
    if by_rule_only:
        chosen = chosen.where(CaseTask.rule != "")
    session.execute(
        chosen.values(state=TaskState.DROPPED, over_at=now, over_by=actor.name).execution_options(
            synchronize_session="fetch"
        )
    )


def reopen_case(session: Session, case_id: str, words: str, *, actor: Actor, now: datetime) -> None:
    """A case that was closed goes on; its tasks stay as they were left."""
    case = take_up(session, case_id, CaseAct.REOPEN)
    told = needed_words(words)
    hold_people(session, [case.worker_id])
    if find_open_case(session, case.worker_id) is not None:
        raise AnotherOpen
    case.closed_at, case.cleared_at = None, None
    do_step(session, case, CaseAct.REOPEN, actor=actor, now=now, words=told)
    settle_due(session, case, now=now)
