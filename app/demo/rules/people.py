"""The people of a company: names, badges, phones, leave, and the groups they belong to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

from app.demo.rules.chance import Weighted, id_at, stream
from app.demo.rules.companies import CompanyPlan
from app.demo.rules.days import pattern_name
from app.demo.rules.groups import GroupPlan, Place, place_people
from app.demo.rules.names import FEMALE, MALE, NameBook, birthday
from app.demo.rules.order import DemoOrder
from app.demo.rules.units import UnitPlan

LEAVE_STARTS_A_DAY = 0.0125
LEAVE_LENGTHS = ((1, 2, 3, 5), (50, 25, 15, 10))
LONG_LEAVE = 0.005
COMES = 0.02
GOES = 0.012
SETTLED_DAYS = 7
HAS_PHONE = 0.94
NOTICE = ((True, False, None), (985, 5, 10))
FORGETFUL = 0.05
FORGETS = 0.3
# Mondays and absences take that much off the rate that a company is known for.
HEADROOM = 0.012
# 0900 is given to nobody: five or six digits after it, the first thousand kept for offices.
SHORT_RANGE, LONG_RANGE, STEP = 98_999, 998_999, 7919


@dataclass(frozen=True, slots=True)
class Cast:
    """Somebody whom the pages of the design name; who has a PIN may be looked in with."""

    company: str
    unit: str
    badge: str
    name: str
    sex: str
    room: str | None = None
    bus: str | None = None
    pin: str | None = None
    leads: bool = False


class Away(NamedTuple):
    """Days of leave, both included."""

    from_on: date
    to_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class PersonPlan:
    """One worker; `groups` are names by kind, `answers` how often out of 1 a shift is answered."""

    place: int
    id: str
    unit: int
    badge: str
    name: str
    sex: str
    birth_year: int
    born_on: date | None
    phone: str | None
    position: str
    joined_on: date
    left_on: date | None
    pattern: str
    leaves: tuple[Away, ...]
    groups: tuple[GroupPlan, ...]
    in_safety_team: bool
    agreed: bool | None
    answers: float
    pin: str | None


def cast_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Cast, ...]:
    """The named people out of the data file."""
    return tuple(Cast(**row) for row in rows)


def company_people(
    company: CompanyPlan,
    units: Sequence[UnitPlan],
    order: DemoOrder,
    *,
    first_place: int,
    names: NameBook,
    cast: Sequence[Cast],
    leave_words: Weighted[str],
    long_leave: str,
) -> list[PersonPlan]:
    """Everybody of a company, unit by unit; `first_place` counts the people before it."""
    chance = stream(order.seed, "people", company.code)
    drafts = list(_drafts(company, units, names, cast, chance))
    groups = place_people(
        company,
        units,
        [draft.place for draft in drafts],
        stream(order.seed, "groups", company.code),
    )
    badges = _badges(company, drafts, chance)
    away = _Absences(order, leave_words, long_leave)
    people = []
    set_up = int(order.set_up_at.timestamp() * 1000)
    for number, (draft, badge, held) in enumerate(zip(drafts, badges, groups, strict=True)):
        place = first_place + number
        known = draft.cast is not None and draft.cast.pin is not None
        joined_on, left_on = (away.settled(chance), None) if draft.cast else away.term(chance)
        birth_year, born_on = birthday(chance, order.until)
        leads = any(group.is_safety_team for group in held)
        has_phone = known or chance.random() < HAS_PHONE
        people.append(
            PersonPlan(
                place=place,
                id=id_at(chance, set_up + place),
                unit=draft.unit.place,
                badge=badge,
                name=draft.name,
                sex=draft.place.sex,
                birth_year=birth_year,
                born_on=born_on,
                phone=_phone(place, order.workers) if has_phone else None,
                position="Tổ trưởng" if draft.first else "Công nhân",
                joined_on=joined_on,
                left_on=left_on,
                pattern=pattern_name(company.system, draft.unit),
                leaves=() if draft.cast else away.leaves(chance, draft.place.sex),
                groups=held,
                in_safety_team=leads,
                agreed=True if draft.cast else chance.choices(*NOTICE)[0],
                answers=_answers(company, chance),
                pin=draft.cast.pin if draft.cast else None,
            )
        )
    return people


class _Draft(NamedTuple):
    unit: UnitPlan
    name: str
    place: Place
    cast: Cast | None
    first: bool


def _drafts(
    company: CompanyPlan,
    units: Sequence[UnitPlan],
    names: NameBook,
    cast: Sequence[Cast],
    chance: Random,
) -> Iterator[_Draft]:
    for unit in units:
        known = [each for each in cast if (each.company, each.unit) == (company.code, unit.name)]
        for number in range(unit.size):
            if number < len(known):
                one = known[number]
                fixed = Place(unit, one.sex, one.room, one.bus, one.leads, one.pin is not None)
                yield _Draft(unit, one.name, fixed, one, False)
                continue
            sex = FEMALE if chance.random() < company.women else MALE
            name = names.name(chance, sex)
            yield _Draft(unit, name, Place(unit, sex), None, number == len(known))


def _badges(company: CompanyPlan, drafts: Sequence[_Draft], chance: Random) -> Iterator[str]:
    taken = {draft.cast.badge for draft in drafts if draft.cast}
    number = company.first_badge
    for draft in drafts:
        if draft.cast:
            yield draft.cast.badge
            continue
        badge = f"{company.prefix}-{number:05d}"
        while badge in taken:
            number += 1
            badge = f"{company.prefix}-{number:05d}"
        yield badge
        number += 1 if chance.random() < 0.9 else 2


def _phone(place: int, workers: int) -> str:
    width = SHORT_RANGE if workers <= SHORT_RANGE else LONG_RANGE
    return f"0900{1000 + place * STEP % width:06d}"


def _answers(company: CompanyPlan, chance: Random) -> float:
    """Most are near the company's rate; one in twenty forgets far more often."""
    usual = company.answers + FORGETFUL * FORGETS + HEADROOM + chance.gauss(0, 0.02)
    return min(0.995, usual) - (FORGETS if chance.random() < FORGETFUL else 0)


