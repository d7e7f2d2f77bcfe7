"""An officer looks for somebody: the rows change with every letter, and nothing is lost by it."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.factories.people import Cast
from tests.journeys.conftest import LAPTOP, PHONE, Visit


def test_rows_change_while_an_officer_types(visit: Callable[..., Visit], cast: Cast) -> None:
    visitor = visit(LAPTOP)
    visitor.sign_in_officer("hanh")
    page = visitor.open("/workers?sort=badge")
    page.locator("[data-module=live-search][data-bound]").wait_for()
    rows, field = page.locator("tbody tr"), page.get_by_role("searchbox")
    told = page.locator("[data-module=live-search] > [role=status]")
    expect(rows).to_have_count(4)
    expect(told).to_have_text("")
    field.press_sequentially("hoa ngu")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Nguyễn Thị Hoa")
    expect(told).to_have_text("1 người khớp")
    expect(field).to_be_focused()
    expect(field).to_have_value("hoa ngu")
    expect(page).to_have_url(f"{visitor.site.url}/workers?sort=badge&q=hoa+ngu")
    expect(page.get_by_role("link", name="Bỏ lọc")).to_be_visible()
    field.press_sequentially("x")
    expect(page.get_by_text("Không có ai khớp")).to_be_visible()
    expect(told).to_have_text("0 người khớp")
    field.fill("")
    expect(rows).to_have_count(4)
    expect(page).to_have_url(f"{visitor.site.url}/workers?sort=badge")
    expect(page.get_by_role("link", name="Bỏ lọc")).to_have_count(0)
    field.fill("chuyền 7")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Giáp Thị Mến")
    page.reload()
    expect(field).to_have_value("chuyền 7")
    expect(rows).to_have_count(1)
    rows.get_by_role("link", name="Giáp Thị Mến").click()
    page.wait_for_url("**/workers/*")
    page.go_back()
    expect(page).to_have_url(f"{visitor.site.url}/workers?sort=badge&q=chuy%E1%BB%81n+7")


def test_the_last_thing_typed_wins(visit: Callable[..., Visit], cast: Cast) -> None:
    visitor = visit(PHONE)
    visitor.sign_in_officer("hanh")
    page = visitor.open("/workers")
    page.locator("[data-module=live-search][data-bound]").wait_for()
    held = []
    page.route("**/workers?q=hoa", lambda route: held.append(route))
    page.get_by_role("searchbox").fill("hoa")
    expect(page.locator("[data-results]")).to_have_attribute("aria-busy", "true")
    page.get_by_role("searchbox").fill("men")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("Giáp Thị Mến")
    expect(page).to_have_url(f"{visitor.site.url}/workers?q=men")


def test_without_the_server_the_rows_stay(visit: Callable[..., Visit], cast: Cast) -> None:
    visitor = visit(LAPTOP)
    visitor.sign_in_officer("hanh")
    page = visitor.open("/workers")
    page.locator("[data-module=live-search][data-bound]").wait_for()
    visitor.site.down()
    with page.expect_event("requestfailed"):
        page.get_by_role("searchbox").fill("hoa")
    expect(page.locator("[data-results]")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("tbody tr")).to_have_count(4)


def test_the_form_alone_finds_too(visit: Callable[..., Visit], cast: Cast) -> None:
    visitor = visit(LAPTOP)
    visitor.sign_in_officer("hanh")
    page = visitor.page
    page.route("**/live-search.js", lambda route: route.abort())
    visitor.open("/workers")
    page.get_by_role("searchbox").fill("118")
    page.get_by_role("searchbox").press("Enter")
    page.wait_for_url("**/workers?q=118*")
    expect(page.locator("tbody tr")).to_have_count(1)
