"""The kiosk: cards are scanned, one touch each, the park may be away; nothing of anybody stays."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.checkins.models import CheckIn
from app.checkins.queries.answers import list_check_ins
from app.gate.actions.kiosk import add_kiosk, new_code
from app.gate.models import KioskReturn
from tests.conftest import SetClock
from tests.factories.kiosk import LEAVE_PIN, LOCK, make_cards_for, print_cards
from tests.factories.people import PIN, STORY, Cast, Person, make_worker
from tests.journeys.conftest import LAPTOP, PHONE, Site, Visit

Come = Callable[..., Visit]
Write = Callable[[Callable[[Session], Any]], Any]
Axe = Callable[[Page], list[str]]
ADDRESS = "https://anca.example/c#"
TALL = {"width": 1080, "height": 1920}

# Everything that stays in this browser, as text: databases, storage, caches, the page and its tree.
LEFT_BEHIND = """async () => {
    const told = [];
    for (const { name, version } of await indexedDB.databases()) {
        const database = await new Promise((done, failed) => {
            const asked = indexedDB.open(name, version);
            asked.onsuccess = () => done(asked.result);
            asked.onerror = failed;
        });
        for (const store of database.objectStoreNames) {
            const all = await new Promise((done) => {
                const asked = database.transaction(store).objectStore(store).getAll();
                asked.onsuccess = () => done(asked.result);
            });
            told.push(JSON.stringify(all));
        }
        database.close();
    }
    for (const name of await caches.keys()) {
        for (const request of await (await caches.open(name)).keys()) told.push(request.url);
    }
    const fields = document.querySelectorAll("input, select, textarea");
    told.push(...Array.from(fields, (one) => one.value));
    told.push(JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }));
    told.push(document.documentElement.outerHTML, location.href, document.title);
    told.push(JSON.stringify(history.state), document.cookie);
    return told.join("\\n");
}"""


@dataclass(slots=True)
class AtKiosk:
    """A browser that is set up as a kiosk."""

    page: Page
    site: Site

    def scan(self, secret: str, delay: float = 0, end: str = "Enter") -> None:
        """What a scanner types."""
        self.page.keyboard.type(ADDRESS + secret, delay=delay)
        if end:
            self.page.keyboard.press(end)

    def well(self) -> None:
        """One touch, and the screen is for the next."""
        self.page.get_by_role("button", name="Tôi khoẻ").click()
        expect(self.page.get_by_role("heading", name="Mời quét thẻ")).to_be_visible()

    def left_behind(self) -> str:
        """All that could be read in this browser now."""
        return str(self.page.evaluate(LEFT_BEHIND))

    def waiting(self, count: int) -> None:
        expect(self.page.get_by_text(f"{count} khai báo chờ gửi")).to_be_visible()

    def until_sent(self) -> None:
        expect(self.page.get_by_text("Đã gửi hết")).to_be_visible(timeout=90_000)


@pytest.fixture
def at_kiosk(
    visit: Come, site: Site, cast: Cast, clock: SetClock, write: Write
) -> Callable[..., AtKiosk]:
    """Set a browser up as the company's kiosk and begin."""

    def come(size: dict[str, int] = LAPTOP, **more: Any) -> AtKiosk:
        code = new_code()
        write(
            lambda s: add_kiosk(
                s,
                cast.sao_bac.id,
                "Cổng số 2",
                "bàn y tế cạnh nhà xe",
                code,
                LOCK,
                actor=STORY,
                now=clock.at,
            )
        )
        page = visit(size, **more).open("/kiosk")
        page.get_by_label("Mã cài đặt").fill(code)
        page.get_by_role("button", name="Cài đặt máy này").click()
        page.get_by_role("button", name="Bắt đầu").click()
        expect(page.get_by_role("heading", name="Mời quét thẻ")).to_be_visible()
        page.locator("[data-module=kiosk][data-reader=ready]").wait_for()
        return AtKiosk(page, site)

    return come


@pytest.fixture
def cards(cast: Cast, clock: SetClock, write: Write) -> dict[str, str]:
    """Secrets of everybody's cards, by given name."""
    made: dict[str, str] = write(lambda s: make_cards_for(s, cast.sao_bac, clock.at))
    return made


def answers_of(session: Session, person: Person) -> list[tuple[str, str]]:
    session.rollback()
    return [(each.level, each.source) for each in list_check_ins(session, person.id)]


