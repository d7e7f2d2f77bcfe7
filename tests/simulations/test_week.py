"""Nobody gets a reminder twice, late, or after an answer, whatever dies, jumps or fails."""

import os
from random import Random
from typing import Any

import pytest

from app.extensions import db
from tests.conftest import Node
from tests.simulations.model import faults
from tests.simulations.week import ROADS, Script, Week, play

SHORT = Script(seed=20261123, people=40, hours=10)
LONG_SEEDS = 12


def scripts(long: bool) -> list[Script]:
    """One fixed short script; the long run plays whole weeks; ANCA_SIMULATE="seed,people,hours"."""
    chosen = os.environ.get("ANCA_SIMULATE")
    if chosen:
        seed, people, hours = (int(each) for each in chosen.split(","))
        return [Script(seed, people, hours)]
    if long:
        return [Script(seed, people=300, hours=7 * 24, companies=3) for seed in range(LONG_SEEDS)]
    return [SHORT]


@pytest.fixture(autouse=True)
def seeded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids and waits are drawn from a seed too."""
    chance = Random(7)

    class Drawn:
        randbits = staticmethod(chance.getrandbits)

    monkeypatch.setattr("app.kernel.ids.secrets", Drawn)
    monkeypatch.setattr("app.delivery.jobs._chance", chance)
    monkeypatch.setattr("app.reminders.actions.planning.roads_of", lambda settings: ROADS)


def told(week: Week) -> dict[str, Any]:
    """What happened, for whoever looks whether enough did."""
    return {
        **week.did,
        **week.post.did,
        "crashes": week.stage.died,
        "points": week.stage.points,
        "calls": len(week.post.book),
    }


def test_a_park_lives_through_its_days(node: Node, long_run: bool) -> None:
    for script in scripts(long_run):
        node.empty()
        week = play(node, script)
        with node.app.app_context():
            found = faults(db.session(), week)
            db.session.remove()
        print(script, told(week))
        assert not found, "\n".join([f"{script}: {len(found)} faults", *found[:30]])
