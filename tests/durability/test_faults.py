"""A full or read-only disk, a damaged or missing file, lost keys: told by name, nothing made worse.

At the start the server says in both languages why it does not come up and what to do; while it
runs, what cannot be kept is refused by a code of its own, phones keep it, and reading goes on.
"""

import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import serve
from app.accounts.actions.sessions import open_web_session
from app.accounts.models import Account, Branch
from app.accounts.rules import BranchKind, Role
from app.extensions import db
from app.factory import build_app
from app.kernel.clock import SystemClock
from app.settings import DATA_MARK, ROOT, KeysMissing, Settings
from app.sync.actions.log import append_entry
from app.upkeep.gateways.backups import backups_of
from app.upkeep.gateways.starting import logs_kept_aside, refuse_broken
from app.upkeep.rules.breakdowns import FolderFull
from app.web import schema
from app.web.breakdowns import DatabaseReadOnly, breakdown_of
from app.web.database import writing_engine
from app.web.transaction import transact
from tests.conftest import SetClock
from tests.durability.deeds.answers import make_batches
from tests.durability.ground import START
from tests.durability.park import make_crowd, settings_for
from tests.factories.people import Person, make_officer
from tests.ports import free_port

Break = Callable[[Settings], None]


@pytest.fixture(scope="module")
def park(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Person]]:
    """A folder with a park's data and keys, all of it in the file itself."""
    folder = tmp_path_factory.mktemp("whole")
    settings = settings_for(folder, f"sqlite:///{folder / 'anca.db'}")
    people = make_crowd(settings, 9)
    app = build_app(settings)

    def work(session: Session) -> None:
        append_entry(session, "feedback", {"n": 1}, START)
        root = session.scalars(select(Branch.id).where(Branch.kind == BranchKind.PARK)).one()
        make_officer(session, root, Role.ADMIN, "an", "Phạm Quốc An", SystemClock().now())

    with app.app_context():
        transact(work)
    let_go(app)
    return folder, people


@pytest.fixture
def settings(park: tuple[Path, list[Person]], tmp_path: Path) -> Settings:
    """The same park in a folder that a test may break."""
    folder = tmp_path / "node"
    shutil.copytree(park[0], folder)
    return settings_for(folder, f"sqlite:///{folder / 'anca.db'}")


@pytest.fixture
def served(settings: Settings) -> Iterator[Flask]:
    """The park's application, where every request has a context of its own."""
    made = build_app(settings)
    yield made
    let_go(made)


def let_go(app: Flask) -> None:
    app.extensions["writer"].stop()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def flip(settings: Settings) -> None:
    """Bytes of one page in seven are something else."""
    with settings.sqlite_path.open("r+b") as file:
        for page in range(2, settings.sqlite_path.stat().st_size // 4096, 7):
            file.seek(page * 4096 + 3600)
            file.write(os.urandom(400))


def garble(settings: Settings) -> None:
    """Every page but the first is something else."""
    with settings.sqlite_path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(settings.sqlite_path.stat().st_size - 4096))


