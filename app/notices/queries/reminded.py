"""What a screen on a wall tells of the day's reminders: those that hold now and name nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.delivery.models import Message
from app.delivery.rules.messages import MessageKind
from app.reminders.models import ReminderOccurrence, ReminderSchedule
from app.reminders.rules import placeholders_of

MOST = 4
LOOKED_THROUGH = 200


@dataclass(frozen=True, slots=True)
class Reminded:
    """A reminder as everybody may read it, by language."""

    id: str
    titles: Mapping[str, str]
    texts: Mapping[str, str]
    sent_at: datetime
    expires_at: datetime


def list_reminded(
    session: Session, company_ids: Sequence[int] | None, *, now: datetime
) -> list[Reminded]:
    """Reminders of these companies, None for all, that hold now; the newest first, each text once.

    What goes only to whoever has not answered, or has a person's own line or bus in it, is not
    for everybody's eyes.
    """
    chosen = (
        select(Message)
        .join(ReminderOccurrence, ReminderOccurrence.message_id == Message.id)
        .join(ReminderSchedule, ReminderSchedule.id == ReminderOccurrence.schedule_id)
        .where(Message.kind == MessageKind.REMINDER, Message.closed_at.is_(None))
        .where(Message.planned_at.is_not(None), Message.not_before <= now)
        .where(Message.expires_at > now, ReminderSchedule.only_unanswered.is_(False))
        .order_by(Message.not_before.desc(), Message.id.desc())
        .limit(LOOKED_THROUGH)
    )
    if company_ids is not None:
        chosen = chosen.where(Message.company_id.in_(company_ids))
    found: dict[str, Reminded] = {}
    for message in session.scalars(chosen):
        texts = dict(message.texts)
        if any(placeholders_of(text) for text in texts.values()):
            continue
        key = texts.get("vi") or message.id
        if key not in found and len(found) < MOST:
            found[key] = Reminded(
                message.id, message.titles, texts, message.not_before, message.expires_at
            )
    return list(found.values())
