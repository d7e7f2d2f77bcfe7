"""An officer's second step through the page: the machine gets its token, the code is good once."""

from collections.abc import Callable

from playwright.sync_api import expect
from sqlalchemy.orm import Session

from app.accounts.actions.second_factor import begin_second_factor, confirm_second_factor
from app.accounts.queries.sessions import list_web_sessions
from app.accounts.queries.tokens import list_tokens
from app.accounts.rules.second_factor import step_at
from app.extensions import db, one_time_code
from app.web.transaction import transact
from tests.conftest import SetClock
from tests.factories.people import SECRET, STORY, Cast
from tests.journeys.conftest import LAPTOP, Visit


def test_one_code_opens_the_pages_and_gives_the_laptop_its_token(
    visit: Callable[..., Visit], cast: Cast, clock: SetClock
) -> None:
    hanh = cast.sao_bac.people["hanh"].id

    def equip(session: Session) -> str:
        seed = begin_second_factor(session, hanh, now=clock.at)
        first = one_time_code(seed, step_at(clock.at))
        confirm_second_factor(session, hanh, first, actor=STORY, now=clock.at)
        return seed

    seed = transact(equip)
    code = one_time_code(seed, step_at(clock.at) + 1)
    visitor = visit(LAPTOP)
    page = visitor.open("/sign-in?office=1")
    page.locator("[data-module=sign-in][data-bound]").wait_for()
    page.get_by_label("Tên đăng nhập").fill("hanh")
    page.get_by_label("Mật khẩu").fill(SECRET)
    page.get_by_role("button", name="Đăng nhập").last.click()
    field = page.get_by_label("Mã xác thực")
    expect(field).to_be_focused()
    field.fill("000000")
    page.get_by_role("button", name="Đăng nhập").last.click()
    expect(page.get_by_role("alert").filter(has_text="Mã xác thực chưa đúng")).to_be_visible()
    field.fill(code)
    page.get_by_role("button", name="Đăng nhập").last.click()
    page.wait_for_url("**/today")
    db.session.rollback()
    assert len(list_tokens(db.session(), hanh)) == len(list_web_sessions(db.session(), hanh)) == 1
