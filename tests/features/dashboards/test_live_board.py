"""A board that is open: asked every moment, drawn only when a figure changed, naming nobody."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.checkins.jobs import plan_due_duties
from tests.conftest import Node, SetClock
from tests.factories.people import Cast, Person, make_line, make_worker
from tests.features.dashboards.test_today import FEVER, RUNNY, answer, looks, token_in

Enter = Callable[[Person], FlaskClient]
Write = Callable[[Callable[[Any], Any]], Any]
LIVE = "/today/live?shift=ca1"


@pytest.fixture
def told(write: Write, in_app: Any, clock: SetClock) -> Callable[..., None]:
    """Somebody answered for today's first shift."""

    def tell(person: Person, answers: Any = None) -> None:
        well = {"symptoms": [], "temperature_c": None, "exposures": {}}
        write(lambda s: answer(s, person.id, answers or well, in_app, clock))

    return tell


def ask(browser: FlaskClient, mark: str = "", address: str = LIVE) -> Any:
    return browser.get(address, headers={"X-Refresh": "board", "If-None-Match": mark})


def test_nothing_is_sent_until_a_figure_changes(
    cast: Cast, enter: Enter, told: Callable[..., None], clock: SetClock
) -> None:
    browser = enter(cast.sao_bac.people["hanh"])
    first = ask(browser)
    assert first.status_code == 200
    same = ask(browser, first.headers["ETag"])
    assert (same.status_code, same.text) == (304, "")
    clock.move(minutes=1)
    later = ask(browser, "W/" + first.headers["ETag"])
    assert later.status_code == 304
    assert later.headers["X-As-Of"] != first.headers["X-As-Of"]
    told(cast.sao_bac.people["hoa"])
    changed = ask(browser, first.headers["ETag"])
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]
    assert "1\u00a0/\u00a04 người đi làm" in changed.text


def test_the_page_begins_with_the_mark_that_the_figures_have(cast: Cast, enter: Enter) -> None:
    browser = enter(cast.sao_bac.people["hanh"])
    live = ask(browser)
    page = browser.get("/today?shift=ca1").text
    assert f'data-mark="{live.headers["ETag"].strip(chr(34))}"' in page
    assert f'data-people="{live.headers["X-People"]}"' in page


def test_whom_the_board_names_changes_with_a_fever_and_not_with_a_healthy_answer(
    cast: Cast, enter: Enter, told: Callable[..., None]
) -> None:
    browser = enter(cast.sao_bac.people["hanh"])
    first = ask(browser)
    told(cast.sao_bac.people["hoa"])
    assert ask(browser).headers["X-People"] == first.headers["X-People"]
    told(cast.sao_bac.people["anh"], FEVER)
    assert ask(browser).headers["X-People"] != first.headers["X-People"]


def test_figures_name_nobody_keep_to_ones_own_line_and_are_no_look_at_health(
    cast: Cast, enter: Enter, told: Callable[..., None], session: Any
) -> None:
    told(cast.sao_bac.people["hoa"], FEVER)
    told(cast.sao_bac.people["men"], RUNNY)
    officer = ask(enter(cast.sao_bac.people["hanh"])).text
    assert "Chuyền 7" in officer
    assert "Nguyễn Thị Hoa" not in officer
    team = ask(enter(cast.sao_bac.people["nhung"])).text
    assert "Chuyền 3" in team
    assert "Chuyền 7" not in team
    assert looks(session) == []


def test_another_company_is_not_found(cast: Cast, enter: Enter) -> None:
    browser = enter(cast.sao_bac.people["hanh"])
    assert ask(browser, address="/today/live?company=MINHTRI").status_code == 404


def test_a_session_that_ended_leads_to_signing_in(cast: Cast, enter: Enter) -> None:
    browser = enter(cast.sao_bac.people["hanh"])
    token = token_in(browser.get("/today").text)
    browser.post("/sign-out", data={"csrf_token": token})
    assert ask(browser).status_code == 302


def test_a_day_without_anybody_has_empty_figures(cast: Cast, enter: Enter) -> None:
    browser = enter(cast.sao_bac.people["hanh"])
    empty = ask(browser, address="/today/live?on=2026-08-01")
    assert empty.status_code == 200
    assert "người đi làm" not in empty.text


def test_a_company_of_many_lines_shows_the_worst_ones_and_the_way_to_all(
    cast: Cast, enter: Enter, write: Write, clock: SetClock, in_app: Any
) -> None:
    def add(session: Any) -> None:
        for number in range(30):
            line = make_line(session, cast.sao_bac, f"Dãy {number}", clock.at)
            make_worker(session, line, f"SB-9{number:04}", f"Người {number}", clock.at, pin=None)

    write(add)
    plan_due_duties()
    browser = enter(cast.sao_bac.people["hanh"])
    page = browser.get("/today?shift=ca1").text
    assert "Xem cả 32 nơi" in page
    rows = page.partition('class="table units"')[2].partition("</table>")[0]
    assert rows.count('<th scope="row">') == 24
    whole = browser.get("/today?shift=ca1&units=all").text
    rows = whole.partition('class="table units"')[2].partition("</table>")[0]
    assert rows.count('<th scope="row">') == 32
    assert "Xem cả 32 nơi" not in whole


def test_what_one_board_was_shown_a_moment_ago_does_for_the_next_and_not_for_others(
    cast: Cast, enter: Enter, told: Callable[..., None], clock: SetClock
) -> None:
    browser, team = (enter(cast.sao_bac.people[name]) for name in ("hanh", "nhung"))
    first = ask(browser)
    told(cast.sao_bac.people["hoa"])
    clock.move(seconds=0.3)
    assert ask(browser).headers["ETag"] == first.headers["ETag"]
    assert "1\u00a0/\u00a03 người đi làm" in ask(team).text
    clock.move(seconds=0.3)
    assert "1\u00a0/\u00a04 người đi làm" in ask(browser).text


def test_while_one_board_is_drawn_anew_the_others_are_shown_the_last(
    cast: Cast, enter: Enter, told: Callable[..., None], clock: SetClock, node: Node
) -> None:
    browser = enter(cast.sao_bac.people["hanh"])
    mark = ask(browser).headers["ETag"]
    told(cast.sao_bac.people["hoa"])
    clock.move(seconds=2)
    drawings = node.app.extensions["board_drawings"]
    (look,) = drawings.looks
    with drawings.turn(look) as mine:
        assert mine
        assert ask(browser, mark).status_code == 304
    assert ask(browser, mark).status_code == 200
