"""The network comes back: what many phones kept is sent, though the server is killed on the way."""

import json
import shutil
import sqlite3
import subprocess
import time
from pathlib import Path
from typing import Any

from benchmarks.figures import Options, Report, part
from benchmarks.node import ROOT, ScratchNode, kill
from benchmarks.people import Awaited, body_of, give_device_tokens, give_tokens

DEVICES = 300
COMMANDS = 10_000
KILLED_AFTER_SECONDS = 1.0
GIVE_UP_AFTER_SECONDS = 180
SCRIPT = Path(__file__).resolve().parent / "drain.mjs"


def drain(report: Report, options: Options) -> None:
    """300 devices with 10,000 commands between them; the server dies once while they send."""
    with part("What phones kept, sent"):
        if shutil.which("node") is None:
            report.skip("draining outboxes: no Node on this machine")
            return
        node = ScratchNode(options.scratch / "drain")
        node.fill("--workers", str(COMMANDS // 2), "--days", "1", "--seed", "1")
        awaited = give_tokens(node).awaited[:COMMANDS]
        kept = options.scratch / "kept.json"
        kept.write_text(json.dumps(_shared_out(node, awaited)), encoding="utf-8")
        before = _amended(node.database)
        with Phones(node.port, kept) as phones:
            report.add(f"commands kept by {DEVICES} devices", phones.kept, "")
            took = _sent(node, phones)
            state, keys = phones.ask("state"), phones.ask("keys")
        report.add("  until all were received, one kill on the way", took, "s", at_most=60)
        report.add("  devices that still wait", state["devices_waiting"], "", at_most=0)
        report.add("  refused", state["refused"], "", at_most=0)
        report.add("  received, but unknown there", _unknown(node.database, keys), "", at_most=0)
        report.add("  recorded twice", _amended(node.database) - before, "", at_most=0)


def _shared_out(node: ScratchNode, awaited: tuple[Awaited, ...]) -> list[dict[str, Any]]:
    """Each device gets an officer's token of its own, and people of that company."""
    by_company: dict[str, list[Awaited]] = {}
    for each in awaited:
        by_company.setdefault(each.company, []).append(each)
    share = len(awaited) / DEVICES
    counts = {code: max(1, round(len(who) / share)) for code, who in by_company.items()}
    devices = []
    for code, (account, tokens) in give_device_tokens(node, counts).items():
        people = by_company[code]
        devices += [
            {
                "token": token,
                "account": account,
                "bodies": [body_of(each, by_badge=True) for each in people[place :: len(tokens)]],
            }
            for place, token in enumerate(tokens)
        ]
    return devices


def _sent(node: ScratchNode, phones: "Phones") -> float:
    """Seconds from the first open road until nothing waits."""
    began = time.monotonic()
    with node.serving() as server:
        began = time.monotonic()
        phones.tell("open")
        time.sleep(KILLED_AFTER_SECONDS)
        kill(server)
    with node.serving():
        while phones.ask("state")["saved"] and time.monotonic() - began < GIVE_UP_AFTER_SECONDS:
            time.sleep(0.2)
        return time.monotonic() - began


def _unknown(database: Path, keys: list[str]) -> int:
    known = {key for (key,) in _read(database, "SELECT key FROM command")}
    return sum(key not in known for key in keys)


def _amended(database: Path) -> int:
    """Answers beyond the first for the same person and shift."""
    ((count,),) = _read(database, "SELECT count(*) FROM check_in WHERE version > 1")
    return int(count)


def _read(database: Path, query: str) -> list[Any]:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    rows = connection.execute(query).fetchall()
    connection.close()
    return rows


class Phones:
    """The process that plays the devices; asked and told by lines."""

    def __init__(self, port: int, kept: Path) -> None:
        self._process = subprocess.Popen(
            ["node", str(SCRIPT), str(port), str(kept)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.kept: int = self._answer()["kept"]

    def __enter__(self) -> "Phones":
        return self

    def __exit__(self, *_: Any) -> None:
        self._process.kill()
        self._process.wait()

    def tell(self, line: str) -> None:
        """Say something that has no answer."""
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def ask(self, line: str) -> Any:
        """Say something, and what was answered."""
        self.tell(line)
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout
        return json.loads(self._process.stdout.readline())
