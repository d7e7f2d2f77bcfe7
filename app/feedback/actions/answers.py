"""Answers that come from outside the park."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.feedback.actions.steps import answer_one
from app.feedback.models import Feedback
from app.feedback.queries.notes import find_last_answer
from app.feedback.rules.notes import Level
from app.feedback.rules.states import FeedbackAct, FeedbackState, is_allowed
from app.kernel.actors import program


def take_answer(
    session: Session, feedback_id: str, text: str, *, answered_by: str, now: datetime
) -> bool:
    """The province answers: its words go to whoever wrote; false when nothing here waits for it.

    Feedback that was closed meanwhile stays closed, and one answer is taken once.
    """
    row = session.get(Feedback, feedback_id, with_for_update=True, populate_existing=True)
    if row is None or not is_allowed(FeedbackState(row.state), FeedbackAct.ANSWER):
        return False
    if row.level != Level.PROVINCE or find_last_answer(session, feedback_id) == text:
        return False
    seq, row.sent_seq = row.sent_seq, None  # the province need not be told of its own answer
    answer_one(session, row, text, sender=answered_by, actor=program(answered_by), now=now)
    row.sent_seq = seq
    session.flush()
    return True
