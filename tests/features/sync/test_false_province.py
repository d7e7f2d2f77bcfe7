"""An address that is no province, or lies: the park believes nothing that is not signed for it."""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from sqlalchemy import select, update
from werkzeug.serving import make_server

from app.sync.gateways.signing import new_sign_key, public_part, sign
from app.sync.models import ThisNode
from app.sync.rules import Head, entry_payload
from tests.features.sync.conftest import Park, Peer

Reply = tuple[int, bytes]


class Liar:
    """A server that answers whatever it is told to."""

    def __init__(self) -> None:
        self.reply: Reply = (200, b"{}")
        self.calls = 0
        self.server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def _answer(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        self.calls += 1
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        status, body = self.reply
        start(f"{status} x", [("Content-Type", "application/json"), ("Location", "/")])
        return [body]


@pytest.fixture
def liar() -> Iterator[Liar]:
    server = Liar()
    yield server
    server.server.shutdown()
    server.server.server_close()


@pytest.fixture
def deceived(park: Park, centre: Peer, liar: Liar) -> Park:
    """A park with two entries, enrolled at the true province, whose name now leads elsewhere."""
    park.enrol_at(centre)
    park.note(1)
    park.note(2)
    park.run(lambda s: s.execute(update(ThisNode).values(upstream_url=liar.url)))
    return park


def answer(**values: Any) -> Reply:
    return 200, json.dumps(values).encode()


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ((200, b"<html>Wi-Fi login</html>"), "sync.bad_answer"),
        ((200, b"[" * 100_000), "sync.bad_answer"),
        ((200, b'{"receipt": "' + b"x" * 2_000_000 + b'"}'), "sync.bad_answer"),
        (answer(), "sync.bad_answer"),
        (answer(accepted_through=2, receipt=None), "sync.bad_answer"),
        (answer(accepted_through=2, receipt=7), "sync.bad_answer"),
        (answer(accepted_through=2, receipt="a.b.c"), "sync.bad_answer"),
        ((302, b"{}"), "sync.declined"),
        ((418, b'{"code": "teapot"}'), "sync.declined"),
        ((409, b'{"code": "sync.gap"}'), "sync.gap"),
        ((409, b'{"code": "sync.gap", "expected_seq": 1}'), "sync.gap"),
        ((409, b'{"code": "sync.gap", "expected_seq": 99}'), "sync.gap"),
        ((401, b'{"code": "sync.clock", "server_time": "x"}'), "sync.clock"),
        ((403, b'{"code": "sync.unknown_node"}'), "sync.unknown_node"),
        ((502, b"proxy"), "sync.unreachable"),
    ],
)
def test_a_false_answer_is_a_problem_and_nothing_counts_as_received(
    deceived: Park, liar: Liar, reply: Reply, code: str
) -> None:
    liar.reply = reply
    pushed = deceived.push()
    assert pushed.stopped_by is not None
    assert (pushed.accepted, pushed.stopped_by.code) == (0, code)
    status = deceived.status()
    assert status.accepted_through == 0
    assert [problem.code for problem in status.problems] == [code]
    assert liar.calls == 1
    shown = json.loads(deceived.cli("sync", "status", "--json").output)
    assert shown["problems"][0]["message"]


def receipts_of(park: Park, centre: Peer) -> dict[str, Callable[[], str]]:
    """Receipts that are nearly right."""
    node = str(park.status().node)
    province = str(centre.status().node)
    stolen = centre.read(lambda s: json.loads(s.scalars(select(ThisNode.sign_key)).one()))
    hashes = [compact for *_, compact in park.entries()]
    assert len(hashes) == 2

    def receipt(key: Any = None, **change: Any) -> Callable[[], str]:
        parts = {"node": province, "to": node, "kind": "receipt", "body": BODY} | change
        made_at = park.node.clock.at
        payload = entry_payload(Head(), made_at=made_at, **parts)
        return lambda: sign(payload, key or stolen)

    return {
        "by another key": receipt(new_sign_key()),
        "for another park": receipt(to="019e0000-0000-7000-8000-000000000000"),
        "by another province": receipt(node="019e0000-0000-7000-8000-000000000000"),
        "of another kind": receipt(kind="notice"),
        "for another log": receipt(),
        "for what was never sent": receipt(body={"through": 9, "hash": "x" * 43}),
        "without a number": receipt(body={"through": "2"}),
    }


BODY = {"through": 2, "hash": "x" * 43}


@pytest.mark.parametrize(
    ("which", "code"),
    [
        ("by another key", "sync.bad_answer"),
        ("for another park", "sync.bad_answer"),
        ("by another province", "sync.bad_answer"),
        ("of another kind", "sync.bad_answer"),
        ("for another log", "sync.fork"),
        ("for what was never sent", "sync.fork"),
        ("without a number", "sync.bad_answer"),
    ],
)
def test_a_receipt_counts_only_when_it_is_the_provinces_for_this_log(
    deceived: Park, centre: Peer, liar: Liar, which: str, code: str
) -> None:
    liar.reply = answer(accepted_through=2, receipt=receipts_of(deceived, centre)[which]())
    stopped = deceived.push().stopped_by
    assert stopped is not None
    assert stopped.code == code
    assert deceived.status().accepted_through == 0
    assert deceived.entries("down") == []


@pytest.mark.parametrize(
    "change",
    [
        {"node": "019e0000-0000-7000-8000-000000000000"},
        {"province_keys": None},
        {"province_keys": {"node": "x", "sign_key": {}, "box_key": {}}},
        {"province_keys": {"node": "x", "sign_key": public_part(new_sign_key())}},
    ],
)
def test_an_enrolment_answered_wrongly_changes_nothing(
    deceived: Park, liar: Liar, change: dict[str, Any]
) -> None:
    before = deceived.read(lambda s: s.scalars(select(ThisNode.upstream_keys)).one())
    liar.reply = (
        answer(node=deceived.status().node, **change) if "node" not in change else answer(**change)
    )
    told = deceived.cli("sync", "enrol", liar.url, "--code", "x", "--json")
    assert (told.exit_code, json.loads(told.output)["code"]) == (1, "sync.bad_answer")
    assert deceived.read(lambda s: s.scalars(select(ThisNode.upstream_keys)).one()) == before
