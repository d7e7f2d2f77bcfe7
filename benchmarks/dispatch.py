"""Many SMS at once: as fast as half a bare client against the same gateway, and stopped in time."""

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.delivery.actions.ledger import Leg, NewDelivery, NewMessage, add_legs, open_message
from app.delivery.actions.ledger import show_message as show
from app.delivery.models import ContactPoint
from app.delivery.rules import ChannelName, Lane
from app.delivery.rules.messages import MessageKind
from app.extensions import db
from app.web.transaction import transact
from benchmarks.figures import Options, Report, part
from benchmarks.node import ScratchNode, free_port, running
from benchmarks.people import in_app

AT_ONCE = 8
MESSAGES = 5
CHUNK = 2_000
WARM_CALLS = 500
# What a server does when it starts is not what is measured.
SETTLED_SECONDS = 20.0
SILENT_SECONDS = 6.0
BARE = "bare client loop against the gateway"
TEXT = "KCN: sang mai nghi vi bao, moi nguoi o lai ky tuc xa. Duong day nong 0900 000 118."
BODY = {
    "ApiKey": "benchmark",
    "Phone": "{address}",
    "Content": "{text}",
    "RequestId": "{reference}",
}


def dispatch(report: Report, options: Options) -> None:
    """Send through `sms_http` to a gateway on this machine, then stop in the middle."""
    with part("SMS to a gateway on this machine"), peer() as url:
        before = bare_loop(url, options.seconds / 2)
        node = ScratchNode(options.scratch / "dispatch")
        node.fill("--workers", str(min(options.workers, 20_000)), "--days", "1", "--seed", "1")
        node.environment |= {
            "ANCA_SCHEDULER": "1",
            "ANCA_SMS_URL": f"{url}/send",
            "ANCA_SMS_BODY": json.dumps(BODY),
            "ANCA_SMS_OK_POINTER": "/CodeResult",
            "ANCA_SMS_OK_VALUES": "100",
            "ANCA_SMS_ID_POINTER": "/SMSID",
            "ANCA_SMS_PER_MINUTE": "1000000",
            "ANCA_SMS_CONNECTIONS": str(AT_ONCE),
        }
        with node.serving():
            time.sleep(SETTLED_SECONDS)
            report.add("messages queued", in_app(node, queue_many), "")
            rate = node_rate(url, options.seconds)
            stopped_at, left = stop(node)
            took = max(0.0, last_call(url) - stopped_at)
            # Before and after: a machine that is busy with other things is so for both.
            bare = (before + bare_loop(url, options.seconds / 2)) / 2
            report.add(BARE, bare, "1/s", note=f"{AT_ONCE} at once")
            report.add("this program, books kept", rate, "1/s")
            report.add("  as part of the bare client loop", rate / bare, "", at_least=0.5)
            report.add("  last call after a stop", took, "s", at_most=5)
            report.add("  left unsent by it", left, "", at_least=1)


@contextmanager
def peer() -> Iterator[str]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with running(["-m", "benchmarks.peer", str(port)], {}, f"{url}/"):
        yield url


def bare_loop(url: str, seconds: float) -> float:
    """Calls a second that as many threads make with nothing else to do."""
    client = httpx.Client(trust_env=False, timeout=10)
    counts = [0] * AT_ONCE
    ends = time.monotonic() + seconds

    def work(place: int) -> None:
        while time.monotonic() < ends:
            body = {**BODY, "Phone": "84900000118", "Content": TEXT, "RequestId": str(place)}
            answer = client.post(f"{url}/send", json=body)
            assert answer.json()["CodeResult"] == "100"
            counts[place] += 1

    threads = [threading.Thread(target=work, args=(place,)) for place in range(AT_ONCE)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client.close()
    return sum(counts) / (time.monotonic() - began)


def queue_many(
    now: datetime,
    channel: ChannelName = ChannelName.SMS_HTTP,
    messages: int = MESSAGES,
    lane: Lane = Lane.URGENT,
) -> int:
    """Messages to everybody who has a phone, due now."""
    points = db.session.execute(
        select(ContactPoint.id, ContactPoint.person_id).where(ContactPoint.channel == "phone")
    ).all()
    db.session.remove()
    ends = now + timedelta(hours=2)
    for number in range(messages):
        texts = {"vi": TEXT}
        message = NewMessage(
            MessageKind.NOTICE, f"b:{number}", texts, texts, None, "", now, ends, lane
        )

        def begin(session: Session, message: NewMessage = message) -> str:
            return open_message(session, message, now=now)

        message_id = transact(begin)
        for first in range(0, len(points), CHUNK):
            legs = [
                Leg(NewDelivery(point.person_id, "vi"), channel, now, point.id)
                for point in points[first : first + CHUNK]
            ]

            def add(session: Session, legs: list[Leg] = legs, message_id: str = message_id) -> None:
                add_legs(session, message_id, legs, lane=lane, expires_at=ends, now=now)

            transact(add)

        def begin_showing(session: Session, message_id: str = message_id) -> None:
            show(session, message_id, now=now)

        transact(begin_showing)
    return len(points) * messages


def node_rate(url: str, seconds: float) -> float:
    """Messages a second, counted where they arrive."""
    before = asked(url)["calls"]
    while (first := asked(url))["calls"] - before < WARM_CALLS:
        time.sleep(0.05)
    time.sleep(seconds)
    last = asked(url)
    return float((last["calls"] - first["calls"]) / (last["at"] - first["at"]))


def stop(node: ScratchNode) -> tuple[float, int]:
    """Stop every message from another process; when, and how many deliveries had not left."""
    connection = sqlite3.connect(node.database, timeout=30, isolation_level=None)
    connection.execute("UPDATE message SET stopped_at = datetime('now')")
    stopped_at = time.time()
    ((left,),) = connection.execute("SELECT count(*) FROM delivery WHERE status = 'queued'")
    connection.close()
    return stopped_at, int(left)


def last_call(url: str) -> float:
    """When the last call came, once nothing has come for a while."""
    while (told := asked(url))["at"] - told["last_at"] < SILENT_SECONDS:
        time.sleep(0.2)
    return float(told["last_at"])


def asked(url: str) -> dict[str, float]:
    told: dict[str, float] = httpx.get(f"{url}/", trust_env=False).json()
    return told
