"""Which row holds the headings of a staff list, and what each column means."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.kernel.text import fold
from app.workforce.rules.cells import Row, column_letter, text_of
from app.workforce.rules.heading_synonyms import (
    BADGE,
    FAMILY_NAME,
    FULL_NAME,
    GIVEN_NAME,
    SEX_TITLES,
    HeadingBook,
    Match,
    Meaning,
    match_heading,
)
from app.workforce.rules.problems import Problem, ProblemCode
from app.workforce.rules.refusals import EmptySheet, NoHeaderRow
from app.workforce.rules.word_values import Sex

_WIDEST = 500
_SAMPLE_ROWS = 50


_RANK = {match: rank for rank, match in enumerate(Match)}
_SCORE = {Match.EXACT: 4, Match.STARTS: 1, Match.SAME_WORDS: 2}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the sheet; `marks` is the sex that a cross or a date in it stands for."""

    index: int
    heading: str
    field: str | None
    match: Match
    marks: Sex | None = None

    @property
    def letter(self) -> str:
        """The column as Excel calls it."""
        return column_letter(self.index)


@dataclass(frozen=True, slots=True)
class HeaderRow:
    """Rows of headings, counted from 0, both included; two where headings have children."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Every column with a heading, what it means, and what is doubtful about that."""

    header: HeaderRow
    columns: tuple[Column, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def by_field(self) -> dict[str, tuple[Column, ...]]:
        """Columns in use by field; two for one field where each stands for a sex."""
        found: dict[str, tuple[Column, ...]] = {}
        for column in self.columns:
            if column.field:
                found[column.field] = (*found.get(column.field, ()), column)
        return found

    @property
    def missing(self) -> tuple[str, ...]:
        """Fields without which no row can be read."""
        fields = self.by_field
        names = () if FULL_NAME in fields or GIVEN_NAME in fields else (FULL_NAME,)
        return (() if BADGE in fields else (BADGE,)) + names


_SPLIT_BY_SEX = frozenset({"gender", "dob", "birth_year"})


def find_sheet(sheets: Sequence[Sequence[Row]], book: HeadingBook) -> tuple[int, HeaderRow]:
    """The first sheet with a row of headings, by its place, and that row."""
    if not any(any(text_of(cell) for cell in row) for rows in sheets for row in rows):
        raise EmptySheet
    for place, rows in enumerate(sheets):
        if header := _best_header(rows, book):
            return place, header
    raise NoHeaderRow(searched=book.search_rows)


def find_header_row(rows: Sequence[Row], book: HeadingBook) -> HeaderRow:
    """The row, or pair of rows, among the first ones that most looks like headings."""
    return find_sheet([rows], book)[1]


def map_headings(rows: Sequence[Row], header: HeaderRow, book: HeadingBook) -> ColumnMap:
    """What each column means; of two columns for one field the surer or first is taken."""
    meanings = _meanings(rows, header, book)
    headings = _headings(rows, header)
    taken = _surest(meanings)
    columns: list[Column] = []
    problems: list[Problem] = []
    for index, meaning in enumerate(meanings):
        heading = headings[index]
        if not heading:
            continue
        is_taken = index in taken
        field, match = (meaning.field, meaning.match) if is_taken else (None, Match.NONE)
        column = Column(index, heading, field, match, meaning.marks)
        columns.append(column)
        if code := _doubt(meaning, is_taken=is_taken):
            suggestion = book.labels.get(meaning.field or "") if is_taken else None
            problems.append(
                Problem(
                    header.last + 1, column.letter, meaning.field or "", code, heading, suggestion
                )
            )
    found = ColumnMap(header, tuple(columns), tuple(problems))
    return _with_names_settled(found, rows)


def with_choices(columns: ColumnMap, choices: Mapping[str, str | None]) -> ColumnMap:
    """The map after a person chose fields, or None to leave out, for some column letters."""
    chosen = {field for field in choices.values() if field}
    settled = [
        replace(column, field=choices[column.letter], match=Match.CHOSEN)
        if column.letter in choices
        else replace(column, field=None, match=Match.NONE)
        if column.field in chosen
        else column
        for column in columns.columns
    ]
    left = tuple(problem for problem in columns.problems if problem.column not in choices)
    return ColumnMap(columns.header, tuple(settled), left)


def remembered_key(heading: str) -> str:
    """By what a heading is remembered: two that differ in accents or case alone are one."""
    return fold(heading)[:120]


def with_remembered(columns: ColumnMap, remembered: Mapping[str, str | None]) -> ColumnMap:
    """The map under what was said of these headings before, by key; a heading twice is asked anew.

    What a person once said goes before what a heading seems to mean.
    """
    seen = Counter(remembered_key(column.heading) for column in columns.columns)
    choices = {
        column.letter: remembered[key]
        for column in columns.columns
        if (key := remembered_key(column.heading)) in remembered and seen[key] == 1
    }
    if not choices:
        return columns
    found = with_choices(columns, choices)
    return replace(
        found,
        columns=tuple(
            replace(column, match=Match.REMEMBERED) if column.letter in choices else column
            for column in found.columns
        ),
    )


def _best_header(rows: Sequence[Row], book: HeadingBook) -> HeaderRow | None:
    """A single row wins over a pair that explains no more."""
    searched = range(min(len(rows), book.search_rows))
    singles = [HeaderRow(first, first) for first in searched]
    pairs = [HeaderRow(first, first + 1) for first in searched if first + 1 in searched]
    best, best_score = None, 0
    for header in singles + pairs:
        score = _score(_meanings(rows, header, book))
        if score > best_score:
            best, best_score = header, score
    return best


def _score(meanings: Sequence[Meaning]) -> int:
    """Points for headings that are understood; none without somebody's code or name."""
    points: dict[tuple[str, Sex | None], int] = {}
    for meaning in meanings:
        if meaning.field:
            place = (meaning.field, meaning.marks)
            points[place] = max(_SCORE[meaning.match], points.get(place, 0))
    fields = {field for field, _ in points}
    if len(fields) < 2 or not fields & {BADGE, FULL_NAME, GIVEN_NAME, FAMILY_NAME}:
        return 0
    return sum(points.values())


def _cell_text(rows: Sequence[Row], row: int, column: int) -> str:
    return text_of(rows[row][column]) if column < len(rows[row]) else ""


def _width(rows: Sequence[Row], header: HeaderRow) -> int:
    return min(_WIDEST, max(len(rows[header.first]), len(rows[header.last])))


def _headings(rows: Sequence[Row], header: HeaderRow) -> list[str]:
    """The headings as shown to people: parent and child joined."""
    shown: list[str] = []
    for upper, parent, lower in _pairs(rows, header):
        shown.append(" ".join(dict.fromkeys(text for text in (upper or parent, lower) if text)))
    return shown


def _pairs(rows: Sequence[Row], header: HeaderRow) -> list[tuple[str, str, str]]:
    """Per column the upper heading, the merged parent it stands under, and the lower one."""
    pairs: list[tuple[str, str, str]] = []
    parent = ""
    for column in range(_width(rows, header)):
        upper = _cell_text(rows, header.first, column)
        if header.first == header.last:
            pairs.append((upper, "", ""))
            continue
        lower = _cell_text(rows, header.last, column)
        parent = upper or (parent if lower else "")
        pairs.append((upper, parent, lower))
    return pairs


def _meanings(rows: Sequence[Row], header: HeaderRow, book: HeadingBook) -> list[Meaning]:
    return [_meaning_of(*pair, book) for pair in _pairs(rows, header)]


def _meaning_of(upper: str, parent: str, lower: str, book: HeadingBook) -> Meaning:
    if not lower:
        return match_heading(upper, book)
    by_parent = match_heading(parent, book)
    sex = SEX_TITLES.get(lower.lower())
    if sex and by_parent.field in _SPLIT_BY_SEX:
        return Meaning(by_parent.field, by_parent.match, sex)
    readings = [
        match_heading(f"{parent} {lower}", book),
        match_heading(f"{lower} {parent}", book),
        match_heading(lower, book),
    ]
    if upper:
        readings.append(by_parent)
    return min(readings, key=lambda reading: _RANK[reading.match])


def _surest(meanings: Sequence[Meaning]) -> set[int]:
    best: dict[tuple[str, Sex | None], int] = {}
    for index, meaning in enumerate(meanings):
        if not meaning.field or meaning.others:
            continue
        place = (meaning.field, meaning.marks)
        rival = best.get(place)
        if rival is None or _RANK[meaning.match] < _RANK[meanings[rival].match]:
            best[place] = index
    return set(best.values())


def _doubt(meaning: Meaning, *, is_taken: bool) -> ProblemCode | None:
    if meaning.others:
        return ProblemCode.HEADING_AMBIGUOUS
    if meaning.field is None:
        return ProblemCode.HEADING_UNKNOWN
    if not is_taken:
        return ProblemCode.HEADING_TWICE
    return None if meaning.match is Match.EXACT else ProblemCode.HEADING_UNSURE


def _with_names_settled(found: ColumnMap, rows: Sequence[Row]) -> ColumnMap:
    """Decide what a lone 'Tên' holds, and find given names under a heading merged over two."""
    fields = found.by_field
    if GIVEN_NAME in fields and FAMILY_NAME not in fields and FULL_NAME not in fields:
        (column, *_) = fields[GIVEN_NAME]
        words = _usual_words(rows, found.header, column.index)
        problems = found.problems
        if words < 2:
            problem = Problem(
                found.header.last + 1,
                column.letter,
                GIVEN_NAME,
                ProblemCode.GIVEN_NAMES_ONLY,
                column.heading,
            )
            problems = (*problems, problem)
        full = replace(column, field=FULL_NAME)
        return ColumnMap(found.header, _replaced(found.columns, column, full), problems)
    if FULL_NAME in fields and GIVEN_NAME not in fields and FAMILY_NAME not in fields:
        (column, *_) = fields[FULL_NAME]
        beside = column.index + 1
        if any(other.index == beside for other in found.columns):
            return found
        if _usual_words(rows, found.header, beside) == 1:
            family = replace(column, field=FAMILY_NAME)
            given = Column(beside, column.heading, GIVEN_NAME, column.match)
            columns = sorted(
                (*_replaced(found.columns, column, family), given), key=lambda one: one.index
            )
            return ColumnMap(found.header, tuple(columns), found.problems)
    return found


def _replaced(columns: tuple[Column, ...], old: Column, new: Column) -> tuple[Column, ...]:
    return tuple(new if column == old else column for column in columns)


def _usual_words(rows: Sequence[Row], header: HeaderRow, column: int) -> int:
    """How many words most cells of a column have, 0 where most are empty."""
    sample = rows[header.last + 1 : header.last + 1 + _SAMPLE_ROWS]
    counts = Counter(
        len(text_of(row[column]).split()) if column < len(row) else 0 for row in sample if any(row)
    )
    return counts.most_common(1)[0][0] if counts else 0
