"""Notices on their pages: written, counted, let go, stopped, refused, seen by who may see."""

import re
import unicodedata
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from app.delivery.actions.ledger import mark_read
from app.delivery.jobs.rounds import send_queued
from app.delivery.models import Delivery, Message
from app.notices.jobs import run_notices
from app.notices.models import Notice
from app.notices.rules.audience import Target, TargetKind
from tests.conftest import Node, SetClock
from tests.factories.notices import ask, begin, make_notice, manager, officer, to_company
from tests.factories.people import SECRET, Cast

Reading = scoped_session[Session]
TYPED = {
    "title": "Tạm dừng xưởng B2",
    "text": "Ở yên tại chỗ. Gọi {hotline}.",
    "severity": "Severe",
    "expires_at": "2026-11-24T18:00",
    "whole": "y",
    "shift_on": "2026-11-24",
}


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, page
    return found[1]


def forget_the_other() -> None:
    """Two people's requests share the context that a test holds open: who asked is no answer."""
    for name in list(g):
        g.pop(name)


class Office:
    """A browser without scripts, signed in to the office pages."""

    def __init__(self, client: FlaskClient, login: str) -> None:
        self.client = client
        forget_the_other()
        form = token_of(client.get("/sign-in").text)
        client.post("/sign-in", data={"login": login, "secret": SECRET, "csrf_token": form})

    def get(self, address: str, status: int = 200) -> str:
        forget_the_other()
        answer = self.client.get(address)
        assert answer.status_code == status, answer.text
        return answer.text

    def post(self, address: str, data: dict[str, Any] | None = None, status: int = 302) -> Any:
        forget_the_other()
        token = token_of(self.client.get("/notices/new").text)
        answer = self.client.post(address, data={"csrf_token": token, **(data or {})})
        assert answer.status_code == status, answer.text
        return answer


@pytest.fixture
def hanh(cast: Cast, client: FlaskClient) -> Office:
    """Sao Bắc's officer."""
    return Office(client, "hanh")


@pytest.fixture
def lam(cast: Cast, node: Node) -> Office:
    """The park's manager."""
    return Office(node.app.test_client(), "lam")


def only(session: Reading) -> Notice:
    session.rollback()
    return session.scalars(select(Notice)).one()


def sent(cast: Cast, clock: SetClock) -> str:
    """A notice of Sao Bắc that has gone out."""
    company = cast.sao_bac
    notice_id = make_notice(company.id, to_company(company.id), officer(cast), clock.at)
    ask(notice_id, officer(cast), clock.at)
    clock.move(seconds=60)
    run_notices(clock.now)
    send_queued(clock.now)
    run_notices(clock.now)
    return notice_id


def test_an_empty_list_leads_to_the_first_notice(hanh: Office) -> None:
    page = hanh.get("/notices")
    assert "Chưa có thông báo nào" in page
    assert 'href="/notices/new"' in page


def test_a_notice_is_counted_before_anything_is_kept(hanh: Office, session: Reading) -> None:
    page = hanh.post("/notices/new", {**TYPED, "do": "preview"}, 200).text
    assert "người nhận" in page
    assert "Không kênh nào" in page
    assert "Tam dung xuong B2. O yen tai cho." in page
    assert "Chuyền 3" in page
    assert session.scalars(select(Notice)).all() == []


def test_a_preview_names_what_a_plain_sms_leaves_out(hanh: Office) -> None:
    typed = {**TYPED, "text": unicodedata.normalize("NFD", "Sơ tán ngay 🚨"), "do": "preview"}
    page = hanh.post("/notices/new", typed, 200).text
    assert "Tin SMS sẽ bỏ: 🚨" in page
    assert "So tan ngay<" in page.replace("</p>", "<")
    assert "Tin SMS sẽ bỏ" not in hanh.post("/notices/new", {**TYPED, "do": "preview"}, 200).text


def test_a_preview_reads_as_somebody_of_the_first_line_reads_it(hanh: Office) -> None:
    typed = {**TYPED, "text": "{line}, {company}: nghỉ.", "do": "preview"}
    assert "Chuyền 3, Điện tử Sao Bắc: nghỉ." in hanh.post("/notices/new", typed, 200).text


