"""A kiosk: one device for people without a phone; its code, its PIN, and whose shift it is."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.kernel.clock import local_day
from app.kernel.refusals import Refusal
from app.workforce.rules.shifts import DutyShift, HoursBook, ShiftCode, shift_window

CODE_LASTS = timedelta(days=7)
SEAL_KEY_LASTS = timedelta(days=90)
CODE_BLOCKS, BLOCK = 4, 4
LEAVE_ITERATIONS = 600_000  # PBKDF2 with SHA-256, as OWASP asks in 2023
ONE_DAY = timedelta(days=1)


class WrongCode(Refusal):
    """No kiosk waits to be set up with this code, or it is too late for it."""

    code = "kiosk.wrong_code"
    status = 403


class KioskRevoked(Refusal):
    """The kiosk was taken out of use."""

    code = "kiosk.revoked"
    status = 409


def bare_code(typed: str) -> str:
    """A set-up code as it is compared: letters and digits, in upper case."""
    return re.sub(r"[^0-9A-Z]", "", typed.upper())


def shift_by_clock(
    at: datetime, hours: HoursBook, run: Collection[ShiftCode], zone: ZoneInfo
) -> DutyShift | None:
    """The shift for whoever has none planned: the one that begins nearest to the moment.

    People stand at a kiosk just before they begin, some just after.
    """
    day = local_day(at, zone)
    near = [
        DutyShift(on, shift, *shift_window(hours.at(shift, on), on, zone))
        for on in (day - ONE_DAY, day, day + ONE_DAY)
        for shift in run
    ]
    open_yet = [each for each in near if each.ends_at > at]
    return min(open_yet, key=lambda each: (abs(each.starts_at - at), each.shift), default=None)
