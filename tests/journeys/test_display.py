"""The screen on the wall: set up once, read from ten metres, right also without the park."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.gate.actions.kiosk import add_kiosk, new_code, revoke_kiosk
from app.gate.models import Kiosk
from tests.conftest import SetClock
from tests.factories.kiosk import LOCK
from tests.factories.outlets import Sent, send_notice
from tests.factories.people import STORY, Cast
from tests.journeys.conftest import LAPTOP, PHONE, Site, Visit

Come = Callable[..., Visit]
Write = Callable[[Callable[[Session], Any]], Any]
WALL = {"width": 1920, "height": 1080}
TITLE = "Tạm dừng ca sáng xưởng B2"
LONG = (
    "Phát hiện một ca dương tính tại xưởng B2. Người làm ca sáng ở xưởng B2 ở yên tại chỗ, chờ "
    "Tổ an toàn đến từng chuyền hướng dẫn. Người chưa vào ca thì ở nhà, khai báo và chờ tin. "
    "Không tụ tập ở cổng và ở nhà ăn. Xe đưa đón vẫn chạy đúng giờ cho các xưởng khác."
)


@pytest.fixture
def sent(cast: Cast, clock: SetClock, write: Write) -> Sent:
    """An urgent notice to everybody of Sao Bắc, for twenty minutes."""
    own = cast.sao_bac.id
    done: Sent = write(
        lambda session: send_notice(
            session,
            own,
            clock.at,
            company_id=own,
            holds=timedelta(minutes=20),
        )
    )
    return done


@pytest.fixture
def on_the_wall(visit: Come, cast: Cast, clock: SetClock, write: Write) -> Callable[..., Page]:
    """A browser that is set up as the screen of the canteen."""

    def come(size: dict[str, int] = WALL, **more: Any) -> Page:
        code = new_code()
        write(
            lambda session: add_kiosk(
                session, cast.sao_bac.id, "Nhà ăn", "-", code, LOCK, actor=STORY, now=clock.at
            )
        )
        page = visit(size, **more).open("/display")
        page.get_by_label("Mã cài đặt").fill(code)
        page.get_by_role("button", name="Cài đặt máy này").click()
        expect(page.get_by_text(re.compile("^Cập nhật lúc"))).to_be_visible()
        return page

    return come


def no_sideways(page: Page) -> bool:
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return bool(page.evaluate(wide))


def fits(page: Page) -> bool:
    high = "document.documentElement.scrollHeight <= document.documentElement.clientHeight"
    return no_sideways(page) and bool(page.evaluate(high))


def letters(page: Page) -> float:
    """The height of the text's letters, as a part of the screen's height."""
    size = "getComputedStyle(document.querySelector('.screen-text')).fontSize"
    return float(page.evaluate(size).removesuffix("px")) / WALL["height"]


def vietnamese_only(page: Page) -> None:
    page.get_by_label("Chỉnh màn hình này").click()
    page.get_by_role("button", name="Tiếng Việt", exact=True).click()
    page.get_by_label("Chỉnh màn hình này").click()


def test_the_screen_is_read_from_ten_metres(
    on_the_wall: Callable[..., Page], sent: Sent, axe: Callable[[Page], list[str]], picture: Any
) -> None:
    page = on_the_wall()
    vietnamese_only(page)
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(page.get_by_text("Ở yên tại chỗ")).to_be_visible()
    assert fits(page)
    assert letters(page) > 0.06
    assert axe(page) == []
    picture(page, "display")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WALL, LAPTOP, PHONE], ids=["wall", "laptop", "phone"])
def test_a_long_notice_takes_turns_and_fits(
    on_the_wall: Callable[..., Page],
    cast: Cast,
    clock: SetClock,
    write: Write,
    size: dict[str, int],
    scheme: str,
    axe: Callable[[Page], list[str]],
    picture: Any,
) -> None:
    own = cast.sao_bac.id
    write(
        lambda session: send_notice(
            session, own, clock.at, company_id=own, texts={"vi": LONG}, severity="Extreme"
        )
    )
    page = on_the_wall(size, color_scheme=scheme)
    expect(page.get_by_text(re.compile(r"^[12]/2$"))).to_be_visible()
    assert fits(page) or size == PHONE
    assert no_sideways(page)
    assert axe(page) == []
    picture(page, f"display-long-{size['width']}-{scheme}")


def test_it_stays_right_without_the_park_and_ends_by_its_own_clock(
    on_the_wall: Callable[..., Page], sent: Sent, site: Site, picture: Any
) -> None:
    page = on_the_wall()
    vietnamese_only(page)
    kept = """async () => {
        if (!(await navigator.serviceWorker.getRegistration())) return false;
        for (const name of await caches.keys()) {
            const urls = (await (await caches.open(name)).keys()).map((one) => one.url);
            if (urls.some((one) => one.includes("/display?lang=vi"))
                && urls.some((one) => one.includes("display.js"))
                && urls.some((one) => one.includes("display.css"))) return true;
        }
        return false;
    }"""
    page.wait_for_function("() => navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.wait_for_function(kept, timeout=60_000)
    site.down()
    page.reload()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    ahead = "(minutes) => { const now = Date.now; Date.now = () => now() + minutes * 60000; }"
    page.evaluate(ahead, 5)
    expect(page.get_by_text("Chưa nối được với máy chủ. Nội dung lúc 05:10")).to_be_visible()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    picture(page, "display-cut-off")
    page.evaluate(ahead, 16)
    expect(page.get_by_role("heading", name=TITLE)).to_have_count(0)
    expect(page.get_by_text("Hiện không có thông báo.")).to_be_visible()
    site.up()


def test_who_wants_no_motion_gets_all_of_it_at_once(
    on_the_wall: Callable[..., Page], sent: Sent, axe: Callable[[Page], list[str]], picture: Any
) -> None:
    page = on_the_wall(reduced_motion="reduce")
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    assert fits(page)
    expect(page.get_by_role("heading", name="Morning shift in B2 is off")).to_be_visible()
    assert axe(page) == []
    picture(page, "display-stacked")


def test_a_screen_taken_out_of_use_forgets_what_it_was_told(
    on_the_wall: Callable[..., Page],
    sent: Sent,
    clock: SetClock,
    write: Write,
    session: Session,
    axe: Callable[[Page], list[str]],
) -> None:
    page = on_the_wall()
    kiosk = session.query(Kiosk).one().account_id
    write(lambda s: revoke_kiosk(s, kiosk, actor=STORY, now=clock.at))
    page.reload()
    expect(page.get_by_label("Mã cài đặt")).to_be_visible()
    expect(page.get_by_role("heading", name=TITLE)).to_have_count(0)
    assert axe(page) == []
