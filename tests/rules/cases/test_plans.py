"""Tasks, days of follow-up and due times."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.cases.rules.clearances import (
    Wanting,
    clearance_rules,
    earliest_clear_on,
    rules_in_force,
    wanting,
)
from app.cases.rules.plans import (
    DaysAsked,
    NewTask,
    PersonClass,
    SampleResult,
    TaskKind,
    checked_days,
    checked_due,
    first_asked_on,
    follow_up_rules,
    longer,
    next_ask_at,
    next_due,
    tasks_for,
)
from app.cases.rules.refusals import BadDueTime, BadPlan
from app.checkins.rules.levels import Level
from app.kernel.clock import local_day
from app.settings import ROOT

DATA = ROOT / "app" / "cases" / "data"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 23, 22, 40, tzinfo=UTC)  # 05:40 on Tuesday
TODAY = date(2026, 11, 24)


def data(name: str) -> dict[str, object]:
    found: dict[str, object] = yaml.safe_load(Path(DATA / f"{name}.yaml").read_text("utf-8"))
    return found


RULES = follow_up_rules(data("follow_up"))
CLEARANCES = clearance_rules(data("clearance"))
days = st.dates(date(2020, 1, 1), date(2027, 12, 31))
spans = st.builds(DaysAsked, days, st.integers(1, 30))


def test_a_red_case_begins_with_a_call_isolation_and_a_test() -> None:
    tasks = tasks_for(RULES, Level.RED, NOW)
    assert [each.kind for each in tasks] == [TaskKind.CALL, TaskKind.ISOLATE, TaskKind.TEST]
    assert tasks[0].due_at == NOW + timedelta(minutes=30)


def test_a_case_that_turns_red_is_not_asked_for_the_same_call_twice() -> None:
    tasks = tasks_for(RULES, Level.RED, NOW, [TaskKind.CALL])
    assert TaskKind.CALL not in [each.kind for each in tasks]


def test_who_is_green_has_no_task_of_a_rule() -> None:
    assert tasks_for(RULES, Level.GREEN, NOW) == ()


def test_every_duty_of_the_rule_data_names_its_source_and_how_sure_it_is() -> None:
    known = data("follow_up")["sources"]
    for rules in RULES.opens_with.values():
        for rule in rules:
            assert rule.source in known  # type: ignore[operator]
            assert rule.evidence in {"found", "memory", "project"}
    assert {each.evidence for each in CLEARANCES} == {"found", "memory"}


@given(spans, spans)
def test_of_two_spans_every_day_stays_asked(one: DaysAsked, other: DaysAsked) -> None:
    both = longer(one, other)
    for span in (one, other):
        assert both.holds(span.from_on)
        assert both.holds(span.last_on)


@given(spans, st.sets(days, max_size=5), days)
def test_nobody_is_asked_on_a_day_that_was_heard_or_is_not_asked(
    asked: DaysAsked, heard: set[date], today: date
) -> None:
    at = next_ask_at(asked, heard, today, RULES, ZONE)
    if at is not None:
        on = local_day(at, ZONE)
        assert asked.holds(on)
        assert on >= today
        assert on not in heard
    else:
        left = [
            asked.from_on + timedelta(days=each)
            for each in range(asked.days)
            if asked.from_on + timedelta(days=each) >= today
        ]
        assert set(left) <= heard


moments = st.integers(0, 400_000).map(lambda minutes: NOW - timedelta(minutes=minutes))


@given(st.lists(moments, max_size=5), st.none() | moments, moments)
def test_every_open_case_has_a_due_time_and_none_of_its_tasks_is_due_before(
    tasks: list[datetime], ask: datetime | None, last_act_at: datetime
) -> None:
    at, step = next_due([NewTask(TaskKind.CALL, each) for each in tasks], ask, last_act_at, RULES)
    assert all(at <= each for each in tasks)
    if not tasks and ask is None:
        assert (step, at > last_act_at) == ("review", True)


@pytest.mark.parametrize("minutes", [-10, 60 * 24 * 31])
def test_a_task_is_due_ahead_and_within_a_month(minutes: int) -> None:
    with pytest.raises(BadDueTime):
        checked_due(NOW + timedelta(minutes=minutes), NOW)


@pytest.mark.parametrize(("from_on", "count"), [(TODAY, 0), (TODAY, 31), (date(2026, 9, 1), 7)])
def test_days_of_follow_up_make_sense(from_on: date, count: int) -> None:
    with pytest.raises(BadPlan):
        checked_days(from_on, count, TODAY, RULES)


def test_the_rules_of_today_are_those_in_force_since_2022() -> None:
    (f1,) = rules_in_force(CLEARANCES, PersonClass.F1, TODAY)
    assert (f1.days, f1.follow_up_days, f1.doc) == (0, 10, "1909/BYT-DP")
    assert rules_in_force(CLEARANCES, PersonClass.F2, TODAY) == ()


def test_seven_full_days_and_a_negative_test_clear_f0() -> None:
    rule = next(
        each for each in rules_in_force(CLEARANCES, PersonClass.F0, TODAY) if each.is_verified
    )
    negative = [SampleResult.POSITIVE, SampleResult.NEGATIVE]
    sixth, seventh = TODAY + timedelta(days=6), TODAY + timedelta(days=7)
    assert wanting(rule, TODAY, sixth, negative) == (Wanting.TOO_EARLY,)
    assert wanting(rule, TODAY, seventh, [SampleResult.POSITIVE]) == (Wanting.NO_NEGATIVE,)
    assert wanting(rule, TODAY, seventh, negative) == ()


def test_a_positive_test_of_a_contact_is_never_cleared_by_a_rule() -> None:
    (rule,) = rules_in_force(CLEARANCES, PersonClass.F1, TODAY)
    assert wanting(rule, TODAY, TODAY, [SampleResult.POSITIVE]) == (Wanting.POSITIVE,)


results = st.lists(st.sampled_from(SampleResult), max_size=4)


@given(st.sampled_from(CLEARANCES), days, days, results)
def test_a_rule_that_nobody_verified_computes_nothing(
    rule: object, began_on: date, today: date, found: list[SampleResult]
) -> None:
    assert hasattr(rule, "is_verified")
    if not rule.is_verified:
        assert earliest_clear_on(rule, began_on) is None  # type: ignore[arg-type]
        assert wanting(rule, began_on, today, found) == (Wanting.UNVERIFIED,)  # type: ignore[arg-type]


@given(st.sampled_from(PersonClass), days)
def test_a_rule_in_force_covers_the_day_the_isolation_began(
    person_class: PersonClass, began_on: date
) -> None:
    for rule in rules_in_force(CLEARANCES, person_class, began_on):
        assert rule.from_on <= began_on
        assert rule.to_on is None or began_on <= rule.to_on


@given(minutes=st.integers(min_value=0, max_value=2 * 24 * 60))
def test_nobody_is_overdue_to_be_asked_when_a_case_opens(minutes: int) -> None:
    now = datetime(2026, 11, 23, 17, tzinfo=UTC) + timedelta(minutes=minutes)
    today = now.astimezone(ZONE).date()
    from_on = first_asked_on(now, RULES, ZONE)
    assert from_on - today in (timedelta(0), timedelta(days=1))
    at = next_ask_at(DaysAsked(from_on, 3), (), today, RULES, ZONE)
    assert at is not None
    assert at > now
