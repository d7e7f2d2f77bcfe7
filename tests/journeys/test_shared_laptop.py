"""Two people at one laptop: each opens the own things, with the park or without, and no other's."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.checkins.queries.answers import list_check_ins
from tests.conftest import SetClock
from tests.factories.people import PIN, SECRET, Cast
from tests.factories.roll_calls import gather_line
from tests.journeys.conftest import LAPTOP, PHONE, Site, Visit
from tests.journeys.test_offline import until_kept

Come = Callable[..., Visit]
# What somebody with the developer tools, or with the files of the browser, reads by text search.
DUMP = """async () => {
    const text = (value) => {
        if (value instanceof CryptoKey) return value.extractable ? "EXTRACTABLE KEY" : "key";
        if (value instanceof ArrayBuffer) value = new Uint8Array(value);
        if (ArrayBuffer.isView(value)) {
            return new TextDecoder("latin1").decode(value) + new TextDecoder().decode(value);
        }
        if (value && typeof value === "object") {
            const parts = Object.entries(value);
            return parts.map(([name, inner]) => `${name}=${text(inner)}`).join("\\n");
        }
        return String(value);
    };
    const done = (request) => new Promise((yes, no) => {
        request.onsuccess = () => yes(request.result);
        request.onerror = () => no(request.error);
    });
    const found = [text({...localStorage}), text({...sessionStorage}), document.cookie];
    for (const { name } of await indexedDB.databases()) {
        const database = await done(indexedDB.open(name));
        for (const store of database.objectStoreNames) {
            const reading = database.transaction(store).objectStore(store);
            found.push(text(await done(reading.getAllKeys())));
            found.push(text(await done(database.transaction(store).objectStore(store).getAll())));
        }
        database.close();
    }
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
            found.push(request.url + await (await cache.match(request)).text());
        }
    }
    return found.join("\\n");
}"""
SAVE = """async ([kind, body]) => {
    const { outbox } = await import("/static/js/outbox/page.js");
    await outbox.save(kind, body);
}"""
WELL = {"symptoms": [], "temperature_c": None, "exposures": {"contact_case": False}}


def sign_in_officer(visitor: Visit, login: str = "hanh", secret: str = SECRET) -> Page:
    """As officers do it, by the page's script."""
    page = visitor.open("/sign-in?office=1")
    fill_login(page, login, secret)
    page.wait_for_url("**/today")
    return page


def fill_login(page: Page, login: str, secret: str) -> None:
    form = page.locator("form[data-bound]").filter(has=page.get_by_label("Mật khẩu"))
    form.wait_for()
    form.get_by_label("Tên đăng nhập").fill(login)
    form.get_by_label("Mật khẩu").fill(secret)
    form.get_by_role("button", name="Đăng nhập").click()


def fill_badge(page: Page, company: str, badge: str, pin: str = PIN) -> None:
    form = page.locator("form[data-bound]").filter(has=page.get_by_label("Mã PIN"))
    form.wait_for()
    form.get_by_label("Mã công ty").fill(company)
    form.get_by_label("Mã nhân viên").fill(badge)
    form.get_by_label("Mã PIN").fill(pin)
    form.get_by_role("button", name="Đăng nhập").click()


def until_board_kept(page: Page) -> None:
    page.locator("[data-module=board-keeper][data-kept=yes]").wait_for(state="attached")


def save(page: Page, kind: str, body: dict[str, Any]) -> None:
    page.evaluate(SAVE, [kind, body])


def roll(badge: str) -> dict[str, Any]:
    """An answer given for somebody else."""
    body = {"shift_on": "today", "shift": "ca1", "answers": WELL, "rules": "workplace_2020@1"}
    return body | {"badge": badge}


def readable(page: Page, *words: str) -> list[str]:
    """Which of these words stand anywhere in what this browser keeps."""
    everything = page.evaluate(DUMP)
    assert "EXTRACTABLE KEY" not in everything
    assert "vault_" in everything
    return [word for word in words if word in everything or json.dumps(word) in everything]


