"""Stopping a reminder that is being sent: what has not left stays here."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.delivery.actions.ledger import stop_message
from app.delivery.models import Message
from app.delivery.rules.messages import MessageKind
from app.kernel.actors import Actor
from app.kernel.refusals import NotFound


def stop_reminder(session: Session, message_id: str, *, actor: Actor, now: datetime) -> None:
    """From this commit on nothing more of a reminder leaves; a second press changes nothing.

    Other messages are stopped where they were written.
    """
    message = session.get(Message, message_id, with_for_update=True)
    if message is None or message.kind != MessageKind.REMINDER:
        raise NotFound
    if message.stopped_at is not None:
        return
    stop_message(session, message_id, now=now)
    record_act(
        session,
        "reminders.stopped",
        actor=actor,
        now=now,
        subject_id=message_id,
        company_id=message.company_id,
    )
