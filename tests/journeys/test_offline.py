"""Pages open without the park: the network is cut, the server is gone, a new version comes."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.models import DeviceToken
from app.checkins.queries.answers import list_check_ins
from app.web.assets import Joined
from app.web.shells import OFFLINE, SHELLS, Shell
from tests.conftest import Node, SetClock
from tests.factories.people import Cast
from tests.journeys.conftest import LAPTOP, PHONE, Site, Visit

Come = Callable[..., Visit]
Write = Callable[..., object]
SEED = 20211109
ROUNDS, ROUNDS_LONG = 10, 200
READY = """async () => {
    const registration = await navigator.serviceWorker.ready;
    while (registration.active.state !== "activated")
        await new Promise((done) => setTimeout(done, 50));
    return Boolean(registration.active);
}"""
KEPT = """async () => {
    const found = [];
    for (const name of await caches.keys())
        for (const request of await (await caches.open(name)).keys()) found.push(request.url);
    return found;
}"""


def until_kept(page: Page) -> None:
    """Wait until this browser has taken every shell."""
    page.wait_for_load_state()
    assert page.evaluate(READY)


class Road:
    """The way from a phone to the park, cut in one of several ways."""

    def __init__(self, site: Site, how: str) -> None:
        self.site, self.how = site, how

    def cut(self, page: Page) -> None:
        if self.how == "no network":
            page.context.set_offline(True)
        elif self.how == "server down":
            self.site.down()
        elif self.how == "answers lost":
            self.site.node.app.extensions["lost"] = True

    def mend(self, page: Page) -> None:
        page.context.set_offline(False)
        self.site.node.app.extensions["lost"] = False
        if self.site.server is None:
            self.site.up()


@pytest.fixture
def losing(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """The park can do what it was told and be gone before it answers."""
    answer = node.app.wsgi_app

    def drop(environ: Any, start: Any) -> Any:
        chunks = answer(environ, start)
        lost = node.app.extensions.get("lost") and environ["PATH_INFO"] == "/api/v1/commands"
        if lost:
            b"".join(chunks)
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionResetError
        return chunks

    monkeypatch.setattr(node.app, "wsgi_app", drop)


@pytest.mark.parametrize("how", ["no network", "server down"])
def test_the_check_in_opens_from_nothing_but_the_phone(
    visit: Come, site: Site, cast: Cast, session: Session, how: str
) -> None:
    hoa, road = cast.sao_bac.people["hoa"], Road(site, how)
    page = visit(PHONE).sign_in_worker(hoa)
    until_kept(page)
    road.cut(page)
    page.reload()
    page.get_by_role("button", name="Tôi khoẻ").click()
    expect(page.get_by_role("heading", name="Đã lưu trên máy, chờ gửi")).to_be_visible()
    expect(page.get_by_text("Đang ngoại tuyến")).to_be_visible()
    page.close()
    page = page.context.new_page()
    page.goto(site.url + "/check-in")
    expect(page.get_by_role("heading", name="Đã lưu trên máy, chờ gửi")).to_be_visible()
    road.mend(page)
    page.reload()
    expect(page.get_by_role("heading", name="Đã gửi")).to_be_visible()
    session.rollback()
    (kept,) = list_check_ins(session, hoa.id)
    assert kept.made_at
    assert kept.received_at


def test_answers_given_under_random_cuts_arrive_each_once(
    visit: Come,
    site: Site,
    cast: Cast,
    clock: SetClock,
    session: Session,
    losing: None,
    long_run: bool,
) -> None:
    hoa, chance = cast.sao_bac.people["hoa"], Random(SEED)
    page = visit(PHONE).sign_in_worker(hoa)
    until_kept(page)
    rounds = ROUNDS_LONG if long_run else ROUNDS
    for turn in range(rounds):
        road = Road(site, chance.choice(["open", "no network", "server down", "answers lost"]))
        road.cut(page)
        if chance.random() < 0.5:
            page.reload()
        if turn:
            page.get_by_role("button", name="Báo thay đổi sức khoẻ").click()
        page.get_by_role("button", name="Tôi khoẻ").click()
        told = "Đã gửi|Đã lưu trên máy" if road.how == "open" else "Đã lưu trên máy"
        expect(page.get_by_role("heading", name=re.compile(told))).to_be_visible()
        if chance.random() < 0.3:
            page.close()
            page = page.context.new_page()
            page.goto(site.url + "/check-in")
        road.mend(page)
        clock.move(seconds=20)
        page.reload()
        expect(page.get_by_role("heading", name="Đã gửi")).to_be_visible()
    session.rollback()
    found = list_check_ins(session, hoa.id, most=rounds + 1)
    assert sorted(each.version for each in found) == list(range(1, rounds + 1))


def test_a_page_of_the_park_gives_way_to_what_opens_here(
    visit: Come, site: Site, cast: Cast
) -> None:
    visitor = visit(PHONE)
    page = visitor.sign_in_worker(cast.sao_bac.people["hoa"])
    until_kept(page)
    site.down()
    page.goto(site.url + "/my-account")
    expect(page.get_by_role("heading", name="Ngoại tuyến")).to_be_visible()
    page.get_by_role("link", name="Hộp thư").first.click()
    expect(page.get_by_role("heading", name="Hộp thư")).to_be_visible()
    site.up()
    page.goto(site.url + "/my-account")
    expect(page.get_by_role("heading", name="Ngoại tuyến")).to_have_count(0)


def test_an_officers_laptop_says_that_the_park_is_not_reached(
    visit: Come, site: Site, cast: Cast
) -> None:
    page = visit(LAPTOP).sign_in_officer("hanh")
    until_kept(page)
    site.down()
    page.goto(site.url + "/workers")
    expect(page.get_by_role("heading", name="Ngoại tuyến")).to_be_visible()
    site.up()
    page.get_by_role("button", name="Thử lại").click()
    expect(page.get_by_role("heading", name="Người lao động").first).to_be_visible()


def test_a_phone_keeps_the_language_it_was_read_in(visit: Come, site: Site, cast: Cast) -> None:
    page = visit(PHONE).sign_in_worker(cast.sao_bac.people["hoa"])
    until_kept(page)
    page.get_by_role("link", name="English").click()
    expect(page.locator("html[lang=en]")).to_have_count(1)
    site.down()
    page.goto(site.url + "/inbox")
    expect(page.locator("html[lang=en]")).to_have_count(1)
    page.goto(site.url + "/check-in?lang=vi")
    expect(page.get_by_role("heading", name="Chào bạn Hoa")).to_be_visible()
    page.goto(site.url + "/no-such-page")
    expect(page.get_by_role("heading", name="Ngoại tuyến")).to_be_visible()


def test_messages_and_own_record_open_with_their_time(visit: Come, site: Site, cast: Cast) -> None:
    page = visit(PHONE).sign_in_worker(cast.sao_bac.people["hoa"])
    until_kept(page)
    for path, heading in (("/inbox", "Hộp thư"), ("/my-record", "Hồ sơ của tôi")):
        page.goto(site.url + path)
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
    site.down()
    page.goto(site.url + "/inbox")
    expect(page.get_by_text(re.compile("Đây là thư đến [0-9/]+ · [0-9:]+"))).to_be_visible()
    page.goto(site.url + "/my-record")
    expect(page.get_by_text(re.compile("Đây là hồ sơ đến [0-9/]+ · [0-9:]+"))).to_be_visible()
    expect(page.get_by_role("heading", name="Máy đã đăng nhập")).to_be_visible()


def test_no_page_of_a_person_is_ever_kept(visit: Come, site: Site, cast: Cast) -> None:
    page = visit(LAPTOP).sign_in_officer("hanh")
    until_kept(page)
    for path in ("/today", "/workers", "/my-account", "/no-such-page", "/sign-in?next=/today"):
        page.goto(site.url + path)
    paths = {url.removeprefix(site.url).partition("?")[0] for url in page.evaluate(KEPT)}
    shells = {each.address for each in (*SHELLS, OFFLINE) if each.everywhere}
    assert shells <= paths
    pages = {path for path in paths if not path.startswith(("/static/", "/joined/"))}
    assert pages <= shells | {"/language"}


@pytest.fixture
def other_shells(node: Node, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A park with a page that stands in for another, and one with a heavy file."""
    heavy = Shell("/check-in", also=("icons/app-512.png",))
    monkeypatch.setattr("app.web.kept.SHELLS", (heavy, Shell("/inbox", instead_of="/today")))
    node.app.extensions.pop("service_worker", None)
    yield
    node.app.extensions.pop("service_worker", None)


