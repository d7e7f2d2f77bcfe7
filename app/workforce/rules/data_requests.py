"""What workers ask about their own data: until when it is answered, and how it stands."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from app.kernel.refusals import Refusal

LONGEST_TEXT = 1000
MOST_OPEN = 5
LONGEST_WAIT_DAYS = 60  # a calendar without a working day in it is no calendar


class RequestKind(StrEnum):
    """What is asked for."""

    CORRECT = "correct"
    DELETE = "delete"


class Decision(StrEnum):
    """What an answer says: granted and still to be done, done, done in part, not done."""

    GRANTED = "granted"
    DONE = "done"
    PARTLY = "partly"
    DECLINED = "declined"


class RequestState(StrEnum):
    """How a request stands: nobody answered, granted and not done yet, or closed."""

    OPEN = "open"
    GRANTED = "granted"
    CLOSED = "closed"


class TooManyRequests(Refusal):
    """So many requests of one worker wait already; `most`."""

    code = "workforce.too_many_data_requests"
    status = 409


class RequestMoved(Refusal):
    """Somebody else answered while the page stood open."""

    code = "workforce.data_request_moved"
    status = 409


@dataclass(frozen=True, slots=True)
class RequestRule:
    """How many working days an answer may take; `working_weekdays` are ISO, Monday is 1."""

    version: int
    answer_working_days: int
    working_weekdays: frozenset[int]
    from_on: date
    evidence: str
    reading_evidence: str
    words: Mapping[str, str]

    def said(self, name: str, locale: str) -> str:
        """The rule, its source or its reading (`text`, `source`, `reading`) in a language."""
        key = locale if name == "text" else f"{name}_{locale}"
        return self.words[key]


def request_rule(data: Mapping[str, Any]) -> RequestRule:
    """The rule out of its file (Law 91/2025/QH15, Decree 356/2025/NĐ-CP, from 1/1/2026)."""
    row = data["requests"]
    return RequestRule(
        int(data["version"]),
        int(row["answer_working_days"]),
        frozenset(row["working_weekdays"]),
        row["from_on"],
        row["evidence"],
        row["reading_evidence"],
        {key: value for key, value in row.items() if isinstance(value, str)},
    )


def answer_due_on(received_on: date, rule: RequestRule, holidays: Collection[date]) -> date:
    """The last day for an answer; the day of receipt is not counted."""
    on, left = received_on, rule.answer_working_days
    for _ in range(LONGEST_WAIT_DAYS):
        if left == 0:
            break
        on += timedelta(days=1)
        if on.isoweekday() in rule.working_weekdays and on not in holidays:
            left -= 1
    return on


def request_state(decisions: Sequence[str]) -> RequestState:
    """How a request stands after these answers, oldest first: the last one counts."""
    if not decisions:
        return RequestState.OPEN
    last = Decision(decisions[-1])
    return RequestState.GRANTED if last is Decision.GRANTED else RequestState.CLOSED


def is_late(state: RequestState, due_on: date, today: date) -> bool:
    """Whether nobody has answered and the last day is over."""
    return state is RequestState.OPEN and today > due_on
