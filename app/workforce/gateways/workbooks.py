"""Reads workbooks in a child process, so that a hostile or broken file harms only that."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from app.kernel.refusals import Refusal
from app.workforce.rules.cells import Cell
from app.workforce.rules.refusals import (
    EmptySheet,
    FileTooLarge,
    NotAWorkbook,
    ReadFailed,
    ReadTimedOut,
    TooManyCells,
    WorkbookLocked,
    ZipBomb,
)

_CHILD = Path(__file__).with_name("workbook_child.py")
_REFUSALS: dict[str, type[Refusal]] = {
    "not_a_workbook": NotAWorkbook,
    "workbook_locked": WorkbookLocked,
    "too_many_cells": TooManyCells,
    "zip_bomb": ZipBomb,
    "empty_sheet": EmptySheet,
}


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """How much of the machine one staff list may take.

    `ratio` is unpacked to packed bytes; `area` counts empty cells too, up to the last filled one.
    """

    file_bytes: int = 20 * 2**20
    unpacked_bytes: int = 100 * 2**20
    ratio: int = 100
    members: int = 200
    cells: int = 2_000_000
    area: int = 20_000_000
    text_bytes: int = 64 * 2**20
    memory_bytes: int = 1024 * 2**20
    seconds: int = 30


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet from its cell A1; formulas are there as their last values."""

    name: str
    rows: Sequence[Sequence[Cell]]
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Workbook:
    """All sheets in their order; `date1904` says from which year day numbers count."""

    sheets: tuple[Sheet, ...]
    date1904: bool


def read_workbook(
    path: Path, limits: ReadLimits | None = None, *, file_name: str | None = None
) -> Workbook:
    """The plain cells of an .xlsx, .xlsm, .xls, .csv, .tsv or .txt file.

    `file_name` is the name the file was uploaded under, when `path` does not keep it.
    """
    limits = limits or ReadLimits()
    if path.stat().st_size > limits.file_bytes:
        raise FileTooLarge(limit_bytes=limits.file_bytes)
    order = {
        "path": str(path.absolute()),
        "suffix": Path(file_name or path.name).suffix.lower(),
        **asdict(limits),
    }
    answer = _answer_of_child(order, limits)
    if refused := _REFUSALS.get(answer.get("refused", "")):
        raise refused(**answer["params"])
    sheets = tuple(
        Sheet(sheet["name"], sheet["rows"], sheet["is_hidden"]) for sheet in answer["sheets"]
    )
    if not any(sheet.rows for sheet in sheets):
        raise EmptySheet
    return Workbook(sheets, answer["date1904"])


def _answer_of_child(order: Mapping[str, Any], limits: ReadLimits) -> dict[str, Any]:
    try:
        # -I: no code from the working folder or the user's own packages.
        child = subprocess.run(  # noqa: S603 - our own file, no shell, no user text in it
            [sys.executable, "-I", str(_CHILD)],
            input=json.dumps(order).encode(),
            capture_output=True,
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ReadTimedOut(seconds=limits.seconds) from None
    if b"memory allocation of" in child.stderr or b"MemoryError" in child.stderr:
        raise TooManyCells(limit=limits.cells)
    if child.returncode:
        raise ReadFailed
    try:
        return _parsed(child.stdout)
    except (ValueError, KeyError):
        raise ReadFailed from None


def _parsed(lines: bytes) -> dict[str, Any]:
    """The child's answer: a line about the workbook, then per sheet a line and its rows."""
    found = lines.splitlines()
    answer: dict[str, Any] = json.loads(found[0]) if found else {}
    if "refused" in answer:
        return answer
    sheets: list[dict[str, Any]] = []
    for line in found[1:]:
        part = json.loads(line, object_hook=_day_or_part)
        if isinstance(part, list):
            sheets[-1]["rows"].append(tuple(part))
        elif isinstance(part, int):
            sheets[-1]["rows"].extend([()] * part)
        else:
            sheets.append({**part, "rows": []})
    if len(sheets) != answer["sheet_count"]:
        raise ValueError
    return {**answer, "sheets": sheets}


def _day_or_part(part: dict[str, Any]) -> date | time | dict[str, Any]:
    if "day" in part:
        return date.fromisoformat(part["day"])
    if "moment" in part:
        # A wall-clock reading of a sheet: it belongs to no time zone.
        return datetime.fromisoformat(part["moment"])
    return time.fromisoformat(part["time"]) if "time" in part else part
