"""Signing in by page: who gets in, who is told what, and what stays shut until a change."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.accounts.actions.office import add_office_account, set_active
from app.accounts.actions.secrets import replace_recovery_codes, set_pins
from app.accounts.rules import Role
from app.extensions import hash_secret
from tests.conftest import Node, SetClock
from tests.factories.browser import Browser
from tests.factories.people import SECRET, STORY, Cast


@pytest.fixture
def new_officer(write: Callable[..., Any], cast: Cast, clock: SetClock) -> str:
    """An officer who has not changed the first password yet; the login."""

    def work(session: Session) -> str:
        return add_office_account(
            session,
            name="Lê Thị Mới",
            login="moi",
            secret_hash=hash_secret(SECRET),
            must_change=True,
            grants=[(Role.SAFETY_OFFICER, cast.sao_bac.id)],
            actor=STORY,
            now=clock.at,
        )

    write(work)
    return "moi"


def test_an_officer_signs_in_and_goes_on_to_the_page_that_was_asked_for(
    browser: Browser, cast: Cast
) -> None:
    asked = browser.open("/workers?q=Hoa")
    assert asked.request.path == "/sign-in"
    assert "Tên đăng nhập" in asked.text
    page = browser.send("/sign-in", login="Hanh ", secret=SECRET)
    assert page.request.full_path == "/workers?q=Hoa"


@pytest.mark.parametrize(
    "wanted", ["https://ngoai.vn/", "//ngoai.vn", "/\\ngoai.vn", "/\t/ngoai.vn", "workers"]
)
def test_signing_in_never_leads_to_another_site(browser: Browser, cast: Cast, wanted: str) -> None:
    browser.open("/sign-in?office=1")
    values = browser.form("/sign-in").values
    page = browser.post("/sign-in", values | {"login": "hanh", "secret": SECRET, "next": wanted})
    assert page.status_code == 302
    assert page.headers["Location"] == "/"


def test_a_wrong_password_is_told_at_the_field_and_tells_nothing_else(
    browser: Browser, cast: Cast
) -> None:
    browser.open("/sign-in?office=1")
    wrong = browser.send("/sign-in", login="hanh", secret="mua-xuan")
    assert wrong.status_code == 401
    assert 'aria-invalid="true"' in wrong.text
    nobody = browser.send("/sign-in", login="khong-co", secret="mua-xuan")
    sentence = "Mã nhân viên, tên đăng nhập hoặc mã bí mật chưa đúng."
    assert sentence in wrong.text
    assert sentence in nobody.text


def test_the_fifth_wrong_try_locks_for_a_quarter_of_an_hour(
    browser: Browser, other_browser: Browser, cast: Cast, clock: SetClock
) -> None:
    browser.open("/sign-in?office=1")
    for _ in range(5):
        browser.send("/sign-in", login="hanh", secret="mua-xuan")
    locked = browser.send("/sign-in", login="hanh", secret=SECRET)
    assert locked.status_code == 429
    assert int(locked.headers["Retry-After"]) <= 15 * 60
    assert "15 phút" in locked.text.replace("\N{NO-BREAK SPACE}", " ")
    clock.move(minutes=16)
    assert browser.send("/sign-in", login="hanh", secret=SECRET).request.path != "/sign-in"


def test_a_worker_who_is_in_the_safety_team_opens_office_pages_by_badge(
    browser: Browser, cast: Cast
) -> None:
    browser.sign_in(cast.sao_bac.people["nhung"])
    assert browser.open("/workers").request.path == "/workers"


def test_a_pure_worker_without_script_is_told_what_is_needed_and_opens_no_page(
    browser: Browser, cast: Cast
) -> None:
    page = browser.sign_in(cast.sao_bac.people["hoa"])
    assert page.status_code == 200
    assert "Cần bật JavaScript" in page.text
    assert browser.open("/my-account").request.path == "/sign-in"


def test_a_province_has_no_part_for_workers(province: Node) -> None:
    page = Browser(province.app.test_client()).open("/sign-in?badge=1")
    assert "Tên đăng nhập" in page.text
    assert "Mã nhân viên" not in page.text


def test_the_two_parts_of_the_page_are_two_addresses(browser: Browser, cast: Cast) -> None:
    by_badge, by_login = browser.open("/sign-in").text, browser.open("/sign-in?office=1").text
    assert ('id="pin"' in by_badge, 'id="secret"' in by_badge) == (True, False)
    assert ('id="pin"' in by_login, 'id="secret"' in by_login) == (False, True)


def test_until_an_issued_password_is_changed_nothing_else_opens(
    browser: Browser, new_officer: str
) -> None:
    browser.open("/sign-in?office=1")
    assert browser.send("/sign-in", login=new_officer, secret=SECRET).request.path == "/my-account"
    for address in ("/workers", "/workers/new", "/settings/schedule", "/"):
        assert browser.open(address).request.path == "/my-account"
    values = browser.form("/my-account/secret").values
    for address in ("/workers/pins", "/my-account/recovery-codes"):
        refused = browser.post(address, {"csrf_token": values["csrf_token"]})
        assert refused.status_code == 403
    changed = browser.send(
        "/my-account/secret", current=SECRET, secret="mua-he-da-nang", again="mua-he-da-nang"
    )
    assert changed.status_code == 200
    assert browser.open("/workers").request.path == "/workers"


def test_an_issued_pin_opens_only_the_own_account_too(
    browser: Browser, cast: Cast, write: Callable[..., Any], clock: SetClock
) -> None:
    nhung = cast.sao_bac.people["nhung"]
    write(lambda s: set_pins(s, {nhung.id: hash_secret("480159")}, actor=STORY, now=clock.at))
    browser.sign_in(nhung)
    assert browser.open("/workers").request.path == "/my-account"
    browser.send("/my-account/pin", current="480159", pin="700316", again="700316")
    assert browser.open("/workers").request.path == "/workers"


def test_a_session_ends_when_the_account_is_shut(
    browser: Browser, cast: Cast, write: Callable[..., Any], clock: SetClock
) -> None:
    hanh = cast.sao_bac.people["hanh"]
    browser.sign_in(hanh)
    write(lambda s: set_active(s, hanh.id, active=False, actor=STORY, now=clock.at))
    assert browser.open("/workers").request.path == "/sign-in"


def test_a_printed_code_lets_in_once_and_sets_a_new_password(
    browser: Browser,
    other_browser: Browser,
    cast: Cast,
    write: Callable[..., Any],
    clock: SetClock,
) -> None:
    hanh = cast.sao_bac.people["hanh"]
    codes = write(lambda s: replace_recovery_codes(s, hanh.id, actor=STORY, now=clock.at))
    browser.open("/recover")
    new = {"secret": "gio-mua-dong-bac", "again": "gio-mua-dong-bac"}
    typed = codes[0].lower().replace("-", " ")
    assert browser.send("/recover", login="hanh", code=typed, **new).request.path == "/my-account"
    other_browser.open("/recover")
    again = other_browser.send("/recover", login="hanh", code=codes[0], **new)
    assert again.status_code == 401
    assert "mã khôi phục chưa đúng" in again.text


def test_who_is_locked_out_gets_in_with_a_printed_code(
    browser: Browser, cast: Cast, write: Callable[..., Any], clock: SetClock
) -> None:
    hanh = cast.sao_bac.people["hanh"]
    codes = write(lambda s: replace_recovery_codes(s, hanh.id, actor=STORY, now=clock.at))
    lock_out(browser)
    browser.open("/recover")
    new = {"secret": "gio-mua-dong-bac", "again": "gio-mua-dong-bac"}
    assert browser.send("/recover", login="hanh", code="AAAAA-BBBBB", **new).status_code == 401
    page = browser.send("/recover", login="hanh", code=codes[0], **new)
    assert page.request.path == "/my-account"


def test_wrong_printed_codes_lock_the_codes_and_not_the_password(
    browser: Browser, cast: Cast
) -> None:
    new = {"secret": "gio-mua-dong-bac", "again": "gio-mua-dong-bac"}
    browser.open("/recover")
    for _ in range(5):
        assert browser.send("/recover", login="hanh", code="AAAAA-BBBBB", **new).status_code == 401
    assert browser.send("/recover", login="hanh", code="AAAAA-BBBBB", **new).status_code == 429
    assert browser.sign_in(cast.sao_bac.people["hanh"]).request.path != "/sign-in"


def test_a_password_set_by_the_administrator_opens_after_wrong_tries(
    browser: Browser, other_browser: Browser, cast: Cast
) -> None:
    lock_out(browser)
    other_browser.sign_in(cast.people["an"])
    other_browser.open(f"/admin/accounts/{cast.sao_bac.people['hanh'].id}")
    page = other_browser.send("/secret")
    shown = re.search(r"[2-9A-Z]{5}-[2-9A-Z]{5}-[2-9A-Z]{5}", page.text)
    assert shown
    browser.open("/sign-in?office=1")
    page = browser.send("/sign-in", login="hanh", secret=shown[0])
    assert page.request.path == "/my-account"


def lock_out(browser: Browser) -> None:
    """Five wrong passwords of Hạnh's, and a sixth that is right."""
    browser.open("/sign-in?office=1")
    for _ in range(5):
        browser.send("/sign-in", login="hanh", secret="sai-mat-khau-roi")
    assert browser.send("/sign-in", login="hanh", secret=SECRET).status_code == 429


def test_a_new_password_typed_differently_the_second_time_changes_nothing(
    browser: Browser, cast: Cast
) -> None:
    browser.open("/recover")
    page = browser.send(
        "/recover", login="hanh", code="AAAAA-BBBBB", secret="gio-mua-dong", again="gio-mua-bac"
    )
    assert page.status_code == 422
    assert "Hai mật khẩu chưa giống nhau" in page.text


@pytest.mark.parametrize("address", ["/sign-in", "/recover", "/sign-out"])
def test_a_forged_post_is_refused(browser: Browser, cast: Cast, address: str) -> None:
    assert browser.post_forged(address, login="hanh", secret=SECRET).status_code == 400
