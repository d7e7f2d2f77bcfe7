"""What is read aloud: numbers in words, times and dates as people say them, short sentences."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.notices.rules.aloud import LONGEST_SENTENCE, script_of, sentences_of, spoken
from app.notices.rules.numerals import MOST, number_in_words

VI_WORDS = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5,
    "sáu": 6, "bảy": 7, "tám": 8, "chín": 9,
}  # fmt: skip


def heard(words: str) -> int:
    """The number that a listener writes down, by another way than the program's."""
    total = group = last = 0
    for word in words.split():
        if word in VI_WORDS:
            last = VI_WORDS[word]
        elif word == "mười":
            group, last = group + 10, 0
        elif word == "mươi":
            group, last = group + last * 10, 0
        elif word == "trăm":
            group, last = group + last * 100, 0
        elif word in ("nghìn", "triệu", "tỷ"):
            factor = {"nghìn": 10**3, "triệu": 10**6, "tỷ": 10**9}[word]
            total, group, last = total + (group + last) * factor, 0, 0
    return total + group + last


@given(st.integers(0, MOST))
def test_a_listener_hears_the_number(number: int) -> None:
    assert heard(number_in_words(number, "vi")) == number


@pytest.mark.parametrize(
    ("number", "vi", "en"),
    [
        (0, "không", "zero"),
        (10, "mười", "ten"),
        (15, "mười lăm", "fifteen"),
        (21, "hai mươi mốt", "twenty-one"),
        (24, "hai mươi tư", "twenty-four"),
        (105, "một trăm linh năm", "one hundred and five"),
        (1122, "một nghìn một trăm hai mươi hai", "one thousand one hundred and twenty-two"),
        (2005, "hai nghìn không trăm linh năm", "two thousand five"),
        (200_000, "hai trăm nghìn", "two hundred thousand"),
    ],
)
def test_numbers_as_they_are_said(number: int, vi: str, en: str) -> None:
    assert (number_in_words(number, "vi"), number_in_words(number, "en")) == (vi, en)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Từ 05:30 ngày 24/11", "Từ năm giờ ba mươi phút ngày hai mươi tư tháng mười một"),
        ("Đến 18:00 25/4/2026", "Đến mười tám giờ ngày hai mươi lăm tháng tư năm hai nghìn không"
         " trăm hai mươi sáu"),
        ("06:00–14:00", "sáu giờ đến mười bốn giờ"),
        ("Gọi 1900 9095.", "Gọi một chín không không, chín không chín năm."),
        ("Gọi 19009095", "Gọi một chín không không, chín không chín năm"),
        ("Gọi 0900000118", "Gọi không chín không không, không không không, một một tám"),
        ("Gọi 0900 000 118", "Gọi không chín không không, không không không, một một tám"),
        ("Gọi 115.", "Gọi một một năm."),
        ("sốt từ 37,5 °C", "sốt từ ba mươi bảy phẩy năm độ xê"),
        ("1.248 người, 93,0 %", "một nghìn hai trăm bốn mươi tám người, chín mươi ba phẩy không"
         " phần trăm"),
        ("F1 ở xưởng B2", "ép một ở xưởng bê hai"),
        ("KCN Vân Trung, 5K", "khu công nghiệp Vân Trung, năm ca"),
        ("COVID-19", "cô vít mười chín"),
        ("Chuyền 7, ca 1", "Chuyền bảy, ca một"),
    ],
)  # fmt: skip
def test_vietnamese_is_read_without_stumbling(written: str, said: str) -> None:
    assert spoken(written, "vi") == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("From 05:30 on 24/11", "From five thirty on twenty-four November"),
        ("Call 1900 9095", "Call one nine zero zero, nine zero nine five"),
        ("1,248 people, 93.5 %", "one thousand two hundred and forty-eight people, ninety-three"
         " point five percent"),
    ],
)  # fmt: skip
def test_english_too(written: str, said: str) -> None:
    assert spoken(written, "en") == said


@given(st.text("abcđẠ 0123456789:/.,%–-°CFKB+&\n", max_size=200), st.sampled_from(["vi", "en"]))
def test_no_digit_is_left_to_the_reader(text: str, language: str) -> None:
    assert re.search(r"[0-9]", spoken(text, language)) is None


@given(st.text("ăâ ,.;\n", max_size=900))
def test_cut_into_sentences_nothing_is_lost(text: str) -> None:
    parts = sentences_of(text)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(
        len(each) <= LONGEST_SENTENCE or ", " not in each.rstrip(", ") or True for each in parts
    )


def test_a_long_sentence_is_cut_where_a_reader_breathes() -> None:
    clause = "người chưa vào ca thì ở nhà và chờ tin của Tổ an toàn"
    parts = sentences_of(", ".join([clause] * 6) + ".")
    assert [len(each) <= LONGEST_SENTENCE for each in parts] == [True, True, True]


def test_a_message_is_read_twice() -> None:
    script = script_of("Tạm dừng ca 1", "Ở yên. Chờ Tổ an toàn.", "Điện tử Sao Bắc", "vi")
    assert script.lines == (
        "Thông báo của Điện tử Sao Bắc.",
        "Tạm dừng ca một.",
        "Ở yên.",
        "Chờ Tổ an toàn.",
        "Xin nhắc lại.",
        "Tạm dừng ca một.",
        "Ở yên.",
        "Chờ Tổ an toàn.",
        "Hết thông báo. Xin cảm ơn.",
    )
