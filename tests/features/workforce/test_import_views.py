"""Pages of staff lists: handed in, looked through, mended, saved, dropped; within one company."""

import io
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

from app.kernel.ids import new_id
from app.workforce.jobs import drop_stale_imports
from app.workforce.queries.imports import list_imports
from app.workforce.queries.rosters import list_roster
from app.workforce.views import import_work
from tests.conftest import Node, SetClock
from tests.factories.awkward_books import xlsx_book
from tests.factories.browser import Browser
from tests.factories.people import Cast
from tests.factories.rosters import FIRST_ROW, messy_roster, rows_of, save_book

START = "/workers/import"
TODAY = date(2026, 11, 24)


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    return messy_roster(tmp_path / "DS_CN_T11.xlsx")


@pytest.fixture
def officer(browser: Browser, cast: Cast) -> Browser:
    browser.sign_in(cast.sao_bac.people["hanh"])
    return browser


def settle() -> None:
    """Wait until nothing is read or saved beside the requests any more."""
    for thread in threading.enumerate():
        if thread.name.startswith("import "):
            thread.join()


def hand_in(browser: Browser, path: Path, name: str | None = None) -> TestResponse:
    """Choose a file on the first page and send it; the page that follows."""
    browser.open(START)
    form = browser.form(START)
    content = (io.BytesIO(path.read_bytes()), name or path.name)
    values: dict[str, Any] = {**form.values, "file": content}
    answer = browser.post(START, values)
    settle()
    if answer.status_code != 303:
        return answer
    return browser.open(answer.location)


def address(browser: Browser) -> str:
    assert browser.page is not None
    return browser.page.request.path


def test_a_list_is_read_shown_and_saved(
    officer: Browser, messy: Path, cast: Cast, session: scoped_session[Session]
) -> None:
    page = hand_in(officer, messy).text
    assert "DS_CN_T11.xlsx" in page
    assert "Thiếu mã nhân viên" in page
    assert f"Trùng mã với dòng {FIRST_ROW}" in page
    where = address(officer)
    page = officer.open(f"{where}/confirm").text
    assert "Lưu 5 người" in page
    assert "Ca 2 · thứ Hai–thứ Bảy" in page
    officer.send("/confirm")
    settle()
    page = officer.open(where).text
    assert "Đã lưu 5 người" in page
    session.rollback()
    assert len(list_roster(session(), cast.sao_bac.id, TODAY)) == 8


def test_a_saved_list_is_undone_from_its_page(
    officer: Browser, messy: Path, cast: Cast, session: scoped_session[Session]
) -> None:
    hand_in(officer, messy)
    where = address(officer)
    officer.open(f"{where}/confirm")
    officer.send("/confirm")
    settle()
    page = officer.open(where).text
    assert "Hoàn tác cho 5 người" in page
    assert "Hoàn tác được đến" in page
    officer.send("/undo")
    settle()
    page = officer.open(where).text
    assert "Đã hoàn tác lúc" in page
    assert "không trở lại như trước" not in page
    assert "Đã hoàn tác" in officer.open(START).text
    session.rollback()
    assert len(list_roster(session(), cast.sao_bac.id, TODAY)) == 4


def test_an_undone_list_is_looked_through_and_saved_again_from_its_page(
    officer: Browser, messy: Path, cast: Cast, session: scoped_session[Session]
) -> None:
    hand_in(officer, messy)
    where = address(officer)
    officer.open(f"{where}/confirm")
    officer.send("/confirm")
    settle()
    officer.open(where)
    officer.send("/undo")
    settle()
    page = officer.open(where).text
    assert "đơn vị, nhóm hoặc lịch làm mà tệp đã tạo" in page
    values = officer.form("/reopen").values
    answer = officer.post(f"{where}/reopen", values)
    settle()
    assert answer.status_code == 303
    again = answer.location
    assert again != where
    assert "DS_CN_T11.xlsx" in officer.open(again).text
    officer.open(f"{again}/confirm")
    officer.send("/confirm")
    settle()
    assert "Đã lưu 5 người" in officer.open(again).text
    assert "Đã hoàn tác lúc" in officer.open(where).text
    session.rollback()
    assert len(list_roster(session(), cast.sao_bac.id, TODAY)) == 8


