"""The standard list as a workbook on disk, row by row in constant memory, and gone once sent."""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import xlsxwriter

_FOLDER = "lists-out"
_LEFT_OVER_SECONDS = 3600
Cell = str | int | None


@dataclass(frozen=True, slots=True)
class StandardRow:
    """The cells of one person, and one line for each thing that is missing."""

    cells: Sequence[Cell]
    name: str
    badge: str
    lacks: Sequence[str]


@dataclass(frozen=True, slots=True)
class StandardWords:
    """Names of the two sheets, headings, and what stands above the missing things."""

    sheet: str
    headings: Sequence[str]
    missing_sheet: str
    missing_headings: Sequence[str]
    notes: Sequence[str]


def list_folder(instance: Path, list_id: str, now: datetime) -> Path:
    """A folder of its own for one file that names people; old ones left over are removed."""
    root = instance / _FOLDER
    root.mkdir(mode=0o700, exist_ok=True)
    for folder in root.iterdir():
        if now.timestamp() - folder.stat().st_mtime > _LEFT_OVER_SECONDS:
            drop_folder(folder)
    folder = root / list_id
    folder.mkdir(mode=0o700)
    return folder


def drop_folder(folder: Path) -> None:
    """Remove a folder with its file."""
    shutil.rmtree(folder, ignore_errors=True)


def write_standard_workbook(path: Path, words: StandardWords, rows: Iterable[StandardRow]) -> int:
    """An .xlsx of two sheets, text kept as text and never a formula; returns how many people."""
    book = xlsxwriter.Workbook(
        path,
        {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "constant_memory": True,
            "tmpdir": str(path.parent),
        },
    )
    heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1})
    as_text = book.add_format({"num_format": "@"})
    people, missing = book.add_worksheet(words.sheet), book.add_worksheet(words.missing_sheet)
    people.freeze_panes(1, 2)
    people.set_column(0, 0, 6)
    people.set_column(1, 1, 28, as_text)
    people.set_column(2, len(words.headings) - 1, 18, as_text)
    missing.set_column(0, 0, 10)
    missing.set_column(1, 3, 28, as_text)
    people.write_row(0, 0, words.headings, heading)
    below = 0
    for note in words.notes:
        missing.write_string(below, 0, note)
        below += 1
    missing.write_row(below, 0, words.missing_headings, heading)
    count = 0
    for count, row in enumerate(rows, start=1):
        for place, cell in enumerate(row.cells):
            if isinstance(cell, int):
                people.write_number(count, place, cell)
            elif cell:
                people.write_string(count, place, cell, as_text)
        for lack in row.lacks:
            below += 1
            missing.write_number(below, 0, count + 1)
            for place, text in enumerate((row.name, row.badge, lack), start=1):
                missing.write_string(below, place, text, as_text)
    book.close()
    return count
