"""What the gate makes of a pass or a badge; `static/js/gate/verdict.js` is the same rule.

`tests/vectors/gate_passes.json` holds both to one answer.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from app.gate.rules.passes import ReadPass

CLOCK_SLACK_SECONDS = 60
# Who works overtime leaves long after the pass has ended.
LEAVES_WITHIN_SECONDS = 12 * 3600
SHOWN_AGAIN_WITHIN_SECONDS = 14 * 3600


class Verdict(StrEnum):
    """What is so with a pass, or with a badge where there is none."""

    VALID = "valid"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    REVOKED = "revoked"
    OTHER_PARK = "other_park"
    UNKNOWN_KEY = "unknown_key"
    UNREADABLE = "unreadable"
    ENTER = "enter"
    WAIT = "wait"
    STOP = "stop"
    UNKNOWN_BADGE = "unknown_badge"


class Direction(StrEnum):
    """Which way somebody goes through the gate."""

    IN = "in"
    OUT = "out"


class ReasonClass(StrEnum):
    """All that a gate learns of why a badge is judged as it is."""

    ANSWERED = "answered"
    NOT_ANSWERED = "not_answered"
    WATCH = "watch"
    RISK = "risk"
    OFF_SHIFT = "off_shift"
    UNKNOWN = "unknown"


class ClockState(StrEnum):
    """What is known of a gate's own clock."""

    CHECKED = "checked"
    NEVER_CHECKED = "never_checked"
    BEHIND = "behind"


class TimeKnown(NamedTuple):
    """The time to judge by, in seconds since 1970, and what is known of the clock."""

    at: int
    clock: ClockState


@dataclass(frozen=True, slots=True)
class Gate:
    """What a gate goes by: its park, the companies it lets in (None: all), what is revoked."""

    park: str
    companies: frozenset[str] | None
    kids: frozenset[str]
    revoked: frozenset[str]


@dataclass(frozen=True, slots=True)
class RosterRow:
    """What a gate knows of a badge; `enter` counts from and until these seconds."""

    verdict: Verdict
    reason: ReasonClass
    opens: int | None = None
    until: int | None = None


def time_known(device: int, highest: int | None) -> TimeKnown:
    """The time to judge by: a clock that was put back does not bring the past back."""
    if highest is None:
        return TimeKnown(device, ClockState.NEVER_CHECKED)
    if device + CLOCK_SLACK_SECONDS < highest:
        return TimeKnown(highest, ClockState.BEHIND)
    return TimeKnown(max(device, highest), ClockState.CHECKED)


def highest_seen(highest: int | None, read: ReadPass | None, *, genuine: bool) -> int | None:
    """The highest time ever seen, after a pass: the park signed it at its `iat`, not before."""
    if read is None or not genuine:
        return highest
    return read.said.iat if highest is None else max(highest, read.said.iat)


def judge_pass(
    read: ReadPass | None, gate: Gate, at: int, direction: Direction, *, genuine: bool
) -> Verdict:
    """The verdict on a pass; `genuine`: the signature is that of the key it names."""
    if read is None:
        return Verdict.UNREADABLE
    said = read.said
    if said.park != gate.park:
        return Verdict.OTHER_PARK
    if read.kid not in gate.kids or not genuine:
        return Verdict.UNKNOWN_KEY
    if gate.companies is not None and said.company not in gate.companies:
        return Verdict.OTHER_PARK
    if said.jti in gate.revoked:
        return Verdict.REVOKED
    leaving = LEAVES_WITHIN_SECONDS if direction is Direction.OUT else 0
    if at >= said.exp + leaving:
        return Verdict.EXPIRED
    return Verdict.VALID if at >= said.nbf else Verdict.NOT_YET


def judge_badge(
    row: RosterRow | None, at: int, direction: Direction
) -> tuple[Verdict, ReasonClass]:
    """The verdict on a badge by what was last known of who wears it."""
    if row is None:
        return Verdict.UNKNOWN_BADGE, ReasonClass.UNKNOWN
    if row.reason in (ReasonClass.RISK, ReasonClass.WATCH):
        return row.verdict, row.reason
    if direction is Direction.OUT:
        return Verdict.ENTER, row.reason
    if row.verdict is Verdict.ENTER and row.until is not None and at >= row.until:
        return Verdict.WAIT, ReasonClass.NOT_ANSWERED
    if row.verdict is Verdict.ENTER and row.opens is not None and at < row.opens:
        return Verdict.WAIT, ReasonClass.OFF_SHIFT
    return row.verdict, row.reason


def shown_before(last: tuple[Direction, int] | None, direction: Direction, at: int) -> bool:
    """Whether who goes this way went the same way already and has not come back since."""
    if last is None:
        return False
    went, when = last
    return went is direction and 0 <= at - when < SHOWN_AGAIN_WITHIN_SECONDS