def test_an_undone_list_whose_cells_are_gone_asks_for_the_file(
    officer: Browser, messy: Path, clock: SetClock, in_app: Flask
) -> None:
    hand_in(officer, messy)
    where = address(officer)
    officer.open(f"{where}/confirm")
    officer.send("/confirm")
    settle()
    officer.open(where)
    officer.send("/undo")
    settle()
    officer.open(where)
    values = officer.form("/reopen").values
    clock.move(days=31)
    drop_stale_imports()
    clock.move(days=-31)
    answer = officer.post(f"{where}/reopen", values)
    assert answer.status_code == 409
    assert "Tệp này không còn được giữ" in answer.text
    assert "/reopen" not in officer.open(where).text


def test_a_list_with_a_later_one_saved_is_not_undone_and_says_why(
    officer: Browser, messy: Path, tmp_path: Path
) -> None:
    hand_in(officer, messy)
    first = address(officer)
    officer.open(f"{first}/confirm")
    officer.send("/confirm")
    settle()
    officer.open(first)
    values = officer.form("/undo").values
    hand_in(officer, save_book(tmp_path / "n.xlsx", [(1, "Lê Thị Một")]))
    officer.open(f"{address(officer)}/confirm")
    officer.send("/confirm")
    settle()
    answer = officer.post(f"{first}/undo", values)
    assert answer.status_code == 409
    assert "Không hoàn tác được nữa" in answer.text


def test_the_bad_rows_are_handed_back_before_and_after_saving(
    officer: Browser, messy: Path
) -> None:
    hand_in(officer, messy)
    where = address(officer)
    before = officer.call(f"{where}/problems.xlsx", {})
    officer.open(f"{where}/confirm")
    officer.send("/confirm")
    settle()
    after = officer.call(f"{where}/problems.xlsx", {})
    for answer in (before, after):
        assert answer.mimetype.endswith("spreadsheetml.sheet")
        assert [row[-1] for row in rows_of(answer.data)[1:]] == [9, 10, 11]


def test_the_sample_can_be_read(officer: Browser, tmp_path: Path) -> None:
    path = tmp_path / "sample.xlsx"
    path.write_bytes(officer.call(f"{START}/sample.xlsx", {}).data)
    page = hand_in(officer, path)
    assert "Xem trước 1 dòng sẽ lưu" in page.text


def test_a_suggestion_is_accepted_by_one_press(officer: Browser, messy: Path) -> None:
    hand_in(officer, messy)
    page = officer.send("/suggestions").text
    settle()
    page = officer.open(address(officer)).text
    assert "Tháng viết trước ngày" not in page


def test_a_row_is_left_out_and_taken_back(officer: Browser, messy: Path) -> None:
    hand_in(officer, messy)
    where = address(officer)
    officer.open(f"{where}?kind=workforce.date_month_first")
    officer.send("/kinds")
    settle()
    page = officer.open(f"{where}?kind=workforce.row_skipped").text
    assert "Đã bỏ dòng này theo lựa chọn" in page
    officer.send("/rows")
    settle()
    page = officer.open(f"{where}?kind=workforce.date_month_first").text
    assert "Tháng viết trước ngày" in page
    officer.send("/rows")
    settle()
    assert "Tháng viết trước ngày" not in officer.open(where).text
    values = officer.form("/rows").values
    for wrong in ("0", "x", "99999999"):
        assert officer.post(f"{where}/rows", values | {"row": wrong}).status_code == 404
    assert officer.post(f"{where}/kinds", values | {"kind": "nothing"}).status_code == 404


def test_the_changes_are_filtered_by_what_changes(officer: Browser, messy: Path) -> None:
    hand_in(officer, messy)
    page = officer.open(f"{address(officer)}/confirm?field=phone").text
    assert "SB-20418" in page
    assert "SB-30001" not in page


def test_a_cell_is_mended_by_hand(officer: Browser, messy: Path) -> None:
    hand_in(officer, messy)
    where = address(officer)
    officer.open(f"{where}?edit={FIRST_ROW + 3}:B")
    form = officer.form("/cells")
    assert (form.values["row"], form.values["column"]) == (str(FIRST_ROW + 3), "B")
    officer.send("/cells", value="SB-30004")
    settle()
    assert "Thiếu mã nhân viên" not in officer.open(where).text


def test_a_column_is_given_another_meaning(officer: Browser, messy: Path) -> None:
    hand_in(officer, messy)
    where = address(officer)
    officer.send("/columns", column__B="")
    settle()
    page = officer.open(where).text
    assert "Thiếu cột bắt buộc" in page
    officer.send("/columns", column__B="employee_code")
    settle()
    assert "Xem trước 5 dòng sẽ lưu" in officer.open(where).text


