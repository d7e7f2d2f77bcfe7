"""What gates saw: every scan kept, known or not, with what the park makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.accounts.queries.branches import find_park
from app.accounts.rules import Permission, may
from app.checkins.rules import Timeliness, answered_on_time
from app.gate.gateways.signing import is_genuine
from app.gate.models import GateScan
from app.gate.queries.passes import KnownPass, find_known_passes, list_all_keys
from app.gate.rules.passes import seconds
from app.gate.rules.scans import Scan
from app.gate.rules.verdicts import Gate, Verdict, judge_pass
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.workforce.queries.badges import find_by_badges

KEEP: Any = insert(GateScan.__table__)  # type: ignore[arg-type]
JTI_KEPT = 16


@dataclass(frozen=True, slots=True)
class HandedScan:
    """A scan with who hands it in, and when it arrived."""

    scan: Scan
    actor: Actor
    now: datetime


@dataclass(frozen=True, slots=True)
class RecordedScan:
    """What became of a scan; `judged` is the park's own verdict on a pass for that moment."""

    scan_id: str
    known: bool
    judged: Verdict | None


@dataclass(frozen=True, slots=True)
class _Facts:
    park: str
    keys: dict[str, str]
    passes: dict[str, KnownPass]
    badges: dict[int, tuple[str, str] | None]


def record_scans(session: Session, handed: Sequence[HandedScan]) -> list[RecordedScan]:
    """Keep what gates saw; whoever a gate may not know of stays without a name in it."""
    session.flush()
    facts = _facts(session, handed)
    rows, told = [], []
    for place, each in enumerate(handed):
        time = _time(each)
        worker = _worker(each, facts, place)
        judged = _judged(each, facts, time.counted_at)
        row = _row(each, worker, judged, time)
        rows.append(row)
        told.append(RecordedScan(row["id"], worker is not None, judged))
    session.connection().execute(KEEP, rows)
    return told


def _facts(session: Session, handed: Sequence[HandedScan]) -> _Facts:
    park = find_park(session)
    jtis = {each.scan.read.said.jti for each in handed if each.scan.read}
    named = [
        (place, ((each.scan.badge, each.scan.company), each.actor.grants))
        for place, each in enumerate(handed)
        if each.scan.badge
    ]
    found = find_by_badges(session, [asked for _, asked in named])
    return _Facts(
        park.code if park else "",
        list_all_keys(session),
        find_known_passes(session, jtis),
        {place: who for (place, _), who in zip(named, found, strict=True)},
    )


def _time(handed: HandedScan) -> Timeliness:
    scan = handed.scan
    return answered_on_time(scan.made_at, scan.offset_ms, handed.now, handed.now)


def _worker(handed: HandedScan, facts: _Facts, place: int) -> str | None:
    """The worker behind a pass or badge, within the gate's reach."""
    read = handed.scan.read
    if read is None:
        who = facts.badges.get(place)
    else:
        known = facts.passes.get(read.said.jti) if is_genuine(read, facts.keys) else None
        who = (known.worker_id, known.path) if known else None
    if who is None or not may(handed.actor, Permission.CHECK_PASSES, who[1]):
        return None
    return who[0]


def _judged(handed: HandedScan, facts: _Facts, at: datetime) -> Verdict | None:
    read = handed.scan.read
    if read is None:
        return None
    known = facts.passes.get(read.said.jti)
    revoked = known is not None and known.revoked_at is not None and known.revoked_at <= at
    gate = Gate(
        facts.park,
        None,
        frozenset(facts.keys),
        frozenset({read.said.jti} if revoked else ()),
    )
    genuine = is_genuine(read, facts.keys)
    return judge_pass(read, gate, seconds(at), handed.scan.direction, genuine=genuine)


def _row(
    handed: HandedScan, worker_id: str | None, judged: Verdict | None, time: Timeliness
) -> dict[str, Any]:
    scan, actor = handed.scan, handed.actor
    return {
        "id": new_id(handed.now),
        "worker_id": worker_id,
        "jti": scan.read.said.jti[:JTI_KEPT] if scan.read else None,
        "badge": scan.badge,
        "gate": scan.gate,
        "direction": scan.direction,
        "verdict": scan.verdict,
        "judged": judged,
        "made_at": scan.made_at,
        "received_at": handed.now,
        "counted_at": time.counted_at,
        "clock_suspect": time.clock_suspect,
        "account_id": actor.account_id,
        "device_id": actor.device_id,
    }
