"""Check-in sheets: downloaded, filled in with a spreadsheet, read back, kept line by line."""

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from app.audit.models import AuditEntry
from app.checkins.queries.answers import find_check_in, list_check_ins
from app.checkins.queries.duties import list_shift_counts
from tests.conftest import SetClock
from tests.factories.people import Cast, Person

Enter = Callable[[Person], FlaskClient]
TODAY = "2026-11-24"


class Desk:
    """Somebody with a browser and a spreadsheet."""

    def __init__(self, browser: FlaskClient, cast: Cast) -> None:
        self.browser, self.cast = browser, cast
        self.line = cast.sao_bac.lines["Chuyền 3"]

    def download(self, unit: int | None = None) -> Any:
        address = f"/today/sheets/file?unit={unit or self.line}&on={TODAY}&shift=ca1"
        answer = self.browser.get(address)
        assert answer.status_code == 200, answer.text
        return load_workbook(BytesIO(answer.data))

    def fill(self, book: Any, badge: str, **cells: Any) -> None:
        sheet = book.active
        headings = {str(cell.value): cell.column for cell in sheet[4] if cell.value}
        row = next(row for row in sheet.iter_rows(min_row=5) if row[2].value == badge)
        for heading, value in cells.items():
            sheet.cell(row[0].row, headings[heading.replace("_", " ")], value)

    def token(self) -> str:
        page = self.browser.get("/today/sheets").text
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found is not None
        return found[1]

    def upload(self, content: bytes, name: str = "phieu.xlsx") -> TestResponse:
        data = {"csrf_token": self.token(), "file": (BytesIO(content), name)}
        return self.browser.post("/today/sheets", data=data)

    def send(self, book: Any) -> str:
        into = BytesIO()
        book.save(into)
        answer = self.upload(into.getvalue())
        assert answer.status_code == 302, answer.text
        return str(answer.location)

    def settle(self, address: str, do: str, only: str = "") -> TestResponse:
        page = self.browser.get(address).text
        lines = [each for each in re.findall(r'name="line" value="([^"]+)"', page) if only in each]
        data = {"csrf_token": self.token(), "do": do, "line": lines}
        return self.browser.post(f"{address}/settle", data=data)


@pytest.fixture
def desk(enter: Enter, cast: Cast) -> Desk:
    """The officer's."""
    return Desk(enter(cast.sao_bac.people["hanh"]), cast)


def test_a_sheet_has_everybody_of_the_line_and_only_open_cells_can_be_written(desk: Desk) -> None:
    sheet = desk.download().active
    names = [row[3].value for row in sheet.iter_rows(min_row=5)]
    assert names == ["Nguyễn Thị Hoa", "Thân Thị Ngọc Ánh", "Vũ Thị Nhung"]
    assert sheet.protection.sheet
    assert sheet["D5"].protection.locked
    assert not sheet["E5"].protection.locked
    assert sheet.column_dimensions["A"].hidden
    choices = {each.formula1 for each in sheet.data_validations.dataValidation}
    assert '"Khoẻ,Có dấu hiệu,Vắng"' in choices


def test_a_filled_sheet_is_kept_line_by_line_with_its_own_time(
    desk: Desk, cast: Cast, session: Any, clock: SetClock
) -> None:
    hoa, anh, nhung = (cast.sao_bac.people[each] for each in ("hoa", "anh", "nhung"))
    book = desk.download()
    desk.fill(book, hoa.badge, Kết_quả="Khoẻ", Giờ_hỏi="05:12")
    desk.fill(book, anh.badge, Kết_quả="Có dấu hiệu", Ho="x", Giờ_hỏi="05:13")
    desk.fill(book, nhung.badge, Kết_quả="Vắng")
    clock.move(minutes=12)
    address = desk.send(book)
    session.rollback()
    assert find_check_in(session, hoa.id, date.fromisoformat(TODAY), "ca1") is None
    assert desk.settle(address, "keep").status_code == 302
    session.rollback()
    kept = find_check_in(session, hoa.id, date.fromisoformat(TODAY), "ca1")
    assert kept is not None
    assert (kept.source, kept.level, kept.on_time) == ("paper", "green", True)
    assert (kept.counted_at.hour, kept.counted_at.minute) == (22, 12)
    assert kept.received_at == clock.at
    told = find_check_in(session, anh.id, date.fromisoformat(TODAY), "ca1")
    assert told is not None
    assert told.answers["symptoms"] == ["cough"]
    counts = list_shift_counts(session, [cast.sao_bac.id], date.fromisoformat(TODAY))["ca1"]
    assert (counts.answered, counts.absent) == (2, 1)
    assert "Phiếu này đã xong" in desk.browser.get(address).text
    assert desk.settle(address, "keep").status_code == 409


