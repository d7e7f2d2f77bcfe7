"""Everything that writes is killed at random moments: nothing acknowledged is lost or doubled.

`python start.py test tests/durability/test_writing_paths.py` kills 20 times, with `--long` 500.
"""

import itertools
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.durability.stage import DEEDS, Stage

SEED = 20211109
KILLS, KILLS_LONG = 20, 500


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A park and a province that may be killed."""
    made = Stage(tmp_path)
    yield made
    made.close()


def test_whatever_writes_may_be_killed_at_any_moment(stage: Stage, long_run: bool) -> None:
    chance = random.Random(SEED)
    for deed in DEEDS:
        stage.prepare(deed)
    left = KILLS_LONG if long_run else KILLS
    for deed in itertools.cycle(DEEDS):
        left -= stage.kill(deed, chance)
        if left <= 0:
            return
