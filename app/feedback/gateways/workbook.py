"""Times of feedback as files: CSV for programs, a workbook for Excel."""

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO

import xlsxwriter

from app.kernel.text import plain_cell

Cell = str | int | float | None


def as_csv(headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """Comma-separated, with the mark by which Excel knows UTF-8."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(headings)
    writer.writerows([[_plain(cell) for cell in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def _plain(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    return plain_cell(cell) if isinstance(cell, str) else cell


def as_workbook(
    title: str, headings: Sequence[str], rows: Sequence[Sequence[Cell]], note: str
) -> bytes:
    """One sheet: a line that says what it is, headings, rows."""
    out = BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(title[:31])
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, len(headings), 16)
    sheet.write_string(0, 0, note)
    sheet.write_row(2, 0, headings, bold)
    for line, row in enumerate(rows, start=3):
        for place, cell in enumerate(row):
            if cell is not None:
                sheet.write(line, place, cell)
    sheet.freeze_panes(3, 1)
    book.close()
    return out.getvalue()
