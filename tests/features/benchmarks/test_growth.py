"""What the benchmarks make of their measurements."""

import json
import math
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import curves
from benchmarks.growth import above_logarithm, log_slope
from benchmarks.phones import Plan, arrivals


def test_a_page_that_reads_all_of_history_is_above_the_logarithm():
    assert above_logarithm([(1, 41.0), (30, 70.0), (365, 405.0)]) > 1.25


def test_a_page_that_grows_with_the_logarithm_is_not_above_it():
    past = [(days, 20 + 8 * math.log(days)) for days in (1, 30, 365)]
    assert above_logarithm(past) <= 1.0
    assert log_slope(past) == pytest.approx(8 * math.log(10))


def test_a_page_that_gets_no_slower_is_not_above_it_and_a_hiccup_at_first_hides_nothing():
    assert above_logarithm([(1, 30.0), (30, 28.0), (365, 31.0)]) < 1.0
    assert above_logarithm([(1, 90.0), (30, 70.0), (365, 405.0)]) > 1.25


def test_phones_keep_the_rate_and_a_burst_falls_into_one_second_of_each_minute():
    moments = arrivals(Plan(0, "", rate=222, burst=1000, seconds=120, told=""))
    assert len(moments) == 222 * 120
    assert moments == sorted(moments)
    assert max(moments) < 120
    for minute in (0, 60):
        within = [moment for moment in moments if minute + 30 <= moment < minute + 31]
        assert len(within) >= 1000
        assert len([each for each in moments if minute <= each < minute + 60]) == 222 * 60


def test_the_plots_are_drawn_from_the_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(curves, "PICTURES", tmp_path / "pictures")
    points = [
        {"page": page, "workers": workers, "days": days, "ms": 5.0 + days / 10}
        for page in ("/today", "/workers?q=…")
        for workers in (1_000, 200_000)
        for days in (1, 30, 365)
        if workers * days < 10_000_000
    ]
    results = tmp_path / "growth.json"
    results.write_text(json.dumps({"points": points}), encoding="utf-8")
    (tmp_path / "pictures").parent.mkdir(exist_ok=True)
    for path in curves.draw(results):
        told = "".join(ElementTree.fromstring(path.read_text(encoding="utf-8")).itertext())
        assert "/workers?q=…" in told
        assert "200k" in told
