"""Sending what stays in the house: it is in the inbox as soon as it is written."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.delivery.actions.sending import hand_over_in_house
from app.delivery.jobs.sendings import CHUNK, Sendings
from app.web.transaction import transact


def hand_over(now: datetime, done: Sendings) -> None:
    """Send what stays in the house."""
    while (room := done.room(CHUNK)) > 0:

        def work(session: Session, room: int = room) -> int:
            return hand_over_in_house(session, limit=room, now=now)

        sent = transact(work)
        if not sent:
            return
        done.count(sent)
