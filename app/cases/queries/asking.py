"""Who is to be asked today, on the own phone, because nothing else asks them."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.models import FollowUpCase, FollowUpDay
from app.cases.queries.standing import days_of
from app.checkins.models import Duty


class DayToAnswer(NamedTuple):
    """A day of follow-up that nobody has been heard on, and its case."""

    case_id: str
    on: date


def find_day_to_answer(session: Session, worker_id: str, today: date) -> DayToAnswer | None:
    """Today's question of a worker in follow-up; none where a shift of today asks already."""
    case = session.scalars(
        select(FollowUpCase).where(
            FollowUpCase.worker_id == worker_id, FollowUpCase.closed_at.is_(None)
        )
    ).first()
    asked = days_of(case) if case else None
    if case is None or asked is None or not asked.holds(today):
        return None
    heard = select(FollowUpDay.id).where(FollowUpDay.case_id == case.id, FollowUpDay.on == today)
    shift = select(Duty.shift).where(Duty.worker_id == worker_id, Duty.shift_on == today)
    if session.scalar(heard.limit(1)) or session.scalar(shift.limit(1)):
        return None
    return DayToAnswer(case.id, today)
