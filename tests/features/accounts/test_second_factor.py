"""The second proof at sign-in: a phone's code or a printed one, each once; and a lost phone."""

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actions.second_factor import (
    begin_second_factor,
    confirm_second_factor,
    demand_second_factor,
    give_second_proof,
)
from app.accounts.queries.second_factor import find_second_factor, list_demanded
from app.accounts.rules import Role
from app.accounts.rules.second_factor import CodeUsed, step_at
from app.audit.models import AuditEntry
from app.extensions import one_time_code
from app.web.transaction import transact
from tests.conftest import Node, SetClock
from tests.factories.browser import Browser
from tests.factories.people import SECRET, STORY, Cast, Person

Write = Callable[[Callable[[Session], Any]], Any]


class Phone:
    """Somebody's authenticator app."""

    def __init__(self, seed: str, clock: SetClock) -> None:
        self.seed, self.clock = seed, clock

    def code(self, steps: int = 0) -> str:
        return one_time_code(self.seed, step_at(self.clock.at) + steps)


@pytest.fixture
def equip(write: Write, clock: SetClock) -> Callable[[Person], tuple[Phone, list[str]]]:
    """Give somebody a second proof; their phone and their printed codes, a minute later."""

    def make(person: Person) -> tuple[Phone, list[str]]:
        phone = Phone(write(lambda s: begin_second_factor(s, person.id, now=clock.at)), clock)
        codes = write(
            lambda s: confirm_second_factor(s, person.id, phone.code(), actor=STORY, now=clock.at)
        )
        clock.move(minutes=1)
        return phone, codes

    return make


def api_sign_in(browser: Browser, **more: str) -> Any:
    body = {"login": "hanh", "secret": SECRET, "device": {"id": "d1", "label": "x"}, **more}
    return browser.send_json("/api/v1/sign-in", body)


def acts(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(AuditEntry.act)))


def test_an_officer_sets_it_up_with_a_phone_and_prints_ten_codes(
    browser: Browser, other_browser: Browser, cast: Cast, clock: SetClock
) -> None:
    hanh = cast.sao_bac.people["hanh"]
    other_browser.sign_in(hanh)
    browser.sign_in(hanh)
    assert "Bật xác thực hai bước" in browser.open("/my-account").text
    browser.open("/my-account/second-factor")
    assert browser.send("/begin", current="sai-mat-khau").status_code == 401
    page = browser.send("/begin", current=SECRET)
    shown = re.search(r"<code class=\"path\">([A-Z2-7 ]+)</code>", page.text)
    assert shown
    phone = Phone(shown[1].replace(" ", ""), clock)
    assert browser.send("/confirm", code="000000").status_code == 401
    page = browser.send("/confirm", code=phone.code())
    assert page.text.count("<li><b") == 10
    assert page.headers["Cache-Control"] == "no-store"
    assert shown[1] not in browser.open("/my-account/second-factor").text
    assert other_browser.open("/my-account").request.path == "/sign-in"
    assert browser.call("/api/v1/me", hanh.headers).status_code == 401


def test_the_password_alone_no_longer_opens_a_page(
    browser: Browser, cast: Cast, equip: Any, clock: SetClock
) -> None:
    phone, _ = equip(cast.sao_bac.people["hanh"])
    browser.open("/workers?q=Hoa")
    page = browser.send("/sign-in", login="hanh", secret=SECRET)
    assert page.request.path == "/sign-in/code"
    assert "Mật khẩu đã đúng" in page.text
    assert browser.client.get("/workers").location.startswith("/sign-in")
    assert browser.send("/sign-in/code", code="000000").status_code == 401
    assert browser.send("/sign-in/code", code="").status_code == 422
    page = browser.send("/sign-in/code", code=phone.code())
    assert page.request.full_path == "/workers?q=Hoa"


def test_half_way_ends_after_five_minutes_and_with_the_old_password(
    browser: Browser, cast: Cast, equip: Any, clock: SetClock
) -> None:
    phone, _ = equip(cast.sao_bac.people["hanh"])
    browser.sign_in(cast.sao_bac.people["hanh"])
    clock.move(minutes=6)
    assert browser.send("/sign-in/code", code=phone.code()).request.path == "/sign-in"


def test_a_script_is_told_that_a_code_is_wanted_and_gives_it(
    browser: Browser, cast: Cast, equip: Any, clock: SetClock
) -> None:
    phone, codes = equip(cast.sao_bac.people["hanh"])
    wanted = api_sign_in(browser)
    assert (wanted.status_code, wanted.json["code"]) == (401, "accounts.second_factor_needed")
    wrong = api_sign_in(browser, secret="sai-mat-khau", totp=phone.code())
    assert wrong.json["code"] == "accounts.wrong_credentials"
    let_in = api_sign_in(browser, totp=phone.code())
    assert let_in.status_code == 200
    assert browser.call("/api/v1/me", {"Authorization": f"Bearer {let_in.json['token']}"}).json
    again = api_sign_in(browser, totp=phone.code())
    assert (again.status_code, again.json["code"]) == (401, "accounts.code_used")
    assert api_sign_in(browser, totp=codes[0].lower()).status_code == 200
    assert api_sign_in(browser, totp=codes[0]).json["code"] == "accounts.wrong_code"
    off = api_sign_in(browser, totp=phone.code(steps=10))
    assert off.json["code"] == "accounts.clock_off"
    assert "5" in off.json["detail"]


