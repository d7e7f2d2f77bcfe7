"""Officers keep their company's reminders on one page, and see how far each message came."""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.actions.tokens import revoke_token
from app.accounts.queries.tokens import list_tokens
from app.delivery.rules import ChannelName, Lane
from app.delivery.rules.roads import BELL, Roads
from app.reminders.actions.schedules import add_default_schedules
from app.reminders.jobs import plan_due_reminders
from app.reminders.models import ReminderSchedule
from app.settings import Settings
from app.workforce.models import WorkGroup
from tests.conftest import SetClock
from tests.factories.people import SECRET, STORY, Cast
from tests.factories.reminders import check_in, inbox, make_schedule, only_message, send

Write = Callable[[Callable[[Any], Any]], Any]
FIVE = datetime(2026, 11, 23, 22, tzinfo=UTC)
ROADS = Roads({Lane.NORMAL: (ChannelName.SMS_HTTP,)})
TYPED = {
    "name": "Khai báo trước ca",
    "text": "Chào bạn {line}, khai báo trước ca {shift}: {link}",
    "anchor": "shift_start",
    "minutes": "60",
    "direction": "before",
    "weekdays": ["0", "1", "2", "3", "4", "5", "6"],
    "audience": "worker",
    "only_unanswered": "y",
    "active": "y",
}


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, page
    return found[1]


class Browser:
    """A browser without JavaScript, signed in to the office pages."""

    def __init__(self, client: FlaskClient, login: str) -> None:
        self.client = client
        form = token_of(client.get("/sign-in").text)
        answer = client.post(
            "/sign-in", data={"login": login, "secret": SECRET, "csrf_token": form}
        )
        assert answer.status_code == 302, answer.text

    def get(self, address: str, status: int = 200) -> str:
        answer = self.client.get(address)
        assert answer.status_code == status, answer.text
        return answer.text

    def post(self, address: str, data: dict[str, Any] | None = None, at: str = "/reminders") -> Any:
        token = token_of(self.client.get("/reminders/new").text)
        return self.client.post(address, data={"csrf_token": token, **(data or {})})


@pytest.fixture
def settings(in_app: Flask) -> Settings:
    """The park's settings."""
    found: Settings = in_app.config["SETTINGS"]
    return found


@pytest.fixture
def hanh(cast: Cast, clock: SetClock, client: FlaskClient) -> Browser:
    """SAOBAC's officer at ten to five."""
    clock.at = FIVE - timedelta(minutes=10)
    return Browser(client, "hanh")


def stored(session: Any) -> list[ReminderSchedule]:
    session.rollback()
    found: list[ReminderSchedule] = session.scalars(
        select(ReminderSchedule).order_by(ReminderSchedule.id)
    ).all()
    return found


def test_an_empty_page_offers_the_ready_made_timetable(hanh: Browser, session: Any) -> None:
    assert "Dùng lịch 5K có sẵn" in hanh.get("/reminders")
    answer = hanh.post("/reminders/defaults")
    assert answer.headers["Location"] == "/reminders"
    names = {row.template for row in stored(session)}
    assert {"bs_declare", "bs_declare_again", "ml_hands", "as_leave"} <= names
    assert "dm_rooms" not in names, "this company has no rooms to name"
    page = hanh.get("/reminders")
    assert "Đã thêm 7 lời nhắc." in page
    assert "Khai báo trước ca" in page
    assert hanh.post("/reminders/defaults").status_code == 302
    assert len(stored(session)) == 7


def test_the_ready_made_timetable_names_rooms_where_there_are_rooms(
    cast: Cast, clock: SetClock, session: Any, write: Write, settings: Settings
) -> None:
    company_id = cast.sao_bac.id

    def add(s: Any) -> int:
        s.add(WorkGroup(id="g", company_id=company_id, kind="dorm_room", name="A-101"))
        s.flush()
        return add_default_schedules(s, company_id, settings=settings, actor=STORY, now=clock.at)

    assert write(add) == 8
    assert "dm_rooms" in {row.template for row in stored(session)}


