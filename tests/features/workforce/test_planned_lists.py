"""A staff list that tells a last or a first day still to come: planned, shown, undone."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app.checkins.models import Duty
from app.web.transaction import transact
from app.workforce.actions.planned import change_work
from app.workforce.jobs import do_planned_changes
from app.workforce.models import Membership, PlannedChange, Worker
from app.workforce.queries.imports import get_import, list_changing_rows
from app.workforce.rules.planned import ChangeKind
from tests.conftest import Node, SetClock
from tests.factories.people import STORY, Cast
from tests.factories.rosters import save_book
from tests.features.workforce.test_undoing import Undoer, everyone

TODAY = date(2026, 11, 24)
HEADINGS = ("STT", "Mã nhân viên", "Họ và tên", "Chuyền", "Ca", "Ngày vào làm", "Ngày nghỉ việc")


@pytest.fixture
def officer(node: Node, cast: Cast, in_app: Flask, tmp_path: Path) -> Undoer:
    return Undoer(node, cast, tmp_path)


def book(folder: Path, *rows: tuple[Any, ...]) -> Path:
    return save_book(folder / "DS_T12.xlsx", rows, HEADINGS)


def found(session: scoped_session[Session], badge: str) -> Worker:
    session.rollback()
    return session.scalars(select(Worker).where(Worker.badge == badge)).one()


def plans(session: scoped_session[Session]) -> list[tuple[str, date, str]]:
    session.rollback()
    rows = session.execute(
        select(PlannedChange.kind, PlannedChange.from_on, PlannedChange.outcome).order_by(
            PlannedChange.from_on, PlannedChange.id
        )
    )
    return [(row.kind, row.from_on, row.outcome) for row in rows]


def expected_on(session: scoped_session[Session], badge: str) -> list[date]:
    worker_id = found(session, badge).id
    return sorted(session.scalars(select(Duty.shift_on).where(Duty.worker_id == worker_id)))


def test_a_coming_last_day_is_planned_shown_and_comes(
    officer: Undoer, tmp_path: Path, session: scoped_session[Session], clock: SetClock
) -> None:
    path = book(
        tmp_path,
        ("SB-20417", "Nguyễn Thị Hoa", "Chuyền 3", None, None, "25/11/2026"),
        ("SB-20418", "Thân Thị Ngọc Ánh", "Chuyền 3", None, None, None),
    )
    import_id = officer.stage(path)
    shown = get_import(session(), import_id)
    assert (shown.coming, shown.to_save) == ({"leaving": 1, "joining": 0}, 1)
    (row,) = list_changing_rows(session(), import_id, limit=9)[0]
    assert [(one.field, one.new) for one in row.changes] == [("last_on", date(2026, 11, 25))]
    officer.save(import_id)
    hoa = found(session, "SB-20417")
    assert hoa.left_on is None
    assert plans(session) == [("leave", date(2026, 11, 26), "")]
    assert expected_on(session, "SB-20417") == [TODAY, TODAY + timedelta(days=1)]
    clock.move(days=2)
    assert do_planned_changes() == 1
    assert found(session, "SB-20417").left_on == date(2026, 11, 25)


def test_the_word_for_having_left_waits_for_the_day_beside_it(
    officer: Undoer, tmp_path: Path, session: scoped_session[Session]
) -> None:
    path = save_book(
        tmp_path / "DS.xlsx",
        [
            ("SB-20417", "Nguyễn Thị Hoa", "Nghỉ việc", "30/11/2026"),
            ("SB-20418", "Thân Thị Ngọc Ánh", "Nghỉ việc", "20/11/2026"),
        ],
        ("STT", "Mã nhân viên", "Họ và tên", "Tình trạng", "Ngày làm cuối"),
    )
    officer.save(officer.stage(path), ends_work=True)
    assert found(session, "SB-20417").left_on is None
    assert found(session, "SB-20418").left_on == date(2026, 11, 20)
    assert plans(session) == [("leave", date(2026, 12, 1), "")]


def test_the_same_list_again_says_nothing_new_and_another_day_takes_the_place_of_the_first(
    officer: Undoer, tmp_path: Path, session: scoped_session[Session], clock: SetClock
) -> None:
    first = book(tmp_path, ("SB-20417", "Nguyễn Thị Hoa", "Chuyền 3", None, None, "30/11/2026"))
    officer.save(officer.stage(first))
    clock.move(minutes=5)
    again = officer.stage(first)
    session.rollback()
    assert get_import(session(), again).to_save == 0
    session.rollback()
    later = book(tmp_path, ("SB-20417", "Nguyễn Thị Hoa", "Chuyền 3", None, None, "15/12/2026"))
    officer.save(officer.stage(later))
    assert plans(session) == [
        ("leave", date(2026, 12, 1), "withdrawn"),
        ("leave", date(2026, 12, 16), ""),
    ]


def test_somebody_new_who_comes_and_goes_on_coming_days_is_expected_between_them(
    officer: Undoer, tmp_path: Path, session: scoped_session[Session], clock: SetClock
) -> None:
    path = book(
        tmp_path, ("SB-40001", "Lê Thị Thời Vụ", "Chuyền 7", "Ca 1", "26/11/2026", "24/12/2026")
    )
    import_id = officer.stage(path)
    assert get_import(session(), import_id).coming == {"leaving": 1, "joining": 1}
    officer.save(import_id)
    assert expected_on(session, "SB-40001") == [date(2026, 11, 26)]
    new = found(session, "SB-40001").id
    since = session.scalars(select(Membership.from_on).where(Membership.worker_id == new)).all()
    assert set(since) == {date(2026, 11, 26)}
    clock.move(days=31)
    assert do_planned_changes() == 1
    assert found(session, "SB-40001").left_on == date(2026, 12, 24)


def test_undoing_the_list_takes_back_what_it_planned_and_removes_who_it_added(
    officer: Undoer, tmp_path: Path, session: scoped_session[Session], clock: SetClock
) -> None:
    before = everyone(session())
    path = book(
        tmp_path,
        ("SB-20417", "Nguyễn Thị Hoa", "Chuyền 3", None, None, "25/11/2026"),
        ("SB-40001", "Lê Thị Thời Vụ", "Chuyền 7", "Ca 1", None, "24/12/2026"),
    )
    import_id = officer.stage(path)
    officer.save(import_id)
    clock.move(minutes=5)
    assert officer.undo(import_id) == {"removed": 1}
    assert everyone(session()) == before
    assert plans(session) == [("leave", date(2026, 11, 26), "withdrawn")]
    clock.move(days=60)
    assert do_planned_changes() == 0


def test_a_list_that_only_planned_can_be_undone_too(
    officer: Undoer, tmp_path: Path, session: scoped_session[Session], clock: SetClock
) -> None:
    path = book(tmp_path, ("SB-20417", "Nguyễn Thị Hoa", "Chuyền 3", None, None, "25/11/2026"))
    import_id = officer.stage(path)
    officer.save(import_id)
    officer.undo(import_id)
    assert plans(session) == [("leave", date(2026, 11, 26), "withdrawn")]


def test_what_came_before_the_undoing_stays(
    officer: Undoer, tmp_path: Path, session: scoped_session[Session], clock: SetClock
) -> None:
    path = book(tmp_path, ("SB-40001", "Lê Thị Thời Vụ", "Chuyền 7", "Ca 1", None, "26/11/2026"))
    import_id = officer.stage(path)
    officer.save(import_id)
    clock.move(days=4)
    do_planned_changes()
    assert officer.undo(import_id) == {"changed": 1}
    assert plans(session) == [("leave", date(2026, 11, 27), "done")]


def test_a_day_too_far_is_told_and_one_that_clashes_with_a_plan_by_hand_is_counted(
    officer: Undoer, cast: Cast, tmp_path: Path, session: scoped_session[Session], clock: SetClock
) -> None:
    hoa, line7 = cast.sao_bac.people["hoa"].id, cast.sao_bac.lines["Chuyền 7"]
    later = date(2026, 12, 20)
    transact(
        lambda s: change_work(s, hoa, ChangeKind.MOVE, later, line7, actor=STORY, now=clock.at)
    )
    path = book(
        tmp_path,
        ("SB-20417", "Nguyễn Thị Hoa", "Chuyền 3", None, None, "10/12/2026"),
        ("SB-20418", "Thân Thị Ngọc Ánh", "Chuyền 3", None, None, "10/12/2029"),
    )
    import_id = officer.stage(path)
    kinds = {kind.code for kind in get_import(session(), import_id).kinds}
    assert "workforce.last_day_too_far" in kinds
    officer.save(import_id)
    session.rollback()
    assert get_import(session(), import_id).clashing == 1
    assert plans(session) == [("move", later, "")]
