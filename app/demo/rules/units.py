"""Workshops, lines and teams of a company, each of 30 to 50 people who work the same shifts."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from app.demo.rules.chance import stream
from app.demo.rules.companies import CompanyPlan

LINES_A_WORKSHOP = 8
LINES_WITHOUT_WORKSHOPS = 3
UNEVEN = 0.12
# Letters that stay apart without accents: Y would be I.
WORKSHOPS = "ABCDEGHKLMNPQRSTVX"


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """A line, or a team beside the lines; `phase` is its turn in the rotation."""

    place: int
    name: str
    is_line: bool
    workshop: str | None
    size: int
    phase: int
    office: bool


def unit_plans(company: CompanyPlan, seed: int) -> tuple[UnitPlan, ...]:
    """Every unit of a company; their sizes add up to the company's."""
    count = max(1, round(company.size / company.unit_size))
    names = _names(company)
    chosen = [next(names) for _ in range(count)]
    sizes = _sizes(company, count, seed)
    lines = turns = 0
    plans = []
    for place, ((name, is_line, office), size) in enumerate(zip(chosen, sizes, strict=True)):
        workshop = None
        if is_line and count > LINES_WITHOUT_WORKSHOPS:
            workshop = _workshop(lines // LINES_A_WORKSHOP)
        plans.append(UnitPlan(place, name, is_line, workshop, size, turns, office))
        lines += is_line
        turns += not office
    return tuple(plans)


def _workshop(number: int) -> str:
    letter, round_ = WORKSHOPS[number % len(WORKSHOPS)], number // len(WORKSHOPS)
    return f"Xưởng {letter}{round_ + 1 if round_ else ''}"


def _names(company: CompanyPlan) -> Iterator[tuple[str, bool, bool]]:
    """The names of the data file, then as many lines as are needed: name, line, office hours."""
    used = set()
    for row in company.units:
        name = str(row.get("line") or row["team"])
        used.add(name)
        yield name, "line" in row, bool(row.get("office"))
    number = 1
    while True:
        name = f"Chuyền {number}"
        if name not in used:
            yield name, True, False
        number += 1


def _sizes(company: CompanyPlan, count: int, seed: int) -> list[int]:
    chance = stream(seed, "units", company.code)
    weights = [1 + UNEVEN * chance.uniform(-1, 1) for _ in range(count)]
    if company.size == company.unit_size * count:
        weights = [1.0] * count
    share = company.size / sum(weights)
    ends = [round(share * end) for end in accumulate(weights)]
    return [end - start for start, end in zip([0, *ends[:-1]], ends, strict=True)]
