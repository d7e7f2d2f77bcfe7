"""Calling the roll of a group: one sheet, one transaction, own answers never overwritten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.audit.actions import record_act, record_acts
from app.checkins.actions.answers import GivenAnswer, record_check_ins
from app.checkins.actions.moving import Move, move_duties
from app.checkins.models import RollCall, RollMark
from app.checkins.queries.roll_calls import (
    PersonFound,
    find_duties,
    find_people,
    list_marks,
    list_member_ids,
    standing_mark,
)
from app.checkins.queries.standing import CompanyRules, hold_people, rules_by_company
from app.checkins.rules import (
    Answers,
    BadAnswers,
    DutyState,
    Timeliness,
    answered_on_time,
    parse_answers,
    triage,
)
from app.checkins.rules.merging import DutyFacts
from app.checkins.rules.requests import CheckInRequest, RollCallRequest
from app.checkins.rules.roll_call import (
    AnswersTakenBack,
    Kept,
    RollLine,
    Said,
    Step,
    answer_gone,
    answers_said,
    decide,
    joined_answers,
)
from app.kernel.actors import Actor
from app.kernel.events import publish
from app.kernel.refusals import Refusal
from app.settings import Settings
from app.workforce.rules.shifts import ShiftCode, shift_window


class CalledLine(NamedTuple):
    """What became of one line: why nothing did (None: it was done), and the duty as it stands."""

    badge: str
    said: Said
    kept: Kept | None
    duty: DutyFacts | None


@dataclass(frozen=True, slots=True)
class CalledRoll:
    """What became of a sheet, line by line; newcomers were in neither of its lists."""

    called_at: datetime
    clock_suspect: bool
    lines: tuple[CalledLine, ...]


@dataclass(frozen=True, slots=True)
class _Taken:
    """One line with the worker it is about, the answers it stands for, and what is to be done."""

    line: RollLine
    person: PersonFound
    given: Answers | None
    step: Step


def call_roll(
    session: Session,
    request: RollCallRequest,
    workers: Mapping[str, str],
    *,
    settings: Settings,
    actor: Actor,
    now: datetime,
) -> CalledRoll:
    """Record a leader's sheet; `workers` are the ids of its badges that the leader answers for."""
    members = list_member_ids(session, request.group_id, request.shift_on)
    company = rules_by_company(session, [request.company_id])[request.company_id]
    time = _called_on(request, company, settings, now)
    given = _given(request, company)
    hold_people(session, {*members, *workers.values()})
    people = find_people(
        session,
        {*members, *workers.values()},
        request.shift_on,
        request.shift,
        members=members,
        rules=company.in_force.rules,
    )
    taken = _taken(request, workers, people, given, company, time.counted_at)
    _record_answers(session, request, taken, company, settings=settings, actor=actor, now=now)
    _move_states(session, request, taken, now)
    after = find_duties(session, people, request.shift_on, request.shift)
    _keep(session, request, taken, after, company, time, actor=actor, now=now)
    _tell_acts(session, request, taken, actor, now)
    return CalledRoll(
        time.counted_at, time.clock_suspect, tuple(_lines(request, workers, taken, after))
    )


def _called_on(
    request: RollCallRequest, company: CompanyRules, settings: Settings, now: datetime
) -> Timeliness:
    hours = company.hours.at(request.shift, request.shift_on)
    starts_at = shift_window(hours, request.shift_on, settings.timezone).starts_at
    return answered_on_time(
        request.observed_at or request.made_at, request.offset_ms, now, starts_at
    )


def _given(request: RollCallRequest, company: CompanyRules) -> dict[int, Answers]:
    """The answers that lines stand for, by place; refused with every wrong field of the sheet."""
    rules = company.in_force.rules
    given: dict[int, Answers] = {}
    problems: list[tuple[str, str]] = []
    for place, line in enumerate(request.lines):
        plain = answers_said(line, rules)
        if plain is None:
            continue
        try:
            given[place] = parse_answers(plain, rules.questions, at=line.at)
        except BadAnswers as refusal:
            problems.extend(refusal.errors)
    if problems:
        raise BadAnswers(problems)
    return given


def _taken(
    request: RollCallRequest,
    workers: Mapping[str, str],
    people: Mapping[str, PersonFound],
    given: Mapping[int, Answers],
    company: CompanyRules,
    called_at: datetime,
) -> list[_Taken]:
    """Every line about a known worker, once, then everybody of the group who was left out."""
    rules = company.in_force.rules
    lines = [
        (line, people[workers[line.badge]], given.get(place))
        for place, line in enumerate(request.lines)
        if workers.get(line.badge) in people
    ]
    named = {person.worker_id for _, person, _ in lines}
    lines.extend(
        (RollLine(person.badge, Said.LEFT_OUT), person, None)
        for worker_id, person in sorted(people.items())
        if worker_id not in named and person.found.in_group
    )
    once = {person.worker_id: (line, person, answers) for line, person, answers in lines}
    return [
        _Taken(line, person, answers, decide(line, person.found, answers, rules, called_at))
        for line, person, answers in once.values()
    ]


def _record_answers(
    session: Session,
    request: RollCallRequest,
    taken: Sequence[_Taken],
    company: CompanyRules,
    *,
    settings: Settings,
    actor: Actor,
    now: datetime,
) -> None:
    rules = company.in_force.rules
    answering = [each for each in taken if each.step.to is DutyState.ANSWERED]
    given = [
        GivenAnswer(
            CheckInRequest(
                each.person.worker_id,
                request.shift_on,
                request.shift,
                _joined(each, rules).as_json(),
                request.made_at,
                request.offset_ms,
                request.observed_at,
                request.source,
            ),
            actor,
            now,
        )
        for each in answering
    ]
    for outcome in record_check_ins(session, given, settings=settings) if given else ():
        if isinstance(outcome, Refusal):
            raise outcome


