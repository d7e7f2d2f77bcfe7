"""Cards and posters on paper: what the file holds, and what a card does at the sign-in page."""

import io
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest
import zxingcpp
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts.models import Branch, Card, CardPrint
from app.accounts.queries.cards import list_cards_of
from app.accounts.rules import CardEnd
from app.audit.models import AuditEntry
from app.extensions import token_digest
from app.workforce.gateways import paper
from app.workforce.rules.timetables import PaperNotDrawn
from app.workforce.views import cards as card_views
from tests.conftest import SetClock
from tests.factories.browser import Browser
from tests.factories.people import PIN, Cast, make_worker

Write = Callable[[Callable[[Session], Any]], Any]
EVERY_LETTER = (
    "Àn Áng Ảnh Ãn Ạn Ăn Ằng Ắt Ẳng Ẵn Ặng Ân Ầm Ấn Ẩn Ẫm Ậu Đàm",
    "Èo Éo Ẻo Ẽn Ẹn Ên Ềm Ếm Ển Ễn Ệm Ìn Ín Ỉn Ĩn Ịn Òn Ón Ỏn Õn Ọn",
    "Ôn Ồn Ốn Ổn Ỗn Ộn Ơn Ờn Ớn Ởn Ỡn Ợn Ùn Ún Ủn Ũn Ụn Ưn Ừn Ứn Ửn Ữn Ựn Ỳn Ýn Ỷn Ỹn Ỵn",
    "àn áng ảnh ãn ạn ăn ằng ắt ẳng ẵn ặng ân ầm ấn ẩn ẫm ậu đàm",
    "èo éo ẻo ẽn ẹn ên ềm ếm ển ễn ệm ìn ín ỉn ĩn ịn òn ón ỏn õn ọn",
    "ôn ồn ốn ổn ỗn ộn ơn ờn ớn ởn ỡn ợn ùn ún ủn ũn ụn ưn ừn ứn ửn ữn ựn ỳn ýn ỷn ỹn ỵn",
)


@pytest.fixture
def officer(browser: Browser, cast: Cast) -> Browser:
    """The browser of the officer of Sao Bắc."""
    browser.sign_in(cast.sao_bac.people["hanh"])
    return browser


@pytest.fixture
def line7(write: Write, cast: Cast, clock: SetClock) -> list[str]:
    """Eleven more people of line 7; their badges."""
    badges = [f"SB-4{number:04}" for number in range(11)]

    def work(s: Session) -> None:
        line = s.get_one(Branch, cast.sao_bac.lines["Chuyền 7"])
        for badge in badges:
            make_worker(s, line, badge, f"Người Mới {badge[-2:]}", clock.at)

    write(work)
    return badges


def texts(answer: TestResponse) -> list[str]:
    """The text of each page, its no-break spaces made plain."""
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/pdf"
    pages = pypdf.PdfReader(io.BytesIO(answer.data)).pages
    return [page.extract_text().replace("\u00a0", " ") for page in pages]


def codes(answer: TestResponse) -> list[str]:
    """What a scanner reads off the paper, page by page from top left."""
    found: list[str] = []
    for page in pypdfium2.PdfDocument(answer.data):
        read = zxingcpp.read_barcodes(page.render(scale=2.5).to_pil())
        found += [
            code.text
            for code in sorted(
                read, key=lambda c: (round(c.position.top_left.y / 60), c.position.top_left.x)
            )
        ]
    return found


def secret_of(code: str) -> str:
    return code.partition("#")[2]


def print_unit(officer: Browser, unit: int, which: str = "missing") -> TestResponse:
    officer.open("/workers/cards")
    return officer.send("/workers/cards", unit=str(unit), which=which)


def print_one(officer: Browser, worker_id: str) -> str:
    """Print one worker's card; the secret in its code."""
    officer.open(f"/workers/{worker_id}")
    (code,) = codes(officer.send("/workers/cards"))
    return secret_of(code)


def acts(session: Session, subject_id: str) -> list[str]:
    session.rollback()
    return list(
        session.scalars(
            select(AuditEntry.act)
            .where(AuditEntry.subject_id == subject_id, AuditEntry.act.like("accounts.card%"))
            .order_by(AuditEntry.at, AuditEntry.id)
        )
    )


def scan(phone: Browser, secret: str) -> TestResponse:
    return phone.send_json("/api/v1/card", {"card": secret})


def enter(phone: Browser, secret: str, pin: str = PIN) -> TestResponse:
    return phone.send_json("/api/v1/sign-in", {"card": secret, "pin": pin})


