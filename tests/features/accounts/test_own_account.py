"""One's own account: secrets, codes on paper, machines that are signed in."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.accounts.queries.sessions import list_web_sessions
from app.accounts.queries.signing_in import count_recovery_codes
from tests.conftest import SetClock
from tests.factories.browser import Browser
from tests.factories.people import SECRET, Cast

NEW = "mua-he-da-nang"


def test_a_new_password_signs_every_other_machine_out(
    browser: Browser, other_browser: Browser, cast: Cast
) -> None:
    hanh = cast.sao_bac.people["hanh"]
    browser.sign_in(hanh)
    other_browser.sign_in(hanh)
    browser.open("/my-account")
    browser.send("/my-account/secret", current=SECRET, secret=NEW, again=NEW)
    assert browser.open("/my-account").request.path == "/my-account"
    assert other_browser.open("/my-account").request.path == "/sign-in"
    assert browser.call("/api/v1/me", hanh.headers).status_code == 401


@pytest.mark.parametrize(
    ("current", "secret", "again", "told"),
    [
        ("sai-mat-khau", NEW, NEW, "hiện tại chưa đúng"),
        (SECRET, "ngan", "ngan", "ít nhất 10 ký tự"),
        (SECRET, "toi-la-hanh-day", "toi-la-hanh-day", "không chứa tên đăng nhập"),
        (SECRET, SECRET, SECRET, "khác mã đang dùng"),
        (SECRET, NEW, "mua-he-hoi-an", "chưa giống nhau"),
        ("", "", "", "Cần điền mục này"),
    ],
)
def test_a_password_that_will_not_do_is_refused_with_the_reason(
    browser: Browser, cast: Cast, current: str, secret: str, again: str, told: str
) -> None:
    browser.sign_in(cast.sao_bac.people["hanh"])
    browser.open("/my-account")
    page = browser.send("/my-account/secret", current=current, secret=secret, again=again)
    assert page.status_code in {401, 422}
    assert told in page.text


@pytest.mark.parametrize("pin", ["123456", "111111", "200011", "12345", "abcdef"])
def test_a_guessable_pin_is_refused(browser: Browser, cast: Cast, pin: str) -> None:
    browser.sign_in(cast.sao_bac.people["nhung"])
    browser.open("/my-account")
    wanted = "SB20001"[-5:] + "1" if pin == "200011" else pin
    page = browser.send("/my-account/pin", current="480159", pin=wanted, again=wanted)
    assert (page.status_code == 422) is (pin != "200011")


def test_codes_are_shown_once_and_a_reload_makes_no_others(
    browser: Browser, cast: Cast, session: Session
) -> None:
    hanh = cast.sao_bac.people["hanh"]
    browser.sign_in(hanh)
    browser.open("/my-account")
    form = browser.form("/my-account/recovery-codes")
    first = browser.send("/my-account/recovery-codes")
    assert first.headers["Cache-Control"] == "no-store"
    assert first.text.count("<li><b") == 10
    reload = browser.post(form.action, form.values)
    assert reload.status_code == 409
    session.rollback()
    assert count_recovery_codes(session, hanh.id) == 10
    assert "Còn 10 mã chưa dùng" in browser.open("/my-account").text


def test_a_lost_phone_and_another_browser_are_signed_out_from_here(
    browser: Browser, other_browser: Browser, cast: Cast
) -> None:
    hanh = cast.sao_bac.people["hanh"]
    other_browser.sign_in(hanh)
    browser.sign_in(hanh)
    browser.open("/my-account")
    browser.send("/end")
    assert other_browser.open("/my-account").request.path == "/sign-in"
    browser.open("/my-account")
    browser.send("/revoke")
    assert browser.call("/api/v1/me", hanh.headers).status_code == 401
    assert browser.open("/my-account").request.path == "/my-account"


def test_nobody_signs_out_the_machine_of_somebody_else(
    browser: Browser, other_browser: Browser, cast: Cast, session: Session
) -> None:
    khoi = cast.minh_tri.people["khoi"]
    other_browser.sign_in(khoi)
    session.rollback()
    foreign = list_web_sessions(session, khoi.id)[0].id
    browser.sign_in(cast.sao_bac.people["hanh"])
    browser.open("/my-account")
    token = browser.form("/my-account/secret").values["csrf_token"]
    refused = browser.post(f"/my-account/sessions/{foreign}/end", {"csrf_token": token})
    assert refused.status_code == 404
    assert other_browser.open("/my-account").request.path == "/my-account"


def test_signing_out_everywhere_ends_this_session_and_every_token(
    browser: Browser, cast: Cast
) -> None:
    hanh = cast.sao_bac.people["hanh"]
    browser.sign_in(hanh)
    browser.open("/my-account")
    assert browser.send("/my-account/sign-out-everywhere").request.path == "/sign-in"
    assert browser.open("/my-account").request.path == "/sign-in"
    assert browser.call("/api/v1/me", hanh.headers).status_code == 401


def test_a_machine_left_alone_for_a_quarter_of_an_hour_asks_again(
    browser: Browser, cast: Cast, clock: SetClock
) -> None:
    browser.sign_in(cast.sao_bac.people["hanh"])
    clock.move(minutes=14)
    assert browser.open("/my-account").request.path == "/my-account"
    clock.move(minutes=16)
    assert browser.open("/my-account").request.path == "/sign-in"


@pytest.mark.parametrize(
    "address",
    ["/my-account/secret", "/my-account/recovery-codes", "/my-account/sign-out-everywhere"],
)
def test_a_forged_post_is_refused(
    browser: Browser, cast: Cast, write: Callable[..., Any], address: str
) -> None:
    browser.sign_in(cast.sao_bac.people["hanh"])
    assert browser.post_forged(address, current=SECRET, secret=NEW, again=NEW).status_code == 400
