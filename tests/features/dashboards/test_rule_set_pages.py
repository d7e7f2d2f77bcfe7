"""Rule sets: proposed until a person accepts one, for the own company or for the whole park."""

import re
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from app.accounts.actions.office import give_role
from app.accounts.rules import Role
from app.checkins.queries.rule_sets import get_rules
from tests.conftest import SetClock
from tests.factories.people import STORY, Cast, Person

Enter = Callable[[Person], FlaskClient]
OTHER_SET = "surveillance_2022@1"


def accept(browser: FlaskClient, version: str) -> int:
    """Press the button of a set; the status of the answer."""
    page = browser.get("/settings/rules").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    data = {"csrf_token": found[1], "rules": version}
    return browser.post("/settings/rules/accept", data=data).status_code


def test_every_set_says_it_is_proposed_until_somebody_accepts_it(
    cast: Cast, enter: Enter, session: Any
) -> None:
    browser = enter(cast.sao_bac.people["hanh"])
    assert "Đang dùng tạm, chưa ai chấp nhận" in browser.get("/settings/rules").text
    assert accept(browser, OTHER_SET) == 302
    session.rollback()
    in_force = get_rules(session, cast.sao_bac.id)
    assert (in_force.rules.version, in_force.accepted_by) == (OTHER_SET, "Nguyễn Thị Hạnh")
    page = browser.get("/settings/rules").text
    assert "Nguyễn Thị Hạnh chấp nhận lúc" in page
    assert "Đang dùng tạm" not in page
    assert get_rules(session, cast.minh_tri.id).proposed


def test_the_park_manager_accepts_for_all_who_have_not_chosen_themselves(
    cast: Cast, enter: Enter, session: Any
) -> None:
    accept(enter(cast.sao_bac.people["hanh"]), OTHER_SET)
    manager = enter(cast.people["lam"])
    assert accept(manager, "workplace_2020@1") == 302
    session.rollback()
    assert get_rules(session, cast.sao_bac.id).rules.version == OTHER_SET
    in_force = get_rules(session, cast.minh_tri.id)
    assert (in_force.rules.version, in_force.accepted_by) == ("workplace_2020@1", "Trần Văn Lâm")
    assert "Nguyễn Thị Hạnh" not in manager.get("/settings/rules").text
    officer = enter(cast.minh_tri.people["khoi"]).get("/settings/rules").text
    assert "cho cả khu" in officer


def test_an_officer_of_two_companies_accepts_for_the_one_looked_at(
    cast: Cast, enter: Enter, session: Any, write: Callable[..., Any], clock: SetClock
) -> None:
    hanh = cast.sao_bac.people["hanh"]
    officer = Role.SAFETY_OFFICER
    write(lambda s: give_role(s, hanh.id, officer, cast.minh_tri.id, actor=STORY, now=clock.at))
    browser = enter(hanh)
    page = browser.get("/settings/rules?company=MINHTRI").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    data = {"csrf_token": token[1], "rules": OTHER_SET, "company": "MINHTRI"}
    answer = browser.post("/settings/rules/accept", data=data)
    assert answer.location == "/settings/rules?company=MINHTRI"
    session.rollback()
    assert get_rules(session, cast.minh_tri.id).rules.version == OTHER_SET
    assert get_rules(session, cast.sao_bac.id).proposed
    assert browser.get("/settings/rules?company=ELSEWHERE").status_code == 404


def test_an_unknown_set_is_refused(cast: Cast, enter: Enter) -> None:
    assert accept(enter(cast.people["lam"]), "made_up@9") == 422


def test_who_may_not_accept_has_no_button(cast: Cast, enter: Enter) -> None:
    browser = enter(cast.sao_bac.people["nhung"])
    page = browser.get("/settings/rules")
    assert "Chấp nhận cho" not in page.text


def test_evidence_is_told_rule_by_rule(cast: Cast, enter: Enter) -> None:
    page = enter(cast.sao_bac.people["hanh"]).get("/settings/rules").text
    for mark in ("có trong văn bản công khai", "chưa kiểm chứng", "dự án chọn"):
        assert mark in page
