"""What the province sent, as it comes to a park: twice, late or shuffled ends the same."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.bulletins.models import BulletinVersion
from app.bulletins.rules.bulletins import Channel, content_body, read_down
from app.extensions import upsert
from app.sync.rules import EntryArrived


def take_bulletin(session: Session, event: EntryArrived, *, now: datetime) -> None:
    """Keep a version of a bulletin; the highest counts, whichever came first."""
    version = read_down(event.body)
    session.execute(
        upsert(session, BulletinVersion)
        .values(
            bulletin_id=version.bulletin_id,
            version=version.number,
            state=version.state,
            number=version.label,
            on=version.on,
            titles=dict(version.titles),
            channels=[str(Channel.WORKERS)],
            content=content_body(version.content) if version.content else None,
            reason=version.reason,
            made_at=version.made_at,
            made_by="",
            stored_at=now,
        )
        .on_conflict_do_nothing()
    )
