"""Reads the cells of one worker's row, noting every problem with its place."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from app.accounts.rules import badge_key
from app.kernel.text import fold
from app.workforce.rules.cells import Cell, Row, day_text, number_text, text_of
from app.workforce.rules.dates import read_birth, read_day, swapped
from app.workforce.rules.heading_synonyms import (
    BADGE,
    FAMILY_NAME,
    FULL_NAME,
    GIVEN_NAME,
    TEAM_OR_LINE,
)
from app.workforce.rules.headings import Column, ColumnMap
from app.workforce.rules.id_numbers import clean_id_number
from app.workforce.rules.names import clean_name, joined_name
from app.workforce.rules.particulars import Particulars, RosterContext, RosterRow
from app.workforce.rules.phones import clean_phone
from app.workforce.rules.planned import MOST_DAYS_AHEAD
from app.workforce.rules.problems import UNSETTLED, Problem, ProblemCode
from app.workforce.rules.sheet_habits import SheetHabits
from app.workforce.rules.shift_values import read_shift
from app.workforce.rules.shifts import ShiftCode
from app.workforce.rules.word_values import Sex, has_left, read_sex, read_yes_no

BADGE_LETTERS = 40
NAME_LETTERS = 120
TEXT_LETTERS = 80
_DECIMAL_BADGE = re.compile(r"(\d+)\.0+")
_ROUNDED_BADGE = re.compile(r"\d[.,]\d+E\+\d+", re.IGNORECASE)


class RowReader:
    """Reads rows of one sheet in turn; `problems` grows as it goes."""

    def __init__(
        self,
        columns: ColumnMap,
        habits: SheetHabits,
        original: Mapping[tuple[int, int], str],
        context: RosterContext,
    ) -> None:
        """Start on a sheet whose columns and habits are known."""
        self.problems: list[Problem] = []
        self._columns = columns.by_field
        self._places = {column.index: column for column in columns.columns if column.field}
        self._habits = habits
        self._original = original
        self._context = context
        self._asked: set[tuple[ProblemCode, str]] = set()
        self._company_names = {fold(name) for name in context.company_names}
        self._index = 0
        self._cells: Row = ()

    def read(self, index: int, cells: Row) -> RosterRow:
        """The row at `index` from 0; its badge or name is empty where it is no good."""
        self._index, self._cells = index, cells
        badge, is_number = self._badge()
        name = self._name()
        born_on, birth_year, sex = self._birth()
        sex = self._sex() or sex
        line, team = self._line_and_team()
        last_on, has_left = self._leaving()
        particulars = Particulars(
            name=name,
            born_on=born_on,
            birth_year=birth_year,
            sex=sex,
            phone=self._phone(),
            id_number=self._id_number(sex, birth_year),
            position=self._text("position"),
            joined_on=self._day("start_date"),
            last_on=last_on,
            department=self._text("department"),
            workshop=self._text("workshop"),
            line=line,
            team=team,
            shift=self._shift(),
            bus_route=self._text("bus_route"),
            meal_slot=self._text("meal_slot"),
            dorm_room=self._text("dormitory"),
            in_safety_team=self._in_safety_team(),
            has_left=has_left,
        )
        self._note_other_company()
        self._note_legacy_fonts()
        letter = self._columns[BADGE][0].letter
        return RosterRow(index + 1, badge, badge_key(badge), is_number, letter, particulars)

    def note(
        self,
        column: Column,
        code: ProblemCode,
        suggestion: str | None = None,
        *,
        other_row: int | None = None,
    ) -> None:
        """Add a problem with a cell of the present row."""
        value = self._original.get((self._index, column.index)) or text_of(self._cell(column))
        field = column.field or ""
        self.problems.append(
            Problem(self._index + 1, column.letter, field, code, value, suggestion, other_row)
        )

    def _note_all(
        self, column: Column, codes: Iterable[ProblemCode], suggestion: str | None
    ) -> None:
        for code in codes:
            self.note(column, code, None if code in UNSETTLED else suggestion)

    def column(self, *fields: str) -> Column | None:
        """The first column that holds one of the fields."""
        return next((self._columns[field][0] for field in fields if field in self._columns), None)

    def _cell(self, column: Column) -> Cell:
        return self._cells[column.index] if column.index < len(self._cells) else None

    def _filled(self, field: str) -> Column | None:
        """The first column of the field that has something in this row."""
        found = self._columns.get(field, ())
        return next((column for column in found if text_of(self._cell(column))), None)

    def _badge(self) -> tuple[str, bool]:
        column = self._columns[BADGE][0]
        cell = self._cell(column)
        badge, is_short = number_text(cell)
        if is_short and _ROUNDED_BADGE.fullmatch(badge):
            self.note(column, ProblemCode.BADGE_DIGITS_LOST)
            return "", False
        was_number = _DECIMAL_BADGE.fullmatch(badge)
        badge = was_number[1] if was_number else badge
        if not badge_key(badge):
            self.note(column, ProblemCode.BADGE_MISSING)
            return "", False
        if len(badge) > BADGE_LETTERS:
            self.note(column, ProblemCode.BADGE_TOO_LONG)
            return "", False
        return badge, bool(was_number) or isinstance(cell, int | float)

    def _name(self) -> str | None:
        # Of sheets read together one may name people in one column, another in two.
        column = self._filled(FULL_NAME) or self._filled(GIVEN_NAME)
        column = column or self.column(FULL_NAME, GIVEN_NAME)
        if column is None:
            return None
        cell = self._cell(column)
        family = self.column(FAMILY_NAME) if column.field == GIVEN_NAME else None
        reading = clean_name(joined_name(self._cell(family), cell) if family else cell)
        self._note_all(column, reading.problems, reading.suggestion)
        if reading.value is None and not reading.problems:
            self.note(column, ProblemCode.NAME_MISSING)
        return self._within(column, reading.value, NAME_LETTERS)

    def _within(self, column: Column, text: str | None, letters: int) -> str | None:
        if text is None or len(text) <= letters:
            return text
        self.note(column, ProblemCode.TEXT_TOO_LONG, text[:letters].strip())
        return None

    def _text(self, field: str) -> str | None:
        column = self._filled(field)
        if column is None:
            return None
        return self._within(column, text_of(self._cell(column)), TEXT_LETTERS)

    def _line_and_team(self) -> tuple[str | None, str | None]:
        line, team = self._text("line"), self._text("team")
        either = self._text(TEAM_OR_LINE)
        if either and fold(either).startswith("to "):
            return line, team or either
        return line or either, team

    def _birth(self) -> tuple[date | None, int | None, Sex | None]:
        """Birthday, birth year, and the sex of the column the date stood in."""
        on, year, marks = None, None, None
        for field in ("dob", "birth_year"):
            column = self._filled(field)
            if column is None:
                continue
            cell = self._cell(column)
            reading = read_birth(cell, self._context.today, date1904=self._context.date1904)
            self._note_all(column, reading.problems, reading.suggestion)
            self._note_swapped(column, cell)
            marks = marks or column.marks
            if year and reading.year and reading.year != year:
                self.note(column, ProblemCode.BIRTH_YEAR_DIFFERS, str(year))
            on, year = on or (None if year else reading.on), year or reading.year
        return on, year, marks

    def _note_swapped(self, column: Column, cell: Cell) -> None:
        if column.index in self._habits.swapped_columns and isinstance(cell, date):
            other = swapped(cell)
            if other:
                self.note(column, ProblemCode.DATE_MAYBE_SWAPPED, day_text(other))

    def _day(self, field: str) -> date | None:
        column = self._filled(field)
        if column is None:
            return None
        cell = self._cell(column)
        reading = read_day(cell, date1904=self._context.date1904)
        self._note_all(column, reading.problems, reading.suggestion)
        self._note_swapped(column, cell)
        return reading.on

    def _sex(self) -> Sex | None:
        columns = self._columns.get("gender", ())
        for column in columns:
            reading = read_sex(
                self._cell(column),
                self._context.words,
                self._context.sex_by_code,
                marks=column.marks,
            )
            if ProblemCode.SEX_AMBIGUOUS in reading.problems:
                self._ask_once(column, ProblemCode.SEX_AMBIGUOUS)
            elif reading.problems:
                self.note(column, ProblemCode.SEX_UNREADABLE)
            if reading.value or reading.problems:
                return reading.value
        return self._habits.blank_sex if columns else None

    def _ask_once(self, column: Column, code: ProblemCode) -> None:
        """Note what one answer settles for the whole file, at the first row that has it."""
        asked = (code, fold(text_of(self._cell(column))))
        if asked not in self._asked:
            self._asked.add(asked)
            self.note(column, code)

    def _phone(self) -> str | None:
        column = self._filled("phone")
        if column is None:
            return None
        reading = clean_phone(self._cell(column), self._context.phones)
        self._note_all(column, reading.problems, reading.suggestion)
        return reading.value

    def _id_number(self, sex: Sex | None, birth_year: int | None) -> str | None:
        column = self._filled("id_number")
        if column is None:
            return None
        context = self._context
        reading = clean_id_number(
            self._cell(column), context.provinces, context.today, sex=sex, birth_year=birth_year
        )
        self._note_all(column, reading.problems, reading.suggestion)
        return reading.value

    def _shift(self) -> ShiftCode | None:
        column = self._filled("shift")
        if column is None:
            return None
        shift = read_shift(self._cell(column), self._context.shifts)
        if shift is None:
            self.note(column, ProblemCode.SHIFT_UNKNOWN)
        return shift

    def _in_safety_team(self) -> bool | None:
        """Any role in the safety team is membership; only a plain no is not."""
        column = self._filled("safety_team_role")
        if column is None:
            return None
        return read_yes_no(self._cell(column), self._context.words) is not False

    def _leaving(self) -> tuple[date | None, bool | None]:
        """The last day of work and whether somebody has left by now; the day outweighs the word."""
        last_on = self._day("end_date")
        column = self._filled("status")
        said = has_left(self._cell(column)) if column else None
        if last_on is None:
            return None, said
        if last_on > self._context.today + timedelta(days=MOST_DAYS_AHEAD):
            self.note(self._columns["end_date"][0], ProblemCode.LAST_DAY_TOO_FAR)
            return None, said
        if last_on <= self._context.today:
            return last_on, True
        return last_on, False if column else None

    def _note_other_company(self) -> None:
        column = self._filled("company") if self._company_names else None
        if column is None:
            return
        name = fold(text_of(self._cell(column)))
        if name not in self._company_names and name != fold(self._context.company_code):
            self._ask_once(column, ProblemCode.OTHER_COMPANY)

    def _note_legacy_fonts(self) -> None:
        for place, column in self._places.items():
            if (self._index, place) in self._original:
                self.note(column, ProblemCode.LEGACY_FONT, text_of(self._cell(column)))
