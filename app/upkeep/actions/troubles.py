"""Troubles as they were told to whoever keeps the node."""

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.extensions import upsert
from app.upkeep.models import ToldTrouble
from app.upkeep.rules.troubles import News

KEPT = timedelta(days=7)


def keep_told(session: Session, news: News, *, now: datetime) -> None:
    """These were told now: some as wrong, some as over; what was over long ago is forgotten."""
    for trouble in news.wrong:
        session.execute(
            upsert(session, ToldTrouble)
            .values(key=trouble.key, since_at=now, told_at=now)
            .on_conflict_do_update(index_elements=["key"], set_={"told_at": now, "ended_at": None})
        )
    session.execute(
        update(ToldTrouble).where(ToldTrouble.key.in_(news.over)).values(ended_at=now, told_at=now)
    )
    session.execute(delete(ToldTrouble).where(ToldTrouble.ended_at < now - KEPT))