def test_a_page_of_the_office_gives_way_to_the_one_that_stands_in_for_it(
    other_shells: None, visit: Come, site: Site, cast: Cast
) -> None:
    page = visit(LAPTOP).sign_in_officer("hanh")
    until_kept(page)
    page.goto(site.url + "/today")
    expect(page.get_by_role("heading", name="Hôm nay")).to_be_visible()
    site.down()
    page.reload()
    expect(page.get_by_role("heading", name="Hộp thư").or_(signed_out(page))).to_be_visible()
    page.goto(site.url + "/workers")
    expect(page.get_by_role("heading", name="Ngoại tuyến")).to_be_visible()


def signed_out(page: Page) -> Any:
    return page.get_by_role("heading", name="Bạn chưa đăng nhập trên máy này")


def test_a_heavy_file_is_kept_once_its_page_was_opened(
    other_shells: None, visit: Come, site: Site
) -> None:
    heavy = site.url + "/static/icons/app-512.png"
    page = visit(PHONE).open("/inbox")
    until_kept(page)
    assert heavy not in page.evaluate(KEPT)
    page.goto(site.url + "/check-in")
    until_among_the_kept(page, heavy)
    first_time_there = visit(PHONE).open("/check-in")
    until_kept(first_time_there)
    until_among_the_kept(first_time_there, heavy)