def test_what_came_meanwhile_stands_beside_the_sheet_and_only_a_person_decides(
    desk: Desk, cast: Cast, session: Any, clock: SetClock, client: FlaskClient
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    book = desk.download()
    desk.fill(book, hoa.badge, Kết_quả="Khoẻ", Giờ_hỏi="05:05")
    fever = {"symptoms": ["fever"], "temperature_c": 38.6, "exposures": {}}
    body = {"shift_on": "today", "shift": "ca1", "answers": fever, "rules": "workplace_2020@1"}
    key = "01a20000-0000-7000-8000-000000000001"
    command = {"key": key, "kind": "check_in", "made_at": clock.at.isoformat(), "body": body}
    client.post("/api/v1/commands", json={"commands": [command]}, headers=hoa.headers)
    address = desk.send(book)
    page = desk.browser.get(address).text
    assert "Có khai báo khác sau khi làm phiếu" in page
    assert "38,6 °C" in page
    assert not re.search(r'name="line" value="[^"]+"[^>]*checked', page)
    desk.settle(address, "keep")
    session.rollback()
    versions = list_check_ins(session, hoa.id)
    assert [each.level for each in versions] == ["green", "red"]
    assert "Nguy cơ" in desk.browser.get("/today").text


def test_an_answer_between_the_page_and_the_button_is_looked_at_again(
    desk: Desk, cast: Cast, session: Any, clock: SetClock, client: FlaskClient
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    book = desk.download()
    desk.fill(book, hoa.badge, Kết_quả="Khoẻ")
    address = desk.send(book)
    data = {"csrf_token": desk.token(), "do": "keep", "line": [f"{hoa.id} answered:7"]}
    answer = desk.browser.post(f"{address}/settle", data=data, follow_redirects=True)
    assert "1 người vừa khai báo thêm" in answer.text
    session.rollback()
    assert list_check_ins(session, hoa.id) == []


def test_discarding_keeps_nothing_and_ends_the_sheet(desk: Desk, cast: Cast, session: Any) -> None:
    hoa = cast.sao_bac.people["hoa"]
    book = desk.download()
    desk.fill(book, hoa.badge, Kết_quả="Khoẻ")
    address = desk.send(book)
    desk.settle(address, "discard")
    session.rollback()
    assert list_check_ins(session, hoa.id) == []
    assert "bỏ 1 dòng" in desk.browser.get(address).text


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04 broken"])
def test_a_file_that_is_no_sheet_is_refused_with_a_sentence(desk: Desk, content: bytes) -> None:
    answer = desk.upload(content)
    assert answer.status_code == 422
    assert 'id="file-err"' in answer.text


def test_a_sheet_of_a_line_that_is_not_ones_own_is_refused(
    desk: Desk, enter: Enter, cast: Cast
) -> None:
    into = BytesIO()
    desk.download().save(into)
    for stranger in (cast.minh_tri.people["khoi"],):
        other = Desk(enter(stranger), cast)
        assert other.upload(into.getvalue()).status_code == 422
        assert (
            other.browser.get(f"/today/sheets/file?unit={desk.line}&shift=ca1").status_code == 404
        )
    nhung = Desk(enter(cast.sao_bac.people["nhung"]), cast)
    beyond = cast.sao_bac.lines["Chuyền 7"]
    assert nhung.browser.get(f"/today/sheets/file?unit={beyond}&shift=ca1").status_code == 404
    assert nhung.upload(into.getvalue()).status_code == 302


def test_names_never_become_formulas_and_looking_is_kept(
    desk: Desk, cast: Cast, session: Any
) -> None:
    book = desk.download()
    assert all(cell.data_type != "f" for row in book.active.iter_rows() for cell in row)
    desk.fill(book, cast.sao_bac.people["hoa"].badge, Kết_quả="Khoẻ")
    desk.browser.get(desk.send(book))
    session.rollback()
    acts = [each.act for each in session.query(AuditEntry).all()]
    assert "checkins.sheet_read" in acts
    assert "health.viewed" in acts
