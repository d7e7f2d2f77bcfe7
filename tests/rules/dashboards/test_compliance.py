"""Shares by day: never over 100, never 0 for what is unknown, never worse for a day off."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.dashboards.rules.compliance import (
    CompanyDays,
    Day,
    Figures,
    company_days,
    reached,
    share_of,
    tally_of,
    together,
    worst_first,
)
from app.dashboards.rules.measures import Measure, Tally
from app.dashboards.rules.periods import Period

MONDAY = date(2026, 11, 23)
HEARD_AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
ALL = Figures(expected=20, answered=20, on_time=18)
HALF = Figures(expected=20, answered=10, on_time=10)
NOTHING = Figures(expected=20)


def company(*days: Day, name: str = "Sao Bắc") -> CompanyDays:
    return CompanyDays("SB", name, 20, days, HEARD_AT)


def told(figures: Figures) -> Tally:
    return tally_of(figures, Measure.ANSWERED)


def days_of(*figures: Figures) -> tuple[Day, ...]:
    first = MONDAY - timedelta(days=len(figures) - 1)
    return tuple(Day(first + timedelta(days=n), told(each)) for n, each in enumerate(figures))


@st.composite
def sound_figures(draw: st.DrawFn) -> Figures:
    answered, absent, not_asked, silent = (draw(st.integers(0, 50)) for _ in range(4))
    on_time = draw(st.integers(0, answered))
    return Figures(answered + absent + not_asked + silent, answered, on_time, absent, not_asked)


@given(st.lists(sound_figures(), max_size=12))
def test_a_share_lies_between_0_and_1_however_shifts_add_up(figures: list[Figures]) -> None:
    total = sum(figures, Figures())
    for each in (*figures, total):
        assert each.share is None or 0 <= each.share <= 1
        assert each.share_on_time is None or each.share_on_time <= (each.share or 0)
        assert each.not_answered >= 0


def test_nothing_heard_is_no_data_and_not_zero() -> None:
    (day,) = days_of(NOTHING)
    assert day.share is None
    assert day.is_silent


def test_an_absent_person_does_not_lower_the_share() -> None:
    assert Figures(expected=20, answered=18, absent=2).share == 1.0


def test_a_day_without_anybody_is_off_only_where_the_schedule_says_so() -> None:
    span = Period(MONDAY, MONDAY + timedelta(days=2)).days
    off, unknown, planned = company_days(
        span, {span[2]: told(NOTHING)}, {span[0]: False, span[1]: None, span[2]: False}
    )
    assert (off.off, off.is_silent) == (True, False)
    assert (unknown.off, unknown.is_silent) == (False, True)
    assert (planned.off, planned.is_silent) == (False, True)


def test_a_day_whose_shifts_have_not_begun_is_not_silent() -> None:
    (day,) = company_days([MONDAY], {}, {MONDAY: True}, {MONDAY})
    assert (day.ahead, day.is_silent, day.share) == (True, False, None)


def test_a_company_is_silent_when_its_newest_working_day_is() -> None:
    sunday = Day(MONDAY - timedelta(days=1), off=True)
    assert company(*days_of(ALL, NOTHING)).is_silent
    assert company(Day(MONDAY - timedelta(days=2), told(NOTHING)), sunday).is_silent
    assert not company(Day(MONDAY - timedelta(days=2), told(ALL)), sunday).is_silent
    assert company(Day(sunday.on, told(NOTHING)), Day(MONDAY, ahead=True)).is_silent


def test_days_without_data_stay_out_of_every_average() -> None:
    assert share_of(days_of(ALL, NOTHING, HALF)) == 0.75
    assert company(*days_of(ALL, NOTHING)).average == 1.0
    assert company(*days_of(NOTHING)).average is None


def test_the_change_compares_one_week_with_the_week_before() -> None:
    assert company(*days_of(*[HALF] * 7, *[ALL] * 7)).change == 0.5
    assert company(*days_of(*[NOTHING] * 7, *[ALL] * 7)).change is None


def test_all_companies_together_count_those_heard_of() -> None:
    span = Period(MONDAY, MONDAY).days
    (day,) = together(span, [company(Day(MONDAY, told(ALL))), company(Day(MONDAY, told(NOTHING)))])
    assert day.share == 1.0
    (off,) = together(span, [company(Day(MONDAY, off=True))] * 2)
    assert off.off


def test_silent_companies_stand_first_and_the_rest_from_the_lowest_share_up() -> None:
    rows = [
        company(Day(MONDAY, told(ALL)), name="A"),
        company(Day(MONDAY, off=True), name="B"),
        company(Day(MONDAY, told(HALF)), name="C"),
        company(Day(MONDAY, told(NOTHING)), name="D"),
    ]
    assert [each.name for each in worst_first(rows)] == ["D", "C", "A", "B"]
    found = reached(rows)
    assert (found.reached, found.under, found.silent, found.waiting) == (1, 1, 1, 1)
