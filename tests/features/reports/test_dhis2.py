"""Sending figures to a DHIS2: tried, sent, repeated, half taken, refused, and not heard of."""

import dataclasses
import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from flask.testing import FlaskClient

from tests.conftest import Node
from tests.factories.provinces import BIG, SMALL, TODAY, Province
from tests.features.sync.conftest import csrf_token, signed_in
from tests.peers.dhis2 import Store, dhis2

ELEMENTS = ("expected", "answered", "on_time", "absent", "companies", "reported", "amber", "red")
CODES = """
data_set: PARK_DAILY
elements:
  expected: {code: E_EXPECTED}
  answered: {code: E_ANSWERED}
  red: {code: E_LEVEL, combo: RED}
  amber: {code: E_LEVEL, combo: AMBER}
org_units: {KCN Quang Châu: QCH, KCN Vân Trung: VTR}
"""


@pytest.fixture
def store() -> Iterator[Store]:
    with dhis2() as told:
        told.elements = {"E_EXPECTED", "E_ANSWERED", "E_LEVEL"}
        told.org_units = {"QCH", "VTR"}
        yield told


@pytest.fixture
def centre(province: Node, store: Store) -> Iterator[Province]:
    before = province.app.config["SETTINGS"]
    group = {
        "ANCA_DHIS2_URL": store.url,
        "ANCA_DHIS2_TOKEN": store.token,
        "ANCA_DHIS2_SECONDS": "1",
    }
    settings = dataclasses.replace(before, report_settings=tuple(group.items()))
    province.app.config["SETTINGS"] = settings
    made = Province(province)
    made.staff()
    yield made
    province.app.config["SETTINGS"] = before


Post = Callable[..., Any]


@pytest.fixture
def thu(centre: Province) -> FlaskClient:
    client: FlaskClient = signed_in(centre.node, "thu")
    return client


@pytest.fixture
def post(thu: FlaskClient) -> Post:
    token = csrf_token(thu.get("/my-account").text)

    def call(address: str, **data: Any) -> Any:
        return thu.post(address, data={"csrf_token": token, **data}, follow_redirects=True)

    return call


def upload(post: Post, text: str = CODES, source: str = "Công văn 12/SYT") -> Any:
    file = (io.BytesIO(text.encode()), "ma.yaml")
    return post("/reports/dhis2/codes", file=file, source=source)


def two_parks(centre: Province) -> None:
    centre.send(centre.park("KCN Quang Châu"), TODAY, [{"A": BIG}])
    second = centre.park("KCN Vân Trung")
    centre.send(second, TODAY, [{"A": BIG, "S": SMALL}], final=False)
    centre.send(second, TODAY - timedelta(days=1), [{"A": BIG}], hours_ago=9)
    centre.park("KCN Việt Hàn")


def test_a_try_writes_nothing_a_backlog_goes_in_one_call_and_a_repeat_is_fine(
    centre: Province, post: Post, store: Store
) -> None:
    two_parks(centre)
    assert upload(post).status_code == 200
    page = post("/reports/dhis2/try").text
    assert "Chưa ghi gì" in page
    assert store.values == {}
    assert "Hệ thống nhận đã ghi 10 giá trị" in post("/reports/dhis2/send").text
    assert store.calls == 2
    assert store.values["E_LEVEL", "20261124", "QCH", "RED"] == ("2", "")
    assert store.values["E_EXPECTED", "20261124", "VTR", ""] == ("108", "tạm thời")
    assert ("E_LEVEL", "20261124", "VTR", "RED") not in store.values  # a part of it is hidden
    assert ("E_LEVEL", "20261123", "VTR", "RED") in store.values
    page = post("/reports/dhis2/send").text
    assert "10 giá trị hệ thống nhận đã có" in page
    assert "Hệ thống nhận đã ghi 0 giá trị" in page
    assert "Nhận một phần" not in page
    assert "KCN Việt Hàn" in page


def test_what_the_other_side_would_not_take_stands_on_the_page_and_goes_again_when_mended(
    centre: Province, post: Post, store: Store
) -> None:
    two_parks(centre)
    upload(post)
    store.org_units.discard("VTR")
    page = post("/reports/dhis2/send").text
    assert "Nhận một phần" in page
    assert "orgUnit not found or not accessible" in page
    store.org_units.add("VTR")
    page = post("/reports/dhis2/send").text
    assert "Hệ thống nhận đã ghi 6 giá trị" in page


def test_values_ignored_without_a_word_are_not_called_sent(
    centre: Province, post: Post, store: Store
) -> None:
    calm = dataclasses.replace(BIG, green=80, amber=0, red=0)
    centre.send(centre.park("KCN Quang Châu"), TODAY, [{"A": calm}])
    upload(post)
    store.keeps_zero = False
    assert "bỏ qua một số giá trị mà không nêu lý do" in post("/reports/dhis2/send").text


