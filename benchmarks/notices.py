"""One urgent notice to 200,000 people: how long writing it down takes, and who waits for it.

The node is a server of its own with the job of notices running; check-ins come in over HTTP.
"""

import http.client
import json
import sqlite3
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.accounts.models import Branch
from app.extensions import db
from app.kernel.actors import Actor, Grant, Role
from app.notices.actions.drafting import Draft, write_notice
from app.notices.actions.releasing import ask_to_send
from app.notices.actions.steps import hold_notice
from app.notices.rules.audience import Target, TargetKind
from app.notices.rules.wording import Severity, make_wording
from app.settings import Settings
from app.web.transaction import transact
from benchmarks.figures import Options, Report, part, percentile
from benchmarks.node import ScratchNode, running
from benchmarks.people import Awaited, command, give_tokens, in_app

WORKERS, QUICK_WORKERS = 200_000, 20_000
SENDERS, EVERY, MOST_CHECK_INS = 4, 0.05, 20_000
SECONDS_FOR_ALL, LONGEST_WAIT_MS = 10, 250
GIVEN_UP_AFTER = 120


def notices(report: Report, options: Options) -> None:
    """Plan one notice for everybody while check-ins come in."""
    count = QUICK_WORKERS if options.seconds < 10 else WORKERS
    with part(f"Urgent notice, {count:,} workers"):
        node = ScratchNode(options.scratch / f"notice-{count}")
        node.fill("--workers", str(count), "--days", "1", "--seed", "1", afresh=False)
        awaited = _who_checks_in(node)
        ready = f"http://127.0.0.1:{node.port}/readyz"
        with running(["-m", "benchmarks.notice_park"], node.environment, ready):
            alone = _send_for(node.port, awaited, lambda: False, seconds=5)
            notice_id = in_app(node, _let_go)
            planned = Planned(node, notice_id)
            times = _send_for(node.port, awaited[len(alone) :], planned.is_done, GIVEN_UP_AFTER)
        took, people = planned.told()
    at_most = SECONDS_FOR_ALL * count / WORKERS
    report.add(f"planning {people:,} deliveries", took, "s", at_most=at_most)
    report.add("people a second", people / took, "1/s")
    report.add("check-in alone, p99", percentile(alone, 0.99), "ms")
    report.add("check-in meanwhile, p50", percentile(times, 0.5), "ms", note=f"{len(times)} sent")
    report.add("check-in meanwhile, p99", percentile(times, 0.99), "ms")
    report.add("check-in meanwhile, slowest", max(times), "ms", at_most=LONGEST_WAIT_MS)


def _who_checks_in(node: ScratchNode) -> list[Awaited]:
    """Who has not answered yet, with tokens; everybody gets one, once for a node that is kept."""
    kept = node.folder / "awaited.json"
    if not kept.exists():
        people = give_tokens(node).awaited[:MOST_CHECK_INS]
        kept.write_text(json.dumps([asdict(each) for each in people]))
    return [Awaited(**each) for each in json.loads(kept.read_text())]


def _let_go(now: datetime) -> str:
    """A notice for the whole park whose countdown is over."""
    park = db.session.scalars(select(Branch).where(Branch.parent_id.is_(None))).one()
    actor = Actor(None, "Ban quản lý", (Grant(Role.PARK_MANAGER, park.path),))
    wording = make_wording("Tạm dừng ca sáng", "Ở yên tại chỗ. Gọi {hotline}.")
    target, park_id = Target(TargetKind.PARK, park.id), park.id
    draft = Draft(wording, (target,), Severity.SEVERE, now + timedelta(hours=6))
    db.session.rollback()

    def work(session: Any) -> str:
        settings: Settings = session.info["settings"]
        notice_id = write_notice(session, park_id, draft, actor=actor, now=now)
        ask_to_send(session, notice_id, seen=1, settings=settings, actor=actor, now=now)
        notice = hold_notice(session, notice_id)
        notice.state, notice.approved_seal, notice.sends_at = "countdown", notice.seal, now
        return notice_id

    return transact(work)


class Planned:
    """Looks, in the database, how far a notice is."""

    def __init__(self, node: ScratchNode, notice_id: str) -> None:
        self.path, self.notice_id = node.database, notice_id

    def is_done(self) -> bool:
        """Whether everybody is written down."""
        return self._row()[1] is not None

    def told(self) -> tuple[float, int]:
        """Seconds from the first to the last person, and how many they are."""
        begun_at, planned_at, people = self._row()
        if begun_at is None or planned_at is None:
            raise SystemExit("the notice was not written down in time")
        return (_moment(planned_at) - _moment(begun_at)).total_seconds(), people

    def _row(self) -> Any:
        connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        try:
            return connection.execute(
                "SELECT begun_at, planned_at, planned FROM notice WHERE id = ?",
                (self.notice_id,),
            ).fetchone()
        finally:
            connection.close()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _send_for(port: int, awaited: Sequence[Awaited], is_done: Any, seconds: float) -> list[float]:
    """Check-ins of several phones until that is done; milliseconds each took."""
    times: list[float] = []
    over = threading.Event()

    def phone(people: Sequence[Awaited]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for each in people:
            if over.wait(EVERY):
                return
            body = json.dumps({"commands": [command(each, by_badge=False)]})
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {each.token}"}
            began = time.perf_counter()
            connection.request("POST", "/api/v1/commands", body, headers)
            connection.getresponse().read()
            times.append((time.perf_counter() - began) * 1000)

    phones = [
        threading.Thread(target=phone, args=(awaited[place::SENDERS],)) for place in range(SENDERS)
    ]
    for each in phones:
        each.start()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not is_done():
        time.sleep(0.2)
    over.set()
    for each in phones:
        each.join()
    return times
