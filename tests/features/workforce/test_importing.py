"""Staff lists as use cases: staged, decided on, saved in chunks, cut off and gone on with."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, scoped_session

from app.accounts.models import Branch
from app.accounts.queries.signing_in import get_actor
from app.audit.models import AuditEntry
from app.checkins.models import Duty
from app.extensions import db
from app.kernel.ids import new_id
from app.settings import ROOT
from app.web.transaction import transact
from app.workforce.actions.importing import deciding
from app.workforce.actions.importing.applying import apply_chunk, save_list
from app.workforce.actions.importing.staging import (
    STAGE_ROWS,
    Desk,
    begin_import,
    stage_again,
    stage_file,
)
from app.workforce.actions.importing.undoing import start_undoing, undo_list
from app.workforce.actions.schedules import pattern_named
from app.workforce.gateways import ReadLimits, upload_path
from app.workforce.jobs import continue_imports, drop_stale_imports
from app.workforce.models import Membership, RosterImport, StagedRow, StagedSheet, Worker, WorkGroup
from app.workforce.queries.imports import (
    get_import,
    list_changing_rows,
    list_left_out,
    list_problem_rows,
)
from app.workforce.queries.rosters import ListedWorker, list_roster
from app.workforce.rules.importing import (
    AT_ONCE_ROWS,
    LEAST_ROWS,
    MOST_ROWS,
    ImportOutdated,
    ImportRunning,
    NothingToSave,
)
from app.workforce.rules.shifts import Pattern, ShiftCode
from tests.conftest import Node, SetClock
from tests.factories.browser import Browser
from tests.factories.merges import counted, merge, recounted
from tests.factories.people import STORY, Cast, make_worker
from tests.factories.rosters import FIRST_ROW, messy_roster, plain_roster, save_book

TODAY = date(2026, 11, 24)
WELL = {"symptoms": [], "temperature_c": None, "exposures": {"contact_case": False}}


def at_once() -> float:
    """A timer by which nothing takes any time, so that chunks grow as large as they may."""
    return 0.0


class Officer:
    """Hạnh with a list of Sao Bắc in her hand."""

    def __init__(self, node: Node, cast: Cast, tmp_path: Path) -> None:
        self.node, self.cast, self.folder = node, cast, tmp_path
        self.company_id = cast.sao_bac.id
        self.works: list[str] = []

    @property
    def desk(self) -> Desk:
        def run(work: Callable[[Session], Any]) -> Any:
            self.works.append(work.__qualname__)
            return transact(work)

        settings = self.node.app.config["SETTINGS"]
        return Desk(run, db.session, self.node.clock, settings, timer=at_once)

    def stage(self, path: Path) -> str:
        now = self.node.clock.now()
        actor = get_actor(db.session(), self.cast.sao_bac.people["hanh"].id)
        import_id: str = transact(
            lambda session: begin_import(session, self.company_id, path.name, actor=actor, now=now)
        )
        stage_file(self.desk, import_id, path, ReadLimits(), path.name)
        return import_id

    def decide(self, decide: Callable[..., Any], import_id: str, *values: Any) -> Any:
        now = self.node.clock.now()
        result = transact(lambda session: decide(session, import_id, *values, now=now))
        stage_again(self.desk, import_id)
        return result

    def confirm(self, import_id: str, *, ends_work: bool = False) -> None:
        mark = deciding.check_still_true(db.session(), import_id, TODAY)
        now = self.node.clock.now()
        transact(
            lambda session: deciding.start_saving(
                session, import_id, ends_work=ends_work, roster_mark=mark, now=now
            )
        )

    def save(self, import_id: str, *, ends_work: bool = False) -> None:
        self.confirm(import_id, ends_work=ends_work)
        save_list(self.desk, import_id)

    def counts(self, import_id: str) -> dict[str, int]:
        return get_import(db.session(), import_id).counts

    def roster(self) -> dict[str, ListedWorker]:
        listed = list_roster(db.session(), self.company_id, TODAY)
        return {one.worker.badge: one for one in listed}


@pytest.fixture
def officer(node: Node, cast: Cast, in_app: Flask, tmp_path: Path) -> Officer:
    return Officer(node, cast, tmp_path)


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    return messy_roster(tmp_path / "DS_CN_T11.xlsx")


def everything(session: scoped_session[Session]) -> dict[str, int]:
    """How much the roster holds."""
    return {
        model.__tablename__: session.scalar(select(func.count()).select_from(model)) or 0
        for model in (Worker, WorkGroup, Duty, AuditEntry)
    }


def test_staging_counts_the_rows_and_changes_nothing_of_the_roster(
    officer: Officer, messy: Path, session: scoped_session[Session]
) -> None:
    before = everything(session)
    import_id = officer.stage(messy)
    counts = officer.counts(import_id)
    assert (counts["rows"], counts["created"], counts["updated"]) == (9, 4, 1)
    assert (counts["unchanged"], counts["left_out"], counts["not_in_file"]) == (1, 3, 2)
    assert everything(session) == before


def test_rows_left_out_come_back_with_their_reasons(officer: Officer, messy: Path) -> None:
    import_id = officer.stage(messy)
    left_out = list_left_out(db.session(), import_id)
    assert [(row.row, *row.codes) for row, _ in left_out] == [
        (FIRST_ROW + 3, "workforce.badge_missing"),
        (FIRST_ROW + 4, "workforce.badge_twice"),
        (FIRST_ROW + 5, "workforce.name_missing"),
    ]


def test_saving_puts_people_into_units_groups_and_shifts(officer: Officer, messy: Path) -> None:
    officer.save(officer.stage(messy))
    lan = officer.roster()["SB-30001"]
    facts = lan.worker.particulars
    assert (facts.name, facts.born_on, facts.sex) == ("Nguyễn Thị Lan", date(1996, 6, 25), "female")
    assert (facts.phone, facts.id_number) == ("0362000118", "024196001234")
    assert (facts.workshop, facts.line, lan.shift) == ("Xưởng 1", "Chuyền 1", "ca1")
    assert set(lan.groups) == {"12", "A-305", "Tổ an toàn", "Xưởng 1 · Chuyền 1"}
    thu = officer.roster()["SB-30003"].worker.particulars
    assert (thu.birth_year, thu.born_on, thu.line, thu.shift) == (1988, None, "Chuyền 2", "ca2")


def test_a_list_without_a_workshop_means_the_line_of_that_name(
    officer: Officer, messy: Path
) -> None:
    officer.save(officer.stage(messy))
    anh = officer.roster()["SB-20418"].worker.particulars
    assert (anh.workshop, anh.line, anh.phone) == (None, "Chuyền 7", "0987654321")


def test_saved_people_are_expected_on_their_shifts(
    officer: Officer, messy: Path, session: scoped_session[Session]
) -> None:
    officer.save(officer.stage(messy))
    lan = officer.roster()["SB-30001"].worker.worker_id
    days = session.scalars(select(Duty.shift_on).where(Duty.worker_id == lan)).all()
    assert sorted(days) == [TODAY, TODAY + timedelta(days=1), TODAY + timedelta(days=2)]


def test_a_second_import_of_the_same_file_changes_nothing(
    officer: Officer, messy: Path, session: scoped_session[Session]
) -> None:
    officer.save(officer.stage(messy))
    before = everything(session)
    again = officer.stage(messy)
    counts = officer.counts(again)
    assert (counts["created"], counts["updated"], counts["unchanged"]) == (0, 0, 6)
    with pytest.raises(NothingToSave):
        officer.confirm(again)
    assert everything(session) == before


def test_an_empty_cell_erases_nothing(officer: Officer, messy: Path, tmp_path: Path) -> None:
    officer.save(officer.stage(messy))
    bare = save_book(tmp_path / "bare.xlsx", [("SB-30001", "Nguyễn Thị Lan")])
    counts = officer.counts(officer.stage(bare))
    assert (counts["unchanged"], counts["updated"]) == (1, 0)


def test_a_workshop_and_a_line_may_have_one_name(officer: Officer, tmp_path: Path) -> None:
    rows = [
        ("K1", "Lê Văn Kho", *(None,) * 4, "Kho", None),
        ("K2", "Lê Văn Bãi", *(None,) * 4, None, "Kho"),
    ]
    path = save_book(tmp_path / "stores.xlsx", rows)
    officer.save(officer.stage(path))
    roster = officer.roster()
    assert roster["K1"].worker.particulars.workshop == "Kho"
    assert roster["K2"].worker.particulars.line == "Kho"
    assert officer.counts(officer.stage(path))["unchanged"] == 2


def test_who_has_no_unit_waits_in_a_line_of_that_name(officer: Officer, tmp_path: Path) -> None:
    path = save_book(tmp_path / "bare.xlsx", [("NV1", "Nguyễn Thị Mới")])
    import_id = officer.stage(path)
    assert officer.counts(import_id)["without_unit"] == 1
    officer.save(import_id)
    assert officer.roster()["NV1"].worker.particulars.line == "Chưa xếp chuyền"
    assert officer.counts(officer.stage(path))["unchanged"] == 1


def test_moving_to_another_bus_ends_the_membership_of_the_first(
    officer: Officer, messy: Path, tmp_path: Path, clock: SetClock
) -> None:
    officer.save(officer.stage(messy))
    clock.move(days=3)
    row = ("SB-30001", "Nguyễn Thị Lan", *(None,) * 7, "14", None, "không")
    officer.save(officer.stage(save_book(tmp_path / "bus.xlsx", [row])))
    listed = list_roster(db.session(), officer.company_id, TODAY + timedelta(days=3))
    lan = next(one for one in listed if one.worker.badge == "SB-30001")
    assert set(lan.groups) == {"14", "A-305", "Xưởng 1 · Chuyền 1"}


LEAVERS = ("STT", "Mã NV", "Họ tên", "Tình trạng")


def test_work_ends_only_where_the_officer_says_so(officer: Officer, tmp_path: Path) -> None:
    row = ("SB-20733", "Giáp Thị Mến", "Đã nghỉ việc")
    path = save_book(tmp_path / "left.xlsx", [row, ("X9", "Lê Văn Lạ", "nghỉ việc")], LEAVERS)
    import_id = officer.stage(path)
    counts = officer.counts(import_id)
    assert (counts["leaving"], counts["only_leaving"], counts["already_left"]) == (1, 1, 1)
    with pytest.raises(NothingToSave):
        officer.confirm(import_id)
    assert not officer.roster()["SB-20733"].worker.particulars.has_left
    officer.save(import_id, ends_work=True)
    assert officer.roster()["SB-20733"].worker.particulars.has_left
    assert "X9" not in officer.roster()
    assert officer.counts(officer.stage(path))["unchanged"] == 1


def test_who_comes_back_works_here_again(officer: Officer, tmp_path: Path) -> None:
    path = save_book(tmp_path / "left.xlsx", [("SB-20733", "Giáp Thị Mến", "nghỉ việc")], LEAVERS)
    officer.save(officer.stage(path), ends_work=True)
    path = save_book(tmp_path / "back.xlsx", [("SB-20733", "Giáp Thị Mến", "Đang làm")], LEAVERS)
    officer.save(officer.stage(path))
    assert not officer.roster()["SB-20733"].worker.particulars.has_left


def test_a_rotation_is_not_replaced_by_the_shift_of_one_month(
    officer: Officer, write: Callable[..., Any], clock: SetClock, tmp_path: Path
) -> None:

    weeks = Pattern((ShiftCode.CA1,) * 7 + (ShiftCode.CA2,) * 7, date(2026, 11, 2))

    def add(session: Session) -> None:
        line = session.get_one(Branch, officer.cast.sao_bac.lines["Chuyền 7"])
        make_worker(session, line, "SB-40000", "Lê Văn Xoay", clock.at, pattern=weeks, pin=None)

    write(
        lambda session: pattern_named(
            session, officer.company_id, "Ca 1 cả tuần", weeks, now=clock.at
        )
    )
    write(add)
    row = ("SB-40000", "Lê Văn Xoay", *(None,) * 5, "Chuyền 7", "C2")
    counts = officer.counts(officer.stage(save_book(tmp_path / "list.xlsx", [row])))
    assert counts["unchanged"] == 1


def test_accepting_a_suggestion_and_mending_a_cell_are_read_anew(
    officer: Officer, messy: Path
) -> None:
    import_id = officer.stage(messy)
    assert officer.counts(import_id)["check"] == 1
    accepted = officer.decide(
        deciding.accept_suggestions, import_id, ["workforce.date_month_first"]
    )
    assert accepted == 1
    officer.decide(deciding.correct_cells, import_id, {(FIRST_ROW + 3, "B"): "SB-30004"})
    counts = officer.counts(import_id)
    assert (counts["created"], counts["left_out"]) == (5, 2)
    rows, _ = list_problem_rows(db.session(), import_id, severity="check", limit=50)
    codes = {one.code.value for row in rows for one in row.problems}
    assert codes == {"workforce.phone_too_short", "workforce.shift_unknown"}
    officer.save(import_id)
    assert officer.roster()["SB-30007"].worker.particulars.born_on == date(1992, 5, 13)


def test_a_column_chosen_by_a_person_is_used(officer: Officer, tmp_path: Path) -> None:
    path = save_book(
        tmp_path / "odd.xlsx",
        [("A1", "Lê Thị Hai", "A-305")],
        ("STT", "Mã NV", "Họ tên", "Ghi chú 2"),
    )
    import_id = officer.stage(path)
    officer.decide(deciding.choose_columns, import_id, {"D": "dormitory"})
    officer.save(import_id)
    assert "A-305" in officer.roster()["A1"].groups


def test_a_row_left_out_lets_another_take_its_badge_and_can_be_taken_back(
    officer: Officer, messy: Path
) -> None:
    import_id = officer.stage(messy)
    officer.decide(deciding.leave_out_rows, import_id, [FIRST_ROW])
    counts = officer.counts(import_id)
    assert (counts["created"], counts["left_out"]) == (4, 3)
    left_out = {row.row: row.codes for row, _ in list_left_out(db.session(), import_id)}
    assert left_out[FIRST_ROW] == ("workforce.row_skipped",)
    assert FIRST_ROW + 4 not in left_out
    officer.decide(deciding.take_back_rows, import_id, [FIRST_ROW])
    left_out = {row.row: row.codes for row, _ in list_left_out(db.session(), import_id)}
    assert left_out[FIRST_ROW + 4] == ("workforce.badge_twice",)


def test_a_person_whose_row_is_left_out_is_not_missing_from_the_list(
    officer: Officer, tmp_path: Path
) -> None:
    rows = [("SB-20733", "Giáp Thị Mến"), ("NV1", "Lê Thị Mới")]
    import_id = officer.stage(save_book(tmp_path / "list.xlsx", rows))
    missing = officer.counts(import_id)["not_in_file"]
    officer.decide(deciding.leave_out_rows, import_id, [FIRST_ROW])
    counts = officer.counts(import_id)
    assert (counts["not_in_file"], counts["left_out"]) == (missing, 1)


def test_all_rows_of_one_kind_of_problem_are_left_out(officer: Officer, messy: Path) -> None:
    import_id = officer.stage(messy)
    kind = "workforce.date_month_first"
    assert officer.decide(deciding.leave_out_kind, import_id, kind) == 1
    assert kind not in {one.code for one in get_import(db.session(), import_id).kinds}
    assert officer.counts(import_id)["created"] == 3


def test_changes_are_found_by_the_fact_that_changes(officer: Officer, tmp_path: Path) -> None:
    rows = [
        ("SB-20733", "Giáp Thị Mến", None, None, None, "0912345678"),
        ("SB-20417", "Nguyễn Thị Hoa", None, None, None, None, None, "Chuyền 7"),
    ]
    import_id = officer.stage(save_book(tmp_path / "list.xlsx", rows))
    fields = get_import(db.session(), import_id).fields
    assert (fields["phone"], fields["unit"]) == (1, 1)
    found, total = list_changing_rows(db.session(), import_id, field="unit", limit=9)
    assert (total, [one.row.badge for one in found]) == (1, ["SB-20417"])
    assert found[0].moves


def test_a_column_once_chosen_is_remembered_for_the_next_list(
    officer: Officer, tmp_path: Path
) -> None:
    headings = ("STT", "Mã NV", "Họ tên", "Chỗ ngủ", "Cột lạ")
    path = save_book(tmp_path / "odd.xlsx", [("A1", "Lê Thị Hai", "A-305", "?")], headings)
    first = officer.stage(path)
    assert [column.is_open for column in get_import(db.session(), first).columns][3:] == [True] * 2
    officer.decide(deciding.choose_columns, first, {"D": "dormitory", "E": None})
    headings = ("STT", "Họ tên", "CHỖ  NGỦ", "Mã NV", "cột LẠ")
    path = save_book(tmp_path / "next.xlsx", [("Lê Văn Ba", "A-306", "A2", "?")], headings)
    second = officer.stage(path)
    columns = {column.letter: column for column in get_import(db.session(), second).columns}
    assert (columns["C"].field, columns["C"].match) == ("dormitory", "remembered")
    assert (columns["E"].field, columns["E"].match) == (None, "remembered")
    officer.save(second)
    assert "A-306" in officer.roster()["A2"].groups


def test_a_heading_that_stands_twice_is_asked_again(officer: Officer, tmp_path: Path) -> None:
    headings = ("STT", "Mã NV", "Họ tên", "Chỗ ngủ")
    path = save_book(tmp_path / "odd.xlsx", [("A1", "Lê Thị Hai", "A-305")], headings)
    officer.decide(deciding.choose_columns, officer.stage(path), {"D": "dormitory"})
    row = ("A1", "Lê Thị Hai", "A-305", "x")
    path = save_book(tmp_path / "twice.xlsx", [row], (*headings, "Chỗ ngủ"))
    second = officer.stage(path)
    columns = get_import(db.session(), second).columns
    assert [column.is_open for column in columns if column.heading == "Chỗ ngủ"] == [True, True]


def test_a_list_without_a_badge_column_waits_for_the_choice(
    officer: Officer, tmp_path: Path
) -> None:
    path = save_book(
        tmp_path / "odd.xlsx",
        [("A1", "Lê Thị Hai", "0912345678")],
        ("STT", "Cột lạ", "Họ tên", "SĐT"),
    )
    import_id = officer.stage(path)
    assert get_import(db.session(), import_id).code == "workforce.columns_missing"
    officer.decide(deciding.choose_columns, import_id, {"B": "employee_code"})
    assert officer.counts(import_id)["created"] == 1


def test_what_one_and_two_mean_is_asked_once(officer: Officer, tmp_path: Path) -> None:
    rows = [("A1", "Lê Thị Hai", 2), ("A2", "Lê Văn Ba", 1)]
    path = save_book(tmp_path / "sex.xlsx", rows, ("STT", "Mã NV", "Họ tên", "GT"))
    import_id = officer.stage(path)
    assert officer.counts(import_id)["check"] == 2
    officer.decide(deciding.choose_sexes, import_id, {"1": "male", "2": "female"})
    assert officer.counts(import_id)["check"] == 0


def test_a_badge_without_its_zeros_is_the_same_worker(
    officer: Officer, write: Callable[..., Any], clock: SetClock, tmp_path: Path
) -> None:

    write(
        lambda session: make_worker(
            session,
            session.get_one(Branch, officer.cast.sao_bac.lines["Chuyền 7"]),
            "00417",
            "Lê Văn Không",
            clock.at,
            pin=None,
        )
    )
    path = save_book(
        tmp_path / "zeros.xlsx",
        [(417, "Lê Văn Không", "0912345678")],
        ("STT", "Mã NV", "Họ tên", "SĐT"),
    )
    officer.save(officer.stage(path))
    roster = officer.roster()
    assert roster["00417"].worker.particulars.phone == "0912345678"
    assert "417" not in roster


def test_a_preview_that_no_longer_holds_is_not_saved(
    officer: Officer, messy: Path, tmp_path: Path
) -> None:
    first, second = officer.stage(messy), officer.stage(messy)
    officer.save(first)
    with pytest.raises(ImportOutdated):
        officer.confirm(second)
    officer.decide(deciding.reread, second)
    assert officer.counts(second)["unchanged"] == 6


def test_a_change_that_does_not_matter_to_the_list_lets_it_be_saved(
    officer: Officer, messy: Path, tmp_path: Path
) -> None:
    first = officer.stage(messy)
    officer.save(officer.stage(save_book(tmp_path / "other.xlsx", [("Z1", "Lê Văn Khác")])))
    officer.save(first)
    assert "SB-30001" in officer.roster()


def test_two_lists_of_one_company_are_not_saved_at_once(officer: Officer, tmp_path: Path) -> None:
    first = officer.stage(save_book(tmp_path / "a.xlsx", [("Z1", "Lê Văn Một")]))
    second = officer.stage(save_book(tmp_path / "b.xlsx", [("Z2", "Lê Văn Hai")]))
    officer.confirm(first)
    with pytest.raises(ImportRunning):
        officer.confirm(second)


def test_no_work_of_an_import_is_larger_than_a_chunk(
    officer: Officer, tmp_path: Path, session: scoped_session[Session]
) -> None:
    import_id = officer.stage(plain_roster(tmp_path / "list.xlsx", 2 * MOST_ROWS + 10))
    assert STAGE_ROWS <= 400
    assert MOST_ROWS <= 400
    officer.works.clear()
    officer.confirm(import_id)
    applied = Counter[Any]()

    def run(work: Callable[[Session], Any]) -> Any:
        before = get_import(db.session(), import_id).done
        result = transact(work)
        applied[get_import(db.session(), import_id).done - before] += 1
        return result

    save_list(replace(officer.desk, run=run, timer=lambda: 0.0), import_id)
    assert max(applied) == MOST_ROWS
    assert session.scalar(select(func.count()).select_from(Worker)) == 2 * MOST_ROWS + 10 + 5


def test_a_check_in_between_two_chunks_is_taken(
    officer: Officer, tmp_path: Path, client: FlaskClient, clock: SetClock
) -> None:
    import_id = officer.stage(plain_roster(tmp_path / "list.xlsx", 2 * MOST_ROWS))
    officer.confirm(import_id)
    hoa, taken = officer.cast.sao_bac.people["hoa"], []

    def run(work: Callable[[Session], Any]) -> Any:
        result = transact(work)
        state = get_import(db.session(), import_id).state
        body = {"shift_on": "today", "shift": "ca1", "answers": WELL, "rules": "workplace_2020@1"}
        made_at = clock.at.isoformat()

        command = {"key": new_id(clock.at), "kind": "check_in", "made_at": made_at, "body": body}
        answer = client.post("/api/v1/commands", json={"commands": [command]}, headers=hoa.headers)
        taken.append((state, answer.json["results"][0]["outcome"]))
        return result

    save_list(replace(officer.desk, run=run), import_id)
    assert ("applying", "applied") in taken
    assert {outcome for _, outcome in taken} == {"applied"}


KILLED = """
import os, sys
from pathlib import Path
from app.extensions import db
from app.factory import build_app
from app.settings import Settings
from app.web.transaction import transact
from app.workforce.actions.importing.applying import save_list
from app.workforce.actions.importing.staging import (Desk)

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
    save_list(desk, import_id)
