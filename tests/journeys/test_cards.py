"""An officer prints a line of cards; a worker opens a card on a phone and types the PIN."""

import re
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import zxingcpp
from playwright.sync_api import Page, expect

from tests.factories.people import PIN, Cast
from tests.journeys.conftest import LAPTOP, PHONE, Visit

Come = Callable[..., Visit]


def print_line(officer: Page, line: str) -> list[str]:
    """Print the cards of a line; what their codes hold."""
    row = officer.get_by_role("row").filter(
        has=officer.get_by_role("rowheader", name=line, exact=True)
    )
    with officer.expect_download() as coming:
        row.get_by_role("button", name=re.compile("^In .* thẻ")).click()
    paper = Path(coming.value.path()).read_bytes()
    assert coming.value.suggested_filename.endswith(".pdf")
    return [
        code.text
        for page in pypdfium2.PdfDocument(paper)
        for code in zxingcpp.read_barcodes(page.render(scale=2.5).to_pil())
    ]


def card_of(visit: Come, codes: list[str], badge: str) -> str:
    """The code of that badge's card, found as a phone finds it: by opening it."""
    for code in codes:
        page = visit(PHONE).page
        page.goto(code)
        shown = page.get_by_text(badge)
        expect(page.get_by_text("Thẻ của mã nhân viên")).to_be_visible()
        if shown.count():
            return code
    raise AssertionError(badge)


def test_a_printed_card_and_the_pin_let_a_worker_in_and_a_lost_one_says_so(
    visit: Come, cast: Cast, axe: Callable[[Page], list[str]]
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    officer = visit(LAPTOP).sign_in_officer("hanh")
    officer.goto(f"{visit(LAPTOP).site.url}/workers")
    officer.get_by_role("link", name="Thẻ QR").click()
    officer.locator("[data-module=print-cards][data-bound]").first.wait_for()
    assert axe(officer) == []
    codes = print_line(officer, "Chuyền 3")
    expect(officer.get_by_text("mục tải xuống của trình duyệt")).to_be_visible()
    expect(officer.get_by_text("Các lần in gần đây")).to_be_visible()
    code = card_of(visit, codes, hoa.badge)

    phone = visit(PHONE).page
    phone.goto(code)
    expect(phone.get_by_text("Thẻ của mã nhân viên")).to_be_visible()
    expect(phone.get_by_label("Mã nhân viên")).to_be_hidden()
    expect(phone.get_by_text(hoa.name)).to_have_count(0)
    assert "#" not in phone.url
    assert axe(phone) == []
    phone.get_by_label("Mã PIN").fill("000000")
    phone.get_by_role("button", name="Đăng nhập").click()
    expect(phone.get_by_text("chưa đúng")).to_be_visible()
    phone.get_by_label("Mã PIN").fill(PIN)
    phone.get_by_role("button", name="Đăng nhập").click()
    phone.wait_for_url("**/check-in")
    expect(phone.get_by_role("heading", name="Chào bạn Hoa")).to_be_visible()

    officer.goto(f"{officer.url.split('/workers')[0]}/workers/{hoa.id}")
    assert axe(officer) == []
    officer.get_by_text("Thu hồi thẻ").first.click()
    officer.get_by_role("button", name="Thu hồi thẻ").click()
    expect(officer.get_by_text("Chưa có thẻ đang dùng")).to_be_visible()
    finder = visit(PHONE).page
    finder.goto(code)
    expect(finder.get_by_text("Thẻ này đã bị thu hồi")).to_be_visible()
    expect(finder.get_by_label("Mã nhân viên")).to_be_visible()
