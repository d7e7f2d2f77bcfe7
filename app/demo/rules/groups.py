"""Who is with whom outside the line: rooms of the dormitory, buses, meals, safety teams."""

from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from app.demo.rules.companies import CompanyPlan
from app.demo.rules.names import FEMALE, MALE
from app.demo.rules.units import UnitPlan
from app.workforce.rules.groups import GroupKind

IN_DORMITORY = 0.38
BY_BUS = 0.45
BEDS, SEATS = 8, 40
MEALS = ("Lượt 1", "Lượt 2", "Lượt 3")
ROOMS_A_FLOOR, FLOORS = 12, 5
BLOCKS = {FEMALE: "ABEFIK", MALE: "CDGHLM"}
TEAM_SIZES = ((0, 1, 2, 3, 4, 5), (2, 3, 7, 60, 20, 8))
FULL_TEAM = 3
# Room-mates are mostly, not always, of neighbouring lines.
MIXED = 1.6


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """A group of a company; one that belongs to a unit says which (its place)."""

    kind: GroupKind
    name: str
    unit: int | None = None

    @property
    def is_safety_team(self) -> bool:
        """Whether its members look after a unit."""
        return self.kind is GroupKind.SAFETY_TEAM


class Place(NamedTuple):
    """What decides the groups of one person; a `plain` one is in no safety team."""

    unit: UnitPlan
    sex: str
    room: str | None = None
    bus: str | None = None
    leads: bool = False
    plain: bool = False


def unit_group(unit: UnitPlan) -> GroupPlan:
    """The group of everybody on a line or team."""
    kind = GroupKind.LINE if unit.is_line else GroupKind.TEAM
    name = f"{unit.workshop} · {unit.name}" if unit.workshop else unit.name
    return GroupPlan(kind, name, unit.place)


def safety_team(unit: UnitPlan) -> GroupPlan:
    """The safety team of a unit, which may have no members yet."""
    return GroupPlan(GroupKind.SAFETY_TEAM, f"Tổ an toàn {unit_group(unit).name}", unit.place)


def place_people(
    company: CompanyPlan, units: Sequence[UnitPlan], people: Sequence[Place], chance: Random
) -> list[tuple[GroupPlan, ...]]:
    """The groups of each person, in the order of the people."""
    held: list[list[GroupPlan]] = [
        [unit_group(each.unit), GroupPlan(GroupKind.MEAL_SLOT, MEALS[each.unit.place % 3])]
        for each in people
    ]
    lodgers = _rooms(people, chance)
    for number, room in lodgers.items():
        held[number].append(GroupPlan(GroupKind.DORM_ROOM, room))
    for number, bus in _buses(company, people, lodgers.keys(), chance).items():
        held[number].append(GroupPlan(GroupKind.BUS, bus))
    for number in _team_members(units, people, chance):
        held[number].append(safety_team(people[number].unit))
    return [tuple(groups) for groups in held]


def _rooms(people: Sequence[Place], chance: Random) -> dict[int, str]:
    rooms = {number: each.room for number, each in enumerate(people) if each.room}
    for sex in (FEMALE, MALE):
        lodgers = [
            (each.unit.place + chance.random() * MIXED, number)
            for number, each in enumerate(people)
            if each.sex == sex and number not in rooms and chance.random() < IN_DORMITORY
        ]
        waiting = [number for _, number in sorted(lodgers)]
        held = defaultdict[str, int](int)
        for number, room in rooms.items():
            held[room] += people[number].sex == sex
        for room in sorted(name for name, count in held.items() if count):
            for number in waiting[: BEDS - held[room]]:
                rooms[number] = room
            waiting = waiting[BEDS - held[room] :]
        free = (name for name in _room_names(sex) if name not in held)
        for start in range(0, len(waiting), BEDS):
            room = next(free)
            rooms.update(dict.fromkeys(waiting[start : start + BEDS], room))
    return {number: room for number, room in rooms.items() if room}


def _room_names(sex: str) -> Sequence[str]:
    most = 26
    return [
        f"{block}{house or ''}-{floor}{room:02d}"
        for house in range(most)
        for block in BLOCKS[sex]
        for floor in range(1, FLOORS + 1)
        for room in range(1, ROOMS_A_FLOOR + 1)
    ]


def _buses(
    company: CompanyPlan, people: Sequence[Place], lodgers: AbstractSet[int], chance: Random
) -> dict[int, str]:
    """People of one turn of the rotation share buses, whatever their line."""
    riders = defaultdict[int, list[int]](list)
    for number, each in enumerate(people):
        if number in lodgers or each.bus is not None:
            continue
        if chance.random() < BY_BUS / (1 - IN_DORMITORY):
            riders[-1 if each.unit.office else each.unit.phase % 3].append(number)
    buses = {number: each.bus for number, each in enumerate(people) if each.bus}
    next_bus = company.first_bus
    for turn in sorted(riders):
        waiting = riders[turn]
        chance.shuffle(waiting)
        for start in range(0, len(waiting), SEATS):
            for number in waiting[start : start + SEATS]:
                buses[number] = f"Xe {next_bus}"
            next_bus += 1
    return {number: bus for number, bus in buses.items() if bus}


def _team_members(units: Sequence[UnitPlan], people: Sequence[Place], chance: Random) -> list[int]:
    by_unit = defaultdict[int, list[int]](list)
    for number, each in enumerate(people):
        by_unit[each.unit.place].append(number)
    members: list[int] = []
    for unit in units:
        leaders = [number for number in by_unit[unit.place] if people[number].leads]
        others = [
            number
            for number in by_unit[unit.place]
            if not (people[number].leads or people[number].plain)
        ]
        wanted = chance.choices(*TEAM_SIZES)[0]
        if leaders:
            wanted = max(wanted, FULL_TEAM)
        wanted = min(wanted, unit.size // 3)
        members += [*leaders, *chance.sample(others, max(0, wanted - len(leaders)))]
    return sorted(members)
