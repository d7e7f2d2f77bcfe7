"""Texts by SMS: parts are counted as they are billed, and nothing is dropped unsaid."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.delivery.rules.sms import SmsAlphabet, sms_size, sms_text, split_sms

# Signs of Vietnamese text, and the odd one that an officer pastes in.
signs = st.text("aAđĐơưạếộỹ ýà1.,;{}[]€\n😷", max_size=200)


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "parts"),
    [
        ("", "gsm7", 0, 0),
        ("a" * 160, "gsm7", 160, 1),
        ("a" * 161, "gsm7", 161, 2),
        ("a" * 306, "gsm7", 306, 2),
        ("a" * 307, "gsm7", 307, 3),
        ("ạ" * 70, "ucs2", 70, 1),
        ("ạ" * 71, "ucs2", 71, 2),
        ("ạ" * 134, "ucs2", 134, 2),
        ("ạ" * 135, "ucs2", 135, 3),
        ("a" * 69 + "ạ", "ucs2", 70, 1),
        ("a\u0323" * 70, "ucs2", 70, 1),
        ("à" * 160, "gsm7", 160, 1),
        ("€" * 80, "gsm7", 160, 1),
        ("a" * 152 + "€" + "a" * 10, "gsm7", 164, 2),
        ("a" * 152 + "€" + "a" * 151, "gsm7", 305, 2),
        ("a" * 152 + "€" + "a" * 152, "gsm7", 306, 3),
        ("ạ" * 66 + "😷" + "ạ" * 65, "ucs2", 133, 2),
        ("ạ" * 66 + "😷" + "ạ" * 66, "ucs2", 134, 3),
    ],
)
def test_sms_parts_are_counted_as_they_are_sent(
    text: str, alphabet: str, units: int, parts: int
) -> None:
    size = sms_size(text)
    assert (size.alphabet, size.units, size.parts) == (alphabet, units, parts)


@given(signs, signs)
def test_more_text_never_takes_fewer_parts(text: str, more: str) -> None:
    one, both = sms_size(text), sms_size(text + "." + more)
    assert both.parts >= one.parts
    assert (one.parts == 0) == (text == "")


def test_a_text_goes_out_without_accents_unless_they_are_wanted() -> None:
    text = "Đeo khẩu trang, rửa tay trước 6h; Chào bạn à"
    assert sms_text(text).text == "Deo khau trang, rua tay truoc 6h; Chao ban a"
    assert sms_text(text, accented=True).text == text


def test_text_in_separate_marks_costs_what_composed_text_costs() -> None:
    text = "Xe đưa đón chạy muộn " * 5
    apart = unicodedata.normalize("NFD", text)
    assert sms_text(apart, accented=True) == sms_text(text, accented=True)
    assert sms_text(apart) == sms_text(text)


def test_an_emoji_is_left_out_of_a_plain_text_and_named() -> None:
    made = sms_text("Đeo khẩu trang 😷 nhé 👷‍♀️\nCảm ơn")
    assert made.text == "Deo khau trang nhe\nCam on"
    assert made.left_out == ("😷", "👷", "♀")
    assert sms_text("Vui 😷", accented=True).text == "Vui 😷"


def test_quotes_and_dashes_of_word_processors_become_plain_ones() -> None:
    made = sms_text("“Ca 1” – 06:00… ‘sớm’")
    assert (made.text, made.left_out) == ("\"Ca 1\" - 06:00... 'som'", ())


@given(signs | st.text(max_size=80))
def test_a_text_without_accents_always_fits_the_plain_alphabet(text: str) -> None:
    made = sms_text(text)
    assert made.size.alphabet is SmsAlphabet.GSM7
    assert sms_text(made.text).text == made.text


@given(st.text("abcế€^ 😷\n", max_size=700))
def test_a_text_goes_out_in_the_parts_that_were_counted(text: str) -> None:
    parts, size = split_sms(text), sms_size(text)
    assert "".join(parts) == unicodedata.normalize("NFC", text)
    assert len(parts) == size.parts
    room = 153 if size.alphabet is SmsAlphabet.GSM7 else 67
    if len(parts) > 1:
        for part in parts:
            doubled = sum(2 if sign in "€^" else 1 for sign in part)
            units = len(part.encode("utf-16-le")) // 2
            assert (doubled if size.alphabet is SmsAlphabet.GSM7 else units) <= room
