"""The admin's pages: accounts found, made, shut, given a new first password."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.accounts.queries.signing_in import find_by_login
from app.accounts.rules import Role
from tests.conftest import SetClock
from tests.factories.browser import Browser
from tests.factories.people import SECRET, Cast, make_officer


def secret_on(page: str) -> str:
    found = re.search(r"<b class=\"num\">([0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5})</b>", page)
    assert found is not None
    return found[1]


def test_a_new_officer_gets_a_first_password_shown_once(
    browser: Browser, other_browser: Browser, cast: Cast
) -> None:
    browser.sign_in(cast.people["an"])
    browser.open("/admin/accounts/new")
    page = browser.send(
        "/admin/accounts/new",
        name="Ngô Văn Tám",
        login="Tam",
        role="safety_officer",
        branch=str(cast.sao_bac.id),
    )
    assert page.headers["Cache-Control"] == "no-store"
    other_browser.open("/sign-in?office=1")
    entered = other_browser.send("/sign-in", login="tam", secret=secret_on(page.text))
    assert entered.request.path == "/my-account"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"login": "hanh"}, "đã có người dùng"),
        ({"name": ""}, "Cần điền mục này"),
        ({"role": "worker"}, "Chọn một mục trong danh sách"),
        ({"branch": "999"}, "Chọn một mục trong danh sách"),
    ],
)
def test_an_account_that_will_not_do_is_refused_with_what_was_typed(
    browser: Browser, cast: Cast, changed: dict[str, str], told: str
) -> None:
    browser.sign_in(cast.people["an"])
    browser.open("/admin/accounts/new")
    typed = {"name": "Ngô Văn Tám", "login": "tam", "role": "gate", "branch": str(cast.park_id)}
    page = browser.send("/admin/accounts/new", **(typed | changed))
    assert page.status_code in {409, 422}
    assert told in page.text
    assert (changed.get("login") or "tam") in page.text


def test_accounts_are_found_without_accents(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.people["an"])
    page = browser.open("/admin/accounts?q=hanh+nguyen").text
    assert "Nguyễn Thị Hạnh" in page
    assert "Đỗ Minh Khôi" not in page


def test_a_reset_password_signs_out_and_a_reload_does_not_reset_again(
    browser: Browser, other_browser: Browser, cast: Cast, session: Session
) -> None:
    hanh = cast.sao_bac.people["hanh"]
    other_browser.sign_in(hanh)
    browser.sign_in(cast.people["an"])
    browser.open(f"/admin/accounts/{hanh.id}")
    form = browser.form("/secret")
    secret = secret_on(browser.send("/secret").text)
    assert other_browser.open("/my-account").request.path == "/sign-in"
    assert browser.post(form.action, form.values).status_code == 409
    other_browser.open("/sign-in?office=1")
    assert other_browser.send("/sign-in", login="hanh", secret=SECRET).status_code == 401
    other_browser.send("/sign-in", login="hanh", secret=secret)
    assert other_browser.open("/").request.path == "/my-account"


def test_a_shut_account_is_out_at_once_and_comes_back_with_its_password(
    browser: Browser, other_browser: Browser, cast: Cast, session: Session
) -> None:
    hanh = cast.sao_bac.people["hanh"]
    other_browser.sign_in(hanh)
    browser.sign_in(cast.people["an"])
    browser.open(f"/admin/accounts/{hanh.id}")
    browser.send("/active")
    assert other_browser.open("/my-account").request.path == "/sign-in"
    session.rollback()
    subject = find_by_login(session, "hanh")
    assert subject is not None
    assert not subject.active
    browser.send("/active")
    assert other_browser.sign_in(hanh).request.path != "/sign-in"


def test_an_admin_neither_shuts_nor_resets_the_own_account(browser: Browser, cast: Cast) -> None:
    admin = cast.people["an"]
    browser.sign_in(admin)
    browser.open(f"/admin/accounts/{cast.sao_bac.people['hanh'].id}")
    token = browser.form("/active").values
    for part in ("active", "secret"):
        refused = browser.post(f"/admin/accounts/{admin.id}/{part}", token)
        assert refused.status_code == 409


def test_an_admin_of_one_company_does_not_reach_accounts_outside_it(
    browser: Browser, cast: Cast, write: Callable[..., Any], clock: SetClock
) -> None:
    local = write(
        lambda s: make_officer(s, cast.sao_bac.id, Role.ADMIN, "local", "Lê Văn Local", clock.at)
    )
    browser.sign_in(local)
    page = browser.open("/admin/accounts").text
    assert "Nguyễn Thị Hạnh" in page
    assert "Đỗ Minh Khôi" not in page
    assert "Trần Văn Lâm" not in page
    for person in (cast.minh_tri.people["khoi"], cast.people["lam"]):
        assert browser.open(f"/admin/accounts/{person.id}").status_code == 404
    browser.open("/admin/accounts/new")
    refused = browser.send(
        "/admin/accounts/new", name="A B", login="ab", role="admin", branch=str(cast.park_id)
    )
    assert refused.status_code == 422


def test_a_worker_is_no_account_of_the_office_pages(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.people["an"])
    assert browser.open(f"/admin/accounts/{cast.sao_bac.people['hoa'].id}").status_code == 404


def test_officers_do_not_open_the_admins_pages(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.sao_bac.people["hanh"])
    assert browser.open("/admin/accounts").status_code == 403
    hanh = cast.sao_bac.people["hanh"].id
    assert browser.post_forged(f"/admin/accounts/{hanh}/active", active="0").status_code == 400


def test_a_role_is_given_and_taken_and_counts_from_the_next_request(
    browser: Browser, other_browser: Browser, cast: Cast
) -> None:
    hanh = cast.sao_bac.people["hanh"]
    other_browser.sign_in(hanh)
    assert other_browser.open("/compliance?q=").status_code == 200
    browser.sign_in(cast.people["an"])
    browser.open(f"/admin/accounts/{hanh.id}")
    page = browser.send("/roles/give", role="admin", branch=str(cast.sao_bac.id))
    assert "Đã thêm vai trò" in page.text
    assert other_browser.open("/admin/accounts").status_code == 200
    token = {"csrf_token": browser.form("/roles/take").values["csrf_token"]}
    address, role = f"/admin/accounts/{hanh.id}/roles", {"branch": str(cast.sao_bac.id)}
    browser.post(f"{address}/take", token | role | {"role": "admin"})
    assert other_browser.open("/admin/accounts").status_code == 403
    refused = browser.post(f"{address}/take", token | role | {"role": "safety_officer"})
    assert refused.status_code == 409
    assert other_browser.open("/today").status_code == 200


def test_a_role_outside_ones_own_branch_is_neither_given_nor_taken(
    browser: Browser, cast: Cast, write: Callable[..., Any], clock: SetClock
) -> None:
    local = write(
        lambda s: make_officer(s, cast.sao_bac.id, Role.ADMIN, "local", "Lê Văn Local", clock.at)
    )
    hanh = cast.sao_bac.people["hanh"]
    browser.sign_in(local)
    browser.open(f"/admin/accounts/{hanh.id}")
    token = {"csrf_token": browser.form("/roles/give").values["csrf_token"]}
    beyond = token | {"role": "admin", "branch": str(cast.park_id)}
    assert browser.post(f"/admin/accounts/{hanh.id}/roles/give", beyond).status_code == 422
    assert browser.post(f"/admin/accounts/{hanh.id}/roles/take", beyond).status_code == 422
    own = token | {"role": "admin", "branch": str(cast.sao_bac.id)}
    assert browser.post(f"/admin/accounts/{local.id}/roles/take", own).status_code == 409
