"""Importing a staff list: its states and outcomes, where a row belongs, what is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from app.kernel.refusals import Refusal
from app.kernel.text import fold
from app.workforce.rules.comparison import Change
from app.workforce.rules.particulars import Particulars, RosterReading
from app.workforce.rules.shifts import Pattern, ShiftCode


class ImportState(StrEnum):
    """How far an uploaded list has come."""

    READING = "reading"
    REFUSED = "refused"
    STAGED = "staged"
    APPLYING = "applying"
    APPLIED = "applied"
    UNDOING = "undoing"
    UNDONE = "undone"
    CANCELLED = "cancelled"


class RowOutcome(StrEnum):
    """What saving would do for one row; `LEAVING` only ends somebody's work."""

    CREATED = "created"
    UPDATED = "updated"
    LEAVING = "leaving"
    UNCHANGED = "unchanged"
    ALREADY_LEFT = "already_left"
    LEFT_OUT = "left_out"
    MISSING = "missing"


class NoSuchCompany(Refusal):
    """No company of this park has that code."""

    code = "workforce.no_such_company"
    status = 404


class CompanyCodeTaken(Refusal):
    """Another company of this park has that code."""

    code = "workforce.company_code_taken"
    status = 409


class ImportOutdated(Refusal):
    """The workers changed since the preview, so saving would do something else."""

    code = "workforce.import_outdated"
    status = 409


class ImportRunning(Refusal):
    """Another list of the same company is being saved."""

    code = "workforce.import_running"
    status = 409


class ImportNotOpen(Refusal):
    """The list is being read or saved, or was saved or dropped already."""

    code = "workforce.import_not_open"
    status = 409


class ImportUndoOver(Refusal):
    """A later list of the company was saved, or the time for undoing is over."""

    code = "workforce.import_undo_over"
    status = 409


class CellsGone(Refusal):
    """The cells of an undone list are kept no longer, so it cannot be saved again."""

    code = "workforce.cells_gone"
    status = 409


class FontsNotConfirmed(Refusal):
    """The list was typed in a font of before Unicode, and nobody said that it reads right."""

    code = "workforce.fonts_not_confirmed"
    status = 409


class NothingToSave(Refusal):
    """Every row of the list is as the company already has it."""

    code = "workforce.nothing_to_save"
    status = 409


# Names that are stored as data, so they stand in the language of the park.
UNPLACED_LINE = "Chưa xếp chuyền"
SAFETY_TEAM_NAME = "Tổ an toàn"
_SIX_DAYS = "thứ Hai–thứ Bảy"
_SHIFT_NAMES: Mapping[ShiftCode, str] = MappingProxyType(
    {
        ShiftCode.CA1: "Ca 1",
        ShiftCode.CA2: "Ca 2",
        ShiftCode.CA3: "Ca 3",
        ShiftCode.DAY12: "Ca ngày 12 giờ",
        ShiftCode.NIGHT12: "Ca đêm 12 giờ",
        ShiftCode.OFFICE: "Ca hành chính",
    }
)


MOST_ROWS, LEAST_ROWS = 320, 20
AT_ONCE_ROWS = 160
_AIM_SECONDS = 0.06


def first_chunk_rows(people: int) -> int:
    """How many rows to begin with: all of a short list, which so stands at one moment.

    Of a longer one few, since nobody knows yet how fast this machine is.
    """
    return people + 1 if people <= AT_ONCE_ROWS else LEAST_ROWS


def next_chunk_rows(rows: int, took_seconds: float) -> int:
    """How many rows to save at a time, after so many took so long: about 60 ms of the writer.

    Check-ins wait behind each chunk, so it must stay short on a slow or busy machine too.
    """
    fitting = int(rows * _AIM_SECONDS / max(took_seconds, 0.001))
    return max(LEAST_ROWS, min(fitting, 2 * rows, MOST_ROWS))


# This project's choice: long enough to notice over one month's list, and named on the page.
UNDO_LASTS = timedelta(days=30)


def undo_ends_at(finished_at: datetime) -> datetime:
    """Until when a saved list can be undone, unless a later one is saved before."""
    return finished_at + UNDO_LASTS


@dataclass(frozen=True, slots=True)
class MissingChoice:
    """What is done about workers a list does not name: last days by id, and for all the others.

    None means that somebody stays as they are.
    """

    day_by_worker: Mapping[str, date | None] = field(default_factory=dict)
    day_of_others: date | None = None

    def day_of(self, worker_id: str) -> date | None:
        """The last day of one of them."""
        return self.day_by_worker.get(worker_id, self.day_of_others)


def missing_choice(choices: Mapping[str, Mapping[str, str | None]]) -> MissingChoice:
    """What was decided about workers whom a list does not name, from what is kept of it."""
    days = {key: _day(text) for key, text in choices.get("missing", {}).items()}
    return MissingChoice(days, _day(choices.get("missing_all", {}).get("on")))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


class NamedPattern(NamedTuple):
    """A pattern with the name it is kept under."""

    name: str
    pattern: Pattern


def six_day_pattern(shift: ShiftCode, today: date) -> NamedPattern:
    """The schedule made for a shift that a company has none for: Monday to Saturday.

    Six days a week is this project's choice, shown before anything is saved.
    """
    monday = today - timedelta(days=today.weekday())
    cycle = (*(shift,) * 6, None)
    return NamedPattern(f"{_SHIFT_NAMES[shift]} · {_SIX_DAYS}", Pattern(cycle, monday))


def only_shift(pattern: Pattern) -> ShiftCode | None:
    """The one shift that a pattern ever puts anybody on; None for a rotation."""
    shifts = {shift for shift in pattern.cycle if shift is not None}
    return shifts.pop() if len(shifts) == 1 else None


@dataclass(frozen=True, slots=True)
class UnitNames:
    """The units of a worker from the top down, by name; None where there is none."""

    workshop: str | None = None
    line: str | None = None
    team: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no unit is named at all."""
        return not (self.workshop or self.line or self.team)


def units_of(particulars: Particulars) -> UnitNames:
    """The units that stand in somebody's facts."""
    return UnitNames(particulars.workshop, particulars.line, particulars.team)


def wanted_units(old: Particulars | None, new: Particulars) -> UnitNames:
    """Where a row puts a worker: what it names, and what stays of the place until now.

    A silent level keeps its unit only while every unit above it stays.
    """
    names: list[str | None] = []
    stays = old is not None
    for level in ("workshop", "line", "team"):
        before, after = getattr(old, level, None), getattr(new, level)
        if after is None:
            names.append(before if stays else None)
            continue
        names.append(after)
        stays = stays and before is not None and fold(before) == fold(after)
    return UnitNames(*names)


def settled(reading: RosterReading, rotations: Mapping[str, frozenset[ShiftCode]]) -> RosterReading:
    """The reading with what only the company's own ways decide.

    A department takes the place of a workshop where the list names none. A shift that is one
    of somebody's rotation (`rotations` by badge key) says nothing new about that rotation.
    """
    rows = []
    for row in reading.rows:
        facts = row.particulars
        workshop = facts.workshop or facts.department
        is_rotating = facts.shift is not None and facts.shift in rotations.get(row.badge_key, ())
        shift = None if is_rotating else facts.shift
        facts = replace(facts, workshop=workshop, department=None, shift=shift)
        rows.append(replace(row, particulars=facts))
    return RosterReading(tuple(rows), reading.problems, reading.left_out)


def with_changes(old: Particulars, changes: tuple[Change, ...]) -> Particulars:
    """The facts after these changes."""
    return replace(old, **{change.field: change.new for change in changes})  # type: ignore[arg-type]
