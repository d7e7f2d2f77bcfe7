"""What record_check_in, mark_absent and clear_level come to for one person after another.

The same rules decide as there, in the same order; only the writing is done in bulk. A test
replays a small demo through those actions and compares every table.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from random import Random
from typing import Any, Self

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.audit.rules import HEALTH_VIEWED
from app.checkins.actions.levels import BY_OFFICER
from app.checkins.models import CheckIn, Clearance, Duty, HealthState, ShiftCount, SymptomCount
from app.checkins.rules import (
    COLUMNS,
    Counts,
    DutyMark,
    DutyState,
    Level,
    RuleSet,
    answered_on_time,
    effective_level,
    parse_answers,
    tally,
    triage,
)
from app.demo.actions.rows import Rows
from app.demo.rules import Absent, Act, Answered, Cleared, DemoOrder, PersonPlan, demo_id
from app.demo.rules.chance import id_at
from app.demo.rules.days import Slot
from app.demo.rules.order import PLANNED_AHEAD
from app.demo.rules.stories import Viewed
from app.kernel.actors import Actor

PLANS_AT = time(0, 10)
Key = tuple[int, date, str]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class InForce:
    """A rule set from a moment on; proposed while nobody has accepted it."""

    since: datetime | None
    rules: RuleSet
    proposed: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer and its verdict, as far as they do not depend on who gave it: columns."""

    level: Level
    symptoms: tuple[str, ...]
    verdict: Row
    stored: Row

    @classmethod
    def by(cls, in_force: InForce, act: Answered) -> Self:
        """The judgement of the rules in force."""
        rules = in_force.rules
        answers = parse_answers(dict(act.answers), rules.questions)
        found = triage(answers, rules)
        verdict = {
            "level": str(found.level),
            "reasons": list(found.reasons),
            "advice": str(found.advice) if found.advice else None,
        }
        stored = {
            "answers": answers.as_json(),
            "rules": found.version,
            "rules_proposed": in_force.proposed,
            "lookback_days": rules.questions.lookback_days,
        }
        return cls(found.level, answers.symptoms, verdict, stored | verdict)


