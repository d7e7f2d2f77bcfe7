"""Passwords that anybody would try first are refused; any others will do, however they look."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.rules import WeakSecret, check_secret
from app.kernel.guessable import is_guessable

STOLEN = [
    *("1234567890", "0987654321", "qwertyuiop", "1q2w3e4r5t", "1qaz2wsx3edc", "password123"),
    *("P@ssw0rd123", "passwordpassword", "iloveyou123", "aaaaaaaaaa", "abcdefghij", "zxcvbnm123"),
    *("welcome2026", "letmein123456", "123456789a", "qwerty123456", "abc123456789", "asdfghjkl1"),
    *("abcd1234abcd", "1111111111a", "superman123", "princess123", "football12", "sunshine1234"),
]


@pytest.mark.parametrize("secret", STOLEN)
def test_what_lists_of_stolen_passwords_begin_with_is_refused(secret: str) -> None:
    assert is_guessable(secret)
    with pytest.raises(WeakSecret):
        check_secret(secret, "hanh")


@pytest.mark.parametrize(
    "secret",
    [
        "matkhau2021",
        "Mật-khẩu@123",
        "anca2026anca",
        "congty12345",
        "Vietnam@2021",
        "Khu công nghiệp",
        *("antoancovid19", "0912345678", "Hà Nội 12345", "quantri@1234"),
    ],
)
def test_words_of_the_place_with_figures_behind_are_refused(secret: str) -> None:
    assert is_guessable(secret)


@pytest.mark.parametrize(
    "secret",
    [
        *("mua-thu-ha-noi", "sao-bac-ca-sang", "giu-may-chu-tot", "correct horse battery staple"),
        *("ba con gà đi chợ sớm", "7K4PQ-WX2MN-8RTYB", "€uro§eichen!!", "x" * 3 + "gP9!tz" * 30),
    ],
)
def test_any_signs_and_any_length_will_do(secret: str) -> None:
    assert check_secret(secret, "hanh") == secret


@given(st.text(min_size=0, max_size=80))
def test_whatever_is_typed_is_judged(secret: str) -> None:
    assert is_guessable(secret) in {True, False}