def test_a_schedule_is_written_changed_and_kept_by_version(
    hanh: Browser, session: Any, cast: Cast
) -> None:
    answer = hanh.post("/reminders/new", TYPED)
    assert answer.status_code == 302, answer.text
    row = stored(session)[0]
    assert (row.company_id, row.offset_minutes, row.version) == (cast.sao_bac.id, -60, 1)
    assert row.texts == {"vi": TYPED["text"]}
    assert row.template.startswith("own:")
    changed = TYPED | {"version": "1", "minutes": "45", "text_en": "Hello {line}"}
    assert hanh.post(f"/reminders/{row.id}", changed).status_code == 302
    late = hanh.post(f"/reminders/{row.id}", changed | {"minutes": "30"})
    assert late.status_code == 409
    assert "Người khác vừa sửa" in late.text
    row = stored(session)[0]
    assert (row.offset_minutes, row.version, row.texts["en"]) == (-45, 2, "Hello {line}")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": ""}, "Cần điền mục này"),
        ({"text": ""}, "Cần điền mục này"),
        ({"text": "Chào {tên}"}, "Không có gì để điền vào {tên}."),
        ({"text": "Chào {line"}, "Không có gì để điền vào {."),
        ({"text_en": "Hi {nobody}"}, "Không có gì để điền vào {nobody}."),
        ({"text": "Xe {bus}"}, "Chưa có thông tin để điền vào {bus}."),
        ({"text": "x" * 501}, "Nhiều nhất 500 ký tự"),
        ({"text": "ạ" * 2000}, "Nhiều nhất 500 ký tự, đang có 2.000"),
        ({"text": unicodedata.normalize("NFD", "ạ" * 501)}, "đang có 501"),
        ({"text": "Ca {ca}"}, "Không có gì để điền vào {ca}. Có phải bạn muốn {shift}?"),
        ({"text": "Số {hotlin}"}, "Có phải bạn muốn {hotline}?"),
        ({"anchor": "bus"}, "Công ty chưa có nhóm xe đưa đón"),
        ({"language": "en"}, "Chưa có nội dung bằng ngôn ngữ đã chọn."),
        ({"language": "fr"}, "choices"),
        ({"units": ["999999"]}, "choices"),
        ({"units": ["x"]}, "choices"),
        ({"to_on": "2026-11-20"}, "Ngày cuối đã qua"),
        ({"minutes": "9999"}, "Từ 0 đến 1.440 phút"),
        ({"minutes": "mười"}, "Cần một số"),
        ({"anchor": "clock"}, "Chọn giờ, ví dụ 19:00"),
        ({"anchor": "clock", "clock_time": "19:00"}, "Chưa có thông tin để điền vào {shift}."),
        ({"anchor": "moon"}, "Chọn một mục trong danh sách"),
        ({"weekdays": []}, "Chọn ít nhất một ngày"),
        ({"weekdays": ["9"]}, "choices"),
        ({"shifts": ["ca9"]}, "choices"),
        ({"groups": ["g-of-nobody"]}, "choices"),
        ({"audience": "manager"}, "Chọn một mục trong danh sách"),
        ({"from_on": "2026-11-30", "to_on": "2026-11-29"}, "Ngày cuối trước ngày đầu"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(
    hanh: Browser, session: Any, change: dict[str, Any], told: str
) -> None:
    answer = hanh.post("/reminders/new", TYPED | change)
    assert answer.status_code == 422
    assert told == "choices" or told in answer.text
    assert 'value="Khai báo trước ca"' in answer.text or change == {"name": ""}
    assert stored(session) == []


def test_what_nothing_can_fill_may_be_written_paused_but_not_run(
    hanh: Browser, session: Any
) -> None:
    paused = {name: value for name, value in TYPED.items() if name != "active"}
    assert hanh.post("/reminders/new", paused | {"text": "Xe {bus}"}).status_code == 302
    row = stored(session)[0]
    answer = hanh.post(f"/reminders/{row.id}/resume")
    assert answer.status_code == 422
    assert "Chưa có thông tin để điền vào {bus}." in answer.text
    assert not stored(session)[0].active


def test_a_try_shows_text_and_audience_and_saves_nothing(
    hanh: Browser, session: Any, cast: Cast
) -> None:
    answer = hanh.post(
        "/reminders/new", TYPED | {"do": "preview", "badge": "SB-20733", "text_en": "Hi {line}"}
    )
    assert answer.status_code == 200
    assert "Chào bạn Chuyền 7, khai báo trước ca 1: mục Khai báo" in answer.text
    assert "Hi Chuyền 7" in answer.text
    assert re.search(r'class="figure">4 ', answer.text)
    assert stored(session) == []
    unknown = hanh.post("/reminders/new", TYPED | {"do": "preview", "badge": "MT-00001"})
    assert "Không có ai mang mã này" in unknown.text


def test_the_audience_says_who_does_not_use_the_app(
    hanh: Browser, session: Any, cast: Cast, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    token_id = list_tokens(session, hoa.id)[0].id
    write(lambda s: revoke_token(s, hoa.id, token_id, actor=STORY, now=FIVE))
    page = hanh.post("/reminders/new", TYPED | {"do": "preview"}).text
    assert re.search(r"Ứng dụng\s*<b class=\"num\">3</b>", page)
    assert re.search(r"Không kênh nào\s*<b class=\"num\">1</b>", page)
    monkeypatch.setattr("app.reminders.views.editing.roads_of", lambda settings: ROADS)
    page = hanh.post("/reminders/new", TYPED | {"do": "preview"}).text
    assert re.search(r"Chỉ có SMS\s*<b class=\"num\">1</b>", page), "she has a number"
    assert re.search(r"Không kênh nào\s*<b class=\"num\">0</b>", page)
    zalo = Roads(dict.fromkeys(Lane, (BELL, ChannelName.ZALO_TPL_PHONE)))
    monkeypatch.setattr("app.reminders.views.editing.roads_of", lambda settings: zalo)
    page = hanh.post("/reminders/new", TYPED | {"do": "preview"}).text
    assert re.search(r"Chỉ có Zalo\s*<b class=\"num\">1</b>", page), "by the same number"
    assert "Chỉ có SMS" not in page, "neither Zalo nor a bell is that"


def test_a_second_schedule_with_the_same_text_says_so(hanh: Browser) -> None:
    hanh.post("/reminders/new", TYPED)
    again = hanh.post("/reminders/new", TYPED | {"name": "Lần hai", "do": "preview"})
    assert "Cùng nội dung với: Khai báo trước ca." in again.text
    other = hanh.post("/reminders/new", TYPED | {"text": "Khác", "do": "preview"})
    assert "Cùng nội dung với" not in other.text


def test_letters_typed_apart_are_stored_as_one(hanh: Browser, session: Any) -> None:
    apart = unicodedata.normalize("NFD", "Rửa tế. " * 50)
    assert len(apart) > 500
    assert hanh.post("/reminders/new", TYPED | {"text": apart}).status_code == 302
    assert stored(session)[0].texts["vi"] == ("Rửa tế. " * 50).strip()


def test_a_try_names_what_a_plain_sms_leaves_out(hanh: Browser) -> None:
    lost = re.compile(r"data-lost\s*>Tin SMS sẽ bỏ:\s*<b>([^<]*)</b>")
    typed = TYPED | {"text": "Nhớ khai báo 😀 nhé 🙏 – cảm ơn", "do": "preview"}
    assert lost.findall(hanh.post("/reminders/new", typed).text) == ["😀 🙏"]
    assert not lost.findall(hanh.post("/reminders/new", TYPED | {"do": "preview"}).text)


def test_nobody_reached_is_said(hanh: Browser, cast: Cast) -> None:
    page = hanh.post("/reminders/new", TYPED | {"shifts": ["ca3"], "do": "preview"}).text
    assert "Lần tới không ai nhận được." in page


def test_two_officers_see_both_texts_and_either_may_stand(hanh: Browser, session: Any) -> None:
    hanh.post("/reminders/new", TYPED)
    at = f"/reminders/{stored(session)[0].id}"
    theirs = TYPED | {"version": "1", "text": "Bản kia", "weekdays": ["0"]}
    assert hanh.post(at, theirs).status_code == 302
    mine = TYPED | {"version": "1", "text": "Bản này"}
    answer = hanh.post(at, mine)
    assert answer.status_code == 409
    for told in ("Bản kia", "Bản này", "T2, T3, T4, T5, T6, T7, CN", 'name="version"'):
        assert told in answer.text
    version = re.search(r'name="version"[^>]*value="(\d)"', answer.text)
    assert version
    assert stored(session)[0].texts["vi"] == "Bản kia"
    assert hanh.post(at, mine | {"version": version[1]}).status_code == 302
    assert stored(session)[0].texts["vi"] == "Bản này"


def test_one_send_is_left_out_moved_and_taken_back_on_the_page(hanh: Browser, session: Any) -> None:
    hanh.post("/reminders/new", TYPED)
    at = f"/reminders/{stored(session)[0].id}"
    assert hanh.get(at).count('class="send ') == 10
    today = {"on": "2026-11-24", "shift": "ca1"}
    assert hanh.post(f"{at}/skip", today).status_code == 302
    page = hanh.get(at)
    assert "slot-skip" in page
    one_day = re.search(r'name="one_day" value="([^"]+)"', page)
    assert one_day
    assert hanh.post(f"{at}/one-days/undo", {"one_day": one_day[1]}).status_code == 302
    assert "slot-skip" not in hanh.get(at)
    moved = today | {"day": "2026-11-24", "at": "05:20"}
    assert hanh.post(f"{at}/move", moved).status_code == 302
    assert re.search(r'slot-move"[^§]*?05:20', hanh.get(at))


@pytest.mark.parametrize(
    ("way", "data", "status", "told"),
    [
        ("skip", {}, 409, "Hôm đó không có lần nhắc này."),
        ("skip", {"on": "0001-01-01", "shift": "ca1"}, 409, "Hôm đó không có lần nhắc này."),
        ("skip", {"on": "9999-12-31", "shift": "ca1"}, 409, "Hôm đó không có lần nhắc này."),
        (
            "move",
            {"on": "2026-11-24", "shift": "ca1", "day": "0001-01-01", "at": "00:00"},
            422,
            "Chọn ngày và giờ",
        ),
        ("skip", {"on": "2026-11-24", "shift": "ca9"}, 409, "Hôm đó không có lần nhắc này."),
        ("move", {"on": "2026-11-24", "shift": "ca1"}, 422, "Chọn ngày và giờ"),
        (
            "move",
            {"on": "2026-11-24", "shift": "ca1", "day": "hôm nay", "at": "05:20"},
            422,
            "Chọn ngày và giờ",
        ),
        ("move", {"on": "2026-11-24", "shift": "ca1", "at": "03:00"}, 422, "Giờ này đã qua."),
        (
            "move",
            {"on": "2026-11-24", "shift": "ca1", "day": "2026-12-24", "at": "05:00"},
            422,
            "tối đa một ngày",
        ),
        ("extra", {"on": "2026-11-25", "shift": "ca1", "at": "05:20"}, 409, "đã có lần nhắc này"),
        ("one-days/undo", {"one_day": "x"}, 404, ""),
    ],
)
def test_a_day_that_cannot_differ_says_why(
    hanh: Browser, session: Any, way: str, data: dict[str, str], status: int, told: str
) -> None:
    hanh.post("/reminders/new", TYPED)
    answer = hanh.post(f"/reminders/{stored(session)[0].id}/{way}", data)
    assert answer.status_code == status, answer.text
    assert told in answer.text


def test_the_week_is_filtered(hanh: Browser, session: Any, cast: Cast) -> None:
    line3, line7 = cast.sao_bac.lines.values()
    hanh.post("/reminders/new", TYPED | {"name": "Riêng chuyền 3", "units": [str(line3)]})
    hanh.post("/reminders/new", TYPED | {"name": "Cho tổ", "audience": "team"})
    table = r'<table class="table week">.*?</table>'

    def shown(query: str) -> str:
        page = hanh.get(f"/reminders?{query}")
        found = re.search(table, page, re.DOTALL)
        return found[0] if found else page

    assert "Riêng chuyền 3" in shown(f"unit={line3}")
    assert "Riêng chuyền 3" not in shown(f"unit={line7}")
    assert "Cho tổ" in shown("audience=team")
    assert "Riêng chuyền 3" not in shown("audience=team")
    assert "Không có lời nhắc nào như thế" in shown("shift=ca3&audience=team")
    assert "Riêng chuyền 3" in shown("unit=x&group=y&shift=z&audience=manager")


def test_the_week_spans_the_days_a_reminder_runs(hanh: Browser, session: Any) -> None:
    hanh.post("/reminders/new", TYPED | {"weekdays": ["0", "1", "2", "4"]})
    page = hanh.get("/reminders")
    assert re.findall(r"<td (colspan=\"\d\")?>", page) == ['colspan="3"', "", "", 'colspan="2"']
    assert "Tuần 23/11–29/11/2026" in page
    assert "05:00" in page
    later = hanh.get("/reminders?week=2026-12-09")
    assert "Tuần 07/12–13/12/2026" in later
    for asked in ("thursday", "0001-01-01", "9999-12-31"):
        assert "Tuần 23/11–29/11/2026" in hanh.get(f"/reminders?week={asked}")


def test_pause_resume_copy_remove_and_take_back(hanh: Browser, session: Any) -> None:
    hanh.post("/reminders/new", TYPED)
    at = f"/reminders/{stored(session)[0].id}"
    assert hanh.post(f"{at}/pause").status_code == 302
    assert "Chạy lại" in hanh.get(at)
    assert hanh.post(f"{at}/resume").status_code == 302
    copied = hanh.post(f"{at}/copy").headers["Location"]
    assert 'value="Khai báo trước ca (bản sao)"' in hanh.get(copied)
    assert [row.active for row in stored(session)] == [True, False]
    hanh.post(f"{at}/remove")
    page = hanh.get("/reminders")
    assert f'action="{at}/restore"' in page
    hanh.get(at, status=404)
    assert hanh.post(f"{at}/pause").status_code == 404
    hanh.post(f"{at}/restore")
    assert "Tạm dừng" in hanh.get(at)


def test_a_message_counts_everybody_once_and_lists_them(
    cast: Cast,
    hanh: Browser,
    clock: SetClock,
    session: Any,
    client: FlaskClient,
    write: Write,
    settings: Settings,
) -> None:
    people = cast.sao_bac.people
    write(lambda s: make_schedule(s, cast.sao_bac.id, settings, clock.at))
    send(client, people["nhung"], check_in(clock.at))
    clock.at = FIVE
    plan_due_reminders(FIVE)
    inbox(client, people["anh"])
    send(client, people["hoa"], check_in(clock.at))
    message_id = only_message(session).id
    page = hanh.get(f"/messages/{message_id}")
    assert re.findall(r'class="figure">(\d+)', page) == ["3", "1", "1", "1"]
    told = ["Đã đọc", "Đã tới máy, chưa đọc", "Đã gửi, chưa tới máy"]
    assert [page.index(text) for text in told] == sorted(page.index(text) for text in told)
    assert "1 đã khai báo" in page
    assert re.findall(r'<th scope="row" class="nowrap">([^<]+)</th>', page) == [
        "Nguyễn Thị Hoa",
        "Thân Thị Ngọc Ánh",
        "Giáp Thị Mến",
    ]
    chosen = hanh.get(f"/messages/{message_id}?status=delivered")
    assert re.findall(r'<th scope="row" class="nowrap">([^<]+)</th>', chosen) == [
        "Thân Thị Ngọc Ánh"
    ]
    assert "1–1 trên 3" in hanh.get(f"/messages/{message_id}?size=1")
    assert f"/messages/{message_id}" in hanh.get("/reminders")


def test_what_was_missed_stands_on_the_page(
    cast: Cast, hanh: Browser, clock: SetClock, write: Write, settings: Settings
) -> None:
    write(lambda s: make_schedule(s, cast.sao_bac.id, settings, clock.at))
    plan_due_reminders(clock.at)
    clock.at = FIVE + timedelta(minutes=40)
    plan_due_reminders(clock.at)
    assert "Đã lỡ giờ" in hanh.get("/reminders")


POSTS = (
    "",
    "/pause",
    "/resume",
    "/copy",
    "/remove",
    "/restore",
    "/skip",
    "/move",
    "/extra",
    "/one-days/undo",
)


@pytest.mark.parametrize("way", POSTS)
def test_another_companys_schedule_is_not_there(
    cast: Cast,
    clock: SetClock,
    session: Any,
    node: Any,
    write: Write,
    settings: Settings,
    way: str,
) -> None:
    write(lambda s: make_schedule(s, cast.sao_bac.id, settings, clock.at))
    at = f"/reminders/{stored(session)[0].id}"
    khoi = Browser(node.app.test_client(), "khoi")
    assert khoi.post(at + way, TYPED | {"version": "1"}).status_code == 404
    row = stored(session)[0]
    assert (row.version, row.active, row.removed_at) == (1, True, None)
    khoi.get(at, status=404)


def test_another_companys_message_is_not_there(
    cast: Cast, clock: SetClock, session: Any, node: Any, write: Write, settings: Settings
) -> None:
    write(lambda s: make_schedule(s, cast.sao_bac.id, settings, FIVE))
    clock.at = FIVE
    plan_due_reminders(FIVE)
    khoi = Browser(node.app.test_client(), "khoi")
    khoi.get(f"/messages/{only_message(session).id}", status=404)
    khoi.get("/messages/none", status=404)


CHANGES = ["/new", "/defaults", *[f"/x{way}" for way in POSTS]]


@pytest.mark.parametrize("way", CHANGES)
def test_every_change_needs_the_right(
    cast: Cast, client: FlaskClient, session: Any, way: str
) -> None:
    lam = Browser(client, "lam")
    form = token_of(lam.get("/my-account"))
    answer = client.post(f"/reminders{way}", data=TYPED | {"csrf_token": form})
    assert answer.status_code == 403
    assert stored(session) == []


@pytest.mark.parametrize("way", CHANGES)
def test_every_change_needs_the_pages_token(hanh: Browser, session: Any, way: str) -> None:
    assert hanh.client.post(f"/reminders{way}", data=TYPED).status_code == 400
    assert stored(session) == []


@pytest.mark.parametrize("way", CHANGES)
def test_every_change_needs_somebody_signed_in(
    cast: Cast, client: FlaskClient, session: Any, way: str
) -> None:
    form = token_of(client.get("/sign-in").text)
    answer = client.post(f"/reminders{way}", data=TYPED | {"csrf_token": form})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in")
    assert stored(session) == []