def test_an_unknown_column_is_asked_once_and_can_be_forgotten(
    officer: Browser, tmp_path: Path
) -> None:
    headings = ("STT", "Mã NV", "Họ tên", "Cột lạ")
    path = save_book(tmp_path / "odd.xlsx", [("A1", "Lê Thị Hai", "A-305")], headings)
    assert "1 cột chưa biết là gì: Cột lạ." in hand_in(officer, path).text
    officer.send("/columns", column__D="")
    settle()
    page = hand_in(officer, path).text
    assert "chưa biết là gì" not in page
    assert "đã nhớ từ lần trước" in page
    officer.open(f"{START}/headings")
    officer.send("/headings", field="dormitory")
    assert "đã nhớ từ lần trước" in hand_in(officer, path).text
    officer.open(f"{START}/headings")
    officer.send("/headings", forget="1")
    assert "Chưa nhớ cột nào" in officer.open(f"{START}/headings").text
    assert "1 cột chưa biết là gì" in hand_in(officer, path).text


def test_what_another_company_remembers_is_not_seen_or_changed(
    officer: Browser, other_browser: Browser, cast: Cast, tmp_path: Path
) -> None:
    headings = ("STT", "Mã NV", "Họ tên", "Cột lạ")
    path = save_book(tmp_path / "odd.xlsx", [("A1", "Lê Thị Hai", "A-305")], headings)
    hand_in(officer, path)
    officer.send("/columns", column__D="")
    settle()
    other_browser.sign_in(cast.minh_tri.people["khoi"])
    assert "Cột lạ" not in other_browser.open(f"{START}/headings").text
    where = f"{START}/headings?company={cast.sao_bac.id}"
    assert other_browser.call(where, {}).status_code == 404
    other_browser.open(START)
    token = other_browser.form(START).values["csrf_token"]
    values = {"csrf_token": token, "heading": "Cột lạ", "forget": "1"}
    assert other_browser.post(f"{START}/headings", values).status_code == 404


def test_a_list_that_was_dropped_saves_nothing(officer: Browser, messy: Path) -> None:
    hand_in(officer, messy)
    where = address(officer)
    officer.send("/cancel")
    page = officer.open(where).text
    assert "Không có gì được lưu" in page
    assert officer.call(f"{where}/problems.xlsx", {}).status_code == 404


def test_a_file_that_is_no_list_says_what_to_do(officer: Browser, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"no workbook")
    assert "không phải bảng Excel" in hand_in(officer, path).text


def test_without_a_file_the_page_asks_for_one(officer: Browser, cast: Cast) -> None:
    officer.open(START)
    answer = officer.post(START, officer.form(START).values)
    assert answer.status_code == 422
    assert "Chọn một tệp trước" in answer.text


def test_a_file_over_the_limit_is_refused_with_its_sentence(
    officer: Browser, messy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_work, "largest_file", lambda: 100)
    answer = hand_in(officer, messy)
    assert answer.status_code == 413
    assert "Tệp quá lớn" in answer.text


def test_a_preview_that_no_longer_holds_offers_to_compare_anew(
    officer: Browser, messy: Path
) -> None:
    hand_in(officer, messy)
    first = address(officer)
    hand_in(officer, messy)
    second = address(officer)
    for where in (first, second):
        officer.open(f"{where}/confirm")
        page = officer.send("/confirm")
        settle()
    assert page.status_code == 409
    assert "đã đổi từ lúc xem trước" in page.text
    officer.send("/again")
    settle()
    assert "Xem trước 0 dòng sẽ lưu" in officer.open(second).text


def test_pressing_save_twice_saves_once(officer: Browser, messy: Path) -> None:
    hand_in(officer, messy)
    where = address(officer)
    officer.open(f"{where}/confirm")
    values = officer.form("/confirm").values
    officer.post(f"{where}/confirm", values)
    settle()
    again = officer.post(f"{where}/confirm", values)
    assert again.status_code == 303
    assert "Đã lưu 5 người" in officer.open(where).text


def test_progress_is_told_in_words_and_numbers(officer: Browser, messy: Path) -> None:
    hand_in(officer, messy)
    told = officer.call(f"{address(officer)}/progress", {}).json
    assert told is not None
    assert told["state"] == "staged"
    assert set(told) == {"state", "done", "total", "text"}


def test_who_is_not_in_the_list_is_shown(officer: Browser, messy: Path) -> None:
    hand_in(officer, messy)
    page = officer.open(f"{address(officer)}/missing").text
    assert "Giáp Thị Mến" in page
    assert "Thân Thị Ngọc Ánh" not in page


