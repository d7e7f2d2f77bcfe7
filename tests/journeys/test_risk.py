"""An officer assesses the company, sees what would help most, and gives the work to somebody."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.factories.people import Cast
from tests.factories.risk import MAXIMA_2194, picture, typed_paper
from tests.journeys.conftest import LAPTOP, PHONE, Visit


def fill_in(page: Page, fields: dict[str, str]) -> None:
    """Type a paper form into the page, unfolding what is folded."""
    for name, value in fields.items():
        if name.endswith("-choice"):
            page.locator(f"[name='{name}'][value='{value}']").check()
            continue
        field = page.locator(f"[name='{name}']")
        if not field.is_visible():
            page.locator("details:not([open])", has=field).locator("summary").click()
        field.fill(value)


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_from_the_paper_form_to_the_work_that_helps_most(
    visit: Callable[..., Visit],
    cast: Cast,
    axe: Callable[[Page], list[str]],
    size: dict[str, Any],
) -> None:
    visitor = visit(size)

    def sound(page: Page) -> None:
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    visitor.sign_in_officer("hanh")
    page = visitor.open("/risk")
    expect(page.get_by_text("Chưa nơi nào được chấm")).to_be_visible()
    page.get_by_role("link", name="Chấm điểm").first.click()
    page.get_by_label("Nơi được chấm").select_option(label="Điện tử Sao Bắc")
    sound(page)
    page.get_by_role("button", name="Mở phiếu chấm").click()
    page.get_by_label("Đúng như số liệu: 4 người").check()
    high = {f"{name}-points": str(most) for name, most in MAXIMA_2194.items()}
    typed = typed_paper(**high, **{"mask_wearing-down_to": "0", "canteen-down_to": "0"})
    typed |= {"transport-down_to": "0", "worker_exposure-points": "31"}
    fill_in(page, {name: text for name, text in typed.items() if name != "workers_total-choice"})
    page.get_by_role("button", name="Lưu phiếu").click()
    expect(page.get_by_role("alert")).to_contain_text("cao hơn điểm tối đa 30")
    sound(page)
    page.locator("[name='worker_exposure-points']").fill("5")
    page.get_by_role("button", name="Lưu phiếu").click()
    expect(page.get_by_text("226 trên 300 điểm")).to_be_visible()
    expect(page.get_by_text("Xuống Nguy cơ lây nhiễm trung bình")).to_be_visible()
    sound(page)
    page.get_by_role("link", name="Giao việc này").first.click()
    page.get_by_label("Điều chưa đạt").fill("Có người không đeo khẩu trang")
    page.get_by_label("Việc cần làm").fill("Phát khẩu trang đầu ca")
    page.get_by_label("Ai làm").fill("Tổ an toàn Chuyền 3")
    page.get_by_label("Hạn xong").fill("2026-11-26")
    photo = {"name": "may.jpg", "mimeType": "image/jpeg", "buffer": picture((320, 240))}
    page.get_by_label("Ảnh").set_input_files(photo)  # type: ignore[arg-type]
    page.get_by_role("button", name="Ghi và giao việc").click()
    shown = page.get_by_role("img", name="Ảnh 1: Có người không đeo khẩu trang")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 320
    sound(page)
    page.get_by_label("Đã làm gì").fill("Đã phát đủ")
    page.get_by_role("button", name="Ghi là xong").click()
    expect(page.get_by_text("Đã phát đủ")).to_be_visible()
    page = visitor.open("/risk/findings")
    expect(page.get_by_text("Không có việc nào chờ")).to_be_visible()
    sound(page)
