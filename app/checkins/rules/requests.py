"""A check-in as it is handed in, and why one may be refused."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from app.checkins.rules.roll_call import RollLine
from app.kernel.refusals import Refusal
from app.workforce.rules.shifts import ShiftCode

FURTHEST_AHEAD = timedelta(days=2)
FURTHEST_BACK = timedelta(days=14)


class Source(StrEnum):
    """How an answer was given."""

    PHONE = "phone"
    OTHER = "other"
    PAPER = "paper"
    ROLL_CALL = "roll_call"
    KIOSK = "kiosk"
    ZALO = "zalo"


# What a person says themselves, on whatever road.
OWN_WORD = frozenset({Source.PHONE, Source.ZALO})


class ShiftTooFar(Refusal):
    """The shift lies too far ahead or back to be answered for now."""

    code = "checkins.shift_too_far"


class ConsentNeeded(Refusal):
    """The worker has not agreed to the legal notice in force."""

    code = "checkins.consent_needed"
    status = 403


class HasLeft(Refusal):
    """The worker no longer works there."""

    code = "checkins.has_left"


class NothingToClear(Refusal):
    """The worker's level is green already."""

    code = "checkins.nothing_to_clear"
    status = 409


class ReasonNeeded(Refusal):
    """A person who changes a level says why."""

    code = "checkins.reason_needed"


class AlreadyAnswered(Refusal):
    """Who has answered is not absent."""

    code = "checkins.already_answered"
    status = 409


class UnknownRules(Refusal):
    """No rule set of this program has that version."""

    code = "checkins.unknown_rules"


class Claim(NamedTuple):
    """The moment that an answer claims for itself, and the offset of the clock it was read from."""

    at: datetime
    offset_ms: int | None


@dataclass(frozen=True, slots=True)
class CheckInRequest:
    """One answer on its way in; `answers` is still plain JSON."""

    worker_id: str
    shift_on: date
    shift: ShiftCode
    answers: dict[str, Any]
    made_at: datetime
    offset_ms: int | None = None
    observed_at: datetime | None = None
    source: Source = Source.PHONE

    @property
    def claim(self) -> Claim:
        """When it was said: on paper a person read the hour, which no device's offset corrects."""
        if self.observed_at is not None:
            return Claim(self.observed_at, 0)
        return Claim(self.made_at, self.offset_ms)


@dataclass(frozen=True, slots=True)
class RollCallRequest:
    """A closed sheet on its way in; `key` is that of its command."""

    key: str
    group_id: str
    company_id: int
    shift_on: date
    shift: ShiftCode
    lines: tuple[RollLine, ...]
    made_at: datetime
    offset_ms: int | None = None
    observed_at: datetime | None = None
    source: Source = Source.ROLL_CALL


def check_shift_day(shift_on: date, today: date) -> None:
    """Refuse a shift more than two days ahead or fourteen back."""
    if not today - FURTHEST_BACK <= shift_on <= today + FURTHEST_AHEAD:
        raise ShiftTooFar