def halve(settings: Settings) -> None:
    os.truncate(settings.sqlite_path, settings.sqlite_path.stat().st_size // 8192 * 4096)


def of_tomorrow(settings: Settings) -> None:
    with closing(sqlite3.connect(settings.sqlite_path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'tomorrow'")
        connection.commit()


def other_keys(settings: Settings) -> None:
    path = settings.instance / "secrets.json"
    kept = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(kept | {"field_key": "00" * 32}), encoding="utf-8")


BROKEN: dict[str, tuple[Break, str, int]] = {
    "bytes flipped": (flip, "node.database_damaged", 65),
    "cut short": (halve, "node.database_damaged", 65),
    "something else": (
        lambda s: s.sqlite_path.write_bytes(b"PK\x03\x04" * 5000) and None,
        "node.database_damaged",
        65,
    ),
    "of a newer program": (of_tomorrow, "node.database_too_new", 65),
    "emptied": (lambda s: os.truncate(s.sqlite_path, 0), "node.database_missing", 66),
    "gone": (lambda s: s.sqlite_path.unlink(), "node.database_missing", 66),
    "without keys": (
        lambda s: (s.instance / "secrets.json").unlink(),
        "node.keys_missing",
        66,
    ),
    "half of the keys": (
        lambda s: os.truncate(s.instance / "secrets.json", 70),
        "node.keys_unreadable",
        65,
    ),
    "other keys": (other_keys, "node.keys_wrong", 65),
}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def start(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> int:
    """What `serve` ends with; it serves nothing."""
    monkeypatch.setenv("ANCA_INSTANCE", str(settings.instance))
    monkeypatch.setenv("ANCA_PORT", str(free_port()))
    monkeypatch.setenv("ANCA_SCHEDULER", "0")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(serve, "serve_with_granian", lambda _: None)
    return serve.main()


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_folder_is_told_at_the_start_and_left_as_it_is(
    settings: Settings,
    how: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    harm, code, exit_code = BROKEN[how]
    harm(settings)
    before = contents(settings.instance)
    assert start(settings, monkeypatch) == exit_code
    said = capsys.readouterr().err.splitlines()
    assert said[0] == f"not started: {code}"
    assert [line.strip()[:3] for line in said[1:]] == ["vi:", "en:"]
    assert contents(settings.instance) == before


def test_a_sound_folder_starts(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert start(settings, monkeypatch) == 0


def test_new_keys_are_never_made_where_there_is_data(settings: Settings) -> None:
    (settings.instance / "secrets.json").unlink()
    with pytest.raises(KeysMissing):
        build_app(settings)
    assert not (settings.instance / "secrets.json").exists()


def test_no_empty_database_is_made_where_there_was_one(settings: Settings) -> None:
    settings.sqlite_path.unlink()
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade", "--json"],
        cwd=ROOT,
        env={**os.environ, "ANCA_INSTANCE": str(settings.instance), "DATABASE_URL": ""},
        capture_output=True,
        text=True,
    )
    assert json.loads(done.stdout)["code"] == "node.database_missing"
    assert done.returncode == 1
    assert not settings.sqlite_path.exists()
    (settings.instance / DATA_MARK).unlink()  # as the sentence says, whoever means it
    refuse_broken(settings)


@contextmanager
def small_files(most: int) -> Iterator[None]:
    """The system takes no larger file from this process, as if the disk were full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_without_room_for_a_start_it_is_said(settings: Settings) -> None:
    with small_files(100_000), pytest.raises(FolderFull):
        refuse_broken(settings)


def test_a_folder_that_is_none_is_said(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(settings.instance)
    settings.instance.write_text("a file", encoding="utf-8")
    assert start(settings, monkeypatch) == 73
    assert "node.folder_not_writable" in capsys.readouterr().err


def test_a_read_only_disk_is_said(settings: Settings, tmp_path: Path) -> None:
    """In a world of its own, where the folder's disk may only be read."""
    mounted = (
        f"mount --bind {settings.instance} {settings.instance} && "
        f"mount -o remount,ro,bind {settings.instance} && exec {sys.executable} -m app.serve"
    )
    line = ["unshare", "-m", "sh", "-c", mounted]
    if os.geteuid() != 0 or not shutil.which("unshare"):
        settings.instance.chmod(0o555)
        line = [sys.executable, "-m", "app.serve"]
    environment = {
        **os.environ,
        "ANCA_INSTANCE": str(settings.instance),
        "ANCA_PORT": str(free_port()),
        "DATABASE_URL": "",
    }
    done = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True)
    settings.instance.chmod(0o755)
    if "mount:" in done.stderr or "unshare:" in done.stderr:
        pytest.skip("nothing may be mounted here")
    assert done.returncode == 73, done.stderr
    assert "node.folder_read_only" in done.stderr or "node.folder_not_writable" in done.stderr


def hand_in(app: Flask, person: Person, batch: list[dict[str, object]]) -> set[tuple[str, str]]:
    """What a phone is told: outcomes and codes."""
    answer = app.test_client().post(
        "/api/v1/commands", json={"commands": batch}, headers=person.headers
    )
    if answer.status_code != 200:
        return {(str(answer.status_code), answer.json["code"])}
    return {(each["outcome"], each.get("code", "")) for each in answer.json["results"]}


def admin(app: Flask, clock: SetClock) -> FlaskClient:
    """The administrator's browser, signed in a while ago."""

    def work(session: Session) -> str:
        account_id = session.scalars(select(Account.id).where(Account.login == "an")).one()
        return open_web_session(session, account_id, now=clock.at)

    with app.app_context():
        session_id = transact(work)
    browser = app.test_client()
    with browser.session_transaction() as cookies:
        cookies["_user_id"], cookies["_fresh"] = session_id, True
    clock.move(minutes=5)
    return browser


def reads_on(app: Flask, person: Person) -> bool:
    """Whether pages, and what a phone asks for, still come."""
    client = app.test_client()
    pages = [client.get("/healthz"), client.get("/sign-in")]
    pages.append(client.get("/api/v1/me", headers=person.headers))
    return {page.status_code for page in pages} == {200}


def test_on_a_full_disk_reading_goes_on_and_writing_does_as_soon_as_there_is_room(
    served: Flask, settings: Settings, park: tuple[Path, list[Person]]
) -> None:
    people = park[1]
    first, second = make_batches(people, 1)[:2]
    clock = served.extensions["clock"] = SetClock(SystemClock().now())
    browser = admin(served, clock)
    assert hand_in(served, people[0], first) == {("applied", "")}
    with small_files(settings.sqlite_path.with_name("anca.db-wal").stat().st_size):
        told = hand_in(served, people[1], second)
        assert told <= {("retry", "database.disk_full"), ("retry", "database.disk_failing")}
        assert reads_on(served, people[1])
        assert browser.get("/admin/node").status_code == 200
        ready = served.test_client().get("/readyz")
        assert ready.status_code == 200 or ready.json["code"].startswith(("database.", "node."))
    assert hand_in(served, people[1], second) == {("applied", "")}
    assert hand_in(served, people[0], first) == {("already_applied", "")}


def test_a_file_that_is_taken_away_is_not_written_on_where_nobody_finds_it(
    served: Flask, settings: Settings, park: tuple[Path, list[Person]]
) -> None:
    people = park[1]
    first, second = make_batches(people, 1)[:2]
    assert hand_in(served, people[0], first) == {("applied", "")}
    aside = settings.sqlite_path.with_name("aside.db")
    settings.sqlite_path.rename(aside)
    assert {code for _, code in hand_in(served, people[1], second)} == {"database.missing"}
    assert not settings.sqlite_path.exists()
    assert served.test_client().get("/readyz").json["code"] == "database.missing"
    aside.rename(settings.sqlite_path)
    assert hand_in(served, people[1], second) == {("applied", "")}


def test_on_damage_nothing_more_is_written_and_people_are_told_in_words(
    served: Flask, settings: Settings, park: tuple[Path, list[Person]]
) -> None:
    garble(settings)
    damaged = contents(settings.instance)["anca.db"]
    batch = make_batches(park[1], 1)[0]
    told = {code for _ in range(3) for _, code in hand_in(served, park[1][0], batch)}
    assert told == {"database.damaged"}, told
    assert served.extensions["writer"].damaged
    assert served.test_client().get("/readyz").json["code"] == "database.damaged"
    assert contents(settings.instance)["anca.db"] == damaged


def test_a_database_that_may_only_be_read_is_told_as_that(settings: Settings) -> None:
    engine = create_engine(f"sqlite:///file:{settings.sqlite_path}?mode=ro&uri=true")
    with pytest.raises(DBAPIError) as caught, engine.begin() as connection:
        connection.execute(text("DELETE FROM lease"))
    engine.dispose()
    assert isinstance(breakdown_of(caught.value), DatabaseReadOnly)


@pytest.fixture
def cut_off(settings: Settings, tmp_path: Path, park: tuple[Path, list[Person]]) -> Settings:
    """What a park leaves whose power was cut: the newest answers are only in the log."""
    app = build_app(settings)
    for person, batch in zip(park[1], make_batches(park[1], 1), strict=True):
        hand_in(app, person, batch)
    left = tmp_path / "cut off"
    shutil.copytree(settings.instance, left)
    let_go(app)
    (left / "anca.db-shm").unlink()
    return settings_for(left, f"sqlite:///{left / 'anca.db'}")


def answers_in(settings: Settings) -> int:
    with closing(sqlite3.connect(settings.sqlite_path)) as connection:
        return int(connection.execute("SELECT count(*) FROM check_in").fetchone()[0])


def test_a_log_whose_end_is_torn_is_read_up_to_there(cut_off: Settings) -> None:
    log = cut_off.sqlite_path.with_name("anca.db-wal")
    os.truncate(log, log.stat().st_size - 3000)
    refuse_broken(cut_off)
    assert logs_kept_aside(cut_off.sqlite_path) == []
    assert answers_in(cut_off) >= 8


def test_a_log_that_is_broken_in_the_middle_is_kept_aside_and_told(cut_off: Settings) -> None:
    log = cut_off.sqlite_path.with_name("anca.db-wal")
    broken = bytearray(log.read_bytes())
    broken[len(broken) // 3] ^= 0xFF
    log.write_bytes(broken)
    refuse_broken(cut_off)
    (kept,) = logs_kept_aside(cut_off.sqlite_path)
    assert (cut_off.instance / kept).read_bytes() == bytes(broken)
    assert answers_in(cut_off) < 9, "SQLite stopped before it, without a word"


def test_the_log_of_a_lost_file_is_not_played_into_the_backup_put_in_its_place(
    cut_off: Settings, park: tuple[Path, list[Person]], tmp_path: Path
) -> None:
    folder = tmp_path / "whole"
    shutil.copytree(park[0], folder)
    whole = settings_for(folder, f"sqlite:///{folder / 'anca.db'}")
    backup = tmp_path / "good.zip"
    now = SystemClock().now()
    backups_of(whole, writing_engine(whole), schema).create(backup, now)
    cut_off.sqlite_path.unlink()
    backups_of(cut_off, writing_engine(cut_off), schema).restore(backup, now, replace=False)
    refuse_broken(cut_off)
    assert answers_in(cut_off) == 0
    (kept,) = cut_off.instance.glob("anca-before-restore-*.db-wal")
    assert kept.stat().st_size