def test_a_draft_shows_whom_it_goes_to_and_is_sent_with_one_press(
    hanh: Office, session: Reading, clock: SetClock
) -> None:
    where = hanh.post("/notices/new", TYPED).headers["Location"]
    page = hanh.get(where)
    assert re.search(r"Gửi cho \d+ người", page)
    seen = only(session).touched
    hanh.post(f"{where}/send", {"seen": str(seen)})
    page = hanh.get(where)
    assert 'role="timer"' in page
    assert "Dừng lại, chưa gửi" in page
    assert "Sắp gửi thông báo khẩn" in hanh.get("/reminders")
    clock.move(seconds=61)
    assert begin(only(session).id, clock.at)
    assert "Đang gửi thông báo khẩn" in hanh.get("/reminders")
    run_notices(clock.now)
    page = hanh.get(where)
    assert "Đã gửi xong" in page
    assert "Đã đọc theo chuyền" in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"text": "Gọi {so_nong}."}, "{so_nong}"),
        ({"text": "{"}, "{"),
        ({"title": ""}, "Cần điền mục này"),
        ({"text": "ạ" * 2001}, "Nhiều nhất 2.000 ký tự"),
        ({"whole": ""}, "Chưa chọn gửi cho ai"),
        ({"title_en": "Half"}, "tiếng Anh"),
        ({"expires_at": "2026-11-20T08:00"}, "30 ngày"),
        ({"expires_at": "nonsense"}, "Hết hạn"),
        ({"lines": "999999"}, "Chuyền, tổ, xưởng: Chọn một mục trong danh sách"),
    ],
)
def test_what_cannot_be_a_notice_is_refused_with_the_reason(
    hanh: Office, session: Reading, changed: dict[str, str], said: str
) -> None:
    page = hanh.post("/notices/new", {**TYPED, **changed}, 422).text
    assert said in page
    assert session.scalars(select(Notice)).all() == []


def test_nobody_in_the_audience_is_refused_on_the_page(hanh: Office, session: Reading) -> None:
    nobody = {**TYPED, "whole": "", "shifts": "ca3"}
    where = hanh.post("/notices/new", nobody).headers["Location"]
    page = hanh.post(f"{where}/send", {"seen": "1"}, 422).text
    assert "Không có ai trong phạm vi đã chọn" in page


def test_a_stale_page_does_not_send(hanh: Office, session: Reading) -> None:
    where = hanh.post("/notices/new", TYPED).headers["Location"]
    hanh.post(f"{where}/edit", {**TYPED, "seen": "1", "title": "Khác"})
    assert "Có người vừa sửa" in hanh.post(f"{where}/send", {"seen": "1"}, 409).text
    assert "Có người vừa sửa" in hanh.post(f"{where}/edit", {**TYPED, "seen": "1"}, 409).text
    assert only(session).titles["vi"] == "Khác"


def test_the_author_cannot_approve_and_the_park_can(
    hanh: Office, lam: Office, cast: Cast, clock: SetClock, session: Reading
) -> None:
    company = cast.sao_bac
    notice_id = make_notice(company.id, to_company(company.id), officer(cast), clock.at)
    assert ask(notice_id, officer(cast), clock.at, notice_approval_over=2) == "waiting"
    where, seal = f"/notices/{notice_id}", only(session).seal
    board = hanh.get("/reminders")
    assert "Chờ duyệt" in board
    assert f'href="{where}"' in board
    page = hanh.post(f"{where}/approve", {"seal": seal}, 403).text
    assert "Người soạn không tự duyệt được" in page
    assert "Có người vừa sửa" in lam.post(f"{where}/approve", {"seal": "other"}, 409).text
    assert "Nguyễn Thị Hoa" not in lam.get(where)
    lam.post(f"{where}/approve", {"seal": seal})
    assert only(session).state == "countdown"
    assert only(session).approver_name == "Trần Văn Lâm"


def test_what_is_given_back_says_why(
    hanh: Office, lam: Office, cast: Cast, clock: SetClock
) -> None:
    company = cast.sao_bac
    notice_id = make_notice(company.id, to_company(company.id), officer(cast), clock.at)
    where = f"/notices/{notice_id}"
    assert "Chưa ai xin duyệt" in lam.post(f"{where}/return", {"return-reason": "Sai"}, 409).text
    ask(notice_id, officer(cast), clock.at, notice_approval_over=2)
    assert "Cần điền mục này" in lam.post(f"{where}/return", {"return-reason": ""}, 422).text
    lam.post(f"{where}/return", {"return-reason": "Sai tên xưởng"})
    assert "Sai tên xưởng" in hanh.get(where)


