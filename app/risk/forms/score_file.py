"""The file that the command `risk score` reads: which set, and the points of each component."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import yaml

from app.risk.rules.changes import Stated, assumed
from app.risk.rules.index_sets import Component, IndexSet
from app.risk.rules.reading import exact, index_set
from app.risk.rules.refusals import (
    FileUnreadable,
    NotAnOption,
    PointsUnreadable,
    UnknownComponent,
)
from app.risk.rules.scoring import Answer, awarded, chosen, measured

LARGEST_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class ScoreFile:
    """What stands in a file: a set or its name, a day or None, and the rows of components."""

    set_id: str
    own_set: IndexSet | None
    on: date | None
    components: Mapping[str, Any]
    changes: Mapping[str, Any]


def read_score_file(text: bytes) -> ScoreFile:
    """A YAML or JSON document: `index_set`, `on`, `components`, `changes`."""
    if len(text) > LARGEST_BYTES:
        raise FileUnreadable(where="")
    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        raise FileUnreadable(where="") from None
    if not isinstance(found, Mapping):
        raise FileUnreadable(where="")
    wanted = found.get("index_set", "qd2194")
    own = index_set(wanted, {}) if isinstance(wanted, Mapping) else None
    return ScoreFile(
        own.id if own else str(wanted),
        own,
        _day(found.get("on")),
        _table(found, "components"),
        _table(found, "changes"),
    )


def _table(found: Mapping[Any, Any], key: str) -> Mapping[str, Any]:
    rows = found.get(key) or {}
    if not isinstance(rows, Mapping):
        raise FileUnreadable(where=key)
    return {str(name): row for name, row in rows.items()}


def _day(value: Any) -> date | None:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise FileUnreadable(where="on") from None
    if value is not None and not isinstance(value, date):
        raise FileUnreadable(where="on")
    return value


def answers_of(found: ScoreFile, chosen_set: IndexSet) -> dict[str, Answer]:
    """The points of each component of the file."""
    answers = {}
    for name, row in found.components.items():
        component = chosen_set.find_component(name)
        if component is None:
            raise UnknownComponent(where=name)
        answers[name] = _answer(component, row)
    return answers


def _answer(component: Component, row: Any) -> Answer:
    """Points; "points/maximum"; or a table with `option` (from 1), a measured value or points."""
    if isinstance(row, str) and "/" in row:
        points, _, maximum = row.partition("/")
        return awarded(component, _number(component, points), _number(component, maximum))
    if not isinstance(row, Mapping):
        return awarded(component, _number(component, row), None)
    if "option" in row:
        if type(row["option"]) is not int:
            raise NotAnOption(where=component.vi)
        return chosen(component, row["option"] - 1)
    if component.measure is not None and component.measure.value in row:
        return measured(component, _number(component, row[component.measure.value]))
    most = _number(component, row["max"]) if row.get("max") is not None else None
    return awarded(component, _number(component, row.get("points")), most)


def _number(component: Component, value: Any) -> Fraction:
    try:
        return exact(value)
    except ValueError:
        raise PointsUnreadable(where=component.vi) from None


def stated_of(found: ScoreFile, chosen_set: IndexSet) -> dict[str, Stated]:
    """What the file says of changing components: `effort` (null: it cannot be), `down_to`."""
    stated = {}
    for name, row in found.changes.items():
        component = chosen_set.find_component(name)
        if component is None or not isinstance(row, Mapping):
            raise UnknownComponent(where=name)
        effort = row.get("effort", assumed(component).effort)
        if effort is not None and (type(effort) is not int or effort < 0):
            raise PointsUnreadable(where=component.vi)
        down_to = row.get("down_to")
        points = None if down_to is None else _number(component, down_to)
        stated[name] = Stated(effort, points)
    return stated
