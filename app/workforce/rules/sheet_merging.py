"""Sheets of one workbook, one per workshop, read together as one list.

Rows are counted through all sheets that hold a list, chosen or not, so that a row keeps its
number when the choice changes.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from app.kernel.refusals import Refusal
from app.kernel.text import fold
from app.workforce.rules.cells import Cell, Row, text_of
from app.workforce.rules.heading_synonyms import (
    BADGE,
    TEAM_OR_LINE,
    HeadingBook,
    Match,
    heading_key,
)
from app.workforce.rules.headings import Column, ColumnMap, HeaderRow, find_header_row, map_headings
from app.workforce.rules.legacy_fonts import DecodedRows

# Stored and shown as a heading, so it stands in the language of the park.
SHEET_NAME_HEADING = "Tên trang"
# Folded: there "chuyền" is "chuien".
_LINE, _TEAM = re.compile(r"(?:dai )?chuien\b.*|line\b.*"), re.compile(r"to\b.*")
_LIST_OF = re.compile(r"(?:ds|danh sách)\s+(?=(?:phân\s+)?xưởng|px|chuyền|tổ\b|nhà máy|khu)", re.I)
_NO_UNIT = re.compile(
    r"(?:sheet|trang(?: tinh)?|table|data|book|ds|danh sach|tong hop|all|roster)(?![a-z]).*"
    r"|[\d\s./-]+|.*\bthang ?\d.*"
)


class NoSheetChosen(Refusal):
    """A workbook with several lists of which none is to be read."""

    code = "workforce.no_sheet_chosen"


class SheetsToChoose(Refusal):
    """A workbook with several lists: a person says which of them are to be read."""

    code = "workforce.sheets_to_choose"


class NoSuchSheet(Refusal):
    """The workbook has no list on a sheet of that name."""

    code = "workforce.no_such_sheet"


@dataclass(frozen=True, slots=True)
class ListSheet:
    """A sheet that holds a list: its name, its number of rows, whether it is to be read."""

    name: str
    rows: int
    is_hidden: bool = False
    is_chosen: bool = True


@dataclass(frozen=True, slots=True)
class MergedList:
    """The rows of all sheets as one table, and its columns."""

    sheet: DecodedRows
    columns: ColumnMap


def row_place(sheets: Sequence[ListSheet], number: int) -> tuple[str, int]:
    """The sheet of a row counted through all sheets, and its number there as Excel counts."""
    for sheet in sheets:
        if number <= sheet.rows:
            return sheet.name, number
        number -= sheet.rows
    return "", number


def sheet_unit(name: str) -> tuple[str, str] | None:
    """The field that the name of a sheet fills, and the unit: 'Chuyền 3' is a line."""
    unit = _LIST_OF.sub("", name.strip(), count=1)
    plain = fold(unit)
    if not plain or _NO_UNIT.fullmatch(plain):
        return None
    if _LINE.fullmatch(plain):
        return "line", unit
    return ("team" if _TEAM.fullmatch(plain) else "workshop"), unit


def badges_of(part: DecodedRows, book: HeadingBook) -> frozenset[str]:
    """The badges on a sheet, in comparable form."""
    columns = map_headings(part.rows, find_header_row(part.rows, book), book)
    places = [column.index for column in columns.by_field.get(BADGE, ())]
    body = part.rows[columns.header.last + 1 :]
    found = (text_of(row[place]) for row in body for place in places if place < len(row))
    return frozenset(fold(badge) for badge in found if badge)


def merge_sheets(
    parts: Sequence[DecodedRows], sheets: Sequence[ListSheet], book: HeadingBook
) -> MergedList:
    """The chosen sheets as one list under the headings of the first of them.

    A column stands where the first sheet has that fact, else behind its last one. Where several
    sheets hold lists and one names no unit, the name of that sheet is the unit of its people.
    """
    if not any(sheet.is_chosen for sheet in sheets):
        raise SheetsToChoose
    table = _Table(names_units=len(sheets) > 1)
    for part, sheet in zip(parts, sheets, strict=True):
        if sheet.is_chosen:
            header = find_header_row(part.rows, book)
            table.add(part, map_headings(part.rows, header, book), sheet)
        else:
            table.rows.extend([()] * sheet.rows)
    return table.merged()


def as_typed(merged: MergedList) -> MergedList:
    """The list with its workers' cells as they were typed; the headings stay as understood."""
    rows = list(merged.sheet.rows)
    for (index, place), text in merged.sheet.original.items():
        if index > merged.columns.header.last:
            rows[index] = _with_cell(rows[index], place, text)
    return MergedList(DecodedRows(rows, {}), merged.columns)


