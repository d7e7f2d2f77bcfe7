"""Whatever order of notes, sends, deaths and repeats: the province ends with the park's log."""

from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from app.settings import NodeRole
from app.sync.rules import Head, head_after
from tests.conftest import Node
from tests.features.sync.conftest import HandMade, Park, Peer


def machine_of(node: Node, other: Node) -> type[RuleBasedStateMachine]:
    """A machine over a park and a province, emptied before each run."""

    class Wire(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            node.empty()
            other.empty()
            self.park, self.centre = Park(node), Peer(other)
            self.centre.up()
            self.park.enrol_at(self.centre)
            self.noted = 0

        def teardown(self) -> None:
            if self.centre.server is None:
                self.centre.up()
            self.centre.dies_answering = 0
            self.park.push()
            assert self.centre.entries() == self.park.entries()
            assert self.park.status().accepted_through == self.noted
            self.park.pull()  # what was answered to nobody
            assert self.park.entries("down") == self.centre.entries("down")
            self.centre.down()

        @rule(count=st.integers(1, 3))
        def note(self, count: int) -> None:
            for _ in range(count):
                self.noted += 1
                assert self.park.note(self.noted) == self.noted

        @rule()
        def push(self) -> None:
            self.park.push()

        @rule()
        def push_by_clock(self) -> None:
            self.park.node.clock.move(minutes=5)
            self.park.push(by_hand=False)

        @precondition(lambda self: self.centre.server is not None)
        @rule()
        def die_before_answering(self) -> None:
            self.centre.dies_answering = 1
            self.park.push()
            self.centre.dies_answering = 0

        @precondition(lambda self: self.centre.server is not None)
        @rule()
        def take_province_down(self) -> None:
            self.centre.down()

        @precondition(lambda self: self.centre.server is None)
        @rule()
        def bring_province_up(self) -> None:
            self.centre.up()

        @precondition(lambda self: self.centre.server is not None)
        @rule(places=st.lists(st.integers(0, 30), min_size=1, max_size=6))
        def replay_any(self, places: list[int]) -> None:
            entries = [compact for *_, compact in self.park.entries()]
            chosen = [entries[place % len(entries)] for place in places] if entries else []
            if chosen:
                answer = HandMade(str(self.park.status().node)).sent_to(self.centre, chosen)
                assert answer.status_code in {200, 409}
                assert answer.json().get("code") in {None, "sync.gap"}

        @rule()
        def restart_park(self) -> None:
            self.park.node.app.extensions["writer"].stop()

        @invariant()
        def province_has_a_prefix(self) -> None:
            mine, theirs = self.park.entries(), self.centre.entries()
            assert theirs == mine[: len(theirs)]
            assert self.park.status().accepted_through <= len(theirs)
            head = Head()
            for _, _, compact in theirs:
                head = head_after(head, compact)
            assert head.seq == len(theirs)

    return Wire


def test_any_course_of_events_ends_with_equal_logs(
    nodes: Callable[[str, NodeRole], Node], database: str, long_run: bool
) -> None:
    park, centre = nodes(database, NodeRole.PARK), nodes(database, NodeRole.PROVINCE)
    short, long = (12, 100) if database == "sqlite" else (4, 25)  # emptying it takes longer there
    examples = long if long_run else short
    runs = settings(max_examples=examples, stateful_step_count=14, deadline=None)
    run_machine(machine_of(park, centre), settings=runs)
