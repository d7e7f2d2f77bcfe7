"""Every page that a role may open: nothing for axe-core, no sideways scroll, no untold words."""

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session

from app.accounts.rules import Role
from app.web.transaction import transact
from tests.conftest import Node
from tests.factories.people import Cast, make_officer, make_park
from tests.journeys.conftest import LAPTOP, PHONE, Site, Visit

Come = Callable[..., Visit]
Axe = Callable[[Page], list[str]]
NOT_PAGES = ("/static", "/api/", "/healthz", "/readyz", "/metrics")
DOWNLOADS = (".xlsx", ".csv", ".pdf", ".yaml", ".xml", "/progress", "/sample", "/live")


def pages_of(node: Node) -> list[str]:
    """Addresses of all pages that need no further word to be opened."""
    rules = [rule for rule in node.app.url_map.iter_rules() if not rule.arguments]
    return sorted(
        rule.rule
        for rule in rules
        if "GET" in (rule.methods or ())
        and not rule.rule.startswith(NOT_PAGES)
        and not rule.rule.endswith(DOWNLOADS)
    )


def complaints(page: Page, axe: Axe) -> list[str]:
    """What is wrong with the page that is open."""
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
    return [*axe(page), *([f"{page.url}: scrolls sideways"] if wide else [])]


def walk(visitor: Visit, paths: list[str], axe: Axe, language: str) -> list[str]:
    """Open each page in a language; what is wrong with those that open."""
    visitor.open(f"/sign-in?lang={language}")
    found: list[str] = []
    for path in paths:
        answer = visitor.page.goto(visitor.site.url + path)
        kind = (answer.headers.get("content-type", "") if answer else "").split(";")[0]
        if answer is not None and answer.status == 200 and kind == "text/html":
            found += complaints(visitor.page, axe)
    return found


@pytest.mark.parametrize(("size", "language"), [(PHONE, "vi"), (LAPTOP, "en")], ids=["vi", "en"])
@pytest.mark.parametrize("login", ["hanh", "lam", "an"])
def test_pages_of_an_office_role_are_sound(
    visit: Come,
    node: Node,
    cast: Cast,
    axe: Axe,
    login: str,
    size: dict[str, int],
    language: str,
) -> None:
    visitor = visit(size)
    visitor.sign_in_officer(login)
    hoa = cast.sao_bac.people["hoa"]
    own = ("", "/health", "/clear", "/record", "/data-request")
    more = [f"/workers/{hoa.id}{part}" for part in own]
    assert walk(visitor, [*pages_of(node), *more], axe, language) == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_of_a_worker_are_sound(visit: Come, cast: Cast, axe: Axe, language: str) -> None:
    visitor = visit(PHONE)
    visitor.sign_in_worker(cast.sao_bac.people["hoa"])
    visitor.open(f"/check-in?lang={language}")
    found: list[str] = []
    for path in ("/check-in", "/inbox", "/my-record"):
        visitor.open(path)
        visitor.page.locator("[aria-busy=true]").first.wait_for(state="detached")
        found += complaints(visitor.page, axe)
    assert found == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_of_the_province_are_sound(
    browser: Browser, province: Node, axe: Axe, language: str
) -> None:
    with province.app.app_context():
        transact(lambda session: make_staff(session, province.clock.at))
    site = Site(province)
    site.up()
    try:
        visitor = Visit(browser.new_context(viewport=LAPTOP).new_page(), site)
        found: list[str] = []
        for login in ("phuc", "an"):
            visitor.page.context.clear_cookies()
            visitor.sign_in_officer(login)
            found += walk(visitor, pages_of(province), axe, language)
        assert found == []
    finally:
        visitor.page.context.close()
        site.down()


def make_staff(session: Session, now: datetime) -> None:
    """The people of a province, and a park that has enrolled and not sent anything yet."""
    root = make_park(session, now, name="Tỉnh Bắc Giang")
    make_officer(session, root.id, Role.PROVINCE_STAFF, "phuc", "Nguyễn Văn Phúc", now)
    make_officer(session, root.id, Role.ADMIN, "an", "Phạm Quốc An", now)


def test_a_page_that_does_not_exist_is_sound(visit: Come, axe: Axe) -> None:
    visitor = visit(PHONE)
    visitor.open("/no-such-page")
    assert complaints(visitor.page, axe) == []
