"""The standard list: what is missing on the page, the workbook cell by cell, who took it."""

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.workforce.actions.people import Particulars, change_worker, end_work
from app.workforce.gateways.standard_workbook import (
    StandardRow,
    StandardWords,
    list_folder,
    write_standard_workbook,
)
from app.workforce.queries.standard_lists import get_priority_groups, get_standard_list
from app.workforce.queries.workers import get_worker
from tests.conftest import Node, SetClock
from tests.factories.browser import Browser
from tests.factories.people import STORY, Cast

Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def officer(browser: Browser, cast: Cast, write: Write, clock: SetClock) -> Browser:
    """Hạnh, whose company knows everything of Hoa, and of a name that looks like a formula."""

    def work(session: Session) -> None:
        people = cast.sao_bac.people
        change_worker(
            session,
            get_worker(session, people["hoa"].id),
            Particulars(
                "SB-20417",
                "Nguyễn Thị Hoa",
                born_on=date(1995, 3, 2),
                birth_year=1995,
                sex="female",
                phone="0900000118",
                id_number="024195001234",
            ),
            actor=STORY,
            now=clock.at,
        )
        change_worker(
            session,
            get_worker(session, people["men"].id),
            Particulars("SB-20733", "=HYPERLINK(A1)", birth_year=1990, sex="male"),
            actor=STORY,
            now=clock.at,
        )

    write(work)
    browser.sign_in(cast.sao_bac.people["hanh"])
    return browser


def download(officer: Browser, address: str = "/standard-list", **values: str) -> Workbook:
    officer.open(address)
    form = officer.form("/download")
    answer = officer.post(form.action, form.values | values)
    assert answer.status_code == 200
    content = answer.data
    answer.close()
    return load_workbook(io.BytesIO(content))


def rows(book: Workbook, sheet: int) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in book.worksheets[sheet].iter_rows(values_only=True)]


def test_the_page_says_what_is_missing_before_anything_is_taken(
    officer: Browser, cast: Cast
) -> None:
    page = officer.open("/standard-list").text
    assert "4 người trong danh sách" in page
    assert "chưa đối chiếu với văn bản" in page
    assert "Tải danh sách 4 người" in page
    assert "0900000118" not in page
    # Nhung and Ánh have no day of birth at all, Mến only a year.
    assert "Ngày sinh (chỉ có năm)" in page


def test_the_workbook_holds_exactly_these_cells(officer: Browser, cast: Cast) -> None:
    book = download(officer, priority_group="13")
    people = rows(book, 0)
    assert list(people[0]) == get_standard_list().headings
    assert people[0][:8] == (
        "STT",
        "Họ và tên",
        "Ngày sinh (ngày/tháng/năm)",
        "Giới tính",
        "Mã nhóm đối tượng",
        "Đơn vị công tác",
        "Số điện thoại",
        "Số CMND/CCCD/hộ chiếu",
    )
    company = "Điện tử Sao Bắc"
    assert [row[:8] for row in people[1:]] == [
        (1, "Nguyễn Thị Hoa", "02/03/1995", "Nữ", 13, company, "0900000118", "024195001234"),
        (2, "Thân Thị Ngọc Ánh", None, None, 13, company, None, None),
        (3, "Vũ Thị Nhung", None, None, 13, company, None, None),
        (4, "=HYPERLINK(A1)", "1990", "Nam", 13, company, None, None),
    ]
    assert all(cell is None for row in people[1:] for cell in row[8:])
    named = book.worksheets[0]["B5"]
    assert (named.data_type, named.value) == ("s", "=HYPERLINK(A1)")
    missing = rows(book, 1)
    head = missing.index(("Dòng", "Họ và tên", "Mã nhân viên", "Còn thiếu"))
    assert missing[head + 1 :] == [
        (3, "Thân Thị Ngọc Ánh", "SB-20418", "Ngày sinh"),
        (3, "Thân Thị Ngọc Ánh", "SB-20418", "Giới tính"),
        (3, "Thân Thị Ngọc Ánh", "SB-20418", "Số điện thoại"),
        (3, "Thân Thị Ngọc Ánh", "SB-20418", "Số CCCD, CMND hoặc hộ chiếu"),
        (4, "Vũ Thị Nhung", "SB-20001", "Ngày sinh"),
        (4, "Vũ Thị Nhung", "SB-20001", "Giới tính"),
        (4, "Vũ Thị Nhung", "SB-20001", "Số điện thoại"),
        (4, "Vũ Thị Nhung", "SB-20001", "Số CCCD, CMND hoặc hộ chiếu"),
        (5, "=HYPERLINK(A1)", "SB-20733", "Ngày sinh (chỉ có năm)"),
        (5, "=HYPERLINK(A1)", "SB-20733", "Số điện thoại"),
        (5, "=HYPERLINK(A1)", "SB-20733", "Số CCCD, CMND hoặc hộ chiếu"),
    ]


