"""Signed-in browsers: a new id with every sign-in and with more rights, limits by role, an end."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.accounts.actions.office import give_role
from app.accounts.actions.secrets import set_pins
from app.accounts.rules import Role
from app.extensions import hash_secret
from app.settings import Settings, UnsafeSetting
from tests.conftest import Node, SetClock
from tests.factories.browser import Browser
from tests.factories.people import PIN, SECRET, STORY, Cast

Write = Callable[[Callable[[Session], Any]], Any]


@pytest.fixture
def database() -> str:
    """What a browser carries is the same on both."""
    return "sqlite"


def session_id(browser: Browser) -> str:
    with browser.client.session_transaction() as held:
        return str(held.get("_user_id"))


def opens_with(node: Node, old_id: str) -> bool:
    """Whether a session of this id still opens a page."""
    thief = Browser(node.app.test_client())
    with thief.client.session_transaction() as held:
        held["_user_id"] = old_id
    return thief.open("/my-account").request.path == "/my-account"


def test_each_sign_in_has_a_new_id_and_the_old_one_opens_nothing(
    browser: Browser, node: Node, cast: Cast
) -> None:
    hanh = cast.sao_bac.people["hanh"]
    browser.sign_in(hanh)
    first = session_id(browser)
    with browser.client.session_transaction() as held:
        held["planted"] = "by somebody else"
    browser.open("/recover")
    values = browser.form("/recover").values
    browser.post("/sign-in", values | {"login": "hanh", "secret": SECRET})
    assert session_id(browser) != first
    assert not opens_with(node, first)
    assert opens_with(node, session_id(browser))
    with browser.client.session_transaction() as held:
        assert "planted" not in held


def test_more_rights_come_with_a_new_id(
    browser: Browser, node: Node, cast: Cast, write: Write, clock: SetClock
) -> None:
    hanh = cast.sao_bac.people["hanh"]
    browser.sign_in(hanh)
    first = session_id(browser)
    write(
        lambda s: give_role(s, hanh.id, Role.PARK_MANAGER, cast.park_id, actor=STORY, now=clock.at)
    )
    page = browser.open("/my-account")
    assert page.request.path == "/my-account"
    assert session_id(browser) != first
    assert not opens_with(node, first)
    browser.send("/my-account/secret", current=SECRET, secret="mua-he-hue", again="mua-he-hue")
    assert browser.open("/my-account").request.path == "/my-account"


def test_a_renewed_id_does_not_make_the_day_longer(
    browser: Browser, cast: Cast, write: Write, clock: SetClock
) -> None:
    hanh = cast.sao_bac.people["hanh"]
    browser.sign_in(hanh)
    for hour in range(10 * 6):
        clock.move(minutes=10)
        if hour == 30:
            write(
                lambda s: give_role(
                    s, hanh.id, Role.PARK_MANAGER, cast.park_id, actor=STORY, now=clock.at
                )
            )
        assert browser.open("/my-account").request.path == "/my-account"
    clock.move(minutes=1)
    assert browser.open("/my-account").request.path == "/sign-in"


def test_an_administrator_is_asked_again_after_eight_hours(
    browser: Browser, cast: Cast, clock: SetClock
) -> None:
    browser.sign_in(cast.people["an"])
    for _ in range(8 * 6):
        clock.move(minutes=10)
        assert browser.open("/my-account").request.path == "/my-account"
    clock.move(minutes=1)
    assert browser.open("/my-account").request.path == "/sign-in"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"ANCA_SESSION_IDLE_MINUTES": "4"}, "ANCA_SESSION_IDLE_MINUTES"),
        ({"ANCA_SESSION_HOURS": "17"}, "ANCA_SESSION_HOURS"),
        ({"ANCA_SESSION_LIMITS": "admin=10"}, "ANCA_SESSION_LIMITS"),
        ({"ANCA_SESSION_LIMITS": "worker=10/8"}, "ANCA_SESSION_LIMITS"),
        ({"ANCA_SESSION_LIMITS": "admin=61/8"}, "ANCA_SESSION_LIMITS"),
        ({"ANCA_SESSION_LIMITS": "admin=10/0"}, "ANCA_SESSION_LIMITS"),
    ],
)
def test_limits_out_of_bounds_keep_the_node_from_starting(
    given: dict[str, str], named: str, tmp_path: Any
) -> None:
    with pytest.raises(UnsafeSetting, match=named):
        Settings.from_environment({"ANCA_INSTANCE": str(tmp_path), **given})


def test_limits_of_a_role_are_read(tmp_path: Any) -> None:
    given = {"ANCA_INSTANCE": str(tmp_path), "ANCA_SESSION_LIMITS": "admin=5/1 gate=60/12"}
    read = Settings.from_environment(given).session_limits
    assert set(read) == {("admin", 5, 1), ("gate", 60, 12), ("province_staff", 15, 8)}


def test_a_new_pin_signs_every_other_machine_out(
    browser: Browser, other_browser: Browser, cast: Cast
) -> None:
    nhung = cast.sao_bac.people["nhung"]
    other_browser.sign_in(nhung)
    browser.sign_in(nhung)
    browser.open("/my-account")
    browser.send("/my-account/pin", current=PIN, pin="735194", again="735194")
    assert browser.open("/my-account").request.path == "/my-account"
    assert other_browser.open("/my-account").request.path == "/sign-in"
    assert browser.call("/api/v1/me", nhung.headers).status_code == 401


def test_a_pin_chosen_on_a_phone_keeps_that_phone_only(
    browser: Browser, other_browser: Browser, cast: Cast
) -> None:
    nhung = cast.sao_bac.people["nhung"]
    body = {"company": "SAOBAC", "badge": nhung.badge, "pin": PIN, "device": {"id": "other"}}
    other = other_browser.send_json("/api/v1/sign-in", body).json["token"]
    browser.sign_in(nhung)
    chosen = browser.client.post("/api/v1/pin", json={"pin": "735194"}, headers=nhung.headers)
    assert chosen.status_code == 200
    assert browser.call("/api/v1/me", nhung.headers).status_code == 200
    assert browser.call("/api/v1/me", {"Authorization": f"Bearer {other}"}).status_code == 401
    assert browser.open("/my-account").request.path == "/sign-in"


def test_an_issued_pin_ends_what_the_old_one_opened(
    browser: Browser, cast: Cast, write: Write, clock: SetClock
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    issued = {hoa.id: hash_secret("735194")}
    write(lambda s: set_pins(s, issued, actor=STORY, now=clock.at))
    assert browser.call("/api/v1/me", hoa.headers).status_code == 401


def test_an_administrator_ends_everything_of_a_person(
    browser: Browser, other_browser: Browser, cast: Cast
) -> None:
    hanh = cast.sao_bac.people["hanh"]
    other_browser.sign_in(hanh)
    browser.sign_in(cast.people["an"])
    browser.open(f"/admin/accounts/{hanh.id}")
    token = browser.form("/active").values["csrf_token"]
    forged = browser.post_forged(f"/admin/accounts/{hanh.id}/sessions/end")
    assert forged.status_code == 400
    browser.send(f"/admin/accounts/{hanh.id}/sessions/end")
    assert other_browser.open("/my-account").request.path == "/sign-in"
    assert browser.call("/api/v1/me", hanh.headers).status_code == 401
    own = browser.post(
        f"/admin/accounts/{cast.people['an'].id}/sessions/end", {"csrf_token": token}
    )
    assert own.status_code == 409


def test_the_cookie_is_closed_to_scripts_and_other_sites(browser: Browser, cast: Cast) -> None:
    browser.open("/sign-in?office=1")
    values = browser.form("/sign-in").values | {"login": "hanh", "secret": SECRET}
    answer = browser.post("/sign-in", values)
    cookies = [each for each in answer.headers.getlist("Set-Cookie") if each.startswith("anca-")]
    assert cookies
    assert all("HttpOnly" in each and "SameSite=Lax" in each for each in cookies)
    assert not any("Expires" in each or "Max-Age" in each for each in cookies)
