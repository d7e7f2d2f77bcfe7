"""An empty staff list to fill, with headings that are known for sure."""

from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

_ROOM_FOR = 200


def write_sample_workbook(
    path: Path, headings: Sequence[str], examples: Sequence[Sequence[str]]
) -> None:
    """An .xlsx whose cells are text, so that no zero is lost while it is filled."""
    book = xlsxwriter.Workbook(
        path, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet("An Ca")
    heading = book.add_format({"bold": True, "valign": "top", "border": 1})
    as_text = book.add_format({"num_format": "@"})
    sheet.set_column(0, len(headings) - 1, 18, as_text)
    sheet.write_row(0, 0, headings, heading)
    sheet.freeze_panes(1, 0)
    for line, example in enumerate(examples, start=1):
        for place, text in enumerate(example):
            sheet.write_string(line, place, text, as_text)
    for line in range(len(examples) + 1, _ROOM_FOR):
        for place in range(len(headings)):
            sheet.write_blank(line, place, None, as_text)
    book.close()
