"""Backups on another disk: sealed, read back, opened by the sheet alone."""

import dataclasses
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.kernel.clock import Clock
from app.settings import Secrets
from app.upkeep.actions.runs import begin_run, copy_again, finish_run
from app.upkeep.actions.sheets import make_sheet
from app.upkeep.gateways import second_place
from app.upkeep.gateways.backups import Backups
from app.upkeep.gateways.sealing import KEY_FILE, RecoveryKey, Sheet
from app.upkeep.queries.records import list_backups
from app.upkeep.rules.node_state import CopyFacts, find_problems
from app.web.transaction import transact
from tests.conftest import Node, SetClock
from tests.factories.people import STORY, Cast, Person
from tests.features.upkeep.conftest import EmptyNode
from tests.features.upkeep.test_backup import refusal_of
from tests.features.upkeep.test_node_pages import SOUND, enter, token_in  # noqa: F401

Enter = Callable[[Person], FlaskClient]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "disk"
    folder.mkdir()
    return folder


@pytest.fixture
def two_places(source: Backups, node: Node, place: Path) -> Backups:
    """Backups of the park with a second place and no sheet yet."""
    (node.folder / KEY_FILE).unlink(missing_ok=True)
    settings = dataclasses.replace(source.settings, backup_to=str(place))
    return dataclasses.replace(source, settings=settings)


@pytest.fixture
def sheet(two_places: Backups, node: Node) -> Sheet:
    return make_sheet(node.folder, again=False, now=node.clock.at)


def run(backups: Backups, clock: Clock) -> str | None:
    return finish_run(begin_run(backups, transact, clock, STORY))


def test_a_lost_machine_comes_back_by_the_sheet_alone(
    two_places: Backups,
    sheet: Sheet,
    node: Node,
    place: Path,
    empty_node: Callable[[], EmptyNode],
    cast: Cast,
) -> None:
    (node.folder / "anca.env").write_text("ANCA_NAME=KCN Vân Trung\n", encoding="utf-8")
    assert run(two_places, node.clock) is None
    (node.folder / "anca.env").unlink()
    (sealed,) = place.iterdir()
    assert re.match(r"kcn-van-trung-[0-9a-f]{8}-2026\d{4}-\d{4}\.sealed$", sealed.name)
    head = json.loads(sealed.read_bytes().partition(b"\n")[0])
    assert head["sheet"] == sheet.key.name
    assert sheet.code not in sealed.read_bytes().decode("latin-1")
    fresh = empty_node()
    backups, other = fresh.backups(), Sheet.make(node.clock.at)
    for code, refused in (
        ("", "backup.code_needed"),
        (sheet.code[:-1] + "!", "backup.wrong_code"),
        (other.code, "backup.other_sheet"),
    ):
        deed = lambda code=code: backups.restore(sealed, node.clock.at, replace=False, code=code)  # noqa: E731
        assert refusal_of(deed) == refused
    typed = sheet.code.lower().replace("-", " ")
    backups.restore(sealed, node.clock.at, replace=False, code=typed)
    assert fresh.count("worker") == 5
    instance = fresh.settings.instance
    assert (instance / "anca.env").read_text(encoding="utf-8") == "ANCA_NAME=KCN Vân Trung\n"
    kept = RecoveryKey.in_folder(instance)
    assert kept is not None
    assert kept.public == sheet.key.public
    assert sheet.code not in "".join(
        path.read_text("latin-1") for path in node.folder.glob("*.json")
    )


