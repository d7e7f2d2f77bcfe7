"""Help that somebody puts away, and takes out again."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.accounts.models import HelpPutAway
from app.extensions import upsert


def put_help_away(session: Session, account_id: str, topic: str, *, now: datetime) -> None:
    """Show a piece of help to this account no more; twice is once."""
    session.execute(
        upsert(session, HelpPutAway)
        .values(account_id=account_id, topic=topic, at=now)
        .on_conflict_do_nothing()
    )


def take_help_out(session: Session, account_id: str, topic: str) -> None:
    """Show it again."""
    session.execute(
        delete(HelpPutAway).where(HelpPutAway.account_id == account_id, HelpPutAway.topic == topic)
    )
