"""An officer plans a move and an end of work for coming days, finds both again, takes one back."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.factories.people import Cast
from tests.journeys.conftest import LAPTOP, PHONE, Visit


def unfold(page: Page, summary: str) -> None:
    """Open a folded form, wherever the browser left it."""
    if not page.locator("details[open] > summary", has_text=summary).count():
        page.locator("details > summary", has_text=summary).click()


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_what_is_planned_is_seen_on_the_record_and_in_the_list_and_taken_back(
    visit: Callable[..., Visit],
    cast: Cast,
    axe: Callable[[Page], list[str]],
    size: dict[str, Any],
) -> None:
    visitor = visit(size)
    visitor.sign_in_officer("hanh")
    page = visitor.open("/workers/planned")
    expect(page.get_by_text("Chưa có gì sắp thay đổi")).to_be_visible()
    page = visitor.open(f"/workers/{cast.sao_bac.people['hoa'].id}")
    unfold(page, "Chuyển đơn vị")
    page.get_by_label("Đơn vị mới").select_option(label="Chuyền 7")
    page.locator("#move-on").fill("2026-12-01")
    page.get_by_role("button", name="Chuyển đơn vị").click()
    expect(page.get_by_text("Chuyển sang Chuyền 7 từ ngày 01/12/2026.")).to_be_visible()
    unfold(page, "Ghi nghỉ việc")
    page.get_by_label("Ngày làm cuối").fill("2026-11-28")
    page.get_by_role("button", name="Ghi nghỉ việc").click()
    expect(page.get_by_text("Đã có thay đổi khác được ghi trước").first).to_be_visible()
    page.get_by_label("Ngày làm cuối").fill("2026-12-31")
    page.get_by_role("button", name="Ghi nghỉ việc").click()
    expect(page.get_by_text("Nghỉ việc, ngày làm cuối 31/12/2026.")).to_be_visible()
    assert axe(page) == []
    page = visitor.open("/workers/planned")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Chuyển sang Chuyền 7")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    rows.last.get_by_role("button", name="Bỏ").click()
    expect(rows).to_have_count(1)
    expect(page).to_have_url(f"{visitor.site.url}/workers/planned")