def test_a_changed_or_short_sealed_file_is_refused(
    two_places: Backups, sheet: Sheet, node: Node, place: Path
) -> None:
    run(two_places, node.clock)
    (sealed,) = place.iterdir()
    whole = sealed.read_bytes()
    for spoilt in (whole[:-1], whole[: len(whole) // 2], whole.replace(b"restore", b"Restore", 1)):
        sealed.write_bytes(spoilt)
        deed = lambda: two_places.verify(sealed, code=sheet.code)  # noqa: E731
        assert refusal_of(deed) == "backup.damaged"
    sealed.write_bytes(whole)
    two_places.verify(sealed, code=sheet.code)


def test_a_place_that_was_away_gets_its_copy_when_it_is_back(
    two_places: Backups, node: Node, place: Path, session: Session
) -> None:
    assert run(two_places, node.clock) is None
    assert list_backups(session)[0].copy_code == "backup.no_sheet"
    make_sheet(node.folder, again=False, now=node.clock.at)
    place.rename(place.with_name("unplugged"))
    assert copy_again(two_places, transact, node.clock) == "backup.place_missing"
    assert not place.exists(), "a folder made in its stead would fill the wrong disk"
    place.with_name("unplugged").rename(place)
    assert copy_again(two_places, transact, node.clock) in {None, "backup.same_disk"}
    session.rollback()
    assert list_backups(session)[0].copied_at is not None
    assert [path.suffix for path in place.iterdir()] == [".sealed"]


def test_a_full_or_lying_disk_leaves_no_file_that_looks_good(
    two_places: Backups,
    sheet: Sheet,
    node: Node,
    place: Path,
    backup: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(second_place, "ROOM_LEFT", 1 << 62)
    assert refusal_of(lambda: two_places.copy_away(backup)) == "backup.place_full"
    monkeypatch.undo()
    monkeypatch.setattr(second_place, "proves", lambda *_: False)
    assert refusal_of(lambda: two_places.copy_away(backup)) == "backup.place_spoils"
    assert list(place.iterdir()) == []


def test_two_nodes_of_one_name_share_a_place(
    two_places: Backups,
    sheet: Sheet,
    node: Node,
    place: Path,
    backup: Path,
    empty_node: Callable[[], EmptyNode],
) -> None:
    settings = dataclasses.replace(
        empty_node().settings, name="KCN Vân Trung", backup_to=str(place)
    )
    Secrets.in_folder(settings.instance)
    other_sheet = make_sheet(settings.instance, again=False, now=node.clock.at)
    namesake = dataclasses.replace(two_places, settings=settings)
    nights = [backup.with_name(f"anca-202610{day:02}-0130.zip") for day in range(1, 31)]
    for night in (nights[0], nights[-1]):
        shutil.copyfile(backup, night)
    ours, theirs = (each.copy_away(nights[0]) for each in (two_places, namesake))
    assert ours != theirs
    assert namesake.verify(theirs, code=other_sheet.code)
    # As an earlier program named them, of both; what lies there may also be nobody's.
    old = [f"kcn-van-trung-{night.stem.removeprefix('anca-')}.sealed" for night in nights]
    for sealed, names in ((ours, old[:12]), (theirs, old[12:20])):
        for name in names:
            shutil.copyfile(sealed, place / name)
    (place / old[20]).touch()
    make_sheet(node.folder, again=True, now=node.clock.at)
    two_places.copy_away(nights[-1])
    left = {path.name for path in place.iterdir()}
    assert theirs.name in left
    assert left & set(old) == {old[3], *old[6:21]}
    assert two_places.verify(place / old[3], code=sheet.code)
    for path in node.folder.glob("recovery*.json"):
        path.unlink()


def test_the_sheet_is_shown_once_and_made_again_only_on_purpose(
    enter: Enter,  # noqa: F811
    cast: Cast,
    node: Node,
    in_app: Flask,
    clock: SetClock,
) -> None:
    (node.folder / KEY_FILE).unlink(missing_ok=True)
    browser = enter(cast.people["an"])
    token = {"csrf_token": token_in(browser.get("/admin/backups").text)}
    answer = browser.post("/admin/backups/sheet", data=token)
    (code,) = re.findall(r"(?:[0-9A-Z]{4}-){6}[0-9A-Z]{4}", answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
    key = RecoveryKey.in_folder(node.folder)
    assert key is not None
    assert Sheet.read(code, clock.at).key.public == key.public
    assert browser.post("/admin/backups/sheet", data=token).status_code == 302
    assert RecoveryKey.in_folder(node.folder) == key
    assert code not in browser.get("/admin/backups").text
    again = browser.post("/admin/backups/sheet", data=token | {"again": "1"})
    assert code not in again.text
    assert RecoveryKey.in_folder(node.folder) != key
    assert (node.folder / f"recovery-{key.name}.json").exists()
    assert browser.post("/admin/backups/sheet").status_code == 400
    for path in node.folder.glob("recovery*.json"):
        path.unlink()


@pytest.mark.parametrize(
    ("copies", "codes"),
    [
        (CopyFacts("", False, None, None), ["node.no_second_place"]),
        (CopyFacts("/media/x", False, None, None), ["node.no_sheet"]),
        (CopyFacts("/media/x", True, None, "backup.place_missing"), ["node.copy_failed"]),
        (CopyFacts("/media/x", True, SOUND.now, None), []),
        (
            CopyFacts("/media/x", True, SOUND.now, "backup.same_disk"),
            ["node.second_place_same_disk"],
        ),
    ],
)
def test_the_node_says_how_its_copies_fare(copies: CopyFacts, codes: list[str]) -> None:
    found = find_problems(dataclasses.replace(SOUND, copies=copies))
    assert [problem.code for problem in found] == codes