def test_who_is_not_in_the_list_may_be_marked_as_having_left(officer: Browser, messy: Path) -> None:
    hand_in(officer, messy)
    where = address(officer)
    officer.open(f"{where}/missing")
    officer.send("/missing")
    assert "Nghỉ việc, ngày cuối 24/11/2026" in officer.open(f"{where}/missing").text
    assert "2 người không có trong tệp sẽ ghi nghỉ việc" in officer.open(f"{where}/confirm").text
    assert "trong đó 2 người ghi nghỉ" in officer.open(where).text
    officer.open(f"{where}/missing")
    officer.send("/missing", stay="1")
    assert "không có trong tệp sẽ ghi nghỉ" not in officer.open(f"{where}/confirm").text


@pytest.mark.parametrize(
    "part",
    ["", "/progress", "/confirm", "/missing", "/problems.xlsx"],
)
def test_another_company_sees_nothing_of_a_list(
    officer: Browser, other_browser: Browser, cast: Cast, messy: Path, part: str
) -> None:
    hand_in(officer, messy)
    other_browser.sign_in(cast.minh_tri.people["khoi"])
    assert other_browser.call(f"{address(officer)}{part}", {}).status_code == 404


@pytest.mark.parametrize(
    "part",
    [
        "columns",
        "cells",
        "suggestions",
        "sexes",
        "again",
        "confirm",
        "undo",
        "reopen",
        "cancel",
        "rows",
        "kinds",
    ],
)
def test_another_company_changes_nothing_of_a_list(
    officer: Browser, other_browser: Browser, cast: Cast, messy: Path, part: str
) -> None:
    hand_in(officer, messy)
    other_browser.sign_in(cast.minh_tri.people["khoi"])
    other_browser.open(START)
    token = other_browser.form(START).values["csrf_token"]
    answer = other_browser.post(f"{address(officer)}/{part}", {"csrf_token": token})
    assert answer.status_code == 404


def test_a_list_is_not_handed_in_for_another_company(
    officer: Browser, cast: Cast, messy: Path, session: scoped_session[Session]
) -> None:
    officer.open(START)
    form = officer.form(START)
    values: dict[str, Any] = form.values | {"company": str(cast.minh_tri.id)}
    values["file"] = (io.BytesIO(messy.read_bytes()), "list.xlsx")
    assert officer.post(START, values).status_code == 404
    assert list_imports(session(), cast.minh_tri.id, 10) == []


def test_only_who_keeps_the_workers_may_import(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.people["lam"])
    assert browser.call(START, {}).status_code == 403


def test_a_forged_post_changes_nothing(officer: Browser, messy: Path) -> None:
    hand_in(officer, messy)
    assert officer.post_forged(f"{address(officer)}/cancel").status_code == 400


def test_a_list_that_never_was_is_not_found(officer: Browser, node: Node) -> None:
    assert officer.call(f"{START}/{new_id(node.clock.at)}", {}).status_code == 404


def test_the_name_of_a_file_is_no_path(officer: Browser, messy: Path) -> None:
    page = hand_in(officer, messy, name="C:/Users/Hanh/DS.xlsx").text
    assert "DS.xlsx" in page
    assert "Users" not in page


def test_the_uploaded_file_is_gone_once_it_was_read(
    officer: Browser, messy: Path, node: Node
) -> None:
    hand_in(officer, messy)
    assert list((node.folder / "uploads").iterdir()) == []


def test_a_list_saved_with_a_badge_column_only_of_numbers(officer: Browser, tmp_path: Path) -> None:
    path = save_book(tmp_path / "n.xlsx", [(1, "Lê Thị Một"), (2, "Lê Thị Hai")])
    assert "Xem trước 2 dòng sẽ lưu" in hand_in(officer, path).text


@pytest.fixture
def workshops(tmp_path: Path) -> Path:
    heading = ("Mã NV", "Họ và tên")
    return xlsx_book(
        tmp_path / "DS.xlsx",
        {
            "Xưởng 1": [heading, ("NV1", "Lê Thị An"), ("NV2", "Lê Thị Ba")],
            "Xưởng 2": [heading, ("NV3", "Lê Văn Chung"), ("NV1", "Lê Thị An")],
        },
    )


