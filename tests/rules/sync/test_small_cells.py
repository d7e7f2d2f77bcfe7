"""Nothing that is published lets anybody work out the health count of a small group.

Each property plays the reader: of all states of the hidden groups that lead to exactly the same
published bodies, no hidden count may be the same in all, unless it says that nobody is ill.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.checkins.rules import Counts
from app.sync.rules import (
    CompanyFigures,
    Unit,
    covered_units,
    day_summary,
    may_merge,
    shift_summary,
)
from app.workforce.rules.shifts import ShiftCode

ON = date(2026, 11, 23)
STARTS_AT = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
SMALL = 4  # in place of 10, so that every state can be tried
Body = dict[str, Any]
# People who answered, and people expected beyond them.
Size = tuple[int, int]
State = tuple[int, ...]
Flags = Sequence[bool]
sizes = st.sampled_from(((2, 0), (1, 0), (2, 1), (2, 5), (1, 1), (0, 1)))


def figures(code: str, size: Size, amber: int = 0, red: int = 0) -> CompanyFigures:
    answered, more = size
    green = answered - amber - red
    counts = Counts(answered + more, answered, green=green, amber=amber, red=red)
    return CompanyFigures(code, counts)


def publish(
    rows: Sequence[CompanyFigures],
    earlier: Sequence[Body] = (),
    shift: ShiftCode = ShiftCode.CA1,
) -> Body:
    return shift_summary(
        on=ON,
        shift=shift,
        starts_at=STARTS_AT,
        ends_at=STARTS_AT + timedelta(hours=8),
        final=False,
        as_of=STARTS_AT + timedelta(hours=len(earlier)),
        figures=rows,
        earlier=earlier,
        small_cell=SMALL,
    )


def assert_open(
    states: Iterable[State],
    publish_state: Callable[[State], object],
    truth: State,
    *,
    hidden: Flags,
) -> None:
    """No hidden number can be told from the publication, but that it is 0."""
    told = publish_state(truth)
    consistent = [state for state in states if publish_state(state) == told]
    assert truth in consistent
    for values, is_hidden in zip(zip(*consistent, strict=True), hidden, strict=True):
        assert not is_hidden or len(set(values)) > 1 or set(values) == {0}


def is_small(size: Size) -> bool:
    return sum(size) < SMALL


@st.composite
def ill_people(draw: st.DrawFn, shape: st.SearchStrategy[list[Size]]) -> tuple[list[Size], State]:
    """Sizes of groups, and how many of those who answered in each are ill."""
    groups = draw(shape)
    return groups, tuple(draw(st.integers(0, answered)) for answered, _ in groups)


def states_of(groups: Sequence[Size], truth: State) -> Iterable[State]:
    return product(
        *(
            range(size[0] + 1) if is_small(size) else (known,)
            for size, known in zip(groups, truth, strict=True)
        )
    )


@settings(max_examples=40)
@given(ill_people(st.lists(sizes, min_size=1, max_size=6)))
@example(([(2, 0)], (1,)))
@example(([(1, 1), (1, 1)], (1, 1)))
@example(([(2, 0), (2, 0), (2, 5)], (2, 2, 0)))
@example(([(2, 0), (0, 3)], (1, 0)))
def test_one_summary_leaves_every_small_company_open(case: tuple[list[Size], State]) -> None:
    companies, truth = case

    def publish_state(state: State) -> Body:
        return publish(
            [figures(str(n), companies[n], amber=0, red=ill) for n, ill in enumerate(state)]
        )

    hidden = [is_small(size) for size in companies]
    assert_open(states_of(companies, truth), publish_state, truth, hidden=hidden)


def test_amber_and_red_of_a_small_company_are_open_each_for_itself() -> None:
    companies: list[Size] = [(2, 0), (2, 1), (2, 5)]
    choices = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (2, 0)]

    def publish_state(state: State) -> Body:
        pairs = zip(state[::2], state[1::2], strict=True)
        return publish([figures(str(n), companies[n], *pair) for n, pair in enumerate(pairs)])

    states = [(*one, *other, 0, 1) for one, other in product(choices, choices)]
    for truth in states:
        assert_open(states, publish_state, truth, hidden=[True] * 4 + [False] * 2)


@settings(max_examples=40)
@given(
    ill_people(st.integers(1, 3).flatmap(lambda n: st.lists(sizes, min_size=2 * n, max_size=2 * n)))
)
@example(([(2, 0), (2, 5)], (1, 0)))
@example(([(2, 0), (2, 0), (2, 0), (0, 0)], (0, 1, 1, 0)))
@example(([(2, 0), (2, 5), (2, 0), (2, 5)], (1, 1, 0, 0)))
@example(([(1, 0), (2, 0), (2, 1), (1, 0), (2, 5), (2, 0)], (1, 0, 0, 1, 0, 1)))
def test_a_day_total_beside_its_shifts_leaves_every_small_shift_open(
    case: tuple[list[Size], State],
) -> None:
    """Two numbers a company: its first shift, its second."""
    cells, truth = case

    def publish_state(state: State) -> tuple[Body, ...]:
        shifts = [
            publish(
                [
                    figures(str(n // 2), cells[n], amber=state[n])
                    for n in range(number, len(cells), 2)
                ],
                shift=shift,
            )
            for number, shift in enumerate((ShiftCode.CA1, ShiftCode.CA2))
        ]
        total = day_summary(
            on=ON, final=False, as_of=STARTS_AT, shifts=shifts, revision=1, small_cell=SMALL
        )
        return (*shifts, total)

    hidden = [is_small(size) for size in cells]
    assert_open(states_of(cells, truth), publish_state, truth, hidden=hidden)


@st.composite
def growing(draw: st.DrawFn, revisions: int) -> tuple[list[list[Size]], list[list[int]]]:
    """Companies over several revisions: sizes, and who among the new answers is ill."""
    companies = draw(st.integers(2, 3))
    grown, ill = [], []
    for _ in range(companies):
        steps = [draw(st.integers(0, 2)) for _ in range(revisions)]
        more = [draw(st.sampled_from((0, 0, 5))) for _ in range(revisions)]
        grown.append([(sum(steps[: n + 1]), more[n]) for n in range(revisions)])
        ill.append([draw(st.integers(0, step)) for step in steps])
    return grown, ill


def steps_of(company: list[Size]) -> list[int]:
    answered = [size[0] for size in company]
    return [now - before for before, now in zip([0, *answered], answered, strict=False)]


def check_revisions(grown: list[list[Size]], ill: list[list[int]], revisions: int) -> None:
    def publication(state: Sequence[Sequence[int]]) -> list[Body]:
        bodies: list[Body] = []
        for n in range(revisions):
            rows = [
                figures(str(place), company[n], amber=sum(state[place][: n + 1]))
                for place, company in enumerate(grown)
            ]
            bodies.append(publish(rows, bodies))
        return bodies

    told = publication(ill)
    shown = {
        (row["code"], body["revision"]): not row["hidden"]
        for body in told
        for row in body["companies"]
        if row["code"] != "*"
    }
    choices = [list(product(*(range(step + 1) for step in steps_of(each)))) for each in grown]
    consistent = [state for state in product(*choices) if publication(state) == told]
    for place in range(len(grown)):
        for n in range(revisions):
            if any(shown[str(place), m + 1] for m in range(n, revisions)):
                continue
            values = {state[place][n] for state in consistent}
            assert len(values) > 1 or values == {0}


@settings(max_examples=25)
@given(growing(2))
@example(([[(2, 0), (2, 0)], [(2, 0), (3, 0)]], [[0, 0], [0, 1]]))
@example(([[(2, 0), (3, 0)], [(2, 0), (3, 0)]], [[0, 1], [0, 1]]))
@example(([[(2, 0), (2, 5)], [(2, 0), (2, 0)]], [[0, 0], [1, 0]]))
@example(([[(2, 5), (2, 0)], [(1, 0), (2, 0)], [(1, 0), (1, 0)]], [[1, 0], [0, 1], [0, 0]]))
@example(([[(2, 0), (2, 0)], [(2, 0), (2, 0)], [(0, 5), (1, 0)]], [[1, 0], [0, 0], [0, 1]]))
def test_a_later_revision_does_not_tell_who_of_the_new_answers_is_ill(
    case: tuple[list[list[Size]], list[list[int]]],
) -> None:
    """The reader is even given that nobody who had answered before became ill since."""
    check_revisions(*case, revisions=2)


@given(st.lists(st.integers(0, 12), max_size=6), st.integers(0, 40))
def test_groups_are_merged_only_where_each_might_have_nobody_ill(
    people: list[int], ill: int
) -> None:
    merged = may_merge(people, [ill])
    if merged:
        assert sum(1 for size in people if size) >= 2
        assert all(ill <= sum(people) - size for size in people)
    assert may_merge([*people, 5, 5], [0])
    assert merged == may_merge([*people, 0], [ill])


@settings(max_examples=40)
@given(ill_people(st.lists(sizes, min_size=1, max_size=4)))
@example(([(2, 0), (2, 5), (2, 6)], (1, 0, 0)))
@example(([(2, 0), (2, 1), (2, 5), (2, 5)], (2, 1, 0, 0)))
def test_a_total_above_the_lines_leaves_every_line_without_figures_open(
    case: tuple[list[Size], State],
) -> None:
    lines, truth = case

    def cover(state: State) -> tuple[frozenset[str], list[Unit]]:
        units = [
            Unit(str(n), figures("", lines[n], amber=ill).counts) for n, ill in enumerate(state)
        ]
        covered = covered_units(units, SMALL)
        return covered, [unit for unit in units if unit.code not in covered]

    covered, _ = cover(truth)
    assert covered >= {str(n) for n, size in enumerate(lines) if is_small(size)}
    if len(covered) == len(lines):
        return  # a total alone: as open as any total of its size
    states = product(*(range(answered + 1) for answered, _ in lines))
    hidden = [str(n) in covered for n in range(len(lines))]
    assert_open(states, lambda state: (cover(state), sum(state)), truth, hidden=hidden)
