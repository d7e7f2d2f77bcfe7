"""`reminders run-due` and `delivery run` as other programs call them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.conftest import Node, SetClock
from tests.factories.people import Cast
from tests.factories.reminders import make_schedule, statuses

Write = Callable[[Callable[[Any], Any]], Any]
FIVE = datetime(2026, 11, 23, 22, tzinfo=UTC)


@pytest.fixture
def call(
    cast: Cast, node: Node, in_app: Flask, clock: SetClock, write: Write
) -> Callable[..., tuple[int, Any]]:
    """Run a command of a park where SAOBAC reminds before each shift; exit code and JSON."""
    clock.at = FIVE - timedelta(hours=2)
    settings = in_app.config["SETTINGS"]
    write(lambda s: make_schedule(s, cast.sao_bac.id, settings, clock.at))

    def run(*words: str) -> tuple[int, Any]:
        done = node.app.test_cli_runner().invoke(args=[*words, "--json"])
        return done.exit_code, json.loads(done.output) if done.exit_code < 2 else done.output

    return run


def test_a_day_is_walked_by_the_clock_that_is_given(
    call: Callable[..., tuple[int, Any]], session: Any
) -> None:
    nothing = {"due": 0, "planned": 0, "missed": 0, "skipped": {}}
    due = nothing | {"due": 1, "planned": 4}
    assert call("reminders", "run-due", "--now", "2026-11-24T04:59:59+07:00") == (0, nothing)
    assert call("reminders", "run-due", "--now", "2026-11-23T22:00:00Z") == (0, due)
    assert call("reminders", "run-due", "--now", "2026-11-24T05:00") == (0, nothing)
    missed = nothing | {"missed": 1}
    assert call("reminders", "run-due", "--now", "2026-11-25T05:16") == (0, missed)
    assert call("delivery", "run") == (
        0,
        {"sent": 0, "failed": {}, "expired": 0, "unclear": 0, "queued": 0},
    )
    assert all(each == ["sent"] for each in statuses(session).values())


def test_a_moment_beyond_what_is_planned_finds_its_people(
    call: Callable[..., tuple[int, Any]],
) -> None:
    code, told = call("reminders", "run-due", "--now", "2027-03-01T05:00:00+07:00")
    assert (code, told["due"], told["planned"]) == (0, 1, 4)


def test_without_a_time_the_nodes_own_clock_counts(
    call: Callable[..., tuple[int, Any]], clock: SetClock
) -> None:
    assert call("reminders", "run-due")[1]["due"] == 0
    clock.at = FIVE
    assert call("reminders", "run-due")[1]["planned"] == 4


@pytest.mark.parametrize(
    "words", [("reminders", "run-due", "--now", "soon"), ("delivery", "run", "--limit", "0")]
)
def test_wrong_usage_exits_2(call: Callable[..., tuple[int, Any]], words: tuple[str, ...]) -> None:
    assert call(*words)[0] == 2
