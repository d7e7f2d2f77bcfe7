"""A service and a release: what they write, without touching the machine."""

import os
import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app.settings import ROOT
from deploy import release, service

AT = datetime(2026, 11, 24, 5, 10, tzinfo=UTC)
FILES = {
    "start.py": b"print()",
    "wheels/one-1.0-py3-none-any.whl": b"wheel",
    "docs/ca.md": b"An Ca",
}


def test_the_same_files_make_the_same_release(tmp_path: Path) -> None:
    made = [tmp_path / "a.zip", tmp_path / "b.zip"]
    release.write(made[0], "an-ca-1", FILES, AT)
    release.write(made[1], "an-ca-1", dict(reversed(FILES.items())), AT)
    assert made[0].read_bytes() == made[1].read_bytes()
    zipfile.ZipFile(made[0]).extractall(tmp_path)
    folder = tmp_path / "an-ca-1"
    assert release.check_wheels(folder) is None
    wheel = folder / "wheels" / "one-1.0-py3-none-any.whl"
    wheel.write_bytes(b"spoilt")
    assert release.check_wheels(folder) == f"wheels/{wheel.name}"
    wheel.unlink()
    assert release.check_wheels(folder) == f"wheels/{wheel.name}"


def test_each_platform_gets_its_own_packages() -> None:
    pinned = (ROOT / "requirements.txt").read_text(encoding="utf-8").split("\n")
    for name in release.PLATFORMS:
        wanted = release.requirements(name)
        assert ("colorama==0.4.6" in wanted) == (name == "windows")
        assert len(wanted) == len([line for line in pinned if line]) - (name != "windows")


@pytest.mark.skipif(os.name == "nt", reason="units are for Linux")
@pytest.mark.parametrize("for_machine", [True, False])
def test_systemd_takes_the_unit(
    for_machine: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "khu công nghiệp 100%"
    root.mkdir()
    (root / "start.py").touch()
    monkeypatch.setattr(service, "ROOT", root)
    text = service.unit(for_machine=for_machine)
    assert ("User=" in text) == for_machine
    assert f'"{str(root).replace("%", "%%")}/start.py" serve\n' in text
    tool = shutil.which("systemd-analyze")
    if tool is None:
        return
    path = tmp_path / "an-ca.service"
    path.write_text(text, encoding="utf-8")
    words = [tool, "verify", *([] if for_machine else ["--user"]), str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert "an-ca.service" not in done.stderr, done.stderr


@pytest.mark.parametrize("for_machine", [True, False])
def test_the_task_of_windows_is_whole(
    for_machine: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "ROOT", tmp_path / "A & B")
    told = ElementTree.fromstring(service.task(for_machine=for_machine).partition("?>")[2])
    space = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
    found = {each.tag.removeprefix(space): each.text for each in told.iter()}
    assert found["WorkingDirectory"] == str(tmp_path / "A & B")
    assert found["StopIfGoingOnBatteries"] == "false"
    assert ("BootTrigger" in found) == for_machine


def test_start_says_what_it_can_do() -> None:
    words = [sys.executable, str(ROOT / "start.py"), "dance"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "restore FILE" in done.stdout
