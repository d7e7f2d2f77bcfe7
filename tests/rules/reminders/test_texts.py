"""Texts of reminders: no brace is left in any of them."""

import json
import unicodedata
from datetime import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.delivery.rules.sms import sms_size
from app.reminders.rules import (
    PLACEHOLDERS,
    Anchor,
    Audience,
    NoSuchSlot,
    PlaceholderUnfilled,
    UnknownPlaceholder,
    built_in_templates,
    check_placeholders,
    placeholders_of,
    render,
)
from app.reminders.rules.texts import meant_by

DATA = Path(__file__).parents[3] / "app" / "reminders" / "data" / "reminders_5k.yaml"
VECTORS = Path(__file__).parents[2] / "vectors" / "sms_sizes.json"
BUILT_IN = yaml.safe_load(DATA.read_text(encoding="utf-8"))
TEMPLATES = built_in_templates(BUILT_IN)
VALUES = {name: f"<{name}>" for name in PLACEHOLDERS}

# Signs of Vietnamese text, and the odd one that an officer pastes in.
signs = st.text("aAđĐơưạếộỹ ýà1.,;{}[]€\n😷", max_size=200)


def test_all_built_in_texts_are_there_with_their_time() -> None:
    assert len(TEMPLATES) == len(BUILT_IN["reminders"]) == 29
    declare = TEMPLATES["bs_declare"]
    assert (declare.anchor, declare.offset_minutes) == (Anchor.SHIFT_START, -60)
    assert declare.only_unanswered
    evening = TEMPLATES["dm_change"]
    assert (evening.anchor, evening.clock_time, evening.offset_minutes) == (
        Anchor.CLOCK,
        time(20),
        30,
    )
    bus = TEMPLATES["cm_seat"]
    assert (bus.anchor, bus.offset_minutes) == (Anchor.BUS_DEPARTURE, 0)
    assert TEMPLATES["bs_team_check"].audience is Audience.TEAM
    assert TEMPLATES["ml_seat"].supports == "khoang_cach"
    with pytest.raises(NoSuchSlot):
        built_in_templates({**BUILT_IN, "slots": []})


def test_the_placeholders_of_the_data_are_the_ones_that_can_be_filled() -> None:
    assert BUILT_IN["placeholders"] == ["{" + name + "}" for name in PLACEHOLDERS]


def test_every_built_in_text_is_filled_without_a_brace_left() -> None:
    for template in TEMPLATES.values():
        assert placeholders_of(template.vi) == placeholders_of(template.en)
        for text in (template.vi, template.en):
            filled = render(text, VALUES)
            assert "{" not in filled
            assert "}" not in filled
            assert all(VALUES[name] in filled for name in placeholders_of(text))


@pytest.mark.parametrize("text", ["{name}", "{}", "{{shift}}", "{shift", "shift}", "{ shift }"])
def test_an_unknown_placeholder_or_a_loose_brace_is_refused(text: str) -> None:
    with pytest.raises(UnknownPlaceholder) as refusal:
        check_placeholders(f"Ca {text}")
    assert refusal.value.code in {
        "reminders.unknown_placeholder",
        "reminders.misspelt_placeholder",
    }
    assert set(refusal.value.params["placeholder"]) & {"{", "}"}


@pytest.mark.parametrize("values", [{}, {"hotline": ""}, {"hotline": " \u00a0"}, {"link": "x"}])
def test_a_placeholder_without_a_value_is_refused_not_sent_empty(values: dict[str, str]) -> None:
    with pytest.raises(PlaceholderUnfilled) as refusal:
        render("Gọi {hotline}.", values)
    assert refusal.value.params == {"placeholder": "{hotline}"}


def test_a_value_with_braces_is_said_as_it_is() -> None:
    assert render("{line} {room}", {"line": "{room}", "room": "P1"}) == "{room} P1"


@given(signs)
def test_a_text_is_either_refused_or_rendered_whole(text: str) -> None:
    try:
        check_placeholders(text)
    except UnknownPlaceholder:
        assert "{" in text or "}" in text
    else:
        assert "{" not in render(text, VALUES)


def test_pages_and_server_count_parts_alike() -> None:
    """The same list is read by the test of the page's counter."""
    for each in json.loads(VECTORS.read_text(encoding="utf-8")):
        size = sms_size(each["text"])
        assert (size.alphabet, size.parts) == (each["alphabet"], each["parts"])


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("ca", "shift"),
        ("Chuyền", "line"),
        (unicodedata.normalize("NFD", "chuyền"), "line"),
        ("hotlin", "hotline"),
        ("SHIFT", "shift"),
        ("phòng", "room"),
        ("tên", ""),
        ("", ""),
    ],
)
def test_a_placeholder_that_comes_near_is_proposed(name: str, meant: str) -> None:
    assert meant_by(name) == meant