def until_among_the_kept(page: Page, address: str) -> None:
    while address not in page.evaluate(KEPT):
        page.wait_for_timeout(50)


# ---- a new version


@contextmanager
def new_version(site: Site) -> Iterator[None]:
    """The park's program was changed: a style sheet has other bytes."""
    app = site.node.app
    made = app.extensions["assets"].made
    old = made["worker.css"]
    made["worker.css"] = Joined(old.body + b"\n/* newer */", "f00dfeedf00dfeed")
    app.extensions.pop("service_worker", None)
    try:
        yield
    finally:
        made["worker.css"] = old
        app.extensions.pop("service_worker", None)


def look_for_update(page: Page) -> None:
    page.evaluate("async () => void (await (await navigator.serviceWorker.ready).update())")


def newer(page: Page) -> Any:
    return page.locator('link[href*="f00dfeedf00dfeed"]')


def test_a_new_version_waits_for_a_half_filled_form_and_for_a_person(
    visit: Come, site: Site, cast: Cast
) -> None:
    page = visit(PHONE).sign_in_worker(cast.sao_bac.people["hoa"])
    until_kept(page)
    page.reload()
    page.get_by_text("Tôi có triệu chứng hoặc tiếp xúc").click()
    page.get_by_label("Nhiệt độ, nếu đã đo").fill("36,6")
    prompt = page.get_by_role("button", name="Dùng ngay")
    with new_version(site):
        look_for_update(page)
        page.evaluate(
            """async () => {
                const registration = await navigator.serviceWorker.ready;
                while (!registration.waiting) await new Promise((done) => setTimeout(done, 50));
            }"""
        )
        expect(prompt).to_be_hidden()
        other = page.context.new_page()
        other.goto(site.url + "/inbox")
        other.get_by_role("button", name="Dùng ngay").click()
        expect(other.get_by_text("Một trang khác đang mở còn điền dở")).to_be_visible()
        expect(newer(other)).to_have_count(0)
        page.get_by_label("Nhiệt độ, nếu đã đo").fill("")
        expect(prompt).to_be_visible()
        prompt.click()
        expect(newer(page)).to_have_count(1)
        expect(page.get_by_role("heading", name="Chào bạn Hoa")).to_be_visible()


