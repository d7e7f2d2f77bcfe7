"""The bell: what the province writes is fetched in seconds, though a park seldom asks."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Event

import pytest
from flask import request, request_started
from sqlalchemy import select

from app.sync.gateways.bell import (
    MOST_SILENT_OF_ONE,
    Bell,
    bell_code,
    hello_of,
    proof_of,
    question_of,
)
from app.sync.gateways.ear import Ear
from app.sync.jobs import pull_log, push_log, ring_parks
from app.sync.models import KnownNode, ThisNode
from app.sync.rules.asking import RUNG, SOONEST, UNRUNG
from tests.features.sync.conftest import Centre, Park

PATIENCE_SECONDS = 20


@dataclass(slots=True)
class Rung:
    """A park whose ear is at the bell of its province."""

    park: Park
    centre: Centre
    node: str
    ear: Ear

    def look(self) -> None:
        """What the clock of the province does."""
        with self.centre.node.app.app_context():
            ring_parks()

    def clock_of_park(self) -> int:
        """What the clock of the park does; how far it has the log down then."""
        with self.park.node.app.app_context():
            push_log()
            pull_log()
        return self.park.status().applied_through

    def asks_again_after(self) -> timedelta:
        at = self.park.read(lambda s: s.scalars(select(ThisNode.next_pull_at)).one())
        assert at is not None
        return at - self.park.node.clock.at


def until(so: object) -> None:
    """Wait for a state."""
    assert callable(so)
    beat, tries = Event(), 0
    while not so():
        assert tries < PATIENCE_SECONDS * 50, "it never came to be so"
        beat.wait(0.02)
        tries += 1


@pytest.fixture
def rung(park: Park, centre: Centre) -> Iterator[Rung]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    app, there = park.node.app, centre.node.app
    before, old_ear = there.config["SETTINGS"], app.extensions["ear"]
    there.config["SETTINGS"] = replace(before, bell_port=port)
    ear = app.extensions["ear"] = Ear(pause=lambda _: Event().wait(0.02))
    node = park.enrol_at(centre)
    with there.app_context():
        ring_parks()
    yield Rung(park, centre, node, ear)
    ear.stop()
    there.extensions.pop("bell").close()
    there.config["SETTINGS"], app.extensions["ear"] = before, old_ear


def test_a_park_that_hears_the_bell_asks_seldom_and_hears_of_news_at_once(rung: Rung) -> None:
    rung.clock_of_park()
    until(lambda: rung.ear.hears)
    rung.clock_of_park()
    assert rung.asks_again_after() >= RUNG * 0.8
    rung.centre.tell(rung.node, 1, "notice")
    assert rung.clock_of_park() == 0
    rung.look()
    until(lambda: rung.ear.rang)
    assert rung.clock_of_park() == 1
    assert not rung.ear.rang


def test_a_park_on_the_line_counts_as_heard_of_though_it_asks_nothing(rung: Rung) -> None:
    rung.clock_of_park()
    until(lambda: rung.ear.hears)
    rung.centre.node.clock.move(hours=2)

    def heard_at() -> object:
        rung.look()
        return rung.centre.read(lambda s: s.scalars(select(KnownNode.last_contact_at)).one())

    until(lambda: heard_at() == rung.centre.node.clock.at)


def test_a_line_that_broke_is_opened_again_and_nothing_is_missed(rung: Rung) -> None:
    rung.clock_of_park()
    until(lambda: rung.ear.hears)
    rung.clock_of_park()
    bell: Bell = rung.centre.node.app.extensions["bell"]
    bell.close()
    until(lambda: not rung.ear.hears)
    rung.centre.tell(rung.node, 1)
    rung.look()
    until(lambda: rung.ear.rang)
    assert rung.clock_of_park() == 1


def test_without_a_bell_a_park_asks_twice_an_hour_and_oftener_after_news(
    park: Park, centre: Centre
) -> None:
    node = park.enrol_at(centre)
    waits = Rung(park, centre, node, Ear())
    waits.clock_of_park()
    assert SOONEST * 0.8 <= waits.asks_again_after() <= SOONEST
    park.node.clock.move(hours=1)
    waits.clock_of_park()
    assert UNRUNG * 0.8 <= waits.asks_again_after() <= UNRUNG
    centre.tell(node, 1)
    assert waits.clock_of_park() == 0
    park.node.clock.move(minutes=30)
    assert waits.clock_of_park() == 1
    park.node.clock.move(minutes=4)
    waits.clock_of_park()
    assert SOONEST * 3 <= waits.asks_again_after() <= SOONEST * 4


def test_a_park_that_asks_in_a_few_bytes_misses_nothing(park: Park, centre: Centre) -> None:
    asked: list[str] = []

    def note(sender: object, **_: object) -> None:
        asked.append(request.path.rpartition("/")[2])

    node = park.enrol_at(centre)
    ear = park.node.app.extensions["ear"] = Ear()
    waits = Rung(park, centre, node, ear)
    with request_started.connected_to(note, centre.node.app):
        for _ in range(3):
            waits.clock_of_park()
            park.node.clock.move(hours=1)
        assert (asked[0], set(asked[1:])) == ("entries", {"news"})
        centre.tell(node, 1)
        assert waits.clock_of_park() == 1
        centre.tell(node, 1)
        ear.attend("127.0.0.1", node, {"port": 0, "code": "stale"})
        park.node.clock.move(hours=1)
        assert waits.clock_of_park() == 2


def test_only_who_knows_the_code_hears_whether_there_is_news(park: Park, centre: Centre) -> None:
    node = park.enrol_at(centre)
    pepper, at = centre.node.app.extensions["secrets"].pepper, int(centre.node.clock.at.timestamp())
    for told_at, code, status in (
        (at, bell_code(pepper, node), 204),
        (at, bell_code(pepper, "other"), 403),
        (at - 3600, bell_code(pepper, node), 401),
    ):
        proof = question_of(code, node, 0, told_at)
        address = f"/api/v1/sync/news?n={node}&a=0&t={told_at}&s={proof}"
        assert centre.node.app.test_client().get(address).status_code == status


def test_the_answer_to_what_was_sent_tells_that_there_is_more(park: Park, centre: Centre) -> None:
    node = park.enrol_at(centre)
    asks = Rung(park, centre, node, Ear())
    asks.clock_of_park()
    centre.tell(node, 1)
    park.note(1)
    assert asks.clock_of_park() == 2


@pytest.mark.parametrize("hello", ["x y", "", "é", "019e0000-0000-7000-8000-000000000000 "])
def test_a_stranger_is_hung_up_on(hello: str) -> None:
    bell = Bell("127.0.0.1", 0, b"pepper")
    assert bell.open()
    with socket.create_connection(("127.0.0.1", bell.port), timeout=PATIENCE_SECONDS) as line:
        line.sendall(f"{hello}\n".encode())
        assert line.recv(1) == b""
    assert bell.listeners == 0
    bell.close()


@dataclass(slots=True)
class Caller:
    """A park at the bell, byte by byte."""

    line: socket.socket
    salt: bytes
    count: int = 0

    def asks(self) -> bytes:
        """What the bell answers; it must have proved it."""
        self.count += 1
        self.line.sendall(b"??")
        said, proof = self.line.recv(1), self.line.recv(4)
        assert proof == proof_of(CODE, "7f", self.salt, self.count, b"??", said)
        return said


CODE = bell_code(b"pepper", "park")


@dataclass(slots=True)
class Callers:
    """Opens lines, and closes them when the story is over."""

    lines: list[socket.socket] = field(default_factory=list)

    def dial(self, bell: Bell) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", bell.port), timeout=PATIENCE_SECONDS)
        self.lines.append(line)
        return line

    def call(self, bell: Bell) -> Caller:
        line = self.dial(bell)
        try:
            line.sendall(f"{hello_of('park', CODE, '7f')}\n".encode())
            return Caller(line, line.recv(8))
        except ConnectionError:
            return Caller(line, b"")

    def close(self) -> None:
        for line in self.lines:
            line.close()


@pytest.fixture
def callers() -> Iterator[Callers]:
    made = Callers()
    yield made
    made.close()


@pytest.fixture
def bell() -> Iterator[Bell]:
    made = Bell("127.0.0.1", 0, b"pepper")
    assert made.open()
    yield made
    made.close()


def test_one_park_opens_a_few_lines_at_most_and_is_rung_for_its_own_news_only(
    bell: Bell, callers: Callers
) -> None:
    lines = [callers.call(bell) for _ in range(4)]
    assert [len(each.salt) for each in lines] == [8, 8, 8, 0]
    bell.ring({"park": 3, "other": 1})
    until(lambda: lines[0].asks() == b"*")
    assert lines[0].asks() == b"."
    bell.ring({"park": 3, "other": 2})
    bell.ring({"park": 4, "other": 2})
    assert [each.line.recv(9) for each in lines[:3]] == [b"!"] * 3
    assert [each.asks() for each in lines[:3]] == [b"*"] * 3
    callers.close()
    until(lambda: bell.listeners == 0)


def test_a_park_that_is_believed_no_more_is_hung_up_on(bell: Bell, callers: Callers) -> None:
    bell.ring({"park": 3})
    caller = callers.call(bell)
    assert caller.asks() == b"*"
    bell.ring({"other": 1})
    with suppress(ConnectionError):
        assert caller.line.recv(1) == b""
    assert callers.call(bell).salt == b""


def test_who_says_nothing_holds_a_few_lines_only(bell: Bell, callers: Callers) -> None:
    for _ in range(MOST_SILENT_OF_ONE):
        callers.dial(bell)
    until(lambda: callers.call(bell).salt == b"")
    callers.close()
    until(lambda: callers.call(bell).salt != b"")


def test_a_process_that_rings_no_more_leaves_the_port_to_another(callers: Callers) -> None:
    first = Bell("127.0.0.1", 0, b"pepper", forsaken_seconds=0.2)
    assert first.open()
    second = Bell("127.0.0.1", first.port, b"pepper")
    assert not second.open()
    caller = callers.call(first)
    until(lambda: not first.is_open)
    assert caller.line.recv(1) == b""
    assert second.open()
    second.close()


def test_who_only_says_that_all_is_quiet_is_not_believed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as liar:
        paused = Event()
        ear = Ear(pause=lambda _: paused.set())
        ear.attend("127.0.0.1", "park", {"port": liar.getsockname()[1], "code": CODE})
        line, _ = liar.accept()
        line.sendall(b"." * 64)
        assert paused.wait(PATIENCE_SECONDS)
        ear.stop()
        line.close()
    assert not ear.hears
    assert not ear.rang


@pytest.mark.parametrize(("host", "node"), [("127.0.0.1", "new"), ("other.example", "park")])
def test_under_another_name_or_at_another_province_the_old_line_counts_no_more(
    bell: Bell, host: str, node: str
) -> None:
    ear = Ear(pause=lambda _: None)
    ear.attend("127.0.0.1", "park", {"port": bell.port, "code": CODE})
    until(lambda: ear.hears)
    ear.turn_to("127.0.0.1", "park")
    assert (ear.hears, bell.listeners) == (True, 1)
    ear.turn_to(host, node)
    assert not ear.hears
    until(lambda: bell.listeners == 0)
