"""What this machine allows at most: bare Flask, raw SQLite, the same inserts with no server."""

import os
import sqlite3
import time
from pathlib import Path

from sqlalchemy import create_engine, event, insert
from sqlalchemy.dialects.sqlite import insert as upsert

from app.checkins.models import CheckIn, Duty, ShiftCount
from app.extensions import Base
from app.kernel.clock import SystemClock
from app.kernel.ids import new_id
from app.outbox.models import Command
from benchmarks.figures import Options, Report, part
from benchmarks.load import hit
from benchmarks.node import free_port, running

BARE = "bare Flask route"
CORE = "Core script, the inserts of one check-in and a commit"
COMMITS = "raw sqlite3, one row a commit"
NAMES = ("expected", "answered", "on_time", "absent", "not_asked", "green", "amber", "red")


def floors(report: Report, options: Options) -> None:
    with part("Floors of this machine, in this run"):
        bare_flask(report, options)
        raw_commits(report, options)
        core_script(report, options)


def bare_flask(report: Report, options: Options) -> None:
    port = free_port()
    with running(["-m", "benchmarks.bare", str(port)], {}, f"http://127.0.0.1:{port}/bare"):
        hit(port, "GET", "/bare", seconds=1)
        told = hit(port, "GET", "/bare", seconds=options.seconds)
    report.add(BARE, told.rate, "req/s", note=f"p99 {told.p99_ms:.0f} ms")


def raw_commits(report: Report, options: Options) -> None:
    path = _fresh(options.scratch / "raw.db")
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL").close()
    connection.execute("PRAGMA synchronous=FULL").close()
    connection.execute("CREATE TABLE thing (id TEXT PRIMARY KEY, value TEXT)").close()
    done, ends = 0, time.perf_counter() + options.seconds / 2
    started = time.perf_counter()
    while time.perf_counter() < ends:
        connection.execute("INSERT INTO thing VALUES (?, ?)", (str(done), "x" * 90)).close()
        done += 1
    report.add(COMMITS, done / (time.perf_counter() - started), "1/s")
    connection.close()


def core_script(report: Report, options: Options) -> None:
    path = _fresh(options.scratch / "core.db")
    engine = create_engine(f"sqlite:///{path}", connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: object) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # type: ignore[attr-defined]

    wanted = {"branch", "account", "worker", "duty", "check_in", "shift_count", "command"}
    tables = [table for table in Base.metadata.sorted_tables if table.name in wanted]
    Base.metadata.create_all(engine, tables=tables)
    done, started = 0, time.perf_counter()
    ends = started + options.seconds / 2
    with engine.connect() as connection:
        while time.perf_counter() < ends:
            with connection.begin():
                _one_check_in(connection, done)
            done += 1
    report.add(CORE, done / (time.perf_counter() - started), "1/s")
    engine.dispose()


def _one_check_in(connection: object, number: int) -> None:
    now = SystemClock().now()
    today, worker_id, check_in_id = now.date(), f"w{number}", new_id(now)
    answers = {"symptoms": [], "temperature_c": None, "denied": ["contact_case", "contact_f1"]}
    execute = connection.execute  # type: ignore[attr-defined]
    execute(
        insert(CheckIn.__table__).values(
            id=check_in_id,
            worker_id=worker_id,
            shift_on=today,
            shift="ca1",
            version=1,
            made_at=now,
            received_at=now,
            counted_at=now,
            clock_suspect=False,
            on_time=True,
            source="phone",
            account_id=worker_id,
            device_id=None,
            answers=answers,
            rules="workplace_2020@1",
            rules_proposed=True,
            lookback_days=14,
            level="green",
            reasons=[],
            advice=None,
        )
    )
    answered = {
        "state": "answered",
        "level": "green",
        "on_time": True,
        "version": 1,
        "check_in_id": check_in_id,
        "answered_at": now,
        "reason": None,
    }
    execute(
        upsert(Duty.__table__)
        .values(
            worker_id=worker_id,
            shift_on=today,
            shift="ca1",
            company_id=1,
            branch_id=2,
            **answered,
        )
        .on_conflict_do_update(index_elements=["worker_id", "shift_on", "shift"], set_=answered)
    )
    statement, table = upsert(ShiftCount.__table__), ShiftCount.__table__
    sums = {name: table.c[name] + statement.excluded[name] for name in NAMES}
    execute(
        statement.on_conflict_do_update(
            index_elements=["branch_id", "shift_on", "shift"],
            set_={**sums, "as_of": statement.excluded.as_of},
        ),
        [
            {
                "branch_id": branch_id,
                "shift_on": today,
                "shift": "ca1",
                "company_id": 1,
                "as_of": now,
                **dict.fromkeys(NAMES, 0),
                "answered": 1,
                "green": 1,
            }
            for branch_id in (1, 2)
        ],
    )
    execute(
        insert(Command.__table__).values(
            key=new_id(now),
            account_id=worker_id,
            kind="check_in",
            digest="0" * 64,
            outcome="applied",
            code=None,
            result={"result": {"check_in_id": check_in_id, "level": "green"}, "params": {}},
            received_at=now,
        )
    )


def fsync_rate(scratch: Path) -> float:
    """How often a second the disk confirms 4 KiB."""
    path, block = scratch / "fsync.bin", b"x" * 4096
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    done, started = 0, time.perf_counter()
    while time.perf_counter() - started < 1:
        os.pwrite(handle, block, 0) if hasattr(os, "pwrite") else os.write(handle, block)
        os.fsync(handle)
        done += 1
    os.close(handle)
    path.unlink()
    return done / (time.perf_counter() - started)


def _fresh(path: Path) -> Path:
    for leftover in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        leftover.unlink(missing_ok=True)
    return path
