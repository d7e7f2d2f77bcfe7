"""A camera in place of a scanner: real pictures of a code, the browser's own video, no network."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import segno
from playwright.sync_api import Browser, expect
from sqlalchemy.orm import Session

from app.gate.actions.kiosk import add_kiosk, new_code
from tests.conftest import SetClock
from tests.factories.kiosk import LOCK, make_cards_for
from tests.factories.people import STORY, Cast
from tests.journeys.conftest import LAPTOP, PLACES, QUIET, Site

WIDTH, HEIGHT, MODULE = 640, 480, 8
Write = Callable[[Callable[[Session], Any]], Any]


def film(text: str, path: Path) -> Path:
    """A film (YUV4MPEG2) of somebody who holds a code still before the camera."""
    rows = [bytes(row) for row in segno.make(text, error="m").matrix_iter(scale=MODULE, border=4)]
    left, top = (WIDTH - len(rows[0])) // 2, (HEIGHT - len(rows)) // 2
    light = bytearray(b"\xd0" * WIDTH * HEIGHT)
    for down, row in enumerate(rows):
        start = (top + down) * WIDTH + left
        light[start : start + len(row)] = bytes(0x20 if dark else 0xD0 for dark in row)
    colours = b"\x80" * (WIDTH * HEIGHT // 2)
    frame = b"FRAME\n" + bytes(light) + colours
    head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(head + frame * 10)
    return path


@pytest.fixture
def secret(cast: Cast, clock: SetClock, write: Write) -> str:
    """The secret of Hoa's printed card."""
    made: dict[str, str] = write(lambda s: make_cards_for(s, cast.sao_bac, clock.at))
    return made["hoa"]


@pytest.fixture
def seeing(browser: Browser, secret: str, tmp_path: Path) -> Iterator[Browser]:
    """A browser with a camera before which the card is held."""
    found = next(path for name in PLACES if (path := shutil.which(name)))
    card = film(f"https://anca.example/c#{secret}", tmp_path / "card.y4m")
    camera = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={card}",
    ]
    chromium = browser.browser_type.launch(executable_path=found, args=[*QUIET, *camera])
    yield chromium
    chromium.close()


def test_a_kiosk_without_a_scanner_reads_cards_by_its_camera_without_the_park(
    seeing: Browser, site: Site, cast: Cast, clock: SetClock, write: Write
) -> None:
    code = new_code()
    company = cast.sao_bac.id
    write(lambda s: add_kiosk(s, company, "Cổng", "nhà xe", code, LOCK, actor=STORY, now=clock.at))
    page = seeing.new_context(viewport=LAPTOP, locale="vi-VN").new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(site.url + "/kiosk")
    page.get_by_label("Mã cài đặt").fill(code)
    with page.expect_response("**/zxing_reader.wasm"):
        page.get_by_role("button", name="Cài đặt máy này").click()
    page.get_by_role("button", name="Bắt đầu").click()
    expect(page.get_by_role("heading", name="Mời quét thẻ")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("button", name="Quét bằng camera").click()
    expect(page.get_by_role("heading", name="Hôm nay bạn thấy thế nào?")).to_be_visible()
    page.get_by_role("button", name="Tôi khoẻ").click()
    expect(page.get_by_text("1 khai báo chờ gửi")).to_be_visible()
    page.get_by_role("button", name="Tắt camera").click()
    expect(page.get_by_label("Hình từ camera")).to_be_hidden()
    page.context.set_offline(False)
    expect(page.get_by_text("Đã gửi hết")).to_be_visible(timeout=90_000)
    assert wrong == []
