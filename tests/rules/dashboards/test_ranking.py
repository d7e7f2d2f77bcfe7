"""Orders, reasons, periods, small lines and weeks: decided from plain values."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.dashboards.rules.compliance import CompanyDays, Day, Figures
from app.dashboards.rules.digests import digest_of, packed, unpacked, week_due
from app.dashboards.rules.lines import Line, joined, told_outside
from app.dashboards.rules.measures import Measure, Tally, stale_days, total
from app.dashboards.rules.periods import LONGEST_DAYS, period_of
from app.dashboards.rules.ranking import Sums, Why, ranked, reasons_of, weekly_rhythm

MONDAY = date(2026, 11, 23)
HEARD_AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
days_drawn = st.dates(date(1990, 1, 1), date(2100, 1, 1))
tallies = st.builds(
    lambda done, rest, heard: Tally(done, done + rest, heard),
    st.integers(0, 50),
    st.integers(0, 50),
    st.booleans(),
)


def company(*shares: int | None, name: str = "A", number: int = 1) -> CompanyDays:
    first = MONDAY - timedelta(days=len(shares) - 1)
    return CompanyDays(
        name,
        name,
        20,
        tuple(
            Day(first + timedelta(days=n), Tally() if share is None else Tally(share, 20, True))
            for n, share in enumerate(shares)
        ),
        HEARD_AT,
        number,
    )


@given(st.one_of(st.none(), days_drawn), days_drawn, st.integers(-5, 5000))
def test_a_period_is_short_enough_and_never_of_the_future(
    from_on: date | None, to_on: date, days: int
) -> None:
    period = period_of(from_on, to_on, days, MONDAY)
    assert period.from_on <= period.to_on <= MONDAY
    assert 1 <= len(period.days) <= LONGEST_DAYS
    assert len(period.before.days) == len(period.days)
    assert period.before.to_on == period.from_on - timedelta(days=1)


@given(st.lists(tallies))
def test_tallies_add_up_and_their_share_lies_between_0_and_1(rows: list[Tally]) -> None:
    whole = total(rows)
    assert whole.done == sum(each.done for each in rows if each.is_heard)
    assert whole.of == sum(each.of for each in rows if each.is_heard)
    assert whole.share is None or 0 <= whole.share <= 1


def test_no_share_passes_one_even_where_more_was_done_than_asked_for() -> None:
    assert Tally(12, 10, True).share == 1.0


def test_silent_companies_come_first_and_a_company_at_its_targets_has_no_reason() -> None:
    rows = ranked(
        [
            company(20, 20, name="C", number=1),
            company(10, 20, name="B", number=2),
            company(20, None, name="A", number=3),
        ],
        {},
        {},
    )
    assert [row.company.name for row in rows] == ["A", "B", "C"]
    assert [reason.why for reason in rows[0].reasons] == [Why.SILENT]
    assert rows[1].reasons[0].why is Why.LOW_DAYS
    assert rows[1].reasons[0].on == MONDAY - timedelta(days=1)
    assert rows[2].reasons == ()


def test_reasons_count_what_is_missing_and_no_measure_is_its_own_reason() -> None:
    sums = Sums(
        {
            Measure.FINAL: Tally(8, 10, True),
            Measure.TEAMS: Tally(3, 3, True),
            Measure.FOLLOWED: Tally(1, 4, True),
            Measure.DELIVERED: Tally(0, 0, True),
        }
    )
    found = {each.why: each for each in reasons_of(company(20), sums, 1.0, 1.0)}
    assert set(found) == {Why.NOT_FINAL, Why.OVERDUE}
    assert (found[Why.NOT_FINAL].count, found[Why.OVERDUE].count) == (2, 3)
    own = reasons_of(company(20), sums, 1.0, None, Measure.FINAL)
    assert Why.NOT_FINAL not in {each.why for each in own}


@pytest.mark.parametrize(("before", "told"), [(0.9, False), (0.97, True), (None, False)])
def test_a_small_step_down_is_no_reason(before: float | None, *, told: bool) -> None:
    found = reasons_of(company(18), Sums(), 0.9, before)
    assert (Why.WORSE in {each.why for each in found}) is told


def test_the_rhythm_of_a_week_leaves_out_days_without_data() -> None:
    days = [
        (MONDAY, Tally(5, 10, True)),
        (MONDAY - timedelta(days=7), Tally()),
        (MONDAY + timedelta(days=1), Tally(9, 10, True)),
    ]
    rhythm = weekly_rhythm(days)
    assert [each.share for each in rhythm[:3]] == [0.5, 0.9, None]


@given(st.lists(st.integers(1, 40), max_size=12), st.integers(2, 15))
def test_nobody_outside_can_work_out_a_small_line(people: list[int], small_cell: int) -> None:
    lines = [
        Line(number, f"L{number}", {MONDAY: Figures(size, size // 2)})
        for number, size in enumerate(people)
    ]
    told = told_outside(lines, small_cell)
    assert all(line.people >= small_cell for line in told)
    if told:
        assert sum(line.people for line in told) == sum(people)
        assert sum(line.figures_by_day[MONDAY].answered for line in told) == sum(
            size // 2 for size in people
        )
    merged = [line for line in told if line.lines > 1]
    assert len(merged) == (1 if told and min(people) < small_cell else 0)


def test_lines_as_one_have_the_people_of_both() -> None:
    whole = joined([Line(1, "A", {MONDAY: Figures(4)}), Line(2, "B", {MONDAY: Figures(7)})])
    assert (whole.people, whole.lines) == (11, 2)


def test_days_that_are_settled_are_looked_at_once() -> None:
    days = [MONDAY - timedelta(days=back) for back in (0, 1, 2, 10, 40)]
    now = HEARD_AT
    assert stale_days(days, {}, MONDAY, now) == days
    just = dict.fromkeys(days, now - timedelta(hours=1))
    assert stale_days(days, just, MONDAY, now) == days[:2]
    earlier = dict.fromkeys(days, now - timedelta(hours=13))
    assert stale_days(days, earlier, MONDAY, now) == days[:4]


@pytest.mark.parametrize(
    ("day", "hour", "week"),
    [(23, 6, 9), (23, 7, 16), (24, 0, 16), (29, 23, 16), (30, 6, 16), (30, 8, 23)],
)
def test_a_week_is_told_from_monday_morning_on(day: int, hour: int, week: int) -> None:
    now = datetime(2026, 11, day, hour, tzinfo=ZONE).astimezone(UTC)
    assert week_due(now, ZONE) == date(2026, 11, week)


def test_a_digest_comes_back_from_its_values_as_it_was() -> None:
    rows = ranked([company(10, 10, number=1)], {}, {1: Tally(19, 20, True)})
    digest = digest_of(MONDAY, rows, Tally(20, 40, True), Tally())
    assert unpacked(MONDAY, packed(digest)) == digest
    assert len(digest.changes) == 1
