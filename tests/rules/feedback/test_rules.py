"""What feedback may become, who reads it, and how its days are counted."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.feedback.rules.notes import (
    CODE_LETTERS,
    Category,
    Level,
    code_hash,
    first_level,
    level_above,
    read_note,
)
from app.feedback.rules.reach import reach_of
from app.feedback.rules.states import TABLE, FeedbackAct, FeedbackState, is_allowed, next_state
from app.feedback.rules.times import Stay, measure
from app.kernel.actors import Actor, Grant, Role
from app.kernel.refusals import BadFields

TODAY = date(2026, 11, 24)
STATES, ACTS = st.sampled_from(FeedbackState), st.sampled_from(FeedbackAct)
LEVELS = st.sampled_from(Level)


def test_every_state_knows_every_act() -> None:
    assert len(TABLE) == len(FeedbackState) * len(FeedbackAct)


@given(STATES, ACTS)
def test_a_cell_is_followed_or_refused(state: FeedbackState, act: FeedbackAct) -> None:
    if is_allowed(state, act):
        assert next_state(state, act) in set(FeedbackState)
    else:
        with pytest.raises(Exception, match="feedback"):
            next_state(state, act)


@given(st.lists(ACTS, max_size=12))
def test_what_is_closed_is_only_opened_again(acts: list[FeedbackAct]) -> None:
    state = FeedbackState.CLOSED
    for act in acts:
        if not is_allowed(state, act):
            continue
        if state is FeedbackState.CLOSED:
            assert act is FeedbackAct.REOPEN
        state = next_state(state, act)


@given(LEVELS)
def test_a_level_passes_up_until_the_province(level: Level) -> None:
    above = level_above(level)
    assert (above is None) == (level is Level.PROVINCE)
    if above is not None:
        assert list(Level).index(above) == list(Level).index(level) + 1


@given(st.sampled_from(Category), st.booleans(), st.booleans(), st.booleans())
def test_a_note_of_nobody_never_lies_with_the_team(
    category: Category, named: bool, has_company: bool, has_team: bool
) -> None:
    level = first_level(category, named=named, has_company=has_company, has_team=has_team)
    if not named or category is Category.FORCED:
        assert level is not Level.TEAM
    if not has_company:
        assert level is Level.PARK


@given(LEVELS)
def test_a_park_manager_reads_no_name_and_nothing_below(level: Level) -> None:
    lam = reach_of(Actor("a", "Lâm", (Grant(Role.PARK_MANAGER, "/1/"),)))
    assert not lam.knows_name("/1/2/5/")
    assert lam.sees("/1/2/5/", level) == (level in (Level.PARK, Level.PROVINCE))
    assert lam.holds("/1/2/5/", level) == lam.sees("/1/2/5/", level)


@given(LEVELS)
def test_another_company_and_other_roles_see_nothing(level: Level) -> None:
    khoi = reach_of(Actor("a", "Khôi", (Grant(Role.SAFETY_OFFICER, "/1/3/"),)))
    admin = reach_of(Actor("a", "An", (Grant(Role.ADMIN, "/1/"),)))
    assert not khoi.sees("/1/2/5/", level)
    assert not admin.sees("/1/2/5/", level)


@given(LEVELS)
def test_the_team_works_only_on_what_lies_with_it(level: Level) -> None:
    nhung = reach_of(Actor("a", "Nhung", (Grant(Role.TEAM_MEMBER, "/1/2/5/"),)))
    assert nhung.sees("/1/2/5/", level)
    assert nhung.holds("/1/2/5/", level) == (level is Level.TEAM)
    assert not nhung.sees("/1/2/", level)


@given(st.text(alphabet=CODE_LETTERS, min_size=9, max_size=9))
def test_a_code_is_the_same_however_it_is_typed(code: str) -> None:
    typed = f" {code[:3].lower()}-{code[3:6]} . {code[6:]} "
    assert code_hash(typed) == code_hash(code)


@pytest.mark.parametrize(
    ("category", "text"),
    [("", "x"), (None, "x"), ("canteen", ""), ("canteen", " \n"), ("canteen", "a" * 2001)],
)
def test_a_note_says_what_and_about_what(category: object, text: object) -> None:
    with pytest.raises(BadFields):
        read_note(category, text)


def test_a_text_is_composed_and_keeps_its_lines() -> None:
    assert (
        read_note("bus", "Xe cha\u0302\u0323t \n không mở cửa sổ ")[1]
        == "Xe chật \n không mở cửa sổ"
    )


@st.composite
def stays(draw: st.DrawFn) -> Stay:
    created = TODAY - timedelta(days=draw(st.integers(0, 60)))

    def later() -> date | None:
        return created + timedelta(days=draw(st.integers(0, 20))) if draw(st.booleans()) else None

    key = draw(st.sampled_from(Category))
    return Stay(key, created, created + timedelta(days=3), later(), later(), later())


@given(st.lists(stays(), max_size=40))
def test_the_figures_add_up(found: list[Stay]) -> None:
    lines = measure(found, list(Category), TODAY)
    assert sum(line.came for line in lines) == len(found)
    for line in lines:
        assert line.in_time <= line.answered <= line.came
        assert line.answered + line.overdue <= line.came
        assert (line.answer_days is None) == (line.answered == 0)
        assert line.answer_days is None or line.answer_days >= 0
