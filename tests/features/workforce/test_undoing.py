"""Undoing a saved list: everything as before, what others did since stays, cut off and gone on."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from app.accounts.models import Account, Branch, Credential
from app.audit.models import AuditEntry
from app.checkins.models import Duty, ShiftCount
from app.extensions import db
from app.kernel.ids import new_id
from app.reminders.models import ReminderSchedule
from app.settings import ROOT
from app.web.transaction import transact
from app.workforce.actions.groups import rename_group
from app.workforce.actions.importing import deciding
from app.workforce.actions.importing.reopening import begin_again, stage_cells_of
from app.workforce.actions.importing.undoing import start_undoing, undo_list
from app.workforce.actions.people import end_work, move_worker
from app.workforce.jobs import continue_imports, drop_stale_imports
from app.workforce.models import (
    ImportChange,
    ImportPlace,
    Membership,
    PatternAssignment,
    Worker,
    WorkGroup,
    WorkPattern,
)
from app.workforce.queries.imports import get_import
from app.workforce.queries.places import count_removed_places, list_kept_places
from app.workforce.queries.undoing import count_undone, find_undo_end, snapshots_of
from app.workforce.rules.importing import (
    LEAST_ROWS,
    MOST_ROWS,
    CellsGone,
    ImportNotOpen,
    ImportRunning,
    ImportUndoOver,
)
from app.workforce.rules.undoing import Snapshot
from tests.conftest import Node, SetClock
from tests.factories.people import STORY, Cast
from tests.factories.rosters import FIRST_ROW, messy_roster, plain_roster, save_book
from tests.features.workforce.test_importing import LEAVERS, TODAY, WELL, Officer


class Undoer(Officer):
    """Hạnh, who may change her mind."""

    def start_undoing(self, import_id: str) -> None:
        now = self.node.clock.now()
        transact(lambda session: start_undoing(session, import_id, actor=STORY, now=now))

    def reopen(self, import_id: str) -> str:
        now = self.node.clock.now()
        new_id: str = transact(lambda s: begin_again(s, import_id, actor=STORY, now=now))
        stage_cells_of(self.desk, new_id, import_id)
        return new_id

    def undo(self, import_id: str) -> dict[str, int]:
        self.start_undoing(import_id)
        undo_list(self.desk, import_id)
        db.session.rollback()
        return {str(key): count for key, count in count_undone(db.session(), import_id).items()}


@pytest.fixture
def officer(node: Node, cast: Cast, in_app: Flask, tmp_path: Path) -> Undoer:
    return Undoer(node, cast, tmp_path)


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    return messy_roster(tmp_path / "DS_CN_T11.xlsx")


Everyone = tuple[dict[str, Snapshot], dict[str, bool], set[Any], dict[Any, int], set[str]]


def everyone(session: Session) -> Everyone:
    """The roster as a whole: people, accounts, who is expected, figures, the places by name."""
    session.rollback()
    ids = session.scalars(select(Worker.id)).all()
    accounts = session.execute(select(Account.id, Account.active)).all()
    duties = session.execute(select(Duty.worker_id, Duty.shift_on, Duty.shift, Duty.branch_id))
    figures = session.execute(
        select(ShiftCount.branch_id, ShiftCount.shift_on, ShiftCount.shift, ShiftCount.expected)
    )
    return (
        snapshots_of(session, ids),
        {row.id: row.active for row in accounts},
        {tuple(row) for row in duties},
        {tuple(row[:3]): row[3] for row in figures if row[3]},
        places(session),
    )


def places(session: Session) -> set[str]:
    """Units, groups and schedules by name."""
    return {
        f"{table.__tablename__} {name}"  # type: ignore[attr-defined]
        for table in (Branch, WorkGroup, WorkPattern)
        for name in session.scalars(select(table.name))  # type: ignore[attr-defined]
    }


def answer(client: FlaskClient, clock: SetClock, worker: Any) -> Any:
    body = {"shift_on": "today", "shift": "ca1", "answers": WELL, "rules": "workplace_2020@1"}
    made_at = clock.at.isoformat()
    command = {"key": new_id(clock.at), "kind": "check_in", "made_at": made_at, "body": body}
    return client.post("/api/v1/commands", json={"commands": [command]}, headers=worker.headers)


def test_an_import_undone_at_once_leaves_the_roster_as_it_was(
    officer: Undoer, messy: Path, session: scoped_session[Session]
) -> None:
    before = everyone(session())
    import_id = officer.stage(messy)
    officer.save(import_id)
    assert everyone(session()) != before
    assert officer.undo(import_id) == {"removed": 4, "restored": 1}
    assert everyone(session()) == before
    assert get_import(db.session(), import_id).state == "undone"
    acts = Counter(session.scalars(select(AuditEntry.act)))
    assert acts["workforce.import_undone"] == 1
    assert acts["workforce.worker_removed"] == 4
    assert acts["workforce.worker_restored"] == 1


def test_who_left_and_who_came_back_are_as_before(
    officer: Undoer, tmp_path: Path, session: scoped_session[Session]
) -> None:
    rows = [("SB-20733", "Giáp Thị Mến", "nghỉ việc"), ("SB-20418", "Trần Văn Ánh", "")]
    leaving = officer.stage(save_book(tmp_path / "left.xlsx", rows, LEAVERS))
    before = everyone(session())
    officer.save(leaving, ends_work=True)
    assert officer.undo(leaving) == {"restored": 2}
    assert everyone(session()) == before


def test_the_same_list_can_be_saved_again_after_undoing(
    officer: Undoer, messy: Path, session: scoped_session[Session]
) -> None:
    first = officer.stage(messy)
    officer.save(first)
    officer.undo(first)
    second = officer.stage(messy)
    assert officer.counts(second)["created"] == 4
    officer.save(second)
    assert "SB-30001" in officer.roster()
    assert officer.undo(second) == {"removed": 4, "restored": 1}


def test_what_a_list_made_and_nobody_uses_goes_with_its_undoing(
    officer: Undoer, messy: Path, session: scoped_session[Session]
) -> None:
    before = places(session())
    import_id = officer.stage(messy)
    officer.save(import_id)
    made = set(session.scalars(select(ImportPlace.name)))
    assert {"Xưởng 1", "Chuyền 1", "A-305", "Ca 2 · thứ Hai–thứ Bảy"} <= made
    officer.undo(import_id)
    assert places(session()) == before
    assert list_kept_places(session(), import_id, 50) == []
    assert count_removed_places(session(), import_id) == len(made)
    acts = Counter(session.scalars(select(AuditEntry.act)))
    assert acts["workforce.unit_removed"] + acts["workforce.group_removed"] < len(made)
    assert acts["workforce.pattern_removed"] >= 1


def test_what_somebody_uses_since_stays_and_says_why(
    officer: Undoer, messy: Path, write: Callable[..., Any], clock: SetClock
) -> None:
    import_id = officer.stage(messy)
    officer.save(import_id)
    hoa = officer.cast.sao_bac.people["hoa"].id

    def use(session: Session) -> None:
        own = Branch.company_id == officer.company_id
        line = session.scalars(select(Branch).where(own, Branch.name == "Chuyền 1")).one()
        move_worker(
            session, session.get_one(Worker, hoa), line, on=TODAY, actor=STORY, now=clock.at
        )
        room = session.scalars(select(WorkGroup).where(WorkGroup.name == "A-305")).one()
        act = {"on": TODAY, "act_id": new_id(clock.at), "actor": STORY, "now": clock.at}
        rename_group(session, room.id, "Phòng A-305", **act)
        bus = session.scalars(select(WorkGroup).where(WorkGroup.name == "12")).one()
        session.add(schedule_for(officer.company_id, bus.id, clock.at))

    write(use)
    officer.undo(import_id)
    kept = {
        (str(one.kind), one.name): str(one.outcome)
        for one in list_kept_places(db.session(), import_id, 50)
    }
    assert kept == {
        ("unit", "Xưởng 1"): "used",
        ("unit", "Chuyền 1"): "people",
        ("group", "A-305"): "renamed",
        ("group", "12"): "used",
    }
    shown = places(db.session())
    assert {"branch Xưởng 1", "branch Chuyền 1", "work_group Phòng A-305"} <= shown


def schedule_for(company_id: int, group_id: str, now: datetime) -> ReminderSchedule:
    """A reminder that goes to one group only."""
    return ReminderSchedule(
        id=new_id(now),
        company_id=company_id,
        name="Nhắc xe 12",
        template="x",
        texts={"vi": "Nhớ khai báo"},
        audience="members",
        anchor="clock",
        clock_time="05:00",
        weekdays=[],
        shifts=[],
        group_ids=[group_id],
        updated_at=now,
    )


def test_an_undone_list_is_compared_anew_and_saved_again_as_a_list_of_its_own(
    officer: Undoer, messy: Path, session: scoped_session[Session], clock: SetClock
) -> None:
    first = officer.stage(messy)
    officer.decide(deciding.correct_cells, first, {(FIRST_ROW + 3, "B"): "SB-30004"})
    officer.decide(deciding.leave_out_rows, first, [FIRST_ROW])
    counts = officer.counts(first)
    officer.save(first)
    saved = everyone(session())
    officer.undo(first)
    extra = officer.stage(save_book(officer.folder / "x.xlsx", [("SB-30004", "Lê Văn Sau")]))
    officer.save(extra)
    clock.move(minutes=1)
    again = officer.reopen(first)
    assert officer.counts(again)["created"] == counts["created"] - 1
    officer.save(again)
    assert get_import(db.session(), first).state == "undone"
    assert {one[1] for one in names_and_badges(session())} >= {"SB-30004", "SB-30003"}
    assert len(everyone(session())[0]) == len(saved[0])
    assert officer.undo(again) == {"removed": 4, "restored": 2}


def names_and_badges(session: Session) -> set[tuple[str, str]]:
    session.rollback()
    return {(row[0], row[1]) for row in session.execute(select(Worker.name, Worker.badge))}


def test_an_undone_list_is_taken_up_again_only_while_its_cells_are_kept(
    officer: Undoer, messy: Path, clock: SetClock
) -> None:
    import_id = officer.stage(messy)
    officer.save(import_id)
    with pytest.raises(ImportNotOpen):
        officer.reopen(import_id)
    officer.undo(import_id)
    clock.move(days=29)
    drop_stale_imports()
    assert officer.counts(officer.reopen(import_id))["created"] == 4
    clock.move(days=2)
    drop_stale_imports()
    with pytest.raises(CellsGone):
        officer.reopen(import_id)


def test_who_was_changed_since_stays_and_is_named(
    officer: Undoer, messy: Path, write: Callable[..., Any], clock: SetClock
) -> None:
    import_id = officer.stage(messy)
    officer.save(import_id)
    lan = officer.roster()["SB-30001"].worker.worker_id

    def leave(session: Session) -> None:
        worker = session.get_one(Worker, lan)
        end_work(session, worker, last_on=TODAY, actor=STORY, now=clock.at)

    write(leave)
    assert officer.undo(import_id) == {"removed": 3, "restored": 1, "changed": 1}
    assert officer.roster()["SB-30001"].worker.particulars.has_left


def test_days_already_lived_keep_their_groups(
    officer: Undoer, tmp_path: Path, clock: SetClock, session: scoped_session[Session]
) -> None:
    first = save_book(tmp_path / "a.xlsx", [("Z1", "Lê Văn Một", *(None,) * 7, "12")])
    officer.save(officer.stage(first))
    clock.move(days=3)
    second = save_book(tmp_path / "b.xlsx", [("Z1", "Lê Văn Một", *(None,) * 7, "14")])
    import_id = officer.stage(second)
    officer.save(import_id)
    clock.move(days=3)
    assert officer.undo(import_id) == {"restored": 1}
    worker = session.scalars(select(Worker.id).where(Worker.badge == "Z1")).one()
    spans = snapshots_of(session(), [worker])[worker].memberships
    moved_on, undone_on = TODAY + timedelta(days=3), TODAY + timedelta(days=6)
    eve = timedelta(days=1)
    buses = [(one.from_on, one.to_on) for one in spans if one.from_on != TODAY or one.to_on]
    assert sorted(buses, key=str) == [
        (TODAY, moved_on - eve),
        (moved_on, undone_on - eve),
        (undone_on, None),
    ]


def test_who_was_added_and_expected_on_a_day_gone_by_is_marked_as_left(
    officer: Undoer, messy: Path, clock: SetClock, session: scoped_session[Session]
) -> None:
    import_id = officer.stage(messy)
    officer.save(import_id)
    clock.move(days=1)
    undone = officer.undo(import_id)
    assert undone["left"] == 3
    lan = session.scalars(select(Worker).where(Worker.badge == "SB-30001")).one()
    assert lan.left_on == TODAY + timedelta(days=1)
    assert session.get_one(Account, lan.id).active is False
    assert session.scalar(select(func.count()).where(Duty.worker_id == lan.id)) >= 1


def test_only_the_newest_list_can_be_undone_and_only_for_thirty_days(
    officer: Undoer, messy: Path, tmp_path: Path, clock: SetClock
) -> None:
    first = officer.stage(messy)
    officer.save(first)
    clock.move(minutes=1)
    second = officer.stage(save_book(tmp_path / "b.xlsx", [("Z2", "Lê Văn Hai")]))
    officer.save(second)
    with pytest.raises(ImportUndoOver):
        officer.start_undoing(first)
    officer.undo(second)
    ends_at = find_undo_end(db.session(), first, clock.at)
    assert ends_at is not None
    clock.at = ends_at
    with pytest.raises(ImportUndoOver):
        officer.start_undoing(first)


def test_nothing_is_saved_while_a_list_is_undone(officer: Undoer, tmp_path: Path) -> None:
    first = officer.stage(save_book(tmp_path / "a.xlsx", [("Z1", "Lê Văn Một")]))
    officer.save(first)
    second = officer.stage(save_book(tmp_path / "b.xlsx", [("Z2", "Lê Văn Hai")]))
    officer.start_undoing(first)
    with pytest.raises(ImportRunning):
        officer.confirm(second)


def test_what_is_kept_for_undoing_is_dropped_with_the_time_for_it(
    officer: Undoer, messy: Path, clock: SetClock, session: scoped_session[Session]
) -> None:
    officer.save(officer.stage(messy))
    clock.move(days=29)
    drop_stale_imports()
    assert session.scalar(select(func.count()).select_from(ImportChange)) == 5
    clock.move(days=2)
    drop_stale_imports()
    session.rollback()
    assert session.scalar(select(func.count()).select_from(ImportChange)) == 0


def test_a_check_in_between_two_chunks_of_undoing_is_taken(
    officer: Undoer, tmp_path: Path, client: FlaskClient, clock: SetClock
) -> None:
    import_id = officer.stage(plain_roster(tmp_path / "list.xlsx", MOST_ROWS))
    officer.save(import_id)
    hoa, taken = officer.cast.sao_bac.people["hoa"], []
    officer.start_undoing(import_id)

    def run(work: Callable[[Session], Any]) -> Any:
        result = transact(work)
        taken.append(answer(client, clock, hoa).json["results"][0]["outcome"])
        return result

    desk = officer.desk
    undo_list(type(desk)(run, desk.read, desk.clock, desk.settings, desk.timer), import_id)
    assert len(taken) > 3
    assert set(taken) == {"applied"}


KILLED = """
import os, sys
from pathlib import Path
from app.extensions import db
from app.factory import build_app
from app.settings import Settings
from app.web.transaction import transact
from app.workforce.actions.importing.staging import (Desk)
from app.workforce.actions.importing import deciding
from app.workforce.actions.importing.applying import save_list
from app.workforce.actions.importing.undoing import undo_list

