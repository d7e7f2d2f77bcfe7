"""What is still to be told to parks."""

from collections.abc import Sequence

from sqlalchemy import select, text, union
from sqlalchemy.orm import Session

from app.hub.models import UNTOLD_ROWS, HubDelivery, HubEvent
from app.sync.models import KnownNode


def list_parks_to_tell(session: Session) -> Sequence[str]:
    """The parks that are to hear something and are believed."""
    untold = union(
        select(HubDelivery.node).where(text(UNTOLD_ROWS)),
        select(HubEvent.node),
    ).subquery()
    return session.scalars(
        select(KnownNode.node)
        .where(KnownNode.node.in_(select(untold.c.node)), KnownNode.revoked_at.is_(None))
        .order_by(KnownNode.node)
    ).all()
