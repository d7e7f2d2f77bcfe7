"""Where deeds are done, killed, gone on with and looked at: one folder, put back each time."""

import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.settings import ROOT
from tests.durability.deeds import DEEDS

MOST_KILLS_IN_A_ROW = 3


@dataclass(slots=True)
class Ended:
    """What a child told, the moments it met, and how it ended: an exit code or minus a signal."""

    told: list[dict[str, Any]] = field(default_factory=list)
    moments: dict[str, int] = field(default_factory=dict)
    code: int = 0

    @property
    def was_killed(self) -> bool:
        return self.code == -signal.SIGKILL


class Stage:
    """The process that does deeds, and the grounds it does them on."""

    def __init__(self, folder: Path) -> None:
        self.here, self.kept = folder / "here", folder / "kept"
        self.kept.mkdir(parents=True)
        self.moments: dict[str, dict[str, int]] = {}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.durability.acting", str(self.here)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._heard()
        self._whole(self._ask(act="found"))
        self._keep("found")

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def prepare(self, deed: str) -> None:
        """Do a deed once undisturbed: what there is to kill in it, and that it is right then."""
        self._put_back("found")
        self._whole(self._ask(act="prepare", deed=deed, attempt=0))
        self._keep(deed)
        done = self._whole(self._ask(act="do", deed=deed, attempt=0, die=""))
        self._look(deed, done.told, 0, "undisturbed")
        self.moments[deed] = done.moments

    def kill(self, deed: str, chance: random.Random) -> int:
        """Do a deed, killed at random and gone on with, until it is done; how often it was."""
        self._put_back(deed)
        told: list[dict[str, Any]] = []
        story: list[str] = []
        kills = chance.randint(1, MOST_KILLS_IN_A_ROW)
        while True:
            die = self._moment(deed, chance) if len(story) < kills else ""
            ended = self._ask(act="do", deed=deed, attempt=len(story), die=die)
            told += ended.told
            if not ended.was_killed:
                self._whole(ended, *story)
                break
            story.append(die)
            check_sound(self.here, f"{deed} killed at {story}")
        self._look(deed, told, len(story), *story)
        return len(story)

    def _moment(self, deed: str, chance: random.Random) -> str:
        kind = chance.choice(sorted(self.moments[deed]))
        return f"{kind}:{chance.randint(1, self.moments[deed][kind])}"

    def _look(self, deed: str, told: list[dict[str, Any]], attempt: int, *story: str) -> None:
        check_sound(self.here, f"{deed} at its end after {story}")
        order = {"act": "check", "deed": deed, "attempt": attempt, "told": told}
        self._whole(self._ask(**order), deed, *story)

    def _ask(self, **order: Any) -> Ended:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return self._heard()

    def _heard(self) -> Ended:
        assert self.process.stdout is not None
        ended = Ended()
        for line in self.process.stdout:
            said = json.loads(line)
            if "told" in said:
                ended.told.append(said["told"])
            elif "failed" in said:
                ended.told.append({"failed": said["failed"]})
            elif "moments" in said:
                ended.moments = said["moments"]
            else:
                ended.code = said["ended"]
                return ended
        raise AssertionError("the process that does deeds went away")

    def _whole(self, ended: Ended, *story: str) -> Ended:
        failed = "\n".join(each["failed"] for each in ended.told if "failed" in each)
        assert ended.code == 0, f"{story} ended with {ended.code}\n{failed}"
        return ended

    def _keep(self, name: str) -> None:
        shutil.copytree(self.here, self.kept / name)

    def _put_back(self, name: str) -> None:
        shutil.rmtree(self.here)
        shutil.copytree(self.kept / name, self.here)


def check_sound(folder: Path, story: str) -> None:
    """Every database there is, opened on a copy so that the next process finds what was left."""
    for path in folder.rglob("*.db"):
        place = folder.parent / "looked-at"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        for part in (path, path.with_name(f"{path.name}-wal")):
            if part.exists():
                shutil.copy(part, place / part.name)
        with closing(sqlite3.connect(place / path.name)) as connection:
            whole = connection.execute("PRAGMA integrity_check").fetchall()
            assert whole == [("ok",)], f"{path.name} of {story}: {whole[:3]}"
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
            assert broken == [], f"{path.name} of {story}: {broken[:3]}"


__all__ = ["DEEDS", "Stage", "check_sound"]
