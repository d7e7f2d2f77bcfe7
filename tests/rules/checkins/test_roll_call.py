"""What a mark of a sheet does: pure, for every way a person may stand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.checkins.queries.rule_sets import list_rule_sets
from app.checkins.rules import Answers, DutyState, Level, parse_answers, triage
from app.checkins.rules.merging import DutyFacts
from app.checkins.rules.roll_call import (
    By,
    Found,
    Kept,
    Mark,
    Remains,
    RollLine,
    Said,
    SheetSlot,
    answers_said,
    decide,
    joined_answers,
    remains,
    restored_duty,
    slot_to_call,
)
from app.workforce.rules.shifts import ShiftCode

RULES = list_rule_sets()
NOW = datetime(2026, 11, 23, 23, 10, tzinfo=UTC)
EARLIER, LATER = NOW - timedelta(minutes=5), NOW + timedelta(minutes=5)
SIGNS = list(RULES[0].questions.symptoms)
some_answers = st.builds(
    Answers,
    symptoms=st.lists(st.sampled_from(SIGNS), max_size=3, unique=True).map(tuple),
    temperature_c=st.none() | st.floats(35, 41).map(lambda value: round(value, 1)),
)
lines = st.builds(
    RollLine,
    badge=st.just("SB-1"),
    said=st.sampled_from(Said),
    symptoms=st.lists(st.sampled_from(SIGNS), max_size=2, unique=True).map(tuple),
    temperature_c=st.none() | st.floats(35, 41).map(lambda value: round(value, 1)),
    reason=st.sampled_from(("", "nghỉ ốm")),
)


def duty(state: DutyState, level: Level | None = None, **more: Any) -> DutyFacts:
    return DutyFacts(1, 2, state, level, **more)


@st.composite
def people(draw: st.DrawFn) -> Found:
    """Somebody as they may stand: the answer, its verdict and who gave it belong together."""
    state = draw(st.none() | st.sampled_from(DutyState))
    if state is None:
        return Found(None)
    if state is not DutyState.ANSWERED:
        by = draw(st.sampled_from((By.ROLL_CALL, By.OTHER)))
        return Found(duty(state), By.NOBODY if state is DutyState.EXPECTED else by)
    told = draw(some_answers)
    level = triage(told, RULES[0]).level
    by = draw(st.sampled_from((By.OWN, By.OTHER, By.ROLL_CALL)))
    called_at = draw(st.sampled_from((EARLIER, LATER))) if by is By.ROLL_CALL else None
    return Found(duty(state, level, version=1, check_in_id="c"), by, told, level, called_at)


def given_by(line: RollLine) -> Answers | None:
    plain = answers_said(line, RULES[0])
    return None if plain is None else parse_answers(plain, RULES[0].questions)


@given(line=lines, found=people())
def test_no_mark_makes_an_answer_milder_or_overwrites_what_somebody_said(
    line: RollLine, found: Found
) -> None:
    said = given_by(line)
    step = decide(line, found, said, RULES[0], NOW)
    if found.state is not DutyState.ANSWERED or step.to is None:
        return
    if step.to is DutyState.ANSWERED:
        assert said is not None
        joined = joined_answers(said, found.told, RULES[0])
        assert triage(joined, RULES[0]).level >= (found.answer_level or Level.GREEN)
        assert set(joined.symptoms) >= set(found.told.symptoms)
        assert set(joined.exposures) >= set(found.told.exposures)
    else:
        assert (found.by, found.answer_level) == (By.ROLL_CALL, Level.GREEN)
        assert found.called_at == EARLIER


@given(line=lines, found=people())
def test_a_mark_is_done_or_the_reason_is_told_unless_it_says_nothing(
    line: RollLine, found: Found
) -> None:
    step = decide(line, found, given_by(line), RULES[0], NOW)
    assert (step.to is None) or (step.why is None)
    if step.to is None and step.why is None:
        assert line.said is Said.LEFT_OUT


@given(line=lines, found=people())
def test_saying_it_again_changes_nothing(line: RollLine, found: Found) -> None:
    said = given_by(line)
    step = decide(line, found, said, RULES[0], NOW)
    if step.to is None:
        return
    told = joined_answers(said, found.told, RULES[0]) if said else Answers()
    level = triage(told, RULES[0]).level if said else None
    after = Found(
        duty(step.to, level, version=2, check_in_id="n" if said else None, reason=line.reason),
        By.ROLL_CALL,
        told,
        level,
        NOW,
    )
    assert decide(line, after, said, RULES[0], NOW).to is None


@given(told=some_answers)
@pytest.mark.parametrize("rules", RULES, ids=lambda rules: rules.id)
def test_a_roll_call_well_is_green_and_an_unnamed_sign_is_not(rules: Any, told: Answers) -> None:
    well = answers_said(RollLine("SB-1", Said.WELL), rules)
    signs = answers_said(RollLine("SB-1", Said.SYMPTOMS), rules)
    assert triage(parse_answers(well, rules.questions), rules).level is Level.GREEN
    assert triage(parse_answers(signs, rules.questions), rules).level > Level.GREEN
    joined = joined_answers(parse_answers(well, rules.questions), told, rules)
    assert triage(joined, rules).level == triage(told, rules).level


def test_who_is_not_there_any_more_is_left_but_signs_are_heard() -> None:
    gone = Found(duty(DutyState.EXPECTED), in_group=False)
    well, signs = RollLine("SB-1", Said.WELL), RollLine("SB-1", Said.SYMPTOMS)
    assert decide(well, gone, given_by(well), RULES[0], NOW).why is Kept.NOT_IN_GROUP
    assert decide(signs, gone, given_by(signs), RULES[0], NOW).to is DutyState.ANSWERED
    left = replace(gone, has_left=True)
    assert decide(signs, left, given_by(signs), RULES[0], NOW).why is Kept.HAS_LEFT


def test_what_an_undo_leaves_and_what_it_puts_back() -> None:
    before = duty(DutyState.EXPECTED)
    after = duty(DutyState.ANSWERED, Level.GREEN, version=1, check_in_id="c")
    mark = Mark("r", before, after, Level.GREEN)
    assert remains(mark, after, called_later=False) is None
    assert remains(mark, after, called_later=True) is Remains.LATER_ROLL_CALL
    newer = replace(after, check_in_id="d", version=2)
    assert remains(mark, newer, called_later=False) is Remains.ANSWERED_SINCE
    assert remains(mark, before, called_later=False) is Remains.CHANGED_SINCE
    assert remains(mark, None, called_later=False) is Remains.CHANGED_SINCE
    ill = replace(mark, level=Level.AMBER)
    assert remains(ill, after, called_later=False) is Remains.SIGNS_TOLD
    assert remains(replace(mark, before=None), after, called_later=False) is Remains.NOT_EXPECTED
    assert restored_duty(before, after, Level.RED) == replace(before, version=1)
    green = duty(DutyState.ANSWERED, Level.GREEN, version=1, check_in_id="b")
    assert restored_duty(green, newer, Level.RED) == replace(green, version=2, level=Level.RED)


def test_the_shift_that_runs_or_begins_soon_is_called() -> None:
    day = datetime(2026, 11, 24, tzinfo=UTC)

    def slot(starts: int, ends: int) -> SheetSlot:
        return SheetSlot(
            day.date(), ShiftCode.CA1, day + timedelta(hours=starts), day + timedelta(hours=ends), 5
        )

    night, morning = slot(-2, 6), slot(6, 14)
    assert slot_to_call([morning, night], day + timedelta(hours=3)) == night
    assert slot_to_call([morning, night], day + timedelta(hours=5)) == morning
    assert slot_to_call([morning, night], day + timedelta(hours=20)) == morning
    assert slot_to_call([morning, night], day - timedelta(hours=9)) == night
    assert slot_to_call([], day) is None
