"""A word that checks in: said in any spelling, and never by a text that says anything else."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.checkins.rules.said import WELL, says_well
from app.kernel.text import fold

SAID = ["KHOE", "khoẻ", "khỏe", "Khoẻ", "#KHOE", "Tôi khoẻ", "tôi khỏe.", "Em vẫn khoẻ!"]
NOT_WELL = [
    "không khoẻ",
    "Khong khoe",
    "ko khoẻ",
    "k khoe",
    "chưa khoẻ",
    "khoẻ không?",
    "khoẻ không",
    "khoẻ?",
    "Khoẻ à?",
    "đã khoẻ",
    "khoẻ nhưng ho",
    "khoẻ rồi, hôm qua sốt",
    "tôi khoẻ, con tôi sốt",
    "khoẻ 🤒",
    "k̶h̶o̶e̶",
    "khoẻ khoẻ",
    "KHOE\nKHOE",
    "",
    "#",
    "1",
]


@given(st.sampled_from(SAID), st.sampled_from(["NFC", "NFD"]), st.sampled_from(["u", "l", ""]))
def test_a_word_is_known_in_any_form_and_case(said: str, form: str, case: str) -> None:
    cased = {"u": said.upper(), "l": said.lower()}.get(case, said)
    assert says_well(f"  {unicodedata.normalize(form, cased)} \u00a0")  # type: ignore[arg-type]


@pytest.mark.parametrize("said", NOT_WELL)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_what_says_anything_else_is_no_answer(said: str, form: str) -> None:
    assert not says_well(unicodedata.normalize(form, said))  # type: ignore[arg-type]
    assert not says_well(unicodedata.normalize(form, said.upper()))  # type: ignore[arg-type]


@given(st.text("abcdđeghiklmnopqrstuvxyâăêôơưàáảãạ", min_size=1, max_size=8), st.booleans())
def test_a_word_beside_it_makes_it_something_else(word: str, first: bool) -> None:
    said = f"{word} khoẻ" if first else f"khoẻ {word}"
    assert says_well(said) == (fold(said) in WELL)


@given(st.text(max_size=200))
def test_any_text_may_come(said: str) -> None:
    assert not says_well(said) or fold(said).strip("#.! ") in WELL
