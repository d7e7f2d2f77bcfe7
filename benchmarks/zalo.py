"""Many templates by Zalo: half as fast as a bare client; a minute used up, never crossed."""

import hashlib
import json
import time
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.delivery.actions.grants import keep_grant
from app.delivery.models import ProviderEvent
from app.delivery.rules import ChannelName
from app.delivery.rules.grants import ZALO
from app.extensions import db
from app.kernel.actors import Actor
from app.web.transaction import transact
from benchmarks.dispatch import (
    AT_ONCE,
    BARE,
    SETTLED_SECONDS,
    asked,
    bare_loop,
    node_rate,
    peer,
    queue_many,
)
from benchmarks.figures import Options, Report, part
from benchmarks.load import hit
from benchmarks.node import ScratchNode
from benchmarks.people import in_app

PER_MINUTE = 4000
# One minute to fill the sliding window, and more than one to be measured.
MEASURED_SECONDS = 75.0
CALLS, CALLS_SECONDS = 20_000, 20.0


def zalo(report: Report, options: Options) -> None:
    """Send through `zalo_tpl_phone` to a Zalo on this machine: as fast as it goes, then paced."""
    node = ScratchNode(options.scratch / "zalo")
    node.fill("--workers", str(min(options.workers, 20_000)), "--days", "1", "--seed", "1")
    with part("templates by Zalo, as fast as it goes"), peer() as url:
        before = bare_loop(url, options.seconds / 2)
        node.environment |= settings(url, per_minute=1_000_000)
        in_app(node, give)
        with node.serving():
            time.sleep(SETTLED_SECONDS)
            report.add("messages queued", in_app(node, queue), "")
            rate = node_rate(url, options.seconds)
            bare = (before + bare_loop(url, options.seconds / 2)) / 2
        report.add(BARE, bare, "1/s", note=f"{AT_ONCE} at once")
        report.add("this program, books kept", rate, "1/s")
        report.add("  as part of the bare client loop", rate / bare, "", at_least=0.5)
    with part("templates by Zalo, at most 4,000 a minute"), peer() as url:
        node.environment |= settings(url, per_minute=PER_MINUTE)
        with node.serving():
            rate = paced(url)
            fullest = asked(url)["fullest"]
        report.add("calls a minute", rate, "", at_least=0.95 * PER_MINUTE)
        report.add("calls in the fullest sixty seconds", fullest, "", at_most=PER_MINUTE)
    with part("20,000 signed calls from Zalo at once"):
        node.environment["ANCA_SCHEDULER"] = "0"
        with node.serving():
            told = hit(
                node.port,
                "POST",
                "/api/v1/zalo",
                seconds=3 * CALLS_SECONDS,
                bodies=signed_calls(options.scratch / "zalo-calls.txt"),
            )
        kept = in_app(node, count_calls)
        report.add("stored in", CALLS / told.rate, "s", at_most=CALLS_SECONDS)
        report.add("  stored", kept, "", at_least=CALLS)
        report.add("  refused or failed", told.failures, "", at_most=0)


def signed_calls(path: Path) -> Path:
    """A file of calls, each with its signature before it."""
    lines = []
    for number in range(CALLS):
        body = json.dumps(
            {
                "app_id": "1",
                "event_name": "user_received_message",
                "timestamp": "1764054000123",
                "sender": {"id": "2"},
                "recipient": {"id": f"84{number:09}"},
                "message": {"msg_id": f"m{number}", "delivery_time": "1764054000123"},
            },
            separators=(",", ":"),
        )
        mac = hashlib.sha256(f"1{body}1764054000123benchmark".encode()).hexdigest()
        lines.append(f"mac={mac}\t{body}\n")
    path.write_text("".join(lines), encoding="utf-8")
    return path


def count_calls(now: datetime) -> int:
    """How many calls of Zalo are kept."""
    of_zalo = select(func.count()).where(ProviderEvent.channel == ZALO)
    return db.session.scalar(of_zalo) or 0


def settings(url: str, *, per_minute: int) -> dict[str, str]:
    """The settings of an account at a peer."""
    template = {"id": "1", "data": {"noi_dung": "{text}"}}
    return {
        "ANCA_SCHEDULER": "1",
        "ANCA_ZALO_APP_ID": "1",
        "ANCA_ZALO_APP_SECRET": "benchmark",
        "ANCA_ZALO_OA_ID": "2",
        "ANCA_ZALO_OA_URL": url,
        "ANCA_ZALO_PHONE_URL": url,
        "ANCA_ZALO_OAUTH_URL": url,
        "ANCA_ZALO_TEMPLATES": json.dumps({"urgent": template}),
        "ANCA_ZALO_PER_MINUTE": str(per_minute),
        "ANCA_ZALO_CONNECTIONS": str(AT_ONCE),
    }


def give(now: datetime) -> None:
    """Paste the tokens."""
    transact(partial(_give, now=now))


def _give(session: Session, now: datetime) -> None:
    actor = Actor(None, "benchmark")
    keep_grant(session, ZALO, "access", "refresh", channels=[], actor=actor, now=now)


def queue(now: datetime) -> int:
    """A template to everybody who has a phone, several times."""
    return queue_many(now, ChannelName.ZALO_TPL_PHONE)


def paced(url: str) -> float:
    """Calls a minute, once calls come."""
    while (first := asked(url))["calls"] < 1:
        time.sleep(0.05)
    time.sleep(MEASURED_SECONDS)
    last = asked(url)
    return float((last["calls"] - first["calls"]) * 60 / (last["at"] - first["at"]))
