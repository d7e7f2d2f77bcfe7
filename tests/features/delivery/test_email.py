"""E-mail: one letter to one person, and each reply of the server has its class."""

import base64
import email
import email.policy
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.delivery.channels.email import Email, read_smtp
from app.delivery.rules import (
    BadMessage,
    BadRecipient,
    ChannelError,
    ConfigProblem,
    Lane,
    Outbound,
    Permanent,
    Temporary,
    Unclear,
)
from app.settings import UnsafeSetting
from tests.peers.mail import MailServer, mail_server

NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)
GROUP = {
    "ANCA_SMTP_HOST": "127.0.0.1",
    "ANCA_SMTP_SECURITY": "none",
    "ANCA_SMTP_FROM": "KCN Thăng Long <anca@kcn.example>",
}
OPENED: list[Email] = []
OUT = Outbound("0199-row", "anh@sb.example", "Mai nghỉ.\n.Chấm đầu dòng\n", title="Báo nghỉ")


@pytest.fixture
def peer() -> Iterator[MailServer]:
    with mail_server() as told:
        yield told
        while OPENED:
            OPENED.pop().rest()


def channel(peer: MailServer, **more: str) -> Email:
    group = read_smtp({**GROUP, "ANCA_SMTP_PORT": str(peer.port), **more})
    assert group is not None
    return opened(Email(group, lambda: NOON))


def opened(made: Email) -> Email:
    OPENED.append(made)
    return made


def test_a_letter_arrives_as_it_was_written(peer: MailServer) -> None:
    accepted = channel(peer).send(replace(OUT, text=unicodedata.normalize("NFD", OUT.text)))
    letter = email.message_from_bytes(peer.letters[0], policy=email.policy.default)
    assert letter["Subject"] == "Báo nghỉ"
    assert str(letter["From"]) == "KCN Thăng Long <anca@kcn.example>"
    assert letter["To"] == "anh@sb.example"
    assert letter["Message-ID"] == "<0199-row@kcn.example>" == accepted.external_ids[0]
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content() == OUT.text
    assert accepted.final, "no mail server reports further"


def test_many_letters_go_over_one_connection(peer: MailServer) -> None:
    mail = channel(peer)
    for _ in range(5):
        mail.send(OUT)
    mail.rest()
    assert (peer.visits, len(peer.letters)) == (1, 5)
    assert peer.said[-1].upper() == "QUIT"


def test_a_title_cannot_smuggle_in_a_line(peer: MailServer) -> None:
    channel(peer).send(replace(OUT, title="Báo\r\nBcc: all@sb.example", lane=Lane.URGENT))
    letter = email.message_from_bytes(peer.letters[0], policy=email.policy.default)
    assert letter["Bcc"] is None
    assert letter["Importance"] == "high"


@pytest.mark.parametrize(
    ("command", "reply", "kind"),
    [
        ("RCPT", "550 no such mailbox", BadRecipient),
        ("RCPT", "551 moved", BadRecipient),
        ("RCPT", "553 bad name", BadRecipient),
        ("RCPT", "552 mailbox full", Permanent),
        ("RCPT", "450 greylisted", Temporary),
        ("RCPT", "530 log in first", ConfigProblem),
        ("RCPT", "", Temporary),
        ("MAIL", "553 not your name", ConfigProblem),
        ("MAIL", "421 later", Temporary),
        ("DATA", "554 no", Permanent),
        ("DATA", "", Temporary),
        ("letter", "554 looks like spam", BadMessage),
        ("letter", "451 disk full", Temporary),
        ("letter", "", Unclear),
        ("greeting", "554 go away", ConfigProblem),
        ("greeting", "421 busy", Temporary),
        ("greeting", "", Temporary),
    ],
)
def test_each_reply_has_its_class(
    peer: MailServer, command: str, reply: str, kind: type[ChannelError]
) -> None:
    peer.answers[command] = [reply]
    mail = channel(peer)
    with pytest.raises(ChannelError) as raised:
        mail.send(OUT)
    assert type(raised.value) is kind
    assert mail.send(OUT).external_ids, "the next letter goes over a new connection"
    mail.rest()