def test_the_second_person_works_without_the_park_and_the_firsts_work_still_arrives(
    visit: Come, site: Site, cast: Cast, session: Session
) -> None:
    visitor = visit(LAPTOP)
    people = cast.sao_bac.people
    men, nhung = people["men"], people["nhung"]
    page = visitor.open("/sign-in?badge=1")
    fill_badge(page, "SAOBAC", nhung.badge)
    page.wait_for_url("**/today")
    until_board_kept(page)
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("**/sign-in")

    page = sign_in_officer(visitor)
    until_board_kept(page)
    until_kept(page)
    site.down()
    save(page, "check_in", roll(men.badge))
    page.goto(site.url + "/today")
    expect(page.get_by_role("heading", name="Hôm nay, lần cuối máy này biết")).to_be_visible()
    expect(page.get_by_text("Số liệu lúc")).to_be_visible()
    expect(page.get_by_text("Giáp Thị Mến", exact=True)).to_be_visible()
    page.get_by_role("button", name="Đăng xuất khỏi máy này").click()
    page.wait_for_url("**/sign-in")
    page.get_by_role("link", name="Cán bộ").click()
    fill_login(page, "hanh", "mua-xuan-ha-noi")
    expect(page.get_by_text("chưa đúng với lần đăng nhập trước")).to_be_visible()
    fill_login(page, "khoi", SECRET)
    expect(page.get_by_text("Cần có mạng cho lần đăng nhập đầu")).to_be_visible()

    page.get_by_role("link", name="Người lao động").click()
    fill_badge(page, "saobac", "sb 20001")
    page.wait_for_url("**/today/last-known")
    expect(page.get_by_text("Nguyễn Thị Hoa", exact=True)).to_be_visible()
    expect(page.get_by_text("Giáp Thị Mến")).to_have_count(0)
    page.goto(site.url + "/outbox")
    expect(page.get_by_text("1 mục của người khác dùng máy này")).to_be_visible()
    secrets = ("Mến", men.badge, "SB-20733", "hanh", "Hạnh", SECRET, PIN, "Chuyền 7")
    assert readable(page, *secrets) == []
    session.rollback()
    assert list_check_ins(session, men.id) == []

    site.up()
    page.get_by_role("button", name="Gửi ngay").click()
    expect(page.get_by_text("Không còn việc nào chờ gửi")).to_be_visible()
    session.rollback()
    assert len(list_check_ins(session, men.id)) == 1
    assert readable(page, *secrets) == []


def test_what_a_kept_page_shows_goes_when_nobody_is_at_the_machine(
    visit: Come, site: Site, cast: Cast, clock: SetClock, write: Callable[..., Any]
) -> None:
    group = write(lambda s: gather_line(s, cast.sao_bac.lines["Chuyền 7"], clock.at))
    page = sign_in_officer(visit(LAPTOP))
    page.clock.install()
    page.goto(f"{site.url}/groups/{group}/roll-call")
    row = page.get_by_role("row").filter(has_text="Giáp Thị Mến")
    expect(row).to_be_visible()
    page.clock.fast_forward("10:00")
    expect(row).to_be_visible()
    page.clock.fast_forward("16:00")
    expect(page.get_by_text("Chưa đăng nhập trên máy này")).to_be_visible()
    expect(row).to_have_count(0)


def test_a_first_sign_in_needs_the_park_and_says_so(visit: Come, site: Site, cast: Cast) -> None:
    visitor = visit(LAPTOP)
    page = visitor.open("/sign-in?office=1")
    page.locator("form[data-bound]").wait_for()
    site.down()
    fill_login(page, "hanh", SECRET)
    expect(page.get_by_text("Cần có mạng cho lần đăng nhập đầu")).to_be_visible()
    site.up()
    fill_login(page, "hanh", SECRET)
    page.wait_for_url("**/today")


def test_wrong_tries_without_the_park_are_slowed_down(visit: Come, site: Site, cast: Cast) -> None:
    visitor = visit(LAPTOP)
    page = sign_in_officer(visitor)
    until_kept(page)
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("**/sign-in")
    site.down()
    page.goto(site.url + "/sign-in?office=1")
    for _ in range(5):
        fill_login(page, "hanh", "mua-xuan-ha-noi")
        expect(page.get_by_text("chưa đúng với lần đăng nhập trước")).to_be_visible()
        expect(page.locator("form[aria-busy]")).to_have_count(0)
    fill_login(page, "hanh", SECRET)
    expect(page.get_by_text("Đã thử sai nhiều lần")).to_be_visible()


def test_who_signed_in_without_the_park_goes_on_with_it_by_typing_the_secret_once(
    visit: Come, site: Site, cast: Cast
) -> None:
    visitor = visit(LAPTOP)
    page = sign_in_officer(visitor)
    until_board_kept(page)
    until_kept(page)
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("**/sign-in")
    site.down()
    page.goto(site.url + "/sign-in?office=1")
    fill_login(page, "hanh", SECRET)
    page.wait_for_url("**/today/last-known")
    site.up()
    expect(page.get_by_role("link", name="Mở bảng bây giờ")).to_be_visible()
    page.get_by_role("link", name="Mở bảng bây giờ").click()
    page.wait_for_url("**/sign-in**")
    fill_login(page, "hanh", SECRET)
    page.wait_for_url("**/today")
    expect(page.get_by_role("heading", name="Hôm nay", exact=True)).to_be_visible()


@pytest.mark.parametrize("address", ["/sign-in/offline", "/today/last-known", "/outbox"])
@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_pages_that_open_without_the_park_are_sound(
    visit: Come, cast: Cast, axe: Callable[[Page], list[str]], address: str, size: dict[str, int]
) -> None:
    visitor = visit(size)
    page = sign_in_officer(visitor)
    until_board_kept(page)
    visitor.open(address)
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