def test_an_old_page_still_hands_in_to_a_newer_park(
    visit: Come, site: Site, cast: Cast, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    page = visit(PHONE).sign_in_worker(hoa)
    until_kept(page)
    with new_version(site):
        look_for_update(page)
        page.get_by_role("button", name="Để sau").click()
        page.reload()
        expect(newer(page)).to_have_count(0)
        page.get_by_role("button", name="Tôi khoẻ").click()
        expect(page.get_by_role("heading", name="Đã gửi")).to_be_visible()
    session.rollback()
    assert len(list_check_ins(session, hoa.id)) == 1


# ---- nothing kept is lost


def test_a_tab_that_dies_between_keeping_and_sending_loses_nothing(
    visit: Come, site: Site, cast: Cast, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    page = visit(PHONE).sign_in_worker(hoa)
    button = page.get_by_role("button", name="Tôi khoẻ")
    expect(button).to_be_visible()
    page.evaluate("void (window.fetch = () => new Promise(() => {}))")
    button.click()
    expect(page.get_by_role("heading", name="Đã lưu trên máy, đang gửi")).to_be_visible()
    session.rollback()
    assert list_check_ins(session, hoa.id) == []
    again = page.context.new_page()
    page.close()
    again.goto(site.url + "/check-in")
    expect(again.get_by_role("heading", name="Đã gửi")).to_be_visible()
    session.rollback()
    assert len(list_check_ins(session, hoa.id)) == 1


def test_two_tabs_empty_one_outbox_without_sending_twice(
    visit: Come, site: Site, cast: Cast, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    visitor = visit(PHONE)
    first = visitor.sign_in_worker(hoa)
    until_kept(first)
    second = first.context.new_page()
    second.goto(site.url + "/check-in")
    sent: list[str] = []
    for page in (first, second):
        page.on("request", lambda told: note_sent(sent, told.url, told.post_data))
    site.down()
    first.get_by_role("button", name="Tôi khoẻ").click()
    for _ in range(2):
        first.get_by_role("button", name="Báo thay đổi sức khoẻ").click()
        first.get_by_role("button", name="Tôi khoẻ").click()
    expect(second.get_by_role("heading", name="Đã lưu trên máy, chờ gửi")).to_be_visible()
    sent.clear()
    site.up()
    for page in (first, second):
        page.evaluate("window.dispatchEvent(new Event('online'))")
    for page in (first, second):
        expect(page.get_by_role("heading", name="Đã gửi")).to_be_visible()
    session.rollback()
    assert len(list_check_ins(session, hoa.id)) == 3


def note_sent(sent: list[str], url: str, body: str | None) -> None:
    if url.endswith("/api/v1/commands"):
        sent.append(body or "")


def test_an_expired_token_still_hands_in_and_is_renewed(
    visit: Come, site: Site, cast: Cast, clock: SetClock, session: Session, write: Write
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    page = visit(PHONE).sign_in_worker(hoa)
    expect(page.get_by_role("heading", name="Chào bạn Hoa")).to_be_visible()
    site.down()
    page.get_by_role("button", name="Tôi khoẻ").click()
    expect(page.get_by_role("heading", name="Đã lưu trên máy, chờ gửi")).to_be_visible()
    past = clock.at - timedelta(days=1)
    write(lambda s: s.execute(update(DeviceToken).values(expires_at=past)).close())
    site.up()
    page.reload()
    expect(page.get_by_role("heading", name="Đã gửi")).to_be_visible()
    session.rollback()
    assert len(list_check_ins(session, hoa.id)) == 1
    page.goto(site.url + "/inbox")
    expect(page.get_by_text("Không có thư mới")).to_be_visible()


def test_the_browser_sends_by_itself_after_the_page_is_closed(
    visit: Come, site: Site, cast: Cast, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    page = visit(PHONE).sign_in_worker(hoa)
    until_kept(page)
    site.down()
    page.get_by_role("button", name="Tôi khoẻ").click()
    expect(page.get_by_role("heading", name="Đã lưu trên máy, chờ gửi")).to_be_visible()
    page.goto(site.url + "/static/icons/mark.svg")
    site.up()
    browser_side = page.context.new_cdp_session(page)
    found: list[str] = []

    def note(told: dict[str, Any]) -> None:
        found.extend(each["registrationId"] for each in told["registrations"])

    browser_side.on("ServiceWorker.workerRegistrationUpdated", note)
    browser_side.send("ServiceWorker.enable")
    while not found:
        page.wait_for_timeout(50)
    browser_side.send(
        "ServiceWorker.dispatchSyncEvent",
        {
            "origin": site.url,
            "registrationId": found[0],
            "tag": "an-ca-outbox",
            "lastChance": False,
        },
    )
    for _ in range(100):
        session.rollback()
        if list_check_ins(session, hoa.id):
            break
        page.wait_for_timeout(100)
    assert len(list_check_ins(session, hoa.id)) == 1


# ---- clocks, room, browsers


@pytest.mark.parametrize(
    "shown", [datetime(1970, 1, 1, 3, tzinfo=UTC), datetime(2026, 11, 26, 1, tzinfo=UTC)]
)
def test_a_phone_with_a_wrong_clock_answers_for_the_right_shift(
    visit: Come, site: Site, cast: Cast, session: Session, shown: datetime
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    visitor = visit(PHONE)
    visitor.page.clock.set_fixed_time(shown)
    page = visitor.sign_in_worker(hoa)
    expect(page.get_by_text("Ca 1 hôm nay")).to_be_visible()
    until_kept(page)
    site.down()
    page.reload()
    expect(page.get_by_text("Ca 1 hôm nay")).to_be_visible()
    page.get_by_role("button", name="Tôi khoẻ").click()
    expect(page.get_by_role("heading", name="Đã lưu trên máy, chờ gửi")).to_be_visible()
    site.up()
    page.reload()
    expect(page.get_by_role("heading", name="Đã gửi")).to_be_visible()
    session.rollback()
    (found,) = list_check_ins(session, hoa.id)
    assert str(found.shift_on) == "2026-11-24"


def test_a_clock_that_falls_back_while_the_park_is_away_does_not_change_the_shift(
    visit: Come, site: Site, cast: Cast
) -> None:
    page = visit(PHONE).sign_in_worker(cast.sao_bac.people["hoa"])
    until_kept(page)
    site.down()
    page.clock.set_fixed_time(datetime(1970, 1, 1, 3, tzinfo=UTC))
    page.reload()
    expect(page.get_by_text("Ca 1 hôm nay")).to_be_visible()


FULL = """() => {
    const full = () => { throw new DOMException("no room", "QuotaExceededError"); };
    IDBObjectStore.prototype.add = full;
}"""


def test_a_full_phone_is_told_and_nothing_is_said_to_be_saved(
    visit: Come, cast: Cast, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    page = visit(PHONE).sign_in_worker(hoa)
    button = page.get_by_role("button", name="Tôi khoẻ")
    expect(button).to_be_visible()
    page.evaluate(FULL)
    button.click()
    expect(page.get_by_role("alert").filter(has_text="máy đã hết chỗ")).to_be_visible()
    expect(page.get_by_role("heading", name="Đã lưu")).to_have_count(0)
    expect(button).to_be_visible()


def test_data_that_the_browser_has_cleared_is_missed_and_told_once(
    visit: Come, site: Site, cast: Cast
) -> None:
    page = visit(PHONE).sign_in_worker(cast.sao_bac.people["hoa"])
    until_kept(page)
    site.down()
    page.get_by_role("button", name="Tôi khoẻ").click()
    expect(page.get_by_role("heading", name="Đã lưu trên máy, chờ gửi")).to_be_visible()
    while page.evaluate("localStorage.getItem('an-ca-kept')") != "1":
        page.wait_for_timeout(50)
    page.goto("about:blank")
    cleaner = page.context.new_cdp_session(page)
    cleaner.send("Storage.clearDataForOrigin", {"origin": site.url, "storageTypes": "indexeddb"})
    page.goto(site.url + "/check-in")
    told = page.get_by_role("alert").filter(has_text="Có thể mất 1 việc chưa gửi")
    expect(told).to_be_visible()
    told.get_by_role("button", name="Đã hiểu").click()
    expect(told).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", name="Bạn chưa đăng nhập trên máy này")).to_be_visible()
    expect(told).to_have_count(0)


def test_a_browser_inside_an_app_is_sent_to_a_real_one(visit: Come, site: Site) -> None:
    visitor = visit(PHONE, user_agent="Mozilla/5.0 (Linux; Android 11) Chrome/95.0 Zalo android/1")
    page = visitor.open("/sign-in")
    expect(page.get_by_text("Bạn đang mở trang trong Zalo")).to_be_visible()
    expect(page.get_by_label("Chép địa chỉ này")).to_have_value(site.url + "/sign-in")


def test_an_iphone_is_shown_the_home_screen_once(visit: Come, site: Site, cast: Cast) -> None:
    agent = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 15_1 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/15.1 Mobile/15E148 Safari/604.1"
    )
    visitor = visit(PHONE, user_agent=agent)
    visitor.page.add_init_script("Object.defineProperty(navigator, 'standalone', {value: false})")
    page = visitor.sign_in_worker(cast.sao_bac.people["hoa"])
    hint = page.get_by_text("Đưa trang này ra màn hình chính")
    hint.click()
    expect(page.get_by_text("Thêm vào MH chính")).to_be_visible()
    page.get_by_role("button", name="Đã hiểu").click()
    page.reload()
    expect(page.get_by_role("heading", name="Chào bạn Hoa")).to_be_visible()
    expect(hint).to_have_count(0)
