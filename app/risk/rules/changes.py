"""The cheapest changes that bring a score into a lower band, by exact search over the options."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.risk.rules.index_sets import HUNDRED, Band, Component, IndexSet, Measure
from app.risk.rules.scoring import Answer, score

Picks = tuple[tuple[int, int], ...]  # component by component: its place, that of the change
Way = tuple[int, int, Picks]  # effort, number of changes, the changes


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that could be done: the component's points after it, and the effort it takes.

    `option` is the place of the option it leads to; None for points that a person stated.
    """

    component_id: str
    points: Fraction
    effort: int = 1
    option: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes to make, and where they lead; `effort` is their sum."""

    band: Band
    changes: tuple[Change, ...]
    effort: int
    points: Fraction
    pct: Fraction


@dataclass(frozen=True, slots=True)
class OutOfReach:
    """No choice of changes leads into the band; `points` is the lowest sum there is."""

    band: Band
    points: Fraction
    pct: Fraction


@dataclass(frozen=True, slots=True)
class Stated:
    """What an officer said of a component: the effort of changing it, None if that cannot be.

    `down_to`: the points it could come down to, where no verified table tells.
    """

    effort: int | None = 1
    down_to: Fraction | None = None


def possible_changes(
    index_set: IndexSet, answers: Mapping[str, Answer], stated: Mapping[str, Stated]
) -> list[Change]:
    """What could be changed for fewer points: options of verified tables, and what was stated.

    How many people work there is not changed, unless somebody stated its effort.
    """
    found = []
    for component in index_set.components:
        now = answers[component.id].points
        said = stated.get(component.id, assumed(component))
        if said.effort is None:
            continue
        if component.is_chosen:
            found += [
                Change(component.id, option.points, said.effort, place)
                for place, option in enumerate(component.options)
                if option.points is not None and option.points < now
            ]
        elif said.down_to is not None and said.down_to < now:
            found.append(Change(component.id, said.down_to, said.effort))
    return found


def assumed(component: Component) -> Stated:
    """What is taken of a component of which nothing was stated: one change, one effort."""
    return Stated(effort=None if component.measure is Measure.WORKERS else 1)


def cheapest_plans(
    index_set: IndexSet, answers: Mapping[str, Answer], changes: Sequence[Change]
) -> list[Plan | OutOfReach]:
    """For every band that is better than what is, from the nearest down, the cheapest way in."""
    at = score(index_set, answers)
    here = at.rank + (at.condition_met is False)
    return [
        cheapest_plan(index_set, answers, changes, band)
        for band in reversed(index_set.bands[:here])
    ]


def cheapest_plan(
    index_set: IndexSet, answers: Mapping[str, Answer], changes: Sequence[Change], target: Band
) -> Plan | OutOfReach:
    """The cheapest changes that lead into a band or below it.

    Least effort; of equals fewest changes, then the lowest sum. Exact: for every sum that can be
    reached the cheapest way to it is kept, component by component. Where what the band orders has
    a condition on every component, whoever ends in that band must meet it.
    """
    unit = _unit(answers, changes)
    rank, limit = index_set.rank(target), target.every_component_below
    everywhere = _ways(index_set, answers, changes, unit, None)
    within = rank if limit is None else rank - 1
    fitting = _fitting(index_set, everywhere, unit, range(within + 1))
    if limit is not None:
        careful = _ways(index_set, answers, changes, unit, limit)
        fitting += _fitting(index_set, careful, unit, range(rank, rank + 1))
    if not fitting:
        lowest = Fraction(min(everywhere), unit)
        return OutOfReach(target, lowest, HUNDRED * lowest / index_set.max_points)
    effort, _, total, picks = min(fitting)
    points = Fraction(total, unit)
    made = tuple(changes[place] for _, place in picks)
    return Plan(target, made, effort, points, HUNDRED * points / index_set.max_points)


def _unit(answers: Mapping[str, Answer], changes: Sequence[Change]) -> int:
    """How many parts one point is cut into, so that every sum is a whole number."""
    given = [each.points for each in answers.values()] + [each.points for each in changes]
    return math.lcm(*(points.denominator for points in given))


def _ways(
    index_set: IndexSet,
    answers: Mapping[str, Answer],
    changes: Sequence[Change],
    unit: int,
    limit: Fraction | None,
) -> dict[int, Way]:
    """The cheapest way to every sum that can be reached, each component below the limit."""
    ways: dict[int, Way] = {0: (0, 0, ())}
    for number, component in enumerate(index_set.components):
        stay = (answers[component.id].points, 0, None)
        choices = [stay] + [
            (each.points, each.effort, place)
            for place, each in enumerate(changes)
            if each.component_id == component.id
        ]
        kept = [each for each in choices if limit is None or each[0] < limit]
        ways = _after(ways, number, [(int(points * unit), *more) for points, *more in kept])
    return ways


def _after(
    ways: Mapping[int, Way], number: int, choices: Sequence[tuple[int, int, int | None]]
) -> dict[int, Way]:
    after: dict[int, Way] = {}
    for total, (effort, count, picks) in ways.items():
        for points, more, place in choices:
            made = picks if place is None else (*picks, (number, place))
            way = (effort + more, count + (place is not None), made)
            if total + points not in after or way < after[total + points]:
                after[total + points] = way
    return after


def _fitting(
    index_set: IndexSet, ways: Mapping[int, Way], unit: int, ranks: range
) -> list[tuple[int, int, int, Picks]]:
    return [
        (effort, count, total, picks)
        for total, (effort, count, picks) in ways.items()
        if index_set.rank(index_set.band_at(HUNDRED * total / unit / index_set.max_points)) in ranks
    ]
