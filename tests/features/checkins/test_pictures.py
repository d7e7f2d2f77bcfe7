"""Each sign of the questions has a picture of its own, drawn in one colour."""

import re

from app.checkins.queries.rule_sets import rule_data
from app.settings import ROOT

PICTURES = (ROOT / "static" / "icons" / "pictures.svg").read_text(encoding="utf-8")


def test_every_sign_has_a_picture() -> None:
    signs = {f"pic-{row['id']}" for row in rule_data("symptoms")["symptoms"]}
    assert signs == set(re.findall(r'<symbol id="([^"]+)"', PICTURES))


def test_no_picture_brings_a_colour_a_script_or_an_address() -> None:
    assert re.findall(r"(fill|stroke|style|script|href|url)\W", PICTURES) == []