def test_a_server_that_says_nothing(peer: MailServer) -> None:
    peer.answers["letter"] = ["?"]
    slow = channel(peer)
    mail = opened(Email(replace(slow.group, seconds=0.2), lambda: NOON))
    with pytest.raises(Unclear):
        mail.send(OUT)


def test_nobody_at_home_is_tried_again() -> None:
    with mail_server() as gone:
        mail = channel(gone)
    with pytest.raises(Temporary, match="no_connection"):
        mail.send(OUT)
    assert not mail.health().ok


def test_a_password_goes_only_where_it_is_asked_for(peer: MailServer) -> None:
    login = {"ANCA_SMTP_USER": "anca", "ANCA_SMTP_PASSWORD": "giu-kin-nhe"}
    mail = channel(peer, **login)
    with pytest.raises(ConfigProblem, match="not_offered"):
        mail.send(OUT)
    peer.offers = ("AUTH PLAIN",)
    peer.answers["AUTH"] = ["235 come in"]
    mail.send(OUT)
    token = next(line for line in peer.said if line.startswith("AUTH")).split()[-1]
    assert base64.b64decode(token) == b"\0anca\0giu-kin-nhe"
    assert "giu-kin-nhe" not in repr(mail.group)


@pytest.mark.parametrize(
    ("reply", "kind"), [("535 wrong password", ConfigProblem), ("454 try later", Temporary)]
)
def test_a_password_that_is_refused(peer: MailServer, reply: str, kind: type[ChannelError]) -> None:
    peer.offers = ("AUTH PLAIN",)
    peer.answers["AUTH"] = [reply]
    mail = channel(peer, ANCA_SMTP_USER="anca", ANCA_SMTP_PASSWORD="x" * 9)
    with pytest.raises(ChannelError) as raised:
        mail.send(OUT)
    assert type(raised.value) is kind


def test_encryption_that_is_not_offered_or_not_trusted_stops_the_channel(
    peer: MailServer,
) -> None:
    mail = channel(peer, ANCA_SMTP_SECURITY="starttls")
    with pytest.raises(ConfigProblem, match="not_offered"):
        mail.send(OUT)
    with pytest.raises(ConfigProblem, match="tls"):
        channel(peer, ANCA_SMTP_SECURITY="tls").send(OUT)
    assert peer.letters == []


@pytest.mark.parametrize("address", ["", "84900000118", "a@b@c", "a b@c", "a@b\r\nBcc: x@y"])
def test_what_is_no_address_reaches_nobody(peer: MailServer, address: str) -> None:
    with pytest.raises(BadRecipient):
        channel(peer).send(replace(OUT, address=address))
    assert peer.visits == 0


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"ANCA_SMTP_HOST": ""}, "ANCA_SMTP_HOST"),
        ({"ANCA_SMTP_HOST": "mail.example"}, "ANCA_SMTP_SECURITY"),
        ({"ANCA_SMTP_SECURITY": "ssl3"}, "ANCA_SMTP_SECURITY"),
        ({"ANCA_SMTP_FROM": "nobody"}, "ANCA_SMTP_FROM"),
        ({"ANCA_SMTP_USER": "anca"}, "ANCA_SMTP_PASSWORD"),
        ({"ANCA_SMTP_PORT": "smtp"}, "ANCA_SMTP_PORT"),
        ({"ANCA_SMTP_LANES": ","}, "ANCA_SMTP_LANES"),
        ({"ANCA_SMTP_PASS": "x"}, "ANCA_SMTP_PASS"),
    ],
)
def test_a_half_set_up_mail_server_is_refused_by_name(more: dict[str, str], named: str) -> None:
    with pytest.raises(UnsafeSetting, match=named):
        read_smtp({**GROUP, **more})


def test_plain_letters_leave_the_machine_only_when_that_was_meant() -> None:
    away = {**GROUP, "ANCA_SMTP_HOST": "mail.lan", "ANCA_SMTP_ALLOW_PLAIN": "1"}
    group = read_smtp(away)
    assert group is not None
    assert (group.port, group.security) == (25, "none")
    assert read_smtp({}) is None
