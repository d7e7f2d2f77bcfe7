"""An open board: it shows what happens without being loaded again, and what is done from it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from playwright.sync_api import Page, expect

from app.checkins.actions.answers import record_check_in
from app.checkins.rules.requests import CheckInRequest
from app.delivery.models import Delivery
from app.kernel.actors import Actor
from app.workforce.rules.shifts import ShiftCode
from tests.conftest import Node, SetClock
from tests.factories.people import Cast, Person
from tests.journeys.conftest import LAPTOP, PHONE, Site, Visit

Come = Callable[..., Visit]
Write = Callable[[Callable[[Any], Any]], Any]
WELL = {"symptoms": [], "temperature_c": None, "exposures": {}}
FEVER = {"symptoms": ["cough"], "temperature_c": 38.4, "exposures": {}}


def answers(node: Node, write: Write, person: Person, told: dict[str, Any]) -> None:
    """Somebody checks in for today's first shift."""
    now = node.clock.at
    request = CheckInRequest(person.id, date(2026, 11, 24), ShiftCode.CA1, told, now)
    actor = Actor(person.id, person.name, worker_id=person.id)
    app_settings = node.app.config["SETTINGS"]
    write(lambda s: record_check_in(s, request, settings=app_settings, actor=actor, now=now))


def open_board(visit: Come, size: dict[str, int] = LAPTOP) -> Page:
    visitor = visit(size)
    visitor.sign_in_officer("hanh")
    page = visitor.open("/today?shift=ca1")
    page.locator('[data-module="live-board"][data-bound]').wait_for()
    page.evaluate("() => { window.neverLoadedAgain = true; }")
    return page


def test_an_open_board_shows_a_check_in_without_being_loaded_again(
    visit: Come, cast: Cast, node: Node, write: Write
) -> None:
    page = open_board(visit)
    expect(page.get_by_text("0 / 4 người đi làm")).to_be_visible()
    page.get_by_role("link", name="Vắng", exact=False).first.focus()
    held = page.evaluate("() => document.activeElement.getAttribute('href')")
    answers(node, write, cast.sao_bac.people["anh"], WELL)
    expect(page.get_by_text("1 / 4 người đi làm")).to_be_visible()
    assert page.evaluate("() => document.activeElement.getAttribute('href')") == held
    answers(node, write, cast.sao_bac.people["hoa"], FEVER)
    expect(page.get_by_role("link", name="Nguyễn Thị Hoa")).to_be_visible()
    said = page.locator("p[data-say]")
    expect(said).to_have_text("Nguy cơ 1, Theo dõi 0")
    assert said.get_attribute("role") == "status"
    assert page.evaluate("() => window.neverLoadedAgain") is True


def test_a_form_that_is_open_stays_while_the_figures_go_on(
    visit: Come, cast: Cast, node: Node, write: Write
) -> None:
    page = open_board(visit)
    page.get_by_text("Viết ghi chú cho ca sau").click()
    page.get_by_label("Ca sau cần biết gì").fill("Gọi lại chị Ánh")
    answers(node, write, cast.sao_bac.people["hoa"], FEVER)
    expect(page.get_by_text("1 / 4 người đi làm")).to_be_visible()
    expect(page.get_by_label("Ca sau cần biết gì")).to_have_value("Gọi lại chị Ánh")
    page.get_by_role("button", name="Để lại ghi chú").click()
    expect(page.get_by_role("heading", name="Ca trước để lại")).to_be_visible()
    page.get_by_role("button", name="Đã nhận").click()
    expect(page.get_by_role("heading", name="Ca trước để lại")).to_have_count(0)
    page.get_by_role("link", name="Đã ghi").click()
    expect(page.get_by_text("Gọi lại chị Ánh")).to_be_visible()


def test_a_board_that_has_lost_the_park_says_so_and_finds_it_again(
    visit: Come, site: Site, cast: Cast, node: Node, write: Write
) -> None:
    page = open_board(visit)
    lost = page.locator("[data-stale]")
    expect(lost).to_be_hidden()
    site.down()
    expect(lost).to_be_visible()
    answers(node, write, cast.sao_bac.people["hoa"], WELL)
    site.up()
    expect(page.get_by_text("1 / 4 người đi làm")).to_be_visible()
    expect(lost).to_be_hidden()


def test_one_press_reminds_those_who_are_silent_and_one_takes_it_back(
    visit: Come, cast: Cast, session: Any, clock: SetClock
) -> None:
    page = open_board(visit, PHONE)
    page.get_by_role("button", name="Nhắc ngay 4 người").click()
    expect(page.get_by_text("Sẽ nhắc 4 người")).to_be_visible()
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.get_by_text("Không ai được nhắc")).to_be_visible()
    session.rollback()
    assert session.query(Delivery).count() == 0
    page.get_by_role("link", name="Gọi điện").click()
    expect(page.get_by_role("heading", name="Nhắc và gọi")).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_board_and_its_lists_are_accessible(
    visit: Come, cast: Cast, node: Node, write: Write, axe: Callable[[Page], list[str]]
) -> None:
    answers(node, write, cast.sao_bac.people["hoa"], FEVER)
    page = open_board(visit)
    found = axe(page)
    for address in ("/today/calls", "/today/calls?list=unreachable", "/today/notes"):
        page.goto(page.url.split("/today")[0] + address)
        found += axe(page)
    assert found == []
