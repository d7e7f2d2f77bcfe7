"""Check-in sheets: a line's list for one shift, filled in without the program and read back."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from app.checkins.rules.counts import DutyState
from app.checkins.rules.timeliness import CLOCK_TOLERANCE
from app.checkins.rules.triage import RuleSet
from app.kernel.refusals import Refusal
from app.kernel.text import fold
from app.workforce.rules.cells import Cell, Row, text_of
from app.workforce.rules.shifts import ShiftWindow

MARK = "an-ca-sheet-1"
FIRST_ROW = 5
OTHER = "other"
# Project choice: people are asked about a shift from the evening before at the earliest.
EARLIEST = timedelta(hours=11)
_TIME = re.compile(r"(\d{1,2})\s*[:hg.]?\s*(\d{2})")
_TICKS = frozenset({"x", "v", "1", "co", "yes", "✓", "✔"})


class NotASheet(Refusal):
    """The file is no check-in sheet that this program made."""

    code = "sheets.not_a_sheet"


class SheetDone(Refusal):
    """Everything of this sheet was kept or discarded before."""

    code = "sheets.done"
    status = 409


class Said(StrEnum):
    """What a line of a sheet says of somebody."""

    WELL = "well"
    SIGNS = "signs"
    ABSENT = "absent"


class Fault(StrEnum):
    """Why a line cannot be read; each is a code with a sentence."""

    RESULT = "sheets.result_unknown"
    RESULT_MISSING = "sheets.result_missing"
    SIGNS_MISSING = "sheets.signs_missing"
    WELL_WITH_SIGNS = "sheets.well_with_signs"
    ABSENT_WITH_SIGNS = "sheets.absent_with_signs"
    TEMPERATURE = "checkins.temperature_out_of_range"
    TIME = "sheets.time_unreadable"
    TIME_AHEAD = "sheets.time_ahead"
    TIME_OUTSIDE = "sheets.time_outside_shift"


class Outcome(StrEnum):
    """What keeping a line would mean now."""

    NOTHING = "nothing"
    NEW = "new"
    CONFLICT = "conflict"
    IMPOSSIBLE = "impossible"
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True)
class SheetHead:
    """Which line (branch id) and shift a sheet is for."""

    branch_id: int
    shift_on: date
    shift: str


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One person of a filled sheet; `known` is what the program knew when it made the sheet."""

    row: int
    worker_id: str
    known: str
    said: Said | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    at: time | None = None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Present:
    """Where a person stands on the shift now."""

    state: DutyState
    version: int
    answers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """What a sheet keeps to tell later whether anything came meanwhile."""
        return f"{self.state}:{self.version}"


def head_cell(head: SheetHead) -> str:
    """What the hidden first cell says."""
    return f"{MARK}|{head.branch_id}|{head.shift_on.isoformat()}|{head.shift}"


def read_head(rows: Sequence[Row]) -> SheetHead:
    """Which line and shift a read sheet is for; refused when it is not one of ours."""
    parts = text_of(rows[0][0]).split("|") if rows and rows[0] else []
    try:
        mark, branch, on, shift = parts
        if mark != MARK:
            raise NotASheet
        return SheetHead(int(branch), date.fromisoformat(on), shift)
    except ValueError:
        raise NotASheet from None


def sheet_signs(rules: RuleSet) -> tuple[str, ...]:
    """The questions that have a column: those that "well" answers with a no."""
    return (*rules.well.symptoms, *rules.well.exposures)


def read_lines(
    rows: Sequence[Row], rules: RuleSet, words: Mapping[str, Said]
) -> tuple[SheetLine, ...]:
    """The people of a filled sheet, by the columns that `sheet_signs` gives it.

    Columns: row id, known, badge, name, result, temperature, one for each sign, other, time.
    `words` are the results as a person may write them, folded.
    """
    return tuple(
        read_line(number, row, rules, words)
        for number, row in enumerate(rows, start=1)
        if number >= FIRST_ROW and len(row) > 1 and text_of(row[0]) and text_of(row[1])
    )


def read_line(number: int, row: Row, rules: RuleSet, words: Mapping[str, Said]) -> SheetLine:
    """One person of a filled sheet, by the columns that `read_lines` names."""
    signs = sheet_signs(rules)
    cells = [*row, *[None] * (8 + len(signs))]
    said_text, warm, marks = text_of(cells[4]), cells[5], cells[6 : 6 + len(signs)]
    other, clock = text_of(cells[6 + len(signs)]), cells[7 + len(signs)]
    faults: list[Fault] = []
    said = words.get(fold(said_text)) if said_text else None
    if said_text and said is None:
        faults.append(Fault.RESULT)
    celsius = _celsius(warm, rules, faults)
    ticked = tuple(sign for sign, mark in zip(signs, marks, strict=True) if _is_ticked(mark))
    told = bool(ticked or other)
    feverish = celsius is not None and celsius >= rules.questions.fever_from_c
    if said is None and (told or celsius is not None) and not faults:
        said = Said.SIGNS if told or feverish else None
        if said is None:
            faults.append(Fault.RESULT)
    if said is Said.WELL and told:
        faults.append(Fault.WELL_WITH_SIGNS)
    if said is Said.ABSENT and (told or celsius is not None):
        faults.append(Fault.ABSENT_WITH_SIGNS)
    if said is Said.SIGNS and not told and not feverish:
        faults.append(Fault.SIGNS_MISSING)
    at = _clock(clock, faults)
    answers = _answers(said, ticked, celsius, other, rules)
    return SheetLine(
        number, text_of(row[0]), text_of(row[1]), said, answers, at, tuple(dict.fromkeys(faults))
    )


