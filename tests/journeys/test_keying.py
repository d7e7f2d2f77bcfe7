"""A team member keys in the list of a line from paper, by keyboard alone."""

import os
from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.web.transaction import transact
from tests.conftest import SetClock
from tests.factories.people import Cast, make_worker
from tests.journeys.conftest import LAPTOP, PHONE, Site, Visit

MORE = 27  # with the three of the cast thirty people


def fill_line(site: Site, cast: Cast, clock: SetClock) -> str:
    """Thirty people on the line; the address of its list for shift 1."""

    def work(session: Session) -> None:
        line = session.get_one(Branch, cast.sao_bac.lines["Chuyền 3"])
        names = ("Phạm Văn Dũng", "Lê Thị Hường", "Chu Văn Đức", "Trịnh Thị Duyên", "Ngô Quang Huy")
        for number in range(MORE):
            name = f"{names[number % 5]} {number + 1}"
            make_worker(session, line, f"SB-3{number:04}", name, clock.at, pin=None, agreed=False)

    with site.node.app.app_context():
        transact(work)
    clock.move(hours=4, minutes=2)
    return f"/today/sheets/keying?unit={cast.sao_bac.lines['Chuyền 3']}&on=2026-11-24&shift=ca1"


def open_list(visitor: Visit, address: str) -> Page:
    visitor.sign_in_officer("hanh")
    page = visitor.open(address)
    page.locator("[data-module=key-list][data-bound]").wait_for()
    expect(page.get_by_label("Giờ ghi trên giấy")).to_be_focused()
    return page


def test_thirty_people_are_keyed_by_keyboard_alone(
    visit: Callable[..., Visit],
    cast: Cast,
    clock: SetClock,
    site: Site,
    axe: Callable[[Page], list[str]],
) -> None:
    visitor = visit(LAPTOP)
    page = open_list(visitor, fill_line(site, cast, clock))
    keys = page.keyboard
    rows = page.locator("[data-row]")
    expect(rows).to_have_count(30)
    keys.type("0550")
    keys.press("Enter")
    for _ in range(10):
        keys.press("k")
    keys.type("36,6")
    keys.press("k")
    keys.press("t")
    keys.press("2")
    keys.press("5")
    keys.press("Enter")
    keys.press("v")
    keys.press("ArrowDown")  # whom nobody asked
    keys.press("k")
    keys.press("ArrowUp")
    keys.press("ArrowUp")
    expect(rows.nth(13)).to_have_class("cursor")
    keys.press("g")
    keys.type("5h45")
    expect(rows.nth(13).get_by_label("Giờ hỏi riêng")).to_have_value("5h45")
    keys.press("ArrowUp")
    keys.press("ArrowDown")
    keys.press("k")
    keys.press("ArrowDown")
    for _ in range(15):
        keys.press("k")
    expect(page.locator("[data-count=well]")).to_have_text("28")
    expect(page.locator("[data-count=signs]")).to_have_text("1")
    expect(page.locator("[data-count=absent]")).to_have_text("1")
    expect(page.get_by_role("button", name="Xem trước khi ghi")).to_be_focused()
    signs = page.locator("[data-signs='11'] :checked")
    assert signs.evaluate_all("each => each.map((box) => box.value)") == ["cough", "fatigue"]
    assert axe(page) == []
    look(page, "keying-laptop")
    keys.press("Control+Enter")
    page.wait_for_url(lambda url: "/keying" not in url)
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(30)
    expect(page.get_by_text("05:45")).to_be_visible()
    expect(page.get_by_text("nhập lúc 09:12").first).to_be_visible()
    assert axe(page) == []
    look(page, "review-laptop")
    page.get_by_role("button", name="Ghi các dòng đã chọn").focus()
    keys.press("Enter")
    expect(page.get_by_text("Đã ghi 30 người.")).to_be_visible()


def test_a_mistake_brings_the_list_back_as_it_was_typed(
    visit: Callable[..., Visit], cast: Cast, clock: SetClock, site: Site
) -> None:
    visitor = visit(PHONE)
    page = open_list(visitor, fill_line(site, cast, clock))
    page.keyboard.type("17:30")
    page.keyboard.press("Enter")
    page.keyboard.type("366")
    page.keyboard.press("k")
    page.keyboard.press("t")
    look(page, "keying-phone")
    page.keyboard.press("Control+Enter")
    page.get_by_role("alert").first.wait_for()
    expect(page.get_by_text("Có 2 chỗ cần sửa")).to_be_visible()
    look(page, "mistake-phone")
    expect(page.get_by_label("Giờ ghi trên giấy")).to_have_value("17:30")
    expect(page.locator("[data-row='0']").get_by_label("Nhiệt độ")).to_have_value("366")
    expect(page.locator("[data-row='0'] :checked")).to_have_value("well")
    expect(page.locator("[data-signs='1']")).to_be_visible()


def test_the_list_works_without_a_script_and_prints_blank(
    visit: Callable[..., Visit], cast: Cast, clock: SetClock, site: Site
) -> None:
    address = fill_line(site, cast, clock)
    visitor = visit(LAPTOP, java_script_enabled=False)
    visitor.sign_in_officer("hanh")
    page = visitor.open(address)
    expect(page.locator("[data-keys]")).to_be_hidden()
    expect(page.locator("[data-signs='1']")).to_be_hidden()
    page.locator("[data-row='1'] label", has_text="T").click()
    page.locator("[data-signs='1']").get_by_role("checkbox", name="2 Ho", exact=True).check()
    page.get_by_label("Giờ ghi trên giấy").fill("05:50")
    page.get_by_role("button", name="Xem trước khi ghi").click()
    page.wait_for_url(lambda url: "/keying" not in url)
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(1)
    page = visitor.open(address)
    page.emulate_media(media="print")
    expect(page.get_by_role("columnheader", name="Dấu hiệu (số)").first).to_be_visible()
    expect(page.locator("[data-signs='1']")).to_be_hidden()
    look(page, "print")
    if os.environ.get("ANCA_SHOTS"):
        page.pdf(path=os.environ["ANCA_SHOTS"] + "/print.pdf", prefer_css_page_size=True)


def look(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for pictures."""
    folder = os.environ.get("ANCA_SHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png")
        page.emulate_media(color_scheme="dark")
        page.screenshot(path=f"{folder}/{name}-dark.png")
        page.emulate_media(color_scheme="light")
