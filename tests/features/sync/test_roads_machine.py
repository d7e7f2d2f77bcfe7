"""Any course of roads, losses, repeats, shuffles and restarts ends with the same two logs."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from sqlalchemy import event, func, select

from app.settings import NodeRole
from app.sync.actions.log import append_entry
from app.sync.actions.settling import rotate_keys
from app.sync.models import EarlyEntry
from tests.conftest import Node
from tests.features.sync.conftest import STORY, Centre, Park, Peer

SHIFTS = ("ca1", "ca2", None)
which = st.integers(0, 50)


class PlugPulledError(Exception):
    """Nothing of what was to be committed is kept."""


@contextmanager
def dying(peer: Peer) -> Iterator[None]:
    """The next commit of a node does not happen."""
    engine = peer.node.app.extensions["writer"].engine

    left = [1]

    def die(_: object) -> None:
        if left:
            left.pop()
            raise PlugPulledError

    event.listen(engine, "commit", die)
    try:
        yield
    finally:
        event.remove(engine, "commit", die)


def machine_of(node: Node, other: Node, folder: Path) -> type[RuleBasedStateMachine]:
    """A machine over a park and a province that are emptied before each run."""

    class Roads(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            node.empty()
            other.empty()
            self.park, self.centre = Park(node), Centre(other)
            self.centre.up()
            self.name = self.park.enrol_at(self.centre)
            self.folder = Path(tempfile.mkdtemp(dir=folder))
            self.up: list[Path] = []
            self.down: list[Path] = []
            self.newest: dict[tuple[str, str | None], dict[str, Any]] = {}

        def teardown(self) -> None:
            if self.centre.server is None:
                self.centre.up()
            self.centre.dies_answering = 0
            for _ in range(2):
                assert self.park.push().stopped_by is None
                assert self.park.pull().stopped_by is None
            assert self.park.entries() == self.centre.entries()
            assert self.park.entries("down") == self.centre.entries("down")
            assert self.centre.bodies() == self.newest
            assert (self.park.status().problems, self.centre.status().problems) == ([], [])
            for peer in (self.park, self.centre):
                assert (
                    peer.read(lambda s: s.scalar(select(func.count()).select_from(EarlyEntry))) == 0
                )
            self.centre.down()

        @rule(count=st.integers(1, 3))
        def note(self, count: int) -> None:
            for n in range(count):
                self.park.note(n)

        @rule(shift=st.sampled_from(SHIFTS))
        def sum_up(self, shift: str | None) -> None:
            key = ("2026-11-24", shift)
            revision = self.newest.get(key, {}).get("revision", 0) + 1
            body = {
                "on": key[0], "shift": shift, "revision": revision, "final": True,
                "as_of": "2026-11-24T00:00:00+00:00", "companies": [], "missing": [],
            }  # fmt: skip
            now = self.park.node.clock.at
            self.park.run(lambda s: append_entry(s, "summary", body, now))
            self.newest[key] = body

        @rule(kind=st.sampled_from(["bulletin", "weather.report"]))
        def tell(self, kind: str) -> None:
            self.centre.tell(self.name, 1, kind)

        @rule()
        def push(self) -> None:
            self.park.push()

        @rule()
        def pull(self) -> None:
            self.park.pull()

        @rule(dies=st.booleans())
        def lose_answers(self, dies: bool) -> None:
            self.centre.dies_answering = int(dies)

        @rule()
        def cut_or_mend_the_line(self) -> None:
            self.centre.up() if self.centre.server is None else self.centre.down()

        @rule(after=st.none() | which)
        def fill_a_stick_up(self, after: int | None) -> None:
            self.up.append(self.folder / f"up{len(self.up)}")
            self.park.export(self.up[-1], after=after)

        @rule(after=st.none() | which)
        def fill_a_stick_down(self, after: int | None) -> None:
            self.down.append(self.folder / f"down{len(self.down)}.zip")
            self.centre.export(self.down[-1], after=after)

        @rule(place=which)
        def read_a_stick_up(self, place: int) -> None:
            if self.up:
                self.centre.import_(self.up[place % len(self.up)])

        @rule(place=which)
        def read_a_stick_down(self, place: int) -> None:
            if self.down:
                self.park.import_(self.down[place % len(self.down)])

        @rule()
        def restart_both(self) -> None:
            for peer in (self.park, self.centre):
                peer.node.app.extensions["writer"].stop()

        @rule(at_park=st.booleans(), then=st.sampled_from(["push", "pull", "note"]))
        def pull_a_plug(self, at_park: bool, then: str) -> None:
            """One side dies at the moment of its next commit."""
            with dying(self.park if at_park else self.centre), suppress(PlugPulledError):
                {"push": self.park.push, "pull": self.park.pull}.get(then, self.note_one)()

        def note_one(self) -> None:
            self.park.note(0)

        @rule(at_park=st.booleans())
        def change_keys(self, at_park: bool) -> None:
            peer = self.park if at_park else self.centre
            now = peer.node.clock.at
            peer.run(lambda s: rotate_keys(s, actor=STORY, now=now))

        @invariant()
        def each_side_has_a_beginning_of_the_other(self) -> None:
            for direction, writer, reader in (
                ("up", self.park, self.centre),
                ("down", self.centre, self.park),
            ):
                written, read = writer.entries(direction), reader.entries(direction)
                assert read == written[: len(read)]
            status = self.park.status()
            assert status.accepted_through <= len(self.centre.entries())
            assert status.applied_through == len(self.park.entries("down"))

    return Roads


def test_any_course_of_roads_ends_with_equal_logs_and_equal_figures(
    nodes: Callable[[str, NodeRole], Node], database: str, long_run: bool, tmp_path: Path
) -> None:
    park, centre = nodes(database, NodeRole.PARK), nodes(database, NodeRole.PROVINCE)
    short, long = (10, 150) if database == "sqlite" else (3, 30)
    examples = long if long_run else short
    runs = settings(max_examples=examples, stateful_step_count=20, deadline=None)
    run_machine(machine_of(park, centre, tmp_path), settings=runs)


def test_a_pulled_plug_keeps_nothing_of_a_commit(park: Park) -> None:
    with dying(park), pytest.raises(PlugPulledError):
        park.note(1)
    assert park.entries() == []
    assert park.note(2) == 1
