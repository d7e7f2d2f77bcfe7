"""A worker's pass on the phone: there, kept without a network, gone with the green level."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factories.gates import answer, make_guard, open_gate
from tests.factories.people import Cast
from tests.journeys.conftest import LAPTOP, PHONE, Site, Visit

Come = Callable[..., Visit]
Write = Callable[[Callable[[Session], Any]], Any]
FEVER = {"symptoms": ["cough"], "temperature_c": 38.4, "exposures": {}}
ACHE = {"symptoms": ["headache"], "temperature_c": None, "exposures": {}}
MORNING = datetime.fromisoformat("2026-11-24T05:46:00+07:00")
# A camera that sees what a phone shows: the picture of its code on a white card.
CAMERA = """(picture) => {
  const image = new Image();
  image.src = picture;
  navigator.mediaDevices.getUserMedia = async () => {
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
    const pencil = canvas.getContext("2d");
    const draw = () => {
      pencil.fillStyle = "#888";
      pencil.fillRect(0, 0, 640, 480);
      pencil.drawImage(image, 120, 40, 400, 400);
      requestAnimationFrame(draw);
    };
    draw();
    return canvas.captureStream(25);
  };
}"""


@pytest.fixture
def phone(visit: Come, cast: Cast, clock: SetClock) -> Page:
    """Hoa's phone at 05:46, signed in."""
    clock.at = MORNING
    page = visit(PHONE).page
    page.clock.install(time=MORNING)
    return page


def sign_in(page: Page, site: Site, cast: Cast) -> Page:
    return Visit(page, site).sign_in_worker(cast.sao_bac.people["hoa"])


def cut(page: Page) -> None:
    """The park answers nothing; its pages still come from this browser."""
    for path in ("**/api/**", "**/healthz"):
        page.context.route(path, lambda route: route.abort())


def says_well(page: Page) -> Page:
    page.get_by_role("button", name="Tôi khoẻ").click()
    expect(page.get_by_role("heading", name="Đã gửi")).to_be_visible()
    return page


def test_one_tap_gives_a_pass_with_name_and_end_and_no_word_of_health(
    phone: Page, site: Site, cast: Cast
) -> None:
    says_well(sign_in(phone, site, cast))
    phone.get_by_role("link", name="Mở thẻ vào ca").click()
    expect(phone.get_by_role("heading", name="Được vào ca")).to_be_visible()
    expect(phone.get_by_role("img", name="Mã QR của thẻ vào ca")).to_be_visible()
    main = phone.get_by_role("main")
    expect(main).to_contain_text("Nguyễn Thị Hoa")
    expect(main).to_contain_text("SB-20417 · Chuyền 3 · Ca 1")
    expect(main).to_contain_text("Có hiệu lực đến 14:00 hôm nay")
    expect(phone.locator("body.pass.is-ok")).to_be_visible()


def test_without_a_network_the_kept_pass_is_shown_with_its_time_and_ends_by_itself(
    phone: Page, site: Site, cast: Cast
) -> None:
    says_well(sign_in(phone, site, cast))
    phone.get_by_role("link", name="Mở thẻ vào ca").click()
    expect(phone.get_by_role("heading", name="Được vào ca")).to_be_visible()
    cut(phone)
    phone.reload()
    expect(phone.get_by_role("heading", name="Được vào ca")).to_be_visible()
    expect(phone.get_by_text("Bản lưu trên máy này lúc 05:46 ngày 24/11.")).to_be_visible()
    phone.clock.set_fixed_time(MORNING + timedelta(hours=8, minutes=30))
    phone.reload()
    expect(phone.get_by_role("heading", name="Thẻ đã hết hiệu lực")).to_be_visible()
    expect(phone.get_by_text("Thẻ chỉ dùng được đến 14:00 ngày 24/11.")).to_be_visible()
    expect(phone.get_by_role("img", name="Mã QR của thẻ vào ca")).to_have_count(0)


