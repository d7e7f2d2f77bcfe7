"""Known headings of each field, and the field that a heading stands for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from app.kernel.text import fold
from app.workforce.rules.word_values import Sex

TEAM_OR_LINE = "team_or_line"
BADGE, FULL_NAME, FAMILY_NAME, GIVEN_NAME = (
    "employee_code",
    "full_name",
    "family_name",
    "given_name",
)

# "Nam" is a sex, "Năm" a year: only the letters as they stand tell them apart.
SEX_TITLES = {"nam": Sex.MALE, "nữ": Sex.FEMALE}


class Match(StrEnum):
    """How a column came to its field, surest first."""

    CHOSEN = "chosen"
    REMEMBERED = "remembered"
    EXACT = "exact"
    STARTS = "starts"
    SAME_WORDS = "same_words"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class HeadingBook:
    """Known headings of each field, in comparable form, and what rows to pass over."""

    labels: Mapping[str, str]
    exact: Mapping[str, tuple[str, ...]]
    openings: tuple[tuple[str, str], ...]
    by_words: Mapping[frozenset[str], str]
    search_rows: int
    ignored: tuple[str, ...]


class Meaning(NamedTuple):
    """The field of a heading, how sure that is, and what a cross below stands for."""

    field: str | None
    match: Match
    marks: Sex | None = None
    others: tuple[str, ...] = ()


UNKNOWN = Meaning(None, Match.NONE)


def heading_key(text: str) -> str:
    """A heading in comparable form: folded, every run of other signs one space."""
    return " ".join(re.findall(r"[a-z0-9]+", fold(text)))


def heading_book(document: Mapping[str, Any]) -> HeadingBook:
    """The book from the headings file."""
    exact: dict[str, tuple[str, ...]] = {"to chuien": (TEAM_OR_LINE,), "chuien to": (TEAM_OR_LINE,)}
    for field, rule in document["fields"].items():
        for synonym in rule["synonyms"]:
            key = heading_key(synonym)
            known = exact.get(key, ())
            if TEAM_OR_LINE not in known:
                exact[key] = known if field in known else (*known, field)
    # "Tổ trưởng" is no team and "Tên mẹ" no name: short words do not open a heading.
    long = [key for key in exact if " " in key or len(key) > 4]
    return HeadingBook(
        labels={field: rule["vi"] for field, rule in document["fields"].items()},
        exact=exact,
        openings=tuple((f"{key} ", exact[key][0]) for key in sorted(long, key=len, reverse=True)),
        by_words={frozenset(key.split()): exact[key][0] for key in exact if " " in key},
        search_rows=document["match"]["header_row_search_rows"],
        ignored=tuple(text.lower() for text in document["match"]["ignore_rows_with"]),
    )


def match_heading(heading: str, book: HeadingBook) -> Meaning:
    """The field of a heading: known exactly, then opening with a known one, then same words."""
    key = heading_key(heading)
    if not key:
        return UNKNOWN
    if heading.lower() == "nam":
        return Meaning("gender", Match.EXACT, Sex.MALE)
    if fields := book.exact.get(key):
        marks = SEX_TITLES.get(heading.lower())
        return Meaning(fields[0], Match.EXACT, marks, fields[1:])
    for opening, field in book.openings:
        if key.startswith(opening):
            return Meaning(field, Match.STARTS)
    if field_by_words := book.by_words.get(frozenset(key.split())):
        return Meaning(field_by_words, Match.SAME_WORDS)
    return UNKNOWN
