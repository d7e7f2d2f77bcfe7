"""The check-in sheet of a line as an .xlsx: to be filled in on any laptop or printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import xlsxwriter

from app.checkins.rules.sheets import FIRST_ROW, Present, SheetHead, head_cell

RESULT_WIDTH, SIGN_WIDTH = 14, 8


@dataclass(frozen=True, slots=True)
class SheetPerson:
    """One line: who, and where they stand on the shift."""

    worker_id: str
    badge: str
    name: str
    present: Present
    told: str


@dataclass(frozen=True, slots=True)
class SheetWords:
    """Every text of a sheet, in one language; `headings` from the badge to the time."""

    sheet: str
    title: str
    hint: str
    headings: Sequence[str]
    results: Sequence[str]
    tick: str
    wrong_result: str


def write_sheet(head: SheetHead, people: Sequence[SheetPerson], words: SheetWords) -> bytes:
    """The workbook: ids and headings locked, results chosen from a list, text never a formula."""
    into = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(into, options)
    sheet = book.add_worksheet(words.sheet[:31])
    look = _formats(book)
    sheet.write_string(0, 0, head_cell(head))
    sheet.set_row(0, None, None, {"hidden": True})
    sheet.write_string(1, 2, words.title, look["title"])
    sheet.write_string(2, 2, words.hint, look["hint"])
    for place, text in enumerate(words.headings, start=2):
        sheet.write_string(FIRST_ROW - 2, place, text, look["heading"])
    last = 2 + len(words.headings) - 1
    for row, person in enumerate(people, start=FIRST_ROW - 1):
        _write_person(sheet, row, person, last, look)
    end = FIRST_ROW - 2 + max(1, len(people))
    _rules(sheet, end, last, words)
    _page(sheet, last)
    book.close()
    return into.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    kinds: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 14},
        "hint": {"font_color": "#555555"},
        "heading": {
            "bold": True,
            "text_wrap": True,
            "valign": "vcenter",
            "align": "center",
            "border": 1,
            "bg_color": "#E8EDF7",
        },
        "locked": {"border": 1, "bg_color": "#F4F5F8"},
        "open": {"border": 1, "locked": False},
        "text": {"border": 1, "locked": False, "num_format": "@"},
        "degrees": {"border": 1, "locked": False, "num_format": "0.0"},
        "clock": {"border": 1, "locked": False, "num_format": "hh:mm"},
    }
    return {name: book.add_format(kind) for name, kind in kinds.items()}


def _write_person(
    sheet: Any, row: int, person: SheetPerson, last: int, look: dict[str, Any]
) -> None:
    sheet.write_string(row, 0, person.worker_id)
    sheet.write_string(row, 1, person.present.mark)
    for place, text in ((2, person.badge), (3, person.name)):
        sheet.write_string(row, place, text, look["locked"])
    sheet.write_blank(row, 4, None, look["open"])
    sheet.write_blank(row, 5, None, look["degrees"])
    for place in range(6, last - 2):
        sheet.write_blank(row, place, None, look["open"])
    sheet.write_blank(row, last - 2, None, look["text"])
    sheet.write_blank(row, last - 1, None, look["clock"])
    sheet.write_string(row, last, person.told, look["locked"])


def _rules(sheet: Any, end: int, last: int, words: SheetWords) -> None:
    first = FIRST_ROW - 1
    wrong = {"error_title": words.sheet[:31], "error_message": words.wrong_result[:254]}
    sheet.data_validation(
        first, 4, end, 4, {"validate": "list", "source": list(words.results), **wrong}
    )
    sheet.data_validation(
        first, 6, end, last - 3, {"validate": "list", "source": [words.tick], **wrong}
    )
    sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
    sheet.freeze_panes(FIRST_ROW - 1, 4)


def _page(sheet: Any, last: int) -> None:
    sheet.set_column(0, 1, None, None, {"hidden": True})
    sheet.set_column(2, 2, 12)
    sheet.set_column(3, 3, 26)
    sheet.set_column(4, 5, RESULT_WIDTH)
    sheet.set_column(6, last - 3, SIGN_WIDTH)
    sheet.set_column(last - 2, last, RESULT_WIDTH + 4)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1, FIRST_ROW - 2)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
