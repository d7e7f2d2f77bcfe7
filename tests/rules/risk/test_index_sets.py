"""Sets that contradict themselves are refused, each with its code."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.refusals import Refusal
from app.risk.rules.index_sets import is_in_force, newest_in_force, rounded_half_up
from app.risk.rules.reading import exact, index_set
from app.risk.rules.refusals import (
    ComponentMissing,
    MaximaDoNotAddUp,
    MaximumMissing,
    OtherMaximum,
    PointsAboveMaximum,
    PointsUnreadable,
    UnknownComponent,
)
from app.risk.rules.scoring import awarded, check_maxima, chosen, score
from tests.factories.risk import MAXIMA_2194, built_in, on_paper, set_row, small_set


def bands(*ends: dict[str, Any]) -> dict[str, Any]:
    known = {"vi": "Mức", "order_vi": "Làm", "verified": "entered"}
    return {"bands": [known | {"id": str(n)} | end for n, end in enumerate(ends)]}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (bands({"max_pct": 20}, {"min_pct": 30, "max_pct": 100}), "risk.bands_have_hole"),
        (bands({"below_pct": 30}, {"above_pct": 30, "max_pct": 100}), "risk.bands_have_hole"),
        (bands({"max_pct": 30}, {"min_pct": 30, "max_pct": 100}), "risk.bands_overlap"),
        (bands({"max_pct": 40}, {"min_pct": 30, "max_pct": 100}), "risk.bands_overlap"),
        (bands({"max_pct": 30}, {"max_pct": 100}), "risk.bands_overlap"),
        (bands({"min_pct": 1, "max_pct": 100}), "risk.bands_have_hole"),
        (bands({"max_pct": 99}), "risk.bands_have_hole"),
        (bands({"below_pct": 100}), "risk.bands_have_hole"),
        (bands({"max_pct": "29.99"}, {"min_pct": 30, "max_pct": 100}), "risk.bands_have_hole"),
        (
            bands({"max_pct": 15}, {"min_pct": 17, "max_pct": 100}) | {"round_pct_to": 1},
            "risk.bands_have_hole",
        ),
        (
            bands({"max_pct": 15}, {"min_pct": 15, "max_pct": 100}) | {"round_pct_to": 1},
            "risk.bands_overlap",
        ),
        ({"bands": []}, "risk.set_unreadable"),
        ({"components": "none"}, "risk.set_unreadable"),
        ({"verified": "yes"}, "risk.set_unreadable"),
        ({"max_points": 0}, "risk.set_unreadable"),
        ({"max_points": float("nan")}, "risk.set_unreadable"),
        ({"valid_from_on": "tomorrow"}, "risk.set_unreadable"),
        ({"max_points": 21}, "risk.maxima_do_not_add_up"),
        ({"components": set_row()["components"] * 2, "max_points": 40}, "risk.set_repeats"),
    ],
)
def test_a_set_that_contradicts_itself_is_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        small_set(**changes)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([{"points": 11, "vi": "Quá"}], "risk.option_above_maximum"),
        ([{"points": -1, "vi": "Âm"}], "risk.option_above_maximum"),
        ([{"points": 1}], "risk.set_unreadable"),
        (
            [{"max_workers": 49, "points": 1}, {"min_workers": 51, "points": 2}],
            "risk.options_have_hole",
        ),
        (
            [{"max_workers": 50, "points": 1}, {"min_workers": 50, "points": 2}],
            "risk.options_overlap",
        ),
        (
            [{"max_m2_per_worker": 1, "points": 1}, {"above_m2_per_worker": 2, "points": 0}],
            "risk.options_have_hole",
        ),
        ([{"max_workers": 50, "points": 1}, {"vi": "Khác", "points": 2}], "risk.set_unreadable"),
        (
            [{"max_workers": 50, "points": 1}, {"min_pct": 50, "points": 2}],
            "risk.set_unreadable",
        ),
        ([{"min_workers": 50, "max_workers": 1, "points": 1}], "risk.set_unreadable"),
        ([{"min_workers": 5, "above_workers": 1, "points": 1}], "risk.set_unreadable"),
    ],
)
def test_options_that_contradict_each_other_are_refused(options: Any, code: str) -> None:
    row = {"id": "x", "vi": "X", "max": 20, "verified": "entered", "options": options}
    row["max"] = 10 if code == "risk.option_above_maximum" else 20
    with pytest.raises(Refusal) as refused:
        small_set(components=[row], max_points=row["max"])
    assert refused.value.code == code


def test_numbers_are_taken_as_they_are_written() -> None:
    assert exact(2.5) == Fraction(5, 2)
    assert exact("0.1") + exact(0.2) == Fraction(3, 10)
    for wrong in (True, None, "x", "nan", "inf", "1e99", "", [1]):
        with pytest.raises(ValueError):  # noqa: PT011 - the value is what is wrong
            exact(wrong)


def test_a_set_counts_from_its_day_on() -> None:
    old, new = small_set(), small_set(version=2, valid_from_on=date(2026, 12, 1))
    assert not is_in_force(new, date(2026, 11, 30))
    assert newest_in_force([old, new], date(2026, 11, 30)) == old
    assert newest_in_force([old, new], date(2026, 12, 1)) == new
    assert newest_in_force([old, new], date(2025, 12, 31)) is None


@given(st.fractions(min_value=0, max_value=100))
def test_every_percent_has_exactly_one_band(pct: Fraction) -> None:
    for index_set_ in (built_in("qd2194"), built_in("qd1203_hcmc"), small_set()):
        at = index_set_.looked_up(pct)
        assert [band for band in index_set_.bands if band.span.holds(at)] == [
            index_set_.band_at(pct)
        ]


@given(st.fractions(min_value=0, max_value=1000), st.sampled_from(["1", "0.1", "0.01"]))
def test_rounding_is_half_up_and_never_further_than_half_a_step(value: Fraction, step: str) -> None:
    unit = Fraction(step)
    found = rounded_half_up(value, unit)
    assert (found / unit).denominator == 1
    assert -unit / 2 < found - value <= unit / 2


def test_points_above_the_maximum_are_refused() -> None:
    national = built_in("qd2194")
    soap = national.find_component("hand_washing")
    masks = national.find_component("mask_wearing")
    assert soap is not None
    assert masks is not None
    with pytest.raises(PointsAboveMaximum):
        awarded(soap, Fraction(11), None)
    with pytest.raises(PointsUnreadable):
        awarded(soap, Fraction(-1), None)
    with pytest.raises(OtherMaximum):
        awarded(soap, Fraction(1), Fraction(20))
    with pytest.raises(MaximumMissing):
        awarded(masks, Fraction(1), None)
    with pytest.raises(PointsAboveMaximum):
        awarded(masks, Fraction(31), Fraction(30))


def test_a_form_with_a_component_missing_has_no_score() -> None:
    national = built_in("qd2194")
    answers = on_paper(national, {}, MAXIMA_2194)
    del answers["inspection"]
    with pytest.raises(ComponentMissing) as refused:
        score(national, answers)
    assert refused.value.params["count"] == 1
    with pytest.raises(UnknownComponent):
        score(national, answers | {"weather": answers["density"]})


def test_maxima_that_do_not_make_the_whole_are_refused() -> None:
    national = built_in("qd2194")
    answers = on_paper(national, {}, MAXIMA_2194 | {"inspection": 10})
    with pytest.raises(MaximaDoNotAddUp) as refused:
        score(national, answers)
    assert refused.value.params == {"total": "290", "wanted": "300"}
    del answers["inspection"]
    check_maxima(national, answers)  # not yet known, and not yet too much


def test_a_set_read_from_its_own_data_reads_the_same() -> None:
    assert index_set(set_row(), {}) == small_set()
    soap = small_set().components[0]
    assert chosen(soap, 1).points == 5
