"""How many lines need a safety team, how many have one, and which are short of people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class TeamRule:
    """What one document asks of safety teams, from a day on."""

    id: str
    from_on: date
    source: str
    source_en: str
    members_min: int
    evidence: str


@dataclass(frozen=True, slots=True)
class WorkUnit:
    """A unit of a company; `people` work directly in it, counted no further than a team's size."""

    id: int
    parent_id: int | None
    name: str
    people: int
    is_line: bool = False
    is_company: bool = False


@dataclass(frozen=True, slots=True)
class ShortLine:
    """A line whose safety team is too small, with the members that it has."""

    unit_id: int
    name: str
    members: int


@dataclass(frozen=True, slots=True)
class Staffing:
    """Lines that need a safety team and lines that have one, in one company."""

    needed: int
    staffed: int
    short_lines: tuple[ShortLine, ...] = ()


def team_rules(data: Mapping[str, Any]) -> tuple[TeamRule, ...]:
    """The rules of the data file, oldest first."""
    rules = (
        TeamRule(
            row["id"],
            row["from_on"],
            row["source"],
            row["source_en"],
            int(row["members_min"]),
            row["evidence"],
        )
        for row in data["rules"]
    )
    return tuple(sorted(rules, key=lambda rule: rule.from_on))


def rule_on(rules: Iterable[TeamRule], on: date) -> TeamRule | None:
    """The newest rule that holds on a day, None where nothing was asked for yet."""
    held = [rule for rule in rules if rule.from_on <= on]
    return max(held, key=lambda rule: rule.from_on, default=None)


def staffing(
    units: Sequence[WorkUnit], members: Iterable[tuple[str, int]], rule: TeamRule
) -> Staffing:
    """What the safety teams of one company come to; `members` are worker and unit.

    A team looks after a line with all its production teams; a workshop without lines, or a company
    without units, is looked after as one. Each person counts once for a line. A line of fewer
    people than a team is staffed when all of them are in it: a choice of the project.
    """
    place_of = _places(units)
    people: dict[int, int] = {}
    for unit in units:
        place = place_of[unit.id]
        people[place] = people.get(place, 0) + unit.people
    helpers: dict[int, set[str]] = {}
    for worker_id, unit_id in members:
        if unit_id in place_of:
            helpers.setdefault(place_of[unit_id], set()).add(worker_id)
    lines = [
        (unit, len(helpers.get(unit.id, ())), min(rule.members_min, people.get(unit.id, 0)))
        for unit in _looked_after(units, people)
    ]
    short = [
        ShortLine(unit.id, unit.name, members_there)
        for unit, members_there, wanted in lines
        if members_there < wanted
    ]
    return Staffing(len(lines), len(lines) - len(short), tuple(short))


def _looked_after(units: Sequence[WorkUnit], people: Mapping[int, int]) -> list[WorkUnit]:
    """Places where anybody works; the company itself only where it has no other."""
    worked_in = [unit for unit in units if people.get(unit.id)]
    inside = [unit for unit in worked_in if not unit.is_company]
    return inside or worked_in


def _places(units: Sequence[WorkUnit]) -> dict[int, int]:
    """The line that each unit belongs to, else the unit itself."""
    by_id = {unit.id: unit for unit in units}
    found = {}
    for unit in units:
        above: WorkUnit | None = unit
        while above is not None and not above.is_line:
            above = by_id.get(above.parent_id) if above.parent_id is not None else None
        found[unit.id] = above.id if above is not None else unit.id
    return found
