"""A person's acts on levels and duties: clear a level, note an absence, accept a rule set."""

from datetime import date, datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.audit.actions import record_act
from app.checkins.actions.counting import add_counts
from app.checkins.models import Clearance, Duty, HealthState, RuleAcceptance
from app.checkins.queries.rule_sets import find_rule_set, find_sent_set
from app.checkins.queries.standing import hold_people
from app.checkins.rules import DutyMark, DutyState, Level, LevelCleared, change
from app.checkins.rules.requests import (
    AlreadyAnswered,
    NothingToClear,
    ReasonNeeded,
    UnknownRules,
)
from app.checkins.rules.sent_sets import RulesNotYetValid
from app.kernel.actors import Actor
from app.kernel.clock import local_day
from app.kernel.events import publish
from app.kernel.ids import new_id
from app.kernel.refusals import NotFound
from app.kernel.text import squeeze
from app.workforce.models import Worker

BY_OFFICER = "by_officer"


def clear_level(
    session: Session,
    worker_id: str,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
    rule: str = BY_OFFICER,
) -> str:
    """An officer sets a standing level back to green and says why, or by which written rule.

    Returns the clearance's id.
    """
    why = squeeze(reason)[:500]
    if not why:
        raise ReasonNeeded
    state = session.get(HealthState, worker_id)
    if state is None:
        raise NothingToClear
    worker = session.get_one(Worker, worker_id)
    clearance_id, before = new_id(now), Level(state.level)
    session.execute(
        insert(Clearance).values(
            id=clearance_id,
            worker_id=worker_id,
            level=before,
            since=state.since,
            at=now,
            account_id=actor.account_id,
            cleared_by=actor.name,
            rule=rule,
            reason=why,
        )
    )
    session.execute(delete(HealthState).where(HealthState.worker_id == worker_id))
    _ease_newest_duty(session, worker_id, now=now)
    record_act(
        session,
        "checkins.level_cleared",
        actor=actor,
        now=now,
        subject_id=worker_id,
        company_id=worker.company_id,
        level=before,
        reason=why,
    )
    publish(
        session,
        LevelCleared(
            worker_id,
            worker.company_id,
            worker.branch_id,
            clearance_id,
            before,
            rule,
            why,
            now,
        ),
        now=now,
    )
    return clearance_id


def _ease_newest_duty(session: Session, worker_id: str, *, now: datetime) -> None:
    """The newest answered shift counts as green from now on; what went before stays as it was."""
    newest = session.execute(
        select(Duty.shift_on, Duty.shift, Duty.company_id, Duty.branch_id, Duty.level, Duty.on_time)
        .where(Duty.worker_id == worker_id, Duty.state == DutyState.ANSWERED)
        .order_by(Duty.shift_on.desc(), Duty.answered_at.desc())
        .limit(1)
    ).first()
    if newest is None or newest.level == Level.GREEN:
        return
    session.execute(
        update(Duty)
        .where(
            Duty.worker_id == worker_id,
            Duty.shift_on == newest.shift_on,
            Duty.shift == newest.shift,
        )
        .values(level=Level.GREEN)
    )
    was = DutyMark(DutyState.ANSWERED, Level(newest.level), newest.on_time)
    step = change(was, DutyMark(DutyState.ANSWERED, Level.GREEN, newest.on_time))
    add_counts(
        session,
        {newest.branch_id: step, newest.company_id: step},
        company_id=newest.company_id,
        shift_on=newest.shift_on,
        shift=newest.shift,
        now=now,
    )


def mark_absent(
    session: Session,
    worker_id: str,
    shift_on: date,
    shift: str,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Note that an expected worker is not at work; the reason may still be unknown (empty)."""
    hold_people(session, [worker_id])
    duty = session.get(Duty, (worker_id, shift_on, shift))
    if duty is None:
        raise NotFound
    if duty.state == DutyState.ANSWERED:
        raise AlreadyAnswered
    _set_state(session, duty, DutyState.ABSENT, squeeze(reason)[:80] or None, now)
    record_act(
        session,
        "checkins.marked_absent",
        actor=actor,
        now=now,
        subject_id=worker_id,
        company_id=duty.company_id,
        shift_on=shift_on.isoformat(),
        shift=shift,
        reason=duty.reason or "",
    )


def unmark_absent(
    session: Session, worker_id: str, shift_on: date, shift: str, *, actor: Actor, now: datetime
) -> None:
    """Take an absence back: the worker is expected again."""
    hold_people(session, [worker_id])
    duty = session.get(Duty, (worker_id, shift_on, shift))
    if duty is None or duty.state != DutyState.ABSENT:
        raise NotFound
    _set_state(session, duty, DutyState.EXPECTED, None, now)
    record_act(
        session,
        "checkins.absence_taken_back",
        actor=actor,
        now=now,
        subject_id=worker_id,
        company_id=duty.company_id,
        shift_on=shift_on.isoformat(),
        shift=shift,
    )


def _set_state(
    session: Session, duty: Duty, state: DutyState, reason: str | None, now: datetime
) -> None:
    """Move a duty that nobody answered, and the figures with it."""
    step = change(DutyMark(DutyState(duty.state)), DutyMark(state))
    duty.state, duty.reason = state, reason
    add_counts(
        session,
        {duty.branch_id: step, duty.company_id: step},
        company_id=duty.company_id,
        shift_on=duty.shift_on,
        shift=duty.shift,
        now=now,
    )


def accept_rules(
    session: Session, branch: Branch, version: str, *, actor: Actor, now: datetime
) -> str:
    """A person accepts a rule set for a company, or for the whole park."""
    if find_rule_set(version) is None:
        sent = find_sent_set(session, version)
        if sent is None:
            raise UnknownRules
        if sent.valid_from_on > local_day(now, session.info["settings"].timezone):
            raise RulesNotYetValid(from_on=sent.valid_from_on)
    acceptance_id = new_id(now)
    session.add(
        RuleAcceptance(
            id=acceptance_id,
            branch_id=branch.id,
            rules=version,
            at=now,
            account_id=str(actor.account_id),
            accepted_by=actor.name,
        )
    )
    record_act(
        session,
        "checkins.rules_accepted",
        actor=actor,
        now=now,
        subject_id=str(branch.id),
        company_id=branch.company_id,
        rules=version,
    )
    return acceptance_id
