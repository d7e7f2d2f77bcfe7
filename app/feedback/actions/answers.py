"""Answers that come from outside the park."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.feedback.actions.steps import answer_one
from app.feedback.models import Feedback, FeedbackEntry
from app.feedback.rules.notes import Level
from app.feedback.rules.states import FeedbackAct, FeedbackState, is_allowed
from app.kernel.actors import program

PROVINCE_NUMBER = "province_n"  # beside what an entry changed: which of the province's it is


def take_answer(
    session: Session,
    feedback_id: str,
    text: str,
    *,
    number: int,
    answered_by: str,
    now: datetime,
) -> bool:
    """The province answers: its words go to whoever wrote; false when nothing here waits for it.

    Feedback that was closed meanwhile stays closed, and each answer is taken once, by its
    `number`.
    """
    row = session.get(Feedback, feedback_id, with_for_update=True, populate_existing=True)
    if row is None or not is_allowed(FeedbackState(row.state), FeedbackAct.ANSWER):
        return False
    if row.level != Level.PROVINCE or number in _taken(session, feedback_id):
        return False
    seq, row.sent_seq = row.sent_seq, None  # the province need not be told of its own answer
    n = answer_one(session, row, text, sender=answered_by, actor=program(answered_by), now=now)
    row.sent_seq = seq
    entry = session.get_one(FeedbackEntry, (feedback_id, n))
    entry.before = {**entry.before, PROVINCE_NUMBER: number}
    session.flush()
    return True


def _taken(session: Session, feedback_id: str) -> set[int]:
    """The numbers of the province's answers that are here."""
    rows = session.scalars(
        select(FeedbackEntry.before).where(
            FeedbackEntry.feedback_id == feedback_id, FeedbackEntry.act == FeedbackAct.ANSWER
        )
    )
    return {before[PROVINCE_NUMBER] for before in rows if PROVINCE_NUMBER in before}
