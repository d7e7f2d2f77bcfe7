"""The states of feedback, and the one table of what may be done in each."""

from collections.abc import Mapping
from enum import StrEnum

from app.feedback.rules.refusals import FeedbackAnswered, FeedbackClosed, FeedbackNotClosed
from app.kernel.refusals import Refusal
from app.kernel.states import StateTable


class FeedbackState(StrEnum):
    """How far feedback came."""

    NEW = "new"
    TAKEN_UP = "taken_up"
    PASSED_ON = "passed_on"
    ANSWERED = "answered"
    CLOSED = "closed"


class FeedbackAct(StrEnum):
    """What may be done with it."""

    TAKE_UP = "take_up"
    ASSIGN = "assign"
    HAND_ON = "pass_on"
    ANSWER = "answer"
    JOIN = "join"
    PART = "part"
    CLOSE = "close"
    REOPEN = "reopen"


_N, _T, _P = FeedbackState.NEW, FeedbackState.TAKEN_UP, FeedbackState.PASSED_ON
_A, _C = FeedbackState.ANSWERED, FeedbackState.CLOSED
# One line a state, in the order of the acts.
_LINES: Mapping[FeedbackState, tuple[FeedbackState | type[Refusal], ...]] = {
    _N: (_T, _T, _P, _A, _N, _N, _C, FeedbackNotClosed),
    _T: (_T, _T, _P, _A, _T, _T, _C, FeedbackNotClosed),
    _P: (_T, _T, _P, _A, _P, _P, _C, FeedbackNotClosed),
    _A: (FeedbackAnswered, FeedbackAnswered, _P, _A, _A, _A, _C, _T),
    _C: (*(FeedbackClosed,) * 7, _T),
}
_STEPS = StateTable(FeedbackAct, _LINES)
TABLE = _STEPS.cells
next_state, is_allowed = _STEPS.next_state, _STEPS.is_allowed
WAITING = (FeedbackState.NEW, FeedbackState.TAKEN_UP, FeedbackState.PASSED_ON)
# Nobody outside has been told of these, so they can be taken back.
UNDOABLE = frozenset(FeedbackAct) - {FeedbackAct.ANSWER}
