"""The table of states: the one in the docs, whole, and sound."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases.rules.states import OPEN, TABLE, CaseAct, CaseState, is_allowed, next_state
from app.kernel.refusals import Refusal
from app.settings import ROOT

ROW = re.compile(r"^\| ([a-z_]+) \|(.+)\|$", re.MULTILINE)


def documented() -> dict[tuple[CaseState, CaseAct], str]:
    """The cells of docs/cases.md: a state, or the code of a refusal."""
    text = (ROOT / "docs" / "cases.md").read_text(encoding="utf-8")
    table = text.partition("| Act |")[2].partition("\n\n")[0]
    cells = {}
    for act, line in ROW.findall(table):
        values = [each.strip().strip("`") for each in line.split("|")]
        cells |= {
            (state, CaseAct(act)): value for state, value in zip(CaseState, values, strict=True)
        }
    return cells


def told(outcome: CaseState | type[Refusal]) -> str:
    return outcome.value if isinstance(outcome, CaseState) else outcome.code


def test_the_table_in_the_docs_is_the_programs_cell_by_cell() -> None:
    assert documented() == {cell: told(outcome) for cell, outcome in TABLE.items()}


def test_every_state_knows_every_act() -> None:
    assert len(TABLE) == len(CaseState) * len(CaseAct)


@pytest.mark.parametrize(("state", "act"), list(TABLE))
def test_a_cell_is_followed_or_refused(state: CaseState, act: CaseAct) -> None:
    outcome = TABLE[state, act]
    if is_allowed(state, act):
        assert next_state(state, act) is outcome
        return
    assert isinstance(outcome, type)
    with pytest.raises(outcome):
        next_state(state, act)


acts = st.lists(st.sampled_from(CaseAct), max_size=30)


def walk(done: list[CaseAct], state: CaseState = CaseState.NEW) -> list[CaseState]:
    """The states after each act; a refused one changes nothing."""
    seen = [state]
    for act in done:
        if is_allowed(seen[-1], act):
            seen.append(next_state(seen[-1], act))
    return seen


@given(acts)
def test_no_way_leads_back_to_new(done: list[CaseAct]) -> None:
    states = walk(done)
    left = next((at for at, state in enumerate(states) if state is not CaseState.NEW), len(states))
    assert CaseState.NEW not in states[left:]


@given(acts)
def test_only_opening_again_leads_out_of_closed(done: list[CaseAct]) -> None:
    state = CaseState.CLOSED
    for act in done:
        if act is CaseAct.REOPEN:
            continue
        assert not is_allowed(state, act)


@given(acts)
def test_from_everywhere_a_case_can_be_closed_and_opened_again(done: list[CaseAct]) -> None:
    state = walk(done)[-1]
    if state in OPEN:
        state = next_state(state, CaseAct.CLOSE)
    assert state is CaseState.CLOSED
    assert next_state(state, CaseAct.REOPEN) in OPEN


@given(acts)
def test_a_sign_never_leaves_a_case_cleared(done: list[CaseAct]) -> None:
    state = walk(done)[-1]
    if state in OPEN:
        assert next_state(state, CaseAct.SIGN_AGAIN) not in {CaseState.CLEARED, CaseState.CLOSED}