@dataclass(frozen=True, slots=True)
class _Absences:
    """When people come, go and are on leave."""

    order: DemoOrder
    words: Weighted[str]
    long_leave: str

    def settled(self, chance: Random) -> date:
        """The first day of somebody who has long been here."""
        return self.order.from_on - timedelta(days=30 + int(chance.random() ** 2 * 2200))

    def term(self, chance: Random) -> tuple[date, date | None]:
        """First and last day of work; a few come and a few go within the span."""
        days, draw = self.order.days, chance.random()
        if days > SETTLED_DAYS and draw < COMES:
            return self.order.from_on + timedelta(days=chance.randrange(2, days - 1)), None
        joined_on = self.settled(chance)
        if days > SETTLED_DAYS and draw > 1 - GOES:
            return joined_on, self.order.from_on + timedelta(days=chance.randrange(2, days - 1))
        return joined_on, None

    def leaves(self, chance: Random, sex: str) -> tuple[Away, ...]:
        """Days of leave, none overlapping, that begin inside the span."""
        first, last = self.order.from_on, self.order.planned_until
        if sex == FEMALE and chance.random() < LONG_LEAVE:
            return (Away(first - timedelta(days=40), last + timedelta(days=80), self.long_leave),)
        found = []
        on = first + timedelta(days=int(chance.expovariate(LEAVE_STARTS_A_DAY)))
        while on <= last:
            length = chance.choices(*LEAVE_LENGTHS)[0]
            found.append(Away(on, on + timedelta(days=length - 1), self.words.draw(chance)))
            gap = length + 1 + int(chance.expovariate(LEAVE_STARTS_A_DAY))
            on += timedelta(days=gap)
        return tuple(found)
