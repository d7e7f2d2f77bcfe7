"""Two nodes over a link that drops, stalls, doubles, corrupts and answers with what is old."""

import random
import socket
import threading
from dataclasses import dataclass, field

import httpx
import pytest

from app.sync.actions.enrolment import enrol, invite_park
from app.sync.gateways import http
from app.web.transaction import transact
from tests.features.sync.conftest import STORY, Centre, Park

FAULTS = (
    "none", "none", "drop_request", "drop_answer", "double", "corrupt_request", "corrupt_answer",
    "trickle", "stall", "old_answer",
)  # fmt: skip
PIECE = 700
IMPATIENT = httpx.Timeout(0.3)  # how long a stalled line is waited for here


@dataclass(slots=True)
class Link:
    """A small proxy in front of a port, with a fault drawn for each call."""

    port: int
    draw: random.Random
    broken: bool = True
    seen: set[str] = field(default_factory=set)
    answers: dict[bytes, bytes] = field(default_factory=dict)
    server: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.getsockname()[1]}"

    def start(self) -> None:
        threading.Thread(target=self._serve, daemon=True).start()

    def stop(self) -> None:
        self.server.close()

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self.server.accept()
            except OSError:
                return
            with caller:
                try:
                    self._carry(caller, self.draw.choice(FAULTS) if self.broken else "none")
                except OSError:
                    continue

    def _carry(self, caller: socket.socket, fault: str) -> None:
        self.seen.add(fault)
        asked = _whole_request(caller)
        if fault == "drop_request":
            asked = asked[: self.draw.randrange(len(asked))]
        if fault == "corrupt_request":
            asked = self._corrupted(asked)
        if fault == "double":
            self._answer(asked)
        if fault == "stall":
            caller.recv(1)  # nothing comes until the caller hangs up
            return
        answer = self._answer(asked)
        kind = asked[:4]
        if fault == "old_answer":
            answer = self.answers.get(kind, answer)
        self.answers[kind] = answer
        if fault == "drop_answer":
            answer = answer[: self.draw.randrange(len(answer) + 1)]
        if fault == "corrupt_answer":
            answer = self._corrupted(answer)
        pieces = PIECE if fault == "trickle" else max(1, len(answer))
        for start in range(0, len(answer), pieces):
            caller.sendall(answer[start : start + pieces])

    def _answer(self, asked: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as there:
            there.sendall(asked)
            there.shutdown(socket.SHUT_WR)
            parts = []
            while part := there.recv(65536):
                parts.append(part)
        return b"".join(parts)

    def _corrupted(self, message: bytes) -> bytes:
        """One bit of the body, or of the head when there is none."""
        begins = message.find(b"\r\n\r\n") + 4
        if begins >= len(message):
            return message
        changed = bytearray(message)
        changed[self.draw.randrange(begins, len(message))] ^= 1 << self.draw.randrange(8)
        return bytes(changed)


def _whole_request(caller: socket.socket) -> bytes:
    request = b""
    while b"\r\n\r\n" not in request:
        request += caller.recv(65536)
    head, _, body = request.partition(b"\r\n\r\n")
    lengths = [
        int(line.partition(b":")[2])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length")
    ]
    while lengths and len(body) < lengths[0]:
        body += caller.recv(65536)
    return head + b"\r\n\r\n" + body


def test_over_a_bad_link_both_nodes_end_with_the_same_logs(
    park: Park, centre: Centre, long_run: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(24)
    link = Link(centre.port, draw, broken=False)
    link.start()
    now = centre.node.clock.at
    code, _ = centre.run(lambda s: invite_park(s, "KCN Vân Trung", actor=STORY, now=now))
    with park.node.app.app_context():
        settings = park.node.app.config["SETTINGS"]
        node = enrol(transact, park.node.clock, settings, link.url, code, actor=STORY)
    link.broken = True
    monkeypatch.setattr(http, "TIMEOUT", IMPATIENT)
    noted = told = 0
    for _ in range(400 if long_run else 40):
        for _ in range(draw.randrange(3)):
            noted += 1
            park.note(noted)
        for _ in range(draw.randrange(3)):
            told += 1
            centre.tell(node, told)
        pushed, pulled = park.push(), park.pull()
        status = park.status()
        here, there = park.entries(), centre.entries()
        assert there == here[: len(there)]
        assert status.accepted_through <= len(there)
        assert sum(status.pending.values()) == len(here) - status.accepted_through
        assert park.entries("down") == centre.entries("down")[: status.applied_through]
        failed = [each for each in (pushed.stopped_by, pulled.stopped_by) if each is not None]
        assert bool(failed) >= bool(status.problems)
        assert not (failed and status.pending) or status.problems or pulled.stopped_by is None
        if pushed.stopped_by is None and pulled.stopped_by is None:
            assert status.last_contact_at == park.node.clock.at
        park.node.clock.move(seconds=5)
        centre.node.clock.at = park.node.clock.at
    assert link.seen == set(FAULTS)
    link.broken = False
    monkeypatch.undo()
    for _ in range(2):
        assert park.push().stopped_by is None
        assert park.pull().stopped_by is None
    assert park.entries() == centre.entries()
    assert park.entries("down") == centre.entries("down")
    kinds = [kind for _, kind, _ in centre.entries()]
    assert kinds.count("feedback") == noted
    assert [kind for _, kind, _ in park.entries("down")].count("bulletin") == told
    assert park.status().problems == []
    link.stop()
