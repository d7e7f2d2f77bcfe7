"""The plug is pulled: what no sync had settled is gone, whole or in part, in any order.

A kill leaves everything with the system, a power cut only what the disk was told to settle. So one
run is noted down to its last write, and the disk is made anew as a cut at any of its moments may
have left it: of what was unsettled nothing, the beginning, all, or any sectors of 512 bytes.
"""

import pickle
import random
import sqlite3
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.settings import ROOT
from tests.durability.recorder import Noted

SEED = 20211109
CUTS, CUTS_LONG = 120, 4000
SECTOR = 512


@dataclass(slots=True)
class Disk:
    """Files as the disk has them for certain, and what may or may not have reached it since."""

    settled: dict[str, bytearray]
    unsettled: dict[str, list[Noted]] = field(default_factory=lambda: defaultdict(list))
    honest: bool = True

    def take(self, noted: Noted) -> None:
        """Something was done to a file."""
        if noted.kind == "sync":
            if self.honest:
                self._settle(noted.file)
        elif noted.kind == "delete":
            self.settled.pop(noted.file, None)
            self.unsettled.pop(noted.file, None)
        elif noted.kind in {"write", "cut"}:
            self.unsettled[noted.file].append(noted)

    def _settle(self, name: str) -> None:
        content = self.settled.setdefault(name, bytearray())
        for each in self.unsettled.pop(name, []):
            _apply(content, each)

    def after_cut(self, chance: random.Random) -> dict[str, bytearray]:
        """What is found when the power comes back."""
        found = {name: bytearray(content) for name, content in self.settled.items()}
        for name, waiting in self.unsettled.items():
            for each in _survivors(waiting, chance):
                _apply(found.setdefault(name, bytearray()), each)
        return found


def _survivors(waiting: Sequence[Noted], chance: random.Random) -> Iterator[Noted]:
    way = chance.choice(("none", "beginning", "all", "any", "any", "last"))
    share = chance.choice((0.1, 0.5, 0.9))
    until = chance.randint(0, len(waiting))
    for number, each in enumerate(waiting):
        if (
            way == "all"
            or (way == "beginning" and number < until)
            or (way == "last" and number >= until)
        ):
            yield each
        elif way == "any" and each.kind == "cut":
            if chance.random() < share:
                yield each
        elif way == "any":
            for start in range(0, len(each.content), SECTOR):
                if chance.random() < share:
                    sector = each.content[start : start + SECTOR]
                    yield Noted("write", each.file, each.place + start, sector)


def _apply(content: bytearray, each: Noted) -> None:
    if each.kind == "cut":
        del content[each.place :]
        return
    end = each.place + len(each.content)
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    content[each.place : end] = each.content


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[Noted]]:
    """The database before, and everything that was done to the disk since."""
    folder = tmp_path_factory.mktemp("noted")
    file = folder / "notes"
    done = subprocess.run(
        [sys.executable, "-m", "tests.durability.recorded_run", str(folder / "node"), str(file)],
        cwd=ROOT,
    )
    if done.returncode == 3:
        pytest.skip("SQLite is built into this Python: nobody can stand before the system")
    assert done.returncode == 0
    notes: list[Noted] = pickle.loads(file.read_bytes())
    return file.with_suffix(".db").read_bytes(), notes


def cut_at_random(
    run: tuple[bytes, list[Noted]], cuts: int, folder: Path, *, honest: bool
) -> Iterator[str]:
    """What was wrong after each cut: "" where nothing was."""
    before, notes = run
    chance = random.Random(SEED)
    moments = sorted(chance.choices(range(1, len(notes)), k=cuts))
    disk = Disk({"anca.db": bytearray(before)}, honest=honest)
    sent: set[str] = set()
    saved: set[str] = set()
    done = 0
    for moment in moments:
        for noted in notes[done:moment]:
            disk.take(noted)
            if noted.kind == "mark":
                {"sent": sent, "saved": saved}[noted.content[0]].update(noted.content[1])
        done = moment
        yield _wrong_after(disk.after_cut(chance), folder, sent, saved)


def _wrong_after(files: dict[str, bytearray], folder: Path, sent: set[str], saved: set[str]) -> str:
    for left in folder.iterdir():
        left.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    try:
        with closing(sqlite3.connect(folder / "anca.db")) as connection:
            kept = {key for (key,) in connection.execute("SELECT key FROM command")}
            whole = connection.execute("PRAGMA integrity_check").fetchall()
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.DatabaseError as error:
        return str(error)
    if whole != [("ok",)] or broken:
        return f"unsound: {whole[:2]} {broken[:2]}"
    if saved - kept:
        return f"{len(saved - kept)} acknowledged answers are lost"
    return "" if kept <= sent else "somebody answered who did not"


def test_what_was_acknowledged_is_there_after_any_power_cut(
    run: tuple[bytes, list[Noted]], tmp_path: Path, long_run: bool
) -> None:
    assert sum(each.kind == "sync" and each.file == "anca.db" for each in run[1]), (
        "the log was never folded into the file: this test proved little"
    )
    cuts = CUTS_LONG if long_run else CUTS
    wrong = [each for each in cut_at_random(run, cuts, tmp_path, honest=True) if each]
    assert wrong == []


def test_the_same_cuts_on_a_disk_that_settles_nothing_lose_answers(
    run: tuple[bytes, list[Noted]], tmp_path: Path
) -> None:
    """Whether the cuts are sharp enough to find what a missing sync would lose."""
    found = list(cut_at_random(run, 40, tmp_path, honest=False))
    assert any("lost" in each for each in found)
