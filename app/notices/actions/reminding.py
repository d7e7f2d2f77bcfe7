"""Reminding those who have not read a notice: their team leads are asked to tell them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.delivery.actions.ledger import Leg, NewDelivery, add_legs
from app.delivery.rules import ChannelName, Lane
from app.kernel.actors import Actor
from app.notices.actions.steps import company_of, hold_notice
from app.notices.queries.unread import list_unread
from app.notices.rules.refusals import NobodyToRemind
from app.notices.rules.states import NoticeState, may_remind

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Reminded:
    """What one chunk came to: how many people, and after whom it goes on; None when done."""

    people: int
    cursor: str | None


def remind_chunk(
    session: Session,
    notice_id: str,
    *,
    after: str | None,
    actor: Actor,
    now: datetime,
    most: int = CHUNK,
) -> Reminded:
    """The next who have not read a notice are told by their team leads, under its own message.

    Nobody is sent anything more by it, and nobody is named twice. Refused when the notice is not
    out long enough, is over, or everybody has read it.
    """
    notice = hold_notice(session, notice_id)
    state = NoticeState(notice.state)
    may = may_remind(state, notice.planned_at, notice.expires_at, now)
    people = list_unread(session, notice, after=after, limit=most) if may else ()
    if not people and after is None:
        raise NobodyToRemind
    legs = [
        Leg(NewDelivery(each.person_id, each.locale, values=each.values), ChannelName.PAPER, now)
        for each in people
    ]
    added = add_legs(
        session,
        str(notice.message_id),
        legs,
        lane=Lane.URGENT,
        expires_at=notice.expires_at,
        now=now,
    )
    if people:
        notice.touched += 1
        record_act(
            session,
            "notices.unread_reminded",
            actor=actor,
            now=now,
            company_id=company_of(session, notice),
            notice=notice.id,
            people=len(added),
        )
    return Reminded(len(added), people[-1].person_id if len(people) == most else None)
