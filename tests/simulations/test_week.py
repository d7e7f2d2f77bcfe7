"""Nobody gets a reminder twice, late, or after an answer, whatever dies, jumps or fails."""

import logging
import os
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

import pytest

from app.extensions import db
from app.workforce.rules.shifts import ShiftCode
from tests.conftest import Node, SetClock
from tests.simulations.model import faults
from tests.simulations.park import WORK
from tests.simulations.week import Script, Week, play

log = logging.getLogger(__name__)
SHORT = Script(seed=20261123, people=80, hours=4, shifts=(ShiftCode.CA1, ShiftCode.DAY12))
LONG_SEEDS = 6


def scripts(long: bool) -> list[Script]:
    """One short script; long: whole weeks; or those that ANCA_SIMULATE asks for."""
    asked = os.environ.get("ANCA_SIMULATE")
    if asked:
        return [script for each in asked.split(";") for script in asked_for(each)]
    if long:
        return [
            Script(seed, people=300, hours=7 * 24, companies=3, hands=seed % 2 * 3)
            for seed in range(LONG_SEEDS)
        ]
    return [SHORT]


def asked_for(text: str) -> list[Script]:
    """Scripts as "seeds=1-9 people=60 hours=24 hands=3 crashes=0.01"; the rest as in the short."""
    given = dict(each.split("=", 1) for each in text.split())
    first, _, last = given.get("seeds", str(SHORT.seed)).partition("-")
    hours = int(given.get("hours", SHORT.hours))
    return [
        Script(
            seed,
            people=int(given.get("people", SHORT.people)),
            hours=hours,
            companies=int(given.get("companies", SHORT.companies)),
            crashes=float(given.get("crashes", SHORT.crashes)),
            hands=int(given.get("hands", SHORT.hands)),
            shifts=SHORT.shifts if hours <= SHORT.hours else WORK,
        )
        for seed in range(int(first), int(last or first) + 1)
    ]


@dataclass(slots=True)
class Ticking:
    """The machine's own count of seconds, as far as the park's clock has gone on."""

    clock: SetClock
    seen: datetime | None = None
    counted: float = 0.0

    def monotonic(self) -> float:
        now = self.clock.now()
        if self.seen is not None:
            self.counted += max(0.0, (now - self.seen).total_seconds())
        self.seen = now
        return self.counted


@pytest.fixture(autouse=True)
def seeded(monkeypatch: pytest.MonkeyPatch, clock: SetClock) -> None:
    """Ids and waits are drawn from a seed too, and no second passes but on the park's clock."""
    chance, ticking = Random(7), Ticking(clock)
    monkeypatch.setattr("app.delivery.jobs.time", ticking)
    monkeypatch.setattr("app.delivery.gateways.time", ticking)

    class Drawn:
        randbits = staticmethod(chance.getrandbits)

    monkeypatch.setattr("app.kernel.ids.secrets", Drawn)
    monkeypatch.setattr("app.delivery.jobs._chance", chance)


def told(week: Week) -> dict[str, Any]:
    """What happened, for whoever looks whether enough did."""
    return {
        **week.did,
        **sum((post.did for post in week.posts.values()), Counter()),
        "crashes": week.stage.died,
        "points": week.stage.points,
        "calls": len(week.book),
    }


def test_a_park_lives_through_its_days(node: Node, long_run: bool) -> None:
    for script in scripts(long_run):
        node.empty()
        week = play(node, script)
        with node.app.app_context():
            found = faults(db.session(), week)
            db.session.remove()
        log.info("%s: %s", script, told(week))
        assert not found, "\n".join([f"{script}: {len(found)} faults", *found[:30]])
        assert_enough_happened(week, script)


def assert_enough_happened(week: Week, script: Script) -> None:
    """A week in which nothing went wrong proves nothing."""
    happened = told(week)
    wanted = ["answered", "announced", "stopped", "cancelled", "taken", "called back", "crashes"]
    wanted += ["moved", "announced in parallel"]
    if script.hours > SHORT.hours:
        wanted += ["jumped on", "jumped back", "left", "edited", "slow", "dropped", "lost"]
    assert [each for each in wanted if not happened.get(each)] == []
