"""The states of a case, and the one table of what may be done in each; docs/cases.md shows it."""

from collections.abc import Mapping
from enum import StrEnum
from itertools import product

from app.cases.rules.refusals import (
    CaseClosed,
    CaseNotClosed,
    LevelIsGreen,
    NobodyHasIt,
    NoResultAwaited,
)
from app.kernel.refusals import Refusal


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


Outcome = CaseState | type[Refusal]
_N, _F, _A = CaseState.NEW, CaseState.FOLLOWING, CaseState.AWAITING_TEST
_C, _X = CaseState.CLEARED, CaseState.CLOSED
# One line a state, in the order of the acts.
_LINES: Mapping[CaseState, tuple[Outcome, ...]] = {
    _N: (
        *(_F, NobodyHasIt, _F, _F, _A, NoResultAwaited, _F, _F, _F),
        *(_N, _C, _F, _X, CaseNotClosed),
    ),
    _F: (*(_F, _F, _F, _F, _A, NoResultAwaited, _F, _F, _F), *(_F, _C, _F, _X, CaseNotClosed)),
    _A: (*(_A, _A, _A, _A, _A, _F, _A, _A, _A), *(_A, _C, _A, _X, CaseNotClosed)),
    _C: (*(_C, _C, _C, _C, _C, _C, _C, _C, _C), *(_F, LevelIsGreen, _C, _X, CaseNotClosed)),
    _X: (*(CaseClosed,) * 13, _F),
}
TABLE: Mapping[tuple[CaseState, CaseAct], Outcome] = {
    (state, act): _LINES[state][place]
    for state, (place, act) in product(CaseState, enumerate(CaseAct))
}
OPEN = frozenset(CaseState) - {CaseState.CLOSED}


def next_state(state: CaseState, act: CaseAct) -> CaseState:
    """The state that an act leads to, or the refusal of that cell of the table."""
    outcome = TABLE[state, act]
    if isinstance(outcome, CaseState):
        return outcome
    raise outcome


def is_allowed(state: CaseState, act: CaseAct) -> bool:
    """Whether the table allows an act in a state."""
    return isinstance(TABLE[state, act], CaseState)