def test_the_pages_open_once_by_the_word_that_the_script_got(
    browser: Browser, other_browser: Browser, cast: Cast, equip: Any, clock: SetClock
) -> None:
    phone, _ = equip(cast.sao_bac.people["hanh"])
    word = api_sign_in(browser, totp=phone.code()).json["second_step"]
    for each, path in ((browser, "/workers"), (other_browser, "/sign-in/code")):
        each.open("/sign-in?office=1&next=/workers")
        page = each.send("/sign-in", login="hanh", secret=SECRET, second_step=word)
        assert page.request.path == path
    clock.move(minutes=1)
    late = api_sign_in(browser, totp=phone.code()).json["second_step"]
    clock.move(minutes=3)
    other_browser.open("/sign-in?office=1")
    page = other_browser.send("/sign-in", login="hanh", secret=SECRET, second_step=late)
    assert page.request.path == "/sign-in/code"


def test_the_same_code_at_the_same_time_lets_one_in(
    node: Node, cast: Cast, equip: Any, clock: SetClock
) -> None:
    hanh = cast.sao_bac.people["hanh"]
    phone, _ = equip(hanh)
    code, outcomes, together = phone.code(), [], threading.Barrier(6)

    def give() -> None:
        with node.app.app_context():
            together.wait()
            try:
                transact(lambda s: give_second_proof(s, hanh.id, code, actor=STORY, now=clock.at))
            except CodeUsed:
                outcomes.append("used")
            else:
                outcomes.append("in")

    threads = [threading.Thread(target=give) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in", *["used"] * 5]


def test_wrong_codes_lock_the_code_and_not_the_password(
    browser: Browser, cast: Cast, equip: Any, clock: SetClock
) -> None:
    phone, _ = equip(cast.sao_bac.people["hanh"])
    for _ in range(5):
        assert api_sign_in(browser, totp="000000").status_code == 401
    locked = api_sign_in(browser, totp=phone.code())
    assert (locked.status_code, locked.json["code"]) == (429, "accounts.locked_out")
    assert int(locked.headers["Retry-After"]) <= 15 * 60
    assert api_sign_in(browser).json["code"] == "accounts.second_factor_needed"
    clock.move(minutes=16)
    assert api_sign_in(browser, totp=phone.code()).status_code == 200


def test_with_a_wrong_clock_of_the_server_a_printed_code_opens_and_the_clock_is_shown(
    browser: Browser, cast: Cast, equip: Any, clock: SetClock
) -> None:
    phone, codes = equip(cast.sao_bac.people["hanh"])
    shown = phone.code()
    clock.move(days=365, minutes=5)
    for _ in range(5):
        wrong = api_sign_in(browser, totp=shown)
        assert wrong.json["code"] == "accounts.wrong_code"
        assert "Đồng hồ máy chủ lúc này: 05:16 24/11/2027" in wrong.json["detail"]
    assert api_sign_in(browser, totp=shown).json["code"] == "accounts.locked_out"
    assert api_sign_in(browser, totp=codes[0]).status_code == 200
    for _ in range(5):
        assert api_sign_in(browser, totp="sai-ma").json["code"] == "accounts.wrong_code"
    assert api_sign_in(browser, totp=codes[1]).json["code"] == "accounts.locked_out"


def test_a_printed_password_code_does_not_go_past_the_phone(
    browser: Browser, cast: Cast, equip: Any, clock: SetClock, write: Write
) -> None:
    from app.accounts.actions.secrets import replace_recovery_codes

    hanh = cast.sao_bac.people["hanh"]
    phone, _ = equip(hanh)
    printed = write(lambda s: replace_recovery_codes(s, hanh.id, actor=STORY, now=clock.at))
    browser.open("/recover")
    page = browser.send(
        "/recover", login="hanh", code=printed[0], secret="mua-he-da-nang", again="mua-he-da-nang"
    )
    assert page.request.path == "/sign-in/code"
    assert browser.send("/sign-in/code", code=printed[1]).status_code == 401
    assert browser.send("/sign-in/code", code=phone.code()).request.path == "/my-account"


def test_the_person_gives_it_up_with_a_code_and_not_without(
    browser: Browser, cast: Cast, equip: Any, session: Session
) -> None:
    hanh = cast.sao_bac.people["hanh"]
    phone, codes = equip(hanh)
    browser.sign_in(hanh)
    browser.send("/sign-in/code", code=phone.code())
    browser.open("/my-account/second-factor")
    form = browser.form("/my-account/second-factor/codes")
    assert browser.send("/my-account/second-factor/codes").text.count("<li><b") == 10
    assert browser.post(form.action, form.values).status_code == 409
    browser.open("/my-account/second-factor")
    assert browser.send("/drop", code=codes[0]).status_code == 401
    assert browser.send("/drop", code=phone.code(1)).request.path == "/my-account"
    session.rollback()
    assert find_second_factor(session, hanh.id) is None


def test_an_administrator_helps_after_a_lost_phone_and_it_is_written_down(
    browser: Browser, other_browser: Browser, cast: Cast, equip: Any, session: Session
) -> None:
    hanh = cast.sao_bac.people["hanh"]
    phone, _ = equip(hanh)
    api_sign_in(other_browser, totp=phone.code())
    browser.sign_in(cast.people["an"])
    browser.open(f"/admin/accounts/{hanh.id}")
    page = browser.send("/second-factor/reset")
    assert "Đã gỡ xác thực hai bước" in page.text
    assert "accounts.second_factor_reset" in acts(session)
    token = browser.form("/active").values["csrf_token"]
    none_left = browser.post(
        f"/admin/accounts/{hanh.id}/second-factor/reset", {"csrf_token": token}
    )
    assert none_left.status_code == 409
    assert other_browser.sign_in(hanh).request.path != "/sign-in/code"


def test_the_command_line_helps_when_nobody_gets_in(
    node: Node, cast: Cast, equip: Any, session: Session
) -> None:
    equip(cast.people["an"])
    run = node.app.test_cli_runner().invoke
    done = run(args=["accounts", "reset-second-factor", "--login", "an", "--json"])
    assert done.exit_code == 0, done.output
    session.rollback()
    assert find_second_factor(session, cast.people["an"].id) is None
    again = run(args=["accounts", "reset-second-factor", "--login", "an", "--json"])
    assert again.exit_code == 1
    assert "accounts.no_second_factor" in again.output


def test_a_demand_shuts_out_who_has_none_until_it_is_set_up(
    browser: Browser, other_browser: Browser, cast: Cast, session: Session, clock: SetClock
) -> None:
    hanh = cast.sao_bac.people["hanh"]
    other_browser.sign_in(hanh)
    browser.sign_in(cast.people["an"])
    browser.open("/admin/second-factor")
    form = browser.form("/admin/second-factor")
    refused = browser.post(form.action, form.values | {"roles": "admin"})
    assert refused.status_code == 409
    assert browser.post(form.action, form.values | {"roles": "safety_officer"}).status_code == 302
    session.rollback()
    assert list_demanded(session) == [Role.SAFETY_OFFICER]
    assert browser.call("/api/v1/me", hanh.headers).status_code == 401
    missing = api_sign_in(browser)
    assert (missing.status_code, missing.json["code"]) == (403, "accounts.second_factor_missing")
    assert other_browser.open("/workers").request.path == "/my-account/second-factor"
    page = other_browser.send("/begin", current=SECRET)
    token = other_browser.form("/confirm").values["csrf_token"]
    shut = other_browser.post("/my-account/recovery-codes", {"csrf_token": token})
    assert shut.status_code == 403
    seed = re.search(r"<code class=\"path\">([A-Z2-7 ]+)</code>", page.text)
    assert seed
    other_browser.send("/confirm", code=Phone(seed[1].replace(" ", ""), clock).code())
    assert other_browser.open("/workers").request.path == "/workers"
    assert "không tự tắt được" in other_browser.open("/my-account/second-factor").text
    token = other_browser.form("/my-account/second-factor/codes").values["csrf_token"]
    clock.move(minutes=1)
    code = Phone(seed[1].replace(" ", ""), clock).code()
    kept = other_browser.post("/my-account/second-factor/drop", {"csrf_token": token, "code": code})
    assert kept.status_code == 409


def test_a_role_that_comes_with_the_demand_closes_what_was_open(
    browser: Browser, cast: Cast, write: Write, clock: SetClock
) -> None:
    from app.accounts.actions.office import give_role

    write(lambda s: demand_second_factor(s, [Role.PARK_MANAGER], actor=STORY, now=clock.at))
    hanh = cast.sao_bac.people["hanh"]
    assert browser.call("/api/v1/me", hanh.headers).status_code == 200
    write(
        lambda s: give_role(s, hanh.id, Role.PARK_MANAGER, cast.park_id, actor=STORY, now=clock.at)
    )
    assert browser.call("/api/v1/me", hanh.headers).status_code == 401


@pytest.mark.parametrize("part", ["begin", "confirm", "codes", "drop"])
def test_a_forged_post_is_refused(browser: Browser, cast: Cast, part: str) -> None:
    browser.sign_in(cast.sao_bac.people["hanh"])
    forged = browser.post_forged(f"/my-account/second-factor/{part}", current=SECRET, code="1")
    assert forged.status_code == 400
