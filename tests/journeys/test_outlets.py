"""Paper, loudspeaker and chat in a browser; a CAP file from a stick; the kiosk's own line."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.gate.actions.kiosk import add_kiosk, new_code
from tests.conftest import SetClock
from tests.factories.kiosk import LOCK
from tests.factories.outlets import Sent, send_notice
from tests.factories.people import STORY, Cast
from tests.journeys.conftest import LAPTOP, PHONE, Site, Visit

Come = Callable[..., Visit]
Write = Callable[[Callable[[Session], Any]], Any]
Axe = Callable[[Page], list[str]]
TITLE = "Tạm dừng ca sáng xưởng B2"
PROVINCE = Path(__file__).parents[1] / "vectors" / "cap" / "province.xml"


@pytest.fixture
def sent(cast: Cast, clock: SetClock, write: Write) -> Sent:
    """A notice of Sao Bắc: Ánh and Mến have to be told in person."""
    own = cast.sao_bac
    ids = {name: each.id for name, each in own.people.items()}
    done: Sent = write(
        lambda session: send_notice(
            session,
            own.id,
            clock.at,
            company_id=own.id,
            people=[ids["hoa"]],
            on_paper=[ids["anh"], ids["men"]],
            holds=timedelta(minutes=30),
        )
    )
    return done


def no_sideways(page: Page) -> bool:
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return bool(page.evaluate(wide))


@pytest.mark.parametrize(
    ("size", "scheme", "lang"),
    [(LAPTOP, "light", "vi"), (LAPTOP, "dark", "en"), (PHONE, "light", "vi")],
    ids=["laptop", "dark", "phone"],
)
def test_every_page_of_the_outlets_is_in_order(
    visit: Come,
    sent: Sent,
    cast: Cast,
    axe: Axe,
    picture: Any,
    size: dict[str, int],
    scheme: str,
    lang: str,
) -> None:
    visitor = visit(size, color_scheme=scheme)
    page = visitor.sign_in_officer("hanh")
    line = cast.sao_bac.lines["Chuyền 3"]
    wrong = []
    for name, path in {
        "list": "/paper",
        "tell": f"/paper/{sent.message_id}?unit={line}",
        "sheet": f"/paper/{sent.message_id}/sheet",
        "day": "/paper/day",
        "aloud": f"/paper/{sent.message_id}/aloud",
        "cap": "/notices/cap",
        "notice": f"/notices/{sent.id}",
        "kiosks": "/kiosks",
    }.items():
        visitor.open(f"{path}{'&' if '?' in path else '?'}lang={lang}")
        expect(page.locator("h1").first).to_be_attached()
        wrong += axe(page)
        assert no_sideways(page), path
        picture(page, f"outlet-{name}-{size['width']}-{scheme}-{lang}")
    assert wrong == []


def test_a_team_member_tells_people_and_takes_one_back(visit: Come, sent: Sent, cast: Cast) -> None:
    visitor = visit(LAPTOP)
    page = visitor.sign_in_officer("hanh")
    page.get_by_role("link", name="Báo tận nơi", exact=True).click()
    page.get_by_role("link", name=f"Báo và đánh dấu {TITLE}").click()
    page.get_by_role("link", name="Mở Chuyền 7").click()
    page.get_by_role("button", name="Đã báo tận nơi Giáp Thị Mến").click()
    expect(page.get_by_text("Đã ghi: báo tận nơi 1 người")).to_be_visible()
    row = page.get_by_role("listitem").filter(has_text="Giáp Thị Mến")
    expect(row).to_contain_text("Nguyễn Thị Hạnh")
    page.get_by_role("button", name="Bỏ dấu Giáp Thị Mến").click()
    expect(row).not_to_contain_text("Nguyễn Thị Hạnh")
    expect(page.get_by_role("button", name="Đã báo tận nơi Giáp Thị Mến")).to_be_visible()


def test_the_words_are_copied_by_key_and_where_the_browser_may_not(visit: Come, sent: Sent) -> None:
    visitor = visit(LAPTOP, permissions=["clipboard-read", "clipboard-write"])
    page = visitor.sign_in_officer("hanh")
    visitor.open(f"/paper/{sent.message_id}/aloud")
    copy = page.get_by_role("button", name="Chép Tiếng Việt")
    copy.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Đã chép").first).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{TITLE}\n\nỞ yên tại chỗ")
    assert "/inbox" in copied
    page.evaluate(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined});"
        "document.execCommand = () => false"
    )
    copy.click()
    expect(page.get_by_text("Đã chọn sẵn, bấm Ctrl C để chép").first).to_be_visible()
    marked = page.evaluate("String(window.getSelection()) || document.activeElement.value")
    assert marked.startswith(TITLE)


def test_each_line_has_its_own_page_on_paper(visit: Come, sent: Sent, picture: Any) -> None:
    visitor = visit(LAPTOP)
    page = visitor.sign_in_officer("hanh")
    visitor.open(f"/paper/{sent.message_id}/sheet")
    expect(page.get_by_role("heading", name=TITLE)).to_have_count(2)
    pages = page.pdf(format="A4", prefer_css_page_size=True)
    assert pages.count(b"/Type /Page\n") == 2


def test_a_file_from_a_stick_becomes_a_draft(visit: Come, clock: SetClock, tmp_path: Path) -> None:
    visitor = visit(LAPTOP)
    page = visitor.sign_in_officer("hanh")
    page.get_by_role("link", name="Thông báo khẩn").click()
    page.get_by_role("link", name="Nhập tệp CAP").click()
    page.get_by_label("Tệp CAP 1.2").set_input_files(PROVINCE)
    page.get_by_role("button", name="Đọc tệp").click()
    expect(page.get_by_text("Đã thành bản nháp, chưa gửi cho ai.")).to_be_visible()
    expect(page.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
    expect(page.get_by_text("Bản nháp").first).to_be_visible()
    visitor.open("/notices/cap")
    exercise = tmp_path / "dien-tap.xml"
    exercise.write_text(PROVINCE.read_text("utf-8").replace(">Actual<", ">Exercise<"), "utf-8")
    page.get_by_label("Tệp CAP 1.2").set_input_files(exercise)
    page.get_by_role("button", name="Đọc tệp").click()
    expect(page.get_by_text("Đây là bài diễn tập")).to_be_visible()


def test_the_kiosk_says_it_too_and_stops_by_its_own_clock(
    visit: Come, site: Site, sent: Sent, cast: Cast, clock: SetClock, write: Write, axe: Axe
) -> None:
    code = new_code()
    write(
        lambda session: add_kiosk(
            session, cast.sao_bac.id, "Cổng 2", "-", code, LOCK, actor=STORY, now=clock.at
        )
    )
    page = visit(LAPTOP).open("/kiosk")
    page.get_by_label("Mã cài đặt").fill(code)
    page.get_by_role("button", name="Cài đặt máy này").click()
    page.get_by_role("button", name="Bắt đầu").click()
    said = page.get_by_text(f"{TITLE}. Ở yên tại chỗ")
    expect(said).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Không có thẻ? Nhập mã nhân viên").click()
    expect(said).to_be_hidden()
    page.get_by_role("button", name="Huỷ").click()
    expect(said).to_be_visible()
    site.down()
    page.evaluate("() => { const now = Date.now; Date.now = () => now() + 31 * 60000; }")
    expect(said).to_be_hidden()
    site.up()
