"""A worker checks in on a phone: one tap, or a fever; the park may be away for a while."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from app.accounts.actions.consent import record_consent
from app.checkins.queries.answers import list_check_ins
from app.kernel.actors import program
from tests.conftest import SetClock
from tests.factories.people import Cast
from tests.journeys.conftest import LAPTOP, PHONE, Site, Visit

Come = Callable[..., Visit]


def test_a_worker_signs_in_and_checks_in_with_one_tap(
    visit: Come, cast: Cast, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    page = visit(PHONE).sign_in_worker(hoa)
    expect(page.get_by_role("heading", name="Chào bạn Hoa")).to_be_visible()
    page.get_by_role("button", name="Tôi khoẻ").click()
    expect(page.get_by_role("heading", name="Đã gửi")).to_be_visible()
    expect(page.get_by_text("Công ty đã nhận", exact=True)).to_be_visible()
    session.rollback()
    assert [each.level for each in list_check_ins(session, hoa.id)] == ["green"]


def test_who_has_not_agreed_yet_reads_the_notice_first(
    visit: Come,
    cast: Cast,
    clock: SetClock,
    session: Session,
    write: Callable[..., object],
) -> None:
    anh = cast.sao_bac.people["anh"]
    write(
        lambda s: record_consent(s, anh.id, "1", agreed=False, actor=program("test"), now=clock.at)
    )
    page = visit(PHONE).sign_in_worker(anh)
    expect(page.get_by_role("button", name="Tôi khoẻ")).to_have_count(0)
    expect(page.get_by_text("0900 000")).to_have_count(0)
    session.rollback()
    assert list_check_ins(session, anh.id) == []


def test_a_fever_turns_red_stays_red_after_a_well_and_the_officer_clears_it(
    visit: Come, cast: Cast, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    phone = visit(PHONE).sign_in_worker(hoa)
    phone.get_by_text("Tôi có triệu chứng hoặc tiếp xúc").click()
    phone.get_by_role("checkbox", name="Ho", exact=True).check()
    phone.get_by_label("Nhiệt độ, nếu đã đo").fill("38,4")
    yes = phone.get_by_role("radio", name="Có", exact=True).first
    yes.check()
    phone.get_by_role("button", name="Các câu còn lại đều Không").click()
    expect(yes).to_be_checked()
    phone.get_by_role("button", name="Gửi khai báo").click()
    expect(phone.get_by_text("Nguy cơ").first).to_be_visible()

    board = visit(LAPTOP).sign_in_officer("hanh")
    row = board.get_by_role("row").filter(has_text="Nguyễn Thị Hoa")
    expect(row).to_contain_text("38,4 °C")
    expect(row).to_contain_text("Nguy cơ")

    phone.get_by_role("button", name="Báo thay đổi sức khoẻ").click()
    phone.get_by_role("button", name="Tôi khoẻ").click()
    expect(phone.get_by_text("Nguy cơ").first).to_be_visible()

    board.reload()
    row = board.get_by_role("row").filter(has_text="Nguyễn Thị Hoa")
    row.get_by_text("Gỡ mức").first.click()
    row.get_by_label("Lý do").fill("Đo lại 36,5 °C hai lần, y tế đã khám")
    row.get_by_role("button", name="Gỡ mức").click()
    expect(board.get_by_role("row").filter(has_text="38,4 °C")).to_have_count(0)
    session.rollback()
    assert [each.level for each in list_check_ins(session, hoa.id)] == ["green", "red"]


@pytest.mark.parametrize("road", ["no network", "server down"])
def test_an_answer_given_while_the_park_is_away_arrives_once_later(
    visit: Come, site: Site, cast: Cast, session: Session, road: str
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    page = visit(PHONE).sign_in_worker(hoa)
    expect(page.get_by_role("button", name="Tôi khoẻ")).to_be_visible()
    if road == "no network":
        page.context.set_offline(True)
    else:
        site.down()
    page.get_by_role("button", name="Tôi khoẻ").click()
    expect(page.get_by_role("heading", name="Đã lưu trên máy, chờ gửi")).to_be_visible()
    session.rollback()
    assert list_check_ins(session, hoa.id) == []
    if road == "no network":
        page.context.set_offline(False)
    else:
        site.up()
        page.reload()
    expect(page.get_by_role("heading", name="Đã gửi")).to_be_visible()
    session.rollback()
    assert len(list_check_ins(session, hoa.id)) == 1
