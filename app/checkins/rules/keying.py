"""A paper list that is keyed in: the rows of a form become lines of a check-in sheet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from app.checkins.rules.counts import DutyState
from app.checkins.rules.sheets import (
    Fault,
    Present,
    Said,
    SheetLine,
    read_line,
    sheet_signs,
    time_fault,
    with_time_fault,
)
from app.checkins.rules.triage import RuleSet
from app.kernel.refusals import Refusal
from app.workforce.rules.shifts import ShiftWindow

# Project choice: a list of more people than this is no list of a line on paper.
MOST_KEYED = 150
LONGEST_TEXT = 200
_RESULTS = {str(said): said for said in Said}


class TooManyToKey(Refusal):
    """The unit has more people on the shift than one list on paper."""

    code = "sheets.too_many_to_key"


class NothingKeyed(Refusal):
    """Nobody of the list has a result."""

    code = "sheets.nothing_keyed"


class WrittenAtMissing(Refusal):
    """A list on paper has the time at which people were asked."""

    code = "sheets.written_at_missing"


@dataclass(frozen=True, slots=True)
class KeyedRow:
    """What was typed for one person; `known` is the mark of what the paper knew."""

    worker_id: str
    known: str
    result: str = ""
    warm: str = ""
    signs: tuple[str, ...] = ()
    other: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class KeyedList:
    """What was typed of a whole list, in its order; `written_at` is for who has no own time."""

    rows: tuple[KeyedRow, ...]
    written_at: str = ""


@dataclass(frozen=True, slots=True)
class ReadList:
    """A keyed list as sheet lines; `fault` is a code about the list, others are with the lines."""

    lines: tuple[SheetLine, ...]
    fault: str | None = None

    @property
    def is_good(self) -> bool:
        """Whether all of it can be put aside for review."""
        return self.fault is None and not any(line.faults for line in self.lines)


def read_keyed(
    keyed: KeyedList, rules: RuleSet, shift: ShiftWindow, now: datetime, zone: ZoneInfo
) -> ReadList:
    """Read a keyed list as a filled sheet is read; rows that say nothing stay silent lines."""
    written_at, fault = _written_at(keyed.written_at, rules, shift, now, zone)
    lines = []
    for number, row in enumerate(keyed.rows, start=1):
        line = with_time_fault(_line(number, row, rules), shift, now, zone)
        if line.at is None and line.said in {Said.WELL, Said.SIGNS}:
            line = replace(line, at=written_at)
            if written_at is None and fault is None and Fault.TIME not in line.faults:
                fault = WrittenAtMissing.code
        lines.append(line)
    if fault is None and not any(line.said or line.faults for line in lines):
        fault = NothingKeyed.code
    return ReadList(tuple(lines), fault)


def _line(number: int, row: KeyedRow, rules: RuleSet) -> SheetLine:
    signs = sheet_signs(rules)
    marks = ["x" if each in row.signs else None for each in signs]
    cells = (
        *(row.worker_id, row.known, None, None, row.result, row.warm),
        *marks,
        *(row.other[:LONGEST_TEXT], row.at),
    )
    line = read_line(number, cells, rules, _RESULTS)
    if line.said is None and not row.result and (row.warm.strip() or row.at.strip()):
        return replace(line, faults=(Fault.RESULT_MISSING,))
    return line


def _written_at(
    text: str, rules: RuleSet, shift: ShiftWindow, now: datetime, zone: ZoneInfo
) -> tuple[time | None, str | None]:
    read = _line(0, KeyedRow("", "", str(Said.ABSENT), at=text), rules)
    fault = read.faults[0] if read.faults else None
    if fault is None and read.at is not None:
        fault = time_fault(read.at, shift, now, zone)
    return (None if fault else read.at), fault


def known_to_paper(present: Present) -> str:
    """The mark that a blank list was printed with: it knew of no answer and no absence.

    So what the paper says stands beside every other answer, whenever that came.
    """
    asked = present.state in {DutyState.EXPECTED, DutyState.NOT_ASKED}
    return present.mark if asked else Present(DutyState.EXPECTED, 0).mark


def in_order(rows: Sequence[KeyedRow], on_shift: Sequence[str]) -> tuple[str, ...]:
    """Whom to show again: everybody of the list as it was, then who came to the shift since."""
    listed = [row.worker_id for row in rows]
    return (*listed, *(each for each in on_shift if each not in set(listed)))
