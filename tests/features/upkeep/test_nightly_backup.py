"""The night's backup: proved, recorded, old ones deleted only after a good one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePath
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.kernel.actors import program
from app.upkeep.actions.runs import LEASE, begin_run, finish_run
from app.upkeep.gateways.backups import Backups
from app.upkeep.jobs import make_nightly_backup
from app.upkeep.queries.records import find_running, list_backups
from app.upkeep.rules.refusals import AlreadyRunning
from app.upkeep.rules.rotation import has_served, nightly_name, upgrade_copies_served
from app.web.transaction import transact
from tests.conftest import Node, SetClock

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
FOLDER = PurePath("/node/backups")
NIGHT = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Made:
    path: str
    made_at: datetime
    verified_at: datetime | None
    code: str | None = None


def made(nights_ago: int, *, good: bool = True, name: str = "") -> Made:
    at = NIGHT - timedelta(days=nights_ago)
    path = str(FOLDER / (name or nightly_name(at, HANOI, ())))
    return Made(path, at, at if good else None, None if good else "backup.damaged")


def test_a_backup_is_named_by_the_parks_own_time() -> None:
    assert nightly_name(NIGHT, HANOI, ()) == "anca-20261125-0130.zip"
    taken = {"anca-20261125-0130.zip", "anca-20261125-0130-2.zip"}
    assert nightly_name(NIGHT, HANOI, taken) == "anca-20261125-0130-3.zip"


def test_bad_backups_push_no_good_one_out() -> None:
    backups = [made(0), *(made(n, good=False) for n in range(1, 9)), made(9), made(10)]
    assert has_served(backups, FOLDER, 3) == []
    assert has_served(backups, FOLDER, 2) == [made(10)]


def test_only_nightly_files_of_the_folder_are_ever_deleted() -> None:
    elsewhere = replace(made(40), path="/usb/anca-20261015-0130.zip")
    backups = [made(0), made(1), made(30, name="truoc-khi-nang-cap.zip"), elsewhere, made(50)]
    assert has_served(backups, FOLDER, 2) == [made(50)]


def test_at_least_one_is_kept() -> None:
    assert has_served([made(0), made(1)], FOLDER, 0) == [made(1)]


@pytest.mark.usefixtures("cast")
def test_the_nights_backup_is_proved_and_recorded(in_app: Flask, session: Session) -> None:
    assert make_nightly_backup(in_app) is None
    (row,) = list_backups(session)
    assert Path(row.path).name == "anca-20261124-0510.zip"
    assert row.size == Path(row.path).stat().st_size
    assert row.verified_at is not None
    acts = session.execute(text("SELECT act FROM audit_entry")).scalars().all()
    assert "upkeep.backup_made" in acts


def test_old_ones_go_when_enough_good_ones_are_there(
    in_app: Flask, source: Backups, clock: SetClock, session: Session, node: Node
) -> None:
    few = replace(source, settings=replace(source.settings, backups_kept=2))
    for _ in range(4):
        clock.move(days=1)
        begun = begin_run(few, transact, clock, program("test"))
        assert finish_run(begun) is None
    session.rollback()
    kept = [Path(row.path).name for row in list_backups(session)]
    assert kept == ["anca-20261128-0510.zip", "anca-20261127-0510.zip"]
    assert sorted(each.name for each in few.folder.iterdir() if each.name in kept) == sorted(kept)
    assert not (few.folder / "anca-20261125-0510.zip").exists()


def test_a_copy_from_before_an_upgrade_goes_after_14_days_when_a_good_backup_came_after_it(
    source: Backups, clock: SetClock
) -> None:
    source.folder.mkdir()
    copies = [
        source.folder / f"before-0043-{clock.at - timedelta(days=days):%Y%m%d%H%M%S}.zip"
        for days in (1, 13, 14, 15, 200)
    ]
    others = [
        source.folder / "before-the-move.zip",
        source.folder / "before-0001-99999999999999.zip",
    ]
    for each in (*copies, *others):
        each.write_bytes(b"everybody")
    lost = replace(source, store=LostStore())
    assert finish_run(begin_run(lost, transact, clock, program("test"))) == "backup.failed"
    assert all(each.exists() for each in copies), "there is nothing else to go back to"
    assert finish_run(begin_run(source, transact, clock, program("test"))) is None
    assert [each.exists() for each in copies] == [True, True, True, False, False]
    assert all(each.exists() for each in others)


@given(st.integers(0, 60), st.none() | st.integers(0, 60))
def test_no_copy_goes_that_nothing_good_came_after(copy_days: int, good_days: int | None) -> None:
    name = f"before-0043-{NIGHT - timedelta(days=copy_days):%Y%m%d%H%M%S}.zip"
    good_at = None if good_days is None else NIGHT - timedelta(days=good_days)
    gone = upgrade_copies_served([name], good_at, NIGHT) == [name]
    assert gone is (good_days is not None and good_days < copy_days and copy_days > 14)


def test_a_failed_one_is_recorded_and_deletes_nothing(
    source: Backups, clock: SetClock, session: Session, node: Node
) -> None:
    few = replace(source, settings=replace(source.settings, backups_kept=1))
    assert finish_run(begin_run(few, transact, clock, program("test"))) is None
    clock.move(days=1)
    lost = replace(few, store=LostStore())
    assert finish_run(begin_run(lost, transact, clock, program("test"))) == "backup.failed"
    session.rollback()
    failed, good = list_backups(session)
    assert (failed.code, failed.verified_at, failed.size) == ("backup.failed", None, None)
    assert Path(good.path).exists()


class LostStore:
    """A database whose disk has gone."""

    kind = "sqlite"

    def __getattr__(self, name: str) -> Callable[..., object]:
        def fail(*_: object) -> object:
            raise RuntimeError("disk is gone")

        return fail


def test_two_backups_are_not_made_at_once(
    source: Backups, clock: SetClock, session: Session
) -> None:
    first = begin_run(source, transact, clock, program("test"))
    with pytest.raises(AlreadyRunning):
        begin_run(source, transact, clock, program("test"))
    running = find_running(session, LEASE, clock.at)
    assert running is not None
    assert running.percent == 0
    finish_run(first)
    session.rollback()
    assert find_running(session, LEASE, clock.at) is None
    finish_run(begin_run(source, transact, clock, program("test")))


def test_a_run_that_died_is_over_after_ten_minutes(source: Backups, clock: SetClock) -> None:
    begin_run(source, transact, clock, program("test"))
    clock.move(minutes=10)
    begin_run(source, transact, clock, program("test"))


def test_leftovers_of_killed_runs_go_after_a_day(source: Backups, clock: SetClock) -> None:
    old, new = source.settings.instance / ".scratch-old", source.settings.instance / ".scratch-new"
    for each in (old, new):
        (each / "database").mkdir(parents=True)
    written_at = old.stat().st_mtime
    source.clear_leftovers(datetime.fromtimestamp(written_at, UTC))
    assert old.exists()
    source.clear_leftovers(datetime.fromtimestamp(written_at, UTC) + timedelta(days=1, seconds=5))
    assert not old.exists()
    assert not new.exists()
