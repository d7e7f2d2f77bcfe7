"""Tidying up before a round: what is late, what silent senders held, what is over."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.delivery.actions.tidying import Place, close_message, expire_waiting, give_up_leases
from app.delivery.jobs.sendings import CHUNK, Sendings
from app.delivery.queries.messages import list_ended_messages
from app.extensions import db
from app.web.transaction import transact


def tidy_up(now: datetime, done: Sendings) -> None:
    """Expire what is late, let go of what silent senders held, close messages that are over."""

    def expire(session: Session) -> int:
        return expire_waiting(session, limit=CHUNK, now=now)

    def let_go(session: Session) -> int:
        return give_up_leases(session, limit=CHUNK, now=now)

    while late := transact(expire):
        done.expired += late
    while unclear := transact(let_go):
        done.unclear += unclear
    for message_id in list_ended_messages(db.session(), now):
        _close(message_id, now)


def _close(message_id: str, now: datetime) -> None:
    place: Place | None = None

    def work(session: Session) -> Place | None:
        return close_message(session, message_id, after=place, limit=CHUNK, now=now)

    while place := transact(work):
        pass