def test_a_group_nobody_chose_stays_empty(officer: Browser, cast: Cast) -> None:
    assert {row[4] for row in rows(download(officer), 0)[1:]} == {None}
    assert {row[4] for row in rows(download(officer, priority_group="99"), 0)[1:]} == {None}
    assert list(get_priority_groups()) == list(range(1, 17))


def test_only_the_chosen_lines_and_those_still_working(
    officer: Browser, cast: Cast, write: Write, clock: SetClock
) -> None:
    line7 = cast.sao_bac.lines["Chuyền 7"]
    names = [row[1] for row in rows(download(officer, f"/standard-list?unit={line7}"), 0)[1:]]
    assert names == ["=HYPERLINK(A1)"]
    hoa = cast.sao_bac.people["hoa"].id
    write(
        lambda s: end_work(
            s, get_worker(s, hoa), last_on=date(2026, 11, 24), actor=STORY, now=clock.at
        )
    )
    assert len(rows(download(officer), 0)) == 4
    assert len(rows(download(officer, "/standard-list?left=1"), 0)) == 5


def test_who_took_how_many_is_kept_and_the_file_is_gone(
    officer: Browser, cast: Cast, session: Session, node: Node
) -> None:
    download(officer)
    session.rollback()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "standard_list.taken")).one()
    assert entry.actor_id == cast.sao_bac.people["hanh"].id
    assert entry.company_id == cast.sao_bac.id
    assert entry.details["people"] == 4
    assert list((node.folder / "lists-out").iterdir()) == []


def test_another_companys_people_are_never_in_it(
    officer: Browser, cast: Cast, session: Session
) -> None:
    officer.open("/standard-list")
    token = officer.form("/download").values["csrf_token"]
    other = {"csrf_token": token, "company": str(cast.minh_tri.id)}
    assert officer.post("/standard-list/download", other).status_code == 404
    line = {"csrf_token": token, "unit": str(cast.minh_tri.lines["Chuyền 1"])}
    assert officer.post("/standard-list/download", line).status_code == 404
    assert officer.open(f"/standard-list?company={cast.minh_tri.id}").status_code == 404
    session.rollback()
    taken = select(AuditEntry).where(AuditEntry.act == "standard_list.taken")
    assert session.scalars(taken).all() == []


def test_a_list_of_nobody_is_refused_and_leaves_no_file(
    officer: Browser, cast: Cast, write: Write, clock: SetClock, node: Node
) -> None:
    officer.open("/standard-list")
    line7 = str(cast.sao_bac.lines["Chuyền 7"])
    sent = {"csrf_token": officer.form("/download").values["csrf_token"], "unit": line7}
    men = cast.sao_bac.people["men"].id
    write(
        lambda s: end_work(
            s, get_worker(s, men), last_on=date(2026, 11, 24), actor=STORY, now=clock.at
        )
    )
    assert officer.post("/standard-list/download", sent).status_code == 422
    assert list((node.folder / "lists-out").iterdir()) == []


def test_a_team_member_takes_no_list(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.sao_bac.people["nhung"])
    assert browser.open("/standard-list").status_code == 403


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "{=", "http://x"])
def test_no_text_becomes_a_formula_or_a_link(tmp_path: Path, start: str) -> None:
    path = tmp_path / "list.xlsx"
    words = StandardWords("A", ["STT", "Tên"], "B", ["Dòng", "Tên", "Mã", "Thiếu"], [])
    text = f"{start}1+1"
    assert write_standard_workbook(path, words, [StandardRow([1, text], text, text, [text])]) == 1
    book = load_workbook(path)
    cells = [book.worksheets[0]["B2"], *(book.worksheets[1][place] for place in ("B2", "C2", "D2"))]
    assert [(cell.data_type, cell.value, cell.hyperlink) for cell in cells] == [
        ("s", text, None)
    ] * 4


def test_files_left_over_are_removed_after_an_hour(tmp_path: Path, clock: SetClock) -> None:
    left = list_folder(tmp_path, "old", clock.at)
    (left / "list.xlsx").write_text("x")
    clock.move(days=400)
    made = list_folder(tmp_path, "new", clock.at)
    assert made.is_dir()
    assert not left.exists()