def test_stopping_asks_first_and_says_when_there_is_nothing_to_stop(
    hanh: Office, cast: Cast, clock: SetClock, session: Reading
) -> None:
    company = cast.sao_bac
    notice_id = make_notice(company.id, to_company(company.id), officer(cast), clock.at)
    where = f"/notices/{notice_id}"
    assert "không đang gửi" in hanh.post(f"{where}/stop", status=409).text
    ask(notice_id, officer(cast), clock.at)
    assert "Dừng gửi ngay" in hanh.get(f"{where}/stop")
    hanh.post(f"{where}/stop")
    assert only(session).state == "draft"


def test_a_sent_notice_lists_names_to_officers_and_figures_to_the_park(
    hanh: Office, lam: Office, cast: Cast, clock: SetClock
) -> None:
    where = f"/notices/{sent(cast, clock)}"
    assert "Nguyễn Thị Hoa" in hanh.get(f"{where}/people?reached=got")
    assert "Không có ai" in hanh.get(f"{where}/people?reached=failed")
    assert "Nguyễn Thị Hoa" in hanh.get(f"{where}/print")
    paper = lam.get(f"{where}/print")
    assert "Chuyền 3" in paper
    for address in (where, f"{where}/print"):
        assert "Nguyễn Thị Hoa" not in lam.get(address)
    lam.get(f"{where}/people", 403)


def test_who_has_not_read_it_is_told_by_the_team_lead_and_nobody_twice(
    hanh: Office, cast: Cast, clock: SetClock, session: Reading, write: Any
) -> None:
    notice_id = sent(cast, clock)
    where, hoa = f"/notices/{notice_id}", cast.sao_bac.people["hoa"].id
    message_id = str(only(session).message_id)
    write(lambda s: mark_read(s, hoa, message_id, read_at=clock.at, now=clock.at))
    everybody = only(session).planned
    to_tell = everybody - 1 - on_paper(session)
    page = hanh.get(where)
    assert f"Nhắc lại {to_tell} người chưa đọc" in page
    hanh.post(f"{where}/remind")
    assert f"báo tận nơi cho {to_tell} người" in hanh.get(where)
    send_queued(clock.now)
    assert on_paper(session) == everybody - 1
    assert "Không còn ai để nhắc" in hanh.post(f"{where}/remind", status=409).text
    assert session.scalars(select(Message.id)).all() == [message_id], "under its own message"
    told = hanh.client.get(f"{where}/live").json["figures"]  # type: ignore[index]
    assert told["read"] == 1
    assert told["left"] == told["audience"] == everybody


def on_paper(session: Reading) -> int:
    """How many are told in person."""
    session.rollback()
    paper = select(func.count()).select_from(Delivery).where(Delivery.channel == "paper")
    return session.scalar(paper) or 0


def test_nobody_is_reminded_of_what_is_not_out(
    hanh: Office, cast: Cast, clock: SetClock, session: Reading
) -> None:
    company = cast.sao_bac
    notice_id = make_notice(company.id, to_company(company.id), officer(cast), clock.at)
    assert f"{notice_id}/remind" not in hanh.get(f"/notices/{notice_id}")
    hanh.post(f"/notices/{notice_id}/remind", status=409)
    assert on_paper(session) == 0


def test_the_park_filters_by_company(
    lam: Office, hanh: Office, cast: Cast, clock: SetClock
) -> None:
    make_notice(cast.sao_bac.id, to_company(cast.sao_bac.id), officer(cast), clock.at)
    lam.post("/notices/new", {**TYPED, "whole": "", "companies": str(cast.minh_tri.id)})
    ours, theirs = "Tạm dừng ca sáng xưởng B2", TYPED["title"]
    for code, has, has_not in (("SAOBAC", ours, theirs), ("MINHTRI", theirs, ours)):
        page = lam.get(f"/notices?company={code}")
        assert has in page
        assert has_not not in page
        assert has in lam.get(f"/notices?company={code}&show=open")
    both = lam.get("/notices?company=nonsense")
    assert ours in both
    assert theirs in both
    assert "company=" not in hanh.get("/notices"), "one company has nothing to choose"


