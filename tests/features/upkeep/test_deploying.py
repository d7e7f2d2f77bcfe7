"""A service and a release: what they write, without touching the machine."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

import start
from app.settings import ROOT
from app.web import catalogue
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


OLD = {
    "requirements.txt": b"",
    "app/web/catalogue.py": b"",
    "app/migrations/versions/0001_first.py": b"old",
    "templates/Board.html": b"old",
}
NEWER_STEP = "app/migrations/versions/0002_more.py"
NEW = {
    **OLD,
    "app/migrations/versions/0001_first.py": b"new",
    NEWER_STEP: b"new",
    "app/new/rules.py": b"new",
}


@pytest.fixture
def gone_back(tmp_path: Path) -> Path:
    """The folder of a program: a new version, used, and the old one unpacked over it."""
    for name, files in (("new", NEW), ("old", OLD)):
        release.write(tmp_path / f"{name}.zip", "an-ca-1", files, AT)
        zipfile.ZipFile(tmp_path / f"{name}.zip").extractall(tmp_path)
        (tmp_path / "an-ca-1" / "app" / "texts.mo").touch()
        (tmp_path / "an-ca-1" / "instance").mkdir(exist_ok=True)
        (tmp_path / "an-ca-1" / "instance" / "anca.db").touch()
    return tmp_path / "an-ca-1"


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_old_version_put_back_runs_without_what_the_newer_one_left(
    gone_back: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start, "ROOT", gone_back)
    monkeypatch.setattr(start, "VENV", gone_back / ".venv")
    monkeypatch.setattr(start, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(start, "install_anew", lambda _: start.VENV.mkdir())
    start.install("requirements.txt")
    kept = {"SHA256SUMS", "app/texts.mo", "instance/anca.db", ".venv/installed-requirements.txt"}
    aside = {f"left-over/{name}" for name in NEW.keys() - OLD.keys()}
    assert files_in(gone_back) == OLD.keys() | kept | aside
    assert f"put aside in left-over: {NEWER_STEP}, app/new/rules.py" in capsys.readouterr().out
    start.install("requirements.txt")
    assert capsys.readouterr().out == ""


def test_packages_of_a_run_that_was_cut_off_are_installed_again_by_any_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed: list[str] = []

    def cut_off(_: str) -> None:
        raise KeyboardInterrupt

    def change_packages(to: str, name: str, how: Callable[[str], None] = installed.append) -> None:
        (tmp_path / "requirements.txt").write_text(to)
        monkeypatch.setattr(start, "install_anew", how)
        start.install(name)

    for name in ("app/web/catalogue.py", "requirements-dev.txt", ".venv/pyvenv.cfg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.setattr(start, "ROOT", tmp_path)
    monkeypatch.setattr(start, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(start, "PYTHON", Path(sys.executable))
    both = ["requirements-dev.txt", "requirements.txt"]
    for name in both:
        change_packages("old", name)
    assert installed == both[:1]
    with pytest.raises(KeyboardInterrupt):
        change_packages("new", "requirements.txt", cut_off)
    for name in reversed(both):
        change_packages("old", name)
    assert installed == [both[0], both[1], both[0]]


@pytest.mark.parametrize("how", ["half unpacked", "a working copy", "no list of files"])
def test_nothing_is_put_aside_by_a_list_of_other_files(gone_back: Path, how: str) -> None:
    if how == "half unpacked":
        (gone_back / "templates" / "Board.html").write_bytes(b"new")
    elif how == "a working copy":
        (gone_back / ".git").mkdir()
    else:
        (gone_back / "SHA256SUMS").unlink()
    before = files_in(gone_back)
    told = release.sweep(gone_back)
    assert files_in(gone_back) == before
    assert (told is not None) == (how == "half unpacked")


def test_a_disk_that_keeps_the_old_capitals_of_a_name_loses_nothing(gone_back: Path) -> None:
    (gone_back / "templates" / "board.html").write_bytes(b"old")
    release.sweep(gone_back)
    assert "templates/board.html" in files_in(gone_back)


def test_texts_of_an_older_version_are_compiled_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "TRANSLATIONS", tmp_path)
    source = tmp_path / "en" / "LC_MESSAGES" / "messages.po"
    source.parent.mkdir(parents=True)
    for said, at in (("shift", 2000), ("turn", 1000)):
        source.write_text(f'msgid "ca"\nmsgstr "{said}"\n', encoding="utf-8")
        os.utime(source, (at, at))
        catalogue.compile_catalogues()
        assert said.encode() in source.with_suffix(".mo").read_bytes()


def test_each_platform_gets_its_own_packages() -> None:
    for name in release.PLATFORMS:
        wanted = release.requirements(name)
        assert ("colorama==0.4.6" in wanted) == (name == "windows")
        assert all(re.fullmatch(r"[\w.-]+==[\w.]+", each) for each in wanted)


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


CONSOLE = """
import pathlib, sys
import start


class Console:
    def write(self, text): raise OSError("WriteConsoleW: this is a file")
    def flush(self): raise OSError("WriteConsoleW: this is a file")


sys.stdout = sys.stderr = Console()
start.log_into(pathlib.Path(sys.argv[1]))
print("Khu c\\xf4ng nghi\\u1ec7p")
start.subprocess.run([sys.executable, "-c", "print('server')"])
raise SystemExit("The packages could not be installed")
"""


def test_the_log_of_a_service_takes_what_a_console_of_windows_would_refuse(tmp_path: Path) -> None:
    log = tmp_path / "instance" / "service.log"
    words = [sys.executable, "-c", CONSOLE, str(log)]
    environment = os.environ | {"PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode == 1, done.stderr
    said = ["Khu công nghiệp", "server", "The packages could not be installed"]
    assert log.read_text(encoding="utf-8").splitlines() == said


def test_a_service_is_installed_with_its_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[object] = []
    monkeypatch.setattr(start.signal, "signal", lambda *_: None)
    monkeypatch.setattr(start, "install", done.append)
    monkeypatch.setattr(service, "run", lambda words: done.append(words) or 0)
    assert start.main(["service", "install"]) == 0
    assert done == ["requirements.txt", ["install"]]
    monkeypatch.setattr(start, "owns_folder", lambda: False)
    start.main(["service", "install"])
    start.main(["service"])
    assert done[2:] == [["install"], []]


def test_a_server_reads_and_says_every_letter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "Khu công nghiệp"
    (folder / "app").mkdir(parents=True)
    (folder / "app" / "serve.py").write_text("import sys; print(sys.flags.utf8_mode)")
    monkeypatch.setenv("PYTHONUTF8", "0")
    monkeypatch.setattr(start, "ROOT", folder)
    monkeypatch.setattr(start, "PYTHON", Path(sys.executable))
    assert start.serve_until_stopped() == 0
    assert capfd.readouterr().out.split() == ["1"]


def test_start_says_what_it_can_do() -> None:
    words = [sys.executable, str(ROOT / "start.py"), "dance"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "restore FILE" in done.stdout