def _joined(taken: _Taken, rules: Any) -> Answers:
    given = taken.given or Answers()
    if taken.person.found.state is not DutyState.ANSWERED:
        return given
    return joined_answers(given, taken.person.found.told, rules)


def _move_states(
    session: Session, request: RollCallRequest, taken: Sequence[_Taken], now: datetime
) -> None:
    """Whoever is absent or was not asked; an earlier roll call's answer gives way."""
    moves: list[Move] = []
    for each in taken:
        before = each.person.found.duty
        if each.step.to in {DutyState.ABSENT, DutyState.NOT_ASKED} and before is not None:
            reason = each.line.reason if each.step.to is DutyState.ABSENT else ""
            after = DutyFacts(
                before.company_id,
                before.branch_id,
                DutyState(each.step.to),
                version=before.version,
                reason=reason or None,
            )
            moves.append((each.person.worker_id, (request.shift_on, request.shift), before, after))
    move_duties(session, moves, now)
    tell_taken_back(session, moves, request.company_id, request.shift_on, request.shift, now)


def tell_taken_back(
    session: Session,
    moves: Sequence[Move],
    company_id: int,
    shift_on: date,
    shift: ShiftCode,
    now: datetime,
) -> None:
    """Publish whose answers no longer count after these moves."""
    gone = tuple(who for who, _, before, after in moves if answer_gone(before, after))
    if gone:
        publish(session, AnswersTakenBack(company_id, gone, shift_on, shift), now=now)


def _keep(
    session: Session,
    request: RollCallRequest,
    taken: Sequence[_Taken],
    after: Mapping[str, DutyFacts],
    company: CompanyRules,
    time: Timeliness,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    shift = {"shift_on": request.shift_on, "shift": request.shift}
    ids = [each.person.worker_id for each in taken]
    marks = list_marks(session, ids, request.shift_on, request.shift)
    session.execute(
        insert(RollCall).values(
            id=request.key,
            group_id=request.group_id,
            company_id=request.company_id,
            account_id=str(actor.account_id),
            called_by=actor.name,
            source=request.source,
            made_at=request.observed_at or request.made_at,
            called_at=time.counted_at,
            received_at=now,
            clock_suspect=time.clock_suspect,
            **shift,
        )
    )
    rows = [
        {
            "roll_call_id": request.key,
            "worker_id": each.person.worker_id,
            "said": each.line.said,
            "kept": each.step.why,
            "steps": _steps(each, after, marks, company),
            **shift,
        }
        for each in taken
        if each.step.to or each.step.why
    ]
    if rows:
        session.execute(insert(RollMark), rows)


def _steps(
    taken: _Taken,
    after: Mapping[str, DutyFacts],
    marks: Mapping[str, Any],
    company: CompanyRules,
) -> dict[str, Any] | None:
    """What a line did, so that it can be taken back; None when it did nothing."""
    now = after.get(taken.person.worker_id)
    if taken.step.to is None or now is None:
        return None
    before = taken.person.found.duty
    standing = standing_mark(marks.get(taken.person.worker_id, ()), before)
    rules = company.in_force.rules
    level = triage(_joined(taken, rules), rules).level if taken.given else None
    return {
        "before": before.as_json() if before else None,
        "after": now.as_json(),
        "level": level,
        "by": standing[0].roll_call_id if standing else None,
    }


def _tell_acts(
    session: Session,
    request: RollCallRequest,
    taken: Sequence[_Taken],
    actor: Actor,
    now: datetime,
) -> None:
    """The audit log names the sheet, and each worker noted as absent; answers tell themselves."""
    record_act(
        session,
        "checkins.roll_called",
        actor=actor,
        now=now,
        subject_id=request.group_id,
        company_id=request.company_id,
        roll_call=request.key,
        shift_on=request.shift_on.isoformat(),
        shift=request.shift,
        workers=[each.person.worker_id for each in taken if each.step.to],
    )
    absent = {
        each.person.worker_id: {
            "shift_on": request.shift_on.isoformat(),
            "shift": request.shift,
            "reason": each.line.reason,
        }
        for each in taken
        if each.step.to is DutyState.ABSENT
    }
    record_acts(
        session,
        "checkins.marked_absent",
        absent,
        company_id=request.company_id,
        actor=actor,
        now=now,
    )


def _lines(
    request: RollCallRequest,
    workers: Mapping[str, str],
    taken: Sequence[_Taken],
    after: Mapping[str, DutyFacts],
) -> list[CalledLine]:
    known = {each.person.worker_id: each for each in taken}
    lines = []
    for line in request.lines:
        each = known.get(workers.get(line.badge, ""))
        if each is None:
            lines.append(CalledLine(line.badge, line.said, Kept.UNKNOWN_BADGE, None))
        else:
            duty = after.get(each.person.worker_id)
            lines.append(CalledLine(line.badge, line.said, each.step.why, duty))
    lines.extend(
        CalledLine(each.line.badge, Said.LEFT_OUT, None, after.get(each.person.worker_id))
        for each in taken
        if each.line.said is Said.LEFT_OUT and each.step.to
    )
    return lines
