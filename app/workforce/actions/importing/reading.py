"""A staff list as it is understood, before anything is kept: sheet, columns, rows, plan."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.workforce.gateways import Workbook
from app.workforce.queries.duplicates import merged_badges
from app.workforce.queries.headings import get_remembered_headings
from app.workforce.queries.roster_data import get_roster_knowledge, roster_context
from app.workforce.queries.rosters import (
    Roster,
    find_roster_mark,
    get_roster,
    list_shift_patterns,
    unit_names_by_branch,
)
from app.workforce.rules import (
    Cell,
    ColumnMap,
    ColumnsMissing,
    DecodedRows,
    ImportPlan,
    Problem,
    RosterReading,
    Row,
    Severity,
    Sex,
    Update,
    compare,
    decode_rows,
    find_sheet,
    map_headings,
    read_roster,
    with_choices,
)
from app.workforce.rules.headings import with_remembered
from app.workforce.rules.importing import (
    RowOutcome,
    settled,
    six_day_pattern,
    units_of,
    wanted_units,
)
from app.workforce.rules.new_units import new_units
from app.workforce.rules.skipping import with_skipped, without_rows


@dataclass(frozen=True, slots=True)
class FoundSheet:
    """The sheet of a workbook that holds the list, with its cells as they stand."""

    name: str
    rows: Sequence[Row]
    date1904: bool


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a person decided about a list: columns by letter, what 0, 1, 2 mean, cells, rows."""

    columns: Mapping[str, str | None] = field(default_factory=dict)
    sexes: Mapping[str, Sex] = field(default_factory=dict)
    corrections: Mapping[tuple[int, str], Cell] = field(default_factory=dict)
    skipped: AbstractSet[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Company:
    """The company whose list it is."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """All that a preview shows and saving needs; without a plan where columns are missing."""

    columns: ColumnMap
    samples: Mapping[str, Cell]
    missing: tuple[str, ...] = ()
    reading: RosterReading | None = None
    plan: ImportPlan | None = None
    roster_mark: str | None = None
    new_units: tuple[tuple[str, str], ...] = ()
    patterns: tuple[tuple[str, str, bool], ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Problems of columns, then of rows."""
        found = self.columns.problems
        if self.reading and self.plan:
            rows = sorted((*self.reading.problems, *self.plan.problems), key=lambda one: one.row)
            found = (*found, *rows)
        return found


def company_of(branch: Branch) -> Company:
    """The plain values of a company's branch."""
    return Company(branch.id, branch.code, branch.name)


def choose_sheet(book: Workbook) -> FoundSheet:
    """The first sheet with a row of headings."""
    known = get_roster_knowledge()
    decoded = [decode_rows(sheet.rows, known.fonts).rows for sheet in book.sheets]
    place, _ = find_sheet(decoded, known.book)
    sheet = book.sheets[place]
    return FoundSheet(sheet.name[:80], sheet.rows, book.date1904)


def understand(
    session: Session,
    sheet: FoundSheet,
    company: Company,
    decisions: Decisions,
    *,
    today: date,
) -> Understanding:
    """Read the list under these decisions and compare it with the company's workers."""
    known = get_roster_knowledge()
    rows = decode_rows(sheet.rows, known.fonts)
    _, header = find_sheet([rows.rows], known.book)
    columns = map_headings(rows.rows, header, known.book)
    columns = with_remembered(columns, get_remembered_headings(session, company.id))
    columns = with_choices(columns, decisions.columns)
    samples = _samples(rows, columns)
    context = roster_context(
        today=today,
        company_code=company.code,
        company_names=(company.name,),
        sex_by_code=decisions.sexes,
        date1904=sheet.date1904,
        merged_badges=merged_badges(session, company.id),
    )
    try:
        corrections = {
            place: cell
            for place, cell in decisions.corrections.items()
            if place[0] not in decisions.skipped
        }
        reading = read_roster(without_rows(rows, decisions.skipped), columns, context, corrections)
    except ColumnsMissing as refusal:
        return Understanding(columns, samples, tuple(refusal.params["fields"]))
    reading = with_skipped(reading, rows, columns, decisions.skipped)
    mark = find_roster_mark(session, company.id)
    roster = get_roster(session, company.id, today)
    reading = settled(reading, roster.rotations)
    plan = compare_with(reading, roster)
    return Understanding(
        columns,
        samples,
        reading=reading,
        plan=plan,
        roster_mark=mark,
        new_units=_new_units(session, company.id, plan),
        patterns=_patterns(session, company.id, plan, today),
    )


def compare_with(reading: RosterReading, roster: Roster) -> ImportPlan:
    """What the list would change in the company's workers."""
    return compare(reading, roster.workers)


def worst_severity(problems: Sequence[Problem]) -> Severity | None:
    """What the problems of one row ask for at most."""
    found = {one.severity for one in problems}
    return next((severity for severity in Severity if severity in found), None)


def problems_by_row(found: Understanding) -> dict[int, list[Problem]]:
    """The problems of each row, in their order; those of columns left aside."""
    by_row: dict[int, list[Problem]] = {}
    headings = {*found.columns.problems}
    for problem in found.problems:
        if problem not in headings:
            by_row.setdefault(problem.row, []).append(problem)
    return by_row


def leaves(one: Update) -> bool:
    """Whether the list says that a present worker has left."""
    return any(change.field == "has_left" and change.new is True for change in one.changes)


def outcome_of(one: Update) -> RowOutcome:
    """Whether a row changes something, or only says that the worker has left."""
    return RowOutcome.LEAVING if leaves(one) and len(one.changes) == 1 else RowOutcome.UPDATED


def _samples(rows: DecodedRows, columns: ColumnMap) -> dict[str, Cell]:
    """The first filled cell below each heading."""
    body = rows.rows[columns.header.last + 1 :][:50]
    return {
        column.letter: next(
            (
                row[column.index]
                for row in body
                if column.index < len(row) and row[column.index] is not None
            ),
            None,
        )
        for column in columns.columns
    }


def _new_units(session: Session, company_id: int, plan: ImportPlan) -> tuple[tuple[str, str], ...]:
    """Units that saving would add, as (kind, names from the top)."""
    pairs = [(None, row.particulars) for row in plan.created]
    changed = [(one.worker.particulars, one.row.particulars) for one in plan.updated]
    return new_units(
        unit_names_by_branch(session, company_id).values(),
        {(wanted_units(old, new), units_of(new)) for old, new in (*pairs, *changed)},
    )


def _patterns(
    session: Session, company_id: int, plan: ImportPlan, today: date
) -> tuple[tuple[str, str, bool], ...]:
    """Schedules that saving would give to people, as (shift, name, whether it must be made)."""
    shifts = {row.particulars.shift for row in plan.created}
    shifts |= {
        one.row.particulars.shift
        for one in plan.updated
        if any(change.field == "shift" for change in one.changes)
    }
    known = list_shift_patterns(session, company_id)
    return tuple(
        (str(shift), known[shift].name, False)
        if shift in known
        else (str(shift), six_day_pattern(shift, today).name, True)
        for shift in sorted(filter(None, shifts))
    )
