"""Pages open without the park: the network is cut, the server is gone, a new version comes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.checkins.queries.answers import list_check_ins
from tests.factories.people import Cast
from tests.journeys.conftest import PHONE, Site, Visit

Come = Callable[..., Visit]
READY = """async () => {
    const registration = await navigator.serviceWorker.ready;
    return Boolean(registration.active && registration.active.state === "activated");
}"""


def until_kept(page: Page) -> None:
    """Wait until this browser has taken every shell."""
    page.wait_for_load_state()
    assert page.evaluate(READY)


def cut(page: Page, site: Site, road: str) -> None:
    if road == "no network":
        page.context.set_offline(True)
    else:
        site.down()


def mend(page: Page, site: Site, road: str) -> None:
    if road == "no network":
        page.context.set_offline(False)
    else:
        site.up()


@pytest.mark.parametrize("road", ["no network", "server down"])
def test_the_check_in_opens_from_nothing_but_the_phone(
    visit: Come, site: Site, cast: Cast, session: Session, road: str
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    visitor = visit(PHONE)
    page = visitor.sign_in_worker(hoa)
    until_kept(page)
    cut(page, site, road)
    page.reload()
    page.get_by_role("button", name="Tôi khoẻ").click()
    expect(page.get_by_role("heading", name="Đã lưu trên máy, chờ gửi")).to_be_visible()
    expect(page.get_by_text("Đang ngoại tuyến")).to_be_visible()
    page.close()
    page = page.context.new_page()
    page.goto(site.url + "/check-in")
    expect(page.get_by_role("heading", name="Đã lưu trên máy, chờ gửi")).to_be_visible()
    mend(page, site, road)
    page.reload()
    expect(page.get_by_role("heading", name="Đã gửi")).to_be_visible()
    session.rollback()
    assert len(list_check_ins(session, hoa.id)) == 1
