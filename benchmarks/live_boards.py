"""Boards that are open while the morning comes in: how late a figure is.

The boards and the senders share the machine and one interpreter with the clock that times them;
how long a page takes beside check-ins alone is measured by `boards`.
"""

import re
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any
from zoneinfo import ZoneInfo

from app.kernel.clock import SystemClock
from benchmarks.boards import Browser
from benchmarks.checkins import Witness
from benchmarks.figures import Options, Report, part, percentile
from benchmarks.node import ScratchNode
from benchmarks.people import Awaited, give_tokens

# Two of the senders send for people of the company whose boards are open.
SENDERS, OWN, A_SECOND = 10, 2, 50
OPEN_BOARDS, LOOKS_EVERY, LOGGED_EVERY = 30, 1.2, 0.05
LATEST_SECONDS = 2.0
PARK_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
ANSWERED = re.compile(r"([\d.]+)\s*/\s*[\d.]+ người đi làm")
PAGE, LIVE = "/today?shift=day", "/today/live?shift=day"


def live_boards(report: Report, options: Options) -> None:
    """The lag of an open board, with 50 check-ins a second asked for and 30 boards open."""
    with part("Open boards"):
        node = ScratchNode(options.scratch / f"park-{options.workers}x{options.days}")
        demo = ("--workers", str(options.workers), "--days", str(options.days), "--seed", "1")
        told = node.fill(*demo, afresh=False)
        account = next(each for each in told["accounts"] if each["role"] == "safety_officer")
        today = SystemClock().now().astimezone(PARK_ZONE).date().isoformat()
        awaited = [each for each in give_tokens(node).awaited if each.shift_on == today]
        with node.serving():
            _measure(report, options, node, awaited, account)


def _measure(
    report: Report,
    options: Options,
    node: ScratchNode,
    awaited: Sequence[Awaited],
    account: dict[str, str],
) -> None:
    seconds = 3 * options.seconds
    each_sends = A_SECOND * seconds // SENDERS
    reader = Browser(node.port)
    reader.sign_in(account["login"], account["secret"])
    _, body = reader.get("/today")
    company = _code(body)
    own = [each for each in awaited if each.company == company]
    others = [each for each in awaited if each.company != company]
    if len(own) < OWN * each_sends or len(others) < (SENDERS - OWN) * each_sends:
        report.skip("open boards: too few people are left to answer; fill the park anew")
        return
    people = [*own[: OWN * each_sends], *others]
    senders = [
        Witness(
            node.port,
            people[place * each_sends : (place + 1) * each_sends],
            every=SENDERS / A_SECOND,
        )
        for place in range(SENDERS)
    ]
    log = Log(senders[:OWN])
    boards = [Board(node.port, account, log) for _ in range(OPEN_BOARDS)]
    with ExitStack() as stack:
        for each in [*boards, log, *senders]:
            stack.enter_context(each)
        times = _read(reader, seconds)
    sent = sum(len(sender.acknowledged) for sender in senders)
    note = f"{OPEN_BOARDS} open boards"
    report.add("check-ins meanwhile", sent / seconds, "1/s", note=note)
    report.add(f"{PAGE} meanwhile, p50", percentile(times, 0.5), "ms")
    report.add(f"{PAGE} meanwhile, p95", percentile(times, 0.95), "ms")
    asks = [each for board in boards for each in board.times]
    report.add(f"{LIVE}, p95", percentile(asks, 0.95), "ms")
    lags = [lag for board in boards for lag in board.lags]
    report.add("a check-in on an open board, p50", percentile(lags, 0.5), "s")
    late = percentile(lags, 0.99)
    report.add("a check-in on an open board, p99", late, "s", at_most=LATEST_SECONDS)


def _code(page: str) -> str:
    found = re.search(r'data-company="([^"]+)"', page)
    return found[1] if found else ""


def _read(reader: Browser, seconds: float) -> list[float]:
    """Open the page again and again; milliseconds of each."""
    times, ends = [], time.monotonic() + seconds
    while time.monotonic() < ends:
        began = time.perf_counter()
        status, _ = reader.get(PAGE)
        times.append((time.perf_counter() - began) * 1000)
        if status != 200:
            raise SystemExit(f"{PAGE} answers {status}")
        time.sleep(0.2)
    return times


class Looking:
    """Something that looks again and again until it is left."""

    def __init__(self, every: float) -> None:
        self._every, self._stop = every, threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Looking":
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._stop.set()
        self._thread.join()

    def look(self) -> None:
        """One look."""
        raise NotImplementedError

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            self.look()


class Log(Looking):
    """When how many check-ins had been acknowledged."""

    def __init__(self, senders: Sequence[Witness]) -> None:
        super().__init__(LOGGED_EVERY)
        self.senders = senders
        self.entries: list[tuple[int, float]] = []

    def look(self) -> None:
        count = sum(len(sender.acknowledged) for sender in self.senders)
        if count and (not self.entries or self.entries[-1][0] < count):
            self.entries.append((count, time.monotonic()))


class Board(Looking):
    """An open board: it asks as live-board.js does, and notes how late it showed each figure."""

    def __init__(self, port: int, account: dict[str, str], log: Log) -> None:
        super().__init__(LOOKS_EVERY)
        self.browser, self.log, self.seen = Browser(port), log, 0
        self.browser.sign_in(account["login"], account["secret"])
        self.times: list[float] = []
        self.lags: list[float] = []
        self.first = self._answered()

    def look(self) -> None:
        shown = self._answered() - self.first
        now, entries = time.monotonic(), self.log.entries
        while self.seen < len(entries) and entries[self.seen][0] <= shown:
            self.lags.append(now - entries[self.seen][1])
            self.seen += 1

    def _answered(self) -> int:
        began = time.perf_counter()
        _, text = self.browser.get(LIVE)
        self.times.append((time.perf_counter() - began) * 1000)
        found = ANSWERED.search(text)
        return int(found[1].replace(".", "")) if found else 0
