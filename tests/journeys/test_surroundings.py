"""The worker's page where the browser lacks something, and a server that dies at a bad moment."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select
from werkzeug.serving import make_server

from app.checkins.models import CheckIn
from app.extensions import db
from app.factory import build_app
from app.kernel.clock import SystemClock
from app.settings import Settings
from app.web.schema import upgrade
from app.web.transaction import transact
from tests.conftest import Node
from tests.durability.park import Server, settings_for
from tests.factories.people import PIN, Cast, Person, make_cast
from tests.journeys.conftest import PHONE, PLACES, QUIET, Site, Visit
from tests.ports import free_port

Come = Callable[..., Visit]
NAME = "hse.kcn.internal"


@pytest.fixture
def plain_browser(browser: Browser) -> Iterator[Browser]:
    """A browser for which a name of the park, without encryption, leads to this machine."""
    found = next(path for name in PLACES if (path := shutil.which(name)))
    rules = [*QUIET, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
    chromium = browser.browser_type.launch(executable_path=found, args=rules)
    yield chromium
    chromium.close()


def sign_in(page: Page, address: str, person: Person) -> None:
    page.goto(address + "/sign-in")
    page.locator("[data-module=sign-in][data-bound]").wait_for()
    page.get_by_label("Mã công ty").fill("SAOBAC")
    page.get_by_label("Mã nhân viên").fill(person.badge)
    page.get_by_label("Mã PIN").fill(PIN)
    page.get_by_role("button", name="Đăng nhập").first.click()
    page.wait_for_url("**/check-in")


def test_without_encryption_an_open_page_keeps_and_sends_and_says_what_is_missing(
    plain_browser: Browser, site: Site, cast: Cast
) -> None:
    page = plain_browser.new_context(viewport=PHONE, locale="vi-VN").new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    sign_in(page, f"http://{NAME}:{site.port}", cast.sao_bac.people["hoa"])
    assert page.evaluate("window.isSecureContext") is False
    notice = page.get_by_text("Địa chỉ này không mã hoá")
    expect(notice).to_be_visible()
    notice.click()
    expect(page.get_by_text("Mất mạng thì không mở lại được trang")).to_be_visible()
    site.down()
    page.get_by_role("button", name="Tôi khoẻ").click()
    expect(page.get_by_role("heading", name="Đã lưu trên máy, chờ gửi")).to_be_visible()
    site.up()
    page.reload()
    expect(page.get_by_role("heading", name="Đã gửi")).to_be_visible()
    assert wrong == []


def test_a_certificate_warning_that_was_clicked_away_is_told(
    browser: Browser, node: Node, cast: Cast
) -> None:
    server = make_server("127.0.0.1", 0, node.app, threaded=True, ssl_context="adhoc")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    context = browser.new_context(viewport=PHONE, ignore_https_errors=True)
    try:
        page = context.new_page()
        page.goto(f"https://localhost:{server.server_port}/check-in")
        notice = page.get_by_text("Máy này chưa tin chứng chỉ của công ty")
        expect(notice).to_be_visible()
    finally:
        context.close()
        server.shutdown()
        server.server_close()


@pytest.fixture
def killable(tmp_path: Path) -> Iterator[tuple[Server, Settings, Cast]]:
    """A park in a process of its own, with the usual people."""
    settings = settings_for(tmp_path, f"sqlite:///{tmp_path / 'anca.db'}")
    app = build_app(settings)
    with app.app_context():
        upgrade(app.extensions["writer"].engine)
        cast = transact(lambda session: make_cast(session, SystemClock().now()))
        db.session.remove()
        db.engine.dispose()
        app.extensions["writer"].stop()
    server = Server(settings)
    yield server, settings, cast
    server.kill()


def test_a_server_killed_between_storing_and_answering_has_the_answer_once(
    browser: Browser, killable: tuple[Server, Settings, Cast]
) -> None:
    server, settings, cast = killable
    port = free_port()
    address = f"http://localhost:{port}"
    context = browser.new_context(viewport=PHONE, locale="vi-VN")
    page = context.new_page()
    server.start(port=port)
    sign_in(page, address, cast.sao_bac.people["hoa"])
    button = page.get_by_role("button", name="Tôi khoẻ")
    expect(button).to_be_visible()
    server.kill()
    button.click()
    expect(page.get_by_role("heading", name="Đã lưu trên máy, chờ gửi")).to_be_visible()
    server.start("committed:1", port)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    server.wait_until_dead()
    assert answers(settings) == 1
    expect(page.get_by_role("heading", name="Đã lưu trên máy, chờ gửi")).to_be_visible()
    server.start(port=port)
    page.reload()
    expect(page.get_by_role("heading", name="Đã gửi")).to_be_visible()
    context.close()
    server.kill()
    assert answers(settings) == 1


def answers(settings: Settings) -> int:
    """How many answers the park has on its disk."""
    app = build_app(settings)
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(CheckIn)) or 0
        db.session.remove()
        db.engine.dispose()
        app.extensions["writer"].stop()
    return found
