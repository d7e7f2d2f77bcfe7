"""What becomes of an occurrence, how long its message holds, and what makes a schedule unfit."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.kernel.canonical import digest
from app.kernel.clock import local_day
from app.kernel.refusals import Refusal
from app.workforce.rules.shifts import ShiftCode, ShiftWindow

# The retries of the normal lane take 42 minutes, a planned reminder is at most 15 late.
SENT_WITHIN = timedelta(minutes=60)
LOOKED_BACK = timedelta(days=7)
# A list that is saved is touched every moment; the job that goes on with one comes twice a minute.
STILL_SAVED = timedelta(seconds=90)
# Well within the time after which a reminder would not go at all.
WAITS_FOR_A_LIST = timedelta(minutes=5)
QUIET_FROM, QUIET_TO = time(21), time(4, 30)


class OccurrenceState(StrEnum):
    """What became of a schedule coming due once."""

    DUE = "due"
    PLANNED = "planned"
    MISSED = "missed"
    STOPPED = "stopped"


class SkipReason(StrEnum):
    """Why somebody a schedule is for got nothing."""

    ANSWERED = "answered"
    ABSENT = "absent"
    ALREADY = "already"
    NO_VALUE = "no_value"


class ChangedMeanwhile(Refusal):
    """Somebody else changed the schedule since this page was opened."""

    code = "reminders.changed_meanwhile"
    status = 409


class UnknownGroup(Refusal):
    """The group does not belong to this company."""

    code = "reminders.unknown_group"


class NothingToSay(Refusal):
    """A reminder needs a name and a Vietnamese text."""

    code = "reminders.nothing_to_say"


class EndsBeforeItStarts(Refusal):
    """The last day of a schedule lies before its first."""

    code = "reminders.ends_before_start"


class WhollyPast(Refusal):
    """The last day of a schedule that is to run has passed."""

    code = "reminders.wholly_past"


class NoBuses(Refusal):
    """A schedule tied to departures runs in a company that has no bus group."""

    code = "reminders.no_buses"


class NothingToCarry(Refusal):
    """Carrying needs schedules of one company and other companies to take them to."""

    code = "reminders.nothing_to_carry"


class UnknownUnit(Refusal):
    """The workshop or line does not belong to this company."""

    code = "reminders.unknown_unit"


class NoTextInLanguage(Refusal):
    """A schedule kept to one language has no text in it."""

    code = "reminders.no_text_in_language"


def answer_key(on: date, shift: str) -> str:
    """The shift whose answer makes a reminder needless."""
    return f"{on.isoformat()}:{shift}"


def holds_until(due_at: datetime, window: ShiftWindow | None, zone: ZoneInfo) -> datetime:
    """Until when a reminder still says something: the end of its shift, or of the day it came.

    Nobody gets yesterday's message today.
    """
    next_day = local_day(due_at, zone) + timedelta(days=1)
    midnight = datetime.combine(next_day, time(), tzinfo=zone).astimezone(UTC)
    return max(midnight, window.ends_at) if window else midnight


def in_one_language(texts: Mapping[str, str], language: str) -> dict[str, str]:
    """The text a schedule kept to one language sends; all of them for the reader's own."""
    return {known: text for known, text in texts.items() if not language or known == language}


def template_of(texts: Mapping[str, str], built_in: Mapping[str, Mapping[str, str]]) -> str:
    """What a text is called: equal texts are one template, however many schedules use them."""
    for template_id, known in built_in.items():
        if dict(known) == dict(texts):
            return template_id
    return f"own:{digest(dict(texts))[:24]}"


def is_quiet(at: time) -> bool:
    """Whether a time of day lies in the quiet hours, when nothing rings."""
    return at >= QUIET_FROM or at < QUIET_TO


def needs_shift(used: tuple[str, ...], shifts: frozenset[ShiftCode], *, by_clock: bool) -> bool:
    """Whether a text speaks of a shift that its schedule does not have."""
    return "shift" in used and by_clock and len(shifts) != 1
