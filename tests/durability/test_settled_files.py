"""Our own files: content settled before the name, the name before anybody hears that it is done."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.kernel.clock import SystemClock
from app.kernel.files import write_whole
from app.settings import Secrets, keep_secret
from app.sync.gateways.bundles import write_bundle
from app.sync.gateways.files import write_json
from app.upkeep.gateways.backups import backups_of
from app.web import schema
from app.web.database import writing_engine
from tests.durability.park import make_crowd, settings_for

Settled = list[int]


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> Settled:
    """Which files and folders were settled, in their order."""
    found: Settled = []
    below = os.fsync

    def fsync(handle: int) -> None:
        found.append(os.fstat(handle).st_ino)
        below(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    return found


def bundle(path: Path) -> None:
    write_bundle(path, ["a.b.c"], lambda count, digest: {"entries": count, "sha256": digest})


WRITERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "any file": ("x.bin", lambda path: write_whole(path, b"x")),
    "keys": ("secrets.json", lambda path: keep_secret(path, "{}")),
    "first keys": ("secrets.json", lambda path: Secrets.in_folder(path.parent)),
    "enrolment": ("park.json", lambda path: write_json(path, {"park": 1})),
    "bundle": ("up.zip", bundle),
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_is_settled_and_then_its_folder(name: str, settled: Settled, tmp_path: Path) -> None:
    file, write = WRITERS[name]
    write(tmp_path / file)
    places = [settled.index((tmp_path / file).stat().st_ino), _last(settled, tmp_path)]
    assert places == sorted(places)


def _last(settled: Settled, folder: Path) -> int:
    return len(settled) - 1 - settled[::-1].index(folder.stat().st_ino)


def test_backup_and_restore_settle_what_they_put_in_place(settled: Settled, tmp_path: Path) -> None:
    folder = tmp_path / "node"
    folder.mkdir()
    settings = settings_for(folder, f"sqlite:///{folder / 'anca.db'}")
    make_crowd(settings, 2)
    backups = backups_of(settings, writing_engine(settings), schema)
    path = tmp_path / "kept" / "good.zip"
    backups.create(path, SystemClock().now())
    assert settled.index(path.stat().st_ino) < _last(settled, path.parent)
    backups.restore(path, SystemClock().now(), replace=True)
    assert settled.index(settings.sqlite_path.stat().st_ino) < _last(settled, folder)
