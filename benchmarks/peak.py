"""The morning peak: 200,000 people in 15 minutes, while boards are open and reminders go out."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from app.delivery.rules import ChannelName, Lane
from benchmarks.dispatch import BODY, asked, peer, queue_many
from benchmarks.figures import Options, Report, part, percentile
from benchmarks.imports import Memory
from benchmarks.live_boards import Board, Log, Looking
from benchmarks.memory import MOST_MIB, signed_in
from benchmarks.node import ScratchNode
from benchmarks.parks import Park, fresh_copy, refilled
from benchmarks.people import Awaited, give_tokens, in_app, once_each
from benchmarks.phones import Heard, Phones

RATE, BURST = 222, 1000
SLOWEST_MS = 500
OPEN_BOARDS, MANAGER_LOOKS_EVERY = 10, 5.0
# What a Vietnamese gateway takes from one account.
SMS_A_MINUTE = 3000
WARM_UP_SECONDS = 3


def peak(report: Report, options: Options) -> None:
    """Check-ins at the full rate from phones that keep to the clock, not to the server."""
    size = f"{options.peak_workers:,} workers, {options.peak_minutes:g} minutes"
    with part(f"The morning peak: {size}"):
        kept = refilled(options.parks, options.peak_workers, 1)
        park = fresh_copy(kept, options.scratch / "peak")
        people = once_each(give_tokens(park.node).awaited)
        with peer() as gateway:
            reminders = _remind(park.node, gateway)
            with park.node.serving() as server, Memory(server.pid, every=0.5) as watched:
                heard, boards, sent, before = _morning(options, park, people, gateway)
        _tell(report, heard, boards)
        report.add("  reminders sent meanwhile, by SMS", sent, "", note=f"of {reminders:,} queued")
        report.add("  most memory of the node", watched.most, "MiB", at_most=MOST_MIB)
        _count(report, park.node.database, heard, before)


def _remind(node: ScratchNode, gateway: str) -> int:
    node.environment |= {
        "ANCA_SCHEDULER": "1",
        "ANCA_SMS_URL": f"{gateway}/send",
        "ANCA_SMS_BODY": json.dumps(BODY),
        "ANCA_SMS_OK_POINTER": "/CodeResult",
        "ANCA_SMS_OK_VALUES": "100",
        "ANCA_SMS_ID_POINTER": "/SMSID",
        "ANCA_SMS_PER_MINUTE": str(SMS_A_MINUTE),
    }
    return in_app(node, lambda now: queue_many(now, ChannelName.SMS_HTTP, 1, Lane.NORMAL))


def _morning(
    options: Options, park: Park, people: list[Awaited], gateway: str
) -> tuple[Heard, list[Board], int, dict[str, int]]:
    """The peak itself; what came of it, the boards, SMS sent, and the counts before it."""
    phones = Phones(options.scratch, park.node.port, people)
    time.sleep(options.settled_seconds)
    phones.start(RATE / 4, WARM_UP_SECONDS)
    phones.wait()
    before = counts(park.node.database)
    with _open_boards(park) as boards:
        sent = asked(gateway)["calls"]
        phones.start(RATE, options.peak_minutes * 60, BURST)
        heard = phones.wait()
        sent = asked(gateway)["calls"] - sent
    return heard, boards, int(sent), before


@contextmanager
def _open_boards(park: Park) -> Iterator[list[Any]]:
    log = Log([])
    boards = [
        Board(park.node.port, park.accounts["safety_officer"], log) for _ in range(OPEN_BOARDS)
    ]
    manager = Manager(park)
    with ExitStack() as stack:
        for each in [*boards, manager]:
            stack.enter_context(each)
        yield [*boards, manager]


class Manager(Looking):
    """The park manager, who looks at all companies every few seconds."""

    def __init__(self, park: Park) -> None:
        super().__init__(MANAGER_LOOKS_EVERY)
        self.browser = signed_in(park.node, park.accounts["park_manager"])
        self.times: list[float] = []

    def look(self) -> None:
        began = time.perf_counter()
        status = self.browser.take("/compliance")
        self.times.append((time.perf_counter() - began) * 1000)
        if status != 200:
            raise SystemExit(f"/compliance answers {status}")


def _tell(report: Report, heard: Heard, boards: list[Any]) -> None:
    *open_boards, manager = boards
    note = f"{BURST:,} of each minute within one second, each phone its own connection"
    report.add("check-ins sent a second", heard.sent / heard.seconds, "1/s", note=note)
    report.add("  p50", percentile(heard.times, 0.5), "ms")
    report.add("  p99", heard.p99, "ms", at_most=SLOWEST_MS)
    report.add("  slowest", max(heard.times), "ms")
    late = percentile(heard.begun_late, 0.99)
    report.add("  the phones themselves were late, p99", late, "ms", note="counted above")
    refused = sum(heard.refused.values())
    report.add("  refused or unanswered", refused, "", at_most=0, note=_why(heard.refused))
    looks = [time for board in open_boards for time in board.times]
    report.add(f"  /today/live of {OPEN_BOARDS} open boards, p95", percentile(looks, 0.95), "ms")
    if manager.times:
        report.add("  /compliance meanwhile, p95", percentile(manager.times, 0.95), "ms")


def _why(refused: dict[str, int]) -> str:
    return ", ".join(f"{code} {count}" for code, count in refused.items())


def _count(report: Report, database: Path, heard: Heard, before: dict[str, int]) -> None:
    """What was acknowledged and what stands in the tables: the same, to the last one."""
    after = counts(database)
    acknowledged = len(heard.acknowledged)
    report.add("  acknowledged", acknowledged, "")
    report.add("  acknowledged, but not in the database", missing(database, heard), "", at_most=0)
    for name, words in (("answers", "answers stored"), ("counted", "answers in the figures")):
        apart = abs(after[name] - before[name] - acknowledged)
        report.add(f"  {words}, more or fewer than acknowledged", apart, "", at_most=0)


def missing(database: Path, heard: Heard) -> int:
    """How many acknowledged keys the database does not know."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        known = {key for (key,) in connection.execute("SELECT key FROM command")}
    return sum(key not in known for key in heard.acknowledged)


def counts(database: Path) -> dict[str, int]:
    """Answers stored, and answers in the figures of the companies."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        (answers,) = connection.execute("SELECT count(*) FROM check_in").fetchone()
        (counted,) = connection.execute(
            "SELECT sum(answered) FROM shift_count WHERE branch_id = company_id"
        ).fetchone()
    return {"answers": answers, "counted": counted}
