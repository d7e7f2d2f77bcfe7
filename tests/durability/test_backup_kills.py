"""A backup is killed half-way: no half file under the final name, and the next one is good."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from app.kernel.clock import SystemClock
from app.settings import ROOT, Settings
from app.upkeep.gateways.backups import Backups, backups_of
from app.web import schema
from tests.durability.park import make_crowd, settings_for

SEED = 20211109
KILLS, KILLS_LONG = 5, 60


@pytest.fixture
def settings(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """A node with people in it."""
    folder = tmp_path / "node"
    url = f"sqlite:///{folder / 'anca.db'}"
    if database == "postgresql":
        url = request.getfixturevalue("postgres").new_database("backup")
    folder.mkdir()
    settings = settings_for(folder, url)
    make_crowd(settings, 30)
    return settings


def make_backup(settings: Settings, target: Path, die_after: int | None) -> int:
    """Let another process make a backup, killed after so many steps; the steps it took."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ANCA_", "FLASK_"))}
    environment = kept | {
        "ANCA_INSTANCE": str(settings.instance),
        "DATABASE_URL": settings.database_url,
    }
    with subprocess.Popen(
        [sys.executable, "-m", "tests.durability.backup_run", str(target)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        steps = 0
        for _ in process.stdout:
            steps += 1
            if steps == die_after:
                process.kill()
                break
            process.stdin.write("\n")
            process.stdin.flush()
        process.wait()
    return steps


def test_a_killed_backup_leaves_no_half_file(
    settings: Settings, tmp_path: Path, long_run: bool
) -> None:
    folder = tmp_path / "kept"
    steps = make_backup(settings, folder / "whole.zip", None)
    chance = random.Random(SEED)
    tries = KILLS_LONG if long_run else KILLS
    moments = [chance.randint(1, steps) for _ in range(tries - 2)]
    engine = create_engine(settings.database_url)
    backups: Backups = backups_of(settings, engine, schema)
    backups.verify(folder / "whole.zip")
    for number, moment in enumerate([*moments, steps - 1, steps]):
        target = folder / f"killed{number}.zip"
        make_backup(settings, target, moment)
        if target.exists():
            assert moment == steps, "only the last step comes after the rename"
            backups.verify(target)
        else:
            backups.verify(backups.create(target, SystemClock().now()).path)
    assert not [each for each in folder.iterdir() if each.suffix not in {".zip", ".part"}]
    engine.dispose()
