"""What planned changes make of each day, and which of them clash."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.workforce.rules.planned import (
    AlreadyThere,
    ChangeKind,
    DayOutOfReach,
    NotWorking,
    PlansClash,
    Standing,
    Step,
    StillWorking,
    after,
    check_day,
    check_fits,
    in_order,
    is_coming,
    shown_on,
    unfit,
    unit_on,
    with_steps,
)
from app.workforce.rules.shifts import (
    AssignedPattern,
    DaySpan,
    Pattern,
    ShiftCode,
    WorkFacts,
    expected_shift,
)

TODAY = date(2026, 11, 24)
DAYS = 40
EVERY_DAY = (
    AssignedPattern(Pattern((ShiftCode.CA1,), date(2026, 1, 1)), DaySpan(date(2026, 1, 1))),
)

standings = st.builds(Standing, st.booleans(), st.integers(1, 3))
steps = st.lists(
    st.builds(
        lambda n, kind, days, unit: Step(
            f"{n:04}",
            kind,
            TODAY + timedelta(days=days),
            unit if kind is ChangeKind.MOVE else None,
        ),
        st.integers(0, 9999),
        st.sampled_from(ChangeKind),
        st.integers(1, DAYS - 2),
        st.integers(1, 3),
    ),
    max_size=6,
    unique_by=lambda step: step.id,
)


def fitting(standing: Standing, wanted: list[Step]) -> list[Step]:
    over = {step.id for step in unfit(standing, wanted)}
    return [step for step in in_order(wanted) if step.id not in over]


def lived(standing: Standing, done: list[Step], on: date) -> Standing:
    """Where somebody stands on a day, once everything up to it was done as a person does it."""
    for step in in_order(done):
        if step.from_on <= on:
            standing = after(standing, step) or standing
    return standing


@given(standings, steps)
def test_what_fits_can_be_done_one_after_the_other_and_the_rest_cannot_be_added(
    standing: Standing, wanted: list[Step]
) -> None:
    held = fitting(standing, wanted)
    assert unfit(standing, held) == []
    for step in held:
        led_to = after(standing, step)
        assert led_to is not None
        standing = led_to
    assert len({step.from_on for step in held}) == len(held)
    assert all(step.kind is not ChangeKind.LEAVE for step in held[:-1])


@given(standings, steps)
def test_a_change_asked_for_is_refused_exactly_when_it_leaves_something_that_cannot_be(
    standing: Standing, wanted: list[Step]
) -> None:
    held: list[Step] = []
    for step in wanted:
        try:
            check_fits(standing, held, step)
        except (PlansClash, NotWorking, StillWorking, AlreadyThere):
            assert unfit(standing, [*held, step])
            continue
        held.append(step)
        assert unfit(standing, held) == []


@given(standings, steps)
def test_on_every_day_the_plan_says_what_doing_it_day_by_day_will_have_made(
    standing: Standing, wanted: list[Step]
) -> None:
    held = fitting(standing, wanted)
    left_on = None if standing.working else TODAY - timedelta(days=9)
    facts = with_steps(WorkFacts(EVERY_DAY, left_on=left_on), held)
    for on in (TODAY + timedelta(days=each) for each in range(DAYS)):
        will_be = lived(standing, held, on)
        assert (expected_shift(facts, on) is not None) is will_be.working
        assert unit_on(standing.branch_id, held, on) == will_be.branch_id


@given(st.sampled_from(ChangeKind), st.integers(-800, 800))
def test_a_day_of_a_year_ahead_is_the_last_one_and_the_days_back_are_told(
    kind: ChangeKind, days: int
) -> None:
    back = {ChangeKind.MOVE: 31, ChangeKind.LEAVE: 366, ChangeKind.RETURN: 0}[kind]
    shown = TODAY + timedelta(days=days)
    from_on = shown + timedelta(days=1) if kind is ChangeKind.LEAVE else shown
    step = Step("1", kind, from_on, 2)
    assert shown_on(step) == shown
    assert is_coming(step, TODAY) is (days > 0)
    if -back <= days <= 366:
        check_day(step, TODAY)
    else:
        with pytest.raises(DayOutOfReach):
            check_day(step, TODAY)


def test_each_refusal_names_what_is_in_the_way() -> None:
    here, gone = Standing(True, 1), Standing(False, 1)
    on = TODAY + timedelta(days=5)
    leave, move = Step("a", ChangeKind.LEAVE, on), Step("b", ChangeKind.MOVE, on, 2)
    with pytest.raises(StillWorking):
        check_fits(here, [], Step("c", ChangeKind.RETURN, on))
    with pytest.raises(NotWorking):
        check_fits(gone, [], leave)
    with pytest.raises(AlreadyThere):
        check_fits(here, [], Step("c", ChangeKind.MOVE, on, 1))
    with pytest.raises(PlansClash) as clash:
        check_fits(here, [leave], Step("c", ChangeKind.MOVE, on + timedelta(days=3), 2))
    assert clash.value.params == {"on": on - timedelta(days=1)}
    with pytest.raises(PlansClash) as clash:
        check_fits(here, [move], leave)
    assert clash.value.params == {"on": on}


def test_moving_away_and_back_again_is_two_moves_and_nothing_without_the_first() -> None:
    here = Standing(True, 1)
    away = Step("a", ChangeKind.MOVE, TODAY + timedelta(days=2), 2)
    back = Step("b", ChangeKind.MOVE, TODAY + timedelta(days=9), 1)
    assert unfit(here, [away, back]) == []
    assert unfit(here, [back]) == [back]
