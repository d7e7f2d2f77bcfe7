"""Names and ages that people of the park could have."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from app.demo.rules.chance import Weighted, weighted

FEMALE, MALE = "female", "male"
OLD_BEFORE = 1975


@dataclass(frozen=True, slots=True)
class NameBook:
    """How often each part of a name is heard, the later ones by sex."""

    family: Weighted[str]
    middle: Mapping[str, Weighted[str]]
    given: Mapping[str, Weighted[str]]

    def name(self, chance: Random, sex: str) -> str:
        """Family, middle and given name of one person."""
        given = self.given[sex].draw(chance)
        middle = self.middle[sex].draw(chance)
        while given in middle.split():
            middle = self.middle[sex].draw(chance)
        return f"{self.family.draw(chance)} {middle} {given}"


def name_book(raw: Mapping[str, Any]) -> NameBook:
    """The book out of its data file."""
    return NameBook(
        weighted(raw["family"]),
        {sex: weighted(raw[sex]["middle"]) for sex in (FEMALE, MALE)},
        {sex: weighted(raw[sex]["given"]) for sex in (FEMALE, MALE)},
    )


def birthday(chance: Random, today: date) -> tuple[int, date | None]:
    """Year of birth, and the day where the company knows it: most are between 19 and 35."""
    age = min(58.0, 18.5 + chance.gammavariate(2.2, 4.6))
    born_on = today - timedelta(days=int(age * 365.25))
    known = born_on.year > OLD_BEFORE and chance.random() < 0.9
    return born_on.year, born_on if known else None
