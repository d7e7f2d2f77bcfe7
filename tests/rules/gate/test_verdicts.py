"""The verdict on whatever a scanner reads: the shared vectors, and what must hold for anything."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.rules import badge_key
from app.gate.gateways.signing import is_genuine, new_pass_key, sign_pass
from app.gate.rules.passes import LONGEST_TEXT, Pass, read_pass
from app.gate.rules.verdicts import (
    ClockState,
    Direction,
    Gate,
    ReasonClass,
    RosterRow,
    Verdict,
    highest_seen,
    judge_badge,
    judge_pass,
    shown_before,
    time_known,
)
from tests.vectors.make_gate_passes import as_text

FILE = Path(__file__).parents[2] / "vectors" / "gate_passes.json"
VECTORS: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
KEYS = {each["kid"]: each["x"] for each in VECTORS["keys"]}
KID, X, PRIVATE = new_pass_key()
TIMES = st.integers(1_700_000_000, 1_800_000_000)


def named(cases: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(each, id=each["name"]) for each in cases]


def verdict_on(
    scanned: str, gate: Gate, device: int, highest: int | None, direction: Direction
) -> tuple[Verdict, ClockState]:
    read = read_pass(scanned)
    genuine = is_genuine(read, KEYS | {KID: X})
    at, clock = time_known(device, highest_seen(highest, read, genuine=genuine))
    return judge_pass(read, gate, at, direction, genuine=genuine), clock


def test_the_file_of_vectors_is_the_one_that_is_written() -> None:
    assert FILE.read_text(encoding="utf-8") == as_text()


@pytest.mark.parametrize("case", named(VECTORS["passes"]))
def test_a_pass_is_judged_as_the_vectors_say(case: dict[str, Any]) -> None:
    companies = case["companies"]
    gate = Gate(
        VECTORS["park"],
        None if companies is None else frozenset(companies),
        frozenset(KEYS),
        frozenset(VECTORS["revoked"]),
    )
    direction = Direction(case["direction"])
    found = verdict_on(case["scanned"], gate, case["device"], case["highest"], direction)
    assert found == (case["verdict"], case["clock"])


@pytest.mark.parametrize("case", named(VECTORS["badges"]))
def test_a_badge_is_judged_as_the_vectors_say(case: dict[str, Any]) -> None:
    given = case["row"]
    row = given and RosterRow(
        Verdict(given["verdict"]),
        ReasonClass(given["reason_class"]),
        given["opens"],
        given["until"],
    )
    found = judge_badge(row, case["at"], Direction(case["direction"]))
    assert found == (case["verdict"], case["reason_class"])


@pytest.mark.parametrize("case", named(VECTORS["again"]))
def test_who_is_shown_again_is_found_as_the_vectors_say(case: dict[str, Any]) -> None:
    last = case["last"] and (Direction(case["last"][0]), case["last"][1])
    assert shown_before(last, Direction(case["direction"]), case["at"]) is case["again"]


def test_badges_are_compared_as_the_vectors_say() -> None:
    assert {text: badge_key(text) for text in VECTORS["badge_keys"]} == VECTORS["badge_keys"]


GATE = Gate("VTR", None, frozenset({KID}), frozenset())


@given(st.text(max_size=300))
def test_no_text_but_a_pass_lets_anybody_in(text: str) -> None:
    assert verdict_on(text, GATE, 1_764_000_000, None, Direction.IN)[0] is not Verdict.VALID


@given(st.integers(0, 340), st.characters())
def test_a_pass_with_any_letter_changed_lets_nobody_in(place: int, letter: str) -> None:
    said = Pass("VTR", "jti", "sub", "CO", "2026-11-24", "ca1", 0, 2_000_000_000, 1)
    text = sign_pass(said, KID, PRIVATE)
    place %= len(text)
    changed = text[:place] + letter + text[place + 1 :]
    verdict, _ = verdict_on(changed, GATE, 1_764_000_000, None, Direction.IN)
    # The last letter of a signature carries bits that mean nothing.
    assert verdict is not Verdict.VALID or changed.strip()[:-1] == text[:-1]


@given(TIMES, TIMES, TIMES, TIMES)
def test_a_clock_that_is_put_back_never_makes_an_expired_pass_valid(
    first: int, second: int, opens: int, until: int
) -> None:
    """A gate that saw a time judges by that time or a later one, whatever its clock says then."""
    text = sign_pass(
        Pass("VTR", "j", "s", "CO", "2026-11-24", "ca1", opens, until, opens), KID, PRIVATE
    )
    before, _ = verdict_on(text, GATE, first, first, Direction.IN)
    after, clock = verdict_on(text, GATE, min(first, second), first, Direction.IN)
    if before is Verdict.EXPIRED:
        assert after is Verdict.EXPIRED
    if min(first, second) < first - 60:
        assert clock is ClockState.BEHIND


@given(TIMES, st.none() | TIMES)
def test_the_time_judged_by_is_never_before_what_was_seen(device: int, highest: int | None) -> None:
    at, clock = time_known(device, highest)
    assert at >= device
    assert highest is None or at >= highest
    assert (clock is ClockState.NEVER_CHECKED) is (highest is None)


def test_a_text_longer_than_any_pass_is_not_even_looked_into() -> None:
    said = Pass("VTR", "j" * LONGEST_TEXT, "s", "CO", "2026-11-24", "ca1", 0, 2, 1)
    assert read_pass(sign_pass(said, KID, PRIVATE)) is None
