"""What a place scores: points by component, the exact percent, the band it falls into."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from app.risk.rules.index_sets import (
    HUNDRED,
    Band,
    Component,
    Evidence,
    IndexSet,
    rounded_half_up,
)
from app.risk.rules.refusals import (
    ComponentMissing,
    MaximaDoNotAddUp,
    MaximumMissing,
    NotAnOption,
    OtherMaximum,
    OutsideTable,
    PointsAboveMaximum,
    PointsUnreadable,
    UnknownComponent,
)

TENTH = Fraction(1, 10)


class Basis(StrEnum):
    """Where the points of a component come from."""

    CHOSEN = "chosen"  # an option of the verified table, chosen by a person
    LIVE = "live"  # the same, by a figure of the park that a person confirmed
    MEASURED = "measured"  # the same, by a figure that a person typed
    AWARDED = "awarded"  # copied from the signed form


@dataclass(frozen=True, slots=True)
class Answer:
    """The points of one component; `option` is the place of the option that gave them."""

    points: Fraction
    maximum: Fraction
    basis: Basis
    option: int | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """The sum of a complete form; `pct` is exact, `shown_pct` what is written beside it."""

    points: Fraction
    max_points: Fraction
    pct: Fraction
    shown_pct: Fraction
    band: Band
    rank: int
    computed: tuple[str, ...]
    awarded: tuple[str, ...]
    condition_met: bool | None

    @property
    def evidence(self) -> Evidence:
        """The weakest mark of what the score rests on: points copied from paper are partial."""
        return Evidence.PARTIAL if self.awarded else self.band.evidence


def chosen(component: Component, place: int, basis: Basis = Basis.CHOSEN) -> Answer:
    """The points of an option, by its place in the table."""
    if not component.is_chosen or not 0 <= place < len(component.options):
        raise NotAnOption(where=component.vi)
    points, maximum = component.options[place].points, component.maximum
    if points is None or maximum is None:
        raise NotAnOption(where=component.vi)
    return Answer(points, maximum, basis, place)


def option_at(component: Component, value: Fraction) -> int:
    """The place of the option that holds a measured value."""
    for place, option in enumerate(component.options):
        if option.span is not None and option.span.holds(value):
            return place
    raise OutsideTable(where=component.vi)


def measured(component: Component, value: Fraction, basis: Basis = Basis.MEASURED) -> Answer:
    """The points that a measured value gives by the verified table."""
    if not component.is_chosen or component.measure is None:
        raise NotAnOption(where=component.vi)
    return chosen(component, option_at(component, value), basis)


def awarded(component: Component, points: Fraction, maximum: Fraction | None) -> Answer:
    """Points copied from the signed form; of a verified table only those that it gives."""
    if points < 0:
        raise PointsUnreadable(where=component.vi)
    if component.is_chosen:
        given = [option.points for option in component.options]
        if points not in given:
            raise NotAnOption(where=component.vi)
        return chosen(component, given.index(points))
    if component.maximum is not None and maximum not in (None, component.maximum):
        raise OtherMaximum(where=component.vi, maximum=str(component.maximum))
    most = component.maximum if component.maximum is not None else maximum
    if most is None or most <= 0:
        raise MaximumMissing(where=component.vi)
    if points > most:
        raise PointsAboveMaximum(where=component.vi, maximum=str(most))
    return Answer(points, most, Basis.AWARDED)


def missing(index_set: IndexSet, answers: Mapping[str, Answer]) -> tuple[Component, ...]:
    """The components that have no points yet."""
    return tuple(each for each in index_set.components if each.id not in answers)


def check_maxima(index_set: IndexSet, answers: Mapping[str, Answer]) -> None:
    """Refuse maxima that cannot belong to the set: its percent is of `max_points`, always."""
    known = [
        answers[each.id].maximum if each.id in answers else each.maximum
        for each in index_set.components
    ]
    total = sum((each for each in known if each is not None), Fraction(0))
    if total > index_set.max_points or (None not in known and total != index_set.max_points):
        raise MaximaDoNotAddUp(total=str(total), wanted=str(index_set.max_points))


def score(index_set: IndexSet, answers: Mapping[str, Answer]) -> Score:
    """The score of a complete form: 100 x sum of points / maximum points, and its band."""
    unknown = next((name for name in answers if index_set.find_component(name) is None), None)
    if unknown is not None:
        raise UnknownComponent(where=unknown)
    lacking = missing(index_set, answers)
    if lacking:
        raise ComponentMissing(where=lacking[0].vi, count=len(lacking))
    check_maxima(index_set, answers)
    points = sum((answers[each.id].points for each in index_set.components), Fraction(0))
    pct = HUNDRED * points / index_set.max_points
    band = index_set.band_at(pct)
    limit = band.every_component_below
    by_hand = tuple(c.id for c in index_set.components if answers[c.id].basis is Basis.AWARDED)
    return Score(
        points=points,
        max_points=index_set.max_points,
        pct=pct,
        shown_pct=shown_pct(index_set, pct),
        band=band,
        rank=index_set.rank(band),
        computed=tuple(c.id for c in index_set.components if c.id not in by_hand),
        awarded=by_hand,
        condition_met=None
        if limit is None
        else all(answers[each.id].points < limit for each in index_set.components),
    )


def shown_pct(index_set: IndexSet, pct: Fraction) -> Fraction:
    """The percent as it is written: by the set's own rounding, else to a tenth.

    A tenth that would stand in another band than the exact percent is cut, not rounded.
    """
    if index_set.step is not None:
        return index_set.looked_up(pct)
    near = rounded_half_up(pct, TENTH)
    if index_set.band_at(near) == index_set.band_at(pct):
        return near
    return (pct / TENTH).__floor__() * TENTH
