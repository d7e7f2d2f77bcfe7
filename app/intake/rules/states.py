"""The states of what came in, and the one table of what may be done in each."""

from collections.abc import Mapping
from enum import StrEnum

from app.intake.rules.refusals import (
    ItemAnswered,
    ItemClosed,
    ItemNotClosed,
    NotAnsweredHere,
    NothingYetToClose,
)
from app.kernel.refusals import Refusal
from app.kernel.states import StateTable


class ItemKind(StrEnum):
    """What came in: a named case, feedback, or a call that the province's hotline took."""

    CASE = "case"
    FEEDBACK = "feedback"
    CALL = "call"


class ItemState(StrEnum):
    """How far the province came with it."""

    NEW = "new"
    ACCEPTED = "accepted"
    WORKING = "working"
    ANSWERED = "answered"
    CLOSED = "closed"


class ItemAct(StrEnum):
    """What may be done with it."""

    TAKE = "take"
    ASSIGN = "assign"
    START = "start"
    NOTE = "note"
    ANSWER = "answer"
    CLOSE = "close"
    REOPEN = "reopen"


_N, _A, _W = ItemState.NEW, ItemState.ACCEPTED, ItemState.WORKING
_R, _C = ItemState.ANSWERED, ItemState.CLOSED
# One line a state, in the order of the acts.
_LINES: Mapping[ItemState, tuple[ItemState | type[Refusal], ...]] = {
    _N: (_A, _A, _W, _N, _R, _C, ItemNotClosed),
    _A: (_A, _A, _W, _A, _R, _C, ItemNotClosed),
    _W: (_W, _W, _W, _W, _R, _C, ItemNotClosed),
    _R: (ItemAnswered, ItemAnswered, ItemAnswered, _R, _R, _C, _W),
    _C: (*(ItemClosed,) * 6, _W),
}
_STEPS = StateTable(ItemAct, _LINES)
TABLE = _STEPS.cells
WAITING = (ItemState.NEW, ItemState.ACCEPTED, ItemState.WORKING)
# The park has been told of an answer: that one stays.
UNDOABLE = frozenset(ItemAct) - {ItemAct.ANSWER}
# What the park says of feedback once it is over there.
OVER_AT_PARK = ("answered", "closed")
CLOSED_AT_PARK = "closed"


def next_state(kind: ItemKind, state: ItemState, act: ItemAct) -> ItemState:
    """The state that an act leads to, or the refusal of that cell of the table.

    A call is answered by the park that got the task, never from here.
    """
    if kind is ItemKind.CALL and act is ItemAct.ANSWER:
        raise NotAnsweredHere
    outcome = _STEPS.next_state(state, act)
    if kind is ItemKind.CALL and act is ItemAct.CLOSE and state in WAITING:
        raise NothingYetToClose
    return outcome


def is_allowed(kind: ItemKind, state: ItemState, act: ItemAct) -> bool:
    """Whether an act is possible in a state."""
    try:
        next_state(kind, state, act)
    except Refusal:
        return False
    return True


def state_by_park(state: ItemState, park_state: str) -> ItemState:
    """A call goes on as its task goes on at the park; what was closed here stays closed."""
    if state is ItemState.CLOSED:
        return state
    if park_state in OVER_AT_PARK:
        return ItemState.ANSWERED
    return state if park_state in ("", "new") else ItemState.WORKING
