"""Why somebody is expected on a day or not, and how many are."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.workforce.rules.expectation import Why, forecast, planned_day
from app.workforce.rules.shifts import (
    AssignedPattern,
    DaySpan,
    Pattern,
    ShiftCode,
    WorkFacts,
    expected_shift,
)

MONDAY = date(2026, 11, 23)
DAYS = st.integers(-20, 20).map(lambda days: MONDAY + timedelta(days=days))
SPANS = st.tuples(DAYS, st.none() | st.integers(0, 10)).map(
    lambda span: DaySpan(span[0], None if span[1] is None else span[0] + timedelta(days=span[1]))
)
PATTERNS = st.builds(
    Pattern,
    st.lists(st.none() | st.sampled_from(ShiftCode), min_size=1, max_size=9).map(tuple),
    DAYS,
)
FACTS = st.builds(
    WorkFacts,
    patterns=st.lists(st.builds(AssignedPattern, PATTERNS, SPANS), max_size=3).map(tuple),
    leaves=st.lists(SPANS, max_size=2).map(tuple),
    holidays=st.frozensets(DAYS, max_size=3),
    joined_on=st.none() | DAYS,
    left_on=st.none() | DAYS,
)


@given(facts=FACTS, on=DAYS)
def test_the_page_calls_a_day_expected_exactly_when_the_plan_does(
    facts: WorkFacts, on: date
) -> None:
    day = planned_day(facts, on)
    shift = expected_shift(facts, on)
    assert (day.why is Why.EXPECTED) is (shift is not None)
    if shift is not None:
        assert day.shift is shift


@given(everybody=st.lists(FACTS, max_size=6), days=st.integers(1, 14))
def test_a_forecast_counts_everybody_once_a_day(everybody: list[WorkFacts], days: int) -> None:
    for day in forecast(everybody, MONDAY, days):
        plans = [planned_day(facts, day.on) for facts in everybody]
        assert day.expected + sum(day.by_reason.values()) == len(everybody)
        for shift in ShiftCode:
            wanted = sum(plan.why is Why.EXPECTED and plan.shift is shift for plan in plans)
            assert day.by_shift.get(shift, 0) == wanted
        for why in set(Why) - {Why.EXPECTED}:
            assert day.by_reason.get(why, 0) == sum(plan.why is why for plan in plans)


def test_leave_on_a_day_off_is_still_told_as_leave() -> None:
    facts = WorkFacts(
        patterns=(AssignedPattern(Pattern((None,), MONDAY), DaySpan(MONDAY)),),
        leaves=(DaySpan(MONDAY, MONDAY),),
    )
    assert planned_day(facts, MONDAY).why is Why.ON_LEAVE
