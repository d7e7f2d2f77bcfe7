"""Rows for other systems: a hidden figure is left out and named, and is never 0."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.dashboards.rules.compliance import Figures
from app.dashboards.rules.province import Told, Totals
from app.reports.rules.codes import BadCodes, Codes, Element, Figure, read_codes
from app.reports.rules.dhis2 import (
    Outcome,
    SendState,
    data_value_set,
    read_answer,
    taken_rows,
    together,
)
from app.reports.rules.rows import LeftOut, ParkSent, Why, digest_of, repeats_of, rows_of

ON = date(2026, 11, 24)
ELEMENTS = {figure: Element(f"E_{figure.value.upper()}") for figure in Figure}
CODES = Codes(1, "Sở Y tế", "", ELEMENTS, {"n0": "U0", "n1": "U1", "KCN Đôi": "U2"})

told = st.builds(Told, st.none() | st.integers(0, 50), st.booleans())
totals = st.builds(
    Totals,
    st.integers(1, 500).map(lambda n: Figures(n, n // 2, n // 3, 0, 0)),
    st.integers(0, 9),
    st.integers(9, 20),
    told,
    told,
)
parks = st.builds(
    lambda place, sent, final: ParkSent(f"n{place}", f"KCN {place}", ON, sent, final),
    st.integers(0, 3),
    st.none() | totals,
    st.booleans(),
)
sent_days = st.lists(parks, max_size=4, unique_by=lambda day: day.node)


@given(sent_days)
def test_every_figure_of_every_park_is_a_row_or_is_named_as_left_out(days: list[ParkSent]) -> None:
    rows, left_out = rows_of(days, CODES)
    assert len({row.place for row in rows}) == len(rows)
    for day in days:
        mine = [row for row in rows if row.org_unit == CODES.org_units.get(day.node)]
        named = [each for each in left_out if each.park == day.name]
        if day.node not in CODES.org_units:
            assert named == [LeftOut(Why.NO_CODE, day.name)]
        elif day.totals is None:
            assert named == [LeftOut(Why.NO_DATA, day.name, ON)]
        else:
            assert len(mine) + len(named) == len(Figure)
            for figure, level in ((Figure.RED, day.totals.red), (Figure.AMBER, day.totals.amber)):
                values = [row.value for row in mine if row.element == ELEMENTS[figure].code]
                hidden = level.count is None or level.partial or not day.totals.figures.is_heard
                assert values == ([] if hidden else [level.count])


def test_two_parks_of_one_name_never_write_into_the_same_place() -> None:
    days = [ParkSent(node, "KCN Đôi", ON, Totals(Figures(10, 9, 9, 0, 0))) for node in ("a", "b")]
    assert rows_of(days, CODES) == ([], [LeftOut(Why.NO_CODE, "KCN Đôi")])


@given(sent_days)
def test_a_set_of_rows_has_one_name_whatever_its_order_and_repeats_itself_wholly(
    days: list[ParkSent],
) -> None:
    rows, _ = rows_of(days, CODES)
    assert digest_of(rows) == digest_of(rows[::-1])
    assert repeats_of(rows, {row.place: row.told for row in rows}) == len(rows)
    body = json.loads(json.dumps(data_value_set(rows)))
    assert all(each["period"] == "20261124" for each in body["dataValues"])


junk = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 50) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["response", "importCount", "conflicts", "imported", "ignored", "object"]
            ),
            inner,
        )
    ),
    max_leaves=12,
)


@given(st.sampled_from([200, 201, 302, 400, 401, 404, 409, 415, 429, 500, 503]), junk)
def test_no_answer_is_taken_for_success_unless_it_counts_every_row(status: int, body: Any) -> None:
    outcome = read_answer(status, body, rows=40, repeats=0)
    if outcome.state is SendState.SENT:
        assert outcome.counts["imported"] + outcome.counts["updated"] >= 40
        assert not outcome.conflicts
    else:
        assert outcome.problem


def test_rows_of_a_half_taken_set_count_as_taken_unless_a_conflict_names_them() -> None:
    rows, _ = rows_of([ParkSent("n0", "KCN 0", ON, Totals(Figures(9, 9, 9, 0, 0)))], CODES)
    body = {
        "response": {
            "importCount": {"imported": 5, "updated": 0, "ignored": 1, "deleted": 0},
            "conflicts": [{"object": "E_EXPECTED", "value": "not found"}],
        }
    }
    outcome = read_answer(200, body, rows=len(rows), repeats=0)
    assert outcome.state is SendState.PARTIAL
    assert {row.element for row in rows} - {row.element for row in taken_rows(rows, outcome)} == {
        "E_EXPECTED"
    }


@given(junk)
def test_codes_of_any_content_are_read_or_refused(content: Any) -> None:
    with pytest.raises(BadCodes):
        read_codes({"elements": content, "org_units": {}}, version=1, source="x")


def test_what_went_in_several_calls_is_sent_only_if_each_was() -> None:
    fine = Outcome(SendState.SENT, "", {"imported": 2, "updated": 1, "ignored": 0, "deleted": 0})
    assert together([fine, fine]).state is SendState.SENT
    assert together([fine, fine]).counts["imported"] == 4
    for wrong, state in (
        (SendState.UNKNOWN, SendState.UNKNOWN),
        (SendState.FAILED, SendState.PARTIAL),
        (SendState.REFUSED, SendState.PARTIAL),
        (SendState.PARTIAL, SendState.PARTIAL),
    ):
        whole = together([fine, Outcome(wrong, "x")])
        assert (whole.state, whole.problem, whole.counts["updated"]) == (state, "x", 1)
