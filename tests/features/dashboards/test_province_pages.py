"""/province: what the parks sent, how old it is, and never more than they told."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from app.sync.models import Summary
from tests.conftest import Node
from tests.factories.provinces import BIG, NOBODY, SMALL, TODAY, Province
from tests.features.sync.conftest import csrf_token, signed_in


@pytest.fixture
def centre(province: Node) -> Province:
    made = Province(province)

    made.staff()
    return made


@pytest.fixture
def thu(centre: Province) -> FlaskClient:
    client: FlaskClient = signed_in(centre.node, "thu")
    return client


def rows_of(page: str, caption: str) -> list[list[str]]:
    """The cells of the table of that name, as words."""
    table = page.partition('<table class="table')[2]
    while f'aria-label="{caption}"' not in table.partition(">")[0]:
        table = table.partition('<table class="table')[2]
        assert table, f"no table {caption}"
    rows = re.findall(r"<tr>(.*?)</tr>", table.partition("</table>")[0], re.S)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in rows]
    plain = [[re.sub(r"<[^>]+>", "", cell) for cell in row] for row in cells]
    return [[" ".join(cell.split()) for cell in row] for row in plain]


def named(rows: list[list[str]], name: str) -> list[str]:
    return next(row for row in rows if row[0] == name)


def test_a_province_without_parks_says_what_to_do(thu: FlaskClient, centre: Province) -> None:
    page = thu.get("/province").text
    assert "Chưa có khu nào nối vào" in page
    assert "Người quản trị máy chủ tỉnh mời khu" in page


def test_parks_stand_with_their_figures_and_the_totals_are_their_sum(
    thu: FlaskClient, centre: Province
) -> None:
    first, second = centre.park("KCN Quang Châu"), centre.park("KCN Vân Trung")
    centre.send(first, TODAY, [{"A": BIG, "B": BIG}], missing=["C"])
    centre.send(second, TODAY, [{"D": BIG}, {"E": BIG}], hours_ago=3)
    rows = rows_of(thu.get("/province").text, "Theo khu")
    assert named(rows, "KCN Quang Châu")[1:] == [
        "04:10 1 giờ trước", "2/3", "200", "88,9 %", "4", "6",
    ]  # fmt: skip
    assert named(rows, "KCN Vân Trung")[1] == "02:10 3 giờ trước"
    assert named(rows, "Tổng 2 khu")[2:] == ["4/5", "400", "88,9 %", "8", "12"]


def test_shifts_stand_in_until_the_day_total_is_there(thu: FlaskClient, centre: Province) -> None:
    park = centre.park("KCN Quang Châu")
    centre.send(park, TODAY, [{"A": BIG}, {"A": BIG, "B": BIG}], total=False)
    row = named(rows_of(thu.get("/province").text, "Theo khu"), "KCN Quang Châu")
    assert row[2:] == ["2/2", "300", "88,9 %", "6", "9"]


def test_a_silent_park_stands_first_without_figures_and_is_named_as_missing(
    thu: FlaskClient, centre: Province
) -> None:
    heard, silent = centre.park("KCN Quang Châu"), centre.park("KCN Việt Hàn")
    never = centre.park("KCN Hòa Phú")
    centre.send(heard, TODAY, [{"A": BIG}])
    centre.send(silent, TODAY, [{"B": BIG}], hours_ago=24.1)
    page = thu.get("/province").text
    rows = rows_of(page, "Theo khu")
    assert [row[0] for row in rows[1:]] == [
        "KCN Hòa Phú", "KCN Việt Hàn", "KCN Quang Châu", "Tổng 1 khu",
        "Chưa tính 2 khu: KCN Hòa Phú, KCN Việt Hàn",
    ]  # fmt: skip
    assert named(rows, "KCN Hòa Phú")[1:] == ["Chưa có dữ liệu", "chưa liên lạc lần nào"]
    assert named(rows, "KCN Việt Hàn")[1:] == [
        "Không có dữ liệu từ 23/11 05:04", "khi đó 2 Nguy cơ",
    ]  # fmt: skip
    assert "chưa tính: KCN Hòa Phú, KCN Việt Hàn" in page
    assert named(rows, "Tổng 1 khu")[3] == "100"
    assert never in page


def test_two_days_are_never_added(thu: FlaskClient, centre: Province) -> None:
    first, second = centre.park("KCN Quang Châu"), centre.park("KCN Vân Trung")
    yesterday = TODAY - timedelta(days=1)
    centre.send(first, TODAY, [{"A": BIG}])
    centre.send(second, yesterday, [{"D": BIG}], hours_ago=8)
    rows = rows_of(thu.get("/province").text, "Theo khu")
    assert named(rows, "KCN Vân Trung")[1] == "Không có dữ liệu ngày 24/11"
    assert named(rows, "Tổng 1 khu")[3] == "100"
    rows = rows_of(thu.get(f"/province?on={yesterday}").text, "Theo khu")
    assert named(rows, "KCN Quang Châu")[1] == "Không có dữ liệu ngày 23/11"
    assert named(rows, "KCN Vân Trung")[3] == "100"


def test_the_newest_day_that_anybody_sent_is_shown(thu: FlaskClient, centre: Province) -> None:
    park = centre.park("KCN Quang Châu")
    centre.send(park, TODAY - timedelta(days=1), [{"A": BIG}], hours_ago=9)
    centre.send(park, TODAY + timedelta(days=400), [{"A": BIG, "B": BIG}], hours_ago=2)
    page = thu.get("/province").text
    assert "Thứ Hai 23/11/2026" in page
    assert named(rows_of(page, "Theo khu"), "KCN Quang Châu")[3] == "100"


def test_a_company_with_nothing_heard_is_no_data_and_not_part_of_the_share(
    thu: FlaskClient, centre: Province
) -> None:
    park = centre.park("KCN Quang Châu")
    centre.send(park, TODAY, [{"A": BIG, "B": NOBODY}])
    row = named(rows_of(thu.get("/province").text, "Theo khu"), "KCN Quang Châu")
    assert row[2:5] == ["1/2", "100", "88,9 %"]
    rows = rows_of(thu.get(f"/province/parks/{park}").text, "Doanh nghiệp")
    assert named(rows, "B") == ["B", "50", "Không có dữ liệu"]


def test_levels_of_small_companies_are_hidden_on_every_page(
    thu: FlaskClient, centre: Province
) -> None:
    alone, partly = centre.park("KCN Hòa Phú"), centre.park("KCN Quang Châu")
    centre.send(alone, TODAY, [{"S": SMALL}])
    centre.send(partly, TODAY, [{"A": BIG, "S": SMALL}])
    rows = rows_of(thu.get("/province").text, "Theo khu")
    assert named(rows, "KCN Hòa Phú")[2:] == ["1/1", "8", "87,5 %", "ẩn", "ẩn"]
    assert named(rows, "KCN Quang Châu")[-2:] == ["2 + ẩn", "3 + ẩn"]
    assert named(rows, "Tổng 2 khu")[-2:] == ["2 + ẩn", "3 + ẩn"]
    rows = rows_of(thu.get(f"/province/parks/{partly}").text, "Doanh nghiệp")
    assert named(rows, "S") == ["S", "8", "7", "87,5 %", "7", "0", "0", "1", "ẩn", "ẩn", "ẩn"]
    assert named(rows, "A")[-3:] == ["2", "3", "75"]


def test_a_park_shows_each_report_of_a_day(thu: FlaskClient, centre: Province) -> None:
    park = centre.park("KCN Quang Châu")
    centre.send(park, TODAY - timedelta(days=1), [{"A": BIG}], hours_ago=9)
    centre.send(park, TODAY, [{"A": BIG}, {"B": BIG}], final=False, missing=["Z"])
    page = thu.get(f"/province/parks/{park}").text
    rows = rows_of(page, "Báo cáo của ngày")
    assert [row[0] for row in rows[1:]] == ["Cả ngày", "Ca 1", "Ca 2"]
    assert rows[1][1:6] == ["Tạm thời", "3", "04:10", "04:12", "1 giờ trước"]
    assert [row[0] for row in rows_of(page, "Doanh nghiệp")[1:]] == ["Z", "A", "B"]
    page = thu.get(f"/province/parks/{park}?shift=ca2").text
    assert [row[0] for row in rows_of(page, "Doanh nghiệp")[1:]] == ["Z", "B"]
    page = thu.get(f"/province/parks/{park}?on=2026-11-23").text
    assert rows_of(page, "Báo cáo của ngày")[1][1] == "Chính thức"
    page = thu.get(f"/province/parks/{park}?on=2026-11-20").text
    assert "chưa gửi báo cáo nào của ngày này" in page


def test_a_park_that_is_not_known_is_not_found(thu: FlaskClient, centre: Province) -> None:
    assert thu.get("/province/parks/nowhere").status_code == 404
    assert thu.get("/province?on=gestern").status_code == 422


def test_the_workbooks_hold_what_the_pages_show(thu: FlaskClient, centre: Province) -> None:
    park, silent = centre.park("=KCN Quang Châu"), centre.park("KCN Việt Hàn")
    centre.send(park, TODAY, [{"A": BIG, "S": SMALL}])
    sheet = sheet_of(thu.get("/province/figures.xlsx").data, "Các khu")
    assert [row[0] for row in sheet[1:]] == ["KCN Việt Hàn", "=KCN Quang Châu"]
    assert sheet[2][3:8] == [2, 2, 108, 10, 87]
    assert sheet[2][9:] == ["2 + ẩn", "3 + ẩn"]
    assert sheet[1][2] == "Chưa có dữ liệu"
    book = thu.get(f"/province/parks/{park}/figures.xlsx").data
    small = named(sheet_of(book, "Cả ngày"), "S")  # type: ignore[arg-type]
    assert small[8:] == ["ẩn", "ẩn", "ẩn"]
    assert thu.get(f"/province/parks/{silent}/figures.xlsx").status_code == 200


def sheet_of(content: bytes, name: str) -> list[list[Any]]:
    sheet = load_workbook(io.BytesIO(content))[name]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_only_who_sees_parks_gets_in_and_home_leads_there(
    centre: Province, thu: FlaskClient
) -> None:
    park = centre.park("KCN Quang Châu")
    assert thu.get("/").location == "/province"
    minh = signed_in(centre.node, "minh")
    assert minh.get("/").location != "/province"
    for address in ("/province", f"/province/parks/{park}", "/province/figures.xlsx"):
        assert minh.get(address).status_code == 403
        answer = centre.node.app.test_client().get(address)
        assert answer.status_code == 302


def test_the_side_bar_tells_how_many_parks_were_heard(thu: FlaskClient, centre: Province) -> None:
    assert "Chưa có khu nào nối vào" in thu.get("/my-account").text
    centre.send(centre.park("KCN Quang Châu"), TODAY, [{"A": BIG}])
    centre.park("KCN Việt Hàn")
    page = thu.get("/my-account").text
    assert "Nhận lúc 04:12" in page
    assert "1 / 2 khu có số liệu" in page


def test_english_readers_get_the_same_figures(thu: FlaskClient, centre: Province) -> None:
    centre.send(centre.park("KCN Quang Châu"), TODAY, [{"A": BIG}])
    page = thu.get("/province?lang=en").text
    assert "88.9%" in page


def test_a_clock_that_runs_fast_makes_a_park_no_fresher_and_is_named(
    thu: FlaskClient, centre: Province
) -> None:
    park = centre.park("KCN Quang Châu")
    centre.send(park, TODAY, [{"A": BIG}], hours_ago=-3)

    def work(session: Session) -> None:
        for row in session.query(Summary):
            row.received_at = centre.now - timedelta(hours=7)

    centre.write(work)
    row = named(rows_of(thu.get("/province").text, "Theo khu"), "KCN Quang Châu")
    assert row[1] == "23/11 22:10 7 giờ trước đồng hồ khu nhanh 10 giờ"
    assert "Đồng hồ của khu chạy nhanh 10 giờ" in thu.get(f"/province/parks/{park}").text
    centre.node.clock.move(days=2)
    thu = signed_in(centre.node, "thu")
    row = named(rows_of(thu.get("/province").text, "Theo khu"), "KCN Quang Châu")
    assert row[1] == "Không có dữ liệu từ 23/11 22:10"


def test_the_phone_of_a_silent_park_is_one_tap_away(thu: FlaskClient, centre: Province) -> None:
    park = centre.park("KCN Việt Hàn")
    token = csrf_token(thu.get(f"/province/parks/{park}").text)

    def keep(phone: str, node: str = park) -> int:
        data = {"phone": phone, "csrf_token": token}
        return thu.post(f"/province/parks/{node}/phone", data=data).status_code

    assert keep("gọi anh Ba") == 422
    assert keep("", "nowhere") == 404
    assert keep("0912 345 678") == 302
    page = thu.get("/province").text
    assert 'href="tel:0912345678"' in page
    assert keep("") == 302
    assert "tel:" not in thu.get("/province").text


def test_parks_are_searched_without_accents_and_cut_into_pages(
    thu: FlaskClient, centre: Province
) -> None:
    for place in range(60):
        centre.park(f"KCN {place:02}")
    centre.send(centre.park("KCN Đình Trám"), TODAY, [{"A": BIG}])
    page = thu.get("/province").text
    assert "1–50 trên 61" in page
    assert "và 57 khu nữa" in page
    rows = rows_of(thu.get("/province?q=dinh+tram").text, "Theo khu")
    assert [row[0] for row in rows[1:3]] == ["KCN Đình Trám", "Tổng 1 khu"]
    rows = rows_of(thu.get("/province?state=nodata&q=KCN+07").text, "Theo khu")
    assert rows[1][0] == "KCN 07"
    assert "Không có khu nào như vậy" in thu.get("/province?q=nowhere").text


def test_a_company_of_a_park_is_followed_by_day_and_by_shift(
    thu: FlaskClient, centre: Province
) -> None:
    park = centre.park("KCN Quang Châu")
    centre.send(park, TODAY - timedelta(days=1), [{"A": BIG}, {"A": SMALL}], hours_ago=9)
    centre.send(park, TODAY, [{"A": BIG}], missing=["Z"])
    page = thu.get(f"/province/parks/{park}/companies/A?days=14").text
    rows = rows_of(page, "Từng ngày")
    assert len(rows) == 15
    assert rows[1][:4] == ["Thứ Ba 24/11", "100", "80", "88,9 %"]
    assert rows[2][-3:] == ["ẩn", "ẩn", "ẩn"]
    assert rows[3][1] == "Không có dữ liệu"
    assert "Z" in thu.get(f"/province/parks/{park}/companies/Z").text
    assert thu.get(f"/province/parks/{park}/companies/NOBODY").status_code == 404
    weeks = rows_of(thu.get(f"/province/parks/{park}?days=14").text, "Nhịp tuần")
    assert weeks[1][:3] == ["23/11", "88,8 %", "88,9 %"]
    assert weeks[2][-1] == "không có"


def test_the_page_asks_the_database_no_more_for_more_parks(
    thu: FlaskClient, centre: Province
) -> None:
    for place in range(12):
        centre.send(centre.park(f"KCN {place:02}"), TODAY, [{"A": BIG}])
    rows = rows_of(thu.get("/province").text, "Theo khu")
    assert named(rows, "Tổng 12 khu")[3] == "1.200"
