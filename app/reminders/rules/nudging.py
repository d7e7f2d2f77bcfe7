"""A reminder that somebody sends by hand to all who have not answered: once a person and shift."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.kernel.refusals import Refusal
from app.reminders.rules.schedules import message_key
from app.workforce.rules.shifts import ShiftCode

NUDGE = "nudge"
# So long it waits before it goes, for whoever pressed the wrong button.
WAITS = timedelta(seconds=30)
Slot = tuple[date, ShiftCode]


class NobodyToNudge(Refusal):
    """Everybody who can be reached by a message has answered or has been reminded."""

    code = "reminders.nobody_to_nudge"
    status = 409


class ShiftIsOver(Refusal):
    """Nobody is reminded of a shift that has ended."""

    code = "reminders.shift_is_over"
    status = 409


@dataclass(frozen=True, slots=True)
class Reach:
    """Those who have not answered: how many people a message would go to, and why to others none.

    `silent`, `told` (reminded by hand already) and `without_app` (no phone with the program) count
    somebody in two shifts for each of them.
    """

    silent: int
    to_tell: int
    told: int
    without_app: int


def nudge_key(company_id: int, on: date, shift: ShiftCode) -> str:
    """What the one message of all nudges of a company for a shift is called."""
    return f"{message_key(NUDGE, on, shift)}:{company_id}"
