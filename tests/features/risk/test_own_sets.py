"""The park's own index sets: from the workbook to an assessment, and what is refused."""

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.risk.gateways.set_workbook import read_set_workbook, write_set_workbook
from app.risk.models import RiskSet
from app.risk.queries.sets import list_own_sets, list_sets_in_force
from app.risk.rules.index_sets import Evidence
from app.risk.rules.own_sets import own_code, own_set_row
from app.risk.rules.reading import index_set
from tests.factories.people import Cast, Person
from tests.factories.risk import MAXIMA_2194, built_in

Enter = Callable[[Person], FlaskClient]
FACTS = ["Bộ chỉ số của khu", "Công văn 12/BQL-KCN", "01/11/2026", "02/11/2026", "20", "không"]
COMPONENTS = [
    ["1", "Số người", "10", "", "2", "người", "", "99"],
    ["", "", "", "", "10", "người", "100", ""],
    ["2", "Xà phòng", "10", "Đủ", "0", "", "", ""],
    ["", "", "", "Thiếu", "10", "", "", ""],
]
BANDS = [["Thấp", "0", "30", "Được làm", ""], ["Cao", "30", "100", "Dừng", ""]]


def workbook(
    facts: Any = FACTS, components: Any = COMPONENTS, bands: Any = BANDS, leave_out: str = ""
) -> io.BytesIO:
    with io.BytesIO(write_set_workbook(built_in("qd2194"))) as template:
        book = openpyxl.load_workbook(template)
    for name, rows in (("Chỉ số", components), ("Mức", bands)):
        sheet = book[name]
        sheet.delete_rows(2, 200)
        for row in rows:
            sheet.append(row)
    for line, value in enumerate(facts, start=2):
        book["Văn bản"].cell(line, 2, value)
    if leave_out:
        del book[leave_out]
    out = io.BytesIO()
    book.save(out)
    book.close()
    out.seek(0)
    return out


def upload(client: FlaskClient, book: io.BytesIO, name: str = "bo.xlsx") -> Any:
    return client.post("/risk/sets", data={"file": (book, name)})


def test_the_manager_enters_a_set_and_places_are_assessed_by_it(
    cast: Cast, enter: Enter, session: Session
) -> None:
    lam, hanh = enter(cast.people["lam"]), enter(cast.sao_bac.people["hanh"])
    assert upload(lam, workbook()).status_code == 302
    page = hanh.get("/risk/sets").text
    assert "Công văn 12/BQL-KCN" in page
    assert "Trần Văn Lâm nhập" in page
    assert "khu nhập từ văn bản" in page
    assert "Nhập bộ chỉ số của khu" not in page
    made = list_own_sets(session)[0].index_set
    assert (made.id, made.version, made.evidence) == ("own_bo_chi_so_cua_khu", 1, Evidence.ENTERED)
    assert [each.is_chosen for each in made.components] == [True, True]
    form = {"place": cast.sao_bac.id, "index_set": made.id, "on": "2026-11-24"}
    begun = hanh.post("/risk/new", data=form).location.split("/")[-2]
    page = hanh.get(f"/risk/{begun}/edit").text
    assert "4 người trên danh sách" in page
    typed = {"seen": "0", "c1-choice": "live", "c1-live": "0", "c2-choice": "1"}
    hanh.post(f"/risk/{begun}/edit", data=typed)
    page = hanh.get(f"/risk/{begun}").text
    assert "12 trên 20 điểm" in page
    assert "Xuống Thấp" in page
    assert "Giao việc này" in page


def test_a_new_version_leaves_what_was_assessed_by_the_old_one(
    cast: Cast, enter: Enter, session: Session
) -> None:
    lam = enter(cast.people["lam"])
    assert upload(lam, workbook()).status_code == 302
    same = upload(lam, workbook())
    assert same.status_code == 409
    assert "giống hệt bản 1" in same.text
    later = [*FACTS[:3], "01/12/2026", *FACTS[4:]]
    assert upload(lam, workbook(later)).status_code == 302
    assert "chưa có hiệu lực" in lam.get("/risk/sets").text

    def own_in_force(on: date) -> list[int]:
        shown = list_sets_in_force(session, on)
        return [each.index_set.version for each in shown if each.origin == "own"]

    assert own_in_force(date(2026, 11, 24)) == [1]
    assert own_in_force(date(2026, 12, 1)) == [2]
    assert own_in_force(date(2026, 11, 1)) == []


def test_a_set_that_counts_later_cannot_be_gone_by_today(cast: Cast, enter: Enter) -> None:
    lam = enter(cast.people["lam"])
    assert upload(lam, workbook([*FACTS[:3], "01/12/2026", *FACTS[4:]])).status_code == 302
    form = {"place": cast.park_id, "index_set": "own_bo_chi_so_cua_khu", "on": "2026-11-24"}
    answer = lam.post("/risk/new", data=form)
    assert answer.status_code == 422
    assert "Chọn một mục trong danh sách" in answer.text


