"""The codes by which another system knows figures and parks: data with a source, checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.kernel.refusals import Refusal

CODE = re.compile(r"[A-Za-z0-9_.:-]{1,50}\Z")
MOST_PARKS = 2_000
LONGEST_NAME = 120


class Figure(StrEnum):
    """The figures of a park's day that leave An Ca."""

    EXPECTED = "expected"
    ANSWERED = "answered"
    ON_TIME = "on_time"
    ABSENT = "absent"
    COMPANIES = "companies"
    REPORTED = "reported"
    AMBER = "amber"
    RED = "red"


class BadCodes(Refusal):
    """A file of codes that cannot be read; `part` names where."""

    code = "reports.bad_codes"


class NoSource(Refusal):
    """Codes are believed because somebody says so: who, must be said."""

    code = "reports.no_source"


@dataclass(frozen=True, slots=True)
class Element:
    """A data element, and the option combination that one figure is in it."""

    code: str
    combo: str = ""


@dataclass(frozen=True, slots=True)
class Codes:
    """Elements by figure and organisation units by park; `version` counts uploads, 0 built in."""

    version: int
    source: str
    data_set: str
    elements: Mapping[Figure, Element]
    org_units: Mapping[str, str]

    def org_unit(self, node: str, name: str) -> str | None:
        """The organisation unit of a park, by its id or its name."""
        return self.org_units.get(node) or self.org_units.get(name)


def read_codes(content: object, *, version: int, source: str) -> Codes:
    """A file of codes as somebody wrote it."""
    if not isinstance(content, dict):
        raise BadCodes(part="elements")
    elements, units = content.get("elements"), content.get("org_units")
    if not isinstance(elements, dict) or not elements:
        raise BadCodes(part="elements")
    if not isinstance(units, dict) or len(units) > MOST_PARKS:
        raise BadCodes(part="org_units")
    read = {_figure(name): _element(name, value) for name, value in elements.items()}
    if len({(each.code, each.combo) for each in read.values()}) < len(read):
        raise BadCodes(part="elements")
    places = {_name(name): _code(value, f"org_units.{name}") for name, value in units.items()}
    if len(set(places.values())) < len(places):
        raise BadCodes(part="org_units")
    data_set = content.get("data_set", "")
    return Codes(version, source, _code(data_set, "data_set") if data_set else "", read, places)


def _figure(name: object) -> Figure:
    try:
        return Figure(str(name))
    except ValueError:
        raise BadCodes(part=f"elements.{name}"[:60]) from None


def _element(name: object, value: object) -> Element:
    part = f"elements.{name}"[:60]
    if not isinstance(value, dict):
        raise BadCodes(part=part)
    combo = value.get("combo", "")
    return Element(_code(value.get("code"), part), _code(combo, part) if combo else "")


def _name(name: object) -> str:
    text = str(name)
    if not text.strip() or len(text) > LONGEST_NAME:
        raise BadCodes(part="org_units")
    return text


def _code(value: object, part: str) -> str:
    if not isinstance(value, str) or not CODE.match(value):
        raise BadCodes(part=part[:60])
    return value


def codes_file(codes: Codes) -> dict[str, Any]:
    """The codes as the file they came in."""
    return {
        "data_set": codes.data_set,
        "elements": {
            figure.value: {"code": each.code} | ({"combo": each.combo} if each.combo else {})
            for figure, each in codes.elements.items()
        },
        "org_units": dict(codes.org_units),
    }
