"""The states of a notice of the province, and the one table of what may be done in each."""

from collections.abc import Mapping
from enum import StrEnum

from app.alerts.rules.refusals import AlreadyGone, NothingCounting, StillGoing
from app.kernel.refusals import Refusal
from app.kernel.states import StateTable
from app.notices.rules.refusals import (
    CountdownNotOver,
    NotApproved,
    NothingIsSent,
    NoticeAsked,
    NoticeCancelled,
    NoticeCounting,
    NoticeExpired,
    NoticeNotAsked,
    NotSentYet,
)


class AlertState(StrEnum):
    """How far a notice came at the province; what parks do with it is theirs to tell."""

    DRAFT = "draft"
    WAITING = "waiting"
    COUNTDOWN = "countdown"
    SENDING = "sending"
    SENT = "sent"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class AlertAct(StrEnum):
    """What may be done with it, by a person or by the clock."""

    EDIT = "edit"
    ASK = "ask"
    APPROVE = "approve"
    RETURN = "return"
    ABORT = "abort"
    BEGIN = "begin"
    FINISH = "finish"
    CANCEL = "cancel"
    CORRECT = "correct"
    EXPIRE = "expire"


_D, _W, _K, _G = (
    AlertState.DRAFT,
    AlertState.WAITING,
    AlertState.COUNTDOWN,
    AlertState.SENDING,
)
_S, _C, _E = AlertState.SENT, AlertState.CANCELLED, AlertState.EXPIRED
# One line a state, in the order of the acts. A countdown called off leaves a draft: nobody got it.
_LINES: Mapping[AlertState, tuple[AlertState | type[Refusal], ...]] = {
    _D: (
        *(_D, _W, NoticeNotAsked, NoticeNotAsked, NothingCounting, NoticeNotAsked),
        *(NothingIsSent, _C, NotSentYet, NotSentYet),
    ),
    _W: (
        *(_D, NoticeAsked, _K, _D, NothingCounting, NotApproved),
        *(NothingIsSent, _C, NotSentYet, _E),
    ),
    _K: (
        *(NoticeCounting, NoticeCounting, NoticeCounting, NoticeCounting, _D, _G),
        *(CountdownNotOver, _C, NotSentYet, _E),
    ),
    _G: (*(AlreadyGone,) * 6, _S, _C, StillGoing, _E),
    _S: (*(AlreadyGone,) * 7, _C, _S, AlreadyGone),
    _C: (*(NoticeCancelled,) * 10,),
    _E: (*(NoticeExpired,) * 10,),
}
_STEPS = StateTable(AlertAct, _LINES)
TABLE = _STEPS.cells
next_state, is_allowed = _STEPS.next_state, _STEPS.is_allowed
# Parks have it, or may have it a moment from now.
GONE = frozenset({_G, _S})
OPEN = frozenset({_W, _K, _G})