def test_the_sheets_to_read_are_ticked_and_their_names_are_workshops(
    officer: Browser, workshops: Path, cast: Cast, session: scoped_session[Session]
) -> None:
    page = hand_in(officer, workshops).text
    assert "Chọn trang cần đọc" in page
    where = address(officer)
    token = officer.form("/sheets").values
    answer = officer.post(f"{where}/sheets", {**token, "sheet": ["0", "1"]})
    settle()
    page = officer.open(answer.location).text
    assert "Trùng mã với dòng 2 trang “Xưởng 1”" in page
    assert "3 trang “Xưởng 2”" in page
    page = officer.open(f"{where}/confirm").text
    assert "Lưu 3 người" in page
    officer.send("/confirm")
    settle()
    session.rollback()
    saved = {
        one.worker.badge: one.worker.particulars.workshop
        for one in list_roster(session(), cast.sao_bac.id, TODAY)
    }
    assert {badge: saved[badge] for badge in ("NV1", "NV2", "NV3")} == {
        "NV1": "Xưởng 1",
        "NV2": "Xưởng 1",
        "NV3": "Xưởng 2",
    }


def test_other_sheets_can_be_chosen_until_the_list_is_saved(
    officer: Browser, workshops: Path
) -> None:
    hand_in(officer, workshops)
    where = address(officer)
    token = officer.form("/sheets").values
    officer.post(f"{where}/sheets", {**token, "sheet": "0"})
    settle()
    assert "Lưu 2 người" in officer.open(f"{where}/confirm").text
    officer.open(f"{where}/sheets")
    officer.post(f"{where}/sheets", {**officer.form("/sheets").values, "sheet": "1"})
    settle()
    page = officer.open(f"{where}/confirm").text
    assert "Lưu 2 người" in page
    assert "Lê Văn Chung" in page


def test_no_sheet_ticked_is_refused_and_changes_nothing(officer: Browser, workshops: Path) -> None:
    hand_in(officer, workshops)
    where = address(officer)
    token = {name: officer.form("/sheets").values[name] for name in ("csrf_token",)}
    answer = officer.post(f"{where}/sheets", token)
    assert answer.status_code == 422
    assert "Chọn ít nhất một trang." in answer.text
    assert "Chọn trang cần đọc" in officer.open(where).text


def test_rows_left_out_of_several_sheets_name_their_sheet(
    officer: Browser, workshops: Path
) -> None:
    hand_in(officer, workshops)
    where = address(officer)
    officer.post(f"{where}/sheets", {**officer.form("/sheets").values, "sheet": ["0", "1"]})
    settle()
    header, row = rows_of(officer.call(f"{where}/problems.xlsx", {}).data)
    assert header[-3:] == ("Lý do bị bỏ lại", "Dòng trong tệp gốc", "Trang trong tệp gốc")
    assert row[-2:] == (3, "Xưởng 2")


@pytest.fixture
def old_font(tmp_path: Path) -> Path:
    rows = [("M· NV", "Hä vµ tªn"), ("NV1", "NguyÔn V¨n H\u00adëng"), ("NV2", "Lª ThÞ YÕn")]
    return xlsx_book(tmp_path / "DS.xlsx", {"DS": rows})


def names_of(session: scoped_session[Session], company_id: int) -> dict[str, str | None]:
    session.rollback()
    found = list_roster(session(), company_id, TODAY)
    return {one.worker.badge: one.worker.particulars.name for one in found}


def test_letters_of_an_old_font_wait_for_a_yes(
    officer: Browser, old_font: Path, cast: Cast, session: scoped_session[Session]
) -> None:
    page = hand_in(officer, old_font).text
    assert "Chữ đã đổi có đúng không?" in page
    assert "Nguyễn Văn Hưởng" in page
    where = address(officer)
    before = names_of(session, cast.sao_bac.id)
    officer.open(f"{where}/confirm")
    answer = officer.send("/confirm")
    assert answer.status_code == 409
    assert "Tệp dùng phông chữ cũ" in answer.text
    assert names_of(session, cast.sao_bac.id) == before
    officer.open(where)
    officer.send("/fonts", decode="1")
    settle()
    assert "Chữ đã đổi có đúng không?" not in officer.open(where).text
    officer.open(f"{where}/confirm")
    officer.send("/confirm")
    settle()
    assert names_of(session, cast.sao_bac.id) == before | {
        "NV1": "Nguyễn Văn Hưởng",
        "NV2": "Lê Thị Yến",
    }


def test_letters_of_an_old_font_stay_as_typed_after_a_no(
    officer: Browser, old_font: Path, cast: Cast, session: scoped_session[Session]
) -> None:
    hand_in(officer, old_font)
    where = address(officer)
    officer.send("/fonts", decode="0")
    settle()
    page = officer.open(where).text
    assert "Chữ đã đổi có đúng không?" not in page
    assert "Họ tên có ký tự lạ" in page
    officer.open(f"{where}/confirm")
    officer.send("/confirm")
    settle()
    assert names_of(session, cast.sao_bac.id)["NV1"] == "NguyÔn V¨n Hëng"
