"""Rows of a list that a person leaves out."""

from collections.abc import Collection
from dataclasses import replace

from app.workforce.rules.cells import text_of
from app.workforce.rules.heading_synonyms import BADGE
from app.workforce.rules.headings import ColumnMap
from app.workforce.rules.legacy_fonts import DecodedRows
from app.workforce.rules.particulars import LeftOutRow, RosterReading
from app.workforce.rules.problems import Problem, ProblemCode


def without_rows(sheet: DecodedRows, skipped: Collection[int]) -> DecodedRows:
    """The sheet with these rows (as Excel counts) empty, so that another may take their badge."""
    if not skipped:
        return sheet
    rows = [() if place in skipped else row for place, row in enumerate(sheet.rows, start=1)]
    original = {
        (row, column): text
        for (row, column), text in sheet.original.items()
        if row + 1 not in skipped
    }
    return DecodedRows(rows, original)


def with_skipped(
    reading: RosterReading, sheet: DecodedRows, columns: ColumnMap, skipped: Collection[int]
) -> RosterReading:
    """The reading with these rows among those left out, so that nobody of them counts as missing.

    They can be taken back: each stands with one problem that says so.
    """
    if not skipped:
        return reading
    badge = columns.by_field[BADGE][0]
    left_out, problems = [], []
    for number in sorted(skipped):
        cells = sheet.rows[number - 1] if number <= len(sheet.rows) else ()
        value = text_of(cells[badge.index]) if badge.index < len(cells) else ""
        code = ProblemCode.ROW_SKIPPED
        left_out.append(LeftOutRow(number, value, cells, (code,)))
        problems.append(Problem(number, badge.letter, BADGE, code, value))
    return replace(
        reading,
        problems=(*reading.problems, *problems),
        left_out=tuple(sorted((*reading.left_out, *left_out), key=lambda one: one.row)),
    )
