"""A leader calls the roll of 50 by keyboard, without the network; what came meanwhile stays."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.checkins.models import RollCall
from app.checkins.queries.duties import list_shift_counts
from app.kernel.ids import new_id
from tests.conftest import SetClock
from tests.factories.people import PIN, Cast, Person, make_worker
from tests.factories.roll_calls import ON, gather_line, stands
from tests.journeys.conftest import LAPTOP, PHONE, Site, Visit
from tests.journeys.roll import fill_line
from tests.journeys.test_offline import until_kept

Come = Callable[..., Visit]
Write = Callable[[Callable[[Session], Any]], Any]
PEOPLE = 50
FEVER = {"symptoms": ["cough"], "temperature_c": 38.4, "exposures": {}}
RECEIVED, WAITING = "công ty nhận lúc", "đã lưu trên máy này, chờ gửi"


@pytest.fixture
def group(write: Write, cast: Cast, clock: SetClock) -> str:
    return str(write(lambda session: fill_line(session, cast, PEOPLE, clock.at)))


def enter(visitor: Visit, leader: Person) -> Page:
    """Sign in as a team member, who gets the pages of the office too."""
    page = visitor.open("/sign-in")
    page.locator("[data-module=sign-in][data-bound]").wait_for()
    page.get_by_label("Mã công ty").fill("SAOBAC")
    page.get_by_label("Mã nhân viên").fill(leader.badge)
    page.get_by_label("Mã PIN").fill(PIN)
    page.get_by_role("button", name="Đăng nhập").first.click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def lead(visitor: Visit, leader: Person, group: str) -> Page:
    """Sign in as a team member and open the sheet of the group."""
    page = enter(visitor, leader)
    visitor.open(f"/groups/{group}/roll-call")
    expect(page.get_by_role("heading", name="Điểm danh Chuyền 3 · Ca 1")).to_be_visible()
    return page


def in_row(page: Page, number: int) -> None:
    """Wait until the keys act in a row, counted from 1."""
    expect(page.locator(f"tr[data-index='{number - 1}'].cursor")).to_have_count(1)


def marks(page: Page) -> list[int]:
    """How many are well, have signs, are absent, were not asked."""
    return [
        int(page.locator(f"[data-count={mark}]").inner_text())
        for mark in ("well", "symptoms", "absent", "not_asked")
    ]


def answer(client: FlaskClient, clock: SetClock, person: Person) -> None:
    """Somebody answers on an own phone, with a fever."""
    body = {"shift_on": ON.isoformat(), "shift": "ca1", "answers": FEVER, "rules": ""}
    command = {"key": new_id(clock.at), "kind": "check_in", "body": body}
    client.post(
        "/api/v1/commands",
        json={"commands": [command | {"made_at": clock.at.isoformat()}]},
        headers=person.headers,
    )


def name_in_row(page: Page, number: int) -> str:
    return page.locator(f"#name-{number - 1}").inner_text()


def test_fifty_people_by_keyboard_without_a_network_arrive_once(
    visit: Come, cast: Cast, group: str, session: Session
) -> None:
    page = lead(visit(LAPTOP), cast.sao_bac.people["nhung"], group)
    until_kept(page)
    page.context.set_offline(True)
    in_row(page, 1)
    for key in ("k", "k", "t", "v", "ArrowDown", "c", "Shift+K"):
        page.keyboard.press(key)
    assert marks(page) == [47, 1, 1, 1]
    in_row(page, 7)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(WAITING)).to_be_visible()
    expect(page.get_by_text("Vũ Thị Nhung chốt lúc")).to_be_visible()
    page.reload()
    expect(page.get_by_text(WAITING)).to_be_visible()
    assert marks(page) == [47, 1, 1, 1]
    assert session.scalars(select(RollCall)).all() == []

    page.context.set_offline(False)
    expect(page.get_by_text(RECEIVED)).to_be_visible()
    session.rollback()
    called = session.scalars(select(RollCall)).one()
    assert (called.called_by, called.group_id) == ("Vũ Thị Nhung", group)
    assert called.made_at != called.received_at
    figures = list_shift_counts(session, [cast.sao_bac.lines["Chuyền 3"]], ON)["ca1"]
    assert (figures.expected, figures.answered, figures.absent, figures.not_asked) == (50, 48, 1, 1)
    assert (figures.green, figures.amber) == (47, 1)


def test_what_came_meanwhile_stays_and_is_shown_with_both_sides(
    visit: Come,
    cast: Cast,
    group: str,
    session: Session,
    client: FlaskClient,
    clock: SetClock,
    write: Write,
) -> None:
    hoa, anh = cast.sao_bac.people["hoa"], cast.sao_bac.people["anh"]
    page = lead(visit(LAPTOP), cast.sao_bac.people["nhung"], group)
    page.context.set_offline(True)
    page.get_by_role("button", name="Tất cả khoẻ, trừ người đã đánh dấu · 50 người").click()
    answer(client, clock, hoa)

    def join(session: Session) -> None:
        line = session.get_one(Branch, cast.sao_bac.lines["Chuyền 3"])
        make_worker(session, line, "SB-9", "Ngô Thị Mới", clock.at, pin=None, agreed=False)
        gather_line(session, line.id, clock.at)

    write(join)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(WAITING)).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("1 người khác với phiếu")).to_be_visible()
    line = page.get_by_role("listitem").filter(has_text="Nguyễn Thị Hoa")
    expect(line).to_contain_text("phiếu ghi Khoẻ")
    expect(line).to_contain_text("người này tự khai")
    expect(line).to_contain_text("Nguy cơ")
    expect(page.get_by_text("1 người đã tự khai: giữ câu trả lời của họ")).to_be_visible()
    expect(
        page.get_by_text("Chưa hỏi, vì không có trên phiếu lúc chốt: Ngô Thị Mới")
    ).to_be_visible()
    assert stands(session, hoa.id) == "answered red"
    assert stands(session, anh.id) == "answered green"
    figures = list_shift_counts(session, [cast.sao_bac.lines["Chuyền 3"]], ON)["ca1"]
    assert (figures.expected, figures.answered, figures.not_asked, figures.red) == (51, 50, 1, 1)


def test_a_roll_call_is_taken_back_here_before_it_was_sent_and_later_from_the_sheet(
    visit: Come, cast: Cast, group: str, session: Session
) -> None:
    anh = cast.sao_bac.people["anh"]
    page = lead(visit(LAPTOP), cast.sao_bac.people["nhung"], group)
    page.context.set_offline(True)
    page.keyboard.press("Shift+K")
    page.keyboard.press("Control+Enter")
    toast = page.get_by_role("status").filter(has_text="Đã chốt điểm danh Chuyền 3: 50 người")
    toast.get_by_role("button", name="Hoàn tác").click()
    expect(page.get_by_text("đã hoàn tác trên máy này, chờ gửi")).to_be_visible()
    assert marks(page) == [0, 0, 0, 50]
    page.context.set_offline(False)
    expect(page.get_by_text("· đã hoàn tác", exact=True)).to_be_visible()
    assert stands(session, anh.id) == "expected"
    called = session.scalars(select(RollCall)).one()
    assert called.undone_by == "Vũ Thị Nhung"

    page.get_by_role("button", name="Tất cả khoẻ").click()
    page.get_by_role("button", name="Chốt điểm danh").click()
    expect(page.get_by_text(RECEIVED)).to_be_visible()
    assert stands(session, anh.id) == "answered green"
    page.reload()
    page.locator(".roll-closed").get_by_role("button", name="Hoàn tác").click()
    expect(page.get_by_text("· đã hoàn tác", exact=True)).to_be_visible()
    assert stands(session, anh.id) == "expected"


def test_marks_signs_and_reasons_survive_a_reload_and_go_when_the_sheet_is_closed(
    visit: Come, cast: Cast, group: str, session: Session
) -> None:
    page = lead(visit(LAPTOP), cast.sao_bac.people["nhung"], group)
    in_row(page, 1)
    for key in ("t", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    page.get_by_role("checkbox", name="Đau họng").check()
    page.get_by_role("dialog").get_by_label("Nhiệt độ, °C").fill("37,9")
    page.keyboard.press("Enter")
    in_row(page, 2)
    for key in ("v", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    page.get_by_role("radio", name="nghỉ ốm").check()
    page.get_by_role("button", name="Ghi lại").click()
    expect(page.locator("[data-sheet][data-draft=kept]")).to_be_visible()
    expect(page.get_by_text("tự lưu trên máy này lúc")).to_be_visible()
    names = [name_in_row(page, number) for number in (1, 2)]
    page.reload()
    expect(page.get_by_role("row").filter(has_text=names[0])).to_contain_text("đau họng")
    expect(page.get_by_role("row").filter(has_text=names[1])).to_contain_text("nghỉ ốm")
    assert marks(page) == [0, 1, 1, 48]
    page.get_by_role("button", name="Chốt điểm danh").click()
    expect(page.get_by_text(RECEIVED)).to_be_visible()
    page.reload()
    expect(page.get_by_text(RECEIVED)).to_be_visible()
    expect(page.get_by_text("tự lưu trên máy này lúc")).to_have_count(0)
    expect(page.get_by_role("row").filter(has_text=names[0])).to_contain_text("đau họng")
    session.rollback()
    figures = list_shift_counts(session, [cast.sao_bac.lines["Chuyền 3"]], ON)["ca1"]
    assert (figures.red, figures.absent, figures.not_asked) == (1, 1, 48)


def test_somebody_is_found_and_measured_without_a_mouse(
    visit: Come, cast: Cast, group: str
) -> None:
    page = lead(visit(LAPTOP), cast.sao_bac.people["nhung"], group)
    in_row(page, 1)
    page.keyboard.press("/")
    page.get_by_label("Tìm người trong phiếu").fill("ngoc anh")
    page.keyboard.press("Enter")
    row = page.get_by_role("row").filter(has_text="Thân Thị Ngọc Ánh")
    expect(row).to_have_class("cursor")
    page.keyboard.type("38,2")
    expect(row.get_by_role("radio", name="Triệu chứng")).to_be_checked()
    page.keyboard.press("ArrowDown")
    page.keyboard.type("365")
    page.keyboard.press("k")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert").filter(has_text="Chưa đọc được nhiệt độ")).to_be_visible()
    expect(page.locator("tr.cursor [data-temperature]")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("36,5")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(RECEIVED)).to_be_visible()


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_the_sheet_holds_the_rules_of_access_and_never_scrolls_sideways(
    visit: Come, cast: Cast, group: str, axe: Callable[[Page], list[str]], size: dict[str, int]
) -> None:
    page = lead(visit(size), cast.sao_bac.people["nhung"], group)
    page.locator("tr[data-index='0'] label").nth(1).click()
    page.get_by_role("button", name="Chốt điểm danh").click()
    expect(page.get_by_text(RECEIVED)).to_be_visible()
    assert axe(page) == []
    page.locator("tr[data-index='0'] [data-note]").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_roll_call_of_forty_fits_one_sheet_of_paper(
    visit: Come, cast: Cast, write: Write, clock: SetClock
) -> None:
    group = str(write(lambda session: fill_line(session, cast, 40, clock.at)))
    page = lead(visit(LAPTOP), cast.sao_bac.people["nhung"], group)
    page.get_by_role("button", name="Tất cả khoẻ").click()
    page.get_by_role("button", name="Chốt điểm danh").click()
    expect(page.get_by_text(RECEIVED)).to_be_visible()
    paper = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1


def test_a_team_member_finds_the_groups_to_call(
    visit: Come, cast: Cast, group: str, site: Site
) -> None:
    page = lead(visit(LAPTOP), cast.sao_bac.people["nhung"], group)
    page.get_by_role("link", name="Điểm danh").click()
    expect(page.get_by_role("listitem").filter(has_text="Chuyền 3")).to_contain_text("50 người")
    expect(page.get_by_text("Chưa khai báo 50")).to_be_visible()
    page.get_by_role("link", name="Điểm danh Chuyền 3").click()
    expect(page.get_by_role("heading", name="Điểm danh Chuyền 3 · Ca 1")).to_be_visible()


def test_a_leader_without_a_network_finds_the_sheets_of_the_own_groups(
    visit: Come, cast: Cast, group: str, session: Session, axe: Callable[[Page], list[str]]
) -> None:
    visitor = visit(LAPTOP)
    page = enter(visitor, cast.sao_bac.people["nhung"])
    visitor.open("/roll-call")
    page.locator("[data-module=roll-call-list][data-kept]").wait_for()
    until_kept(page)
    page.context.set_offline(True)
    visitor.open("/roll-call")
    row = page.get_by_role("listitem").filter(has_text="Chuyền 3")
    expect(row).to_contain_text("50 người")
    assert axe(page) == []
    row.get_by_role("link", name="Điểm danh Chuyền 3").click()
    page.get_by_role("button", name="Tất cả khoẻ").click()
    page.get_by_role("button", name="Chốt điểm danh").click()
    expect(page.get_by_text(WAITING)).to_be_visible()
    page.get_by_role("link", name="Điểm danh", exact=True).click()
    expect(page.get_by_text("Đã chốt, chờ gửi")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("link", name="Điểm danh Chuyền 3").click()
    expect(page.get_by_text(RECEIVED)).to_be_visible()
    session.rollback()
    assert session.scalars(select(RollCall)).one().called_by == "Vũ Thị Nhung"
