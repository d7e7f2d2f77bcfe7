"""Identity cards and passports."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.workforce.rules import Cell, IdKind, ProblemCode, Sex, clean_id_number
from app.workforce.rules.cells import number_text

TODAY = date(2021, 11, 10)


@pytest.mark.parametrize(
    ("raw", "value", "kind"),
    [
        ("024096001234", "024096001234", IdKind.CCCD),
        ("024 096 001 234", "024096001234", IdKind.CCCD),
        ("CCCD: 024096001234", "024096001234", IdKind.CCCD),
        (24096001234.0, "024096001234", IdKind.CCCD),
        (1096001234, "001096001234", IdKind.CCCD),
        ("2.4096001234E+10", "024096001234", IdKind.CCCD),
        ("121234567", "121234567", IdKind.CMND),
        (121234567, "121234567", IdKind.CMND),
        ("b1234567", "B1234567", IdKind.PASSPORT),
        ("EA1234567", "EA1234567", IdKind.PASSPORT),
        ("M123A4567", "M123A4567", IdKind.PASSPORT),
    ],
)
def test_a_card_number_is_read_however_it_was_kept(
    raw: Cell, value: str, kind: IdKind, provinces: dict[str, str]
) -> None:
    reading = clean_id_number(raw, provinces, TODAY)
    assert (reading.value, reading.kind) == (value, kind)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("1234", ProblemCode.ID_WRONG_LENGTH),
        ("9996001234", ProblemCode.ID_WRONG_LENGTH),
        ("24996001234", ProblemCode.ID_WRONG_LENGTH),
        ("2.4096E+10", ProblemCode.ID_DIGITS_LOST),
        ("121234567 (CA tỉnh)", ProblemCode.ID_UNREADABLE),
    ],
)
def test_what_is_no_card_number_is_left_empty(
    raw: str, code: ProblemCode, provinces: dict[str, str]
) -> None:
    reading = clean_id_number(raw, provinces, TODAY)
    assert (reading.value, reading.problems) == (None, (code,))


def test_a_lost_zero_of_an_old_card_is_only_suggested(provinces: dict[str, str]) -> None:
    reading = clean_id_number(12345678, provinces, TODAY)
    assert reading.value is None
    assert reading.suggestion == "012345678"


def test_lost_zeros_of_a_new_number_are_added_and_said(provinces: dict[str, str]) -> None:
    reading = clean_id_number(24096001234, provinces, TODAY)
    assert reading.problems == (ProblemCode.ID_ZEROS_ADDED,)
    assert (reading.sex, reading.birth_year) == (Sex.MALE, 1996)


@pytest.mark.parametrize(
    ("number", "sex", "year"),
    [
        ("024096001234", Sex.MALE, 1996),
        ("024196001234", Sex.FEMALE, 1996),
        ("024202001234", Sex.MALE, 2002),
        ("024303001234", Sex.FEMALE, 2003),
    ],
)
def test_a_new_number_tells_sex_and_birth_year(
    number: str, sex: Sex, year: int, provinces: dict[str, str]
) -> None:
    reading = clean_id_number(number, provinces, TODAY, sex=sex, birth_year=year)
    assert (reading.sex, reading.birth_year, reading.problems) == (sex, year, ())


def test_sex_and_birth_year_that_differ_only_warn(provinces: dict[str, str]) -> None:
    reading = clean_id_number("024096001234", provinces, TODAY, sex=Sex.FEMALE, birth_year=1990)
    assert reading.value == "024096001234"
    assert set(reading.problems) == {
        ProblemCode.ID_SEX_DIFFERS,
        ProblemCode.ID_BIRTH_YEAR_DIFFERS,
    }


def test_a_full_number_of_no_known_province_is_kept_with_a_warning(
    provinces: dict[str, str],
) -> None:
    reading = clean_id_number("999096001234", provinces, TODAY)
    assert reading.value == "999096001234"
    assert reading.problems == (ProblemCode.ID_UNKNOWN_PROVINCE,)


def test_a_number_of_a_child_or_of_the_next_century_is_not_plausible(
    provinces: dict[str, str],
) -> None:
    for number in ("024215001234", "024596001234"):
        problems = clean_id_number(number, provinces, TODAY).problems
        assert problems == (ProblemCode.ID_NOT_PLAUSIBLE,)


typed = st.one_of(
    st.text(alphabet="0123456789 .-'BEC", max_size=16),
    st.from_regex(r"0?[0-9]{2}[0-3]\d{8}", fullmatch=True),
    st.integers(0, 10**13),
    st.integers(0, 10**13).map(float),
)


@given(raw=typed)
def test_cleaning_again_changes_nothing_more(raw: str | float, provinces: dict[str, str]) -> None:
    value = clean_id_number(raw, provinces, TODAY).value
    if value is not None:
        again = clean_id_number(value, provinces, TODAY)
        assert (again.value, again.changed) == (value, False)


@given(raw=typed)
def test_no_digit_but_leading_zeros_is_invented(
    raw: str | float, provinces: dict[str, str]
) -> None:
    value = clean_id_number(raw, provinces, TODAY).value
    if value is not None:
        given_digits = re.sub(r"\D", "", number_text(raw)[0])
        digits = re.sub(r"\D", "", value)
        assert digits.endswith(given_digits)
        assert set(digits[: len(digits) - len(given_digits)]) <= {"0"}
