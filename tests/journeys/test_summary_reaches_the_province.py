"""A park is invited, enrols, and its morning arrives at the province as counts, without a name."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.accounts.actions.branches import add_branch
from app.accounts.rules import BranchKind, Role
from app.extensions import db
from app.sync.jobs import make_summaries, push_log
from app.sync.queries.parks import list_parks
from app.web.transaction import transact
from tests.conftest import Node, SetClock
from tests.factories.people import Cast, make_officer
from tests.journeys.conftest import LAPTOP, PHONE, Site, Visit

Come = Callable[..., Visit]


@pytest.fixture
def centre(province: Node) -> Iterator[Site]:
    """The province, served, with its admin."""

    def work(session: Session) -> None:
        root = add_branch(session, None, BranchKind.PARK, "BG", "Sở Y tế Bắc Giang")
        make_officer(session, root.id, Role.ADMIN, "minh", "Lê Văn Minh", province.clock.at)

    with province.app.app_context():
        transact(work)
    served = Site(province)
    served.up()
    yield served
    served.down()


def at_province(visit: Come, centre: Site) -> Page:
    """The province's admin, signed in."""
    there = visit(LAPTOP)
    there.site = centre
    return there.sign_in_officer("minh")


def test_a_morning_of_answers_reaches_the_province_as_counts(
    visit: Come,
    site: Site,
    centre: Site,
    cast: Cast,
    clock: SetClock,
    axe: Callable[[Page], list[str]],
) -> None:
    page = at_province(visit, centre)
    page.goto(f"{centre.url}/sync")
    page.get_by_label("Tên khu công nghiệp").fill("KCN Vân Trung")
    page.get_by_role("button", name="Tạo mã mời").click()
    expect(page.get_by_role("heading", name="Mã mời cho KCN Vân Trung")).to_be_visible()
    code = page.locator("dd").first.inner_text()
    assert axe(page) == []

    here = visit(LAPTOP).sign_in_officer("an")
    here.goto(f"{site.url}/sync")
    expect(here.get_by_text("Khu này chưa nối với kênh tỉnh")).to_be_visible()
    here.get_by_label("Địa chỉ máy chủ tỉnh").fill(centre.url)
    here.get_by_label("Mã mời").fill(code)
    here.get_by_role("button", name="Nối với kênh tỉnh").click()
    expect(here.get_by_text("Đã nối với kênh tỉnh")).to_be_visible()
    assert axe(here) == []

    worker = visit(PHONE).sign_in_worker(cast.sao_bac.people["hoa"])
    worker.get_by_role("button", name="Tôi khoẻ").click()
    expect(worker.get_by_text("Công ty đã nhận", exact=True)).to_be_visible()

    clock.move(hours=2)
    centre.node.clock.at = clock.at
    with site.node.app.app_context():
        make_summaries()
    here = visit(LAPTOP).sign_in_officer("an")  # two hours later: the session has run out
    here.goto(f"{site.url}/sync")
    expect(here.get_by_role("button", name="Gửi ngay")).to_be_visible()
    expect(here.get_by_role("cell", name="Báo cáo ngày").first).to_be_visible()
    assert axe(here) == []
    with site.node.app.app_context():
        push_log()
    here.reload()
    expect(here.get_by_text("Tỉnh đã nhận hết các mục")).to_be_visible()

    page = at_province(visit, centre)
    page.goto(f"{centre.url}/sync")
    expect(page.get_by_role("rowheader", name="KCN Vân Trung")).to_be_visible()
    expect(page.get_by_text("Đã nhận", exact=True).first).to_be_visible()
    assert axe(page) == []
    with centre.node.app.app_context():
        (park,) = list_parks(db.session())
    assert park.latest is not None
    row = next(each for each in park.latest["companies"] if each["code"] == "SAOBAC")
    assert (row["expected"], row["answered"], row["not_answered"]) == (4, 1, 3)
    assert row["hidden"] is True
    assert "Hoa" not in str(park.latest)