def _answers(
    said: Said | None, ticked: Sequence[str], celsius: float | None, other: str, rules: RuleSet
) -> dict[str, Any]:
    if said is None or said is Said.ABSENT:
        return {}
    symptoms = [each for each in ticked if each in rules.questions.symptoms]
    if other and OTHER in rules.questions.symptoms:
        symptoms.append(OTHER)
    open_signs = [each for each in sheet_signs(rules) if each not in ticked]
    answers: dict[str, Any] = {
        "symptoms": symptoms,
        "temperature_c": celsius,
        "exposures": {
            each: each in ticked for each in sheet_signs(rules) if each in rules.questions.exposures
        },
        "denied": [each for each in open_signs if each in rules.questions.symptoms],
    }
    return answers | ({"note": other[:200]} if other else {})


def _is_ticked(cell: Cell) -> bool:
    return cell is True or fold(text_of(cell)) in _TICKS


def _celsius(cell: Cell, rules: RuleSet, faults: list[Fault]) -> float | None:
    text = text_of(cell).replace(",", ".").removesuffix("°C").strip()
    if not text:
        return None
    low, high = rules.questions.plausible_c
    try:
        celsius = float(text)
    except ValueError:
        celsius = high + 1
    if low <= celsius <= high:
        return round(celsius, 1)
    faults.append(Fault.TEMPERATURE)
    return None


def _clock(cell: Cell, faults: list[Fault]) -> time | None:
    if isinstance(cell, datetime):
        return cell.time().replace(second=0, microsecond=0)
    if isinstance(cell, time):
        return cell.replace(second=0, microsecond=0)
    if isinstance(cell, float) and 0 <= cell < 1:
        hour, minute = divmod(round(cell * 1440) % 1440, 60)
        return time(hour, minute)
    text = text_of(cell)
    if not text:
        return None
    found = _TIME.fullmatch(text)
    if found and int(found[1]) < 24 and int(found[2]) < 60:
        return time(int(found[1]), int(found[2]))
    faults.append(Fault.TIME)
    return None


def observed_moment(at: time, starts_at: datetime, zone: ZoneInfo) -> datetime:
    """The moment a clock time means: of the days around a shift, the one nearest to its start."""
    day = starts_at.astimezone(zone).date()
    meant = [datetime.combine(day + timedelta(days=step), at, tzinfo=zone) for step in (-1, 0, 1)]
    return min(meant, key=lambda moment: abs(moment - starts_at))


def time_fault(at: time, shift: ShiftWindow, now: datetime, zone: ZoneInfo) -> Fault | None:
    """What is wrong with a time that was written down for a shift, if anything."""
    moment = observed_moment(at, shift.starts_at, zone)
    if not shift.starts_at - EARLIEST <= moment <= shift.ends_at:
        return Fault.TIME_OUTSIDE
    return Fault.TIME_AHEAD if moment > now + CLOCK_TOLERANCE else None


def with_time_fault(
    line: SheetLine, shift: ShiftWindow, now: datetime, zone: ZoneInfo
) -> SheetLine:
    """A line that also tells what is wrong with its time."""
    fault = time_fault(line.at, shift, now, zone) if line.at else None
    return replace(line, faults=(*line.faults, fault)) if fault else line


def outcome_of(line: SheetLine, present: Present | None) -> Outcome:
    """What keeping a line would mean, where the person stands on the shift now.

    What came after the sheet was made is a conflict; absence never stands against an answer.
    """
    if line.faults:
        return Outcome.FAULTY
    if line.said is None:
        return Outcome.NOTHING
    if present is None:
        return Outcome.IMPOSSIBLE
    if line.said is Said.ABSENT:
        if present.state is DutyState.ABSENT:
            return Outcome.NOTHING
        if present.state is DutyState.ANSWERED:
            return Outcome.IMPOSSIBLE
    elif present.state is DutyState.ANSWERED and _same(line.answers, present.answers):
        return Outcome.NOTHING
    return Outcome.NEW if present.mark == line.known else Outcome.CONFLICT


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two answers tell the same, whatever else they were asked."""
    return all(_told(one, part) == _told(other, part) for part in ("symptoms", "exposures")) and (
        one.get("temperature_c"),
        one.get("note") or "",
    ) == (other.get("temperature_c"), other.get("note") or "")


def _told(answers: Mapping[str, Any], part: str) -> set[str]:
    given = answers.get(part) or ()
    if isinstance(given, Mapping):
        return {name for name, said in given.items() if said is not False}
    return set(given)