# The paper


def test_a_line_gets_ten_cards_a_page_each_with_its_own_code(
    officer: Browser, cast: Cast, line7: list[str], session: Session
) -> None:
    answer = print_unit(officer, cast.sao_bac.lines["Chuyền 7"])
    pages = texts(answer)
    badges = [re.findall(r"SB-\d+", page) for page in pages]
    printed = [badge for page in badges for badge in page]
    assert [len(each) for each in badges] == [10, len(printed) - 10]
    assert set(line7) <= set(printed)
    read = codes(answer)
    assert len(set(read)) == len(printed)
    assert all(re.fullmatch(r"http://localhost/c#[\w-]{22}", code) for code in read)
    page = pypdf.PdfReader(io.BytesIO(answer.data)).pages[0]
    assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    session.rollback()
    kept = session.scalars(select(Card)).all()
    assert {card.secret_hash for card in kept} == {token_digest(secret_of(c)) for c in read}


@pytest.mark.parametrize("name", EVERY_LETTER)
def test_every_vietnamese_letter_is_on_the_paper_as_text(name: str) -> None:
    words = name.split(" ")
    faces = [
        paper.CardFace("http://x/c#abc", " ".join(words[at : at + 4]), "SB-1", "Cty", "Chuyền", ())
        for at in range(0, len(words), 4)
    ]
    pages = pypdf.PdfReader(io.BytesIO(paper.draw_cards("Thẻ", faces))).pages
    told = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))
    assert [word for word in words if word not in told.split(" ")] == []


def test_a_very_long_name_stays_inside_its_card() -> None:
    face = paper.CardFace(
        "http://x/c#abc",
        "Công Tằng Tôn Nữ Hoàng Phương Quỳnh Trâm Nguyễn Thị Hồng Nhung",
        "SB-1",
        "Công ty Trách nhiệm hữu hạn Một thành viên Điện tử và Cơ khí Chính xác Sao Bắc",
        "Xưởng lắp ráp số 1 khu phía đông · Chuyền lắp ráp bo mạch số 12 ca ngày",
        ("Thẻ số 2, thay mọi thẻ cũ", "Nhặt được thẻ, gọi 0900\u00a0000\u00a0118"),
    )
    page = pypdfium2.PdfDocument(paper.draw_cards("Thẻ", [face]))[0]
    ink = page.render(scale=1).to_pil().convert("L").point(lambda grey: 255 * (grey < 128))
    left, top, right, bottom = ink.getbbox()
    point = 72 / 25.4
    assert left > 17.4 * point
    assert right < (17.4 + 85.6) * point
    assert top > 13.5 * point
    assert bottom < (13.5 + 54) * point


