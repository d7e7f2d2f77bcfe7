"""Named cases that a safety officer sends up: into the log, in the officer's own transaction."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.cases.actions.escalating import note_sent
from app.cases.rules.events import CaseEscalated
from app.sync.actions.log import append_entry, locked_node
from app.sync.gateways.boxing import box
from app.sync.rules import NotEnrolled, UpKind


def send_up(session: Session, event: CaseEscalated, *, now: datetime) -> None:
    """Seal the case for the province and append it; refused while the park has no province."""
    key = locked_node(session, now).upstream_keys.get("box_key")
    if key is None:
        raise NotEnrolled
    seq = append_entry(session, UpKind.ESCALATION, {"jwe": box(event.body, key)}, now)
    note_sent(session, event.case_id, seq)
