"""The rules of follow-up and clearance, out of their data files."""

import functools
from pathlib import Path
from typing import Any

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


@functools.cache
def list_clearance_rules() -> tuple[ClearanceRule, ...]:
    """Every written rule of clearing, the unverified ones too."""
    return clearance_rules(_data("clearance"))
