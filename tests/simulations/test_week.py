"""Nobody gets a reminder twice, late, or after an answer, whatever dies, jumps or fails."""

import logging
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from app.delivery.rules import ChannelName
from app.extensions import db
from app.workforce.rules.shifts import ShiftCode
from tests.conftest import Node, SetClock
from tests.simulations.model import faults
from tests.simulations.park import WORK
from tests.simulations.ticking import Ticking
from tests.simulations.week import PEER_ROADS, Script, Week, play

log = logging.getLogger(__name__)
SHORT = Script(seed=20261123, people=80, hours=4, shifts=(ShiftCode.CA1, ShiftCode.DAY12))
PEERS = Script(seed=20261125, people=50, hours=2, shifts=(ShiftCode.CA1,), peers=True, jumps=False)
LONG_SEEDS = 6
# Who counts seconds while a round goes on.
COUNTING = (
    "app.delivery.channels.zalo_office",
    "app.delivery.gateways",
    "app.delivery.jobs.asking",
    "app.delivery.jobs.lines",
    "app.delivery.jobs.outside",
    "tests.peers.zalo",
)


def scripts(long: bool, *, peers: bool = False) -> list[Script]:
    """One short script; long: whole weeks; or those that ANCA_SIMULATE asks for."""
    asked = os.environ.get("ANCA_SIMULATE")
    short = PEERS if peers else SHORT
    if asked:
        return [script for each in asked.split(";") for script in asked_for(each, short)]
    if long:
        made = [
            Script(seed, people=300, hours=7 * 24, companies=3, hands=seed % 2 * 3)
            for seed in range(LONG_SEEDS)
        ]
        of_peers = [replace(each, people=120, hands=0, peers=True) for each in made[::2]]
        return of_peers if peers else made
    return [short]


def asked_for(text: str, short: Script) -> list[Script]:
    """Scripts as "seeds=1-9 people=60 hours=24 hands=3 crashes=0.01"; the rest as in the short."""
    given = dict(each.split("=", 1) for each in text.split())
    first, _, last = given.get("seeds", str(short.seed)).partition("-")
    hours = int(given.get("hours", short.hours))
    return [
        Script(
            seed,
            people=int(given.get("people", short.people)),
            hours=hours,
            companies=int(given.get("companies", short.companies)),
            crashes=float(given.get("crashes", short.crashes)),
            hands=int(given.get("hands", short.hands)),
            peers=short.peers,
            shifts=short.shifts if hours <= short.hours else WORK,
        )
        for seed in range(int(first), int(last or first) + 1)
    ]


@pytest.fixture(autouse=True)
def seeded(monkeypatch: pytest.MonkeyPatch, clock: SetClock) -> Ticking:
    """Ids and waits are drawn from a seed too, and no second passes but on the park's clock."""
    chance, ticking = Random(7), Ticking(clock)
    for counts in COUNTING:
        monkeypatch.setattr(f"{counts}.time", ticking)

    class Drawn:
        randbits = staticmethod(chance.getrandbits)

    monkeypatch.setattr("app.kernel.ids.secrets", Drawn)
    monkeypatch.setattr("app.delivery.jobs.lines._chance", chance)
    return ticking


def told(week: Week) -> dict[str, Any]:
    """What happened, for whoever looks whether enough did."""
    return {
        **week.did,
        **sum((post.did for post in week.posts.values()), Counter()),
        **(week.peers.did if week.peers is not None else {}),
        **{f"over {name}": post.did["taken"] for name, post in week.posts.items()},
        "crashes": week.stage.died,
        "points": week.stage.points,
        "calls": len(week.book),
    }


def test_a_park_lives_through_its_days(node: Node, long_run: bool, seeded: Ticking) -> None:
    live(node, scripts(long_run), seeded)


@pytest.fixture
def on_sqlite(request: pytest.FixtureRequest) -> Node:
    """What providers do does not depend on the database."""
    if request.getfixturevalue("database") != "sqlite":
        pytest.skip("on SQLite alone")
    found: Node = request.getfixturevalue("node")
    return found


def test_a_park_lives_with_zalo_sms_and_push(
    on_sqlite: Node, long_run: bool, seeded: Ticking
) -> None:
    live(on_sqlite, scripts(long_run, peers=True), seeded)


def live(node: Node, played: Sequence[Script], ticking: Ticking) -> None:
    """Play scripts one after the other; nothing of what must not be is found in any."""
    for script in played:
        node.empty()
        week = play(node, script, ticking)
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
    if script.peers:
        wanted += ["lost", "dropped", "revoked", "trades", "past a quota", "rang for nobody"]
        wanted += ["rang with a wrong secret"]
        wanted += [f"over {name}" for name, _ in PEER_ROADS]
        wanted += [f"over {ChannelName.WEB_PUSH}"]
    else:
        wanted += ["moved", "announced in parallel"]
    if script.hours > SHORT.hours:
        wanted += ["jumped on", "jumped back", "left", "edited", "slow", "dropped", "lost"]
        wanted += ["stolen", "pasted tokens", "lost trades"] if script.peers else []
    assert [each for each in wanted if not happened.get(each)] == []
