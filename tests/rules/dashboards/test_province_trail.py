"""Reports of a park beside each other: nothing hidden comes out by taking one from another."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.checkins.rules import Counts
from app.dashboards.rules.province import LEVELS, Line, Report, read_report, totals_of
from app.dashboards.rules.province_trail import (
    What,
    changes_between,
    day_beside_shifts,
    side_by_side,
)
from app.sync.rules import CompanyFigures, day_summary, shift_summary
from app.workforce.rules.shifts import ShiftCode

ON = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
CODES = ("A", "B", "C")


@st.composite
def counts(draw: st.DrawFn) -> Counts:
    expected = draw(st.integers(0, 25))
    absent = draw(st.integers(0, expected))
    answered = draw(st.integers(0, expected - absent))
    red = draw(st.integers(0, answered))
    amber = draw(st.integers(0, answered - red))
    green = answered - red - amber
    return Counts(expected, answered, answered, absent, 0, green, amber, red)


def told(
    shift: ShiftCode, earlier: list[dict[str, Any]], each: dict[str, Counts]
) -> dict[str, Any]:
    return shift_summary(
        on=ON,
        shift=shift,
        starts_at=AT,
        ends_at=AT + timedelta(hours=8),
        final=True,
        as_of=AT + timedelta(hours=len(earlier)),
        figures=[CompanyFigures(code, counts) for code, counts in each.items()],
        earlier=earlier,
    )


World = list[list[dict[str, Counts]]]  # revisions of each shift


def pages(world: World) -> list[Any]:
    """Everything that the province's pages are made of."""
    shown: list[Any] = []
    newest = []
    for shift, revisions in zip((ShiftCode.CA1, ShiftCode.CA2), world, strict=True):
        sent: list[dict[str, Any]] = []
        for each in revisions:
            sent.append(told(shift, sent, each))
        beside = side_by_side([read_report(body) for body in sent])
        shown += [(totals_of([report]), report) for report in beside]
        shown += [changes_between(a, b) for a, b in pairwise(beside)]
        newest.append(sent[-1])
    day = day_summary(on=ON, final=True, as_of=AT, shifts=newest, revision=1)
    total, parts = day_beside_shifts(read_report(day), [read_report(body) for body in newest])
    return [*shown, total, *parts, totals_of([total] if total else []), totals_of(parts)]


worlds = st.lists(
    st.lists(st.fixed_dictionaries(dict.fromkeys(CODES, counts())), min_size=1, max_size=3),
    min_size=2,
    max_size=2,
)


@given(worlds)
def test_a_company_that_is_hidden_alone_might_have_nobody_ill_as_far_as_all_pages_tell(
    world: World,
) -> None:
    """A is always small, the others are large: whatever its health, every page is the same."""
    others = ("B", "C")
    for revisions in world:
        for each in revisions:
            a = each["A"]
            each["A"] = replace_levels(a if a.expected < 10 else Counts(9, 5, 5, 0, 0, 3, 1, 1))
            for code in others:
                each[code] = grown(each[code])
    healthy = [
        [{**each, "A": replace_levels(each["A"], healthy=True)} for each in revisions]
        for revisions in world
    ]
    assert pages(world) == pages(healthy)


def replace_levels(each: Counts, *, healthy: bool = False) -> Counts:
    return replace(each, green=each.answered, amber=0, red=0) if healthy else each


def grown(each: Counts) -> Counts:
    return replace(
        each, expected=each.expected + 12, answered=each.answered + 5, green=each.green + 5
    )


lines = st.builds(
    lambda code, row, hidden: _line(code, row, hidden=hidden),
    st.sampled_from(CODES),
    counts(),
    st.booleans(),
)
reports = st.lists(lines, max_size=3, unique_by=lambda line: line.code).map(
    lambda found: Report(tuple(found), None, ())
)


def _line(code: str, row: Counts, *, hidden: bool) -> Line:
    body = {name: getattr(row, name) for name in ("expected", "answered", "on_time", "absent")}
    levels = dict.fromkeys(LEVELS) if hidden else {name: getattr(row, name) for name in LEVELS}
    body |= {"code": code, "not_asked": 0, "hidden": hidden, **levels}
    return read_report({"companies": [body], "missing": []}).lines[0]


@given(st.lists(reports, min_size=2, max_size=4))
def test_whatever_a_park_sends_a_company_hidden_once_shows_no_level_in_the_trail(
    revisions: list[Report],
) -> None:
    hidden = {
        line.code
        for report in revisions
        for line in report.lines
        if line.hidden and line.figures and line.figures.expected
    }
    beside = side_by_side(revisions)
    assert all(
        (line.green, line.amber, line.red) == (None, None, None)
        for report in beside
        for line in report.lines
        if line.code in hidden
    )
    for before, after in pairwise(beside):
        for change in changes_between(before, after):
            assert not (change.code in hidden and change.what.value in LEVELS)


@given(reports, st.lists(reports, max_size=3))
def test_whatever_a_park_sends_no_day_less_its_shifts_tells_a_hidden_shift(
    day: Report, shifts: list[Report]
) -> None:
    total, parts = day_beside_shifts(day, shifts)
    assert total is not None
    for line in total.lines:
        mine = [each for part in parts for each in part.lines if each.code == line.code]
        working = [each for each in mine if each.figures and each.figures.expected]
        if not line.hidden:
            assert not any(each.hidden for each in working)
        elif line.figures and line.figures.expected and working:
            assert any(each.hidden for each in working)


def test_a_revision_says_what_changed_company_by_company() -> None:
    sent: list[dict[str, Any]] = []
    row = Counts(40, 30, 30, 2, 0, 28, 1, 1)
    more = Counts(40, 34, 33, 2, 0, 31, 1, 2)
    for each in ({"A": row, "B": row}, {"A": more, "C": row}):
        sent.append(told(ShiftCode.CA1, sent, each))
    found = changes_between(*side_by_side([read_report(body) for body in sent]))
    assert [(c.code, c.what, c.before, c.after) for c in found[:5]] == [
        ("A", What.ANSWERED, 30, 34),
        ("A", What.ON_TIME, 30, 33),
        ("A", What.GREEN, 28, 31),
        ("A", What.RED, 1, 2),
        ("B", What.GONE, None, None),
    ]
    assert found[5].what is What.CAME
