"""A worker writes what is not safe: under the name without network, and as nobody with a code."""

import io
import logging
from collections.abc import Callable

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.delivery.jobs.rounds import send_due_deliveries
from app.feedback.models import Feedback, FeedbackPhoto
from tests.factories.people import Cast
from tests.journeys.conftest import LAPTOP, PHONE, Visit

Come = Callable[..., Visit]
Axe = Callable[[Page], list[str]]
Keep = Callable[[Page, str], None]
# A note of nobody leaves at a random moment of the next half minute.
PATIENCE = 90_000
TOLD = "Lượt ăn 11:30 ở nhà ăn số 2 ngồi sát nhau."


def write_note(page: Page, text: str) -> None:
    page.locator("[data-module=feedback][data-bound]").wait_for()
    page.get_by_role("radio", name="Nhà ăn").check(force=True)
    page.get_by_label("Kể ngắn gọn").fill(text)


def test_a_note_under_a_name_waits_for_the_network_and_is_answered(
    visit: Come, cast: Cast, session: Session, axe: Axe, in_app: Flask, picture: Keep
) -> None:
    phone = visit(PHONE)
    page = phone.sign_in_worker(cast.sao_bac.people["hoa"])
    phone.open("/feedback")
    page.locator("[data-module=feedback][data-bound]").wait_for()
    page.get_by_role("button", name="Gửi phản ánh").click()
    expect(page.get_by_text("Chọn một việc và viết vài chữ")).to_be_visible()
    assert axe(page) == []
    picture(page, "feedback-wanting")
    page.context.set_offline(True)
    write_note(page, TOLD)
    page.get_by_role("radio", name="Ghi tên tôi").check(force=True)
    picture(page, "feedback-phone")
    page.get_by_role("button", name="Gửi phản ánh").click()
    expect(page.get_by_text("Đã lưu trên máy này, tự gửi khi có mạng.").first).to_be_visible()
    session.rollback()
    assert session.scalars(select(Feedback)).all() == []
    page.context.set_offline(False)
    expect(page.get_by_text("Đã gửi. Máy chủ đã nhận.").first).to_be_visible(timeout=PATIENCE)
    assert axe(page) == []
    picture(page, "feedback-named")

    board = visit(LAPTOP).sign_in_officer("hanh")
    board.get_by_role("link", name="Phản ánh").click()
    expect(board.get_by_role("heading", name="Phản ánh", exact=True)).to_be_visible()
    assert axe(board) == []
    picture(board, "feedback-inbox")
    board.get_by_role("link", name=TOLD).click()
    expect(board.get_by_text("Nguyễn Thị Hoa")).to_be_visible()
    assert axe(board) == []
    picture(board, "feedback-note")
    board.get_by_role("button", name="Tôi nhận xử lý").click()
    expect(board.get_by_role("button", name="Rút lại việc vừa làm")).to_be_visible()
    board.get_by_label("Người gửi sẽ đọc đúng những chữ này").fill("Đã lắp lại vách ngăn.")
    board.get_by_role("button", name="Gửi trả lời").click()
    expect(board.get_by_text("Đã trả lời phản ánh")).to_be_visible()
    picture(board, "feedback-answered")

    send_due_deliveries()
    phone.open("/inbox")
    expect(page.get_by_text("Đã lắp lại vách ngăn.")).to_be_visible()


def test_a_note_of_nobody_is_answered_by_code(
    visit: Come,
    cast: Cast,
    session: Session,
    axe: Axe,
    picture: Keep,
    caplog: pytest.LogCaptureFixture,
) -> None:
    out = io.BytesIO()
    notes = Image.Exif()
    notes[0x010F] = "MARKED-PHONE"
    Image.new("RGB", (3000, 2000), "red").save(out, "JPEG", exif=notes)
    phone = visit(PHONE, color_scheme="dark")
    page = phone.open("/feedback")
    sent: list[tuple[str, dict[str, str], str]] = []
    page.on(
        "request",
        lambda asked: (
            sent.append((asked.url, asked.all_headers(), asked.post_data or ""))
            if asked.url.endswith("/feedback/anonymous")
            else None
        ),
    )
    write_note(page, "Tổ trưởng bắt đi làm khi đang sốt.")
    page.get_by_label("Ảnh, nếu có").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
    )
    picture(page, "feedback-dark")
    with caplog.at_level(logging.INFO, logger="werkzeug"):
        page.get_by_role("button", name="Gửi phản ánh").click()
        expect(page.get_by_text("Hãy chép mã này")).to_be_visible()
        code = page.locator("[data-copied]").inner_text()
        expect(page.get_by_text("sẽ tự gửi sau ít phút").first).to_be_visible()
        assert axe(page) == []
        picture(page, "feedback-code")
        told = page.get_by_text("Đã gửi. Máy chủ đã nhận.").first
        expect(told).to_be_visible(timeout=PATIENCE)
    assert "feedback/anonymous" not in caplog.text
    (asked,) = sent
    assert not {"cookie", "authorization"} & set(asked[1])
    assert code.replace(" ", "") not in asked[2]
    session.rollback()
    held = session.scalars(select(Feedback)).one()
    assert (held.worker_id, held.received_at, held.level) == (None, None, "park")
    photo = session.scalars(select(FeedbackPhoto)).one()
    assert (photo.width, photo.height) == (1024, 683)
    assert b"MARKED" not in photo.content

    manager = visit(LAPTOP)
    board = manager.sign_in_officer("lam")
    board.goto(f"{manager.site.url}/feedback/{held.id}")
    expect(board.get_by_text("Không có cách nào biết ai đã gửi")).to_be_visible()
    picture(board, "feedback-park")
    board.get_by_label("Người gửi sẽ đọc đúng những chữ này").fill("Khu đã nhắc công ty.")
    board.get_by_role("button", name="Gửi trả lời").click()
    expect(board.get_by_text("Đã trả lời phản ánh")).to_be_visible()

    other = visit(PHONE).open("/feedback")
    other.locator("[data-module=feedback][data-bound]").wait_for()
    other.get_by_text("Xem trả lời bằng mã").click()
    other.get_by_label("Mã xem trả lời").fill("sai mã")
    other.get_by_role("button", name="Xem trả lời").click()
    expect(other.get_by_text("Không có phản ánh nào chờ với mã này")).to_be_visible()
    other.get_by_label("Mã xem trả lời").fill(code.lower())
    other.get_by_role("button", name="Xem trả lời").click()
    expect(other.get_by_text("Khu đã nhắc công ty.")).to_be_visible()
    assert axe(other) == []
    picture(other, "feedback-reply")