class _Table:
    def __init__(self, *, names_units: bool) -> None:
        self.rows: list[Row] = []
        self._original: dict[tuple[int, int], str] = {}
        self._first: ColumnMap | None = None
        self._columns: list[Column] = []
        self._names_units = names_units

    def add(self, part: DecodedRows, own: ColumnMap, sheet: ListSheet) -> None:
        """Put a sheet below those that stand already."""
        start = len(self.rows)
        if self._first is None:
            shifted = HeaderRow(own.header.first + start, own.header.last + start)
            problems = tuple(replace(one, row=one.row + start) for one in own.problems)
            self._first = ColumnMap(shifted, own.columns, problems)
            self._columns = list(own.columns)
            self.rows.extend(part.rows)
            self._original |= {(row + start, at): old for (row, at), old in part.original.items()}
        else:
            self._add_below(part, own, start)
        if self._names_units:
            self._fill_unit(own, sheet, start)

    def merged(self) -> MergedList:
        if self._first is None:
            raise SheetsToChoose
        columns = tuple(sorted(self._columns, key=lambda column: column.index))
        found = ColumnMap(self._first.header, columns, self._first.problems)
        return MergedList(DecodedRows(self.rows, self._original), found)

    def _add_below(self, part: DecodedRows, own: ColumnMap, start: int) -> None:
        places = {column.index: self._place_of(column) for column in own.columns}
        body = own.header.last + 1
        self.rows.extend([()] * body)
        if all(old == new for old, new in places.items()):
            self.rows.extend(part.rows[body:])
        else:
            self.rows.extend(_relaid(row, places) for row in part.rows[body:])
        for (row, at), old in part.original.items():
            if row >= body and at in places:
                self._original[row + start, places[at]] = old

    def _place_of(self, column: Column) -> int:
        for known in self._columns:
            is_same_fact = (known.field, known.marks) == (column.field, column.marks)
            if column.field and is_same_fact:
                return known.index
        key = heading_key(column.heading)
        for known in self._columns:
            if not known.field and not column.field and heading_key(known.heading) == key:
                return known.index
        place = self._next_place()
        self._columns.append(replace(column, index=place))
        return place

    def _next_place(self) -> int:
        header = self._first.header if self._first else HeaderRow(0, 0)
        width = max(len(self.rows[header.first]), len(self.rows[header.last]))
        return max([width, *(column.index + 1 for column in self._columns)])

    def _fill_unit(self, own: ColumnMap, sheet: ListSheet, start: int) -> None:
        unit, fields = sheet_unit(sheet.name), own.by_field
        badge = next(iter(fields.get(BADGE, ())), None)
        if unit is None or badge is None or _says_unit(fields.keys(), unit[0]):
            return
        field, name = unit
        place = next((known.index for known in self._columns if known.field == field), None)
        if place is None:
            place = self._next_place()
            self._columns.append(Column(place, SHEET_NAME_HEADING, field, Match.EXACT))
        badge_place = self._place_of(badge)
        for index in range(start + own.header.last + 1, len(self.rows)):
            row = self.rows[index]
            if badge_place < len(row) and text_of(row[badge_place]):
                self.rows[index] = _with_cell(row, place, name)


def _says_unit(fields: Collection[str], field: str) -> bool:
    same = {"workshop": {"workshop", "department"}, "line": {"line", TEAM_OR_LINE}}
    return bool(same.get(field, {"team", TEAM_OR_LINE}).intersection(fields))


def _relaid(row: Row, places: dict[int, int]) -> Row:
    if not row:
        return row
    cells: list[Cell] = [None] * (max(places.values()) + 1)
    for old, new in places.items():
        if old < len(row):
            cells[new] = row[old]
    return cells


def _with_cell(row: Row, place: int, cell: Cell) -> Row:
    cells = [*row, *[None] * (place + 1 - len(row))]
    cells[place] = cell
    return cells
