"""The cheapest changes: what the search finds is what trying everything finds."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from app.risk.rules.changes import (
    Change,
    OutOfReach,
    Plan,
    Stated,
    cheapest_plan,
    cheapest_plans,
    possible_changes,
)
from app.risk.rules.index_sets import Band, IndexSet
from app.risk.rules.reading import index_set
from app.risk.rules.scoring import Answer, Basis, measured, score
from tests.factories.risk import MAXIMA_2194, built_in, on_paper, set_row, small_set

BAND = {"order_vi": "Làm", "verified": "entered"}
PLAIN = [
    BAND | {"id": "low", "vi": "Thấp", "max_pct": 20},
    BAND | {"id": "mid", "vi": "Vừa", "above_pct": 20, "below_pct": 60},
    BAND | {"id": "high", "vi": "Cao", "min_pct": 60, "max_pct": 100},
]
CAREFUL = [PLAIN[0], PLAIN[1] | {"every_component_below": 7}, PLAIN[2]]
WHOLE = [
    BAND | {"id": "low", "vi": "Thấp", "max_pct": 20},
    BAND | {"id": "mid", "vi": "Vừa", "min_pct": 21, "max_pct": 60},
    BAND | {"id": "high", "vi": "Cao", "min_pct": 61, "max_pct": 100},
]
points = st.integers(0, 20).map(lambda half: Fraction(half, 2))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[IndexSet, dict[str, Answer], list[Change]]:
    """A set of some components, what each has now, and what could be done."""
    count = draw(st.integers(1, 4))
    row = set_row(
        bands=draw(st.sampled_from([PLAIN, CAREFUL])),
        max_points=10 * count,
        components=[
            {"id": f"c{n}", "vi": f"C{n}", "max": 10, "verified": "partial"} for n in range(count)
        ],
    )
    if draw(st.booleans()):
        row |= {"bands": WHOLE, "round_pct_to": 1}
    made = index_set(row, {})
    answers = {c.id: Answer(draw(points), Fraction(10), Basis.AWARDED) for c in made.components}
    changes = draw(
        st.lists(
            st.builds(
                Change,
                st.sampled_from([c.id for c in made.components]),
                points,
                st.integers(1, 4),
            ),
            max_size=6,
        )
    )
    return made, answers, changes


def by_trying_everything(
    made: IndexSet, answers: dict[str, Answer], changes: Sequence[Change], target: Band
) -> tuple[int, int, Fraction] | None:
    found = []
    for picked in product(
        *[[None, *[x for x in changes if x.component_id == c.id]] for c in made.components]
    ):
        after = dict(answers)
        for change in filter(None, picked):
            after[change.component_id] = Answer(change.points, Fraction(10), Basis.AWARDED)
        reached = score(made, after)
        there = reached.rank < made.rank(target) or (
            reached.band == target and reached.condition_met is not False
        )
        if there:
            used = [change for change in picked if change]
            found.append((sum(c.effort for c in used), len(used), reached.points))
    return min(found, default=None)


@given(worlds())
def test_the_search_finds_what_trying_everything_finds(
    world: tuple[IndexSet, dict[str, Answer], list[Change]],
) -> None:
    made, answers, changes = world
    for target in made.bands:
        wanted = by_trying_everything(made, answers, changes, target)
        found = cheapest_plan(made, answers, changes, target)
        if wanted is None:
            assert isinstance(found, OutOfReach)
        else:
            assert isinstance(found, Plan)
            assert (found.effort, len(found.changes), found.points) == wanted


@given(worlds())
def test_a_plan_leads_where_it_says(
    world: tuple[IndexSet, dict[str, Answer], list[Change]],
) -> None:
    made, answers, changes = world
    for plan in cheapest_plans(made, answers, changes):
        if isinstance(plan, Plan):
            after = dict(answers)
            for change in plan.changes:
                after[change.component_id] = Answer(change.points, Fraction(10), Basis.AWARDED)
            reached = score(made, after)
            assert (reached.points, reached.pct) == (plan.points, plan.pct)
            assert reached.rank <= made.rank(plan.band)


def test_one_small_change_beats_two_and_effort_beats_number() -> None:
    small = small_set()
    answers = on_paper(small, {"soap": 10, "air": 10}, {})
    both = possible_changes(small, answers, {})
    assert [plan.band.id for plan in cheapest_plans(small, answers, both)] == ["mid", "low"]
    near = cheapest_plan(small, answers, both, small.bands[1])
    assert isinstance(near, Plan)
    assert [(c.component_id, c.points) for c in near.changes] == [("soap", 0)]
    hard = possible_changes(small, answers, {"soap": Stated(effort=3)})
    near = cheapest_plan(small, answers, hard, small.bands[1])
    assert isinstance(near, Plan)
    assert [c.component_id for c in near.changes] == ["air"]


def test_the_number_of_workers_is_left_alone_unless_somebody_says_otherwise() -> None:
    national = built_in("qd2194")
    answers = on_paper(national, {"inspection": 20, "canteen": 30}, MAXIMA_2194)
    workers = national.find_component("workers_total")
    assert workers is not None
    answers["workers_total"] = measured(workers, Fraction(1200))
    offered = possible_changes(national, answers, {"canteen": Stated(2, Fraction(4))})
    assert [(c.component_id, c.points, c.effort) for c in offered] == [("canteen", 4, 2)]
    found = cheapest_plans(national, answers, offered)
    assert [type(each) for each in found] == [Plan]
    offered = possible_changes(national, answers, {"workers_total": Stated(1)})
    assert {c.component_id for c in offered} == {"workers_total"}


def test_a_place_in_a_band_whose_condition_it_misses_is_told_how_to_meet_it() -> None:
    city = built_in("qd1203_hcmc")
    papers = {"temperature_check": 6, "canteen": 6, "transport": 6, "pickup_areas": 6}
    answers = on_paper(city, papers | {"mask_supply": 9, "night_shift": 1}, {})
    assert score(city, answers).condition_met is False
    stated = {"mask_supply": Stated(1, Fraction(6)), "canteen": Stated(1, Fraction(0))}
    here = cheapest_plans(city, answers, possible_changes(city, answers, stated))[0]
    assert isinstance(here, Plan)
    assert here.band.id == "medium"
    assert [c.component_id for c in here.changes] == ["mask_supply"]
