"""A small outbreak on one line in the last week, by line, room of the dormitory and bus."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from app.demo.rules.chance import stream
from app.demo.rules.groups import GroupPlan
from app.demo.rules.order import DemoOrder
from app.demo.rules.people import PersonPlan
from app.demo.rules.units import UnitPlan
from app.workforce.rules.groups import GroupKind

# Days before the last one, and how many fall ill: from the line, the room and the bus.
WAVES = ((6, 1, 0, 0), (4, 2, 0, 0), (3, 3, 1, 0), (2, 2, 1, 0), (1, 3, 1, 1), (0, 2, 1, 1))
CONTACTS = 8
SHARE_OF_LINE = 4


@dataclass(slots=True)
class Outbreak:
    """Who falls ill, and who was near them: worker id by the first day of it."""

    ill: dict[str, date] = field(default_factory=dict)
    near: dict[str, date] = field(default_factory=dict)


def outbreak_among(
    people: Sequence[PersonPlan], unit: UnitPlan, first_badge: str, order: DemoOrder
) -> Outbreak:
    """The outbreak that begins with the person of a badge, or else with the first of the unit."""
    chance = stream(order.seed, "outbreak")
    known = [each for each in people if each.left_on is None and not each.pin]
    mates = [each for each in known if each.unit == unit.place]
    if not mates:
        return Outbreak()
    first = next((each for each in mates if each.badge == first_badge), mates[0])
    mates.remove(first)
    chance.shuffle(mates)
    line = [first, *mates]
    rooms = _sharing(known, line[:6], GroupKind.DORM_ROOM, chance)
    riders = _sharing(known, line[:3], GroupKind.BUS, chance)
    found = Outbreak()
    most = max(1, len(line) // SHARE_OF_LINE)
    for days_before, *counts in WAVES:
        on = order.until - timedelta(days=days_before)
        for source, count in zip((line, rooms, riders), counts, strict=True):
            for person in _taken(source, count, found):
                if len(found.ill) < most and on >= order.from_on:
                    found.ill[person.id] = on
    for person in [*rooms, *riders, *line]:
        if person.id not in found.ill and len(found.near) < min(CONTACTS, most):
            back = chance.randrange(0, 3)
            found.near[person.id] = order.until - timedelta(days=back)
    return found


def _taken(source: list[PersonPlan], count: int, found: Outbreak) -> list[PersonPlan]:
    chosen = [each for each in source if each.id not in found.ill][:count]
    for each in chosen:
        source.remove(each)
    return chosen


def _sharing(
    people: Sequence[PersonPlan], with_: Sequence[PersonPlan], kind: GroupKind, chance: Random
) -> list[PersonPlan]:
    """Others of the groups of this kind that these people belong to."""
    shared = {group for each in with_ for group in _of_kind(each, kind)}
    own = {each.unit for each in with_}
    found = [each for each in people if each.unit not in own and shared & set(_of_kind(each, kind))]
    chance.shuffle(found)
    return found


def _of_kind(person: PersonPlan, kind: GroupKind) -> list[GroupPlan]:
    return [group for group in person.groups if group.kind is kind]
