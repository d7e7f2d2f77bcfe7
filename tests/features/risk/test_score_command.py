"""The command that scores an assessment in a file."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.factories.risk import MAXIMA_2194, built_in, set_row

PAPER = {
    "worker_exposure": {"points": 30},
    "hand_washing": 9,
    "sanitiser_points": 10,
    "surface_cleaning": 10,
    "temperature_check": {"points": 20, "max": 20},
    "mask_wearing": "30/30",
    "ventilation": "10/20",
    "canteen": "30/30",
    "transport": "15/30",
    "health_staff": "4.5/20",
    "dormitory": "0/30",
    "plan_committee": "0/20",
    "inspection": "0/20",
}
WORKERS = {"workers_total": {"workers": 1248}, "density": {"option": 1}}


def run(app: Flask, folder: Path, document: Any, *more: str) -> tuple[int, Any]:
    file = folder / "phieu.yaml"
    file.write_text(json.dumps(document), encoding="utf-8")
    done = app.test_cli_runner().invoke(args=["risk", "score", str(file), "--json", *more])
    return done.exit_code, json.loads(done.stdout) if done.stdout else None


def test_a_file_is_scored_exactly_and_told_what_would_mend_it(
    in_app: Flask, tmp_path: Path
) -> None:
    changes = {
        "canteen": {"effort": 1, "down_to": 10},
        "mask_wearing": {"effort": 1, "down_to": 0},
        "transport": {"effort": 3, "down_to": 0},
    }
    document = {"index_set": "qd2194", "on": "2021-06-01", "components": WORKERS | PAPER}
    code, told = run(in_app, tmp_path, document | {"changes": changes})
    assert code == 0
    assert (told["points"], told["max_points"]) == ("176.5", 300)
    assert (told["pct_exact"], told["pct"]) == ("353/6", 59)
    assert (told["band"], told["evidence"]) == ("high", "partial")
    near = told["cheapest"][0]
    assert (near["band"], near["reachable"], near["effort"]) == ("medium", True, 1)
    assert [each["id"] for each in near["changes"]] == ["mask_wearing"]
    assert told["cheapest"][-1]["reachable"] is False


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"components": WORKERS | PAPER | {"hand_washing": 11}}, "risk.points_above_maximum"),
        ({"components": WORKERS}, "risk.component_missing"),
        ({"components": WORKERS | PAPER | {"inspection": 3}}, "risk.maximum_missing"),
        ({"components": WORKERS | PAPER | {"inspection": "0/19"}}, "risk.maxima_do_not_add_up"),
        ({"components": WORKERS | PAPER | {"weather": 3}}, "risk.unknown_component"),
        ({"components": WORKERS | PAPER | {"density": 3}}, "risk.not_an_option"),
        ({"components": WORKERS | PAPER | {"density": {"option": 0}}}, "risk.not_an_option"),
        ({"components": WORKERS | PAPER | {"canteen": "x/30"}}, "risk.points_unreadable"),
        ({"index_set": "qd9999"}, "risk.unknown_set"),
        ({"on": "2020-05-26"}, "risk.set_not_in_force"),
        ({"on": "yesterday"}, "risk.file_unreadable"),
        ({"components": [1]}, "risk.file_unreadable"),
        ({"index_set": set_row(bands=[], valid_from_on="2026-01-01")}, "risk.set_unreadable"),
        ({"index_set": set_row(valid_from_on="2030-01-01")}, "risk.set_not_in_force"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_its_code(
    in_app: Flask, tmp_path: Path, change: dict[str, Any], code: str
) -> None:
    right = {"on": "2021-06-01", "components": WORKERS | PAPER}
    exit_code, told = run(in_app, tmp_path, right | change)
    assert (exit_code, told["code"]) == (1, code)
    assert told["message"]


def test_a_file_may_bring_its_own_set(in_app: Flask, tmp_path: Path) -> None:
    own = set_row(valid_from_on="2026-01-01")
    answers = {"soap": {"option": 3}, "air": 5}
    code, told = run(in_app, tmp_path, {"index_set": own, "components": answers})
    assert (code, told["points"], told["band"]) == (0, 15, "high")
    assert told["cheapest"][0]["changes"] == [{"id": "soap", "points": 0}]


def test_what_is_no_document_is_refused(in_app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "phieu.yaml"
    for wrong in (b"\xff\xfe\x00", b"[1, 2", b"", b"components: &a [*a]", b"- 1"):
        file.write_bytes(wrong)
        done = in_app.test_cli_runner().invoke(args=["risk", "score", str(file), "--json"])
        assert (done.exit_code, json.loads(done.stdout)["code"]) == (1, "risk.file_unreadable")
    done = in_app.test_cli_runner().invoke(args=["risk", "score", str(tmp_path / "none")])
    assert done.exit_code == 2


def test_the_maxima_of_these_stories_make_the_whole() -> None:
    known = [each.maximum for each in built_in("qd2194").components if each.maximum]
    assert sum(known) + sum(MAXIMA_2194.values()) == 300
