"""The park manager finds the company that is worst, why, and where; then takes figures along."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete

from app.checkins.actions.counting import add_counts
from app.checkins.models import ShiftCount
from app.checkins.rules import Counts
from app.dashboards.jobs import keep_records, make_digests
from app.web.transaction import transact
from tests.conftest import Node, SetClock
from tests.factories.people import Cast
from tests.journeys.conftest import LAPTOP, PHONE, Visit

Come = Callable[..., Visit]
TUESDAY = date(2026, 11, 24)
TEN = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # 10:00 in the park


@pytest.fixture
def two_weeks(cast: Cast, clock: SetClock, node: Node) -> Cast:
    """Sao Bắc answers less from day to day; of Minh Trí nothing was heard since Sunday."""
    clock.at = TEN

    def work(session: Any) -> None:
        session.execute(delete(ShiftCount))
        large, small = cast.sao_bac.lines.values()
        for back in range(14):
            on = TUESDAY - timedelta(days=back)
            answered = 26 + back
            for branch_id, told in (
                (large, Counts(expected=36, answered=answered - 4, on_time=20, green=answered - 4)),
                (small, Counts(expected=4, answered=4, green=4)),
                (
                    cast.sao_bac.id,
                    Counts(expected=40, answered=answered, on_time=20, green=answered),
                ),
            ):
                add_counts(
                    session,
                    {branch_id: told},
                    company_id=cast.sao_bac.id,
                    shift_on=on,
                    shift="ca1",
                    now=TEN - timedelta(days=back),
                )
            heard = 12 if back >= 2 else 0
            add_counts(
                session,
                {cast.minh_tri.id: Counts(expected=12, answered=heard, green=heard)},
                company_id=cast.minh_tri.id,
                shift_on=on,
                shift="ca1",
                now=TEN - timedelta(days=back),
            )

    with node.app.app_context():
        transact(work)
        keep_records()
        make_digests()
    return cast


def reach(page: Page, name: str) -> None:
    """Go to a link by the Tab key alone, and open it."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()").startswith(name):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} cannot be reached by keyboard")


def test_from_the_ranking_to_the_day_that_explains_it_by_keyboard(
    visit: Come, two_weeks: Cast
) -> None:
    visitor = visit(LAPTOP)
    page = visitor.sign_in_officer("lam")
    expect(page.get_by_role("heading", name="Doanh nghiệp cần nhắc trước")).to_be_visible()
    reach(page, "Xếp hạng")
    rows = page.locator(".ranking tbody tr")
    expect(rows.first).to_contain_text("Điện tử Minh Trí")
    expect(rows.first).to_contain_text("Không có dữ liệu từ")
    expect(rows.nth(1)).to_contain_text("ngày dưới mục tiêu, thấp nhất 65")
    rows.nth(1).get_by_role("link", name="ngày dưới mục tiêu").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Điện tử Sao Bắc")
    day = page.locator("tr:target")
    expect(day).to_contain_text("24/11")
    expect(day).to_contain_text("26")


def test_the_digest_is_read_once(visit: Come, two_weeks: Cast) -> None:
    visitor = visit(LAPTOP)
    page = visitor.sign_in_officer("lam")
    page.get_by_role("link", name="Xem bản tin").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bản tin tuần")
    visitor.open("/compliance")
    page.get_by_role("button", name="Đã đọc").click()
    expect(page.get_by_role("heading", name="Doanh nghiệp cần nhắc trước")).to_be_visible()
    expect(page.get_by_role("link", name="Xem bản tin")).to_have_count(0)


def test_a_file_is_written_and_waits(visit: Come, two_weeks: Cast) -> None:
    visitor = visit(LAPTOP)
    page = visitor.sign_in_officer("lam")
    page.get_by_role("link", name="Tệp khác").click()
    page.get_by_role("button", name="Viết tệp").click()
    link = page.get_by_role("link", name="Tải về")
    expect(link).to_be_visible(timeout=60_000)
    with page.expect_download() as taken:
        link.click()
    assert taken.value.suggested_filename.endswith(".xlsx")


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_every_view_is_sound(
    visit: Come, two_weeks: Cast, axe: Callable[[Page], list[str]], size: dict[str, int]
) -> None:
    visitor = visit(size)
    visitor.sign_in_officer("lam")
    found: list[str] = []
    for path in (
        "/compliance?days=90",
        "/compliance?view=table&days=90",
        "/compliance?view=rank",
        "/compliance?view=compare&measure=final",
        "/compliance/companies/SAOBAC?measure=teams",
    ):
        page = visitor.open(path)
        for numbers in page.locator("details.behind summary").all():
            numbers.click()
        found += axe(page)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
            found.append(f"{path} scrolls sideways")
    assert found == []
