"""One shift of two records: joined and parted, figures and levels with it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.checkins.rules import DutyState, Level
from app.checkins.rules.merging import (
    DutyFacts,
    StandingFacts,
    joined_duty,
    parted_duty,
    parted_standing,
    worse_standing,
)

AT = datetime(2026, 11, 24, 5, tzinfo=UTC)


@st.composite
def duties(draw: st.DrawFn, name: str) -> DutyFacts:
    branch = draw(st.integers(2, 3))
    state = draw(st.sampled_from(DutyState))
    if state is not DutyState.ANSWERED:
        return DutyFacts(1, branch, state)
    version = draw(st.integers(1, 3))
    at = AT + timedelta(minutes=draw(st.integers(0, 9)))
    level, on_time = draw(st.sampled_from(Level)), draw(st.booleans())
    return DutyFacts(1, branch, state, level, on_time, version, f"{name}{version}", at)


@given(st.none() | duties("kept"), duties("gone"))
def test_joining_never_makes_milder_and_never_forgets_an_answer(
    kept: DutyFacts | None, gone: DutyFacts
) -> None:
    joined = joined_duty(kept, gone)
    answered = [each for each in (kept, gone) if each and each.state is DutyState.ANSWERED]
    if answered:
        assert joined.state is DutyState.ANSWERED
        assert joined.level == max(each.level for each in answered if each.level)
        assert joined.check_in_id in {each.check_in_id for each in answered}
        assert joined.version == sum(each.version for each in answered)
    assert joined.branch_id == (kept or gone).branch_id
    assert joined.mark  # can be counted


@given(st.none() | duties("kept"), duties("gone"))
def test_what_was_not_touched_comes_apart_as_it_was(
    kept: DutyFacts | None, gone: DutyFacts
) -> None:
    joined = joined_duty(kept, gone)
    assert parted_duty(joined, joined, kept, own_answers={}, newest_version=0) == kept
    assert DutyFacts.from_json(joined.as_json()) == joined


@given(st.none() | duties("kept"), duties("gone"), st.sampled_from(Level))
def test_an_answer_given_since_stays(kept: DutyFacts | None, gone: DutyFacts, level: Level) -> None:
    joined = joined_duty(kept, gone)
    mark = {"state": DutyState.ANSWERED, "level": level, "check_in_id": "new"}
    now = replace(joined, **mark, version=joined.version + 1, answered_at=AT)
    parted = parted_duty(now, joined, kept, own_answers={"new": True}, newest_version=7)
    assert parted is not None
    assert (parted.check_in_id, parted.level, parted.version) == ("new", level, 7)


def standing(level: Level, name: str) -> StandingFacts:
    return StandingFacts(level, AT, name, ("reason",), None)


def test_of_two_levels_the_worse_stands_and_each_goes_back() -> None:
    amber, red = standing(Level.AMBER, "a"), standing(Level.RED, "r")
    assert worse_standing(amber, red) == worse_standing(red, amber) == red
    assert worse_standing(None, amber) == amber
    assert parted_standing(red, red, amber, None) == amber
    assert parted_standing(red, red, None, amber) == amber
    assert StandingFacts.from_json(red.as_json()) == red


def test_what_a_person_cleared_since_stays_cleared() -> None:
    red = standing(Level.RED, "r")
    assert parted_standing(None, red, red, None) is None