def test_a_card_and_one_touch_and_the_next_person(
    at_kiosk: Callable[..., AtKiosk], cast: Cast, cards: dict[str, str], session: Session
) -> None:
    kiosk = at_kiosk()
    for name in ("hoa", "anh"):
        kiosk.scan(cards[name])
        kiosk.well()
    kiosk.until_sent()
    for name in ("hoa", "anh"):
        assert answers_of(session, cast.sao_bac.people[name]) == [("green", "kiosk")]


def test_forty_people_in_a_row_without_the_park_arrive_once_each_with_their_times(
    at_kiosk: Callable[..., AtKiosk],
    cast: Cast,
    clock: SetClock,
    session: Session,
    write: Write,
) -> None:
    def hire(s: Session) -> list[Person]:
        line = s.get_one(Branch, cast.sao_bac.lines["Chuyền 7"])
        return [
            make_worker(s, line, f"SB-30{n:03}", f"Trần Thị Số {n}", clock.at, agreed=False)
            for n in range(40)
        ]

    people = write(hire)
    secrets = write(lambda s: print_cards(s, cast.sao_bac, people, clock.at))
    kiosk = at_kiosk()
    kiosk.page.context.set_offline(True)
    began = kiosk.page.evaluate("Date.now()")
    for secret in secrets:
        kiosk.scan(secret)
        kiosk.well()
    took = kiosk.page.evaluate("Date.now()") - began
    kiosk.waiting(40)
    left = kiosk.left_behind()
    assert not [s for s in secrets if s in left]
    assert [answers_of(session, person) for person in people] == [[]] * 40
    kiosk.page.context.set_offline(False)
    kiosk.until_sent()
    assert [answers_of(session, person) for person in people] == [[("green", "kiosk")]] * 40
    session.rollback()
    made = [list_check_ins(session, person.id)[0].made_at for person in people]
    assert made == sorted(made)
    assert len(set(made)) == 40
    last = datetime.fromtimestamp((began + took) / 1000, tz=clock.at.tzinfo)
    assert datetime.fromtimestamp(began / 1000, tz=clock.at.tzinfo) <= made[0] <= made[-1] <= last
    print(f"40 people in {took / 1000:.1f} s")  # noqa: T201


