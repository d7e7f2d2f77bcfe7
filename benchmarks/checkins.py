"""The morning: check-ins one a request and fifty a request, and none of them lost."""

import http.client
import json
import sqlite3
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.figures import Options, Report, part
from benchmarks.floors import BARE, CORE
from benchmarks.load import JSON_TYPE, Told, hit
from benchmarks.node import ScratchNode
from benchmarks.people import Askers, Awaited, command, give_tokens, write_batches, write_single

BATCH = 50
ONE = "check-ins, one a request, 64 connections"
MANY = "check-ins, 50 a request, 64 connections"
NOT_APPLIED = "  answered, but not applied in the database"
WITNESS_EVERY = 0.05
# More than the fastest machine answers in a second.
SINGLES_A_SECOND, BATCHES_A_SECOND = 3000, 120


def checkins(report: Report, options: Options) -> None:
    with part("Check-ins"):
        node = ScratchNode(options.scratch / "morning")
        singles = SINGLES_A_SECOND * options.seconds
        batched = BATCHES_A_SECOND * BATCH * options.seconds
        workers = max(3000, (singles + batched) // 2)
        node.fill("--workers", str(workers), "--days", "1", "--seed", "1")
        askers = give_tokens(node)
        witnesses, rest = askers.awaited[:600], askers.awaited[600:]
        with node.serving():
            _warm_up(node.port, rest[:200])
            _one_a_request(report, options, node, rest[200 : 200 + singles], witnesses[:300])
            rest = rest[200 + singles :]
            _fifty_a_request(report, options, node, askers, rest[:batched], witnesses[300:])


def _one_a_request(
    report: Report,
    options: Options,
    node: ScratchNode,
    awaited: Sequence[Awaited],
    witnesses: Sequence[Awaited],
) -> None:
    path = options.scratch / "singles.txt"
    lines = write_single(awaited, path)
    before = applied(node.database)
    with Witness(node.port, witnesses) as witness:
        told = _sent(node.port, path, options)
    stored = applied(node.database) - before - len(witness.acknowledged)
    report.add(ONE, told.rate, "1/s", note=_used(told, lines))
    report.add("  p50", told.p50_ms, "ms")
    report.add("  p99", told.p99_ms, "ms", at_most=250)
    report.ratio("  of a bare Flask route", ONE, BARE, 0.10)
    report.ratio("  of the Core script", ONE, CORE, 0.5)
    report.add("  answers that were not 2xx", told.failures, "", at_most=0)
    report.add(NOT_APPLIED, max(0, told.answers - stored), "", at_most=0)
    report.add(
        f"  of {len(witness.acknowledged)} acknowledged keys not in the database",
        len(witness.missing(node.database)),
        "",
        at_most=0,
    )


def _fifty_a_request(
    report: Report,
    options: Options,
    node: ScratchNode,
    askers: Askers,
    awaited: Sequence[Awaited],
    witnesses: Sequence[Awaited],
) -> None:
    path = options.scratch / "batches.txt"
    lines = write_batches(askers, awaited, path, BATCH)
    before = applied(node.database)
    with Witness(node.port, witnesses) as witness:
        told = _sent(node.port, path, options)
    stored = applied(node.database) - before - len(witness.acknowledged)
    report.add(MANY, told.rate * BATCH, "1/s", note=_used(told, lines))
    report.add("  p99 of a request of fifty", told.p99_ms, "ms")
    report.ratio("  check-ins for each bare request", MANY, BARE, 0.25)
    report.add("  answers that were not 2xx", told.failures, "", at_most=0)
    report.add(NOT_APPLIED, max(0, told.answers * BATCH - stored), "", at_most=0)
    report.add(
        f"  of {len(witness.acknowledged)} acknowledged keys not in the database",
        len(witness.missing(node.database)),
        "",
        at_most=0,
    )


def _sent(port: int, path: Path, options: Options) -> Told:
    return hit(port, "POST", "/api/v1/commands", seconds=options.seconds, bodies=path)


def _used(told: Told, lines: int) -> str:
    return "ran out of people" if told.answers >= lines - 64 else ""


def _warm_up(port: int, awaited: Sequence[Awaited]) -> None:
    with Witness(port, awaited, every=0) as witness:
        witness.finish()


def applied(database: Path) -> int:
    """How many commands the database says were applied."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    (count,) = connection.execute(
        "SELECT count(*) FROM command WHERE outcome = 'applied'"
    ).fetchone()
    connection.close()
    return int(count)


class Witness:
    """Sends a check-in every so many seconds, and remembers the keys that were acknowledged."""

    def __init__(self, port: int, awaited: Sequence[Awaited], every: float = WITNESS_EVERY) -> None:
        self.port, self.awaited, self.every = port, awaited, every
        self.acknowledged: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._send)

    def __enter__(self) -> "Witness":
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._stop.set()
        self._thread.join()

    def finish(self) -> None:
        """Wait until everybody has been sent."""
        self._thread.join()

    def missing(self, database: Path) -> list[str]:
        """Acknowledged keys of which the database knows nothing."""
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        known = {key for (key,) in connection.execute("SELECT key FROM command")}
        connection.close()
        return [key for key in self.acknowledged if key not in known]

    def _send(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        began = time.monotonic()
        for place, each in enumerate(self.awaited, start=1):
            # By the clock, not by the last answer: a slow one is caught up with.
            if self._stop.wait(max(0.0, began + place * self.every - time.monotonic())):
                return
            body = json.dumps({"commands": [command(each, by_badge=False)]})
            headers = JSON_TYPE | {"Authorization": f"Bearer {each.token}"}
            connection.request("POST", "/api/v1/commands", body, headers)
            answer = json.loads(connection.getresponse().read())
            for result in answer["results"]:
                if result["outcome"] == "applied":
                    self.acknowledged.append(result["key"])
