"""The sheet of rows that were left out, given back with the reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

import xlsxwriter

from app.workforce.rules.cells import Cell


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A row of the list as it stood, its number there, and why it was left out, in words.

    `sheet` is the sheet it stood on, where several were read.
    """

    row: int
    cells: Sequence[Cell]
    reason: str
    sheet: str = ""


def write_problems_workbook(
    path: Path,
    header: Sequence[str],
    rows: Iterable[ProblemRow],
    *,
    row_heading: str,
    reason_heading: str,
    sheet_heading: str = "",
    sheet_name: str = "An Ca",
) -> None:
    """An .xlsx that can be mended and imported again; text stays text, never a formula."""
    book = xlsxwriter.Workbook(
        path,
        {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": True,
            "in_memory": True,
        },
    )
    sheet = book.add_worksheet(sheet_name)
    heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1})
    as_text = book.add_format({"num_format": "@"})
    as_day = book.add_format({"num_format": "dd/mm/yyyy"})
    width = len(header)
    told = (reason_heading, row_heading, sheet_heading)
    sheet.write_row(0, 0, [*header, *filter(None, told)], heading)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(width - 1, 0), 16, as_text)
    sheet.set_column(width, width, 60)
    for line, row in enumerate(rows, start=1):
        for place, cell in enumerate(row.cells[:width]):
            if isinstance(cell, time):
                sheet.write_string(line, place, f"{cell:%H:%M}", as_text)
            elif isinstance(cell, datetime | date):
                sheet.write_datetime(line, place, cell, as_day)
            elif isinstance(cell, int | float):
                sheet.write_number(line, place, cell)
            elif cell is not None:
                sheet.write_string(line, place, cell, as_text)
        sheet.write_string(line, width, row.reason)
        sheet.write_number(line, width + 1, row.row)
        if row.sheet:
            sheet.write_string(line, width + 2, row.sheet, as_text)
    book.close()
