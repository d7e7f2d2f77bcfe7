"""What a gate is told of people it may meet: the verdict on a badge and its class of reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from app.checkins.rules import DutyState, Level
from app.gate.rules.passes import OPENS_BEFORE, seconds
from app.gate.rules.verdicts import ReasonClass, RosterRow, Verdict


class DutyAhead(NamedTuple):
    """One shift of a worker with its hours, and what became of it."""

    shift: str
    starts_at: datetime
    ends_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class RosterPerson:
    """A worker as a gate knows one, with the shift that runs or comes next."""

    sub: str
    company: str
    badge: str
    name: str
    line: str
    shift: str | None
    row: RosterRow

    def as_json(self) -> dict[str, Any]:
        """The row as it is told; `opens` and `until` in seconds since 1970."""
        return {
            "sub": self.sub,
            "company": self.company,
            "badge": self.badge,
            "name": self.name,
            "line": self.line,
            "shift": self.shift,
            "verdict": self.row.verdict,
            "reason_class": self.row.reason,
            "opens": self.row.opens,
            "until": self.row.until,
        }


def next_duty(duties: Iterable[DutyAhead], now: datetime) -> DutyAhead | None:
    """The shift that runs, or the one that begins next."""
    ahead = [each for each in duties if each.ends_at > now]
    return min(ahead, key=lambda each: each.starts_at, default=None)


def roster_row(standing: Level | None, duty: DutyAhead | None) -> RosterRow:
    """The verdict on a badge: by the standing level, else by whether the next shift is answered."""
    opens = seconds(duty.starts_at - OPENS_BEFORE) if duty else None
    until = seconds(duty.ends_at) if duty else None
    if standing == Level.RED:
        return RosterRow(Verdict.STOP, ReasonClass.RISK, opens, until)
    if standing == Level.AMBER:
        return RosterRow(Verdict.WAIT, ReasonClass.WATCH, opens, until)
    if duty is None:
        return RosterRow(Verdict.WAIT, ReasonClass.OFF_SHIFT)
    if duty.state == DutyState.ANSWERED:
        return RosterRow(Verdict.ENTER, ReasonClass.ANSWERED, opens, until)
    return RosterRow(Verdict.WAIT, ReasonClass.NOT_ANSWERED, opens, until)
