"""The digest by e-mail: once a week, to whoever gave an address, and the app keeps its own."""

import email
import email.policy
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update

from app.accounts.models import Account
from app.dashboards.jobs import make_digests, send_digests
from app.dashboards.models import DigestLetter, WeeklyDigest
from app.delivery.channels.email import Email, read_smtp
from app.delivery.rules import ChannelName
from tests.conftest import SetClock
from tests.factories.people import Cast
from tests.features.dashboards.test_digests import Csrf, Enter, Write, two_weeks
from tests.features.delivery.test_email import GROUP
from tests.peers.mail import MailServer, mail_server

__all__ = ["two_weeks"]
ADDRESS = "lam@kcn.example"


@pytest.fixture
def post_office(in_app: Flask, clock: SetClock) -> Iterator[MailServer]:
    """The node with a mail server."""
    before = in_app.extensions["channels"]
    with mail_server() as told:
        group = read_smtp({**GROUP, "ANCA_SMTP_PORT": str(told.port)})
        assert group is not None
        mail = Email(group, clock.now)
        in_app.extensions["channels"] = {**before, ChannelName.EMAIL: mail}
        yield told
        in_app.extensions["channels"] = before


@pytest.fixture
def lam(two_weeks: Cast, post_office: MailServer, enter: Enter, csrf: Csrf) -> FlaskClient:
    """The park manager, who gave an address."""
    browser = enter(two_weeks.people["lam"])
    give(browser, csrf, ADDRESS)
    make_digests()
    return browser


def give(browser: FlaskClient, csrf: Csrf, address: str) -> str:
    token = csrf(browser, "/compliance/digest")
    answer = browser.post("/compliance/digest/address", data={**token, "address": address})
    assert answer.status_code == 302
    page = browser.get("/compliance/digest").text
    return page.replace("\u00a0", " ")


def letters(session: Any) -> list[tuple[str, int]]:
    session.rollback()
    rows = session.scalars(select(DigestLetter).order_by(DigestLetter.account_id))
    return [(row.state, row.tries) for row in rows]


@pytest.mark.usefixtures("lam")
def test_it_is_sent_once_and_stays_in_the_app(post_office: MailServer, session: Any) -> None:
    assert (send_digests(), send_digests()) == (1, 0)
    (raw,) = post_office.letters
    letter = email.message_from_bytes(raw, policy=email.policy.default)
    told = letter.get_content().replace("\u00a0", " ")
    assert letter["To"] == ADDRESS
    assert "77,5" in letter["Subject"]
    assert "- Điện tử Sao Bắc: 60,0 %, tuần trước 90,0 %." in told
    assert "Điện tử Minh Trí" not in told
    session.rollback()
    assert session.scalars(select(WeeklyDigest)).one().read_at is None
    assert letters(session) == [("sent", 1)]


def test_its_words_are_in_the_language_of_the_reader(
    lam: FlaskClient, two_weeks: Cast, post_office: MailServer, write: Write
) -> None:
    person = two_weeks.people["lam"]
    write(lambda s: s.execute(update(Account).where(Account.id == person.id).values(locale="en")))
    assert send_digests() == 1
    letter = email.message_from_bytes(post_office.letters[0], policy=email.policy.default)
    assert "77.5" in letter["Subject"]


def test_a_passing_fault_is_tried_again_and_then_given_up(
    lam: FlaskClient, post_office: MailServer, session: Any, clock: SetClock
) -> None:
    post_office.answers["RCPT"] = ["450 later"] * 9
    assert (send_digests(), send_digests()) == (0, 0)
    assert letters(session) == [("waiting", 1)]
    for _ in range(6):
        clock.move(minutes=31)
        send_digests()
    assert letters(session) == [("failed", 5)]
    assert post_office.letters == []


def test_a_new_address_gets_what_the_old_one_did_not_take(
    lam: FlaskClient, post_office: MailServer, session: Any, csrf: Csrf
) -> None:
    post_office.answers["RCPT"] = ["550 nobody"]
    assert send_digests() == 0
    assert letters(session) == [("failed", 1)]
    assert "chưa gửi được (mã 550" in lam.get("/compliance/digest").text.replace("\u00a0", " ")
    give(lam, csrf, "quan.ly@kcn.example")
    assert send_digests() == 1


@pytest.mark.usefixtures("lam")
def test_what_may_have_left_is_not_sent_again(
    post_office: MailServer, session: Any, clock: SetClock
) -> None:
    post_office.answers["letter"] = [""]
    assert send_digests() == 0
    clock.move(hours=2)
    assert send_digests() == 0
    assert letters(session) == [("unclear", 1)]
    assert len(post_office.letters) == 1


def test_who_takes_the_address_back_or_wants_no_digest_gets_no_letter(
    lam: FlaskClient, post_office: MailServer, csrf: Csrf
) -> None:
    assert "không gửi qua e-mail nữa" in give(lam, csrf, "")
    assert send_digests() == 0
    assert "gửi thêm tới lam@kcn.example" in give(lam, csrf, ADDRESS)
    token = csrf(lam, "/compliance/digest")
    lam.post("/compliance/digest/choice", data={**token, "wanted": "0"})
    assert send_digests() == 0
    assert post_office.letters == []


@pytest.mark.parametrize("address", ["lam", "lam@kcn", "a@b.vn, c@d.vn", "x" * 300 + "@a.vn"])
def test_what_is_no_address_is_refused(
    lam: FlaskClient, csrf: Csrf, address: str, session: Any
) -> None:
    assert "Chưa đúng địa chỉ e-mail" in give(lam, csrf, address)
    assert ADDRESS in lam.get("/compliance/digest").text, "the old one stays"


def test_without_a_mail_server_nobody_is_asked_for_an_address(
    two_weeks: Cast, in_app: Flask, enter: Enter
) -> None:
    browser = enter(two_weeks.people["lam"])
    assert "Nhận qua e-mail" not in browser.get("/compliance/digest").text
    assert send_digests() == 0


@pytest.mark.usefixtures("lam")
def test_the_address_is_not_to_be_read_in_the_database(session: Any) -> None:
    session.rollback()
    (kept,) = session.execute(text("SELECT address FROM digest_address")).one()
    assert ADDRESS.encode() not in bytes(kept)
