"""Names of people, and cells that hold one word of a list."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.workforce.rules import (
    Cell,
    ProblemCode,
    Sex,
    ShiftWords,
    WordLists,
    clean_name,
    joined_name,
    read_sex,
    read_shift,
    read_yes_no,
)
from app.workforce.rules.word_values import has_left


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("NGUYỄN THỊ HOA", "Nguyễn Thị Hoa"),
        ("nguyễn thị hoa", "Nguyễn Thị Hoa"),
        ("  Nguyễn\u00a0 Thị   Hoa ", "Nguyễn Thị Hoa"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Hoà"), "Nguyễn Thị Hoà"),
        ("TRầN THị ÁNH", "Trần Thị Ánh"),
        ("H'HEN NIÊ", "H'Hen Niê"),
        ("Lee Min-Ho", "Lee Min-Ho"),
        ("* Giáp Thị Mến.", "Giáp Thị Mến"),
    ],
)
def test_a_name_gets_ordinary_capitals_and_spaces(raw: str, name: str) -> None:
    assert clean_name(raw).value == name


@pytest.mark.parametrize("raw", ["Nguyễn Thị Hoa (nghỉ TS)", "Nguyễn Thị Hoa - nghỉ TS"])
def test_a_note_is_split_off_the_name(raw: str) -> None:
    reading = clean_name(raw)
    assert (reading.value, reading.note) == ("Nguyễn Thị Hoa", "nghỉ TS")
    assert reading.problems == (ProblemCode.NAME_NOTE,)


def test_digits_are_refused_and_the_name_without_them_suggested() -> None:
    reading = clean_name("Nguyễn Văn Hùng 2")
    assert reading.value is None
    assert reading.problems == (ProblemCode.NAME_HAS_DIGITS,)
    assert reading.suggestion == "Nguyễn Văn Hùng"


def test_letters_lost_on_the_way_are_noticed() -> None:
    assert ProblemCode.NAME_ODD_LETTERS in clean_name("Nguy?n Th? Hoa").problems
    assert clean_name("Hoa").problems == (ProblemCode.NAME_ONE_WORD,)


def test_family_and_given_names_are_joined() -> None:
    assert joined_name("NGUYỄN THỊ ", " HOA") == "NGUYỄN THỊ HOA"
    assert joined_name(None, "Hoa") == "Hoa"


@given(raw=st.text(alphabet=st.sampled_from("aăâđêếơưNGUYỄNthị HOÀ  ().,-–'’*012?"), max_size=30))
def test_cleaning_a_name_again_changes_nothing_and_adds_no_letter(raw: str) -> None:
    value = clean_name(raw).value
    if value is not None:
        assert clean_name(value).value == value
        assert not any(letter.isdigit() for letter in value)
        rest = iter(raw.casefold())
        assert all(letter in rest for letter in value.casefold() if letter != " ")


@pytest.mark.parametrize(
    ("raw", "sex"),
    [("Nam", Sex.MALE), ("NỮ", Sex.FEMALE), ("nu", Sex.FEMALE), ("F", Sex.FEMALE), ("", None)],
)
def test_a_sex_is_read_in_words(raw: str, sex: Sex | None, words: WordLists) -> None:
    assert read_sex(raw, words, {}).value is sex


@pytest.mark.parametrize("raw", [0, 1, 2, "1"])
def test_a_bare_code_for_a_sex_is_asked_for(raw: Cell, words: WordLists) -> None:
    assert read_sex(raw, words, {}).problems == (ProblemCode.SEX_AMBIGUOUS,)
    answered = {"0": Sex.FEMALE, "1": Sex.MALE, "2": Sex.FEMALE}
    assert read_sex(raw, words, answered).value is answered[str(raw)]


def test_a_cross_is_a_sex_only_under_its_title(words: WordLists) -> None:
    assert read_sex("x", words, {}, marks=Sex.FEMALE).value is Sex.FEMALE
    assert read_sex("x", words, {}).problems == (ProblemCode.SEX_UNREADABLE,)


def test_yes_and_no_are_read_and_the_rest_is_neither(words: WordLists) -> None:
    assert read_yes_no("Có", words) is True
    assert read_yes_no("✓", words) is True
    assert read_yes_no("chưa", words) is False
    assert read_yes_no("có lẽ", words) is None


def test_a_status_tells_who_has_left_and_leave_is_not_leaving() -> None:
    assert has_left("Nghỉ việc từ 10/2021")
    assert has_left("Đã thôi việc")
    assert not has_left("Nghỉ thai sản")
    assert not has_left("Đang làm việc")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("C1", "ca1"), ("ca 1", "ca1"), ("Ca1", "ca1"), (1.0, "ca1"), ("CA SÁNG", "ca1"),
        ("Ca làm việc 2", "ca2"), ("kíp 2", "ca2"), ("Ca III", "ca3"), ("Ca ngày", "day12"),
        ("d", "day12"), ("đ", "night12"), ("Đêm", "night12"), ("HC", "office"),
        ("Hành chính", "office"), ("6h-14h", "ca1"), ("20:00 - 08:00", "night12"),
        ("night12", "night12"),
    ],
)  # fmt: skip
def test_a_shift_is_known_by_its_usual_words(raw: Cell, code: str, shifts: ShiftWords) -> None:
    assert read_shift(raw, shifts) == code


@pytest.mark.parametrize("raw", ["Ca kíp 4", "xoay ca", "7h-15h", "ê"])
def test_an_unknown_shift_is_not_guessed(raw: str, shifts: ShiftWords) -> None:
    assert read_shift(raw, shifts) is None
