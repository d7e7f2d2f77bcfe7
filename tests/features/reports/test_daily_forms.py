"""Daily forms: what is known stands in its column, what is not stays empty and says so."""

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from app.accounts.actions.sessions import open_web_session
from app.checkins.actions.counting import add_counts
from app.sync.actions.summaries import make_due_summaries
from app.web.transaction import transact
from tests.conftest import Node
from tests.factories.people import Cast, Person
from tests.factories.provinces import BIG, SMALL, TODAY, Province
from tests.features.sync.conftest import signed_in


@pytest.fixture
def centre(province: Node) -> Province:
    made = Province(province)
    made.staff()
    return made


def sheets_of(content: bytes) -> dict[str, list[list[Any]]]:
    book = load_workbook(io.BytesIO(content))
    return {
        sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)]
        for sheet in book.worksheets
    }


def test_the_province_fills_the_form_of_every_park_and_names_those_missing(
    centre: Province,
) -> None:
    thu = signed_in(centre.node, "thu")
    park = centre.park("KCN Quang Châu")
    centre.send(park, TODAY, [{"A": BIG, "S": SMALL}], missing=["Z"])
    centre.park("KCN Việt Hàn")
    page = thu.get("/reports").text
    assert "Chưa có số liệu của: KCN Việt Hàn" in page
    sheets = sheets_of(thu.get("/reports/daily.xlsx").data)
    rows = sheets["Tổng hợp ngày của KCN"]
    heading = next(row for row in rows if row[0] == "Khu công nghiệp")
    filled = dict(zip(heading, rows[rows.index(heading) + 1], strict=True))
    assert filled["Khu công nghiệp"] == "KCN Quang Châu"
    assert filled["Số doanh nghiệp"] == 3
    assert filled["Số đã nộp báo cáo (tỷ lệ %)"] == "2 (66,7\N{NO-BREAK SPACE}%)"
    assert filled["Đang làm việc"] == 98
    assert filled["F1"] is None
    assert any("đề xuất" in str(row[0]) for row in rows)
    notes = {row[0]: row[2] for row in sheets["Chú giải"]}
    assert notes["f1"] == "chưa có trong An Ca"
    assert notes["workers_present"] == "có số liệu"
    lines = thu.get(f"/reports/daily.csv?form=daily_company&park={park}").text.splitlines()
    assert lines[0].lstrip("\ufeff").startswith("report_date,park,company,tax_code")
    assert lines[1].startswith("2026-11-24,KCN Quang Châu,A,,,,,90,10,")
    assert len(lines) == 3
    assert thu.get("/reports?form=contact_list").status_code == 404
    assert (
        "Chưa có báo cáo của ngày này"
        in thu.get(f"/reports?form=daily_company&park={park}&on=2026-11-01").text
    )


def browser_of(node: Node, person: Person) -> FlaskClient:
    with node.app.app_context():
        session_id = transact(lambda s: open_web_session(s, person.id, now=node.clock.at))
    client = node.app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = session_id, True
    return client


def test_an_officer_gets_their_own_company(node: Node, cast: Cast) -> None:
    hanh = browser_of(node, cast.sao_bac.people["hanh"])
    assert "Sao Bắc" in hanh.get("/reports").text
    assert "Minh Trí" not in hanh.get("/reports/daily.csv").text
    assert hanh.get("/reports?form=daily_park").status_code == 404


def test_a_manager_gets_the_park_as_its_summary_tells_it(node: Node, cast: Cast) -> None:
    lam = browser_of(node, cast.people["lam"])
    assert "Chưa có báo cáo của ngày này" in lam.get("/reports").text
    assert lam.get("/reports?form=daily_company").status_code == 404
    own, now = cast.sao_bac.id, node.clock.at
    told: Any = {"company_id": own, "shift_on": TODAY, "shift": "ca1", "now": now}
    with node.app.app_context():
        settings = node.app.config["SETTINGS"]
        transact(lambda s: add_counts(s, {own: BIG}, **told))
        node.clock.move(hours=6)
        transact(lambda s: make_due_summaries(s, settings, node.clock.at))
    lam = browser_of(node, cast.people["lam"])
    with node.app.app_context():
        rows = lam.get("/reports/daily.csv").text.splitlines()
    assert ',2,2,"1 (50,0' in rows[1]
    assert ',94,"85,1' in rows[1]
