"""Feedback that a park hands to the province: into the log, sealed, in the same transaction."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.feedback.actions.working import note_sent
from app.feedback.rules.notes import FeedbackPassedUp
from app.sync.actions.log import append_entry, locked_node
from app.sync.gateways.boxing import box
from app.sync.rules import NotEnrolled, UpKind


def send_feedback_up(session: Session, event: FeedbackPassedUp, *, now: datetime) -> None:
    """Seal it for the province and append it; refused while the park has no province."""
    key = locked_node(session, now).upstream_keys.get("box_key")
    if key is None:
        raise NotEnrolled
    seq = append_entry(session, UpKind.FEEDBACK, {"jwe": box(event.body, key)}, now)
    note_sent(session, event.feedback_id, seq)
