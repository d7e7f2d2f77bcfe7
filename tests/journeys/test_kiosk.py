"""The kiosk: cards are scanned, one touch each, the park may be away; nothing of anybody stays."""

import json
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
    const fields = Array.from(document.querySelectorAll("input, select, textarea"), (one) => one.value);
    told.push(JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), ...fields);
    told.push(document.documentElement.outerHTML, location.href, JSON.stringify(history.state), document.title);
    told.push(document.cookie);
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
