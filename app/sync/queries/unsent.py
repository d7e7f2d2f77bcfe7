"""What of a park's log the province has not confirmed, by name for those who may see names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, false, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.cases.models import FollowUpCase
from app.feedback.models import Feedback
from app.sync.models import LogEntry, ThisNode
from app.sync.rules import Direction, UpKind
from app.workforce.models import Worker

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class UnsentCase:
    """A case that was sent up and is still here."""

    id: str
    worker_id: str
    name: str
    badge: str
    company_id: int
    company: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class UnsentNote:
    """A note that was handed on and is still here: what it is about, and of which day."""

    category: str
    company: str
    created_on: date


def list_unsent_cases(session: Session, paths: Sequence[str]) -> list[UnsentCase]:
    """Cases under these branches that the province has not confirmed, the oldest first."""
    rows = session.execute(
        select(
            FollowUpCase.id,
            FollowUpCase.worker_id,
            Worker.name,
            Worker.badge,
            FollowUpCase.company_id,
            Branch.name.label("company"),
            LogEntry.made_at,
        )
        .join(Worker, Worker.id == FollowUpCase.worker_id)
        .join(Branch, Branch.id == FollowUpCase.company_id)
        .join(ThisNode, FollowUpCase.escalated_seq > ThisNode.accepted_through)
        .join(
            LogEntry,
            and_(
                LogEntry.node == ThisNode.node,
                LogEntry.direction == Direction.UP,
                LogEntry.seq == FollowUpCase.escalated_seq,
                LogEntry.kind == UpKind.ESCALATION,
            ),
        )
        .where(or_(false(), *[Branch.path.startswith(path) for path in paths]))
        .order_by(LogEntry.seq)
        .limit(MOST_SHOWN)
    ).all()
    return [UnsentCase(*row) for row in rows]


def list_unsent_notes(session: Session, paths: Sequence[str]) -> list[UnsentNote]:
    """Notes under these branches that the province has not confirmed, the oldest first.

    Neither who wrote one nor the minute: an anonymous note is in the list like any other.
    """
    rows = session.execute(
        select(Feedback.category, Branch.name, Feedback.created_on)
        .join(Branch, Branch.id == Feedback.company_id)
        .join(ThisNode, Feedback.sent_seq > ThisNode.accepted_through)
        .where(or_(false(), *[Branch.path.startswith(path) for path in paths]))
        .order_by(Feedback.created_on, Feedback.category)
        .limit(MOST_SHOWN)
    ).all()
    return [UnsentNote(*row) for row in rows]
