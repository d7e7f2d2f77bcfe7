"""The table of a province's notice: whole, and never a way round a second person."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from app.alerts.rules.states import GONE, TABLE, AlertAct, AlertState, is_allowed, next_state

acts = st.lists(st.sampled_from(AlertAct), max_size=40)


def walk(done: list[AlertAct]) -> list[tuple[AlertAct | None, AlertState]]:
    """The acts that were allowed, from a draft on, each with the state after it."""
    seen: list[tuple[AlertAct | None, AlertState]] = [(None, AlertState.DRAFT)]
    for act in done:
        if is_allowed(seen[-1][1], act):
            seen.append((act, next_state(seen[-1][1], act)))
    return seen


def test_every_state_knows_every_act() -> None:
    assert len(TABLE) == len(AlertState) * len(AlertAct)


@given(acts)
def test_no_park_is_told_without_approval_and_countdown(done: list[AlertAct]) -> None:
    approved = False
    for (_, before), (act, after) in itertools.pairwise(walk(done)):
        approved = (approved or act is AlertAct.APPROVE) and after is not AlertState.DRAFT
        if after in GONE:
            assert approved
            assert before in GONE | {AlertState.COUNTDOWN}


@given(acts)
def test_what_parks_have_is_never_a_draft_again(done: list[AlertAct]) -> None:
    gone = False
    for _, state in walk(done):
        ended = {AlertState.CANCELLED, AlertState.EXPIRED}
        assert not gone or state in GONE | ended
        gone = gone or state in GONE


@given(acts)
def test_a_countdown_can_always_be_called_off_and_what_is_out_withdrawn(
    done: list[AlertAct],
) -> None:
    state = walk(done)[-1][1]
    if state is AlertState.COUNTDOWN:
        assert next_state(state, AlertAct.ABORT) is AlertState.DRAFT
    if state in GONE:
        assert next_state(state, AlertAct.CANCEL) is AlertState.CANCELLED
