"""Stories told through a real browser against a real server of this process."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.http import http_date
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from tests.conftest import Node, SetClock
from tests.factories.people import PIN, SECRET, Cast, Person
from tests.ports import free_port

PHONE = {"width": 360, "height": 780}
LAPTOP = {"width": 1366, "height": 768}
PLACES = ("chromium", "chromium-browser", "google-chrome", "chrome")
expect.set_options(timeout=15_000)
# What Chromium says of a park that does not answer.
PARK_AWAY = ("Failed to load resource", "error occurred when fetching the script")
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(params=["sqlite"])
def database(request: pytest.FixtureRequest) -> str:
    """A browser sees no difference between the databases; one is enough."""
    return str(request.param)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where the Chromium of this machine is."""
    found = next((path for name in PLACES if (path := shutil.which(name))), None)
    if found is None:
        sentence = "Chromium is not installed: journeys through the browser do not run"
        if os.environ.get("ANCA_TEST_ALL") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)
    return found


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    """The Chromium of this machine."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=QUIET)
        yield chromium
        chromium.close()


@dataclass(slots=True)
class Site:
    """A node served on a port, that can be taken down and brought back."""

    node: Node
    port: int = field(default_factory=free_port)
    server: BaseWSGIServer | None = None
    serving: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def up(self) -> None:
        """Serve, on the same port as before."""
        clock = self.node.clock

        class Handler(WSGIRequestHandler):
            """Dates answers by the clock of the test: a browser learns the time from them."""

            def date_time_string(self, timestamp: float | None = None) -> str:
                return http_date(clock.now() if timestamp is None else timestamp)

        self.server = make_server(
            "127.0.0.1", self.port, self.node.app, threaded=True, request_handler=Handler
        )
        self.serving = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.serving.start()

    def down(self) -> None:
        """Stop answering, and let go of the port: whoever serves closes it."""
        if self.server is not None and self.serving is not None:
            self.server.shutdown()
            self.serving.join()
            self.server = None


@pytest.fixture
def site(node: Node) -> Iterator[Site]:
    """The park, served."""
    served = Site(node)
    served.up()
    yield served
    served.down()


@dataclass(slots=True)
class Visit:
    """A person with a browser; what the console or the policy complains of is kept."""

    page: Page
    site: Site
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Open a page of the site."""
        self.page.goto(self.site.url + path)
        return self.page

    def sign_in_worker(self, person: Person, company: str = "SAOBAC", pin: str = PIN) -> Page:
        """Sign in by badge, as a worker does on a phone."""
        page = self.open("/sign-in")
        page.locator("[data-module=sign-in][data-bound]").wait_for()
        page.get_by_label("Mã công ty").fill(company)
        page.get_by_label("Mã nhân viên").fill(person.badge)
        page.get_by_label("Mã PIN").fill(pin)
        page.get_by_role("button", name="Đăng nhập").first.click()
        page.wait_for_url("**/check-in")
        return page

    def sign_in_officer(self, login: str) -> Page:
        """Sign in by login, as an officer does."""
        page = self.open("/sign-in?office")
        page.get_by_label("Tên đăng nhập").fill(login)
        page.get_by_label("Mật khẩu").fill(SECRET)
        page.get_by_role("button", name="Đăng nhập").last.click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page


@pytest.fixture
def visit(
    browser: Browser, site: Site, clock: SetClock, cast: Cast
) -> Iterator[Callable[..., Visit]]:
    """A new person comes: `visit(PHONE)`; the story ends without a complaint of any browser."""
    contexts: list[BrowserContext] = []
    visits: list[Visit] = []

    def come(size: dict[str, int] = PHONE, **more: object) -> Visit:
        context = browser.new_context(viewport=size, locale="vi-VN", **more)  # type: ignore[arg-type]
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        visitor = Visit(page, site)
        page.on("console", lambda told: note(visitor, told.type, told.text))
        page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        visits.append(visitor)
        return visitor

    def note(visitor: Visit, kind: str, told: str) -> None:
        if kind == "error" and not any(each in told for each in PARK_AWAY):
            visitor.complaints.append(told)

    yield come
    for context in contexts:
        context.close()
    assert [complaint for each in visits for complaint in each.complaints] == []


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keep a picture of a page by name, where `--pictures` says; nowhere without it."""
    folder = request.config.getoption("--pictures")

    def keep(page: Page, name: str) -> None:
        if folder:
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return keep


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """Check a page against WCAG 2.2 AA and best practice; what is wrong, a line each."""
    source = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")

    def check(page: Page) -> list[str]:
        page.evaluate(source)
        found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{page.url}: {rule['id']}: {node['html'][:120]}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]

    return check
