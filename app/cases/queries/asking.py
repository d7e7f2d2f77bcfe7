"""Who is to be asked today, on the own phone, because nothing else asks them."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import exists, literal, select
from sqlalchemy.orm import Session

from app.cases.models import FollowUpCase, FollowUpDay
from app.cases.queries.standing import days_of
from app.checkins.models import Duty
from app.delivery.models import Message
from app.workforce.models import Worker


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


class Unasked(NamedTuple):
    """A worker whom today's question waits for, and who was not written to about it."""

    case_id: str
    worker_id: str
    company_id: int


def follow_key(on: date) -> str:
    """What makes the message of a day needless: that the person was heard on it."""
    return f"{on.isoformat()}:follow"


def list_unasked(session: Session, today: date, key: str) -> list[Unasked]:
    """Whom to write to today; `key` is that of a message with `{case}` for the case's id."""
    before, _, after = key.partition("{case}")
    written = literal(before) + FollowUpCase.id + literal(after)
    rows = session.scalars(
        select(FollowUpCase)
        .join(Worker, Worker.id == FollowUpCase.worker_id)
        .where(FollowUpCase.closed_at.is_(None), FollowUpCase.follow_from_on <= today)
        .where(Worker.left_on.is_(None))
        .where(
            ~exists().where(FollowUpDay.case_id == FollowUpCase.id, FollowUpDay.on == today),
            ~exists().where(Duty.worker_id == FollowUpCase.worker_id, Duty.shift_on == today),
            ~exists().where(Message.source_key == written),
        )
        .order_by(FollowUpCase.id)
    ).all()
    asked = [case for case in rows if (days := days_of(case)) and days.holds(today)]
    return [Unasked(case.id, case.worker_id, case.company_id) for case in asked]
