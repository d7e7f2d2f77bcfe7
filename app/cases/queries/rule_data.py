"""The rules of follow-up and clearance, out of their data files."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from app.cases.rules.clearances import ClearanceRule, clearance_rules
from app.cases.rules.plans import FollowUpRules, follow_up_rules

DATA = Path(__file__).resolve().parent.parent / "data"


def _data(name: str) -> Any:
    return yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))


@functools.cache
def get_follow_up_rules() -> FollowUpRules:
    """What a case begins with, and by when."""
    return follow_up_rules(_data("follow_up"))


class AskText(NamedTuple):
    """What a worker in follow-up is written, by language."""

    texts: Mapping[str, str]
    titles: Mapping[str, str]


@functools.cache
def get_ask_text() -> AskText:
    """The question of a day of follow-up; it says nothing of anybody's health."""
    told = _data("follow_up")["ask_text"]
    return AskText(told["texts"], told["titles"])


@functools.cache
def list_clearance_rules() -> tuple[ClearanceRule, ...]:
    """Every written rule of clearing, the unverified ones too."""
    return clearance_rules(_data("clearance"))
