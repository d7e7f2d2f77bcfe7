"""The figures of compliance as an Excel workbook and as CSV; text stays text, never a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import xlsxwriter

from app.kernel.text import plain_cell

Value = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its name, headings and rows; `shares` are the places of shares of one.

    `above` are lines that stand over the table, the first of them its title.
    """

    name: str
    headings: Sequence[str | date]
    rows: Sequence[Sequence[Value]]
    shares: frozenset[int] = frozenset()
    above: tuple[str, ...] = ()


def workbook_bytes(sheets: Iterable[Sheet]) -> bytes:
    """An .xlsx of these tables."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(
        made,
        {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "in_memory": True,
        },
    )
    heading = book.add_format({"bold": True, "bottom": 1})
    heading_day = book.add_format({"bold": True, "bottom": 1, "num_format": "dd/mm/yyyy"})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    share = book.add_format({"num_format": "0.0%"})
    title_line = book.add_format({"bold": True, "font_size": 14})
    for table in sheets:
        sheet = book.add_worksheet(table.name[:31])
        top = len(table.above) + 1 if table.above else 0
        sheet.freeze_panes(top + 1, 1)
        for line, text in enumerate(table.above):
            sheet.write_string(line, 0, text, title_line if line == 0 else None)
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, max(1, len(table.headings) - 1), 12)
        for place, title in enumerate(table.headings):
            _put(sheet, top, place, title, heading_day if isinstance(title, date) else heading)
        for line, row in enumerate(table.rows, start=top + 1):
            for place, value in enumerate(row):
                shown = share if place in table.shares and not isinstance(value, str) else None
                _put(sheet, line, place, value, day if isinstance(value, date) else shown)
    book.close()
    return made.getvalue()


def _put(
    sheet: xlsxwriter.worksheet.Worksheet, line: int, place: int, value: Value, shown: object
) -> None:
    if isinstance(value, date):
        sheet.write_datetime(line, place, value, shown)
    elif isinstance(value, int | float):
        sheet.write_number(line, place, value, shown)
    elif value is not None:
        sheet.write_string(line, place, value, shown)


def csv_bytes(table: Sheet) -> bytes:
    """The same as CSV that Excel opens: UTF-8 with its mark, days as in ISO 8601."""
    made = io.StringIO(newline="")
    writer = csv.writer(made)
    writer.writerow([_plain(title) for title in table.headings])
    writer.writerows([[_plain(value) for value in row] for row in table.rows])
    return made.getvalue().encode("utf-8-sig")


def _plain(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.4f}"
    return plain_cell(value) if isinstance(value, str) else str(value)