def test_nothing_of_a_person_is_readable_on_the_machine_after_any_of_the_ways_out(
    at_kiosk: Callable[..., AtKiosk], cast: Cast, cards: dict[str, str]
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    kiosk = at_kiosk()
    page = kiosk.page
    page.context.set_offline(True)

    def nothing_of(secret: str) -> None:
        left = kiosk.left_behind()
        words = (secret, hoa.badge, hoa.name, PIN, "chóng mặt", "38,4", "38.4")
        assert not [word for word in words if word in left]
        assert "checked" not in page.locator("#main").inner_html()

    kiosk.scan(cards["hoa"])
    kiosk.well()
    nothing_of(cards["hoa"])

    kiosk.scan(cards["hoa"])
    page.get_by_text("Có triệu chứng hoặc tiếp xúc").click()
    page.get_by_role("checkbox", name="Sốt").check()
    page.get_by_role("checkbox", name="khác").check()
    page.locator("[data-note]").fill("chóng mặt")
    page.get_by_label("Nhiệt độ").fill("38,4")
    page.get_by_role("button", name="Các câu còn lại đều Không").click()
    page.get_by_role("button", name="Gửi khai báo").click()
    expect(page.get_by_text("bàn y tế cạnh nhà xe")).to_be_visible()
    nothing_of(cards["hoa"])
    page.get_by_role("button", name="Xong").click()
    expect(page.get_by_role("heading", name="Mời quét thẻ")).to_be_visible()

    page.get_by_role("button", name="Không có thẻ").click()
    page.get_by_label("Mã nhân viên").fill(hoa.badge)
    page.get_by_label("Mã PIN", exact=True).focus()
    for digit in PIN:
        page.get_by_role("button", name=digit, exact=True).click()
    page.get_by_role("button", name="Tiếp tục").click()
    kiosk.well()
    nothing_of(cards["hoa"])

    kiosk.scan(cards["hoa"])
    page.get_by_role("button", name="Huỷ").click()
    expect(page.get_by_role("heading", name="Mời quét thẻ")).to_be_visible()
    nothing_of(cards["hoa"])
    kiosk.waiting(3)
    page.go_back()
    page.go_forward()
    nothing_of(cards["hoa"])


def test_a_kiosk_opens_anew_without_the_park_and_still_holds_what_it_took(
    at_kiosk: Callable[..., AtKiosk], cast: Cast, cards: dict[str, str], session: Session
) -> None:
    kiosk = at_kiosk()
    page = kiosk.page
    page.wait_for_load_state()
    assert page.evaluate("navigator.serviceWorker.ready.then((found) => Boolean(found.active))")
    kiosk.site.down()
    kiosk.scan(cards["hoa"])
    kiosk.well()
    page.reload()
    page.get_by_role("button", name="Bắt đầu").click()
    kiosk.waiting(1)
    kiosk.scan(cards["anh"])
    kiosk.well()
    kiosk.waiting(2)
    kiosk.site.up()
    page.reload()
    page.get_by_role("button", name="Bắt đầu").click()
    kiosk.until_sent()
    for name in ("hoa", "anh"):
        assert len(answers_of(session, cast.sao_bac.people[name])) == 1


def test_signs_are_told_aside_and_the_officer_sees_them_at_once(
    at_kiosk: Callable[..., AtKiosk],
    visit: Come,
    cast: Cast,
    cards: dict[str, str],
    session: Session,
) -> None:
    kiosk = at_kiosk(TALL)
    page = kiosk.page
    kiosk.scan(cards["hoa"])
    page.get_by_text("Có triệu chứng hoặc tiếp xúc").click()
    kiosk.scan(cards["anh"])
    expect(page.get_by_text("Đang có người khai")).to_be_visible()
    page.get_by_role("checkbox", name="Sốt").check()
    page.get_by_role("button", name="Gửi khai báo").click()
    expect(page.get_by_text("Chọn Không hoặc Có").first).to_be_visible()
    page.get_by_role("button", name="Các câu còn lại đều Không").click()
    page.get_by_role("button", name="Gửi khai báo").click()
    expect(page.get_by_text("Mời bạn ra bàn y tế cạnh nhà xe")).to_be_visible()
    assert "Nguy cơ" not in page.locator("#main").inner_text()
    kiosk.until_sent()
    assert answers_of(session, cast.sao_bac.people["hoa"]) == [("red", "kiosk")]
    assert answers_of(session, cast.sao_bac.people["anh"]) == []
    board = visit(LAPTOP).sign_in_officer("hanh")
    expect(board.get_by_role("row").filter(has_text="Nguyễn Thị Hoa")).to_contain_text("Nguy cơ")


def test_a_wrong_pin_is_said_while_the_person_is_there_and_shown_to_the_officer(
    at_kiosk: Callable[..., AtKiosk], visit: Come, cast: Cast, session: Session
) -> None:
    kiosk = at_kiosk(PHONE)
    page = kiosk.page
    page.get_by_role("button", name="Không có thẻ").click()
    page.get_by_role("button", name="Tiếp tục").click()
    expect(page.get_by_text("Cần đủ mã nhân viên và mã PIN")).to_be_visible()
    page.get_by_label("Mã nhân viên").fill("SB-20417")
    page.get_by_label("Mã PIN", exact=True).fill("111222")
    page.get_by_role("button", name="Tiếp tục").click()
    page.get_by_role("button", name="Tôi khoẻ").click()
    expect(page.get_by_text("1 bị trả lại")).to_be_visible()
    session.rollback()
    assert [row.badge for row in session.query(KioskReturn)] == ["SB-20417"]
    assert session.query(CheckIn).count() == 0
    board = visit(LAPTOP).sign_in_officer("hanh")
    board.goto(f"{kiosk.site.url}/kiosks")
    row = board.get_by_role("row").filter(has_text="SB-20417")
    expect(row).to_contain_text("chưa đúng")
    row.get_by_role("button", name="Đã hỏi lại").click()
    expect(board.get_by_text("Đã ghi là đã hỏi lại")).to_be_visible()


def test_a_burst_is_heard_whatever_has_the_focus(
    at_kiosk: Callable[..., AtKiosk], cards: dict[str, str]
) -> None:
    kiosk = at_kiosk()
    page = kiosk.page
    page.get_by_role("button", name="Không có thẻ").focus()
    kiosk.scan(cards["hoa"], end="Tab")
    expect(page.get_by_role("button", name="Tôi khoẻ")).to_be_visible()
    page.get_by_role("button", name="Tôi khoẻ").focus()
    kiosk.scan(cards["anh"])
    expect(page.get_by_role("button", name="Tôi khoẻ")).to_be_visible()
    page.get_by_role("button", name="Huỷ").click()
    page.get_by_role("button", name="Không có thẻ").click()
    page.get_by_label("Mã nhân viên").fill("SB-2")
    page.get_by_label("Mã nhân viên").focus()
    kiosk.scan(cards["anh"])
    expect(page.get_by_role("button", name="Tôi khoẻ")).to_be_visible()
    page.get_by_role("button", name="Huỷ").click()
    kiosk.scan(cards["hoa"], delay=60, end="")
    expect(page.get_by_role("button", name="Tôi khoẻ")).to_be_visible()
    page.get_by_role("button", name="Huỷ").click()
    page.keyboard.type("8934567890123")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Chưa đọc được thẻ")).to_be_visible()
    kiosk.scan(cards["hoa"])
    kiosk.well()


def test_the_notice_is_one_touch_away_and_a_no_is_kept(
    at_kiosk: Callable[..., AtKiosk], cast: Cast, cards: dict[str, str], session: Session
) -> None:
    kiosk = at_kiosk()
    page = kiosk.page
    kiosk.scan(cards["hoa"])
    page.get_by_role("button", name="Đọc thông báo").click()
    expect(page.get_by_text("Chỉ Tổ an toàn và y tế công ty xem được")).to_be_visible()
    page.get_by_role("button", name="Tôi không đồng ý").click()
    expect(page.get_by_role("heading", name="bạn không đồng ý")).to_be_visible()
    kiosk.until_sent()
    kiosk.scan(cards["hoa"])
    kiosk.well()
    expect(page.get_by_text("1 bị trả lại")).to_be_visible()
    assert answers_of(session, cast.sao_bac.people["hoa"]) == []
    kiosk.scan(cards["hoa"])
    page.get_by_role("button", name="Đọc thông báo").click()
    page.get_by_role("button", name="Tôi đồng ý").click()
    kiosk.well()
    kiosk.until_sent()
    assert answers_of(session, cast.sao_bac.people["hoa"]) == [("green", "kiosk")]


def test_only_the_pin_leads_out_of_the_kiosk(at_kiosk: Callable[..., AtKiosk]) -> None:
    kiosk = at_kiosk()
    page = kiosk.page
    page.get_by_role("button", name="Thoát chế độ kiosk").click()
    for pin in ("000000", LEAVE_PIN):
        page.get_by_label("Mã PIN thoát").fill(pin)
        page.get_by_role("button", name="Thoát", exact=True).click()
        if pin != LEAVE_PIN:
            expect(page.get_by_text("Mã PIN chưa đúng")).to_be_visible()
    expect(page.get_by_role("heading", name="Kiosk đang nghỉ")).to_be_visible()
    page.get_by_role("button", name="Bắt đầu lại").click()
    expect(page.get_by_role("heading", name="Mời quét thẻ")).to_be_visible()


def test_a_form_that_nobody_touches_is_wiped(
    at_kiosk: Callable[..., AtKiosk], cards: dict[str, str]
) -> None:
    kiosk = at_kiosk(PHONE)
    page = kiosk.page
    page.clock.install()
    kiosk.scan(cards["hoa"])
    page.get_by_text("Có triệu chứng hoặc tiếp xúc").click()
    page.get_by_role("checkbox", name="Sốt").check()
    page.clock.run_for(11_000)
    expect(page.get_by_text("Bạn còn ở đây không?")).to_be_visible()
    page.get_by_role("checkbox", name="Ho", exact=True).check()
    expect(page.get_by_text("Bạn còn ở đây không?")).to_be_hidden()
    page.clock.run_for(31_000)
    expect(page.get_by_role("heading", name="Mời quét thẻ")).to_be_visible()
    assert page.locator("input").count() == 0


@pytest.mark.parametrize("size", [LAPTOP, TALL, PHONE], ids=["laptop", "tall", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_screen_is_sound(
    at_kiosk: Callable[..., AtKiosk],
    cards: dict[str, str],
    axe: Axe,
    size: dict[str, int],
    scheme: str,
    request: pytest.FixtureRequest,
) -> None:
    kiosk = at_kiosk(size, color_scheme=scheme)
    page = kiosk.page
    found: list[str] = []

    def look(name: str) -> None:
        wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
        found.extend([*axe(page), *([f"{name}: scrolls sideways"] if wide else [])])

    look("idle")
    kiosk.scan(cards["hoa"])
    look("answer")
    page.get_by_role("button", name="Đọc thông báo").click()
    look("notice")
    page.get_by_role("button", name="Quay lại").click()
    page.get_by_text("Có triệu chứng hoặc tiếp xúc").click()
    look("form")
    page.get_by_role("button", name="Huỷ").click()
    page.get_by_role("button", name="Không có thẻ").click()
    look("typed")
    page.get_by_role("button", name="Huỷ").click()
    page.get_by_role("button", name="Thoát chế độ kiosk").click()
    look("leave")
    assert found == []
