"""The inbox on a phone: urgent first, read without the park, told to the park once."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.delivery.actions.taking_back import put_in_place_of, withdraw_message
from app.delivery.jobs.rounds import send_due_deliveries
from app.delivery.models import Delivery
from app.delivery.rules import Lane
from app.delivery.rules.messages import MessageKind
from app.kernel.clock import SystemClock
from app.outbox.models import Command
from tests.conftest import SetClock
from tests.factories.people import Cast, Person
from tests.factories.reminders import command, send
from tests.features.delivery.test_inbox import say
from tests.journeys.conftest import PHONE, Visit
from tests.journeys.test_offline import until_kept
from tests.journeys.test_pages import complaints

Come = Callable[..., Visit]
Write = Callable[[Callable[[Session], Any]], Any]
GATE = "Cổng số 3 đóng từ hôm nay. Ca 1 và ca hành chính vào bằng cổng số 1 và số 2."
LINE = re.compile("Thông báo khẩn · ")


@pytest.fixture
def hoa(cast: Cast) -> Person:
    return cast.sao_bac.people["hoa"]


@pytest.fixture
def full(cast: Cast, hoa: Person, clock: SetClock, write: Write, client: Any) -> dict[str, str]:
    """Hoa's inbox: an urgent notice, one taken back, one corrected, a reminder, many read ones."""
    clock.at = SystemClock().now() - timedelta(days=2)

    def tell(text: str, lane: Lane = Lane.NORMAL) -> str:
        kind = MessageKind.NOTICE if lane is Lane.URGENT else MessageKind.BULLETIN
        holds = timedelta(days=4)
        told: str = write(
            lambda s: say(
                s, cast.sao_bac, [hoa], clock.at, kind=kind, lane=lane, vi=text, holds=holds
            )
        )
        send_due_deliveries()
        return told

    for n in range(25):
        read = tell(f"Bản tin số {n}")
        clock.move(minutes=1)
        send(client, hoa, command("message_read", {"message": read}, clock.at))
    clock.at = SystemClock().now() - timedelta(minutes=20)
    ids = {name: tell(name, Lane.URGENT) for name in ("withdrawn", "corrected", "better")}
    client.get("/api/v1/inbox", headers=hoa.headers)
    write(lambda s: withdraw_message(s, ids["withdrawn"], now=clock.at))
    write(lambda s: put_in_place_of(s, ids["better"], ids["corrected"]))
    clock.move(minutes=1)
    ids["reminder"] = write(lambda s: say(s, cast.sao_bac, [hoa], clock.at))
    ids["urgent"] = tell(GATE, Lane.URGENT)
    clock.at = SystemClock().now()
    return ids


def cards(page: Page) -> list[str]:
    """What stands on the card of each unread message: its kind."""
    return page.locator("article .status").all_inner_texts()


def unread_on_tab(page: Page) -> Any:
    return page.locator(".tabbar .count")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_is_urgent_stands_first_and_what_is_over_says_so(
    visit: Come,
    hoa: Person,
    full: dict[str, str],
    axe: Any,
    picture: Callable[[Page, str], None],
    language: str,
) -> None:
    page = visit(PHONE).sign_in_worker(hoa)
    expect(page.get_by_role("link", name=LINE)).to_be_visible()
    expect(unread_on_tab(page)).to_contain_text("5")
    picture(page, f"urgent-on-check-in-{language}")
    page.goto(f"{page.url}?lang={language}")
    page.locator(".note.is-risk[href='/inbox']").click()
    page.locator("[aria-busy=true]").first.wait_for(state="detached")
    expect(page.locator("article")).to_have_count(5)
    urgent, ended = ("Thông báo khẩn", ["Đã có bản sửa", "Đã huỷ"])
    if language == "vi":
        kinds = cards(page)
        assert kinds[:2] == [urgent, urgent]
        assert sorted(kinds[3:]) == sorted(ended)
        expect(page.get_by_text("Thay cho thông báo trước: Nhắc")).to_be_visible()
    expect(page.locator("summary")).to_have_count(20)
    page.locator("[data-act=more]").click()
    expect(page.locator("summary")).to_have_count(25)
    expect(page.locator("summary").nth(20)).to_be_focused()
    picture(page, f"inbox-{language}")
    assert complaints(page, axe) == []


def test_read_without_the_park_and_told_once_with_the_phones_own_time(
    visit: Come, hoa: Person, full: dict[str, str], clock: SetClock, session: Any
) -> None:
    page = visit(PHONE).sign_in_worker(hoa)
    until_kept(page)
    page.locator(".tabbar a[href='/inbox']").click()
    expect(page.locator("article")).to_have_count(5)
    known = len(receipts(session))
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text(re.compile("Đây là thư đến [0-9/]+ · [0-9:]+"))).to_be_visible()
    card = page.locator("article").filter(has_text=GATE)
    before = SystemClock().now()
    card.get_by_role("button", name="Tôi đã đọc").dblclick()
    expect(card).to_have_count(0)
    after = SystemClock().now()
    expect(page.locator("article")).to_have_count(4)
    expect(unread_on_tab(page)).to_contain_text("4")
    expect(page.get_by_text("chờ gửi", exact=False).last).to_be_visible()
    expect(page.get_by_role("button", name="Tôi đã đọc").first).to_be_focused()
    page.locator(".tabbar a[href='/check-in']").click()
    expect(page.get_by_role("heading", name="Chào bạn Hoa")).to_be_visible()
    expect(unread_on_tab(page)).to_contain_text("4")
    expect(page.get_by_role("link", name=LINE)).to_have_count(1)  # of the one that corrects
    clock.at = SystemClock().now() + timedelta(minutes=5)
    page.context.set_offline(False)
    page.locator(".tabbar a[href='/inbox']").click()
    expect(page.get_by_text("chờ gửi", exact=False)).to_have_count(0)
    session.rollback()
    of_gate = select(Delivery).where(Delivery.message_id == full["urgent"])
    kept = session.scalars(of_gate).one()
    assert kept.status == "read"
    assert before - timedelta(seconds=1) <= kept.read_at <= after + timedelta(seconds=1)
    assert len(receipts(session)) == known + 1


def receipts(session: Any) -> list[str]:
    """Keys of the commands that said that something was read."""
    session.rollback()
    return list(session.scalars(select(Command.key).where(Command.kind == "message_read")))


def test_an_urgent_line_goes_with_what_was_read_here(
    visit: Come, cast: Cast, hoa: Person, clock: SetClock, write: Write
) -> None:
    write(
        lambda s: say(
            s, cast.sao_bac, [hoa], clock.at, kind=MessageKind.NOTICE, lane=Lane.URGENT, vi=GATE
        )
    )
    send_due_deliveries()
    page = visit(PHONE).sign_in_worker(hoa)
    until_kept(page)
    expect(page.get_by_role("link", name=LINE)).to_be_visible()
    page.get_by_role("link", name=LINE).click()
    expect(page.get_by_role("button", name="Tôi đã đọc")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("button", name="Tôi đã đọc").click()
    expect(page.get_by_role("heading", name="Đã đọc")).to_be_visible()
    expect(unread_on_tab(page)).to_have_count(0)
    page.locator(".tabbar a[href='/check-in']").click()
    expect(page.get_by_role("heading", name="Chào bạn Hoa")).to_be_visible()
    expect(page.get_by_role("link", name=LINE)).to_have_count(0)
    expect(unread_on_tab(page)).to_have_count(0)
