"""Rows of a list and their problems as the text that is sealed and kept until a decision."""

import base64
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import date, datetime, time
from typing import Any

from app.workforce.rules.cells import Cell, Row
from app.workforce.rules.comparison import Change, ImportPlan
from app.workforce.rules.particulars import LeftOutRow, Particulars, RosterRow
from app.workforce.rules.problems import Problem, ProblemCode
from app.workforce.rules.shifts import ShiftCode
from app.workforce.rules.word_values import Sex

PART_ROWS = 2_000
UNIT_FIELDS = frozenset({"workshop", "line", "team"})
_FACTS = tuple(one.name for one in fields(Particulars))


def pack_sheet(rows: Sequence[Row]) -> Iterator[str]:
    """A sheet in parts of some thousand rows each, compressed."""
    for start in range(0, len(rows), PART_ROWS):
        text = json.dumps(
            [[_plain(cell) for cell in row] for row in rows[start : start + PART_ROWS]]
        )
        yield base64.b85encode(zlib.compress(text.encode(), 3)).decode()


def unpack_sheet(parts: Iterable[str]) -> list[Row]:
    """The sheet from its parts, in their order."""
    rows: list[Row] = []
    for part in parts:
        text = zlib.decompress(base64.b85decode(part))
        rows.extend(json.loads(text, object_hook=_day_or_time))
    return rows


def pack_row(row: RosterRow, changes: tuple[Change, ...]) -> str:
    """A usable row with what it would change."""
    return _text(
        {
            "badge": row.badge,
            "key": row.badge_key,
            "number": row.badge_is_number,
            "column": row.badge_column,
            "facts": _packed_facts(row.particulars),
            "changes": _packed_changes(changes),
        }
    )


def unpack_row(number: int, text: str) -> tuple[RosterRow, tuple[Change, ...]]:
    """The usable row of that number, and what it would change."""
    kept = json.loads(text, object_hook=_day_or_time)
    row = RosterRow(
        number,
        kept["badge"],
        kept["key"],
        kept["number"],
        kept["column"],
        _unpacked_facts(kept["facts"]),
    )
    return row, tuple(Change(*change) for change in kept["changes"])


def pack_fields(changes: Sequence[Change]) -> str:
    """The names of the facts that change, each between spaces; `unit` stands for a move."""
    names = [one.field for one in changes]
    if UNIT_FIELDS.intersection(names):
        names.append("unit")
    return f" {' '.join(dict.fromkeys(names))} " if names else ""


def pack_left_out(row: LeftOutRow) -> str:
    """A row that cannot be used, with its cells as they stood."""
    cells = [_plain(cell) for cell in row.cells]
    return _text({"badge": row.badge, "cells": cells, "codes": [*row.codes]})


def unpack_left_out(number: int, text: str) -> LeftOutRow:
    """The row of that number that cannot be used."""
    kept = json.loads(text, object_hook=_day_or_time)
    codes = tuple(ProblemCode(code) for code in kept["codes"])
    return LeftOutRow(number, kept["badge"], kept["cells"], codes)


def pack_problems(problems: Sequence[Problem]) -> str:
    """The problems of one row."""
    return _text(
        [
            [one.column, one.field, one.code, one.value, one.suggestion, one.other_row]
            for one in problems
        ]
    )


def unpack_problems(number: int, text: str) -> tuple[Problem, ...]:
    """The problems of the row of that number."""
    return tuple(
        Problem(number, column, field, ProblemCode(code), value, suggestion, other_row)
        for column, field, code, value, suggestion, other_row in json.loads(text)
    )


def plan_digest(plan: ImportPlan) -> str:
    """A value that stays the same as long as saving would do the same (SHA-256, hex)."""
    parts: list[list[Any]] = [[row.row, "created"] for row in plan.created]
    parts += [[row.row, "unchanged"] for row in plan.unchanged]
    parts += [
        [one.row.row, one.worker.worker_id, _packed_changes(one.changes)] for one in plan.updated
    ]
    return hashlib.sha256(_text(sorted(parts, key=lambda part: part[0])).encode()).hexdigest()


def _packed_changes(changes: Sequence[Change]) -> list[list[object]]:
    return [[one.field, _plain(one.old), _plain(one.new)] for one in changes]


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _packed_facts(facts: Particulars) -> dict[str, Any]:
    return {name: _plain(value) for name in _FACTS if (value := getattr(facts, name)) is not None}


def _unpacked_facts(kept: dict[str, Any]) -> Particulars:
    if "sex" in kept:
        kept["sex"] = Sex(kept["sex"])
    if "shift" in kept:
        kept["shift"] = ShiftCode(kept["shift"])
    return Particulars(**kept)


def _plain(cell: Cell) -> object:
    if isinstance(cell, datetime):
        return {"moment": cell.isoformat()}
    if isinstance(cell, date):
        return {"day": cell.isoformat()}
    return {"time": cell.isoformat()} if isinstance(cell, time) else cell


def _day_or_time(part: dict[str, Any]) -> date | time | dict[str, Any]:
    if "day" in part:
        return date.fromisoformat(part["day"])
    if "moment" in part:
        # A wall-clock reading of a sheet: it belongs to no time zone.
        return datetime.fromisoformat(part["moment"])
    return time.fromisoformat(part["time"]) if part.keys() == {"time"} else part
