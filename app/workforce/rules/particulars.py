"""What a staff list says about one worker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.workforce.rules.cells import Row
from app.workforce.rules.heading_synonyms import HeadingBook
from app.workforce.rules.phones import PhonePlan
from app.workforce.rules.problems import Problem, ProblemCode, Severity
from app.workforce.rules.shift_values import ShiftWords
from app.workforce.rules.shifts import ShiftCode
from app.workforce.rules.word_values import Sex, WordLists


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """One worker's facts; None where the list is silent. `birth_year` goes with `born_on`.

    `last_on` is the last day of work, also a coming one: who leaves then works here until it.
    """

    name: str | None = None
    born_on: date | None = None
    birth_year: int | None = None
    sex: Sex | None = None
    phone: str | None = None
    id_number: str | None = None
    position: str | None = None
    joined_on: date | None = None
    last_on: date | None = None
    department: str | None = None
    workshop: str | None = None
    line: str | None = None
    team: str | None = None
    shift: ShiftCode | None = None
    bus_route: str | None = None
    meal_slot: str | None = None
    dorm_room: str | None = None
    in_safety_team: bool | None = None
    has_left: bool | None = None


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A usable row, numbered as Excel does; a badge kept as a number may have lost zeros."""

    row: int
    badge: str
    badge_key: str
    badge_is_number: bool
    badge_column: str
    particulars: Particulars


@dataclass(frozen=True, slots=True)
class LeftOutRow:
    """A row that cannot be used: its badge if it has one, its cells as they stood, and why."""

    row: int
    badge: str
    cells: Row
    codes: tuple[ProblemCode, ...]


@dataclass(frozen=True, slots=True)
class RosterReading:
    """A whole list as it was understood; problems stand in the order of the rows."""

    rows: tuple[RosterRow, ...]
    problems: tuple[Problem, ...]
    left_out: tuple[LeftOutRow, ...]

    def count_of(self, severity: Severity) -> int:
        """How many rows have a problem of that severity."""
        return len({problem.row for problem in self.problems if problem.severity is severity})


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterContext:
    """All that is needed to judge a list.

    `company_names` are names the company goes by; without any, the column is not compared.
    `sex_by_code` is the answer to what 0, 1 and 2 mean in this file. `merged_badges` are badges (as
    keys) of records that were merged, with the badge that stayed.
    """

    today: date
    company_code: str
    book: HeadingBook
    words: WordLists
    shifts: ShiftWords
    phones: PhonePlan
    provinces: Mapping[str, str]
    company_names: Sequence[str] = ()
    sex_by_code: Mapping[str, Sex] = field(default_factory=dict)
    date1904: bool = False
    merged_badges: Mapping[str, str] = field(default_factory=dict)
