"""Parks that are filled once and kept: so many workers with so many days behind them."""

import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from app.cases.jobs import open_due_cases
from app.dashboards.jobs import keep_records
from app.kernel.clock import SystemClock
from benchmarks.history import lengthen
from benchmarks.node import ScratchNode
from benchmarks.people import in_app

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
# The demo tells so much itself; a longer past is copied from its last full week.
TOLD_DAYS = 8
# Yesterday and today are kept again at every run.
MOVING_DAYS = 2


@dataclass(frozen=True, slots=True)
class Park:
    """A filled node: its accounts to look around with, and the last day that it tells of."""

    node: ScratchNode
    accounts: dict[str, dict[str, str]]
    last_on: date

    @property
    def bytes(self) -> int:
        """How large its database is."""
        return self.node.database.stat().st_size

    @property
    def is_of_today(self) -> bool:
        """Whether people are expected on the shifts that are coming now."""
        return self.last_on == today()


def today() -> date:
    """The day in the park."""
    return SystemClock().now().astimezone(ZONE).date()


def kept_park(folder: Path, workers: int, days: int) -> Park:
    """The park of that size; filled where it is not there, which a large one takes minutes for."""
    place = folder / f"park-{workers}x{days}"
    node = ScratchNode(place)
    done = place / "filled"
    if not done.exists():
        _fill(node, workers, days)
        done.write_text(today().isoformat(), encoding="utf-8")
    return _park(node)


def fresh_copy(park: Park, place: Path) -> Park:
    """The same park in another folder, to be written into."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(park.node.folder, place, ignore=shutil.ignore_patterns("backups", ".scratch*"))
    return _park(ScratchNode(place))


def refilled(folder: Path, workers: int, days: int) -> Park:
    """The park of that size, filled anew where it is not of today."""
    park = kept_park(folder, workers, days)
    if park.is_of_today:
        return park
    shutil.rmtree(park.node.folder)
    return kept_park(folder, workers, days)


def _park(node: ScratchNode) -> Park:
    told = node.fill(afresh=False)
    accounts = {each["role"]: each for each in reversed(told["accounts"])}
    last_on = date.fromisoformat((node.folder / "filled").read_text(encoding="utf-8"))
    return Park(node, accounts, last_on)


def _fill(node: ScratchNode, workers: int, days: int) -> None:
    began = time.perf_counter()
    demo = ("--workers", str(workers), "--days", str(min(days, TOLD_DAYS)), "--seed", "1")
    node.fill(*demo)
    loaded = time.perf_counter()
    lengthen(node.database, days, today())
    lengthened = time.perf_counter()
    in_app(node, lambda _: _catch_up())
    with closing(sqlite3.connect(node.database, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    size = node.database.stat().st_size / 2**20
    took = f"{loaded - began:.0f} s demo, {lengthened - loaded:.0f} s history"
    jobs = f"{time.perf_counter() - lengthened:.0f} s jobs"
    print(f"  filled {workers:,} x {days} days: {size:,.0f} MiB, {took}, {jobs}", flush=True)


def _catch_up() -> None:
    """What the clock would long have done: cases, and the records of past days."""
    open_due_cases()
    while keep_records() > MOVING_DAYS:
        pass