def test_an_answer_that_got_lost_is_unknown_and_the_next_call_settles_it(
    centre: Province, post: Post, store: Store
) -> None:
    two_parks(centre)
    upload(post)
    store.drop = True
    page = post("/reports/dhis2/send").text
    assert "Chưa rõ kết quả" in page
    store.drop = False
    page = post("/reports/dhis2/send").text
    assert "Hệ thống nhận đã ghi 0 giá trị" in page
    assert page.count("Đã gửi") == 1
    store.mute = True
    assert "không trả lời kịp" in post("/reports/dhis2/send").text


@pytest.mark.parametrize(
    ("behaves", "words"),
    [
        ({"token": "other"}, "không chấp nhận tài khoản này"),
        ({"html": True}, "không trả lời như DHIS2"),
        ({"status": 400}, "không đọc được nội dung"),
        ({"status": 409}, "không chấp nhận những giá trị"),
        ({"status": 415}, "không đọc kiểu dữ liệu"),
        ({"status": 503}, "đang trục trặc"),
    ],
)
def test_every_refusal_is_a_sentence(
    centre: Province, post: Post, store: Store, behaves: dict[str, Any], words: str
) -> None:
    if centre.node.kind != "sqlite":
        pytest.skip("nothing of this is the database's")
    centre.send(centre.park("KCN Quang Châu"), TODAY, [{"A": BIG}])
    upload(post)
    for name, value in behaves.items():
        setattr(store, name, value)
    page = post("/reports/dhis2/send").text
    assert words in page
    assert "Đã gửi" not in page
    assert store.values == {}


def test_without_address_codes_or_rows_nothing_goes(
    centre: Province, post: Post, thu: FlaskClient, store: Store
) -> None:
    assert post("/reports/dhis2/send").status_code == 422  # no park has a code yet
    assert upload(post, source=" ").status_code == 422
    assert upload(post, "elements: {red: {code: A B}}\norg_units: {}").status_code == 422
    assert upload(post, "elements: {red: {code: A}}\norg_units: {X: U, Y: U}").status_code == 422
    assert upload(post, "[:").status_code == 422
    assert post("/reports/dhis2/codes", source="Sở Y tế").status_code == 422
    upload(post)
    two_parks(centre)
    assert post("/reports/dhis2/send?from=2026-01-01").status_code == 422
    settings = centre.node.app.config["SETTINGS"]
    centre.node.app.config["SETTINGS"] = dataclasses.replace(settings, report_settings=())
    assert post("/reports/dhis2/try").status_code == 409
    assert "chưa đặt địa chỉ hệ thống nhận" in thu.get("/reports/dhis2").text
    assert store.calls == 0
    assert "Công văn 12/SYT" in thu.get("/reports/dhis2").text
    assert "KCN Quang Châu: QCH" in thu.get("/reports/dhis2/codes.yaml").text


def test_a_long_table_goes_in_several_calls_and_the_rest_waits_after_one_that_failed(
    centre: Province, post: Post, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.reports.views.dhis2.MOST_AT_ONCE", 4)
    two_parks(centre)
    upload(post)
    assert "Hệ thống nhận đã ghi 10 giá trị" in post("/reports/dhis2/send").text
    assert store.calls == 3
    store.mute = True
    assert "không trả lời kịp" in post("/reports/dhis2/send").text
    assert store.calls == 4


def test_only_what_was_read_of_a_file_of_codes_is_kept(post: Post, thu: FlaskClient) -> None:
    more = CODES.replace("{code: E_EXPECTED}", "{code: E_EXPECTED, valid_from: 2021-06-01}")
    assert more != CODES
    assert upload(post, more).status_code == 200
    assert "2021-06-01" not in thu.get("/reports/dhis2/codes.yaml").text
    aliased = CODES.replace("{code: E_EXPECTED}", "&one {code: E_EXPECTED, more: [*one, *one]}")
    assert upload(post, aliased).status_code == 422


def test_the_same_rows_are_taken_along_as_csv_and_adx(
    centre: Province, post: Post, thu: FlaskClient
) -> None:
    two_parks(centre)
    upload(post)
    lines = thu.get("/reports/dhis2/rows.csv").text.splitlines()
    assert len(lines) == 11
    assert "E_LEVEL,20261124,QCH,RED,2," in lines
    root = fromstring(thu.get("/reports/dhis2/rows.xml").data)
    values = root.findall("{urn:ihe:qrph:adx:2015}group/{urn:ihe:qrph:adx:2015}dataValue")
    assert len(values) == 10
