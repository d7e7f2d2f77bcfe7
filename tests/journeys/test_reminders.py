"""An officer keeps the reminders: the week, one send that differs, two people at one schedule."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.reminders.actions.schedules import add_default_schedules
from app.reminders.rules import Anchor
from app.web.transaction import transact
from app.workforce.actions.timetables import mark_holiday
from app.workforce.models import WorkGroup
from app.workforce.rules.shifts import ShiftCode
from tests.conftest import Node, SetClock
from tests.factories.people import STORY, Cast
from tests.factories.reminders import make_schedule
from tests.journeys.conftest import LAPTOP, PHONE, Visit

Come = Callable[..., Visit]
MORNING = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)  # 04:30 on Tuesday in the park
SIZES = pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])


@pytest.fixture
def timetable(cast: Cast, clock: SetClock, node: Node) -> Cast:
    """Sao Bắc has the ready-made timetable, a night reminder, a bus and a day off on Friday."""
    clock.at = MORNING
    company_id = cast.sao_bac.id

    def work(session: Any) -> None:
        settings = node.app.config["SETTINGS"]
        session.add(
            WorkGroup(
                id="bus", company_id=company_id, kind="bus", name="Xe 3", departures=["05:15"]
            )
        )
        session.flush()
        add_default_schedules(session, company_id, settings=settings, actor=STORY, now=MORNING)
        make_schedule(
            session,
            company_id,
            settings,
            MORNING,
            text="Mở cửa cho thoáng, không sang phòng khác.",
            name="Buổi tối ở nhà trọ",
            anchor=Anchor.CLOCK,
            offset_minutes=0,
            clock_time=time(21, 30),
            only_unanswered=False,
        )
        make_schedule(
            session,
            company_id,
            settings,
            MORNING,
            text="Xe {bus}: đeo khẩu trang suốt chuyến.",
            name="Lên xe đưa đón",
            anchor=Anchor.BUS_DEPARTURE,
            offset_minutes=-10,
            only_unanswered=False,
            shifts=frozenset({ShiftCode.CA1}),
            on_holidays=False,
        )
        mark_holiday(session, company_id, date(2026, 11, 27), "Nghỉ bù", actor=STORY, now=MORNING)

    with node.app.app_context():
        transact(work)
    return cast


def open_schedule(page: Page, name: str, *, phone: bool) -> None:
    """Open a schedule from the table of the week, or from its list on a phone."""
    where = page.locator(".week-days" if phone else ".table.week")
    where.get_by_role("link", name=name).first.click()
    expect(page.get_by_label("Tên lời nhắc")).to_have_value(name)


@SIZES
def test_one_send_is_left_out_moved_and_taken_back(
    visit: Come, timetable: Cast, size: dict[str, int], picture: Callable[[Page, str], None]
) -> None:
    visitor = visit(size)
    phone = size is PHONE
    visitor.sign_in_officer("hanh")
    page = visitor.open("/reminders")
    open_schedule(page, "Khai báo trước ca", phone=phone)
    sends = page.locator("#sends")
    expect(sends.locator(".send")).to_have_count(10)
    expect(sends.locator(".send").first).to_contain_text("4 người")
    picture(page, f"reminders-{'phone' if phone else 'laptop'}")
    sends.get_by_role("button", name="Không nhắc hôm nay").click()
    expect(page.get_by_text("Lần này không nhắc. Các lần khác giữ nguyên.")).to_be_visible()
    expect(page.locator(".slot-skip:visible")).to_have_count(1)
    first = sends.locator("ol .send").first
    expect(first).to_contain_text("25/11")
    first.get_by_text("Đổi giờ").click()
    first.get_by_label("Giờ nhắc").fill("05:40")
    first.get_by_role("button", name="Lưu giờ này").click()
    expect(page.locator(".slot-move:visible")).to_have_count(1)
    expect(page.locator(".slot-move:visible")).to_contain_text("05:40")
    picture(page, f"reminders-differs-{'phone' if phone else 'laptop'}")
    sends.get_by_role("button", name="Như mọi ngày 24/11").click()
    expect(page.get_by_text("Hôm đó lại nhắc như mọi ngày.")).to_be_visible()
    expect(page.locator(".slot-skip:visible")).to_have_count(0)
    expect(page.locator(".slot-move:visible")).to_have_count(1)


@SIZES
def test_the_text_is_counted_while_it_is_typed(
    visit: Come, timetable: Cast, size: dict[str, int]
) -> None:
    visitor = visit(size)
    visitor.sign_in_officer("hanh")
    page = visitor.open("/reminders/new")
    line = page.locator(".sms-size").first
    page.get_by_label("Nội dung", exact=True).fill("Rua tay truoc khi an {")
    expect(line).to_contain_text("22/500")
    expect(line).to_contain_text("chữ không dấu (GSM-7)")
    page.get_by_label("Nội dung", exact=True).fill("Rửa tay 😷" * 8)
    expect(line).to_contain_text("72/500")
    expect(line.locator("[data-parts]")).to_have_text("2")
    expect(line).to_contain_text("(UCS-2)")


def test_what_was_typed_outlives_a_session_that_ran_out(visit: Come, timetable: Cast) -> None:
    visitor = visit(LAPTOP)
    visitor.sign_in_officer("hanh")
    page = visitor.open("/reminders")
    open_schedule(page, "Tan ca", phone=False)
    page.get_by_label("Nội dung", exact=True).fill("Tan ca, về thẳng nhà.")
    page.get_by_role("checkbox", name="CN").uncheck()
    page.context.clear_cookies()
    address = page.url
    page.get_by_role("button", name="Lưu lời nhắc").click()
    expect(page.get_by_text("Mở lại trang rồi gửi lại")).to_be_visible()
    page.goto(address.partition("#")[0])
    page.wait_for_url("**/sign-in**")
    page.get_by_role("link", name="Cán bộ").click()
    page.get_by_label("Tên đăng nhập").fill("hanh")
    page.get_by_label("Mật khẩu").fill("mua-thu-ha-noi")
    page.get_by_role("button", name="Đăng nhập").last.click()
    expect(page.get_by_text("Đã lấy lại những gì bạn gõ mà chưa lưu.")).to_be_visible()
    expect(page.get_by_label("Nội dung", exact=True)).to_have_value("Tan ca, về thẳng nhà.")
    expect(page.get_by_role("checkbox", name="CN")).not_to_be_checked()
    page.get_by_role("button", name="Lưu lời nhắc").click()
    expect(page.get_by_text("Đã lưu lời nhắc.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Nội dung", exact=True)).to_have_value("Tan ca, về thẳng nhà.")
    expect(page.get_by_text("Đã lấy lại những gì bạn gõ mà chưa lưu.")).to_be_hidden()


def test_two_officers_at_one_schedule_see_both_and_choose(
    visit: Come, timetable: Cast, picture: Callable[[Page, str], None]
) -> None:
    pages = []
    for _ in range(2):
        visitor = visit(LAPTOP)
        visitor.sign_in_officer("hanh")
        pages.append(visitor.open("/reminders"))
        open_schedule(pages[-1], "Tan ca", phone=False)
    one, other = pages
    one.get_by_label("Nội dung", exact=True).fill("Bản của người kia.")
    one.get_by_role("button", name="Lưu lời nhắc").click()
    expect(one.get_by_text("Đã lưu lời nhắc.")).to_be_visible()
    other.get_by_label("Nội dung", exact=True).fill("Bản của tôi.")
    other.get_by_role("button", name="Lưu lời nhắc").click()
    both = other.get_by_role("table", name="Bạn gõ khác bản đang lưu")
    expect(both).to_contain_text("Bản của tôi.")
    expect(both).to_contain_text("Bản của người kia.")
    picture(other, "reminders-two-officers")
    other.get_by_role("button", name="Lưu lời nhắc").click()
    expect(other.get_by_text("Đã lưu lời nhắc.")).to_be_visible()
    expect(other.get_by_label("Nội dung", exact=True)).to_have_value("Bản của tôi.")


def test_the_week_is_filtered_and_walked_by_keyboard(visit: Come, timetable: Cast) -> None:
    visitor = visit(LAPTOP)
    visitor.sign_in_officer("hanh")
    page = visitor.open("/reminders")
    slots = page.locator(".table.week .slot")
    everything = slots.count()
    page.get_by_label("Người nhận").select_option("Tổ an toàn")
    expect(page.get_by_role("link", name="Bỏ lọc")).to_be_visible()
    assert 0 < slots.count() < everything
    page.get_by_role("link", name="Tuần sau").press("Enter")
    expect(page.get_by_text("Tuần 30/11–06/12/2026")).to_be_visible()
    expect(page.get_by_label("Người nhận")).to_have_value("team")
    slots.first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Tên lời nhắc")).to_have_value("Tổ an toàn: điểm danh")


@SIZES
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_keep_to_wcag(
    visit: Come,
    timetable: Cast,
    axe: Callable[[Page], list[str]],
    picture: Callable[[Page, str], None],
    size: dict[str, int],
    scheme: str,
) -> None:
    visitor = visit(size, color_scheme=scheme)
    visitor.sign_in_officer("hanh")
    name = f"{'phone' if size is PHONE else 'laptop'}-{scheme}"
    for address in ("/reminders", "/reminders/new?template=cm_seat"):
        page = visitor.open(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        picture(page, f"wcag{address.split('?')[0].replace('/', '-')}-{name}")
    manager = visit(size, color_scheme=scheme)
    manager.sign_in_officer("lam")
    page = manager.open("/reminders/carry?from=SAOBAC")
    expect(page.get_by_role("heading", level=1)).to_have_text("Chép lịch nhắc")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, f"wcag-carry-{name}")