@dataclass(slots=True)
class Ledger:
    """Duties, answers, levels and figures of one company, before they are written."""

    order: DemoOrder
    company_id: int
    rule_sets: Sequence[InForce]
    officer: Actor
    actors: Callable[[str], Actor]
    rows: Rows
    chance: Random
    grace_minutes: int = 0
    marks: Counter[tuple[Key, str, str | None, bool]] = field(default_factory=Counter)
    as_of: dict[Key, datetime] = field(default_factory=dict)
    symptoms: Counter[tuple[date, str, str]] = field(default_factory=Counter)
    answered: int = 0
    _judged: dict[tuple[int, bool], Judged] = field(default_factory=dict)
    _kept: list[Any] = field(default_factory=list)
    _midnight: dict[date, int] = field(default_factory=dict)
    _planned: dict[date, datetime] = field(default_factory=dict)

    def planned_at(self, on: date) -> datetime:
        """When the duties of a day were made: the night two days before, or at set-up."""
        at = self._planned.get(on)
        if at is None:
            at = max(self.order.set_up_at, self.order.moment(on - PLANNED_AHEAD, PLANS_AT))
            self._planned[on] = at
        return at

    def enter(
        self, person: PersonPlan, branch_id: int, slots: Sequence[Slot], acts: Sequence[Act]
    ) -> None:
        """One person's shifts and what happened on them, in order."""
        page = _Page(self, person, branch_id, slots)
        for act in acts:
            match act:
                case Answered():
                    page.answer(act)
                case Absent():
                    page.absence(act)
                case Cleared():
                    page.clearance(act)
                case Viewed():
                    self.viewed(person.id, act.page, act.at)
        page.close()

    def judged(self, act: Answered) -> "Judged":
        """The answers as they are stored and their verdict, by the rules in force then."""
        in_force = self.rule_sets[0]
        for each in self.rule_sets[1:]:
            if each.since is not None and each.since <= act.at:
                in_force = each
        key = (id(act.answers), in_force.proposed)
        known = self._judged.get(key)
        if known is None:
            known = Judged.by(in_force, act)
            self._judged[key] = known
            self._kept.append(act.answers)  # keeps its id from being given to another
        return known

    def check_in_id(self, on: date, place: int) -> str:
        """An id of that day, in the order of the people."""
        start = self._midnight.get(on)
        if start is None:
            start = int(self.order.moment(on, time(0, 0)).timestamp() * 1000)
            self._midnight[on] = start
        return id_at(self.chance, start + place)

    def viewed(self, worker_id: str, page: str, at: datetime) -> None:
        """The officer looked at this worker's health."""
        self.act(HEALTH_VIEWED, self.officer, at, worker_id, page=page, workers=[worker_id])

    def act(self, name: str, actor: Actor, at: datetime, subject_id: str, **details: Any) -> None:
        """A row of the audit log."""
        self.rows.add(
            AuditEntry,
            id=demo_id(self.chance, at),
            at=at,
            actor_id=actor.account_id,
            actor_name=actor.name,
            actor_roles=" ".join(actor.roles),
            act=name,
            subject_id=subject_id,
            company_id=self.company_id,
            details=details,
        )

    def add_up(self, session: Session) -> None:
        """Write the figures of the whole company, once everybody is entered."""
        sums: dict[Key, Counts] = defaultdict(Counts)
        for (key, state, level, on_time), people in self.marks.items():
            one = tally(DutyMark(DutyState(state), Level(level) if level else None, on_time))
            sums[key] += _times(one, people)
        counts = [
            {
                "branch_id": key[0],
                "shift_on": key[1],
                "shift": str(key[2]),
                "company_id": self.company_id,
                "as_of": self.as_of[key],
                **{name: getattr(each, name) for name in COLUMNS},
            }
            for key, each in sorted(sums.items())
        ]
        symptoms = [
            {
                "company_id": self.company_id,
                "shift_on": on,
                "shift": str(shift),
                "symptom": symptom,
                "count": people,
            }
            for (on, shift, symptom), people in sorted(self.symptoms.items())
        ]
        for table, rows in ((ShiftCount.__table__, counts), (SymptomCount.__table__, symptoms)):
            if rows:
                session.execute(insert(table), rows)  # type: ignore[arg-type]


def _times(counts: Counts, people: int) -> Counts:
    return Counts(*(people * getattr(counts, name) for name in COLUMNS))


