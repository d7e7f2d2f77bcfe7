"""What is typed into the search of workers is taken apart, whatever it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.text import fold
from app.workforce.rules.searching import (
    MOST_WORDS,
    phone_tails,
    read_search,
    unit_readings,
    unit_words,
)


def test_words_are_folded_and_stand_once() -> None:
    assert read_search("  Hoà  NGUYỄN hoa ").words == ("hoa", "nguien")


@pytest.mark.parametrize(
    "text", ["", "   ", '"', "*", "-", "😀", "''", "___", "%", "\x00", "🙂 🙂"]
)
def test_without_letters_or_digits_there_is_nothing_to_find(text: str) -> None:
    assert read_search(text).words == ()


@given(st.text(max_size=5000))
def test_words_hold_only_letters_and_digits(text: str) -> None:
    words = read_search(text).words
    assert len(words) <= MOST_WORDS
    assert all(word and not set(word) & set(" \"'*-:()^\\\x00") for word in words)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("118", "118"),
        ("0900 000 118", "0900000118"),
        ("+84 900.000.118", "0900000118"),
        ("11", ""),
        ("hoa 118", ""),
        ("SB-20417", ""),
    ],
)
def test_digits_alone_may_be_a_phone(text: str, digits: str) -> None:
    assert read_search(text).digits == digits


def test_a_phone_is_known_by_its_last_three_and_four_digits() -> None:
    assert phone_tails("0900000118") == {3: "118", 4: "0118"}
    assert phone_tails("113") == {3: "113"}
    assert phone_tails("1") == {}


UNITS = {
    1: unit_words("Xưởng May") + unit_words("Chuyền 3"),
    2: unit_words("Xưởng May") + unit_words("Chuyền 30"),
    3: unit_words("Văn phòng"),
}


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("hoa chuyền 3", [(("hoa",), {1, 2}), (("hoa", "3"), {1, 2}), (("hoa", "chuien"), {1, 2})]),
        ("van phong", [((), {3}), (("phong",), {3}), (("van",), {3})]),
        ("phong may", [(("mai",), {3}), (("phong",), {1, 2})]),
        ("hoa", []),
    ],
)
def test_words_may_name_units(text: str, readings: list[tuple[tuple[str, ...], set[int]]]) -> None:
    assert list(unit_readings(tuple(fold(text).split()), UNITS)) == readings
