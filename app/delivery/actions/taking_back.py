"""What became of a message after people had it: taken back, or replaced by a better one."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.delivery.models import Message


def withdraw_message(session: Session, message_id: str, *, now: datetime) -> None:
    """Who has a message reads from now on that it was cancelled; nobody else gets to see it.

    Its deliveries are left to whoever stops the sending.
    """
    session.execute(
        update(Message)
        .where(Message.id == message_id, Message.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
    )


def put_in_place_of(session: Session, message_id: str, corrected_id: str) -> None:
    """A message corrects an earlier one: whoever has both is told which one counts."""
    session.execute(
        update(Message).where(Message.id == message_id).values(corrects_id=corrected_id)
    )
