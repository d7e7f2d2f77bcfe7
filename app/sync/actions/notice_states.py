"""What this park tells the province of its notices: into the log, in the same transaction."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.notices.rules.arriving import FiguresTold
from app.sync.actions.log import append_entry
from app.sync.rules import UpKind


def send_notice_state(session: Session, event: FiguresTold, *, now: datetime) -> None:
    """Append the figures of a notice: counts, no names."""
    append_entry(session, UpKind.NOTICE_STATE, event.body, now)
