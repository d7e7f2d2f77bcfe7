"""A worker asks for the own data to be mended; pictures and a voice help whoever reads slowly."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.workforce.queries.data_requests import list_requests_of
from tests.factories.people import Cast
from tests.journeys.conftest import LAPTOP, PHONE, Visit

Come = Callable[..., Visit]
Axe = Callable[[Page], list[str]]
WRONG_DAY = "Ngày sinh của tôi là 02/03/1998"
VOICES = """
const said = (window.said = []);
class Words { constructor(text) { this.text = text; } }
const synth = new EventTarget();
Object.assign(synth, {
  getVoices: () => [{ lang: "vi-VN", localService: LOCAL, name: "An" }],
  speak: (words) => said.push(words.text),
  cancel: () => {},
});
Object.defineProperty(window, "speechSynthesis", { value: synth });
Object.defineProperty(window, "SpeechSynthesisUtterance", { value: Words });
"""


def test_a_request_made_without_network_arrives_and_is_answered(
    visit: Come, cast: Cast, session: Session, axe: Axe
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    phone = visit(PHONE)
    page = phone.sign_in_worker(hoa)
    phone.open("/my-record")
    expect(page.get_by_role("heading", name="Công ty đang giữ gì về bạn")).to_be_visible()
    page.get_by_text("Thông tin của bạn").click()
    expect(page.get_by_text("0900 000 118")).to_be_visible()
    page.get_by_text("Gửi yêu cầu", exact=True).click()
    page.get_by_role("button", name="Gửi yêu cầu cho Tổ an toàn").click()
    expect(page.get_by_text("Cần ghi vài chữ")).to_be_visible()
    page.get_by_role("radio", name="Xoá dữ liệu").check()
    expect(page.get_by_text("chưa xoá được khai báo")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("radio", name="Sửa dữ liệu sai").check()
    page.context.set_offline(True)
    page.get_by_label("Dữ liệu nào").fill(WRONG_DAY)
    page.get_by_role("button", name="Gửi yêu cầu cho Tổ an toàn").click()
    mine = page.get_by_role("region", name="Yêu cầu của tôi")
    expect(mine.get_by_text("Đã lưu trên máy này, chờ gửi")).to_be_visible()
    session.rollback()
    assert list_requests_of(session, hoa.id) == []
    page.context.set_offline(False)
    expect(mine.get_by_text("trước hết ngày 26/11/2026")).to_be_visible()

    office = visit(LAPTOP)
    board = office.sign_in_officer("hanh")
    board.get_by_role("link", name="Yêu cầu dữ liệu").click()
    assert axe(board) == []
    board.get_by_role("link", name="Nguyễn Thị Hoa").click()
    expect(board.get_by_text(WRONG_DAY)).to_be_visible()
    assert axe(board) == []
    board.get_by_role("radio", name="Đã làm xong").check()
    board.get_by_label("Trả lời và lý do").fill("Đã sửa theo giấy khai sinh.")
    board.get_by_role("button", name="Gửi trả lời").click()
    expect(board.get_by_text("Không có yêu cầu nào đang chờ")).to_be_visible()

    phone.open("/my-record")
    expect(mine.get_by_text("Đã sửa theo giấy khai sinh.")).to_be_visible()
    expect(page.get_by_text("Cán bộ an toàn · Yêu cầu về dữ liệu")).to_be_visible()
    assert axe(page) == []


def test_each_sign_has_its_picture_that_comes_with_the_questions(visit: Come, cast: Cast) -> None:
    page = visit(PHONE).sign_in_worker(cast.sao_bac.people["hoa"])
    expect(page.get_by_role("button", name="Tôi khoẻ")).to_be_visible()
    drawn = page.locator(".picks .picture use[href]")
    expect(drawn).to_have_count(0)
    page.get_by_text("Tôi có triệu chứng hoặc tiếp xúc").click()
    expect(drawn).to_have_count(17)
    cough = page.locator("label", has=page.get_by_role("checkbox", name="Ho", exact=True))
    expect(cough.locator("use").first).to_have_attribute(
        "href", "/static/icons/pictures.svg#pic-cough"
    )
    page.wait_for_function(
        "() => Array.from(document.querySelectorAll('.picks svg.picture'))"
        ".every((svg) => svg.getBBox().width > 10)"
    )


def test_a_voice_of_the_device_reads_the_screen(visit: Come, cast: Cast) -> None:
    visitor = visit(PHONE)
    visitor.page.add_init_script(VOICES.replace("LOCAL", "true"))
    page = visitor.sign_in_worker(cast.sao_bac.people["hoa"])
    expect(page.get_by_role("heading", name="Chào bạn Hoa")).to_be_visible()
    page.get_by_role("button", name="Đọc to").click()
    expect(page.get_by_role("button", name="Dừng đọc")).to_be_visible()
    said = page.evaluate("window.said")
    assert said[0] == "Chào bạn Hoa"
    assert any(each.startswith("Tôi khoẻ") for each in said)
    assert "Ho" not in said
    page.get_by_role("button", name="Dừng đọc").click()
    page.get_by_text("Tôi có triệu chứng hoặc tiếp xúc").click()
    page.get_by_role("button", name="Đọc to").click()
    assert "Ho" in page.evaluate("window.said")


def test_without_a_voice_of_the_device_nothing_is_offered(visit: Come, cast: Cast) -> None:
    visitor = visit(PHONE)
    visitor.page.add_init_script(VOICES.replace("LOCAL", "false"))
    page = visitor.sign_in_worker(cast.sao_bac.people["hoa"])
    expect(page.get_by_role("heading", name="Chào bạn Hoa")).to_be_visible()
    expect(page.get_by_role("button", name="Đọc to")).to_be_hidden()
