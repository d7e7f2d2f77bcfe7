"""Many answers on their way into the tables: each decided by the rules, all written at once."""

import functools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.audit.actions import record_acts
from app.checkins.actions.counting import Unit, add_all_counts, add_all_symptoms
from app.checkins.actions.statements import STORE_CHECK_INS, raise_levels, store_duties
from app.checkins.queries.standing import CompanyRules, DutyNow, PersonNow
from app.checkins.rules import (
    Answers,
    CheckInRecorded,
    Counts,
    DutyMark,
    DutyState,
    Level,
    LevelRaised,
    Timeliness,
    Verdict,
    WellShift,
    answered_on_time,
    change,
    effective_level,
    parse_answers,
    triage,
)
from app.checkins.rules.requests import CheckInRequest, HasLeft
from app.kernel.actors import Actor
from app.kernel.events import Event
from app.kernel.ids import new_id
from app.kernel.refusals import NotFound
from app.settings import Settings
from app.workforce.rules.shifts import ShiftWindow, shift_window

Row = dict[str, Any]


class Taken(NamedTuple):
    """What became of one answer: its version, the level that counts, and why."""

    check_in_id: str
    version: int
    level: Level
    reasons: tuple[str, ...]
    advice: str | None


class _Judged(NamedTuple):
    answers: Answers
    verdict: Verdict
    time: Timeliness
    level: Level


