"""How long is long enough, when a night's purge is due, what a register says after a cut."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.ids import new_id
from app.retention.queries.plan import get_rules
from app.retention.rules.breaches import (
    BreachClock,
    BreachInTheFuture,
    BreachToldTooEarly,
    breach_time,
    check_known,
    check_told,
)
from app.retention.rules.erasures import (
    Depth,
    Granted,
    depth_for,
    first_day_left,
    not_yet_done,
    read_register,
)
from app.retention.rules.keys import REPLACED_AFTER, look_at_keys
from app.retention.rules.periods import (
    DaysOutOfBounds,
    RetentionRule,
    check_days,
    first_kept_on,
    is_purge_due,
)
from app.retention.rules.steps import add_up, split_by_weight

PARK = ZoneInfo("Asia/Ho_Chi_Minh")
rules = st.sampled_from(sorted(get_rules().values(), key=lambda rule: rule.code))
days = st.dates(date(2026, 1, 1), date(2036, 1, 1))
moments = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2036, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
spans = st.timedeltas(timedelta(0), timedelta(days=400))
grants = st.builds(Granted, st.builds(new_id, moments), st.sampled_from(Depth), moments)


@given(rules, days, st.data())
def test_nothing_goes_before_its_days_are_over(
    rule: RetentionRule, today: date, data: st.DataObject
) -> None:
    kept = data.draw(st.integers(rule.least, rule.most))
    first = first_kept_on(rule, kept, today)
    assert today - first == timedelta(days=kept + rule.extra_days)
    assert first_kept_on(rule, kept, today + timedelta(days=1)) > first


def test_an_answer_stays_for_28_days_after_the_last_window() -> None:
    rule = get_rules()["answers"]
    assert first_kept_on(rule, rule.days, date(2026, 11, 24)) == date(2026, 10, 13)


@given(rules, st.integers(-10, 5000))
def test_days_stay_within_the_bounds_of_the_rule(rule: RetentionRule, asked: int) -> None:
    if rule.least <= asked <= rule.most:
        assert check_days(rule, asked) == asked
    else:
        with pytest.raises(DaysOutOfBounds):
            check_days(rule, asked)


def test_what_the_database_keeps_of_the_log_is_less_than_any_rule_allows() -> None:
    assert get_rules()["audit"].least > 365


@given(moments, spans)
def test_a_purge_is_due_once_a_night_and_after_every_pause(now: datetime, ago: timedelta) -> None:
    assert is_purge_due(None, now, PARK)
    assert not is_purge_due(now, now, PARK)
    if ago >= timedelta(days=1):
        assert is_purge_due(now - ago, now, PARK)


def test_the_night_begins_at_twenty_to_three_in_the_park() -> None:
    evening = datetime(2026, 11, 24, 22, 0, tzinfo=PARK)
    assert not is_purge_due(evening, datetime(2026, 11, 25, 2, 39, tzinfo=PARK), PARK)
    assert is_purge_due(evening, datetime(2026, 11, 25, 2, 40, tzinfo=PARK), PARK)


@given(st.lists(grants, max_size=5), st.data())
def test_a_register_that_was_cut_off_loses_its_last_line_at_most(
    granted: list[Granted], data: st.DataObject
) -> None:
    lines = list(dict.fromkeys(granted))
    text = "".join(f"{each.line()}\n" for each in lines)
    assert read_register(text) == lines
    cut = text[: data.draw(st.integers(0, len(text)))]
    assert read_register(cut) == lines[: len(read_register(cut))]
    assert len(read_register(cut)) >= cut.count("\n")
    assert read_register(f"{cut}\n{text}") == [*lines]


@pytest.mark.parametrize("line", ["", "{}", "[1]", "nonsense", '{"worker":"x","depth":"whole"}'])
def test_a_line_that_says_nothing_deletes_nobody(line: str) -> None:
    assert read_register(line) == []


@given(st.lists(grants, unique=True, max_size=6), st.data())
def test_only_what_the_database_does_not_know_of_is_done_again(
    register: list[Granted], data: st.DataObject
) -> None:
    known = data.draw(st.lists(st.sampled_from(register), unique=True)) if register else []
    missing = not_yet_done(register, [(each.worker_id, each.at) for each in known])
    assert all(each not in known for each in missing)
    assert not_yet_done(register, [(each.worker_id, each.at) for each in register]) == []


@given(days)
def test_whoever_still_works_here_keeps_a_name_and_the_running_shift(today: date) -> None:
    assert depth_for(None, today) is Depth.HISTORY
    assert depth_for(today + timedelta(days=1), today) is Depth.HISTORY
    assert depth_for(today, today) is Depth.WHOLE
    assert first_day_left(today) < today


@given(moments, spans, spans)
def test_a_breach_has_72_hours_from_when_it_was_known(
    known: datetime, told: timedelta, later: timedelta
) -> None:
    told_at = known + told
    done = breach_time(known, told_at, told_at + later)
    assert done.due_at - known == timedelta(hours=72)
    assert (done.clock is BreachClock.TOLD) == (told <= timedelta(hours=72))
    open_one = breach_time(known, None, known + later)
    assert (open_one.clock is BreachClock.RUNNING) == (later <= timedelta(hours=72))
    assert 0 <= open_one.minutes_left <= 72 * 60


@given(moments, st.timedeltas(timedelta(seconds=1), timedelta(days=9)))
def test_nobody_is_told_before_it_was_known_or_tomorrow(now: datetime, span: timedelta) -> None:
    check_known(now, now)
    check_told(now - span, now, now)
    with pytest.raises(BreachInTheFuture):
        check_known(now + span, now)
    for told in (now - span, now + span):
        with pytest.raises(BreachToldTooEarly):
            check_told(now, told, now)


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(0, 9))))
def test_counts_add_up_and_leave_noughts_out(counts: list[dict[str, int]]) -> None:
    total = add_up(counts)
    assert sum(total.values()) == sum(sum(each.values()) for each in counts)
    assert all(total.values())


@given(moments, st.lists(spans, max_size=4), spans)
def test_a_key_is_destroyed_only_after_its_days_and_the_one_in_use_never(
    now: datetime, ages: list[timedelta], kept: timedelta
) -> None:
    past = [{"kid": str(n), "ended_at": (now - age).isoformat()} for n, age in enumerate(ages)]
    look = look_at_keys({"kid": "new", "d": "x", "past": past}, before=now - kept, now=now)
    assert (look.keys["kid"], look.keys["d"], look.is_old) == ("new", "x", False)
    assert look.destroyed == sum(age > kept for age in ages)
    again = look_at_keys(look.keys, before=now - kept, now=now + REPLACED_AFTER)
    assert (again.destroyed, again.is_old) == (0, True)


def test_a_past_key_of_which_nobody_knows_the_end_ends_now() -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    first = look_at_keys({"past": [{"kid": "a"}]}, before=now - timedelta(days=1), now=now)
    assert first.destroyed == 0
    later = look_at_keys(first.keys, before=now + timedelta(days=1), now=now + timedelta(days=2))
    assert (later.destroyed, "past" in later.keys) == (1, False)


@given(st.lists(st.integers(0, 300), max_size=40), st.integers(1, 250))
def test_what_goes_in_one_write_weighs_no_more_than_allowed(weights: list[int], most: int) -> None:
    keys = [(f"k{n}",) for n in range(len(weights))]
    by_key = {key[0]: weight for key, weight in zip(keys, weights, strict=True) if weight}
    split = split_by_weight(keys, by_key, most)
    assert [key for part in split for key in part] == keys
    for part in split:
        assert len(part) == 1 or sum(by_key.get(key[0], 0) for key in part) <= most
    if not by_key:
        assert len(split) <= 1
