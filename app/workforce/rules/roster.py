"""A staff list read row by row: what is usable, what is doubtful, what is left out."""

from collections.abc import Mapping, Sequence

from app.workforce.rules.cells import Cell, Row, column_index
from app.workforce.rules.heading_synonyms import BADGE
from app.workforce.rules.headings import ColumnMap
from app.workforce.rules.legacy_fonts import DecodedRows
from app.workforce.rules.particulars import LeftOutRow, RosterContext, RosterReading, RosterRow
from app.workforce.rules.problems import Problem, ProblemCode, Severity
from app.workforce.rules.refusals import ColumnsMissing
from app.workforce.rules.row_kinds import worker_rows
from app.workforce.rules.row_reading import RowReader
from app.workforce.rules.sheet_habits import habits_of


def read_roster(
    sheet: DecodedRows,
    columns: ColumnMap,
    context: RosterContext,
    corrections: Mapping[tuple[int, str], Cell] | None = None,
) -> RosterReading:
    """The list as it is understood.

    `corrections` are cells put right by a person, by Excel row and column letter; they are
    read like the sheet's own. A badge that comes again is left out, its first row is kept.
    """
    if columns.missing:
        raise ColumnsMissing(fields=columns.missing)
    corrected = {
        (row - 1, column_index(letter)): cell for (row, letter), cell in (corrections or {}).items()
    }
    rows = _corrected(sheet.rows, corrected)
    original = {place: text for place, text in sheet.original.items() if place not in corrected}
    habits = habits_of(rows, columns, context.words, date1904=context.date1904)
    reader = RowReader(columns, habits, original, context)
    kept: dict[str, RosterRow] = {}
    row_by_id_number: dict[str, int] = {}
    left_out: list[LeftOutRow] = []
    for index, cells in worker_rows(rows, columns, context.book):
        found_before = len(reader.problems)
        row = reader.read(index, cells)
        _note_seen_before(reader, row, kept, row_by_id_number)
        _note_merged(reader, row, context.merged_badges)
        reasons = _reasons(reader.problems[found_before:])
        if reasons:
            left_out.append(LeftOutRow(row.row, row.badge, cells, reasons))
            continue
        kept[row.badge_key] = row
        if row.particulars.id_number:
            row_by_id_number.setdefault(row.particulars.id_number, row.row)
    return RosterReading(tuple(kept.values()), tuple(reader.problems), tuple(left_out))


def _note_seen_before(
    reader: RowReader,
    row: RosterRow,
    kept: Mapping[str, RosterRow],
    row_by_id_number: Mapping[str, int],
) -> None:
    first = kept.get(row.badge_key) if row.badge else None
    badge_column = reader.column(BADGE)
    if first and badge_column:
        reader.note(badge_column, ProblemCode.BADGE_TWICE, other_row=first.row)
    id_column = reader.column("id_number")
    same_id_row = row_by_id_number.get(row.particulars.id_number or "")
    if same_id_row and id_column and not first:
        reader.note(id_column, ProblemCode.ID_TWICE, other_row=same_id_row)


def _note_merged(reader: RowReader, row: RosterRow, merged_badges: Mapping[str, str]) -> None:
    """The old badge of somebody with two: the row waits until it carries the one that stayed."""
    badge, column = merged_badges.get(row.badge_key), reader.column(BADGE)
    if badge and column:
        reader.note(column, ProblemCode.BADGE_MERGED, badge)


def _reasons(problems: Sequence[Problem]) -> tuple[ProblemCode, ...]:
    return tuple(problem.code for problem in problems if problem.severity is Severity.MUST_FIX)


def _corrected(rows: Sequence[Row], cells: Mapping[tuple[int, int], Cell]) -> Sequence[Row]:
    changed = list(rows)
    for (index, column), cell in cells.items():
        if 0 <= index < len(changed):
            row = list(changed[index])
            row.extend([None] * (column + 1 - len(row)))
            row[column] = cell
            changed[index] = row
    return changed
