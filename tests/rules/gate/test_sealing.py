"""Sealed commands: the vectors that browser and server share, and content that is none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.gate.gateways.sealing import key_named, new_seal_key, open_sealed, public_part
from app.gate.rules.sealing import (
    BadgeTyped,
    BadSealedContent,
    CardShown,
    SealBroken,
    UnknownSealKey,
    read_content,
)
from app.kernel.refusals import Refusal
from app.settings import ROOT
from tests.factories.kiosk import sealed_for

VECTORS = json.loads((ROOT / "tests/vectors/sealed_commands.json").read_text(encoding="utf-8"))
PARK = VECTORS["park"]
json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


def opened(sealed: str) -> object:
    """What the park's one key makes of something sealed."""
    if key_named(sealed) != PARK["kid"]:
        raise UnknownSealKey
    return read_content(open_sealed(sealed, PARK))


@pytest.mark.parametrize("vector", VECTORS["seals"], ids=lambda each: each["name"])
def test_what_a_browser_sealed_is_opened(vector: dict[str, str]) -> None:
    content = json.loads(open_sealed(vector["sealed"], PARK))
    assert content == vector["content"]
    assert opened(vector["sealed"])


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda each: each["name"])
def test_what_is_not_sealed_as_agreed_is_refused(vector: dict[str, str]) -> None:
    with pytest.raises(Refusal) as refused:
        opened(vector["sealed"])
    assert refused.value.code == vector["code"]


def test_a_new_key_opens_what_is_sealed_for_its_public_part() -> None:
    key = new_seal_key()
    public = public_part(key)
    assert "d" not in public
    assert json.loads(open_sealed(sealed_for(public, {"a": 1}), key)) == {"a": 1}


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: raw.hex()))
def test_any_text_is_refused_and_nothing_else_happens(text: str) -> None:
    with pytest.raises(SealBroken):
        key_named(f"{text}.{text}.{text}.{text}.{text}")


@given(json_values)
def test_any_content_is_read_or_refused(value: object) -> None:
    try:
        read_content(json.dumps(value).encode())
    except BadSealedContent:
        return
    assert isinstance(value, dict)


def test_who_answers_is_a_card_or_a_badge_with_its_pin() -> None:
    card = read_content(b'{"credential": {"card": "abc"}, "body": {}}')
    typed = read_content(b'{"credential": {"badge": " SB-1 ", "pin": "480159"}, "body": {}}   ')
    assert card.credential == CardShown("abc")
    assert typed.credential == BadgeTyped("", "SB-1", "480159")
    assert (typed.notice, typed.agreed) == ("", False)


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\xfe",
        b"[" * 5000,
        b'{"credential": {"card": 7}, "body": {}}',
        b'{"credential": {"badge": "\\ud800", "pin": "1"}, "body": {}}',
        b'{"credential": {"badge": "SB-1", "pin": " "}, "body": {}}',
        b'{"credential": {"card": "abc"}, "body": {"t": NaN}}',
        b'{"credential": {"card": "abc"}, "notice": 1, "body": {}}',
    ],
)
def test_content_of_another_shape_is_refused(raw: bytes) -> None:
    with pytest.raises(BadSealedContent):
        read_content(raw)
