"""Plots say what they were given: gaps stay gaps, nothing leaves its frame, text is text."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.charts import (
    NO_DATA,
    Point,
    columns,
    heat_axis,
    heat_row,
    line,
    share_depth,
    spark,
    stacked,
)

shares = st.one_of(st.none(), st.just(NO_DATA), st.floats(0, 1))
percents = st.one_of(st.none(), st.just(NO_DATA), st.floats(0, 100))


def drawn(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def of_class(chart: ET.Element, name: str) -> list[ET.Element]:
    return [part for part in chart if part.attrib.get("class") == name]


def cells(chart: ET.Element, depth: int) -> int:
    return sum(part.attrib["d"].count("M") for part in of_class(chart, f"heat-{depth}"))


@given(st.lists(shares, max_size=120))
def test_every_day_is_one_cell_and_only_what_is_known_has_a_colour(points: list[Point]) -> None:
    chart = drawn(heat_row(points, "x"))
    known = [point for point in points if isinstance(point, float)]
    for depth in range(1, 6):
        assert cells(chart, depth) == sum(1 for each in known if share_depth(each) == depth)
    silent = sum(part.attrib["d"].count("M") for part in of_class(chart, "heat-none"))
    assert silent == points.count(NO_DATA)
    assert len(of_class(chart, "heat-off")) == points.count(None)
    dashes = sum(part.attrib["d"].count("M") for part in of_class(chart, "heat-mark"))
    assert dashes == sum(1 for each in known if each < 0.8)


@pytest.mark.parametrize(
    ("share", "depth"), [(1.0, 5), (0.98, 5), (0.9799, 4), (0.95, 4), (0.9, 3), (0.8, 2), (0, 1)]
)
def test_a_share_is_as_dark_as_the_key_says(share: float, depth: int) -> None:
    assert share_depth(share) == depth


@given(st.lists(percents, min_size=1, max_size=100))
def test_a_line_is_never_joined_across_a_gap_and_stays_in_its_frame(points: list[Point]) -> None:
    chart = drawn(line(points, "x", target=95, last_text="1"))
    pieces, before = 0, None
    for point in points:
        pieces += isinstance(point, float) and not isinstance(before, float)
        before = point
    paths = of_class(chart, "plot-line")
    assert sum(path.attrib["d"].count("M") for path in paths) == pieces
    for path in paths:
        for pair in path.attrib["d"].replace("M", "L").split("L")[1:]:
            x, y = map(float, pair.split())
            assert 28 <= x <= 468
            assert 10 <= y <= 106
    assert len(chart.findall("rect")) == points.count(NO_DATA)


@given(st.lists(percents, max_size=60))
def test_a_small_line_keeps_to_the_scale_it_shares(points: list[Point]) -> None:
    for path in of_class(drawn(spark(points, "x", 90, 98, 95)), "plot-line"):
        for pair in path.attrib["d"].replace("M", "L").split("L")[1:]:
            assert 3 <= float(pair.split()[1]) <= 35


@given(st.lists(percents, max_size=12))
def test_columns_begin_at_zero(values: list[Point]) -> None:
    chart = drawn(columns([("T2", value, "x") for value in values], "x", target=95))
    for part in of_class(chart, "fill-brand"):
        low = float(part.attrib["y"]) + float(part.attrib["height"])
        assert low == pytest.approx(106, abs=0.11)


@given(
    st.dictionaries(
        st.sampled_from(["red", "amber", "none", "absent", "green"]), st.integers(0, 10_000)
    )
)
def test_parts_of_a_whole_fill_it_and_none_that_is_there_vanishes(counts: dict[str, int]) -> None:
    parts = list(drawn(stacked(counts, "x")))
    assert len(parts) == sum(1 for count in counts.values() if count)
    widths = [float(part.attrib["width"].rstrip("%")) for part in parts]
    assert all(width > 0.5 for width in widths)
    assert sum(widths) <= 100.1


def test_words_are_never_markup() -> None:
    wild = '"><script>alert(1)</script>'
    for svg in (
        heat_row([1.0], wild),
        heat_axis(1, [(0, wild)]),
        line([95.0], wild, labels=[(0, wild)], last_text=wild),
        columns([(wild, 50.0, wild)], wild),
        stacked({"red": 1}, wild),
    ):
        assert "<script" not in svg
        drawn(svg)


def test_a_plot_carries_its_finding_and_no_style_of_its_own() -> None:
    for svg in (
        heat_row([1.0], "30 ngày"),
        line([95.0], "30 ngày"),
        spark([95.0], "30 ngày", 9, 99),
    ):
        chart = drawn(svg)
        assert chart.attrib["role"] == "img"
        assert chart.attrib["aria-label"] == "30 ngày"
        assert "style" not in svg


def test_an_axis_is_not_read_out() -> None:
    assert drawn(heat_axis(3, [(0, "11")])).attrib["aria-hidden"] == "true"