class _Page:
    """The duties of one person while they are gone through."""

    def __init__(
        self, ledger: Ledger, person: PersonPlan, branch_id: int, slots: Sequence[Slot]
    ) -> None:
        self.ledger, self.person, self.branch_id = ledger, person, branch_id
        self.standing: Row | None = None
        self.newest: Row | None = None
        self.touched: dict[tuple[date, str], datetime] = {}
        self.symptoms: dict[tuple[date, str], tuple[str, ...]] = {}
        self.duties: dict[tuple[date, str], Row] = {
            (slot.on, slot.shift): {
                "worker_id": person.id,
                "shift_on": slot.on,
                "shift": str(slot.shift),
                "company_id": ledger.company_id,
                "branch_id": branch_id,
                "state": "expected",
                "level": None,
                "on_time": False,
                "version": 0,
                "check_in_id": None,
                "answered_at": None,
                "reason": None,
            }
            for slot in slots
        }
        self.starts = {(slot.on, slot.shift): slot.starts_at for slot in slots}

    def answer(self, act: Answered) -> None:
        """As record_check_in does."""
        ledger, key, by = self.ledger, (act.on, act.shift), act.by or self.person.id
        duty, judged = self.duties[key], ledger.judged(act)
        # What was read off paper is corrected by no device's offset.
        offset_ms = 0 if act.observed_at else act.offset_ms
        claimed_at = act.observed_at or act.made_at
        on_time, clock_suspect, counted_at = answered_on_time(
            claimed_at, offset_ms, act.at, self.starts[key], ledger.grace_minutes
        )
        version = duty["version"] + 1
        check_in_id = ledger.check_in_id(act.on, self.person.place)
        ledger.rows.held[CheckIn].append(
            {
                "id": check_in_id,
                "worker_id": self.person.id,
                "shift_on": act.on,
                "shift": duty["shift"],
                "version": version,
                "made_at": claimed_at,
                "received_at": act.at,
                "counted_at": counted_at,
                "clock_suspect": clock_suspect,
                "on_time": on_time,
                "source": str(act.source),
                "account_id": by,
                "device_id": act.device,
                **judged.stored,
            }
        )
        duty["state"] = "answered"
        duty["on_time"] = duty["on_time"] if version > 1 else on_time
        duty["version"] = version
        duty["check_in_id"] = check_in_id
        duty["answered_at"] = counted_at
        duty["reason"] = None
        duty["level"] = self._raised(judged, act.at, check_in_id)
        ledger.answered += 1
        self.touched[key] = act.at
        self.symptoms[key] = judged.symptoms
        if self.newest is None or act.on >= self.newest["shift_on"]:
            self.newest = duty
        if act.by is not None:
            name, actor = "checkins.answered_for", ledger.actors(by)
            ledger.act(name, actor, act.at, self.person.id, check_in_id=check_in_id)

    def _raised(self, judged: Judged, at: datetime, check_in_id: str) -> str:
        """The effective level; it stands from now on where it is higher than what stood."""
        if self.standing is None and judged.level is Level.GREEN:
            return "green"
        was = Level(self.standing["level"]) if self.standing else None
        level = effective_level(judged.level, was)
        if level > (was or Level.GREEN):
            self.standing = {**judged.verdict, "since": at, "check_in_id": check_in_id}
        return str(level)

    def absence(self, act: Absent) -> None:
        key = (act.on, act.shift)
        duty = self.duties[key]
        if duty["state"] == "answered":
            return
        duty.update(state="absent", reason=act.reason or None)
        self.touched[key] = act.at
        self.ledger.act(
            "checkins.marked_absent",
            self.ledger.actors(act.by),
            act.at,
            self.person.id,
            shift_on=act.on.isoformat(),
            shift=duty["shift"],
            reason=act.reason,
        )

    def clearance(self, act: Cleared) -> None:
        ledger, officer = self.ledger, self.ledger.officer
        if self.standing is None:
            return
        ledger.rows.add(
            Clearance,
            id=demo_id(ledger.chance, act.at),
            worker_id=self.person.id,
            level=self.standing["level"],
            since=self.standing["since"],
            at=act.at,
            account_id=officer.account_id,
            cleared_by=officer.name,
            rule=BY_OFFICER,
            reason=act.reason,
        )
        ledger.viewed(self.person.id, "worker", act.at)
        ledger.act(
            "checkins.level_cleared",
            officer,
            act.at,
            self.person.id,
            level=self.standing["level"],
            reason=act.reason,
        )
        self.standing = None
        newest = self.newest
        if newest is not None and newest["level"] != "green":
            newest["level"] = "green"
            self.touched[newest["shift_on"], newest["shift"]] = act.at

    def close(self) -> None:
        """Hand the duties over and count them."""
        ledger, company_id = self.ledger, self.ledger.company_id
        for key, duty in self.duties.items():
            on, shift = key[0], duty["shift"]
            at = self.touched.get(key) or ledger.planned_at(on)
            mark = duty["state"], duty["level"], duty["on_time"]
            for branch_id in (self.branch_id, company_id):
                place = (branch_id, on, shift)
                ledger.marks[(place, *mark)] += 1
                newest = ledger.as_of.get(place)
                if newest is None or at > newest:
                    ledger.as_of[place] = at
        for (on, shift), symptoms in self.symptoms.items():
            for symptom in symptoms:
                ledger.symptoms[on, str(shift), symptom] += 1
        ledger.rows.held[Duty].extend(self.duties.values())
        if self.standing is not None:
            ledger.rows.add(
                HealthState,
                worker_id=self.person.id,
                company_id=company_id,
                **self.standing,
            )
