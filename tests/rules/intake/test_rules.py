"""What arrives in any order ends the same; acts follow the table; times are whole working days."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.feedback.rules.times import Stay
from app.intake.rules.answers import Task, read_answer, read_task
from app.intake.rules.calls import read_call
from app.intake.rules.items import Heard, Known, put_together, read_case, read_feedback
from app.intake.rules.refusals import ItemClosed, NotAnItem, NotAnsweredHere
from app.intake.rules.states import (
    TABLE,
    ItemAct,
    ItemKind,
    ItemState,
    is_allowed,
    next_state,
    state_by_park,
)
from app.intake.rules.times import by_week, end_of_day, working_day_after
from app.kernel.refusals import BadFields, Refusal

AT = datetime(2026, 11, 24, 3, tzinfo=UTC)
TASK = "0199aabb-0000-4000-8000-000000000000"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
STATES = ("passed_on", "taken_up", "answered", "closed")
heards = st.lists(
    st.builds(
        lambda seq, full, state: Heard(
            ItemKind.FEEDBACK, "x", seq, AT, {"text": str(seq)} if full else None, state
        ),
        st.integers(1, 30),
        st.booleans(),
        st.sampled_from(STATES),
    ),
    unique_by=lambda each: each.seq,
    max_size=8,
)
days = st.dates(date(2021, 1, 1), date(2030, 1, 1))
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(heards, st.randoms())
def test_any_order_and_any_repeat_end_the_same(heard: list[Heard], random: Any) -> None:
    def end(entries: list[Heard]) -> Known:
        known = Known()
        for each in entries:
            known = put_together(known, each)
        return known

    shuffled = heard + random.choices(heard, k=3) if heard else []
    random.shuffle(shuffled)
    assert end(shuffled) == end(sorted(heard, key=lambda each: each.seq))


def test_every_cell_of_the_table_is_a_state_or_a_refusal() -> None:
    assert len(TABLE) == len(ItemState) * len(ItemAct)
    for kind in ItemKind:
        for state, act in TABLE:
            if is_allowed(kind, state, act):
                assert isinstance(next_state(kind, state, act), ItemState)
            else:
                with pytest.raises(Refusal):
                    next_state(kind, state, act)


def test_what_is_closed_is_opened_first_and_a_call_is_answered_by_its_park() -> None:
    with pytest.raises(ItemClosed):
        next_state(ItemKind.CASE, ItemState.CLOSED, ItemAct.ANSWER)
    with pytest.raises(NotAnsweredHere):
        next_state(ItemKind.CALL, ItemState.NEW, ItemAct.ANSWER)
    assert is_allowed(ItemKind.CALL, ItemState.ANSWERED, ItemAct.CLOSE)
    assert not is_allowed(ItemKind.CALL, ItemState.WORKING, ItemAct.CLOSE)
    assert state_by_park(ItemState.CLOSED, "taken_up") is ItemState.CLOSED


@given(days, st.integers(1, 15))
def test_the_last_day_lies_so_many_working_days_after(on: date, count: int) -> None:
    last = working_day_after(on, count)
    between = [on + timedelta(days=n) for n in range(1, (last - on).days + 1)]
    assert last.isoweekday() <= 5
    assert len([each for each in between if each.isoweekday() <= 5]) == count
    assert end_of_day(last, ZONE).astimezone(ZONE).date() == last


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 30)), max_size=20), days)
def test_weeks_count_each_answer_of_their_days_once(
    told: list[tuple[int, int]], today: date
) -> None:
    stays = [
        Stay(
            "bus",
            today - timedelta(days=back + took),
            today,
            None,
            today - timedelta(days=back),
            None,
        )
        for back, took in told
    ]
    weeks = by_week(stays, today, 12)
    assert len(weeks) == 12
    assert weeks[-1].monday <= today < weeks[-1].monday + timedelta(days=7)
    counted = [back for back, _ in told if today - timedelta(days=back) >= weeks[0].monday]
    assert sum(week.answered for week in weeks) == len(counted)
    assert all((week.days is None) == (week.answered == 0) for week in weeks)


@given(st.dictionaries(st.sampled_from(["case", "feedback", "worker", "text"]), anything), anything)
def test_a_body_from_outside_is_read_or_refused(body: dict[str, Any], more: Any) -> None:
    given_body = {"state": "passed_on", "days": more, "tests": more, **body, "company": more}
    for read in (
        lambda: read_case(given_body, 1, AT),
        lambda: read_feedback(given_body, 1, AT),
        lambda: read_answer(given_body, AT),
        lambda: read_task(given_body),
    ):
        try:
            read()
        except NotAnItem:
            continue


@given(st.text(), st.sampled_from(["case", "\ud800", "a\x00b", "x" * 61, "0199aabb-1"]))
def test_what_is_kept_in_the_open_can_be_kept(code: str, ref: str) -> None:
    body = {"case": ref, "worker": {"name": "Hoa"}, "company": {"code": code}, "state": code}
    try:
        heard = read_case(body, 1, AT)
    except NotAnItem:
        assert ref in {"\ud800", "a\x00b", "x" * 61}
        return
    assert heard.content is not None
    for kept in (heard.ref, heard.state, heard.content["company"]["code"]):
        assert "\x00" not in kept
        assert kept.encode("utf-8").decode("utf-8") == kept


@given(anything, anything)
def test_a_case_keeps_what_can_be_read(answers: Any, told: Any) -> None:
    body = {
        "case": "c",
        "worker": {"name": "Hoa", "phone": told},
        "days": [{"on": "2026-11-24", "level": told, "answers": answers}, told],
        "level": told,
        "escalated_at": told,
    }
    content = read_case(body, 1, AT).content
    assert content is not None
    assert json.loads(json.dumps(content))["worker"]["name"] == "Hoa"
    assert len(json.dumps(content)) < 10_000


def test_a_task_comes_out_as_it_went_in() -> None:
    call = read_call(
        node="n", company=" SAOBAC ", category="bus", text="Xe chật", level="company", caller=""
    )
    day = date(2026, 11, 24)
    task = Task(TASK, call.category, call.text, call.company_code, call.level, day, day, "Thu")
    assert read_task(json.loads(json.dumps(task.body()))) == task
    assert "caller" not in task.body()
    with pytest.raises(BadFields):
        read_call(node="", company="", category="bus", text="x", level="team", caller="")