@dataclass(slots=True)
class Morning:
    """What was known of people and companies, and what their answers change, in order."""

    people: Mapping[str, PersonNow]
    companies: Mapping[int, CompanyRules]
    settings: Settings
    events: list[tuple[Event, datetime]] = field(default_factory=list)
    _check_ins: list[Row] = field(default_factory=list)
    _duties: dict[tuple[Any, ...], Row] = field(default_factory=dict)
    _raised: dict[str, Row] = field(default_factory=dict)
    _steps: Counter[tuple[int, Unit, Counts]] = field(default_factory=Counter)
    _symptoms: list[tuple[Unit, tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)
    _for_others: list[tuple[Actor, datetime, int, str, str]] = field(default_factory=list)
    _windows: dict[Unit, ShiftWindow] = field(default_factory=dict)
    _newest: datetime | None = None

    def take(self, request: CheckInRequest, actor: Actor, now: datetime) -> Taken:
        """Decide one answer; a refusal changes nothing."""
        person = self.people.get(request.worker_id)
        if person is None:
            raise NotFound
        if person.left_on is not None and person.left_on < request.shift_on:
            raise HasLeft
        company = self.companies[person.company_id]
        judged = self._judge(request, person, company, now)
        before = person.duties.get((request.shift_on, request.shift))
        version = before.version + 1 if before else 1
        # An answer kept on a phone may arrive after a later one: the first in time counts.
        on_time = judged.time.on_time or bool(before and before.on_time)
        check_in_id = new_id(now)
        after = DutyNow(
            before.branch_id if before else person.branch_id,
            DutyState.ANSWERED,
            judged.level,
            on_time,
            version,
            judged.answers.symptoms,
        )
        self._store(request, judged, company, check_in_id, after, person, actor, now)
        self._count(request, person, before, after)
        was = person.standing or Level.GREEN
        reasons, advice = self._why(person, judged)
        if judged.level > was:
            self._raise_level(request, person, judged, check_in_id, now)
        person.duties[request.shift_on, request.shift] = after
        self._newest = max(self._newest or now, now)
        own = request.worker_id == actor.worker_id
        if not own:
            self._for_others.append((actor, now, person.company_id, request.worker_id, check_in_id))
        self.events.append((_recorded(request, person, judged, check_in_id, version, own=own), now))
        return Taken(check_in_id, version, judged.level, reasons, advice)

    def _judge(
        self, request: CheckInRequest, person: PersonNow, company: CompanyRules, now: datetime
    ) -> _Judged:
        rules = company.in_force.rules
        answers = parse_answers(request.answers, rules.questions, at="/body/answers")
        verdict = triage(answers, rules)
        time = answered_on_time(
            *request.claim,
            now,
            self._window(request, person.company_id, company).starts_at,
            self.settings.on_time_grace_minutes,
        )
        return _Judged(answers, verdict, time, effective_level(verdict.level, person.standing))

    def _window(
        self, request: CheckInRequest, company_id: int, company: CompanyRules
    ) -> ShiftWindow:
        """When the shift runs; many answers are for the same one."""
        key = (company_id, request.shift_on, request.shift)
        if key not in self._windows:
            hours = company.hours.at(request.shift, request.shift_on)
            self._windows[key] = shift_window(hours, request.shift_on, self.settings.timezone)
        return self._windows[key]

    @staticmethod
    def _why(person: PersonNow, judged: _Judged) -> tuple[tuple[str, ...], str | None]:
        """The reasons of the level that counts: this answer's, or those that still stand."""
        if person.standing is not None and person.standing > judged.verdict.level:
            return person.standing_reasons, person.standing_advice
        return judged.verdict.reasons, judged.verdict.advice

    def _store(
        self,
        request: CheckInRequest,
        judged: _Judged,
        company: CompanyRules,
        check_in_id: str,
        after: DutyNow,
        person: PersonNow,
        actor: Actor,
        now: datetime,
    ) -> None:
        answers, verdict, time, _ = judged
        shift = {
            "worker_id": request.worker_id,
            "shift_on": request.shift_on,
            "shift": request.shift,
        }
        self._check_ins.append(
            {
                **shift,
                "id": check_in_id,
                "version": after.version,
                "made_at": request.claim.at,
                "received_at": now,
                "counted_at": time.counted_at,
                "clock_suspect": time.clock_suspect,
                "on_time": time.on_time,
                "source": request.source,
                "account_id": actor.account_id,
                "device_id": actor.device_id,
                "answers": answers.as_json(),
                "rules": verdict.version,
                "rules_proposed": company.in_force.proposed,
                "lookback_days": company.in_force.rules.questions.lookback_days,
                "level": verdict.level,
                "reasons": list(verdict.reasons),
                "advice": verdict.advice,
            }
        )
        self._duties[request.worker_id, request.shift_on, request.shift] = {
            **shift,
            "company_id": person.company_id,
            "branch_id": after.branch_id,
            "state": after.state,
            "level": after.level,
            "on_time": after.on_time,
            "version": after.version,
            "check_in_id": check_in_id,
            "answered_at": time.counted_at,
            "reason": None,
        }

    def _count(
        self, request: CheckInRequest, person: PersonNow, before: DutyNow | None, after: DutyNow
    ) -> None:
        step = _step(_mark(before) if before else None, _mark(after))
        for branch_id in {after.branch_id, person.company_id}:
            unit = (branch_id, request.shift_on, request.shift)
            self._steps[person.company_id, unit, step] += 1
        symptoms = before.symptoms if before else ()
        if symptoms or after.symptoms:
            company_shift = (person.company_id, request.shift_on, request.shift)
            self._symptoms.append((company_shift, symptoms, after.symptoms))

    def _raise_level(
        self,
        request: CheckInRequest,
        person: PersonNow,
        judged: _Judged,
        check_in_id: str,
        now: datetime,
    ) -> None:
        verdict, was = judged.verdict, person.standing or Level.GREEN
        self._raised[request.worker_id] = {
            "worker_id": request.worker_id,
            "company_id": person.company_id,
            "level": judged.level,
            "since": now,
            "check_in_id": check_in_id,
            "reasons": list(verdict.reasons),
            "advice": verdict.advice,
        }
        person.standing = judged.level
        person.standing_reasons, person.standing_advice = verdict.reasons, verdict.advice
        self.events.append(
            (
                LevelRaised(
                    request.worker_id,
                    person.company_id,
                    person.branch_id,
                    check_in_id,
                    request.shift_on,
                    request.shift,
                    was,
                    judged.level,
                    verdict.reasons,
                    verdict.advice,
                ),
                now,
            )
        )

    def well(self) -> tuple[WellShift, ...]:
        """The shifts answered for that count as green now that every answer is known."""
        return tuple(
            WellShift(
                worker_id,
                row["company_id"],
                on,
                shift,
                *self._windows[row["company_id"], on, shift],
            )
            for (worker_id, on, shift), row in self._duties.items()
            if row["level"] == Level.GREEN
            and (self.people[worker_id].standing or Level.GREEN) == Level.GREEN
        )

    def write(self, session: Session) -> None:
        """Put everything decided into the tables."""
        if self._newest is None:
            return
        connection = session.connection()
        connection.execute(STORE_CHECK_INS, self._check_ins)
        connection.execute(store_duties(connection.dialect.name), list(self._duties.values()))
        add_all_counts(session, self._steps, now=self._newest)
        add_all_symptoms(session, self._symptoms)
        if self._raised:
            connection.execute(raise_levels(connection.dialect.name), list(self._raised.values()))
        self._write_acts(session)

    def _write_acts(self, session: Session) -> None:
        """The audit log names each worker that somebody else answered for."""
        waiting = self._for_others
        while waiting:
            actor, now, company_id, *_ = waiting[0]
            told: dict[str, Mapping[str, Any]] = {}
            later = []
            for each in waiting:
                if each[:3] == (actor, now, company_id) and each[3] not in told:
                    told[each[3]] = {"check_in_id": each[4]}
                else:
                    later.append(each)
            record_acts(
                session,
                "checkins.answered_for",
                told,
                company_id=company_id,
                actor=actor,
                now=now,
            )
            waiting = later


# Most answers take the same few steps.
_step = functools.cache(change)


def _mark(duty: DutyNow) -> DutyMark:
    return DutyMark(duty.state, duty.level, duty.on_time)


def _recorded(
    request: CheckInRequest,
    person: PersonNow,
    judged: _Judged,
    check_in_id: str,
    version: int,
    *,
    own: bool,
) -> CheckInRecorded:
    return CheckInRecorded(
        check_in_id,
        request.worker_id,
        person.company_id,
        person.branch_id,
        request.shift_on,
        request.shift,
        version,
        judged.verdict.level,
        judged.level,
        judged.verdict.reasons,
        judged.verdict.advice,
        own,
    )
