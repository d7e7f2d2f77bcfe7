"""What a scanner reads off a card: the secret, bare or behind an address, and nothing else."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.rules import UnknownCard, card_secret

LETTERS = string.ascii_letters + string.digits + "-_"
secrets = st.text(LETTERS, min_size=22, max_size=22)


@given(secrets, st.sampled_from(["", "http://10.0.0.5:8000/c#", "https://an-ca.kcn.vn/c#", "  "]))
def test_the_secret_is_found_bare_or_behind_an_address(secret: str, before: str) -> None:
    assert card_secret(before + secret + "\r\n") == secret


@given(st.text(max_size=60).filter(lambda text: len(text.rpartition("#")[2].strip()) != 22))
def test_whatever_is_not_as_long_as_a_secret_is_no_card(text: str) -> None:
    with pytest.raises(UnknownCard):
        card_secret(text)
