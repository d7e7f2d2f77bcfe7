"""The province writes; a park that only sees sticks tells its worker, and the count comes back."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.accounts.actions.branches import add_branch
from app.accounts.rules import BranchKind, Role
from app.alerts.jobs import run_alerts
from app.delivery.jobs.rounds import send_queued
from app.notices.jobs import run_notices, tell_untold
from app.web.transaction import transact
from tests.conftest import Node, SetClock
from tests.factories.people import Cast, make_officer
from tests.journeys.conftest import LAPTOP, PHONE, Site, Visit

Come = Callable[..., Visit]
TITLE, TEXT = "Tạm dừng xe tuyến liên khu", "Từ 12:00 xe tuyến tạm dừng. Hỏi thêm: 1900 9095."


@pytest.fixture
def centre(province: Node) -> Iterator[Site]:
    """The province, served, with two of its staff."""

    def work(session: Session) -> None:
        root = add_branch(session, None, BranchKind.PARK, "BG", "Sở Y tế Bắc Giang")
        for login, name in (("thu", "Phạm Thị Thu"), ("phuc", "Nguyễn Văn Phúc")):
            make_officer(session, root.id, Role.PROVINCE_STAFF, login, name, province.clock.at)

    with province.app.app_context():
        transact(work)
    served = Site(province)
    served.up()
    yield served
    served.down()


def do(node: Node, *arguments: object) -> None:
    """A command of a node, as whoever carries the stick gives it."""
    with node.app.app_context():
        done = node.app.test_cli_runner().invoke(args=["sync", *map(str, arguments)])
    assert done.exit_code == 0, done.output


def test_a_notice_of_the_province_is_read_in_a_park_that_only_saw_sticks(
    visit: Come,
    site: Site,
    centre: Site,
    cast: Cast,
    clock: SetClock,
    tmp_path: Path,
    axe: Callable[[Page], list[str]],
    picture: Callable[[Page, str], None],
) -> None:
    park, province = site.node, centre.node
    do(park, "request", tmp_path / "ask.json")
    do(province, "accept", tmp_path / "ask.json", "--out", tmp_path / "answer.json")
    do(park, "enrol", "--file", tmp_path / "answer.json")

    def at_province(login: str) -> Page:
        there = visit(LAPTOP)
        there.site = centre
        return there.sign_in_officer(login)

    def later(seconds: float) -> None:
        clock.move(seconds=seconds)
        province.clock.at = clock.at

    thu = at_province("thu")
    thu.get_by_role("link", name="Thông báo khẩn").first.click()
    thu.get_by_role("link", name="Soạn thông báo").first.click()
    thu.get_by_label("Tiêu đề", exact=True).fill(TITLE)
    thu.get_by_label("Nội dung", exact=True).fill(TEXT)
    thu.get_by_label("Tất cả các khu").check()
    thu.get_by_role("button", name="Đếm và xem trước").click()
    expect(thu.get_by_text("Chưa có số liệu nên chưa biết bao nhiêu người")).to_be_visible()
    picture(thu, "alert-compose")
    assert axe(thu) == []
    thu.get_by_role("button", name="Lưu bản nháp").click()
    thu.get_by_role("button", name="Xin duyệt gửi 1 khu").click()
    expect(thu.get_by_text("nên không tự duyệt được")).to_be_visible()

    phuc = at_province("phuc")
    phuc.goto(thu.url)
    phuc.get_by_role("button", name="Duyệt gửi 1 khu").click()
    expect(phuc.get_by_role("button", name="Huỷ gửi")).to_be_visible()
    picture(phuc, "alert-countdown")
    assert axe(phuc) == []
    later(30)
    with province.app.app_context():
        run_alerts(province.clock.now)
    expect(phuc.get_by_text("Khu chưa nhận")).to_be_visible()  # the open page learns of it
    expect(phuc.get_by_text("Khu chưa báo lại", exact=True)).to_be_visible()

    do(province, "export", tmp_path / "down")
    do(park, "import", tmp_path / "down")
    with park.app.app_context():
        run_notices(clock.now)
        send_queued(clock.now)
    worker = visit(PHONE).sign_in_worker(cast.sao_bac.people["hoa"])
    worker.get_by_role("link", name=re.compile("Thông báo khẩn · ")).click()
    expect(worker.get_by_text(TEXT.split(". ")[0]).first).to_be_visible()
    with worker.expect_response("**/api/v1/commands") as told:
        worker.get_by_role("button", name="Tôi đã đọc").click()
    assert told.value.ok

    with park.app.app_context():
        assert tell_untold(clock.now) == 1
    do(park, "export", tmp_path / "up")
    do(province, "import", tmp_path / "up")
    phuc.reload()
    expect(phuc.get_by_text("Khu chưa báo lại", exact=True)).to_have_count(0)
    expect(phuc.locator("[data-figure=read]")).to_have_text("1")
    picture(phuc, "alert-told")
    assert axe(phuc) == []
