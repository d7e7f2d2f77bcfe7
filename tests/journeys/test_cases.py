"""A fever becomes a case: called, isolated, tested, asked every day, cleared a week later."""

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.cases.actions import working
from app.cases.queries.standing import find_open_case
from app.checkins.jobs import plan_due_duties
from app.checkins.models import Duty
from tests.conftest import SetClock
from tests.factories.cases import TODAY, WELL, answer, as_actor, open_by_hand
from tests.factories.people import Cast
from tests.journeys.conftest import LAPTOP, PHONE, Visit

Come = Callable[..., Visit]
Write = Callable[[Callable[[Session], object]], object]


def tell_a_fever(phone: Page) -> None:
    """38.4 °C and a cough, on the worker's own page."""
    phone.get_by_text("Tôi có triệu chứng hoặc tiếp xúc").click()
    phone.get_by_role("checkbox", name="Ho", exact=True).check()
    phone.get_by_label("Nhiệt độ, nếu đã đo").fill("38,4")
    phone.get_by_role("button", name="Các câu còn lại đều Không").click()
    phone.get_by_role("button", name="Gửi khai báo").click()
    expect(phone.get_by_text("Nguy cơ").first).to_be_visible()


def test_a_fever_is_followed_up_until_the_worker_is_well(
    visit: Come, cast: Cast, clock: SetClock, session: Session, write: Write
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    clock.move(minutes=30)  # 05:40
    plan_due_duties()
    tell_a_fever(visit(PHONE).sign_in_worker(hoa))

    desk = visit(LAPTOP).sign_in_officer("hanh")
    desk.get_by_role("link", name="Ca theo dõi").click()
    row = desk.get_by_role("row").filter(has_text="Nguyễn Thị Hoa")
    expect(row).to_contain_text("Gọi điện")
    expect(row).to_contain_text("06:10")
    row.get_by_role("link", name="Nguyễn Thị Hoa", exact=True).click()

    desk.get_by_label("Người theo dõi", exact=True).select_option("Nguyễn Thị Hạnh")
    desk.get_by_role("button", name="Giao ca").click()
    expect(desk.get_by_text("Giao cho Nguyễn Thị Hạnh")).to_be_visible()
    for task in ("Gọi điện", "Đưa đi cách ly"):
        line = desk.get_by_role("listitem").filter(has_text=task).first
        line.get_by_role("button", name="Đã xong").click()
        expect(desk.get_by_text(f"Xong việc: {task}")).to_be_visible()
    desk.get_by_role("button", name="Đã lấy mẫu").click()
    expect(desk.get_by_text("Chờ kết quả").first).to_be_visible()
    desk.get_by_label("Kết quả xét nghiệm").select_option("Âm tính")
    desk.get_by_role("button", name="Ghi kết quả").click()
    expect(desk.get_by_text("Kết quả xét nghiệm: Âm tính")).to_be_visible()

    # The next day she answers for her shift herself; that is the answer of the day.
    clock.move(days=1)
    tomorrow = (clock.at + timedelta(hours=7)).date()
    write(lambda s: answer(s, hoa, WELL, clock.at, tomorrow))
    visit_again = desk.url
    desk = visit(LAPTOP).sign_in_officer("hanh")
    desk.goto(visit_again)
    expect(desk.get_by_role("row").filter(has_text="Ngày 2")).to_contain_text("tự khai báo")
    # The day after she has not answered: the officer calls.
    clock.move(days=1)
    plan_due_duties()
    desk = visit(LAPTOP).sign_in_officer("hanh")
    desk.goto(visit_again)
    third = desk.get_by_role("row").filter(has_text="Ngày 3")
    expect(third).to_contain_text("Chưa hỏi")
    desk.get_by_label("Không có dấu hiệu nào").check()
    desk.get_by_label("Nhiệt độ, nếu đã đo").fill("36,6")
    desk.get_by_role("button", name="Ghi câu trả lời").click()
    expect(third).to_contain_text("Nguyễn Thị Hạnh gọi")
    expect(desk.get_by_text("Nguy cơ").first).to_be_visible()  # well, and still red

    clock.move(days=5)
    desk = visit(LAPTOP).sign_in_officer("hanh")
    desk.goto(visit_again)
    desk.get_by_role("link", name="Gỡ mức").click()
    desk.get_by_label("Lý do").fill("Bảy ngày không sốt, âm tính, y tế đã khám")
    desk.get_by_role("button", name="Gỡ mức").click()
    expect(desk.get_by_text("Đã đóng", exact=True).first).to_be_visible()
    expect(desk.get_by_text("Bình thường").first).to_be_visible()
    session.rollback()
    assert find_open_case(session, hoa.id) is None

    phone = visit(PHONE).sign_in_worker(hoa)
    phone.get_by_role("button", name="Tôi khoẻ").click()
    expect(phone.get_by_role("heading", name=re.compile("Đã gửi"))).to_be_visible()
    expect(phone.get_by_text("Nguy cơ")).to_have_count(0)


def test_somebody_isolated_at_home_answers_on_the_phone_once_a_day(
    visit: Come, cast: Cast, clock: SetClock, write: Write
) -> None:
    people = cast.sao_bac.people
    hoa, hanh = people["hoa"], people["hanh"]

    def at_home(session: Session) -> None:
        case_id = open_by_hand(session, hoa, hanh, clock.at)
        working.plan_follow_up(
            session,
            case_id,
            person_class=None,
            isolated_on=None,
            from_on=TODAY,
            days=7,
            actor=as_actor(hanh),
            now=clock.at,
        )
        session.execute(delete(Duty).where(Duty.worker_id == hoa.id))

    write(at_home)
    phone = visit(PHONE).sign_in_worker(hoa)
    expect(phone.get_by_text("Tổ an toàn hỏi thăm bạn mỗi ngày.")).to_be_visible()
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Tôi khoẻ").click()
    expect(phone.get_by_text("đang chờ gửi").first).to_be_visible()
    expect(phone.get_by_text("Tổ an toàn hỏi thăm bạn mỗi ngày.")).to_have_count(0)
    phone.context.set_offline(False)
    expect(phone.get_by_text("Công ty đã nhận câu trả lời hôm nay của bạn.")).to_be_visible()
    phone.reload()
    expect(phone.get_by_text("Công ty đã nhận câu trả lời hôm nay của bạn.")).to_be_visible()
    expect(phone.get_by_text("Tổ an toàn hỏi thăm bạn mỗi ngày.")).to_have_count(0)

    desk = visit(LAPTOP).sign_in_officer("hanh")
    desk.goto(f"{desk.url.rpartition('/')[0]}/cases")
    desk.get_by_role("link", name="Nguyễn Thị Hoa", exact=True).click()
    heard = desk.get_by_role("row").filter(has_text="Ngày 1")
    expect(heard).to_contain_text("tự trả lời trên điện thoại")
