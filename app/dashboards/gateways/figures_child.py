"""Writes a large workbook row by row; a program of its own, so that check-ins go on.

Runs alone (`python -I figures_child.py`). The first line of standard input is the order, each
further one a JSON list of rows; at the end of the input the file is closed.
"""

import json
import sys
from datetime import date
from typing import Any

import xlsxwriter

SAFE = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def main() -> None:
    """Write what standard input holds."""
    order = json.loads(sys.stdin.readline())
    book = xlsxwriter.Workbook(order["path"], SAFE)
    bold = book.add_format({"bold": True, "bottom": 1})
    title = book.add_format({"bold": True, "font_size": 14})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    share = book.add_format({"num_format": "0.0%"})
    sheet = book.add_worksheet(order["sheet"][:31])
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, len(order["headings"]), 13)
    line = 0
    for text in order["above"]:
        sheet.write_string(line, 0, text, title if line == 0 else None)
        line += 1
    line += 1
    for place, text in enumerate(order["headings"]):
        sheet.write_string(line, place, text, bold)
    sheet.freeze_panes(line + 1, 2)
    sheet.autofilter(line, 0, line, len(order["headings"]) - 1)
    days, shares = frozenset(order["days"]), frozenset(order["shares"])
    for packed in sys.stdin:
        for row in json.loads(packed):
            line += 1
            for place, value in enumerate(row):
                put(sheet, line, place, value, day, share, days, shares)
    book.close()


def put(
    sheet: Any,
    line: int,
    place: int,
    value: Any,
    day: Any,
    share: Any,
    days: frozenset[int],
    shares: frozenset[int],
) -> None:
    """One cell: text stays text, whatever it begins with."""
    if value is None:
        return
    if place in days:
        sheet.write_datetime(line, place, date.fromisoformat(value), day)
    elif isinstance(value, str):
        sheet.write_string(line, place, value)
    else:
        sheet.write_number(line, place, value, share if place in shares else None)


if __name__ == "__main__":
    main()
