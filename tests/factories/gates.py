"""A guard's browser: signed in, with the lists, and a scanner that types faster than anybody."""

from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.accounts.rules import Role
from app.checkins.actions.answers import record_check_in
from app.checkins.rules.requests import CheckInRequest
from app.gate.queries.passes import find_passes
from app.settings import Settings
from app.workforce.rules.shifts import ShiftCode
from tests.conftest import SetClock
from tests.factories.people import SECRET, STORY, Cast, Person, make_officer

TODAY = "2026-11-24"
SIGN_IN = """async ([login, secret]) => {
  const { api, session } = await import("/static/js/outbox/page.js");
  const reply = await api.send("/api/v1/sign-in", { text: JSON.stringify({ login, secret }) });
  if (!reply.ok) throw new Error(JSON.stringify(reply));
  await session.start(reply.json);
}"""
# All keys at once, as a scanner sends them: a real one cannot be plugged in here.
TYPE = """(text) => {
  const target = document.activeElement || document.body;
  for (const key of [...text, "Enter"]) {
    target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }
}"""


def make_guard(session: Session, cast: Cast, clock: SetClock) -> Person:
    """The guard of the park's first gate."""
    return make_officer(session, cast.park_id, Role.GATE, "cong1", "Cổng số 1", clock.at)


def answer(
    session: Session,
    person: Person,
    answers: dict[str, Any],
    *,
    settings: Settings,
    clock: SetClock,
) -> str | None:
    """Somebody answers for today's first shift; the pass that follows, if any."""
    on = clock.at.astimezone(settings.timezone).date()
    request = CheckInRequest(person.id, on, ShiftCode.CA1, answers, clock.at)
    record_check_in(session, request, settings=settings, actor=STORY, now=clock.at)
    return find_passes(session, [(person.id, on, "ca1")]).get((person.id, on, "ca1"))


def open_gate(page: Page, url: str, login: str = "cong1") -> Page:
    """The gate's page, signed in and with the lists of this moment."""
    page.goto(f"{url}/sign-in")
    page.evaluate(SIGN_IN, [login, SECRET])
    page.goto(f"{url}/gate")
    expect(page.get_by_role("heading", name="Mời quét mã")).to_be_visible()
    page.locator("[data-camera][data-reader=ready]").wait_for()
    return page


def scan(page: Page, text: str) -> None:
    """A scanner reads a code, wherever the focus is."""
    page.evaluate(TYPE, text)
