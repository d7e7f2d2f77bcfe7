"""A gate without any network since it was set up: every verdict right, a wrong clock caught."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import current_app
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.gate.gateways.signing import new_pass_key, sign_pass
from app.gate.models import GateScan
from app.gate.rules.passes import Pass, seconds
from tests.conftest import SetClock
from tests.factories.gates import answer, make_guard, open_gate, scan
from tests.factories.people import Cast
from tests.journeys.conftest import LAPTOP, PHONE, Site, Visit

Come = Callable[..., Visit]
Write = Callable[[Callable[[Session], Any]], Any]
WELL = {"symptoms": [], "temperature_c": None, "exposures": {"contact_case": False}}
FEVER = {"symptoms": ["cough"], "temperature_c": 38.4, "exposures": {}}
MORNING = datetime.fromisoformat("2026-11-24T05:46:00+07:00")


@pytest.fixture
def morning(cast: Cast, clock: SetClock, write: Write) -> dict[str, str]:
    """05:46: Hoa and Nhung are well, Ánh has a fever since, Mến has not answered; their passes."""
    clock.at = MORNING

    def work(session: Session) -> dict[str, str]:
        settings = current_app.config["SETTINGS"]
        make_guard(session, cast, clock)
        people = cast.sao_bac.people
        given = {"settings": settings, "clock": clock}
        hoa = answer(session, people["hoa"], WELL, **given)
        anh = answer(session, people["anh"], WELL, **given)
        answer(session, people["anh"], FEVER, **given)
        nhung = answer(session, people["nhung"], WELL, **given)
        return {"hoa": str(hoa), "anh": str(anh), "nhung": str(nhung)}

    return write(work)


@pytest.fixture
def gate(visit: Come, site: Site, morning: dict[str, str], clock: SetClock) -> Page:
    """The gate's page at 05:46, and from then on no network."""
    page = visit(LAPTOP).page
    page.clock.install(time=MORNING)
    open_gate(page, site.url)
    page.context.set_offline(True)
    site.down()
    page.clock.pause_at(MORNING + timedelta(seconds=20))  # a verdict goes after 4 s
    return page


def told(page: Page, action: str, why: str) -> None:
    """The gate says what to do, and why, in words."""
    expect(page.get_by_role("heading", level=1)).to_have_text(action)
    expect(page.get_by_role("main")).to_contain_text(why)


def other_park(**more: Any) -> str:
    """A pass that another park signed."""
    kid, _, private = new_pass_key()
    start = seconds(MORNING)
    said = Pass("DBA", "jti-of-dinh-ba", "sub", "ABC", "2026-11-24", "ca1", start, start, start)
    return sign_pass(said, kid, private)


def test_without_any_network_a_pass_is_let_in_with_the_name_and_a_second_time_is_told(
    gate: Page, morning: dict[str, str]
) -> None:
    scan(gate, morning["hoa"])
    told(gate, "Mời vào", "Nguyễn Thị Hoa")
    expect(gate.get_by_role("main")).to_contain_text("SB-20417 · Chuyền 3 · Ca 1")
    expect(gate.locator("body.is-ok")).to_be_visible()
    gate.clock.run_for(5_000)
    told(gate, "Mời quét mã", "Đưa mã QR")
    gate.clock.run_for(360_000)
    scan(gate, morning["hoa"])
    told(gate, "Chờ kiểm tra", "Đã vào lúc 05:46")
    expect(gate.locator("body.is-watch")).to_be_visible()


def test_without_any_network_every_other_code_is_told_for_what_it_is(
    gate: Page, morning: dict[str, str]
) -> None:
    scan(gate, morning["anh"])
    told(gate, "Không vào xưởng", "Thẻ đã bị huỷ")
    expect(gate.get_by_role("main")).to_contain_text("Thân Thị Ngọc Ánh")
    expect(gate.get_by_role("main")).not_to_contain_text("38")
    scan(gate, other_park())
    told(gate, "Chờ kiểm tra", "Thẻ của nơi khác")
    damaged = morning["hoa"]
    damaged = damaged[:-9] + ("A" if damaged[-9] != "A" else "B") + damaged[-8:]
    scan(gate, damaged)
    told(gate, "Chờ kiểm tra", "Không xác nhận được thẻ này")
    for noise in ("https://example.org/tim-hieu", "HC1:" + "NCFOXN%TS3DH" * 40, "A" * 4096):
        scan(gate, noise)
        told(gate, "Chờ kiểm tra", "Mã này không phải thẻ vào ca")


def test_a_photo_of_a_pass_after_the_shift_is_expired(gate: Page, morning: dict[str, str]) -> None:
    gate.clock.set_fixed_time(MORNING + timedelta(hours=8, minutes=30))
    scan(gate, morning["hoa"])
    told(gate, "Chờ kiểm tra", "Thẻ hết hiệu lực lúc 14:00")


