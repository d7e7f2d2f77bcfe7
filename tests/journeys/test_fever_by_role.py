"""One fever at 05:40, as every role sees it, until the worker is let in again a week later."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.checkins.jobs import plan_due_duties
from tests.conftest import SetClock
from tests.factories.gates import make_guard, open_gate
from tests.factories.people import PIN, Cast
from tests.journeys.conftest import LAPTOP, PHONE, Site, Visit
from tests.journeys.test_cases import tell_a_fever

Come = Callable[..., Visit]
Write = Callable[[Callable[[Session], object]], object]
Picture = Callable[[Page, str], None]
HOA = "Nguyễn Thị Hoa"


def at_the_gate(visit: Come, site: Site, badge: str) -> Page:
    """The guard's page after somebody's badge was typed."""
    page = open_gate(visit(LAPTOP).page, site.url)
    page.get_by_label("Mã nhân viên").fill(badge)
    page.keyboard.press("Enter")
    page.locator("[data-outcome]").wait_for()
    return page


def on_the_team(visit: Come, badge: str) -> Page:
    """A member of a safety team on the board of their line."""
    page = visit(LAPTOP).open("/sign-in?badge=1")
    form = page.locator("form[data-bound]").filter(has=page.get_by_label("Mã PIN"))
    form.wait_for()
    form.get_by_label("Mã công ty").fill("SAOBAC")
    form.get_by_label("Mã nhân viên").fill(badge)
    form.get_by_label("Mã PIN").fill(PIN)
    form.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/today")
    return page


def test_a_fever_at_dawn_as_every_role_sees_it(
    visit: Come, site: Site, cast: Cast, clock: SetClock, write: Write, picture: Picture
) -> None:
    people = cast.sao_bac.people
    hoa = people["hoa"]
    write(lambda s: make_guard(s, cast, clock))
    clock.move(minutes=30)  # 05:40
    plan_due_duties()
    phone = visit(PHONE).sign_in_worker(hoa)
    tell_a_fever(phone)
    picture(phone, "1-worker")

    team = on_the_team(visit, people["nhung"].badge)
    expect(team.get_by_role("link", name=HOA, exact=True)).to_be_visible()
    picture(team, "2-team-member")

    gate = at_the_gate(visit, site, hoa.badge)
    expect(gate.get_by_role("heading", level=1)).to_have_text("Không vào xưởng")
    expect(gate.get_by_role("main")).not_to_contain_text("38,4")
    picture(gate, "3-gate")

    desk = visit(LAPTOP).sign_in_officer("hanh")
    row = desk.get_by_role("row").filter(has_text=HOA)
    expect(row).to_contain_text("38,4")
    row.get_by_role("link", name="Chưa ai nhận").click()
    expect(desk.get_by_role("heading", name=HOA)).to_be_visible()
    picture(desk, "4-safety-officer")

    park = visit(LAPTOP).sign_in_officer("lam")
    expect(park.get_by_role("link", name="Điện tử Sao Bắc").first).to_be_visible()
    expect(park.get_by_text(HOA)).to_have_count(0)
    picture(park, "5-park-manager")

    office = visit(LAPTOP)
    keeper = office.sign_in_officer("an")
    expect(keeper.get_by_role("link", name="Ca theo dõi")).to_have_count(0)
    picture(keeper, "6-admin")

    clock.move(days=7)
    plan_due_duties()
    desk = visit(LAPTOP).sign_in_officer("hanh")
    desk.get_by_role("row").filter(has_text=HOA).get_by_role("link", name="Chưa ai nhận").click()
    desk.get_by_role("link", name="Gỡ mức").click()
    desk.get_by_label("Lý do").fill("Bảy ngày không sốt, y tế đã khám")
    desk.get_by_role("button", name="Gỡ mức").click()
    expect(desk.get_by_text("Bình thường").first).to_be_visible()
    picture(desk, "7-cleared")

    phone = visit(PHONE).sign_in_worker(hoa)
    phone.get_by_role("button", name="Tôi khoẻ").click()
    expect(phone.get_by_role("heading", name="Đã gửi")).to_be_visible()
    gate = at_the_gate(visit, site, hoa.badge)
    expect(gate.get_by_role("heading", level=1)).to_have_text("Mời vào")
    picture(gate, "8-let-in")
