"""The verified tables of Decision 2194 and of HCMC 1203, point by point."""

from fractions import Fraction

import pytest

from app.risk.rules.index_sets import Evidence
from app.risk.rules.refusals import NotAnOption, OutsideTable
from app.risk.rules.scoring import Basis, awarded, chosen, measured, score, shown_pct
from tests.factories.risk import MAXIMA_2194, built_in, on_paper

NATIONAL, CITY = built_in("qd2194"), built_in("qd1203_hcmc")


def component(index_set, name):  # type: ignore[no-untyped-def]
    return next(each for each in index_set.components if each.id == name)


@pytest.mark.parametrize(
    ("people", "points"),
    [
        (0, 1),
        (49, 1),
        (50, 2),
        (199, 2),
        (200, 4),
        (499, 4),
        (500, 6),
        (999, 6),
        (1000, 8),
        (4999, 8),
        (5000, 10),
        (30000, 10),
    ],
)
def test_2194_counts_workers_as_the_form_does(people: int, points: int) -> None:
    assert measured(component(NATIONAL, "workers_total"), Fraction(people)).points == points


@pytest.mark.parametrize(("area", "points"), [("1", 0), ("0.999", 10), ("12", 0), ("0", 10)])
def test_2194_asks_for_one_square_metre_a_person(area: str, points: int) -> None:
    assert measured(component(NATIONAL, "density"), Fraction(area)).points == points


@pytest.mark.parametrize(
    ("people", "points"),
    [(99, 1), (100, 2), (499, 2), (500, 5), (999, 5), (1000, 7), (4999, 7), (5000, 10)],
)
def test_1203_counts_workers_as_published(people: int, points: int) -> None:
    assert measured(component(CITY, "workers_total"), Fraction(people)).points == points


@pytest.mark.parametrize(
    ("area", "points"),
    [
        ("16", 1),
        ("15.99", 2),
        ("9", 2),
        ("8.99", 6),
        ("4", 6),
        ("3.99", 8),
        ("2.5", 8),
        ("2.49", 10),
        ("1", 10),
    ],
)
def test_1203_grades_density_as_published(area: str, points: int) -> None:
    assert measured(component(CITY, "density"), Fraction(area)).points == points


def test_what_the_published_table_leaves_out_is_not_guessed() -> None:
    with pytest.raises(OutsideTable):
        measured(component(CITY, "density"), Fraction("0.9"))


@pytest.mark.parametrize(
    ("pct", "band"),
    [
        ("0", "very_low"),
        ("15", "very_low"),
        ("15.4999", "very_low"),
        ("15.5", "low"),
        ("30.49", "low"),
        ("30.5", "medium"),
        ("50", "medium"),
        ("50.499", "medium"),
        ("50.5", "high"),
        ("80.4", "high"),
        ("80.5", "very_high"),
        ("100", "very_high"),
    ],
)
def test_2194_bands_take_the_percent_rounded_half_up(pct: str, band: str) -> None:
    assert NATIONAL.band_at(Fraction(pct)).id == band


@pytest.mark.parametrize(
    ("pct", "band"),
    [
        ("10", "very_low"),
        ("10.01", "low"),
        ("29.999", "low"),
        ("30", "medium"),
        ("49.9999", "medium"),
        ("50", "high"),
        ("79.99", "high"),
        ("80", "very_high"),
    ],
)
def test_1203_bands_take_the_percent_as_it_is(pct: str, band: str) -> None:
    assert CITY.band_at(Fraction(pct)).id == band


def test_a_third_of_a_percent_is_never_lost() -> None:
    answers = on_paper(
        NATIONAL, {"worker_exposure": 30, "canteen": 30, "transport": 30}, MAXIMA_2194
    )
    found = score(NATIONAL, answers)
    assert found.points == 91  # and one point for fewer than 50 people
    assert found.pct == Fraction(91, 3)
    assert (found.shown_pct, found.band.id) == (30, "low")
    answers["inspection"] = awarded(component(NATIONAL, "inspection"), Fraction(1, 2), Fraction(20))
    found = score(NATIONAL, answers)
    assert found.pct == Fraction(61, 2)
    assert (found.shown_pct, found.band.id) == (31, "medium")


def test_components_that_were_not_verified_take_points_out_of_a_maximum() -> None:
    assert [each.id for each in NATIONAL.components if each.is_chosen] == [
        "workers_total",
        "density",
    ]
    assert len(NATIONAL.components) == 15
    for each in NATIONAL.unverified:
        with pytest.raises(NotAnOption):
            chosen(each, 0)
    found = score(NATIONAL, on_paper(NATIONAL, {}, MAXIMA_2194))
    assert len(found.awarded) == 13
    assert found.evidence is Evidence.PARTIAL


def test_a_verified_table_takes_only_the_points_it_gives() -> None:
    workers = component(NATIONAL, "workers_total")
    assert awarded(workers, Fraction(8), None).basis is Basis.CHOSEN
    with pytest.raises(NotAnOption):
        awarded(workers, Fraction(7), None)


def test_1203_says_when_its_condition_for_operating_is_not_met() -> None:
    points = {"temperature_check": 5, "canteen": 6, "transport": 6, "pickup_areas": 6}
    found = score(CITY, on_paper(CITY, points | {"mask_supply": 6, "night_shift": 3}, {}))
    assert (found.pct, found.band.id, found.condition_met) == (36, "medium", True)
    found = score(CITY, on_paper(CITY, points | {"mask_supply": 7, "night_shift": 3}, {}))
    assert (found.band.id, found.condition_met) == ("medium", False)


def test_a_shown_tenth_never_stands_in_another_band() -> None:
    assert shown_pct(CITY, Fraction("49.96")) == Fraction("49.9")
    assert shown_pct(CITY, Fraction("10.04")) == Fraction("10")
    assert shown_pct(CITY, Fraction("48.25")) == Fraction("48.3")
