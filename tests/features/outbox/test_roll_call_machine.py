"""Any order and repeat of roll calls, own answers and undos: never milder, always adding up."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from sqlalchemy import select

from app.checkins.actions.levels import mark_absent
from app.checkins.models import CheckIn, Duty, SymptomCount
from app.checkins.queries.duties import list_shift_counts
from app.checkins.queries.roll_calls import standing_levels
from app.checkins.rules import Counts, DutyMark, DutyState, Level, tally, worst
from app.extensions import db
from app.kernel.ids import new_id
from app.settings import NodeRole
from app.web.transaction import transact
from tests.conftest import Node
from tests.factories.people import STORY, make_cast
from tests.factories.roll_calls import ON, gather_line

NAMES = ("hoa", "anh", "nhung")
SIGNS = st.sampled_from(([], ["headache"], ["cough"], ["cough", "headache"]))
SAID = st.sampled_from(("well", "absent", "symptoms", "not_asked", "off the sheet"))


def machine_of(node: Node) -> type[RuleBasedStateMachine]:
    """A machine over one line of three people, made anew before each run."""

    class Line(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            node.empty()
            self.client = node.app.test_client()
            with node.app.app_context():
                cast = transact(lambda session: make_cast(session, node.clock.at))
                line_id = cast.sao_bac.lines["Chuyền 3"]
                self.group = transact(lambda s: gather_line(s, line_id, node.clock.at))
            self.company_id, self.line_id = cast.sao_bac.id, line_id
            self.people = {name: cast.sao_bac.people[name] for name in NAMES}
            self.sent: list[tuple[str, dict[str, Any]]] = []
            self.calls: list[str] = []
            self.worst: dict[str, Level] = {}
            self.answered_own: set[str] = set()
            self.told_signs: set[str] = set()
            self.noted: set[str] = set()
            self.seen: set[str] = set()

        def hand_in(self, name: str, command: dict[str, Any]) -> dict[str, Any]:
            answer = self.client.post(
                "/api/v1/commands",
                json={"commands": [command]},
                headers=self.people[name].headers,
            )
            result: dict[str, Any] = answer.json["results"][0]
            return result

        def do(self, name: str, kind: str, body: dict[str, Any], late: int = 0) -> dict[str, Any]:
            key = new_id(node.clock.at)
            node.clock.move(seconds=20)
            made_at = node.clock.at.isoformat()
            node.clock.move(seconds=late)
            command = {"key": key, "kind": kind, "made_at": made_at, "offset_ms": 0, "body": body}
            result = self.hand_in(name, command)
            self.sent.append((name, command))
            assert result["outcome"] in {"applied", "refused"}, result
            return result

        @rule(said=st.tuples(SAID, SAID, SAID), signs=SIGNS, late=st.sampled_from((0, 0, 90)))
        def call(self, said: tuple[str, str, str], signs: list[str], late: int) -> None:
            badges = {name: self.people[name].badge for name in NAMES}
            well = [badges[n] for n, each in zip(NAMES, said, strict=True) if each == "well"]
            rest = [
                {"badge": badges[name], "state": each, "symptoms": signs}
                for name, each in zip(NAMES, said, strict=True)
                if each not in {"well", "off the sheet"}
            ]
            body = {"group": self.group, "shift_on": ON.isoformat(), "shift": "ca1"}
            result = self.do("nhung", "roll_call", body | {"well": well, "except": rest}, late)
            self.calls.append(result["key"])
            # Whom the leader has seen is absent no more; the leader's later word counts then.
            self.seen |= {
                name for name, each in zip(NAMES, said, strict=True) if each in {"well", "symptoms"}
            }
            self.told_signs |= {
                name for name, each in zip(NAMES, said, strict=True) if each == "symptoms"
            }

        @rule(name=st.sampled_from(NAMES), signs=SIGNS)
        def answer(self, name: str, signs: list[str]) -> None:
            answers = {"symptoms": signs, "exposures": {}}
            body = {"shift_on": ON.isoformat(), "shift": "ca1", "answers": answers, "rules": ""}
            assert self.do(name, "check_in", body)["outcome"] == "applied"
            self.answered_own.add(name)

        @rule(name=st.sampled_from(NAMES))
        def note_absent(self, name: str) -> None:
            """The officer knows of somebody who has not answered."""
            worker_id = self.people[name].id
            with node.app.app_context():
                if self.duties()[worker_id].state in {"answered", "absent"}:
                    return
                now = node.clock.at
                transact(lambda s: mark_absent(s, worker_id, ON, "ca1", "", actor=STORY, now=now))
            self.noted.add(name)

        @precondition(lambda self: self.calls)
        @rule(place=st.integers(0, 20))
        def undo(self, place: int) -> None:
            key = self.calls.pop(place % len(self.calls))
            assert self.do("nhung", "roll_call_undo", {"roll_call": key})["outcome"] == "applied"

        @precondition(lambda self: self.sent)
        @rule(place=st.integers(0, 40))
        def repeat(self, place: int) -> None:
            name, command = self.sent[place % len(self.sent)]
            assert self.hand_in(name, command)["outcome"] == "already_applied"

        def duties(self) -> dict[str, Duty]:
            db.session.rollback()
            rows = db.session.scalars(select(Duty).where(Duty.shift_on == ON))
            return {row.worker_id: row for row in rows}

        @invariant()
        def figures_equal_a_fresh_count(self) -> None:
            with node.app.app_context():
                fresh: dict[int, Counts] = {}
                signs: Counter[str] = Counter()
                for duty in self.duties().values():
                    level = Level(duty.level) if duty.level else None
                    one = tally(DutyMark(DutyState(duty.state), level, duty.on_time))
                    for unit in {duty.branch_id, duty.company_id}:
                        fresh[unit] = fresh.get(unit, Counts()) + one
                    if duty.check_in_id and duty.company_id == self.company_id:
                        given = db.session.get_one(CheckIn, duty.check_in_id)
                        signs.update(given.answers["symptoms"])
                for unit in (self.line_id, self.company_id):
                    kept = list_shift_counts(db.session, [unit], ON)["ca1"]
                    assert kept == fresh[unit]
                    assert kept.is_sound
                rows = db.session.execute(
                    select(SymptomCount.symptom, SymptomCount.count).where(SymptomCount.count != 0)
                ).all()
                assert {row[0]: row[1] for row in rows} == dict(signs)

        @invariant()
        def nothing_is_ever_milder(self) -> None:
            with node.app.app_context():
                duties = self.duties()
                ids = {name: self.people[name].id for name in NAMES}
                standing = standing_levels(db.session, list(ids.values()))
                for name, worker_id in ids.items():
                    now = standing.get(worker_id, Level.GREEN)
                    assert now >= self.worst.get(name, Level.GREEN)
                    self.worst[name] = worst((now, self.worst.get(name, Level.GREEN)))
                    duty = duties[worker_id]
                    if now > Level.GREEN:
                        assert (duty.state, duty.level) == ("answered", now)
                    if name in self.noted - self.seen:
                        assert duty.state in {"absent", "answered"}
                    if name in self.answered_own:
                        assert duty.state == "answered"

        def teardown(self) -> None:
            while self.calls:
                self.undo(len(self.calls))
            with node.app.app_context():
                duties = self.duties()
                for name in set(NAMES) - self.answered_own - self.told_signs - self.noted:
                    assert duties[self.people[name].id].state == "expected", name
                db.session.remove()

    return Line


def test_any_course_of_a_morning_is_never_milder_and_adds_up(
    nodes: Callable[[str, NodeRole], Node], database: str, long_run: bool
) -> None:
    short, long = (25, 250) if database == "sqlite" else (5, 40)  # emptying it takes longer there
    runs = settings(max_examples=long if long_run else short, stateful_step_count=12, deadline=None)
    run_machine(machine_of(nodes(database, NodeRole.PARK)), settings=runs)
