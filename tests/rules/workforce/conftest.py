"""The data files as the rules take them."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.workforce.rules import (
    FontTables,
    HeadingBook,
    PhonePlan,
    RosterContext,
    ShiftWords,
    WordLists,
    font_tables,
    heading_book,
    phone_plan,
    province_names,
    shift_words,
    word_lists,
)

_DATA = Path(__file__).parents[3] / "app" / "workforce" / "data"


def _yaml(name: str) -> Any:
    return yaml.safe_load((_DATA / name).read_text("utf-8"))


def _rows(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def headings() -> Any:
    return _yaml("import_headings.yaml")


@pytest.fixture(scope="session")
def plan() -> PhonePlan:
    return phone_plan(_rows("phone_prefixes.csv"))


@pytest.fixture(scope="session")
def provinces() -> dict[str, str]:
    return province_names(_rows("cccd_province_codes.csv"))


@pytest.fixture(scope="session")
def encodings() -> Any:
    return _yaml("legacy_encodings.yaml")


@pytest.fixture(scope="session")
def fonts(encodings: Any) -> FontTables:
    return font_tables(encodings)


@pytest.fixture(scope="session")
def book(headings: Any) -> HeadingBook:
    return heading_book(headings)


@pytest.fixture(scope="session")
def words(headings: Any) -> WordLists:
    return word_lists(headings["values"])


@pytest.fixture(scope="session")
def shifts(headings: Any) -> ShiftWords:
    return shift_words(headings["values"]["shift"])


@pytest.fixture(scope="session")
def context(
    book: HeadingBook,
    words: WordLists,
    shifts: ShiftWords,
    plan: PhonePlan,
    provinces: dict[str, str],
) -> RosterContext:
    return RosterContext(
        today=date(2021, 11, 10),
        company_code="SB",
        company_names=("Điện tử Sao Bắc",),
        book=book,
        words=words,
        shifts=shifts,
        phones=plan,
        provinces=provinces,
    )
