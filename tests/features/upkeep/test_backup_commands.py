"""The `backup` commands: one JSON document, exit 1 with a code when refused."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.factory import build_app, build_restorer
from app.settings import ROOT, Secrets
from app.upkeep.gateways.archive import SECRETS
from app.upkeep.queries.records import list_backups
from tests.conftest import Node
from tests.factories.people import Cast
from tests.features.upkeep.conftest import EmptyNode

Shell = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def shell(in_app: Flask) -> Shell:
    """Run a command on the park; exit code and JSON."""
    return run_on(in_app)


def run_on(app: Flask) -> Shell:
    def run(*words: str) -> tuple[int, dict[str, Any]]:
        with app.app_context():
            done = app.test_cli_runner().invoke(args=[*words, "--json"])
        return done.exit_code, json.loads(done.stdout)

    return run


def test_a_backup_travels_by_commands_alone(
    shell: Shell, cast: Cast, tmp_path: Path, empty_node: Callable[[], EmptyNode], node: Node
) -> None:
    file = str(tmp_path / "b.zip")
    code, told = shell("backup", "create", file)
    assert (code, told["file"], told["holds_secrets"]) == (0, file, True)
    code, told = shell("backup", "verify", file)
    assert (code, told["good"]) == (0, True)
    fresh = empty_node()
    target = build_app(fresh.settings, node.clock)
    code, told = run_on(target)("backup", "restore", file)
    assert (code, told["restored"], told["rows"] > 0) == (0, True, True)
    assert fresh.count("worker") == 5
    with target.app_context():
        target.extensions["writer"].stop()
    code, told = run_on(target)("backup", "restore", file)
    assert (code, told["code"]) == (1, "backup.folder_not_empty")
    assert "--replace" in told["message"]
    with target.app_context():
        target.extensions["writer"].stop()


def no_database(file: bytes) -> bytes:
    return b"\0" * len(file)


def torn_inside(file: bytes) -> bytes:
    """The first page says that all is well; no other does."""
    return file[:100] + b"\xa7" * (len(file) - 100)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("damage", [no_database, torn_inside])
def test_a_backup_takes_the_place_of_a_damaged_database(
    shell: Shell,
    cast: Cast,
    tmp_path: Path,
    empty_node: Callable[[], EmptyNode],
    node: Node,
    damage: Callable[[bytes], bytes],
) -> None:
    file = str(tmp_path / "b.zip")
    shell("backup", "create", file)
    fresh = empty_node()
    target = build_app(fresh.settings, node.clock)
    assert run_on(target)("backup", "restore", file)[0] == 0
    with target.app_context():
        target.extensions["writer"].stop()
    kept = fresh.settings.sqlite_path
    garbled = damage(kept.read_bytes())
    kept.write_bytes(garbled)
    log = kept.with_name(f"{kept.name}-wal")
    log.write_bytes(b"left behind")
    code, told = run_on(target)("backup", "restore", file)
    assert (code, told["code"]) == (1, "backup.folder_not_empty")
    code, told = run_on(target)("backup", "restore", file, "--replace")
    assert (code, told.get("restored")) == (0, True), told
    assert Path(told["old_data"]).read_bytes() == garbled
    assert not log.exists()
    assert fresh.count("worker") == 5
    with target.app_context():
        target.extensions["writer"].stop()


@pytest.fixture
def restored(backup: Path, empty_node: Callable[[], EmptyNode], node: Node) -> EmptyNode:
    """A node with data, of which there is a backup."""
    made = empty_node()
    made.backups().restore(backup, node.clock.at, replace=False)
    made.engine.dispose()
    return made


def test_a_node_without_its_keys_is_restored_by_the_command(
    restored: EmptyNode, backup: Path, node: Node
) -> None:
    (restored.settings.instance / SECRETS).unlink()
    environment = {
        **os.environ,
        "ANCA_INSTANCE": str(restored.settings.instance),
        "DATABASE_URL": restored.settings.database_url,
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "backup", "restore", str(backup)]
    told = []
    for words in (["--json"], ["--json", "--replace"]):
        done = subprocess.run(
            [*command, *words],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout, done.stderr
        told.append(json.loads(done.stdout))
    assert told[0]["code"] == "backup.folder_not_empty"
    assert told[1]["restored"]
    assert Secrets.in_folder(restored.settings.instance) == Secrets.in_folder(node.folder)


def test_torn_keys_are_kept_beside_those_of_the_backup(
    restored: EmptyNode, backup: Path, node: Node
) -> None:
    keys = restored.settings.instance / SECRETS
    os.truncate(keys, 70)
    torn = keys.read_bytes()
    app = build_restorer(restored.settings, node.clock)
    code, told = run_on(app)("backup", "restore", str(backup), "--replace")
    with app.app_context():
        app.extensions["writer"].stop()
    assert (code, told.get("restored")) == (0, True), told
    assert Path(told["old_secrets"]).read_bytes() == torn
    assert Secrets.in_folder(restored.settings.instance) == Secrets.in_folder(node.folder)


def test_the_list_of_backups_knows_those_made_by_command(
    shell: Shell, cast: Cast, tmp_path: Path, session: Session
) -> None:
    file = tmp_path / "b.zip"
    shell("backup", "create", str(file))
    assert list_backups(session)[0].verified_at is None
    shell("backup", "verify", str(file))
    session.rollback()
    assert list_backups(session)[0].verified_at is not None
    with file.open("r+b") as spoilt:
        spoilt.seek(300)
        spoilt.write(b"\0\0\0\0")
    code, told = shell("backup", "verify", str(file))
    assert (code, told["code"]) == (1, "backup.damaged")
    session.rollback()
    (row,) = list_backups(session)
    assert (row.code, row.verified_at) == ("backup.damaged", None)