def test_a_set_taken_out_of_use_is_offered_no_more(
    cast: Cast, enter: Enter, session: Session
) -> None:
    lam, hanh = enter(cast.people["lam"]), enter(cast.sao_bac.people["hanh"])
    upload(lam, workbook())
    set_id = list_own_sets(session)[0].id
    assert hanh.post(f"/risk/sets/{set_id}/withdraw").status_code == 403
    assert "own_bo_chi_so" in hanh.get("/risk/new").text
    assert lam.post(f"/risk/sets/{set_id}/withdraw").status_code == 302
    assert lam.post(f"/risk/sets/{set_id}/withdraw").status_code == 409
    assert "own_bo_chi_so" not in hanh.get("/risk/new").text
    assert "thôi dùng từ" in hanh.get("/risk/sets").text
    assert upload(lam, workbook()).status_code == 302


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"bands": [["Thấp", "0", "30", "Được", ""], ["Cao", "40", "100", "Dừng", ""]]}, "trống"),
        ({"bands": [["Thấp", "0", "50", "Được", ""], ["Cao", "40", "100", "Dừng", ""]]}, "chồng"),
        ({"bands": [["Thấp", "0", "100", "", ""]]}, "Mức, 2"),
        ({"bands": []}, "bands"),
        ({"facts": [*FACTS[:1], "", *FACTS[2:]]}, "Số văn bản, nguồn"),
        ({"facts": [*FACTS[:3], "hôm nay", *FACTS[4:]]}, "Có hiệu lực từ ngày"),
        ({"facts": [*FACTS[:4], "25", "không"]}, "Cộng điểm tối đa được 20, cả bộ là 25"),
        ({"components": [["1", "A", "20", "Có", "21", "", "", ""]]}, "cao hơn điểm tối đa"),
        ({"components": [["1", "A", "20", "", "3", "", "", ""]]}, "Chỉ số, 2"),
        ({"components": [["1", "A", "hai", "Có", "3", "", "", ""]]}, "Chỉ số, 2: hai"),
        ({"components": [["1", "A", "20", "Có", "3", "lít", "", ""]]}, "Chỉ số, 2: lít"),
        ({"components": [["", "", "", "Có", "3", "", "", ""]]}, "Chỉ số, 2"),
        ({"leave_out": "Mức"}, "ở: Mức"),
    ],
)
def test_a_workbook_that_contradicts_itself_is_refused_with_its_place(
    cast: Cast, enter: Enter, session: Session, changes: dict[str, Any], told: str
) -> None:
    answer = upload(enter(cast.people["lam"]), workbook(**changes))
    assert answer.status_code == 422
    assert told in answer.text
    assert session.scalars(select(RiskSet)).all() == []


def test_what_is_no_workbook_is_refused(cast: Cast, enter: Enter) -> None:
    lam, hanh = enter(cast.people["lam"]), enter(cast.sao_bac.people["hanh"])
    assert upload(lam, io.BytesIO(b"\x00\x01"), "x.xlsx").status_code == 422
    assert lam.post("/risk/sets", data={}).status_code == 422
    assert upload(hanh, workbook()).status_code == 403


def test_the_template_holds_what_was_verified_and_leaves_the_rest_to_the_annex(
    tmp_path: Path, cast: Cast, enter: Enter
) -> None:
    lam = enter(cast.people["lam"])
    page = lam.get("/risk/sets/template.xlsx")
    with io.BytesIO(page.data) as template:
        book = openpyxl.load_workbook(template)
    book["Văn bản"].cell(3, 2, "Phụ lục QĐ 2194 đã ký")
    book["Văn bản"].cell(5, 2, "27/05/2020")
    national = built_in("qd2194")
    maxima = {each.vi: each.maximum or MAXIMA_2194[each.id] for each in national.unverified}
    for row in book["Chỉ số"].iter_rows(min_row=2):
        if maxima.get(row[1].value):
            row[2].value = str(maxima[row[1].value])
    path = tmp_path / "bo.xlsx"
    book.save(path)
    book.close()
    typed = index_set(own_set_row(read_set_workbook(path, "bo.xlsx")) | {"version": 1}, {})
    assert [(b.vi, b.span) for b in typed.bands] == [(b.vi, b.span) for b in national.bands]
    assert typed.components[0].options[0].span == national.components[0].options[0].span
    assert sum(each.maximum or 0 for each in typed.components) == 300
    # Points that were not verified do not stand in the template: they are typed, or awarded.
    assert [each.is_chosen for each in typed.components] == [
        each.is_chosen for each in national.components
    ]


def test_versions_belong_together_by_their_title() -> None:
    assert own_code("Bộ chỉ số của KHU!") == "own_bo_chi_so_cua_khu"
    assert len(own_code("a" * 300)) == 50