def test_figures_answer_nothing_new_with_nothing(hanh: Office, cast: Cast, clock: SetClock) -> None:
    where = f"/notices/{sent(cast, clock)}/live"
    first = hanh.client.get(where)
    told = first.json
    assert told is not None
    figures = told["figures"]
    parts = ("read", "delivered", "sent", "waiting", "failed", "stopped")
    assert sum(figures[each] for each in parts) == figures["audience"]
    again = hanh.client.get(where, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_correction_opens_its_draft_and_a_second_one_is_refused(
    hanh: Office, cast: Cast, clock: SetClock
) -> None:
    where = f"/notices/{sent(cast, clock)}"
    assert "Cần điền mục này" in hanh.post(f"{where}/correct", status=422).text
    edit = hanh.post(f"{where}/correct", {"correct-reason": "Sai giờ"}).headers["Location"]
    assert "Đây là bản đính chính" in hanh.get(edit)
    again = hanh.post(f"{where}/correct", {"correct-reason": "Sai giờ"}, 409).text
    assert "đã có bản đính chính" in again
    assert "Thông báo đã gửi xong" in hanh.post(f"{where}/send", {"seen": "9"}, 409).text


def test_withdrawing_needs_a_reason_and_is_done_once(
    hanh: Office, cast: Cast, clock: SetClock
) -> None:
    where = f"/notices/{sent(cast, clock)}"
    assert "Cần điền mục này" in hanh.post(f"{where}/cancel", status=422).text
    forget_the_other()
    hanh.client.get("/api/v1/inbox", headers=cast.sao_bac.people["hoa"].headers)
    hanh.post(f"{where}/cancel", {"cancel-reason": "Nhầm xưởng"})
    page = hanh.get(where)
    assert "Huỷ vì: Nhầm xưởng" in page
    assert "Tin huỷ" in page
    assert "đã huỷ" in hanh.post(f"{where}/cancel", {"cancel-reason": "Nhầm"}, 409).text


def test_the_park_may_choose_companies_and_an_officer_may_not(
    hanh: Office, lam: Office, cast: Cast, session: Reading
) -> None:
    own = {**TYPED, "whole": "", "companies": str(cast.minh_tri.id)}
    assert "Chọn một mục" in hanh.post("/notices/new", own, 422).text
    lam.post("/notices/new", own)
    notice = only(session)
    assert notice.branch_id == cast.park_id
    hanh.get(f"/notices/{notice.id}", 404)


def test_pages_speak_english_too(hanh: Office, cast: Cast, clock: SetClock) -> None:
    notice_id = sent(cast, clock)
    hanh.client.get("/notices?lang=en")
    assert "B2 stops this morning" in hanh.get(f"/notices/{notice_id}")


def test_a_notice_can_be_printed_before_it_is_sent_without_names(
    hanh: Office, in_app: Flask, cast: Cast, clock: SetClock
) -> None:
    company = cast.sao_bac
    notice_id = make_notice(company.id, to_company(company.id), officer(cast), clock.at)
    assert "Nguyễn Thị Hoa" not in hanh.get(f"/notices/{notice_id}/print")
    assert "Nguyễn Thị Hoa" in hanh.get(f"/notices/{notice_id}/people")


def test_an_officer_sees_who_of_the_own_company_read_the_parks_notice(
    hanh: Office, lam: Office, cast: Cast, clock: SetClock, session: Reading
) -> None:
    whole = (Target(TargetKind.PARK, cast.park_id),)
    notice_id = make_notice(cast.park_id, whole, manager(cast), clock.at)
    where = f"/notices/received/{notice_id}"
    hanh.get(where, 404)
    ask(notice_id, manager(cast), clock.at)
    clock.move(seconds=60)
    run_notices(clock.now)
    assert where in hanh.get("/notices")
    page = hanh.get(where)
    assert "Nguyễn Thị Hoa" in page
    assert "Trần Văn Bình" not in page
    assert "Không có ai" in hanh.get(f"{where}?reached=failed")
    lam.get(where, 404)
    hanh.get(f"/notices/{notice_id}", 404)
