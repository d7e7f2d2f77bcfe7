"""The administrator's pages: what is kept, counting, days within bounds, the clock of a breach."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.checkins.models import CheckIn
from app.retention.models import Breach, PurgeRun, RetentionDays
from tests.conftest import SetClock
from tests.factories.browser import Browser
from tests.factories.cases import WELL, answer
from tests.factories.people import STORY, Cast

pytestmark = pytest.mark.parametrize("database", ["sqlite"])
BREACH = {
    "known_at": "2026-11-24T05:00",
    "what": "Mất máy tính của Tổ an toàn",
    "whose": "Chuyền 3",
    "people": "40",
    "done": "",
    "told_authority_at": "",
    "told_people_at": "",
}


@pytest.fixture
def admin(client: FlaskClient, cast: Cast) -> Browser:
    """The browser of whoever keeps the server."""
    browser = Browser(client)
    browser.sign_in(cast.people["an"])
    return browser


def test_what_is_over_is_counted_then_removed(
    client: FlaskClient,
    cast: Cast,
    clock: SetClock,
    session: Session,
    write: Callable[..., Any],
) -> None:
    write(lambda s: answer(s, cast.sao_bac.people["hoa"], WELL, clock.at))
    clock.move(days=50)
    browser = Browser(client)
    browser.sign_in(cast.people["an"])
    assert "Chưa xoá lần nào" in browser.open("/admin/retention").text
    told = "đồng hồ máy chủ có thể vừa nhảy"
    page = browser.open("/admin/retention/purge").text
    assert "Khai báo" in page
    assert told in page
    assert told in browser.send("/admin/retention/purge").text
    session.rollback()
    assert len(session.scalars(select(CheckIn)).all()) == 1
    write(lambda s: record_act(s, "x.y", actor=STORY, now=clock.at - timedelta(days=2)))
    assert told not in browser.open("/admin/retention/purge").text
    browser.send("/admin/retention/purge")
    for thread in threading.enumerate():
        if thread.name == "purge":
            thread.join()
    session.rollback()
    (run,) = session.scalars(select(PurgeRun)).all()
    assert (run.by_name, run.counts["check_in"]) == ("Phạm Quốc An", 1)
    assert run.finished_at is not None
    assert "hồ sơ chưa xoá được" not in browser.open("/admin/retention").text
    write(lambda s: s.execute(update(PurgeRun).values(failed=2)))
    assert "2 hồ sơ chưa xoá được" in browser.open("/admin/retention").text
    assert session.scalars(select(CheckIn)).all() == []
    assert "Không có gì hết hạn" in browser.open("/admin/retention/purge").text


def test_days_are_kept_within_the_bounds(admin: Browser, session: Session) -> None:
    admin.open("/admin/retention")
    assert "Số ngày phải từ 14 đến 180" in admin.send("/admin/retention/answers", days="7").text
    assert "Số ngày phải từ 14 đến 180" in admin.send("/admin/retention/answers", days="x").text
    session.rollback()
    assert session.scalars(select(RetentionDays)).all() == []
    page = admin.send("/admin/retention/answers", days="60").text
    assert "ban đầu 28" in page
    session.rollback()
    assert session.scalars(select(RetentionDays.days)).all() == [60]
    admin.send("/admin/retention/answers", days="28")
    session.rollback()
    assert session.scalars(select(RetentionDays)).all() == []
    token = admin.form("/admin/retention/answers").values["csrf_token"]
    told = admin.post("/admin/retention/nothing", {"csrf_token": token, "days": "28"})
    assert told.status_code == 404


def test_a_breach_counts_down_and_is_printed(
    admin: Browser, session: Session, clock: SetClock
) -> None:
    admin.open("/admin/breaches/new")
    page = admin.send("/admin/breaches/new", **BREACH).text
    assert "Còn 71 giờ 50 phút" in page
    session.rollback()
    breach = session.scalars(select(Breach)).one()
    assert breach.known_at == clock.at - timedelta(minutes=10)
    told = {**BREACH, "told_authority_at": "2026-11-24T05:08", "version": "1"}
    assert "Đã báo trong hạn" in admin.send(f"/admin/breaches/{breach.id}", **told).text
    paper = admin.open(f"/admin/breaches/{breach.id}/notice").text
    assert "27/11/2026" in paper
    assert "Mất máy tính của Tổ an toàn" in paper
    assert "Đã báo trong hạn" in admin.open("/admin/breaches").text


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"known_at": "2026-11-25T05:00"}, "không thể sau bây giờ"),
        ({"told_authority_at": "2026-11-24T04:00"}, "phải sau lúc phát hiện"),
        ({"what": ""}, "Cần điền mục này"),
    ],
)
def test_a_breach_without_sense_is_not_kept(
    admin: Browser, session: Session, changed: dict[str, str], told: str
) -> None:
    admin.open("/admin/breaches/new")
    answer = admin.send("/admin/breaches/new", **{**BREACH, **changed})
    assert answer.status_code == 422
    assert told in answer.text
    session.rollback()
    assert session.scalars(select(Breach)).all() == []


def test_two_people_do_not_overwrite_each_other(admin: Browser, session: Session) -> None:
    admin.open("/admin/breaches/new")
    admin.send("/admin/breaches/new", **BREACH)
    session.rollback()
    breach = session.scalars(select(Breach)).one()
    admin.open(f"/admin/breaches/{breach.id}")
    admin.send(f"/admin/breaches/{breach.id}", **BREACH, version="1")
    again = admin.send(f"/admin/breaches/{breach.id}", **BREACH, version="1")
    assert again.status_code == 409
    assert "Có người vừa ghi thêm" in again.text
