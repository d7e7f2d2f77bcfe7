"""Answering what somebody wrote over a road: once for the same thing, and never in the night."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from app.delivery.actions.ledger import (
    Leg,
    NewDelivery,
    NewMessage,
    add_legs,
    open_message,
    show_message,
)
from app.delivery.registry import quiet_of
from app.delivery.rules import Lane
from app.delivery.rules.heard import MessageHeard
from app.delivery.rules.messages import MessageKind
from app.delivery.rules.roads import begins_at
from app.settings import Settings

HOLDS = timedelta(days=2)
# Who wrote looks for the answer where they wrote: it is tried over no other road.
LANE = Lane.BULK


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered; everybody gets one of the same `topic` and day once. Texts by language."""

    topic: str
    on: date
    texts: Mapping[str, str]
    titles: Mapping[str, str]


def reply_to(
    session: Session, heard: MessageHeard, reply: Reply, *, locale: str, now: datetime
) -> bool:
    """Answer somebody over the road they wrote on; false when they have been told already.

    In quiet hours it waits until they end.
    """
    settings: Settings = session.info["settings"]
    ends = datetime.combine(reply.on, time(), tzinfo=settings.timezone).astimezone(UTC) + HOLDS
    key = f"heard:{reply.topic}:{reply.on}"
    roads = quiet_of(settings)
    begins = begins_at(heard.reply_by, LANE, roads, heard.event_id, not_before=now, expires_at=ends)
    if begins is None or ends <= now:
        return False
    message = NewMessage(
        MessageKind.ANSWER, key, reply.texts, reply.titles, None, "", now, ends, LANE
    )
    message_id = open_message(session, message, now=now)
    person = NewDelivery(heard.person_id, locale)
    leg = Leg(person, heard.reply_by, begins, heard.contact_point_id)
    added = add_legs(session, message_id, [leg], lane=LANE, expires_at=ends, now=now)
    show_message(session, message_id, now=now)
    return bool(added)
