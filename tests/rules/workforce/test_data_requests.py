"""Until when a request about one's own data is answered, and how it stands."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.workforce.queries.data_requests import get_request_rule
from app.workforce.rules.data_requests import (
    RequestState,
    answer_due_on,
    is_late,
    request_state,
)

RULE = get_request_rule()
DAYS = st.dates(date(2026, 1, 1), date(2030, 12, 31))


def test_the_rule_names_its_source_and_the_day_it_holds_from() -> None:
    assert RULE.answer_working_days == 2
    assert RULE.from_on == date(2026, 1, 1)
    assert "91/2025/QH15" in RULE.said("source", "vi")
    assert RULE.evidence == "found"
    assert RULE.reading_evidence == "project"


@pytest.mark.parametrize(
    ("received_on", "due_on"),
    [
        (date(2026, 11, 24), date(2026, 11, 26)),  # Tuesday, Thursday
        (date(2026, 11, 26), date(2026, 11, 30)),  # Thursday, Monday over the week-end
        (date(2026, 11, 28), date(2026, 12, 1)),  # Saturday, Tuesday
    ],
)
def test_two_working_days_after_the_day_of_receipt(received_on: date, due_on: date) -> None:
    assert answer_due_on(received_on, RULE, ()) == due_on


def test_a_holiday_is_no_working_day() -> None:
    eve = date(2026, 12, 31)
    assert answer_due_on(eve, RULE, {date(2027, 1, 1)}) == date(2027, 1, 5)


@given(DAYS, st.sets(DAYS, max_size=20))
def test_an_answer_is_due_on_a_working_day_after_receipt(
    received_on: date, holidays: set[date]
) -> None:
    due_on = answer_due_on(received_on, RULE, holidays)
    assert due_on > received_on
    assert due_on.isoweekday() in RULE.working_weekdays
    assert due_on not in holidays
    between = [
        day
        for offset in range(1, (due_on - received_on).days + 1)
        if (day := received_on + timedelta(days=offset)).isoweekday() < 6 and day not in holidays
    ]
    assert len(between) == 2


@given(DAYS, st.sets(DAYS, max_size=20), DAYS)
def test_one_more_holiday_never_shortens_the_time(
    received_on: date, holidays: set[date], another: date
) -> None:
    assert answer_due_on(received_on, RULE, holidays | {another}) >= answer_due_on(
        received_on, RULE, holidays
    )


def test_a_calendar_without_working_days_comes_to_an_end() -> None:
    received_on = date(2026, 11, 24)
    always = {received_on + timedelta(days=each) for each in range(400)}
    assert answer_due_on(received_on, RULE, always) > received_on


def test_the_last_answer_counts() -> None:
    assert request_state([]) is RequestState.OPEN
    assert request_state(["granted"]) is RequestState.GRANTED
    assert request_state(["granted", "done"]) is RequestState.CLOSED
    assert request_state(["declined"]) is RequestState.CLOSED


def test_only_what_nobody_answered_is_late() -> None:
    due_on = date(2026, 11, 26)
    assert not is_late(RequestState.OPEN, due_on, due_on)
    assert is_late(RequestState.OPEN, due_on, due_on + timedelta(days=1))
    assert not is_late(RequestState.GRANTED, due_on, due_on + timedelta(days=9))