"""


def test_saving_goes_on_after_a_kill_and_nobody_is_added_twice(
    officer: Officer, tmp_path: Path, session: scoped_session[Session], clock: SetClock
) -> None:
    count = 3 * MOST_ROWS + 5
    import_id = officer.stage(plain_roster(tmp_path / "list.xlsx", count))
    officer.confirm(import_id)
    settings = officer.node.app.config["SETTINGS"]
    officer.node.app.extensions["writer"].stop()
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(settings.instance), settings.database_url, import_id],
        cwd=ROOT,
        check=False,
        capture_output=True,
    )
    assert killed.returncode == -9, killed.stderr.decode()
    session.rollback()
    cut_off = get_import(db.session(), import_id)
    assert (cut_off.state, cut_off.done) == ("applying", 3 * LEAST_ROWS)
    clock.move(days=400)  # whatever the clock of the killed process said, that is long ago
    assert continue_imports() == 1
    session.rollback()
    assert get_import(db.session(), import_id).state == "applied"
    assert session.scalar(select(func.count()).select_from(Worker)) == count + 5
    acts = Counter(session.scalars(select(AuditEntry.act)))
    assert acts["workforce.roster_imported"] == 1


def test_a_list_cut_off_and_gone_on_with_ends_as_one_saved_in_one_go(
    officer: Officer, tmp_path: Path, session: scoped_session[Session], clock: SetClock
) -> None:
    path = plain_roster(tmp_path / "list.xlsx", MOST_ROWS)
    first = officer.stage(path)
    officer.save(first)
    whole, figures = officer.roster(), of_company(officer, recounted(session()))
    transact(lambda s: start_undoing(s, first, actor=STORY, now=clock.at))
    undo_list(officer.desk, first)
    clock.move(minutes=1)
    second = officer.stage(path)
    officer.confirm(second)

    class PlugPulledError(Exception):
        """The plug was pulled."""

    def run(work: Callable[[Session], Any]) -> Any:
        transact(work)
        raise PlugPulledError

    for _ in range(3):
        with pytest.raises(PlugPulledError):
            save_list(replace(officer.desk, run=run), second)
        clock.move(minutes=2)
    assert get_import(db.session(), second).done == 3 * LEAST_ROWS
    session.rollback()
    assert counted(session()) == recounted(session())
    assert continue_imports() == 1
    session.rollback()
    assert counted(session()) == recounted(session())
    assert of_company(officer, counted(session())) == figures
    assert {badge: as_listed(one) for badge, one in officer.roster().items()} == {
        badge: as_listed(one) for badge, one in whole.items()
    }


def of_company(officer: Officer, figures: dict[Any, Any]) -> dict[Any, Any]:
    return {key: counts for key, counts in figures.items() if key[0] == officer.company_id}


def as_listed(one: ListedWorker) -> Any:
    return replace(one, worker=replace(one.worker, worker_id=""))


def test_a_short_list_stands_at_one_moment(
    officer: Officer, tmp_path: Path, session: scoped_session[Session]
) -> None:
    import_id = officer.stage(plain_roster(tmp_path / "list.xlsx", AT_ONCE_ROWS))
    officer.confirm(import_id)
    seen = []

    def run(work: Callable[[Session], Any]) -> Any:
        result = transact(work)
        session.rollback()
        state = get_import(db.session(), import_id).state
        seen.append((str(state), session.scalar(select(func.count()).select_from(Worker))))
        return result

    save_list(replace(officer.desk, run=run), import_id)
    assert set(seen) == {("applied", AT_ONCE_ROWS + 5)}


def test_half_way_everybody_saved_is_whole_and_pages_say_that_it_is_half(
    officer: Officer, tmp_path: Path, session: scoped_session[Session], browser: Browser
) -> None:
    browser.sign_in(officer.cast.sao_bac.people["hanh"])
    import_id = officer.stage(plain_roster(tmp_path / "list.xlsx", MOST_ROWS))
    for page in PAGES_OF_PEOPLE:
        assert "đang lưu danh sách" not in browser.open(page).text
    officer.confirm(import_id)
    transact(lambda s: apply_chunk(s, import_id, rows=40, now=officer.node.clock.now()))
    session.rollback()
    assert counted(session()) == recounted(session())
    for page in PAGES_OF_PEOPLE:
        told = browser.open(page).text
        assert "đang lưu danh sách, xong 40 trên 320 người" in told, page
    new = set(session.scalars(select(Worker.id))) - set(ids_of(officer.cast))
    assert len(new) == 40
    assert set(session.scalars(select(Membership.worker_id))) >= new
    assert set(session.scalars(select(Duty.worker_id))) >= new
    save_list(officer.desk, import_id)
    for page in PAGES_OF_PEOPLE:
        assert "đang lưu danh sách" not in browser.open(page).text


def test_another_company_is_not_told_of_a_list(
    officer: Officer, tmp_path: Path, browser: Browser
) -> None:
    import_id = officer.stage(plain_roster(tmp_path / "list.xlsx", MOST_ROWS))
    officer.confirm(import_id)
    browser.sign_in(officer.cast.minh_tri.people["khoi"])
    assert "đang lưu danh sách" not in browser.open("/workers").text


PAGES_OF_PEOPLE = ("/workers", "/groups", "/groups/none", "/today", "/today/missing")


def ids_of(cast: Cast) -> list[str]:
    return [
        each.id for company in (cast.sao_bac, cast.minh_tri) for each in company.people.values()
    ]


def test_a_list_still_being_saved_is_left_to_its_own_process(officer: Officer, messy: Path) -> None:
    officer.confirm(officer.stage(messy))
    assert continue_imports() == 0


def test_a_reading_that_was_cut_off_is_told(
    officer: Officer, clock: SetClock, write: Callable[..., Any]
) -> None:
    import_id = write(
        lambda session: begin_import(
            session, officer.company_id, "a.xlsx", actor=STORY, now=clock.at
        )
    )
    left_over = upload_path(officer.node.folder, import_id)
    left_over.write_bytes(b"names")
    continue_imports()
    assert left_over.exists()
    clock.move(minutes=5)
    continue_imports()
    assert not left_over.exists()
    shown = get_import(db.session(), import_id)
    assert (shown.state, shown.code) == ("refused", "workforce.read_failed")


def test_of_what_names_people_only_the_sealed_cells_stay_and_only_for_undoing(
    officer: Officer, messy: Path, session: scoped_session[Session], clock: SetClock
) -> None:
    import_id = officer.stage(messy)
    officer.save(import_id)
    assert set(session.scalars(select(StagedRow.outcome))) == {"left_out"}
    assert session.scalar(select(func.count()).select_from(StagedSheet)) == 1
    clock.move(hours=25)
    assert drop_stale_imports() == 1
    session.rollback()
    assert session.scalar(select(func.count()).select_from(StagedRow)) == 0
    assert session.scalar(select(RosterImport.columns)) is None
    assert drop_stale_imports() == 0
    assert session.scalar(select(func.count()).select_from(StagedSheet)) == 1
    clock.move(days=30)
    drop_stale_imports()
    session.rollback()
    assert session.scalar(select(func.count()).select_from(StagedSheet)) == 0
    assert session.scalar(select(RosterImport.corrections)) is None


def test_a_list_nobody_confirms_is_dropped_after_a_day(
    officer: Officer, messy: Path, session: scoped_session[Session], clock: SetClock
) -> None:
    import_id = officer.stage(messy)
    clock.move(hours=23)
    drop_stale_imports()
    assert get_import(db.session(), import_id).state == "staged"
    clock.move(hours=2)
    drop_stale_imports()
    session.rollback()
    assert get_import(db.session(), import_id).state == "cancelled"
    assert session.scalar(select(func.count()).select_from(StagedRow)) == 0


def test_what_is_staged_is_sealed(
    officer: Officer, messy: Path, session: scoped_session[Session]
) -> None:

    officer.stage(messy)
    sealed = [
        bytes(value)
        for table, column in (
            ("staged_row", "values"),
            ("staged_row", "problems"),
            ("staged_sheet", "content"),
            ("roster_import", "columns"),
        )
        for value in session.scalars(text(f'SELECT "{column}" FROM {table}'))
        if value
    ]
    assert sealed
    assert not any(b"Nguy" in value or b"0912" in value for value in sealed)


BAD_FILES = {
    "text.xlsx": (b"hello", "workforce.not_a_workbook"),
    "empty.csv": (b"", "workforce.empty_sheet"),
    "no-headings.csv": (b"a;b\n1;2\n", "workforce.no_header_row"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_is_no_list_is_refused_by_its_code(
    officer: Officer, tmp_path: Path, name: str
) -> None:
    content, code = BAD_FILES[name]
    path = tmp_path / name
    path.write_bytes(content)
    import_id = officer.stage(path)
    shown = get_import(db.session(), import_id)
    assert (shown.state, shown.code) == ("refused", code)


def test_the_old_badge_of_a_merged_record_is_told_and_never_a_new_worker(
    officer: Officer, tmp_path: Path, clock: SetClock
) -> None:
    path = plain_roster(tmp_path / "moi.xlsx", 4)
    first = officer.stage(path)
    officer.save(first)
    ids = {badge: one.worker.worker_id for badge, one in officer.roster().items()}
    transact(lambda s: merge(s, ids["NV00000"], ids["NV00001"], clock.at))
    people = len(officer.roster())
    import_id = officer.stage(path)
    assert officer.counts(import_id)["created"] == 0
    assert officer.counts(import_id)["not_in_file"] == officer.counts(first)["not_in_file"]
    told = list_left_out(db.session(), import_id)
    assert [
        (row.badge, problem.code, problem.suggestion) for row, found in told for problem in found
    ] == [("NV00001", "workforce.badge_merged", "NV00000")]
    assert len(officer.roster()) == people


def test_a_badge_of_another_company_is_that_company_s_affair(
    officer: Officer, tmp_path: Path, session: scoped_session[Session]
) -> None:
    """The same badge may stand in two companies; the other's worker is neither found nor told."""
    binh = officer.cast.minh_tri.people["binh"]
    theirs = select(Worker.name).where(Worker.company_id == officer.cast.minh_tri.id)
    before = session.scalars(theirs.order_by(Worker.id)).all()
    path = save_book(tmp_path / "ds.xlsx", [(binh.badge, "Lê Văn Khác")])
    import_id = officer.stage(path)
    counts = officer.counts(import_id)
    assert (counts["created"], counts["updated"], counts["check"]) == (1, 0, 0)
    officer.save(import_id)
    session.rollback()
    assert session.scalars(theirs.order_by(Worker.id)).all() == before
    assert officer.roster()[binh.badge].worker.particulars.name == "Lê Văn Khác"


def test_of_two_officers_with_one_list_the_second_is_told_and_saves_nothing_twice(
    officer: Officer, messy: Path, session: scoped_session[Session]
) -> None:
    first, second = officer.stage(messy), officer.stage(messy)
    officer.confirm(first)
    with pytest.raises(ImportRunning):
        officer.confirm(second)
    save_list(officer.desk, first)
    after_first = everything(session)
    with pytest.raises(ImportOutdated):
        officer.confirm(second)
    officer.decide(deciding.reread, second)
    with pytest.raises(NothingToSave):
        officer.confirm(second)
    session.rollback()
    assert everything(session) == after_first