def test_an_answer_still_on_the_phone_has_no_pass(phone: Page, site: Site, cast: Cast) -> None:
    sign_in(phone, site, cast)
    expect(phone.get_by_role("button", name="Tôi khoẻ")).to_be_visible()
    cut(phone)
    phone.get_by_role("button", name="Tôi khoẻ").click()
    expect(phone.get_by_role("heading", name="Đã lưu trên máy, chờ gửi")).to_be_visible()
    phone.get_by_role("link", name="Thẻ vào ca").click()
    expect(phone.get_by_role("heading", name="Chưa có thẻ vào ca")).to_be_visible()
    expect(phone.get_by_text("Khai báo còn trên máy này")).to_be_visible()
    phone.context.unroute_all()
    phone.reload()
    expect(phone.get_by_role("heading", name="Được vào ca")).to_be_visible()


@pytest.mark.parametrize(
    ("answers", "title", "tone"),
    [(ACHE, "Chờ kiểm tra", "is-watch"), (FEVER, "Không vào xưởng", "is-risk")],
    ids=["amber", "red"],
)
def test_who_is_not_well_sees_what_to_do_and_no_code(
    phone: Page,
    site: Site,
    cast: Cast,
    clock: SetClock,
    write: Write,
    axe: Callable[[Page], list[str]],
    answers: dict[str, Any],
    title: str,
    tone: str,
) -> None:
    hoa, settings = cast.sao_bac.people["hoa"], site.node.app.config["SETTINGS"]
    write(lambda s: answer(s, hoa, answers, settings=settings, clock=clock))
    sign_in(phone, site, cast)
    phone.get_by_role("link", name="Thẻ vào ca").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text(title)
    expect(phone.locator(f"body.pass.{tone}")).to_be_visible()
    expect(phone.get_by_role("img", name="Mã QR của thẻ vào ca")).to_have_count(0)
    assert axe(phone) == []


def test_who_has_not_answered_is_led_to_the_check_in(
    phone: Page, site: Site, cast: Cast, axe: Callable[[Page], list[str]]
) -> None:
    sign_in(phone, site, cast)
    phone.get_by_role("link", name="Thẻ vào ca").click()
    expect(phone.get_by_role("heading", name="Chưa có thẻ vào ca")).to_be_visible()
    assert axe(phone) == []
    phone.get_by_role("link", name="Khai báo trước ca").click()
    expect(phone.get_by_role("heading", name="Chào bạn Hoa")).to_be_visible()


def test_a_gate_with_a_camera_reads_the_code_off_the_phone_without_a_network(
    phone: Page,
    visit: Come,
    site: Site,
    cast: Cast,
    clock: SetClock,
    write: Write,
    axe: Callable[[Page], list[str]],
) -> None:
    write(lambda s: make_guard(s, cast, clock))
    says_well(sign_in(phone, site, cast))
    phone.get_by_role("link", name="Mở thẻ vào ca").click()
    code = phone.get_by_role("img", name="Mã QR của thẻ vào ca")
    expect(code).to_be_visible()
    assert axe(phone) == []
    picture = phone.evaluate(
        """() => {
          const code = document.querySelector("svg.qr").cloneNode(true);
          code.setAttribute("width", "400");
          code.setAttribute("height", "400");
          const text = new XMLSerializer().serializeToString(code);
          return "data:image/svg+xml," + encodeURIComponent(text);
        }"""
    )
    gate = visit(LAPTOP).page
    with gate.expect_response("**/zxing_reader.wasm"):
        open_gate(gate, site.url)
    gate.context.set_offline(True)
    site.down()
    gate.evaluate(CAMERA, picture)
    gate.get_by_role("button", name="Camera").click()
    expect(gate.get_by_role("heading", name="Mời vào")).to_be_visible()
    expect(gate.get_by_role("main")).to_contain_text("Nguyễn Thị Hoa")
