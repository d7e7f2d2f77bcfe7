"""A park that is killed at any moment has lost nothing that it said was saved."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.extensions import db
from app.settings import ROOT
from tests.features.sync.conftest import Park, Peer

CHILD = Path(__file__).with_name("sync_child.py")


@pytest.mark.parametrize("lines", [3, 10, 24])
def test_a_killed_park_loses_nothing_and_sends_the_rest_afterwards(
    park: Park, centre: Peer, lines: int, long_run: bool
) -> None:
    park.enrol_at(centre)
    for _ in range(6 if long_run else 1):
        promised = _until_killed(park, lines)
        status = park.status()
        assert status.up_head >= promised
        received = centre.entries()
        assert received == park.entries()[: len(received)]
        assert park.push().stopped_by is None
        assert centre.entries() == park.entries()


def _until_killed(park: Park, lines: int) -> int:
    """The last number that the child said was saved."""
    _let_go(park)
    settings = park.node.app.config["SETTINGS"]
    arguments = [str(settings.instance), settings.database_url]
    child = subprocess.Popen(
        [sys.executable, str(CHILD), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )
    assert child.stdout is not None
    said = [int(child.stdout.readline()) for _ in range(lines)]
    child.kill()
    rest = child.stdout.read().split()
    child.wait()
    child.stdout.close()
    return int(rest[-1]) if rest else said[-1]


def _let_go(park: Park) -> None:
    writer: Callable[[], None] = park.node.app.extensions["writer"].stop
    writer()
    with park.node.app.app_context():
        db.engine.dispose()
