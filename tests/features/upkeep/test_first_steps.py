"""First steps: ticked off by the data alone, on a role's first page, put away by the person."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.accounts.queries.signing_in import get_actor
from app.checkins.actions.levels import accept_rules
from app.kernel.actors import Actor, Role
from app.upkeep.queries.first_steps import DONE, list_first_steps
from app.upkeep.rules.first_steps import FirstStep, StepState, is_over, steps_of
from app.upkeep.views.first_steps import FIRST_PAGES, WORDS
from app.workforce.models import PatternAssignment
from tests.conftest import Node, SetClock
from tests.factories.browser import Browser
from tests.factories.people import Cast

Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def browser(node: Node) -> Browser:
    """Somebody's browser, signed in to nothing."""
    return Browser(node.app.test_client())


def marks(page: str) -> dict[str, bool]:
    """Each step on the page, and whether it is ticked off."""
    part = page.partition('class="card first-steps')[2].partition("</section>")[0]
    items = re.findall(r"<li.*?</li>", part, re.DOTALL)
    return {
        re.sub(r"<[^>]+>|\s+", " ", each).split("·")[0].strip(): "đã xong" in each for each in items
    }


def test_every_step_has_words_a_place_and_a_question_to_the_data(node: Node) -> None:
    assert set(WORDS) == set(DONE) == set(FirstStep)
    known = set(node.app.view_functions)
    assert {each.endpoint for each in WORDS.values()} <= known
    assert known >= FIRST_PAGES


def test_somebody_with_two_roles_sees_each_step_once() -> None:
    steps = steps_of([Role.SAFETY_OFFICER, Role.ADMIN, Role.SAFETY_OFFICER])
    assert len(steps) == len(set(steps))
    assert steps_of([Role.WORKER, Role.GATE]) == ()


def test_it_is_over_only_when_nothing_is_left() -> None:
    done, left = StepState(FirstStep.ROSTER, True), StepState(FirstStep.RULES, False)
    assert is_over([done])
    assert not is_over([done, left])


def test_an_officer_sees_what_is_done_and_what_is_not(
    cast: Cast, browser: Browser, write: Write, clock: SetClock
) -> None:
    browser.sign_in(cast.sao_bac.people["hanh"])
    told = marks(browser.open("/today").text)
    assert len(told) == 8
    rules = next(step for step in told if step.startswith("Xem và chấp nhận bộ quy tắc"))
    assert told["Nhập danh sách nhân viên"]
    assert not told[rules]

    def accept(session: Session) -> None:
        company = session.get_one(Branch, cast.sao_bac.id)
        actor = get_actor(session, cast.sao_bac.people["hanh"].id)
        accept_rules(session, company, "workplace_2020@1", actor=actor, now=clock.at)

    write(accept)
    assert any(
        done
        for step, done in marks(browser.open("/today").text).items()
        if step.startswith("Xem và chấp nhận")
    )
    # What is undone is no longer ticked: nothing is remembered but the data.
    write(lambda session: session.execute(delete(PatternAssignment)))
    told = marks(browser.open("/today").text)
    assert not any(done for step, done in told.items() if step.startswith("Đặt giờ ca"))


def test_the_steps_of_another_company_are_not_mine(
    cast: Cast, session: Session, node: Node
) -> None:
    officer = cast.minh_tri.people["khoi"]
    states = list_first_steps(session, get_actor(session, officer.id), node.app.config["SETTINGS"])
    done = {each.step for each in states if each.done}
    assert FirstStep.ROSTER in done
    assert FirstStep.SAFETY_TEAM not in done


@pytest.mark.parametrize(
    ("who", "page", "count"),
    [("lam", "/compliance", 3), ("an", "/admin/accounts", 5), ("nhung", "/today", 3)],
)
def test_each_role_has_its_own_on_its_first_page(
    cast: Cast, browser: Browser, who: str, page: str, count: int
) -> None:
    person = (cast.people | cast.sao_bac.people)[who]
    browser.sign_in(person)
    assert len(marks(browser.open(page).text)) == count
    assert marks(browser.open("/my-account").text) == {}


def test_who_puts_them_away_sees_them_no_more_until_taken_out(cast: Cast, browser: Browser) -> None:
    browser.sign_in(cast.sao_bac.people["hanh"])
    browser.open("/today")
    browser.send("/first-steps/put-away")
    assert marks(browser.open("/today").text) == {}
    browser.open("/my-account")
    browser.send("/first-steps/take-out")
    assert len(marks(browser.open("/today").text)) == 8


@pytest.mark.parametrize("act", ["put-away", "take-out"])
def test_another_site_can_neither_hide_nor_show_them(
    cast: Cast, browser: Browser, act: str
) -> None:
    browser.sign_in(cast.sao_bac.people["hanh"])
    assert browser.post_forged(f"/first-steps/{act}").status_code == 400
    assert len(marks(browser.open("/today").text)) == 8


def test_one_persons_choice_is_not_anothers(cast: Cast, browser: Browser, node: Node) -> None:
    browser.sign_in(cast.people["an"])
    browser.open("/admin/accounts")
    browser.send("/first-steps/put-away")
    other = Browser(node.app.test_client())
    other.sign_in(cast.sao_bac.people["hanh"])
    assert marks(other.open("/today").text)


def test_nobody_without_a_role_has_steps(session: Session, node: Node) -> None:
    assert list_first_steps(session, Actor(None, "ai đó"), node.app.config["SETTINGS"]) == []