def test_a_clock_turned_back_is_caught_and_said_and_the_old_pass_stays_expired(
    gate: Page, morning: dict[str, str], clock: SetClock
) -> None:
    gate.clock.set_fixed_time(MORNING - timedelta(days=1, hours=2))
    gate.clock.run_for(2_000)
    expect(gate.get_by_text("Đồng hồ máy này chạy lùi")).to_be_visible()
    expect(gate.get_by_text("đã thấy 05:46 ngày 24/11")).to_be_visible()
    scan(gate, morning["nhung"])
    told(gate, "Mời vào", "Vũ Thị Nhung")


def test_a_badge_in_place_of_a_pass_asks_the_list(gate: Page) -> None:
    field = gate.get_by_label("Mã nhân viên")
    field.fill("sb 20417")
    field.press("Enter")
    told(gate, "Mời vào", "Nguyễn Thị Hoa")
    field.fill("SB-20733")
    gate.get_by_role("button", name="Kiểm tra").click()
    told(gate, "Chờ kiểm tra", "Chưa khai báo cho ca này")
    scan(gate, "SB-20418")
    told(gate, "Không vào xưởng", "Xin đứng chờ ở vạch đỏ")
    scan(gate, "KHACH-7")
    told(gate, "Chờ kiểm tra", "Không có mã KHACH-7 trong danh sách")


def test_a_list_that_grows_old_says_so(gate: Page) -> None:
    gate.clock.run_for(61_000)
    expect(gate.get_by_text("Ngoại tuyến từ 05:47, vẫn kiểm tra được")).to_be_visible()
    expect(gate.get_by_text("Danh sách lúc 05:46")).to_be_visible()
    expect(gate.get_by_text("Danh sách thẻ bị huỷ đã cũ")).to_have_count(0)
    gate.clock.set_fixed_time(MORNING + timedelta(minutes=40, seconds=30))
    gate.clock.run_for(2_000)
    expect(gate.get_by_text("40 phút trước")).to_be_visible()
    expect(gate.get_by_text("Danh sách thẻ bị huỷ đã cũ")).to_be_visible()


def test_who_came_is_handed_in_once_the_park_is_back(
    gate: Page, site: Site, morning: dict[str, str], session: Session
) -> None:
    scan(gate, morning["hoa"])
    told(gate, "Mời vào", "Nguyễn Thị Hoa")
    gate.get_by_role("radio", name="Ra").check(force=True)
    scan(gate, "SB-20417")
    told(gate, "Mời ra", "Đã ghi giờ ra")
    expect(gate.get_by_text("2 lượt chờ gửi")).to_be_visible()
    site.up()
    gate.context.set_offline(False)
    expect(gate.get_by_text("lượt chờ gửi")).to_have_count(0)
    session.rollback()
    scans = session.scalars(select(GateScan).order_by(GateScan.made_at)).all()
    assert [(each.direction, each.verdict) for each in scans] == [("in", "valid"), ("out", "enter")]
    assert [each.gate for each in scans] == ["Cổng số 1"] * 2


def test_how_long_a_verdict_takes_is_measured_from_the_last_key(
    visit: Come, site: Site, morning: dict[str, str]
) -> None:
    page = open_gate(visit(LAPTOP).page, site.url)
    page.context.set_offline(True)
    for _ in range(5):
        scan(page, morning["nhung"])
        expect(page.get_by_role("main")).to_contain_text("Vũ Thị Nhung")
        scan(page, "https://example.org")
        expect(page.get_by_role("main")).to_contain_text("không phải thẻ vào ca")
    took = page.evaluate("performance.getEntriesByName('gate-verdict').map((one) => one.duration)")
    assert len(took) == 10


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_the_gate_is_sound_for_axe_with_every_kind_of_word(
    visit: Come,
    site: Site,
    morning: dict[str, str],
    axe: Callable[[Page], list[str]],
    size: dict[str, int],
) -> None:
    page = visit(size).page
    page.clock.install(time=MORNING)
    found = axe(open_gate(page, site.url))
    for text in (morning["hoa"], morning["hoa"], morning["anh"], "https://example.org/1"):
        shown = page.get_by_role("main").inner_text()
        scan(page, text)
        expect(page.get_by_role("main")).not_to_have_text(shown)
        found += axe(page)
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")


def test_who_is_no_gate_and_who_is_nobody_is_told_so(
    visit: Come, site: Site, morning: dict[str, str]
) -> None:
    page = visit(LAPTOP).page
    page.goto(f"{site.url}/gate")
    expect(page.get_by_role("heading", name="Cổng chưa đăng nhập")).to_be_visible()
