"""Tables that come with the program: phone prefixes and provinces of identity numbers."""

import csv
import functools
from collections.abc import Mapping
from pathlib import Path

from app.workforce.rules import PhonePlan, phone_plan, province_names

DATA = Path(__file__).resolve().parent.parent / "data"


@functools.cache
def get_phone_plan() -> PhonePlan:
    """Phone prefixes in use and what old ones became."""
    return phone_plan(_rows("phone_prefixes.csv"))


@functools.cache
def get_province_names() -> Mapping[str, str]:
    """Province of birth registration by the first three digits of an identity number."""
    return province_names(_rows("cccd_province_codes.csv"))


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
