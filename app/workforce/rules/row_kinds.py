"""Which rows below the headings are workers, and which are totals, signatures or blank."""

import re
from collections.abc import Collection, Iterator, Sequence

from app.workforce.rules.cells import Row, text_of
from app.workforce.rules.heading_synonyms import (
    BADGE,
    FAMILY_NAME,
    FULL_NAME,
    GIVEN_NAME,
    HeadingBook,
    heading_key,
)
from app.workforce.rules.headings import ColumnMap

_NAMES = frozenset({FULL_NAME, FAMILY_NAME, GIVEN_NAME})
# Sections are counted I, II or A, B where people are counted 1, 2.
_SECTION_NUMBER = re.compile(r"(?:[IVX]{1,5}|[A-Z])[.)]?")
_COLUMN_NUMBER = re.compile(r"\(?(\d{1,2})\)?")


def worker_rows(
    rows: Sequence[Row], columns: ColumnMap, book: HeadingBook
) -> Iterator[tuple[int, Row]]:
    """Rows that stand for somebody, by their index; one whose position is 'Giám đốc' is a row."""
    ignored = re.compile(rf"(?:{'|'.join(map(re.escape, book.ignored))})(?!\w)")
    places = {field: [one.index for one in found] for field, found in columns.by_field.items()}
    badges = places.get(BADGE, [])
    names = [place for name in _NAMES for place in places.get(name, ())]
    told = {one.index for one in columns.columns if one.field}.difference(badges, names)
    start = columns.header.last + 1
    is_footer = False
    for index in range(start, len(rows)):
        row = rows[index]
        has_badge, has_name = _filled(row, badges), _filled(row, names)
        badge_texts = [text_of(row[place]) for place in badges if place < len(row)]
        if any(ignored.match(text.lower()) for text in badge_texts):
            is_footer = True
            continue
        if has_badge and has_name:
            if not (_repeats_headings(row, badges, names, book) or _counts_columns(row)):
                is_footer = False
                yield index, row
            continue
        texts = {place: text for place, cell in enumerate(row) if (text := text_of(cell))}
        numbers = [texts.pop(place, "") for place in places.get("row_no", ())]
        is_started = has_badge or has_name
        # Beside a name, a told cell such as the position is no signature.
        open_texts = [texts[place] for place in texts if not (is_started and place in told)]
        if any(ignored.match(text.lower()) for text in [*numbers, *open_texts]):
            is_footer = True
        elif _is_section(numbers, texts, is_badged=has_badge):
            continue
        elif len(texts) > (2 if is_footer else int(not is_started)):
            yield index, row


def _is_section(numbers: Sequence[str], texts: Collection[int], *, is_badged: bool) -> bool:
    """Whether the row is the title of a part of the list: 'II', then a name of a workshop."""
    is_counted = any(_SECTION_NUMBER.fullmatch(number) for number in numbers)
    return is_counted and len(texts) == 1 and not is_badged


def _filled(row: Row, places: Collection[int]) -> bool:
    return any(place < len(row) and text_of(row[place]) for place in places)


def _repeats_headings(
    row: Row, badges: Collection[int], names: Collection[int], book: HeadingBook
) -> bool:
    """Whether headings were printed again, at a page break or in a second language."""
    return any(
        fields.intersection(book.exact.get(heading_key(text_of(row[place])), ()))
        for places, fields in ((badges, {BADGE}), (names, _NAMES))
        for place in places
        if place < len(row)
    )


def _counts_columns(row: Row) -> bool:
    """Whether the row only counts the columns, as official forms do: (1), (2), (3)."""
    texts = [text for cell in row if (text := text_of(cell))]
    found = [_COLUMN_NUMBER.fullmatch(text) for text in texts[:4]]
    counted = [int(one[1]) for one in found if one]
    return len(counted) == len(found) > 2 and counted == sorted(set(counted))
