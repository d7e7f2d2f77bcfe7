"""Phone numbers as factories type them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.workforce.rules import Cell, PhoneKind, PhonePlan, ProblemCode, clean_phone
from app.workforce.rules.cells import number_text


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("0912345678", "0912345678"),
        (" 0912.345.678 ", "0912345678"),
        ("0912-345-678", "0912345678"),
        ("+84 912 345 678", "0912345678"),
        ("(+84)0912345678", "0912345678"),
        ("0084912345678", "0912345678"),
        ("84912345678", "0912345678"),
        (912345678, "0912345678"),
        (912345678.0, "0912345678"),
        ("912345678.0", "0912345678"),
        ("9.12345678E+8", "0912345678"),
        ("'0912345678", "0912345678"),
        ("01662000118", "0362000118"),
        ("1662 000 118", "0362000118"),
        ("841662000118", "0362000118"),
        ("0199 123 4567", "0591234567"),
        ("0993123456", "0993123456"),
        ("0912345678 (Zalo)", "0912345678"),
        ("02043854123", "02043854123"),
        ("2043854123", "02043854123"),
        ("024 3825 1234", "02438251234"),
    ],
)
def test_a_number_is_read_however_it_was_typed(raw: Cell, number: str, plan: PhonePlan) -> None:
    assert clean_phone(raw, plan).value == number


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("0912 345", ProblemCode.PHONE_TOO_SHORT),
        ("0912 345 678 90", ProblemCode.PHONE_TOO_LONG),
        ("0123456789", ProblemCode.PHONE_UNKNOWN_PREFIX),
        ("không có", ProblemCode.PHONE_UNKNOWN_PREFIX),
        ("1.23E+11", ProblemCode.PHONE_DIGITS_LOST),
        ("+86 138 0013 8000", ProblemCode.PHONE_FOREIGN),
    ],
)
def test_what_is_no_number_is_left_empty_and_named(
    raw: str, code: ProblemCode, plan: PhonePlan
) -> None:
    reading = clean_phone(raw, plan)
    assert (reading.value, reading.problems) == (None, (code,))


def test_every_old_mobile_prefix_becomes_its_new_one(plan: PhonePlan) -> None:
    assert len(plan.new_mobile_by_old) == 21
    for old, new in plan.new_mobile_by_old.items():
        reading = clean_phone(f"{old}2345678", plan)
        assert reading.value == f"{new}2345678"
        assert reading.problems == (ProblemCode.PHONE_OLD_PREFIX,)
        assert clean_phone(f"{old[1:]}2345678", plan).value == reading.value


def test_the_old_area_code_of_bac_giang_is_not_taken_for_hanoi(plan: PhonePlan) -> None:
    reading = clean_phone("0240 3854 123", plan)
    assert reading.value == "02043854123"
    assert reading.kind is PhoneKind.LANDLINE
    assert reading.problems == (ProblemCode.PHONE_OLD_PREFIX,)


@pytest.mark.parametrize("between", ["/", " - ", ";", ",", " hoặc ", "\n", " "])
def test_of_two_numbers_the_first_is_taken_with_a_warning(between: str, plan: PhonePlan) -> None:
    reading = clean_phone(f"0912345678{between}0987654321", plan)
    assert reading.value == "0912345678"
    assert reading.problems == (ProblemCode.PHONE_TWO_NUMBERS,)


def test_an_empty_cell_is_no_problem(plan: PhonePlan) -> None:
    assert clean_phone(None, plan) == clean_phone(" \u00a0", plan)
    assert clean_phone("", plan).problems == ()


def test_punctuation_alone_is_no_change(plan: PhonePlan) -> None:
    assert not clean_phone("0912 345 678", plan).changed
    assert clean_phone("+84912345678", plan).changed


typed = st.one_of(
    st.text(alphabet="0123456789 .-/+()E,abc", max_size=24),
    st.from_regex(r"\+?(84|0084|0)?[1-9]\d{7,10}(\.0)?", fullmatch=True),
    st.integers(0, 10**13),
    st.integers(0, 10**13).map(float),
)


@given(raw=typed)
def test_cleaning_again_changes_nothing(raw: str | float, plan: PhonePlan) -> None:
    value = clean_phone(raw, plan).value
    if value is not None:
        again = clean_phone(value, plan)
        assert (again.value, again.problems, again.changed) == (value, (), False)


@given(raw=typed)
def test_no_digit_of_the_subscriber_is_invented(raw: str | float, plan: PhonePlan) -> None:
    value = clean_phone(raw, plan).value
    if value is not None:
        assert re.fullmatch(r"0\d{9,10}", value)
        assert value[-7:] in re.sub(r"\D", "", number_text(raw)[0])
