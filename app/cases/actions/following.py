"""Days of follow-up: an answer for a shift is that day's, else a call or the short form is."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.cases.actions.opening import ask_for
from app.cases.actions.steps import do_step, settle_due, take_up
from app.cases.models import FollowUpCase, FollowUpDay
from app.cases.queries.asking import follow_key
from app.cases.queries.standing import (
    days_of,
    hold_case,
    hold_open_cases,
    newest_version,
)
from app.cases.rules.days import HeardBy
from app.cases.rules.refusals import DayNotAsked, NoLongerAsked
from app.cases.rules.states import CaseAct
from app.checkins.actions.answers import record_check_in
from app.checkins.models import CheckIn, Duty
from app.checkins.queries.rule_sets import get_rules
from app.checkins.rules import (
    CheckInRecorded,
    DutyState,
    Level,
    WellAnswered,
    parse_answers,
    triage,
    worst,
)
from app.checkins.rules.requests import OWN_WORD, CheckInRequest, Source
from app.checkins.rules.roll_call import AnswersTakenBack
from app.delivery.actions.ledger import settle_answers
from app.kernel.actors import Actor
from app.kernel.clock import local_day
from app.kernel.ids import new_id
from app.kernel.refusals import NotFound
from app.workforce.rules.shifts import ShiftCode

MOST_AT_ONCE = 400


def record_day(
    session: Session,
    case_id: str,
    on: date,
    answers: Mapping[str, Any],
    words: str,
    *,
    by: HeardBy,
    actor: Actor,
    now: datetime,
) -> Level:
    """Keep what somebody said on a day of follow-up; the level of it.

    Where a shift of today is to be answered, this is the answer for it: nobody is asked twice.
    Signs told on a day without one are told for the next shift planned, so that the level rises;
    with no shift at all they ask for what their level asks for.
    """
    case = take_up(session, case_id, CaseAct.FOLLOW_UP)
    today = local_day(now, session.info["settings"].timezone)
    days = days_of(case)
    if on > today or days is None or not days.holds(on):
        raise DayNotAsked
    rules = get_rules(session, case.company_id).rules
    told = parse_answers(answers, rules.questions)
    level = triage(told, rules).level
    details = {"on": on.isoformat(), "level": str(level), "by": str(by)}
    do_step(session, case, CaseAct.FOLLOW_UP, actor=actor, now=now, words=words, details=details)
    check_in_id = None
    if on == today:
        signs, plain = level > Level.GREEN, told.as_json()
        check_in_id = _answer_shift(session, case, on, plain, signs=signs, actor=actor, now=now)
    _write_day(session, case, on, level, by, told.as_json(), actor.name, check_in_id, now)
    if level > Level.GREEN and check_in_id is None:
        ask_for(session, case, level, now=now)
    case.level = worst((Level(case.level), level))
    settle_due(session, case, now=now)
    return level


def record_own_day(
    session: Session,
    case_id: str,
    on: date,
    answers: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """A worker answers by the short form, maybe later than they said it."""
    case = hold_case(session, case_id)
    if actor.worker_id is None or case.worker_id != actor.worker_id:
        raise NotFound
    days = days_of(case)
    if case.closed_at is not None or days is None or not days.holds(on):
        raise NoLongerAsked
    record_day(session, case_id, on, answers, "", by=HeardBy.FORM, actor=actor, now=now)


def _answer_shift(
    session: Session,
    case: FollowUpCase,
    on: date,
    answers: dict[str, Any],
    *,
    signs: bool,
    actor: Actor,
    now: datetime,
) -> str | None:
    """The same answer for the shift of that day, of signs for the next one planned; its id."""
    planned = select(Duty.shift_on, Duty.shift).where(Duty.worker_id == case.worker_id)
    planned = planned.where(Duty.shift_on >= on if signs else Duty.shift_on == on)
    duty = session.execute(planned.order_by(Duty.shift_on, Duty.shift).limit(1)).first()
    if duty is None:
        return None
    own = actor.worker_id == case.worker_id
    source = Source.PHONE if own else Source.OTHER
    request = CheckInRequest(
        case.worker_id, duty.shift_on, ShiftCode(duty.shift), answers, now, source=source
    )
    settings = session.info["settings"]
    session.info.setdefault("days_written", set()).add(case.id)
    try:
        done = record_check_in(session, request, settings=settings, actor=actor, now=now)
    finally:
        session.info["days_written"].discard(case.id)
    session.refresh(case)
    return done.check_in_id


def hear_answer(session: Session, event: CheckInRecorded, *, now: datetime) -> None:
    """Whoever is not well and answered for a shift has been heard on that day."""
    if event.level is Level.GREEN:
        return  # told together with all others who are well
    case = hold_open_cases(session, [event.worker_id]).get(event.worker_id)
    if case is None or case.id in session.info.get("days_written", ()):
        return
    asked = days_of(case)
    if asked is None or not asked.holds(event.shift_on):
        return
    answers = session.scalar(select(CheckIn.answers).where(CheckIn.id == event.check_in_id)) or {}
    by = HeardBy.OWN if event.own else HeardBy.OTHER
    level, of = event.answer_level, event.check_in_id
    _write_day(session, case, event.shift_on, level, by, answers, "", of, now)
    settle_due(session, case, now=now)


def hear_well(session: Session, event: WellAnswered, *, now: datetime) -> None:
    """Whoever is well and answered for a shift has been heard on that day, if it is asked for."""
    by_worker = {each.worker_id: each for each in event.shifts}
    ids = list(by_worker)
    for part in range(0, len(ids), MOST_AT_ONCE):
        cases = hold_open_cases(session, ids[part : part + MOST_AT_ONCE])
        for worker_id, case in cases.items():
            shift, asked = by_worker[worker_id], days_of(case)
            written = case.id in session.info.get("days_written", ())
            if asked is None or not asked.holds(shift.shift_on) or written:
                continue
            found = session.execute(
                select(CheckIn.id, CheckIn.answers, CheckIn.source)
                .join(Duty, Duty.check_in_id == CheckIn.id)
                .where(Duty.worker_id == worker_id, Duty.shift_on == shift.shift_on)
                .where(Duty.shift == shift.shift, Duty.state == DutyState.ANSWERED)
            ).first()
            if found is None:
                continue
            by = HeardBy.OWN if found.source in OWN_WORD else HeardBy.OTHER
            on, told = shift.shift_on, found.answers
            _write_day(session, case, on, Level.GREEN, by, told, "", found.id, now)
            settle_due(session, case, now=now)


def hear_no_more(session: Session, event: AnswersTakenBack, *, now: datetime) -> None:
    """What a roll call said and took back was not heard of the person."""
    for case in hold_open_cases(session, event.worker_ids).values():
        session.execute(
            delete(FollowUpDay).where(
                FollowUpDay.case_id == case.id,
                FollowUpDay.on == event.shift_on,
                FollowUpDay.source == HeardBy.OTHER,
            )
        )
        settle_due(session, case, now=now)


def _write_day(
    session: Session,
    case: FollowUpCase,
    on: date,
    level: Level,
    by: HeardBy,
    answers: Mapping[str, Any],
    by_name: str,
    check_in_id: str | None,
    now: datetime,
) -> None:
    session.execute(
        insert(FollowUpDay).values(
            id=new_id(now),
            case_id=case.id,
            on=on,
            version=newest_version(session, case.id, on) + 1,
            at=now,
            by_name=by_name,
            source=by,
            level=level,
            answers=json.dumps(dict(answers), ensure_ascii=False),
            check_in_id=check_in_id,
        )
    )
    by_person = by in (HeardBy.OWN, HeardBy.FORM)
    answered = [(case.worker_id, follow_key(on))]
    settle_answers(session, answered, by_person=by_person, now=now)
