"""Phones that check in on their own time: each its own connection, whether or not others wait.

A process of its own, so that what else a benchmark does holds up no phone. A time is counted from
the moment at which the phone was to send, not from the one at which it came to it.
"""

import asyncio
import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.figures import percentile
from benchmarks.node import ROOT, clean_environment
from benchmarks.people import Awaited, command

MINUTE = 60.0
GIVEN_UP_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Plan:
    """So many a second on average; of each minute's, `burst` come within one second."""

    port: int
    people: str
    rate: float
    burst: int
    seconds: float
    told: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of it: ms of every answer, how late each phone began, keys that were applied."""

    sent: int
    times: list[float]
    begun_late: list[float]
    acknowledged: list[str]
    refused: dict[str, int]
    seconds: float

    @property
    def p99(self) -> float:
        """In ms."""
        return percentile(self.times, 0.99)


def arrivals(plan: Plan) -> list[float]:
    """When each phone sends, in seconds from the start."""
    chance, moments = random.Random(4), list[float]()
    each_minute = plan.rate * MINUTE
    minutes = plan.seconds / MINUTE
    for minute in range(int(minutes) + 1):
        length = min(MINUTE, plan.seconds - minute * MINUTE)
        if length < 1:
            break
        start, wanted = minute * MINUTE, round(each_minute * length / MINUTE)
        burst = min(plan.burst, wanted)
        peak = start + min(MINUTE / 2, length - 1)
        moments += [peak + chance.random() for _ in range(burst)]
        moments += [start + chance.random() * length for _ in range(wanted - burst)]
    return sorted(moments)


class Phones:
    """Phones in a process of their own, from `start` until `wait`."""

    def __init__(self, folder: Path, port: int, people: Sequence[Awaited]) -> None:
        self.folder, self.port, self.people = folder, port, people
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, rate: float, seconds: float, burst: int = 0) -> None:
        """Begin to send."""
        listed, told = self.folder / "phones.json", self.folder / "phones-told.json"
        told.unlink(missing_ok=True)
        wanted = int(rate * seconds) + 1
        listed.write_text(json.dumps([asdict(each) for each in self.people[:wanted]]))
        self.people = self.people[wanted:]
        plan = Plan(self.port, str(listed), rate, burst, seconds, str(told))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.phones", json.dumps(asdict(plan))],
            cwd=ROOT,
            env=clean_environment(),
            start_new_session=True,
        )

    def stop(self) -> None:
        """Let no more be sent; those that wait for an answer go on waiting."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)

    @property
    def are_done(self) -> bool:
        """Whether the last one has its answer."""
        assert self._process is not None
        return self._process.poll() is not None

    def wait(self) -> Heard:
        """What came of it, once the last one has its answer."""
        assert self._process is not None
        if self._process.wait():
            raise SystemExit("the phones ended by themselves")
        return Heard(**json.loads((self.folder / "phones-told.json").read_text()))


class Phone(asyncio.Protocol):
    """One request on one connection; `answer` is its status and body."""

    def __init__(self, request: bytes, answer: "asyncio.Future[tuple[int, bytes]]") -> None:
        self.request, self.answer, self.heard = request, answer, b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.heard += data
        head, found, body = self.heard.partition(b"\r\n\r\n")
        if found and len(body) >= _length(head) and not self.answer.done():
            self.answer.set_result((int(head[9:12]), body))
            if self.transport is not None:
                self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.answer.done():
            self.answer.set_exception(exc or ConnectionResetError("no answer"))


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0


class Crowd:
    """All phones of a plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        people = json.loads(Path(plan.people).read_text())
        self.people = [Awaited(**each) for each in people]
        self.heard = Heard(0, [], [], [], {}, 0)
        self.over = False

    async def run(self) -> Heard:
        """Send, and wait for the last answer."""
        loop, tasks = asyncio.get_running_loop(), set[asyncio.Task[None]]()
        loop.add_signal_handler(signal.SIGINT, self._stop)
        began = time.perf_counter()
        for moment, each in zip(arrivals(self.plan), self.people, strict=False):
            due = began + moment
            while not self.over and (rest := due - time.perf_counter()) > 0:
                await asyncio.sleep(min(rest, 0.2))
            if self.over:
                break
            task = loop.create_task(self._send(each, due))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        ended = time.perf_counter()
        if tasks:
            await asyncio.wait(tasks)
        told = asdict(self.heard) | {"seconds": ended - began}
        return Heard(**told)

    def _stop(self) -> None:
        self.over = True

    async def _send(self, each: Awaited, due: float) -> None:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[tuple[int, bytes]] = loop.create_future()
        self.heard.begun_late.append((time.perf_counter() - due) * 1000)
        try:
            async with asyncio.timeout(GIVEN_UP_SECONDS):
                request = _request(each)
                await loop.create_connection(
                    lambda: Phone(request, answer), "127.0.0.1", self.plan.port
                )
                status, body = await answer
        except (OSError, TimeoutError) as problem:
            self._refused(type(problem).__name__)
            return
        self.heard.times.append((time.perf_counter() - due) * 1000)
        if status != 200:
            self._refused(str(status))
            return
        for result in json.loads(body)["results"]:
            if result["outcome"] == "applied":
                self.heard.acknowledged.append(result["key"])
            else:
                self._refused(str(result.get("code") or result["outcome"]))

    def _refused(self, why: str) -> None:
        self.heard.refused[why] = self.heard.refused.get(why, 0) + 1


def _request(each: Awaited) -> bytes:
    body = json.dumps({"commands": [command(each, by_badge=False)]}).encode()
    head = (
        "POST /api/v1/commands HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {each.token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def main(plan: Plan) -> None:
    told = asyncio.run(Crowd(plan).run())
    draft = Path(plan.told + ".part")
    draft.write_text(json.dumps(asdict(told) | {"sent": len(told.begun_late)}))
    draft.replace(plan.told)


if __name__ == "__main__":
    main(Plan(**json.loads(sys.argv[1])))
