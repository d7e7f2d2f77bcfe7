"""The states of a notice, and the one table of what may be done in each."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

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
    NoticeSending,
    NoticeSent,
    NoticeStopped,
    NotSentYet,
)


class NoticeState(StrEnum):
    """How far a notice came."""

    DRAFT = "draft"
    WAITING = "waiting"
    COUNTDOWN = "countdown"
    SENDING = "sending"
    SENT = "sent"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class NoticeAct(StrEnum):
    """What may be done with a notice, by a person or by the clock."""

    EDIT = "edit"
    ASK = "ask"
    START = "start"
    APPROVE = "approve"
    RETURN = "return"
    BEGIN = "begin"
    FINISH = "finish"
    STOP = "stop"
    CANCEL = "cancel"
    CORRECT = "correct"
    EXPIRE = "expire"


_D, _W, _K, _G = (
    NoticeState.DRAFT,
    NoticeState.WAITING,
    NoticeState.COUNTDOWN,
    NoticeState.SENDING,
)
_S, _T, _C, _E = (
    NoticeState.SENT,
    NoticeState.STOPPED,
    NoticeState.CANCELLED,
    NoticeState.EXPIRED,
)
# One line a state, in the order of the acts. Stopping a countdown leaves a draft: nobody got it.
_LINES: Mapping[NoticeState, tuple[NoticeState | type[Refusal], ...]] = {
    _D: (
        *(_D, _W, _K, NoticeNotAsked, NoticeNotAsked, NoticeNotAsked),
        *(NothingIsSent, NothingIsSent, _C, NotSentYet, NotSentYet),
    ),
    _W: (
        *(_D, NoticeAsked, NotApproved, _K, _D, NotApproved),
        *(NothingIsSent, NothingIsSent, _C, NotSentYet, _E),
    ),
    _K: (
        *(NoticeCounting, NoticeCounting, NoticeCounting, NoticeCounting, NoticeCounting, _G),
        *(CountdownNotOver, _D, NoticeCounting, NotSentYet, _E),
    ),
    _G: (
        *(NoticeSending, NoticeSending, NoticeSending, NoticeSending, NoticeSending),
        *(NoticeSending, _S, _T, _C, NoticeSending, _E),
    ),
    _S: (*(NoticeSent,) * 8, _C, _S, NoticeSent),
    _T: (*(NoticeStopped,) * 7, _T, _C, _T, NoticeStopped),
    _C: (*(NoticeCancelled,) * 11,),
    _E: (*(NoticeExpired,) * 11,),
}
_STEPS = StateTable(NoticeAct, _LINES)
TABLE = _STEPS.cells
next_state, is_allowed = _STEPS.next_state, _STEPS.is_allowed
LIVE = frozenset({_K, _G})
# While it is still being sent, nobody is chased who may have it in the next moment.
TIME_TO_READ = timedelta(minutes=10)
OVER = frozenset({_C, _E})


def may_remind(
    state: NoticeState, planned_at: datetime | None, expires_at: datetime, now: datetime
) -> bool:
    """Whether the time has come to go after those who have not read a notice that is out."""
    if state not in {_G, _S} or planned_at is None or now >= expires_at:
        return False
    return state is _S or now - planned_at >= TIME_TO_READ
