"""What the program knows of staff lists: headings, words, phone plan, provinces, old fonts."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from app.workforce.queries.reference import DATA, get_phone_plan, get_province_names
from app.workforce.rules import (
    FontTables,
    HeadingBook,
    PhonePlan,
    RosterContext,
    Sex,
    ShiftWords,
    WordLists,
    font_tables,
    heading_book,
    shift_words,
    word_lists,
)


@dataclass(frozen=True, slots=True)
class RosterKnowledge:
    """All data files in the form that the rules take."""

    book: HeadingBook
    words: WordLists
    shifts: ShiftWords
    phones: PhonePlan
    provinces: Mapping[str, str]
    fonts: FontTables


@functools.cache
def get_roster_knowledge() -> RosterKnowledge:
    """What is known of staff lists, read once."""
    headings = _yaml("import_headings.yaml")
    values = headings["values"]
    return RosterKnowledge(
        book=heading_book(headings),
        words=word_lists(values),
        shifts=shift_words(values["shift"]),
        phones=get_phone_plan(),
        provinces=get_province_names(),
        fonts=font_tables(_yaml("legacy_encodings.yaml")),
    )


def roster_context(
    *,
    today: date,
    company_code: str,
    company_names: Sequence[str],
    sex_by_code: Mapping[str, Sex],
    date1904: bool,
    merged_badges: Mapping[str, str],
) -> RosterContext:
    """All that is needed to judge one list of one company."""
    known = get_roster_knowledge()
    return RosterContext(
        today=today,
        company_code=company_code,
        company_names=company_names,
        sex_by_code=sex_by_code,
        date1904=date1904,
        merged_badges=merged_badges,
        book=known.book,
        words=known.words,
        shifts=known.shifts,
        phones=known.phones,
        provinces=known.provinces,
    )


def _yaml(name: str) -> Any:
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
