"""The states of a case, and the one table of what may be done in each; docs/cases.md shows it."""

from collections.abc import Mapping
from enum import StrEnum

from app.cases.rules.refusals import (
    CaseClosed,
    CaseNotClosed,
    LevelIsGreen,
    NobodyHasIt,
    NoResultAwaited,
)
from app.kernel.refusals import Refusal
from app.kernel.states import StateTable


class CaseState(StrEnum):
    """How far a case came."""

    NEW = "new"
    FOLLOWING = "following"
    AWAITING_TEST = "awaiting_test"
    CLEARED = "cleared"
    CLOSED = "closed"


class CaseAct(StrEnum):
    """What may be done to a case, by a person or by what a worker answers."""

    ASSIGN = "assign"
    HAND_OVER = "hand_over"
    ADD_TASK = "add_task"
    FINISH_TASK = "finish_task"
    TAKE_SAMPLE = "take_sample"
    ENTER_RESULT = "enter_result"
    NOTE = "note"
    FOLLOW_UP = "follow_up"
    PLAN = "plan"
    SIGN_AGAIN = "sign_again"
    CLEAR = "clear"
    ESCALATE = "escalate"
    CLOSE = "close"
    REOPEN = "reopen"


_N, _F, _A = CaseState.NEW, CaseState.FOLLOWING, CaseState.AWAITING_TEST
_C, _X = CaseState.CLEARED, CaseState.CLOSED
# One line a state, in the order of the acts.
_LINES: Mapping[CaseState, tuple[CaseState | type[Refusal], ...]] = {
    _N: (
        *(_F, NobodyHasIt, _F, _F, _A, NoResultAwaited, _F, _F, _F),
        *(_N, _C, _F, _X, CaseNotClosed),
    ),
    _F: (*(_F, _F, _F, _F, _A, NoResultAwaited, _F, _F, _F), *(_F, _C, _F, _X, CaseNotClosed)),
    _A: (*(_A, _A, _A, _A, _A, _F, _A, _A, _A), *(_A, _C, _A, _X, CaseNotClosed)),
    _C: (*(_C, _C, _C, _C, _C, _C, _C, _C, _C), *(_F, LevelIsGreen, _C, _X, CaseNotClosed)),
    _X: (*(CaseClosed,) * 13, _F),
}
_STEPS = StateTable(CaseAct, _LINES)
TABLE = _STEPS.cells
next_state, is_allowed = _STEPS.next_state, _STEPS.is_allowed
OPEN = frozenset(CaseState) - {CaseState.CLOSED}
