"""Findings: noted with pictures, given to somebody, mended; and who may see the pictures."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.kernel.refusals import Refusal
from app.risk.gateways.photos import DRAWING, read_photo
from app.risk.models import RiskFinding, RiskPhoto
from app.risk.queries.findings import count_by_place
from app.risk.rules.findings import Findings, Standing, standing
from tests.conftest import SetClock
from tests.factories.people import Cast, Person
from tests.factories.risk import make_assessment, make_finding, picture

Enter = Callable[[Person], FlaskClient]
Write = Callable[[Callable[[Session], Any]], Any]
TODAY = date(2026, 11, 24)


@pytest.fixture
def noted(cast: Cast, write: Write, clock: SetClock) -> dict[str, str]:
    """A finding at Sao Bắc with one picture."""
    found: dict[str, str] = write(lambda s: make_finding(s, cast.sao_bac.id, clock.at))
    return found


def once_on(client: FlaskClient, address: str = "/risk/findings/new") -> str:
    return client.get(address).text.split('name="once" value="')[1].split('"')[0]


def texts(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "place": cast.sao_bac.lines["Chuyền 3"],
        "component": "",
        "finding": "Bình nước chung không có cồn",
        "action": "Treo chai cồn cạnh bình",
        "owner": "Anh Tú, tổ bảo trì",
        "due_on": "2026-11-26",
    } | changes


def with_gps() -> bytes:
    notes = Image.Exif()
    notes[0x010F] = "Phone of Hạnh"
    notes[0x0112] = 6  # turned by a quarter
    notes.get_ifd(0x8825)[2] = (21.0, 16.0, 0.0)
    return picture((60, 20), exif=notes)


def test_a_finding_is_noted_with_pictures_that_tell_nothing_of_the_camera(
    cast: Cast, enter: Enter, session: Session
) -> None:
    hanh = enter(cast.sao_bac.people["hanh"])
    assert "Không có việc nào chờ" in hanh.get("/risk/findings").text
    data = texts(cast, once=once_on(hanh), photos=[(io.BytesIO(with_gps()), "a.jpg")])
    answer = hanh.post("/risk/findings/new", data=data)
    assert answer.status_code == 302
    page = hanh.get(answer.location).text
    assert "Bình nước chung không có cồn" in page
    photo = session.scalars(select(RiskPhoto)).one()
    assert (photo.width, photo.height) == (20, 60)
    shown = hanh.get(f"/risk/photos/{photo.id}")
    assert shown.mimetype == "image/jpeg"
    assert shown.headers["Cache-Control"] == "no-store"
    assert b"Phone of" not in shown.data
    with Image.open(io.BytesIO(shown.data)) as opened:
        assert dict(opened.getexif()) == {}
    assert "Sắp đến hạn" in hanh.get("/risk/findings").text
    assert hanh.post("/risk/findings/new", data=texts(cast, once="used")).status_code == 409
    assert session.scalar(select(func.count()).select_from(RiskFinding)) == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"finding": " "}, "Cần điền mục này"),
        ({"owner": ""}, "Cần điền mục này"),
        ({"due_on": "2026-11-23"}, "Chọn hôm nay hoặc một ngày tới"),
        ({"due_on": "x"}, "Chưa đúng ngày"),
        ({"finding": "a" * 501}, "Nhiều nhất 500 ký tự"),
        ({"place": "99999"}, "Chọn một mục trong danh sách"),
    ],
)
def test_a_finding_that_lacks_something_is_refused_and_stays_typed(
    cast: Cast, enter: Enter, session: Session, changes: dict[str, Any], told: str
) -> None:
    hanh = enter(cast.sao_bac.people["hanh"])
    data = texts(cast, once=once_on(hanh)) | changes
    answer = hanh.post("/risk/findings/new", data=data)
    assert answer.status_code == 422
    assert told in answer.text
    assert "Treo chai cồn cạnh bình" in answer.text
    assert session.scalar(select(func.count()).select_from(RiskFinding)) == 0


def test_another_companys_place_is_no_choice(cast: Cast, enter: Enter, session: Session) -> None:
    khoi = enter(cast.minh_tri.people["khoi"])
    answer = khoi.post("/risk/findings/new", data=texts(cast, once=once_on(khoi)))
    assert answer.status_code == 422
    assert session.scalar(select(func.count()).select_from(RiskFinding)) == 0


BOMB = picture((9000, 9000), "PNG")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<svg onload=x>", "risk.not_a_photo"),
        (b"", "risk.not_a_photo"),
        (picture()[:300], "risk.not_a_photo"),
        (picture(kind="GIF"), "risk.not_a_photo"),
        (picture(kind="BMP"), "risk.not_a_photo"),
        (BOMB, "risk.photo_too_large"),
        (b"\xff\xd8" + b"0" * (10 * 2**20), "risk.photo_too_large"),
    ],
    ids=["svg", "empty", "cut", "gif", "bmp", "bomb", "heavy"],
)
def test_what_is_no_photo_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_photo(content)
    assert refused.value.code == code


def test_a_large_photo_is_made_small_and_glass_is_white() -> None:
    photo = read_photo(picture((4000, 3000)))
    assert (photo.width, photo.height) == (DRAWING.longest_side, 1200)
    out = io.BytesIO()
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(out, "PNG")
    with Image.open(io.BytesIO(read_photo(out.getvalue()).content)) as opened:
        assert opened.getpixel((1, 1)) == (255, 255, 255)


def test_a_file_that_is_no_photo_keeps_the_finding_from_being_noted(
    cast: Cast, enter: Enter, session: Session
) -> None:
    hanh = enter(cast.sao_bac.people["hanh"])
    data = texts(cast, once=once_on(hanh), photos=[(io.BytesIO(b"x"), "a.jpg")])
    answer = hanh.post("/risk/findings/new", data=data)
    assert answer.status_code == 422
    assert "không phải ảnh" in answer.text
    four = [(io.BytesIO(picture()), f"{n}.jpg") for n in range(4)]
    answer = hanh.post("/risk/findings/new", data=texts(cast, once=once_on(hanh), photos=four))
    assert "tối đa 3 ảnh" in answer.text
    assert session.scalar(select(func.count()).select_from(RiskFinding)) == 0


def test_pictures_are_shown_to_nobody_else(
    cast: Cast, noted: dict[str, str], enter: Enter, stranger: FlaskClient
) -> None:
    address = f"/risk/photos/{noted['photo_id']}"
    assert enter(cast.sao_bac.people["hanh"]).get(address).status_code == 200
    assert enter(cast.people["lam"]).get(address).status_code == 200
    assert enter(cast.minh_tri.people["khoi"]).get(address).status_code == 404
    assert enter(cast.people["an"]).get(address).status_code == 403
    assert stranger.get(address).status_code == 302


def test_a_finding_is_changed_mended_and_opened_again(
    cast: Cast, noted: dict[str, str], enter: Enter, session: Session
) -> None:
    hanh, address = enter(cast.sao_bac.people["hanh"]), f"/risk/findings/{noted['finding_id']}"
    change = {"seen": "1", "action": "Mua thêm", "owner": "Chị Lan", "due_on": "2026-12-01"}
    assert hanh.post(f"{address}/change", data=change).status_code == 302
    late = hanh.post(f"{address}/settle", data={"seen": "1", "outcome": "Đã đặt"})
    assert late.status_code == 409
    assert "Có người vừa sửa việc này" in late.text
    done = {"seen": "2", "outcome": "Đã đặt hai bình", "photos": [(io.BytesIO(picture()), "b.jpg")]}
    assert hanh.post(f"{address}/settle", data=done).status_code == 302
    page = hanh.get(address).text
    assert "Đã đặt hai bình" in page
    assert "Sau khi làm" in page
    again = hanh.post(f"{address}/settle", data={"seen": "3", "outcome": "x"})
    assert again.status_code == 409
    assert hanh.post(f"{address}/change", data=change | {"seen": "3"}).status_code == 409
    assert "Đã đặt hai bình" not in hanh.get("/risk/findings").text
    assert "Thiếu xà phòng" in hanh.get("/risk/findings?done=1").text
    assert hanh.post(f"{address}/reopen", data={"seen": "2"}).status_code == 409
    assert hanh.post(f"{address}/reopen", data={"seen": "3"}).status_code == 302
    assert hanh.post(f"{address}/reopen", data={"seen": "4"}).status_code == 409
    kept = session.scalars(select(AuditEntry).where(AuditEntry.act == "risk.finding_reopened"))
    assert kept.one().details["outcome"] == "Đã đặt hai bình"


@pytest.mark.parametrize("part", ["change", "settle"])
def test_a_form_without_its_words_changes_nothing(
    cast: Cast, noted: dict[str, str], enter: Enter, session: Session, part: str
) -> None:
    hanh = enter(cast.sao_bac.people["hanh"])
    answer = hanh.post(f"/risk/findings/{noted['finding_id']}/{part}", data={"seen": "1"})
    assert answer.status_code == 422
    assert session.scalars(select(RiskFinding)).one().version == 1


@pytest.mark.parametrize("part", ["change", "settle", "reopen"])
def test_another_officer_reaches_no_finding(
    cast: Cast, noted: dict[str, str], enter: Enter, part: str
) -> None:
    khoi = enter(cast.minh_tri.people["khoi"])
    address = f"/risk/findings/{noted['finding_id']}"
    assert khoi.get(address).status_code == 404
    assert khoi.post(f"{address}/{part}", data={"seen": "1"}).status_code == 404


def test_overdue_stands_first_and_is_counted_by_place(
    cast: Cast, write: Write, clock: SetClock, enter: Enter, session: Session
) -> None:
    write(lambda s: make_finding(s, cast.sao_bac.id, clock.at))
    write(lambda s: make_finding(s, cast.sao_bac.id, clock.at - timedelta(days=9)))
    found = count_by_place(session, [cast.sao_bac.path], today=TODAY)
    assert found == {cast.sao_bac.id: Findings(open=2, overdue=1)}
    hanh = enter(cast.sao_bac.people["hanh"])
    page = hanh.get("/risk/findings").text
    assert page.index("Quá hạn") < page.index("Chờ khắc phục")
    assert "1 quá hạn" in hanh.get("/risk").text


def test_a_finding_may_come_from_an_assessment(
    cast: Cast, write: Write, clock: SetClock, enter: Enter, session: Session
) -> None:
    begun = write(lambda s: make_assessment(s, cast.sao_bac.id, clock.at))
    hanh, khoi = enter(cast.sao_bac.people["hanh"]), enter(cast.minh_tri.people["khoi"])
    address = f"/risk/findings/new?assessment={begun}&component=canteen"
    assert 'selected value="canteen"' in hanh.get(address).text
    assert khoi.get(address).status_code == 404
    data = texts(cast, once=once_on(hanh, address), assessment=begun, component="canteen")
    answer = hanh.post("/risk/findings/new", data=data)
    assert "Tổ chức ăn ca" in hanh.get(answer.location).text
    assert session.scalars(select(RiskFinding)).one().assessment_id == begun


def test_due_today_is_not_overdue() -> None:
    assert standing(TODAY, done=False, today=TODAY) is Standing.SOON
    assert standing(TODAY - timedelta(days=1), done=False, today=TODAY) is Standing.OVERDUE
    assert standing(TODAY + timedelta(days=4), done=False, today=TODAY) is Standing.OPEN
    assert standing(TODAY - timedelta(days=1), done=True, today=TODAY) is Standing.DONE
