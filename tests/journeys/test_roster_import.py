"""An officer brings in the list a factory really has: from the file to people who are expected."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session, scoped_session

from app.workforce.queries.rosters import list_roster
from tests.factories.awkward_books import xlsx_book
from tests.factories.people import Cast
from tests.factories.rosters import (
    HEADINGS,
    messy_roster,
    name_of,
    plain_roster,
    rows_of,
    save_book,
)
from tests.journeys.conftest import LAPTOP, PHONE, Visit

Come = Callable[..., Visit]
Axe = Callable[[Page], list[str]]
TODAY = date(2026, 11, 24)
LONG = 240_000


def hand_in(page: Page, path: Path) -> None:
    page.get_by_label("Tệp danh sách").set_input_files(path)
    page.get_by_role("button", name="Đọc tệp").click()
    expect(page.get_by_role("heading", name="Ghép cột")).to_be_visible()


def test_a_messy_list_is_looked_through_mended_and_saved(
    visit: Come, cast: Cast, axe: Axe, tmp_path: Path, session: scoped_session[Session]
) -> None:
    visitor = visit(LAPTOP)
    visitor.sign_in_officer("hanh")
    page = visitor.open("/workers/import")
    assert axe(page) == []
    hand_in(page, messy_roster(tmp_path / "DS_CN_T11.xlsx"))
    expect(page.get_by_role("link", name="Phải sửa 3 không sửa")).to_be_visible()
    expect(page.get_by_role("cell", name="Thiếu mã nhân viên")).to_be_visible()
    assert axe(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải tệp lỗi").click()
    assert len(rows_of(Path(download.value.path()).read_bytes())) == 4

    page.get_by_role("button", name="Nhận 1 gợi ý").click()
    expect(page.get_by_role("cell", name="Tháng viết trước ngày")).to_have_count(0)
    page.get_by_role("link", name="Sửa tay dòng 9").click()
    page.get_by_label("Giá trị đúng, dòng 9 cột B").fill("SB-30004")
    page.get_by_role("button", name="Sửa dòng 9").click()
    expect(page.get_by_role("cell", name="Thiếu mã nhân viên")).to_have_count(0)

    page.get_by_role("link", name="Xem trước 6 dòng sẽ lưu").click()
    expect(page.get_by_text("Ca 2 · thứ Hai–thứ Bảy")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Lưu 6 người").click()
    expect(page.get_by_text("Đã lưu 6 người")).to_be_visible()
    assert axe(page) == []
    session.rollback()
    badges = {one.worker.badge for one in list_roster(session(), cast.sao_bac.id, TODAY)}
    assert {"SB-30001", "SB-30004", "SB-30007"} <= badges


def test_a_file_that_is_no_list_says_what_to_do(visit: Come, cast: Cast, tmp_path: Path) -> None:
    visitor = visit(PHONE)
    visitor.sign_in_officer("hanh")
    page = visitor.open("/workers/import")
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"no workbook")
    page.get_by_label("Tệp danh sách").set_input_files(path)
    page.get_by_role("button", name="Đọc tệp").click()
    expect(page.get_by_role("alert")).to_contain_text("Mở bằng Excel, lưu lại dạng .xlsx")


def test_a_long_list_moves_its_bar_until_the_preview_opens(
    visit: Come, cast: Cast, axe: Axe, tmp_path: Path
) -> None:
    visitor = visit(LAPTOP)
    visitor.sign_in_officer("hanh")
    page = visitor.open("/workers/import")
    hand_in(page, plain_roster(tmp_path / "list.xlsx", 1500))
    page.get_by_role("link", name="Xem trước 1.500 dòng sẽ lưu").click()
    page.get_by_role("button", name="Lưu 1.500 người").click()
    expect(page.get_by_text("Đã lưu 1.500 người")).to_be_visible(timeout=60_000)


def test_ten_thousand_rows_are_mended_saved_undone_and_saved_again(
    visit: Come, cast: Cast, axe: Axe, tmp_path: Path, session: scoped_session[Session]
) -> None:
    rows = list_with_three_faults(10_000)
    visitor = visit(LAPTOP)
    visitor.sign_in_officer("hanh")
    page = visitor.open("/workers/import")
    page.get_by_label("Tệp danh sách").set_input_files(
        save_book(tmp_path / "list.xlsx", rows, HEADINGS[:10])
    )
    page.get_by_role("button", name="Đọc tệp").click()
    expect(page.get_by_role("heading", name="Cần xem 3 dòng")).to_be_visible(timeout=LONG)

    page.get_by_role("link", name="Sửa tay dòng 6", exact=True).click()
    page.get_by_label("Giá trị đúng, dòng 6 cột B").fill("NV00000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Cần xem 2 dòng")).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="Nhận dòng 7", exact=True).click()
    expect(page.get_by_role("heading", name="Cần xem 1 dòng")).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="Bỏ dòng 8", exact=True).press("Enter")
    expect(page.get_by_text("Không còn dòng nào cần xem")).to_be_visible(timeout=LONG)
    assert axe(page) == []

    def save() -> None:
        page.get_by_role("link", name="Xem trước 9.999 dòng sẽ lưu").click()
        page.get_by_role("button", name="Lưu 9.999 người").click()
        expect(page.get_by_role("progressbar")).to_be_visible()
        expect(page.get_by_text("Đã lưu 9.999 người")).to_be_visible(timeout=LONG)

    save()
    assert len(roster(session, cast)) == 9_999 + 4
    assert axe(page) == []
    page.get_by_role("button", name="Hoàn tác cho 9.999 người").click()
    expect(page.get_by_text("Đã hoàn tác lúc")).to_be_visible(timeout=LONG)
    assert axe(page) == []
    assert roster(session, cast) == {"SB-20001", "SB-20417", "SB-20418", "SB-20733"}

    rows = [row for place, row in enumerate(rows) if place != 2]
    rows[0] = ("NV00000", *rows[0][1:])
    page.get_by_role("link", name="Nhập tệp khác").click()
    page.get_by_label("Tệp danh sách").set_input_files(
        save_book(tmp_path / "again.xlsx", rows, HEADINGS[:10])
    )
    page.get_by_role("button", name="Đọc tệp").click()
    expect(page.get_by_role("heading", name="Ghép cột")).to_be_visible(timeout=LONG)
    save()
    assert len(roster(session, cast)) == 9_999 + 4


def roster(session: scoped_session[Session], cast: Cast) -> set[str]:
    session.rollback()
    return {one.worker.badge for one in list_roster(session(), cast.sao_bac.id, TODAY)}


def place_of(place: int) -> tuple[Any, ...]:
    return None, "Nam", None, None, "Xưởng 1", f"Chuyền {place % 5 + 1}", "C1"


def list_with_three_faults(count: int) -> list[tuple[Any, ...]]:
    """A badge missing, a date with the month first, a phone without an end."""
    rows = [
        (f"NV{place:05}", f"Nguyễn Văn {name_of(place)}", *place_of(place))
        for place in range(count)
    ]
    rows[0] = (None, *rows[0][1:])
    rows[1] = (*rows[1][:2], "05/13/1992", *rows[1][3:])
    rows[2] = (*rows[2][:5], "0912 345", *rows[2][6:])
    return rows


def test_workshops_on_sheets_of_their_own_in_an_old_font(
    visit: Come, cast: Cast, axe: Axe, tmp_path: Path
) -> None:
    heading = ("M· NV", "Hä vµ tªn")
    path = xlsx_book(
        tmp_path / "DS_xuong.xlsx",
        {
            "Xưởng 1": [heading, ("NV1", "NguyÔn V¨n H\u00adëng"), ("NV2", "Lª ThÞ YÕn")],
            "Xưởng 2": [heading, ("NV3", "TrÇn ThÞ Quúnh NghÜa"), ("NV1", "NguyÔn V¨n H\u00adëng")],
        },
    )
    visitor = visit(LAPTOP)
    visitor.sign_in_officer("hanh")
    page = visitor.open("/workers/import")
    page.get_by_label("Tệp danh sách").set_input_files(path)
    page.get_by_role("button", name="Đọc tệp").click()
    expect(page.get_by_label("Xưởng 1 · 3 dòng")).to_be_checked()
    expect(page.get_by_label("Xưởng 2 · 3 dòng")).to_be_checked()
    assert axe(page) == []
    page.get_by_role("button", name="Đọc các trang đã chọn").click()
    expect(page.get_by_role("cell", name="Trùng mã với dòng 2 trang “Xưởng 1”")).to_be_visible()
    expect(page.get_by_role("heading", name="Chữ đã đổi có đúng không?")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Đúng, dùng chữ đã đổi").click()
    expect(page.get_by_role("heading", name="Chữ đã đổi có đúng không?")).to_have_count(0)
    page.get_by_role("link", name="Xem trước 3 dòng sẽ lưu").click()
    expect(page.get_by_role("cell", name="3 trang “Xưởng 1”")).to_be_visible()
    page.get_by_role("button", name="Lưu 3 người").click()
    expect(page.get_by_text("Đã lưu 3 người")).to_be_visible()
