"""What a province adds up out of summaries: nothing hidden is told, nothing passes 100 %."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.checkins.rules import Counts
from app.dashboards.rules.province import (
    ParkDay,
    Told,
    Totals,
    add,
    is_silent,
    read_report,
    together,
    totals_of,
    trend_days,
)
from app.sync.rules import CompanyFigures, day_summary, shift_summary
from app.workforce.rules.shifts import ShiftCode

ON = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


@st.composite
def counts(draw: st.DrawFn) -> Counts:
    expected = draw(st.integers(0, 40))
    absent = draw(st.integers(0, expected))
    answered = draw(st.integers(0, expected - absent))
    red = draw(st.integers(0, answered))
    amber = draw(st.integers(0, answered - red))
    return Counts(
        expected=expected,
        answered=answered,
        on_time=draw(st.integers(0, answered)),
        absent=absent,
        not_asked=0,
        green=answered - red - amber,
        amber=amber,
        red=red,
    )


@st.composite
def bodies(draw: st.DrawFn, shift: ShiftCode = ShiftCode.CA1) -> dict[str, Any]:
    figures = [
        CompanyFigures(f"DN{place}", each)
        for place, each in enumerate(draw(st.lists(counts(), max_size=6)))
    ]
    return shift_summary(
        on=ON,
        shift=shift,
        starts_at=AT,
        ends_at=AT + timedelta(hours=8),
        final=True,
        as_of=AT,
        figures=figures,
        missing=draw(st.lists(st.sampled_from(["DN8", "DN9"]), unique=True)),
    )


junk = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 50) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)
NAMES = ("expected", "answered", "on_time", "absent", "not_asked", "green", "amber", "red")
broken_rows = st.fixed_dictionaries(
    {"code": junk | st.sampled_from(["DN1", "DN2", "*"])},
    optional={name: st.integers(-3, 60) | junk for name in (*NAMES, "hidden", "companies")},
)


@given(st.lists(broken_rows | junk, max_size=6), junk)
def test_a_body_of_any_content_is_read_and_its_share_stays_between_nothing_and_all(
    rows: list[Any], missing: Any
) -> None:
    report = read_report({"companies": rows, "missing": missing})
    totals = totals_of([report, report])
    for share in (totals.share, *(line.figures.share for line in report.lines if line.figures)):
        assert share is None or 0 <= share <= 1
    assert totals.reported <= totals.companies


@given(st.lists(broken_rows, max_size=6))
def test_a_row_that_is_not_plainly_open_never_shows_a_level(rows: list[dict[str, Any]]) -> None:
    opened = [row for row in rows if row.get("hidden") is False]
    lines = read_report({"companies": rows, "missing": []}).lines
    shown = [line for line in lines if (line.green, line.amber, line.red) != (None, None, None)]
    assert len(shown) <= len(opened)
    assert all(not line.hidden for line in shown)


@given(bodies(), bodies(ShiftCode.CA2))
def test_levels_are_those_of_open_rows_and_the_merged_row_and_say_when_some_are_left_out(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    for body in (first, second):
        report, totals = read_report(body), totals_of([read_report(body)])
        open_rows = [row for row in body["companies"] if row.get("hidden") is not True]
        told = sum(row["red"] for row in open_rows)
        covered = report.merged.codes if report.merged else frozenset()
        hidden = {line.code for line in report.lines if line.has_unseen} - covered
        if totals.red.count is None:
            assert hidden
            assert told == 0
        else:
            assert totals.red.count == told
            assert totals.red.partial == bool(hidden)


@given(bodies(), bodies(ShiftCode.CA2))
def test_the_day_total_and_its_shifts_agree_on_people_and_companies(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    day = day_summary(on=ON, final=True, as_of=AT, shifts=[first, second], revision=1)
    whole, parts = (
        totals_of([read_report(day)]),
        totals_of([read_report(first), read_report(second)]),
    )
    assert whole.companies == parts.companies
    assert whole.reported == parts.reported
    assert whole.figures.answered == parts.figures.answered


def park(name: str, totals: Totals | None) -> ParkDay:
    return ParkDay(name, name, AT, AT, AT if totals else None, totals)


@given(st.lists(st.none() | bodies(), max_size=5))
def test_the_sum_of_parks_is_the_sum_of_those_that_sent_the_day(
    sent: list[dict[str, Any] | None],
) -> None:
    each = [totals_of([read_report(body)]) if body else None for body in sent]
    whole = together([park(str(place), totals) for place, totals in enumerate(each)])
    told = [totals for totals in each if totals]
    assert whole.reported == sum(totals.reported for totals in told)
    assert whole.companies == sum(totals.companies for totals in told)
    assert whole.figures.expected == sum(totals.figures.expected for totals in told)
    assert (whole.red.count or 0) == sum(totals.red.count or 0 for totals in told)
    assert whole.share is None or 0 <= whole.share <= 1


def test_a_sum_with_a_hidden_part_says_so_and_one_of_hidden_parts_only_tells_nothing() -> None:
    assert add([Told(3), Told(None)]) == Told(3, partial=True)
    assert add([Told(None), Told(None)]) == Told(None)
    assert add([Told(3), Told(4)]) == Told(7)
    assert add([Told(3, partial=True), Told(0)]) == Told(3, partial=True)
    assert add([]) == Told(0)


def test_a_park_is_silent_after_a_day_without_figures() -> None:
    assert is_silent(None, AT)
    assert not is_silent(AT - timedelta(hours=24), AT)
    assert is_silent(AT - timedelta(hours=24, seconds=1), AT)


def test_a_trend_has_fourteen_days_and_ends_on_the_day() -> None:
    days = trend_days(ON)
    assert len(days) == 14
    assert days[-1] == ON
    assert days[0] == ON - timedelta(days=13)


def test_a_row_that_contradicts_itself_is_not_counted_but_its_company_is_known() -> None:
    row = {"code": "DN1", "hidden": False, **dict.fromkeys(NAMES, 5), "expected": 3}
    totals = totals_of([read_report({"companies": [row], "missing": []})])
    assert totals.share is None
    assert (totals.reported, totals.companies) == (0, 1)


def test_a_figure_that_no_park_can_have_is_not_counted() -> None:
    row = {"code": "DN1", "hidden": False, **dict.fromkeys(NAMES, 0), "expected": 10**30}
    totals = totals_of([read_report({"companies": [row], "missing": []})])
    assert totals.figures.expected == 0
    assert (totals.reported, totals.companies) == (0, 1)
