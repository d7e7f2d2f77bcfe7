"""The province's notices on their pages: written, approved, called off, refused."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.alerts.jobs import run_alerts
from app.alerts.models import Alert
from app.notices.rules.cap import read_alert
from tests.factories.people import Cast, Person
from tests.features.alerts.conftest import Road
from tests.features.sync.conftest import Centre

Come = Callable[[Centre, str], tuple[FlaskClient, Person]]
TYPED = {
    "title": "Tạm dừng xe tuyến",
    "text": "Từ 12:00 xe tuyến tạm dừng. Hỏi 1900 9095.",
    "severity": "Severe",
    "expires_at": "2026-11-24T18:00",
    "whole": "y",
    "shift_on": "2026-11-24",
}


@pytest.fixture(params=["sqlite"])
def database(request: pytest.FixtureRequest) -> str:
    """Pages see no difference between the databases."""
    return str(request.param)


def post(
    who: FlaskClient, address: str, data: dict[str, Any] | None = None, status: int = 302
) -> Any:
    answer = who.post(address, data=data or {})
    assert answer.status_code == status, answer.text
    return answer


def only(road: Road) -> Alert:
    return road.centre.read(lambda s: s.scalars(select(Alert)).one())


def seen(road: Road) -> dict[str, Any]:
    alert = only(road)
    return {"seen": alert.touched, "seal": alert.seal}


def test_from_an_empty_list_to_a_countdown_that_is_called_off(
    road: Road, cast: Cast, staff_of: Come
) -> None:
    thu, _ = staff_of(road.centre, "thu")
    phuc, _ = staff_of(road.centre, "phuc")
    assert "Chưa có thông báo nào" in thu.get("/province/notices").text
    page = post(thu, "/province/notices/new", {**TYPED, "do": "preview"}, 200).text
    assert "Chưa có số liệu" in page
    assert "Tam dung xe tuyen. Tu 12:00" in page
    where = post(thu, "/province/notices/new", TYPED).location
    assert "Xin duyệt gửi 1 khu" in thu.get(where).text
    post(thu, f"{where}/ask", seen(road))
    assert "không tự duyệt được" in thu.get(where).text
    assert "Duyệt gửi 1 khu" in phuc.get(where).text
    post(phuc, f"{where}/approve", seen(road))
    page = thu.get(where).text
    assert "Huỷ gửi" in page
    assert re.search(r'data-seconds="30"', page)
    told = read_alert(thu.get(f"{where}/cap").data)
    assert (told.infos[0].headline, told.sender) == (TYPED["title"], "an-ca@bg")
    live = thu.get(f"{where}/live")
    assert (live.json["state"], live.json["seconds"]) == ("countdown", 30)
    etag = live.headers["ETag"]
    assert thu.get(f"{where}/live", headers={"If-None-Match": etag}).status_code == 304
    post(thu, f"{where}/call-off")
    road.pass_time(minutes=1)
    with road.centre.node.app.app_context():
        assert run_alerts(road.centre.node.clock.now).written == 0
    assert only(road).state == "draft"
    # What was approved once is not approved for good.
    post(thu, f"{where}/edit", {**TYPED, "seen": only(road).touched})
    post(thu, f"{where}/ask", seen(road))
    post(phuc, f"{where}/approve", seen(road))
    road.pass_time(minutes=1)
    road.run()
    page = phuc.get(where).text
    assert "Khu chưa nhận" in page
    assert "Khu chưa báo lại" in page
    road.down()
    road.run()
    road.up()
    assert "Đã gửi xong" in phuc.get(where).text
    post(thu, f"{where}/correct", {"correct-reason": "Sai giờ"})
    post(thu, f"{where}/cancel", {"cancel-reason": "Đã xong"})
    assert "Huỷ vì: Đã xong" in thu.get(where).text
    assert "Đã huỷ" in thu.get("/province/notices?show=over").text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": ""}, "Tiêu đề"),
        ({"whole": ""}, "Chưa chọn gửi cho ai"),
        ({"companies": "SAOBAC"}, "phải chọn khu"),
        ({"text": "Gọi {hotline}."}, "Ghi thẳng số điện thoại"),
        ({"companies": "x" * 50}, "Mã công ty"),
        ({"shifts": "ca1", "shift_on": ""}, "ngày của ca"),
        ({"expires_at": "2026-11-20T18:00"}, "Hết hạn phải sau bây giờ"),
        ({"parks": "nobody", "whole": ""}, "Khu công nghiệp"),
    ],
)
def test_what_cannot_be_sent_is_not_kept(
    road: Road, staff_of: Come, typed: dict[str, str], said: str
) -> None:
    thu, _ = staff_of(road.centre, "thu")
    given = {name: value for name, value in {**TYPED, **typed}.items() if value != ""}
    assert said in post(thu, "/province/notices/new", given, 422).text
    assert road.centre.read(lambda s: s.scalars(select(Alert)).all()) == []


def test_every_press_that_comes_at_the_wrong_time_is_refused(road: Road, staff_of: Come) -> None:
    thu, _ = staff_of(road.centre, "thu")
    phuc, _ = staff_of(road.centre, "phuc")
    where = post(thu, "/province/notices/new", TYPED).location
    stale = {"seen": 0, "seal": "0" * 64}
    post(thu, f"{where}/ask", stale, 409)
    post(thu, f"{where}/edit", {**TYPED, "seen": 0}, 409)
    post(phuc, f"{where}/approve", seen(road), 409)
    post(phuc, f"{where}/call-off", {}, 409)
    post(phuc, f"{where}/return", {}, 422)
    post(phuc, f"{where}/return", {"return-reason": "Sai"}, 409)
    post(phuc, f"{where}/correct", {"correct-reason": "Sai"}, 409)
    post(phuc, f"{where}/correct", {}, 422)
    post(phuc, f"{where}/cancel", {}, 422)
    post(thu, f"{where}/ask", seen(road))
    post(thu, f"{where}/approve", seen(road), 403)
    post(phuc, f"{where}/approve", stale, 409)
    post(phuc, f"{where}/return", {"return-reason": "Ghi rõ giờ"})
    assert "Ghi rõ giờ" in thu.get(where).text
    post(thu, f"{where}/cancel", {"cancel-reason": "Thôi"})
    post(thu, f"{where}/cancel", {"cancel-reason": "Thôi"}, 409)
    post(thu, f"{where}/ask", seen(road), 409)
