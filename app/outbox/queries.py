"""Reading commands that were answered, and how much is kept of one worker."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.cases.models import FollowUpCase
from app.checkins.models import CheckIn, Clearance
from app.delivery.models import ContactPoint, Delivery
from app.feedback.models import Feedback
from app.gate.models import GatePass, GateScan
from app.outbox.models import Command

_COMMAND: Any = Command.__table__
KNOWN = select(_COMMAND).where(_COMMAND.c.key.in_(bindparam("keys", expanding=True)))


def find_commands(session: Session, keys: Collection[str]) -> dict[str, Row[Any]]:
    """The rows of the answered commands of these keys, by key."""
    found = session.connection().execute(KNOWN, {"keys": sorted(keys)}).all()
    return {command.key: command for command in found}


@dataclass(frozen=True, slots=True)
class Kept:
    """How many things of a kind are kept of a worker, and from when to when; none: no moments."""

    count: int
    first_at: datetime | None
    last_at: datetime | None


def count_kept(session: Session, worker_id: str) -> dict[str, Kept]:
    """What the tables of other features keep of one worker, by kind, in numbers only."""
    mine: dict[str, tuple[Any, Any]] = {
        "answers": (CheckIn.received_at, CheckIn.worker_id == worker_id),
        "clearances": (Clearance.at, Clearance.worker_id == worker_id),
        "cases": (FollowUpCase.opened_at, FollowUpCase.worker_id == worker_id),
        "passes": (GatePass.issued_at, GatePass.worker_id == worker_id),
        "scans": (GateScan.counted_at, GateScan.worker_id == worker_id),
        "addresses": (
            ContactPoint.state_at,
            # Of one that is gone and blanked only its own id is left.
            and_(
                ContactPoint.person_id == worker_id,
                ContactPoint.address_hash != ContactPoint.id,
            ),
        ),
        "messages": (Delivery.created_at, Delivery.person_id == worker_id),
        "feedback": (Feedback.received_at, Feedback.worker_id == worker_id),
        "log": (AuditEntry.at, AuditEntry.subject_id == worker_id),
    }
    found = {}
    for kind, (at, is_mine) in mine.items():
        count, first, last = session.execute(
            select(func.count(), func.min(at), func.max(at)).where(is_mine)
        ).one()
        found[kind] = Kept(count, first, last)
    return found
