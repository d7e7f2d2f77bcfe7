"""A staff list as it is understood, before anything is kept: sheet, columns, rows, plan."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.kernel.text import fold
from app.workforce.gateways import Workbook
from app.workforce.queries.duplicates import merged_badges
from app.workforce.queries.headings import get_remembered_headings
from app.workforce.queries.roster_data import RosterKnowledge, get_roster_knowledge, roster_context
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
    HeadingBook,
    ImportPlan,
    NoHeaderRow,
    Problem,
    ProblemCode,
    RosterReading,
    Row,
    Severity,
    Sex,
    Update,
    compare,
    decode_rows,
    find_sheet,
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
from app.workforce.rules.sheet_merging import (
    ListSheet,
    MergedList,
    NoSuchSheet,
    as_typed,
    badges_of,
    merge_sheets,
    row_place,
)
from app.workforce.rules.skipping import with_skipped, without_rows


@dataclass(frozen=True, slots=True)
class FoundSheet:
    """The sheets of a workbook that hold lists, with the cells of all of them as they stand."""

    rows: Sequence[Row]
    date1904: bool
    sheets: tuple[ListSheet, ...]

    @property
    def name(self) -> str:
        """The names of the sheets that are read."""
        return ", ".join(sheet.name for sheet in self.sheets if sheet.is_chosen)[:80]

    def row_place(self, number: int) -> tuple[str, int]:
        """The sheet of a row and its number there; no name where only one sheet is read."""
        name, row = row_place(self.sheets, number)
        return (name if len(self.sheets) > 1 else ""), row


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a person decided about a list: columns by letter, what 0, 1, 2 mean, cells, rows.

    `decodes_fonts` is whether text of old fonts is taken decoded; None while nobody was asked.
    """

    columns: Mapping[str, str | None] = field(default_factory=dict)
    sexes: Mapping[str, Sex] = field(default_factory=dict)
    corrections: Mapping[tuple[int, str], Cell] = field(default_factory=dict)
    skipped: AbstractSet[int] = frozenset()
    decodes_fonts: bool | None = None


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
    asks_fonts: bool = False
    new_units: tuple[tuple[str, str], ...] = ()
    patterns: tuple[tuple[str, str, bool], ...] = ()
    today: date = date.max

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


def find_lists(book: Workbook) -> FoundSheet:
    """All sheets with a row of headings; chosen is the only one in sight, of several none."""
    known = get_roster_knowledge()
    decoded = [decode_rows(sheet.rows, known.fonts) for sheet in book.sheets]
    # Refuses a workbook without any list.
    first, _ = find_sheet([part.rows for part in decoded], known.book)
    places = [
        place
        for place, part in enumerate(decoded)
        if place == first or (part.rows and _holds_list(part, known.book))
    ]
    in_sight = [place for place in places if not book.sheets[place].is_hidden]
    if len(in_sight) < 2:
        places = in_sight or [first]
    found = [(place, book.sheets[place]) for place in places]
    sheets = tuple(
        ListSheet(sheet.name[:80], len(sheet.rows), sheet.is_hidden, len(places) == 1)
        for _, sheet in found
    )
    rows = [row for _, sheet in found for row in sheet.rows]
    return FoundSheet(rows, book.date1904, sheets)


def _holds_list(part: DecodedRows, book: HeadingBook) -> bool:
    try:
        return bool(badges_of(part, book))
    except NoHeaderRow:
        return False


def sheets_with_more(found: FoundSheet) -> tuple[int, ...]:
    """The sheets in sight that name somebody whom no sheet before them names.

    A workbook often holds a summary beside one sheet per workshop.
    """
    known = get_roster_knowledge()
    seen = set[str]()
    places = []
    for place, (sheet, part) in enumerate(zip(found.sheets, _parts(found), strict=True)):
        badges = badges_of(decode_rows(part, known.fonts), known.book)
        if not sheet.is_hidden and badges - seen:
            places.append(place)
            seen |= badges
    return tuple(places)


def choose_sheets(found: FoundSheet, places: Collection[int]) -> FoundSheet:
    """The same lists, of which these are to be read."""
    sheets = tuple(
        replace(sheet, is_chosen=place in places) for place, sheet in enumerate(found.sheets)
    )
    return replace(found, sheets=sheets)


def named_sheets(found: FoundSheet, names: Sequence[str]) -> FoundSheet:
    """The same lists, of which those of these names are to be read; without names all new ones."""
    if not names:
        is_settled = any(sheet.is_chosen for sheet in found.sheets)
        return found if is_settled else choose_sheets(found, sheets_with_more(found))
    place_by_name = {fold(sheet.name): place for place, sheet in enumerate(found.sheets)}
    for name in names:
        if fold(name) not in place_by_name:
            raise NoSuchSheet(sheet=name)
    return choose_sheets(found, {place_by_name[fold(name)] for name in names})


def merged_list(found: FoundSheet, known: RosterKnowledge) -> MergedList:
    """The chosen sheets as one list, in Vietnamese letters."""
    parts = [decode_rows(part, known.fonts) for part in _parts(found)]
    return merge_sheets(parts, found.sheets, known.book)


def _parts(found: FoundSheet) -> Iterator[Sequence[Row]]:
    start = 0
    for sheet in found.sheets:
        yield found.rows[start : start + sheet.rows]
        start += sheet.rows


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
    remembered = get_remembered_headings(session, company.id)
    merged = merged_list(sheet, known)
    if decisions.decodes_fonts is False:
        merged = as_typed(merged)
    rows = merged.sheet
    columns = with_choices(with_remembered(merged.columns, remembered), decisions.columns)
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
        asks_fonts=decisions.decodes_fonts is None and _is_decoded(reading),
        new_units=_new_units(session, company.id, plan),
        patterns=_patterns(session, company.id, plan, today),
        today=today,
    )


def _is_decoded(reading: RosterReading) -> bool:
    return any(one.code is ProblemCode.LEGACY_FONT for one in reading.problems)


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