folder, url, import_id = sys.argv[1:]
settings = Settings(instance=Path(folder), name="KCN", database_url=url)
app = build_app(settings)
done = []

def run(work):
    result = transact(work)
    done.append(work)
    if len(done) == 2:
        os.kill(os.getpid(), 9)
    return result

with app.app_context():
    desk = Desk(run, db.session, app.extensions["clock"], settings, timer=lambda: 0.0)
    undo_list(desk, import_id)
"""


def test_undoing_goes_on_after_a_kill(
    officer: Undoer, tmp_path: Path, session: scoped_session[Session], clock: SetClock
) -> None:
    before = everyone(session())
    import_id = officer.stage(plain_roster(tmp_path / "list.xlsx", MOST_ROWS))
    officer.save(import_id)
    officer.start_undoing(import_id)
    park = officer.node.app.config["SETTINGS"]
    clock.move(minutes=5)
    officer.node.app.extensions["writer"].stop()
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(park.instance), park.database_url, import_id],
        cwd=ROOT,
        check=False,
        capture_output=True,
    )
    assert killed.returncode == -9, killed.stderr.decode()
    session.rollback()
    cut_off = get_import(db.session(), import_id)
    assert (cut_off.state, cut_off.done) == ("undoing", 3 * LEAST_ROWS)
    clock.move(days=400)
    assert continue_imports() == 1
    session.rollback()
    assert get_import(db.session(), import_id).state == "undone"
    kept = session.scalar(select(func.count()).select_from(Worker))
    assert kept is not None
    assert kept >= len(before[0])
    counts = count_undone(db.session(), import_id)
    assert "" not in counts
    assert sum(counts.values()) == MOST_ROWS


def test_nobody_s_badge_stays_taken(
    officer: Undoer, messy: Path, session: scoped_session[Session]
) -> None:
    import_id = officer.stage(messy)
    officer.save(import_id)
    officer.undo(import_id)
    for keys in (Worker.badge_key, Credential.badge_key):
        assert not any("30001" in key for key in session.scalars(select(keys)))
    people = set(session.scalars(select(Worker.id)))
    for owners in (Membership.worker_id, PatternAssignment.worker_id):
        assert set(session.scalars(select(owners))) <= people