def test_a_drawing_that_fails_changes_nobodys_card(
    officer: Browser,
    cast: Cast,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    secret = print_one(officer, hoa.id)
    officer.open(f"/workers/{hoa.id}")
    monkeypatch.setattr(paper, "_CHILD", tmp_path / "missing.py")
    assert officer.send("/workers/cards").status_code == 503
    assert scan(officer, secret).status_code == 200
    monkeypatch.undo()
    officer.open(f"/workers/{hoa.id}")
    assert officer.send("/workers/cards").status_code == 200
    session.rollback()
    assert len(session.scalars(select(CardPrint)).all()) == 2


def test_a_drawing_program_that_writes_nothing_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    silent = tmp_path / "silent.py"
    silent.write_text("")
    monkeypatch.setattr(paper, "_CHILD", silent)
    with pytest.raises(PaperNotDrawn):
        paper.draw_cards("Thẻ", [])


def test_the_poster_names_the_line_and_its_code_leads_to_the_check_in(
    officer: Browser, cast: Cast
) -> None:
    answer = officer.open(f"/workers/cards/poster?unit={cast.sao_bac.lines['Chuyền 3']}")
    (text,) = texts(answer)
    assert "Chuyền 3" in text
    assert "Sao Bắc" in text
    assert "Quét mã bằng máy ảnh điện thoại" in text
    assert codes(answer) == ["http://localhost/check-in"]


def test_the_safety_teams_number_is_on_cards_and_posters(
    officer: Browser, cast: Cast, write: Write
) -> None:
    def work(s: Session) -> None:
        s.get_one(Branch, cast.sao_bac.id).phone = "0900000118"

    write(work)
    unit = cast.sao_bac.lines["Chuyền 3"]
    (text,) = texts(officer.open(f"/workers/cards/poster?unit={unit}"))
    assert "Cần giúp, gọi 0900 000 118" in text
    (text,) = texts(print_unit(officer, unit))
    assert re.sub(r"\s+", " ", text).count("Nhặt được thẻ, gọi 0900 000 118") == 3


def test_the_poster_of_another_company_is_not_there(officer: Browser, cast: Cast) -> None:
    foreign = cast.minh_tri.lines["Chuyền 1"]
    assert officer.open(f"/workers/cards/poster?unit={foreign}").status_code == 404
    assert officer.open(f"/workers/cards/people?unit={foreign}").status_code == 404
    assert officer.open("/workers/cards/people").status_code == 404


# What the pages show


def test_the_page_counts_who_has_no_card_and_lists_the_printings(
    officer: Browser, cast: Cast, line7: list[str]
) -> None:
    unit = cast.sao_bac.lines["Chuyền 7"]
    people = officer.open(f"/workers/cards/people?unit={unit}").text
    assert people.count('name="people"') == people.count("Chưa có</span>")
    print_unit(officer, unit)
    page = officer.open("/workers/cards").text
    assert "Đã đủ" in page
    assert cast.sao_bac.people["hanh"].name in page
    people = officer.open(f"/workers/cards/people?unit={unit}").text
    assert "Chưa có</span>" not in people
    assert "Số 1" in people


def test_only_the_chosen_people_get_cards(officer: Browser, cast: Cast, session: Session) -> None:
    hoa, anh = (cast.sao_bac.people[each] for each in ("hoa", "anh"))
    unit = cast.sao_bac.lines["Chuyền 3"]
    officer.open(f"/workers/cards/people?unit={unit}")
    (text,) = texts(officer.send("/workers/cards", which="chosen", people=hoa.id))
    assert hoa.badge in text
    assert anh.badge not in text
    session.rollback()
    assert list_cards_of(session, anh.id) == []


def test_nobody_chosen_is_told(officer: Browser, cast: Cast) -> None:
    officer.open(f"/workers/cards/people?unit={cast.sao_bac.lines['Chuyền 3']}")
    answer = officer.send("/workers/cards", which="chosen")
    assert answer.status_code == 422
    assert "chọn ít nhất một người" in answer.text


def test_too_many_at_once_are_told_and_nothing_is_made(
    officer: Browser, cast: Cast, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer.open("/workers/cards")
    monkeypatch.setattr(card_views, "MOST_CARDS", 1)
    answer = officer.send("/workers/cards", unit=str(cast.sao_bac.id), which="all")
    assert answer.status_code == 422
    session.rollback()
    assert session.scalars(select(Card)).all() == []


def test_a_unit_or_worker_of_another_company_gets_no_cards(
    officer: Browser, cast: Cast, session: Session
) -> None:
    officer.open("/workers/cards")
    foreign = str(cast.minh_tri.lines["Chuyền 1"])
    assert officer.send("/workers/cards", unit=foreign).status_code == 404
    officer.open("/workers/cards")
    binh = cast.minh_tri.people["binh"].id
    assert officer.send("/workers/cards", worker=binh).status_code == 404
    officer.open(f"/workers/cards/people?unit={cast.sao_bac.lines['Chuyền 3']}")
    assert officer.send("/workers/cards", which="chosen", people=binh).status_code == 422
    assert officer.post(f"/workers/{binh}/card/revoke", {"why": "lost"}).status_code in {400, 404}
    session.rollback()
    assert session.scalars(select(Card)).all() == []


def test_a_forged_printing_is_refused(officer: Browser, cast: Cast) -> None:
    hoa = cast.sao_bac.people["hoa"].id
    assert officer.post_forged("/workers/cards", worker=hoa).status_code == 400
    assert officer.post_forged(f"/workers/{hoa}/card/revoke", why="lost").status_code == 400


# A printing sent twice, or beside another


def test_the_same_printing_sent_again_makes_nothing_new(
    officer: Browser, cast: Cast, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    officer.open(f"/workers/{hoa.id}")
    form = officer.form("/workers/cards")
    (code,) = codes(officer.post("/workers/cards", form.values))
    again = officer.post("/workers/cards", form.values)
    assert again.status_code == 409
    assert scan(officer, secret_of(code)).status_code == 200
    session.rollback()
    assert [card.number for card in list_cards_of(session, hoa.id)] == [1]


def test_an_older_page_does_not_undo_a_newer_printing(
    officer: Browser, cast: Cast, clock: SetClock, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    officer.open(f"/workers/{hoa.id}")
    stale = dict(officer.form("/workers/cards").values)
    clock.move(seconds=30)
    secret = print_one(officer, hoa.id)
    answer = officer.post("/workers/cards", stale)
    assert answer.status_code == 409
    assert "vừa được cấp" in answer.text.replace("\u00a0", " ")
    assert scan(officer, secret).status_code == 200


@pytest.mark.parametrize(("key", "as_of"), [("", None), ("x", None), (None, ""), (None, "hôm qua")])
def test_a_form_without_its_key_or_time_is_refused(
    officer: Browser, cast: Cast, key: str | None, as_of: str | None
) -> None:
    officer.open(f"/workers/{cast.sao_bac.people['hoa'].id}")
    values = dict(officer.form("/workers/cards").values)
    values |= {} if key is None else {"key": key}
    values |= {} if as_of is None else {"as_of": as_of}
    assert officer.post("/workers/cards", values).status_code in {409, 422}


def test_one_printing_of_a_company_at_a_time(
    officer: Browser, cast: Cast, clock: SetClock, write: Write
) -> None:
    hanging = CardPrint(
        id="0", company_id=cast.sao_bac.id, unit="Chuyền 7", cards=1, made_by="x", made_at=clock.at
    )
    write(lambda s: s.add(hanging))
    hoa = cast.sao_bac.people["hoa"].id
    officer.open(f"/workers/{hoa}")
    assert officer.send("/workers/cards").status_code == 409
    clock.move(minutes=11)
    officer.open(f"/workers/{hoa}")
    assert officer.send("/workers/cards").status_code == 200


# The card at the sign-in page


def test_a_card_and_the_pin_let_a_worker_in(
    officer: Browser, other_browser: Browser, cast: Cast
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    secret = print_one(officer, hoa.id)
    told = scan(other_browser, secret).get_json()
    assert set(told) == {"company", "company_name", "badge"}
    assert (told["company"], told["badge"]) == ("SAOBAC", "SB-20417")
    answer = enter(other_browser, secret)
    assert answer.status_code == 200
    assert answer.get_json()["account_id"] == hoa.id
    assert enter(other_browser, f"http://10.0.0.5:8000/c#{secret}").status_code == 200


def test_a_card_alone_lets_nobody_in(officer: Browser, other_browser: Browser, cast: Cast) -> None:
    secret = print_one(officer, cast.sao_bac.people["hoa"].id)
    assert enter(other_browser, secret, pin="").status_code in {401, 422}
    missing = other_browser.send_json("/api/v1/sign-in", {"card": secret})
    assert missing.status_code == 422
    assert "token" not in (missing.get_json() or {})


def test_a_card_with_wrong_pins_locks_as_the_badge_does(
    officer: Browser, other_browser: Browser, cast: Cast, clock: SetClock
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    secret = print_one(officer, hoa.id)
    for _ in range(5):
        assert enter(other_browser, secret, pin="000000").status_code == 401
    locked = enter(other_browser, secret)
    assert locked.status_code == 429
    assert int(locked.headers["Retry-After"]) <= 15 * 60
    body = {"company": "SAOBAC", "badge": hoa.badge, "pin": PIN}
    assert other_browser.send_json("/api/v1/sign-in", body).status_code == 429
    clock.move(minutes=16)
    assert enter(other_browser, secret).status_code == 200


@pytest.mark.parametrize("scanned", ["", "SB-20417", "A" * 22, "http://x/c#" + "B" * 22])
def test_what_is_no_card_of_this_node_is_not_known(other_browser: Browser, scanned: str) -> None:
    assert scan(other_browser, scanned).status_code in {404, 422}
    assert enter(other_browser, scanned or "x").status_code == 404


def test_the_card_of_another_company_leads_to_that_company_alone(
    officer: Browser, other_browser: Browser, cast: Cast
) -> None:
    khoi = Browser(officer.client.application.test_client())
    khoi.sign_in(cast.minh_tri.people["khoi"])
    binh = cast.minh_tri.people["binh"]
    secret = print_one(khoi, binh.id)
    assert scan(other_browser, secret).get_json()["company"] == "MINHTRI"
    assert enter(other_browser, secret).get_json()["account_id"] == binh.id
    assert binh.name not in officer.open("/workers/cards").text
    assert officer.open(f"/workers/{binh.id}").status_code == 404


def test_the_code_on_the_card_leads_to_the_workers_part_of_the_page(
    other_browser: Browser, cast: Cast
) -> None:
    page = other_browser.open("/c")
    assert page.request.path == "/sign-in"
    assert "Mã nhân viên" in page.text


# Lost, replaced


def test_a_revoked_card_says_so_and_opens_nothing(
    officer: Browser, other_browser: Browser, cast: Cast, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    secret = print_one(officer, hoa.id)
    officer.open(f"/workers/{hoa.id}")
    page = officer.send("/card/revoke", why="lost")
    assert "báo mất" in page.text
    refused = scan(other_browser, secret)
    assert refused.status_code == 410
    assert refused.get_json()["code"] == "accounts.card_revoked"
    assert "thu hồi" in refused.get_json()["detail"]
    assert enter(other_browser, secret).status_code == 410
    assert acts(session, hoa.id) == ["accounts.card_made", "accounts.card_revoked"]
    officer.open(f"/workers/{hoa.id}")
    assert enter(other_browser, print_one(officer, hoa.id)).status_code == 200


def test_revoking_needs_a_card_and_a_reason(officer: Browser, cast: Cast) -> None:
    hoa = cast.sao_bac.people["hoa"]
    print_one(officer, hoa.id)
    officer.open(f"/workers/{hoa.id}")
    values = dict(officer.form("/card/revoke").values)
    address = f"/workers/{hoa.id}/card/revoke"
    assert officer.post(address, values | {"why": "replaced"}).status_code == 422
    assert officer.post(address, values | {"why": "lost"}).status_code == 302
    assert officer.post(address, values | {"why": "lost"}).status_code == 409


def test_a_second_card_voids_the_first_and_says_which_it_is(
    officer: Browser, other_browser: Browser, cast: Cast, session: Session
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    first = print_one(officer, hoa.id)
    officer.open(f"/workers/{hoa.id}")
    answer = officer.send("/workers/cards")
    (text,) = texts(answer)
    assert "Thẻ số 2" in text
    assert scan(other_browser, first).status_code == 410
    assert scan(other_browser, secret_of(codes(answer)[0])).status_code == 200
    session.rollback()
    rows = list_cards_of(session, hoa.id)
    assert [(row.number, row.revoked_why) for row in rows] == [(2, None), (1, CardEnd.REPLACED)]


def test_a_whole_line_is_reissued_and_every_old_card_is_void(
    officer: Browser, cast: Cast, line7: list[str], session: Session, clock: SetClock
) -> None:
    unit = cast.sao_bac.lines["Chuyền 7"]
    old = codes(print_unit(officer, unit))
    clock.move(minutes=1)
    new = codes(print_unit(officer, unit, "all"))
    assert len(new) == len(old)
    phone = Browser(officer.client.application.test_client())
    assert {scan(phone, code).status_code for code in old} == {410}
    assert {scan(phone, code).status_code for code in new} == {200}
    session.rollback()
    told = session.scalars(select(AuditEntry.act).where(AuditEntry.act.like("accounts.card%")))
    found = list(told)
    assert found.count("accounts.card_made") == 2 * len(old)
    assert found.count("accounts.card_revoked") == len(old)


def test_cards_are_made_in_pieces_that_let_check_ins_through(
    officer: Browser,
    cast: Cast,
    line7: list[str],
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(card_views, "CARDS_A_WORK", 4)
    read = codes(print_unit(officer, cast.sao_bac.lines["Chuyền 7"]))
    session.rollback()
    assert len(session.scalars(select(Card)).all()) == len(read)
    (printing,) = session.scalars(select(CardPrint)).all()
    assert (printing.cards, printing.done_at is not None) == (len(read), True)


def test_who_has_left_gets_no_card_and_the_old_one_opens_nothing(
    officer: Browser, other_browser: Browser, cast: Cast
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    secret = print_one(officer, hoa.id)
    officer.open(f"/workers/{hoa.id}")
    values = dict(officer.form("/workers/cards").values)
    officer.send("/end-work", end__last_on="24/11/2026")
    assert enter(other_browser, secret).status_code == 401
    assert officer.post("/workers/cards", values).status_code == 422


# Secrets


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


def test_the_secret_is_neither_stored_nor_logged(
    officer: Browser,
    other_browser: Browser,
    cast: Cast,
    session: Session,
    logged: pytest.LogCaptureFixture,
) -> None:
    hoa = cast.sao_bac.people["hoa"]
    secret = print_one(officer, hoa.id)
    scan(other_browser, secret)
    enter(other_browser, secret, pin="000000")
    session.rollback()
    for table in (Card.__table__, CardPrint.__table__, AuditEntry.__table__):
        assert all(secret not in str(tuple(row)) for row in session.execute(select(table)))
    assert secret not in logged.text
    page = officer.open(f"/workers/{hoa.id}").text + officer.open("/workers/cards").text
    assert secret not in page
