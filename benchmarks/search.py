"""The search of workers, in 200,000 of them, on both databases."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from app.accounts.actions.branches import add_branch
from app.accounts.models import Account, Credential
from app.accounts.rules import BranchKind, badge_key
from app.extensions import blind_index, db
from app.factory import build_app
from app.kernel.clock import SystemClock
from app.kernel.ids import new_id
from app.kernel.text import fold
from app.settings import Settings
from app.web.schema import upgrade
from app.web.transaction import transact
from app.workforce.models import Worker
from app.workforce.queries.searching import phone_tail_index
from app.workforce.queries.workers import list_workers
from benchmarks.figures import Options, Report, part, percentile
from tests.postgres import find_cluster

WORKERS, QUICK_WORKERS = 200_000, 20_000
COMPANIES, LINES, ASKED = 8, 40, 300
LARGEST_SHARE = 0.5
SLOWEST_MS = 50
CHUNK = 2_000
FAMILIES = "Nguyễn/Nguyễn/Nguyễn/Nguyễn/Trần/Trần/Lê/Phạm/Hoàng/Vũ/Đặng/Bùi/Đỗ/Giáp/Thân/Ngô"
MIDDLES = "Thị/Thị/Thị/Văn/Văn/Hữu/Ngọc/Minh/Đức/Thu/Quang/Thanh/Xuân/Kim/Hồng/Bích"
GIVEN = (
    "An/Ánh/Bình/Chi/Cường/Dung/Duyên/Dũng/Giang/Hà/Hạnh/Hải/Hằng/Hiền/Hoa/Hoà/Huệ/Hùng/Hương/Khoa/"
    "Khôi/Lan/Liên/Linh/Loan/Long/Ly/Mai/Mến/Mỹ/Nam/Nga/Ngân/Nhung/Oanh/Phúc/Phương/Quân/Quý/Quỳnh/"
    "Sơn/Tâm/Thảo/Thắng/Thuỷ/Tiến/Trang/Tuấn/Tuyết/Uyên/Vân/Việt/Xoan/Yến"
)
PARTS = tuple(tuple(words.split("/")) for words in (FAMILIES, MIDDLES, GIVEN))


def search(report: Report, options: Options) -> None:
    count = QUICK_WORKERS if options.seconds < 10 else WORKERS
    with part(f"Search, {count:,} workers"):
        with _scratch() as folder:
            _measure(report, f"sqlite:///{folder / 'anca.db'}", folder, count, "SQLite")
        with _scratch() as folder:
            cluster = find_cluster(folder)
            if isinstance(cluster, str):
                report.skip(f"search on PostgreSQL: {cluster}")
                return
            with cluster:
                url = cluster.new_database("search")
                _measure(report, url, folder, count, "PostgreSQL")


@contextmanager
def _scratch() -> Iterator[Path]:
    """A folder that the server's own user may reach too."""
    folder = Path(tempfile.mkdtemp(prefix="anca-search-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measure(report: Report, url: str, folder: Path, count: int, kind: str) -> None:
    app = build_app(Settings(instance=folder, database_url=url, scheduler=False), SystemClock())
    with app.app_context():
        upgrade(app.extensions["writer"].engine)
        began = time.perf_counter()
        root, company, line = _fill(count)
        report.add(f"{kind}: fill", count / (time.perf_counter() - began), "rows/s")
        if kind == "PostgreSQL":
            with app.extensions["writer"].engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT")
                connection.execute(text("VACUUM ANALYZE worker"))
        for name, path in (("whole park", root), ("one company", company), ("one line", line)):
            _ask(report, f"{kind}: {name}", path)
    app.extensions["writer"].stop()
    _close(app)


def _close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    app.extensions["writer"].engine.dispose()


def _ask(report: Report, name: str, path: str) -> None:
    chance, slow = Random(7), dict[str, float]()
    times = []
    for _ in range(ASKED):
        kind, wanted = _query(chance)
        began = time.perf_counter()
        list_workers(db.session(), [path], wanted=wanted, limit=50)
        took = (time.perf_counter() - began) * 1000
        db.session.rollback()
        times.append(took)
        slow[kind] = max(slow.get(kind, 0), took)
    worst = ", ".join(f"{kind} {took:.0f}" for kind, took in slow.items())
    report.add(f"{name}, p50", percentile(times, 0.5), "ms")
    note = f"slowest by kind: {worst}"
    report.add(f"{name}, p95", percentile(times, 0.95), "ms", at_most=SLOWEST_MS, note=note)


def _query(chance: Random) -> tuple[str, str]:
    """What an officer types, every letter of which asks anew."""
    name = [chance.choice(words) for words in PARTS]
    kinds: list[tuple[str, Callable[[], str]]] = [
        ("letter", lambda: fold(chance.choice(name))[:1]),
        ("family", lambda: fold(name[0])),
        ("name", lambda: " ".join(name)),
        ("shuffled", lambda: " ".join(chance.sample(name, 3))),
        ("beginnings", lambda: " ".join(fold(word)[:2] for word in name)),
        ("badge", lambda: f"C{chance.randrange(COMPANIES)}-{chance.randrange(90_000):05d}"),
        ("digits", lambda: str(chance.randrange(100, 90_000))),
        ("tail", lambda: f"{chance.randrange(1000):03d}"),
        ("line", lambda: f"{fold(name[2])} chuyen {chance.randrange(1, LINES)}"),
        ("nobody", lambda: "xzq " + name[0]),
    ]
    kind, make = chance.choice(kinds)
    return kind, make()


def _fill(count: int) -> tuple[str, str, str]:
    """Companies, the first with half of the people; the paths of park, company and line."""
    chance, now = Random(1), SystemClock().now()

    def units(session: Session) -> tuple[str, list[tuple[int, str, list[tuple[int, str]]]]]:
        park = add_branch(session, None, BranchKind.PARK, "P", "KCN")
        made = []
        for number in range(COMPANIES):
            company = add_branch(
                session, park, BranchKind.COMPANY, f"C{number}", f"Công ty {number}"
            )
            lines = [
                add_branch(session, company, BranchKind.LINE, f"L{line}", f"Chuyền {line}")
                for line in range(1, LINES)
            ]
            made.append((company.id, company.path, [(each.id, each.path) for each in lines]))
        return park.path, made

    root, companies = transact(units)
    rows: list[dict[str, Any]] = []
    for place in range(count):
        number = 0 if chance.random() < LARGEST_SHARE else chance.randrange(1, COMPANIES)
        company_id, _, lines = companies[number]
        name = " ".join(chance.choice(words) for words in PARTS)
        phone, badge = f"09{chance.randrange(10**8):08d}", f"C{number}-{place:06d}"
        rows.append(
            {
                "id": new_id(now),
                "company_id": company_id,
                "branch_id": chance.choice(lines)[0],
                "badge": badge,
                "badge_key": badge_key(badge),
                "name": name,
                "name_folded": fold(name),
                "phone": phone,
                "phone_index": blind_index(phone),
                "phone_tails": phone_tail_index(phone),
                "updated_at": now,
            }
        )
        if len(rows) == CHUNK or place == count - 1:
            transact(_adding(rows))
            rows = []
    return root, companies[0][1], companies[0][2][2][1]


def _adding(rows: list[dict[str, Any]]) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        account = {"secret_must_change": False, "locale": "vi", "active": True}
        session.execute(
            insert(Account),
            [
                {"id": row["id"], "name": row["name"], "created_at": row["updated_at"], **account}
                for row in rows
            ],
        )
        session.execute(
            insert(Credential),
            [
                {
                    "account_id": row["id"],
                    "company_id": row["company_id"],
                    "badge_key": row["badge_key"],
                    "pin_must_change": False,
                }
                for row in rows
            ],
        )
        session.execute(insert(Worker), rows)

    return work
