"""The table of a notice's states: whole, sound, and never a way round approval or a stop."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.notices.rules.states import (
    TABLE,
    NoticeAct,
    NoticeState,
    is_allowed,
    may_remind,
    next_state,
)

acts = st.lists(st.sampled_from(NoticeAct), max_size=40)


def walk(done: list[NoticeAct]) -> list[tuple[NoticeAct | None, NoticeState]]:
    """The acts that were allowed, from a draft on, each with the state after it."""
    seen: list[tuple[NoticeAct | None, NoticeState]] = [(None, NoticeState.DRAFT)]
    for act in done:
        if is_allowed(seen[-1][1], act):
            seen.append((act, next_state(seen[-1][1], act)))
    return seen


def test_every_state_knows_every_act() -> None:
    assert len(TABLE) == len(NoticeState) * len(NoticeAct)


@pytest.mark.parametrize(("state", "act"), list(TABLE))
def test_a_cell_is_followed_or_refused(state: NoticeState, act: NoticeAct) -> None:
    outcome = TABLE[state, act]
    if is_allowed(state, act):
        assert next_state(state, act) is outcome
        return
    assert isinstance(outcome, type)
    with pytest.raises(outcome):
        next_state(state, act)


@given(st.sampled_from(NoticeState), st.integers(-90, 90), st.integers(-90, 90))
def test_only_who_had_time_to_read_what_still_holds_is_reminded(
    state: NoticeState, since: int, left: int
) -> None:
    now = datetime(2026, 11, 24, 5, tzinfo=UTC)
    minute = timedelta(minutes=1)
    may = may_remind(state, now - since * minute, now + left * minute, now)
    if may:
        assert state in {NoticeState.SENDING, NoticeState.SENT}
        assert left > 0
        assert since >= 10 or state is NoticeState.SENT
    assert not may_remind(state, None, now + minute, now)
    assert may_remind(NoticeState.SENT, now, now + minute, now)


@given(acts)
def test_nothing_is_sent_without_a_countdown_before_it(done: list[NoticeAct]) -> None:
    seen = walk(done)
    for (_, before), (_, after) in itertools.pairwise(seen):
        if after is NoticeState.SENDING and before is not NoticeState.SENDING:
            assert before is NoticeState.COUNTDOWN


@given(acts)
def test_what_waited_for_approval_is_sent_only_after_it_or_after_a_change(
    done: list[NoticeAct],
) -> None:
    asked = False
    for act, state in walk(done):
        if act is NoticeAct.ASK:
            asked = True
        if act in {NoticeAct.EDIT, NoticeAct.APPROVE, NoticeAct.RETURN}:
            asked = False
        assert not (asked and state in {NoticeState.COUNTDOWN, NoticeState.SENDING})


@given(acts)
def test_what_was_stopped_withdrawn_or_ran_out_is_never_sent_again(done: list[NoticeAct]) -> None:
    ended = {NoticeState.STOPPED, NoticeState.CANCELLED, NoticeState.EXPIRED}
    over = False
    for _, state in walk(done):
        assert not (over and state not in ended)
        over = over or state in ended


@given(acts)
def test_from_everything_that_is_sent_there_is_a_stop(done: list[NoticeAct]) -> None:
    state = walk(done)[-1][1]
    if state is NoticeState.SENDING:
        assert next_state(state, NoticeAct.STOP) is NoticeState.STOPPED
    if state is NoticeState.COUNTDOWN:
        assert next_state(state, NoticeAct.STOP) is NoticeState.DRAFT
