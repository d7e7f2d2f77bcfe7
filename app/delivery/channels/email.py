"""E-mail over the park's own SMTP server, by the standard library."""

import re
import smtplib
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any

from app.delivery.channels.given import LOCAL_HOSTS, Given, refuse_unknown
from app.delivery.channels.pace import Pace
from app.delivery.rules import (
    Accepted,
    BadMessage,
    BadRecipient,
    ChannelError,
    ChannelName,
    ConfigProblem,
    Health,
    Lane,
    Outbound,
    OutsideHours,
    Permanent,
    Report,
    Temporary,
    Unclear,
)
from app.delivery.rules.answers import masked
from app.kernel.text import nfc

PREFIX = "ANCA_SMTP_"
KNOWN = frozenset(
    {
        "HOST",
        "PORT",
        "SECURITY",
        "ALLOW_PLAIN",
        "USER",
        "PASSWORD",
        "FROM",
        "PER_MINUTE",
        "LANES",
        "CONNECTIONS",
    }
)
PORTS = {"starttls": 587, "tls": 465, "none": 25}
SECONDS = 10.0
# RFC 5321: mailbox not found, not local, name not allowed.
NO_SUCH_MAILBOX = frozenset({550, 551, 553})
# RFC 4954 and 3207: who we are, or how we come, is not good enough.
NOT_LET_IN = frozenset({530, 534, 535, 538})
USED_TIMES = 100
_ADDRESS = re.compile(r"[^@\s<>(),;:\"\[\]]{1,64}@[^@\s<>(),;:\"\[\]]{1,180}")


@dataclass(frozen=True, slots=True)
class SmtpGroup:
    """How to reach the mail server."""

    host: str
    port: int
    security: str
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    per_minute: int = 60
    lanes: tuple[Lane, ...] = (Lane.URGENT, Lane.NORMAL)
    connections: int = 2
    seconds: float = SECONDS


def read_smtp(values: Mapping[str, str]) -> SmtpGroup | None:
    """The group of settings of e-mail; None when none of it is given."""
    given = Given(PREFIX, values)
    if not given:
        return None
    refuse_unknown(given, KNOWN)
    host = given.needed("HOST", "e-mail needs the name of a mail server")
    security = given.one_of("SECURITY", "starttls", *PORTS)
    if security == "none" and host not in LOCAL_HOSTS and not given.yes("ALLOW_PLAIN"):
        raise given.unsafe(
            "SECURITY",
            "letters and password would travel without encryption; use starttls or tls, or set "
            f"{PREFIX}ALLOW_PLAIN=1 for a server in your own network",
        )
    sender = given.needed("FROM", "receivers must see who writes to them")
    if not _ADDRESS.fullmatch(parseaddr(sender)[1]):
        raise given.unsafe("FROM", f"{sender!r} is no e-mail address")
    user, password = given.text("USER"), given.text("PASSWORD")
    if bool(user) != bool(password):
        raise given.unsafe("PASSWORD" if user else "USER", "give user and password, or neither")
    return SmtpGroup(
        host=host,
        port=given.whole("PORT", PORTS[security], most=65535),
        security=security,
        sender=sender,
        user=user,
        password=password,
        per_minute=given.whole("PER_MINUTE", 60, most=100_000),
        lanes=given.lanes("urgent normal"),
        connections=given.whole("CONNECTIONS", 2, most=8),
    )


@dataclass(slots=True)
class _Line:
    """The connection of one sender, and how many letters went over it."""

    server: smtplib.SMTP
    used: int = 0


class Email:
    """One letter to one person; a sender keeps its connection for as long as it has letters."""

    name = ChannelName.EMAIL
    needs_internet = True
    has_receipts = False
    silence_after = timedelta(days=3)

    def __init__(self, group: SmtpGroup, now: Callable[[], datetime]) -> None:
        self.group = group
        self.now = now
        self.max_per_minute = group.per_minute
        self.at_once = group.connections
        self.pace = Pace(group.per_minute)
        self._mine = threading.local()

    def health(self) -> Health:
        """Whether the server lets us in."""
        try:
            self._line().server.noop()
        except (ChannelError, smtplib.SMTPException, OSError) as problem:
            return Health(ok=False, why=str(problem))
        finally:
            self.rest()
        return Health(ok=True)

    def can_reach(
        self, contact: Any, out: Outbound, now: datetime
    ) -> BadRecipient | OutsideHours | None:
        """What is no e-mail address reaches nobody."""
        return None if _ADDRESS.fullmatch(out.address) else BadRecipient("no_address")

    def send(self, out: Outbound) -> Accepted:
        """Hand one letter to the server."""
        if not _ADDRESS.fullmatch(out.address):
            raise BadRecipient("no_address")
        letter = self._letter(out)
        line = self._line()
        try:
            self._hand_over(line.server, letter, out.address)
        except ChannelError:
            self.rest()
            raise
        line.used += 1
        if line.used >= USED_TIMES:
            self.rest()
        return Accepted((str(letter["Message-ID"]),), final=True)

    def rest(self) -> None:
        """This sender has no more letters for now: let its connection go."""
        line, self._mine.line = getattr(self._mine, "line", None), None
        if line is not None:
            with suppress(smtplib.SMTPException, OSError):
                line.server.quit()
            line.server.close()

    def parse(
        self, headers: Mapping[str, str], raw: bytes, args: Mapping[str, str]
    ) -> Iterable[Report]:
        """Mail servers do not call."""
        return ()

    def poll(self, external_ids: Iterable[str]) -> Iterable[Report]:
        """Mail servers cannot be asked."""
        return ()

    def _letter(self, out: Outbound) -> EmailMessage:
        name, address = parseaddr(self.group.sender)
        letter = EmailMessage()
        text = nfc(out.text)
        try:
            letter["From"] = Address(name, addr_spec=address)
            letter["To"] = Address(addr_spec=out.address)
            letter["Subject"] = " ".join(nfc(out.title or text[:60]).split())[:200]
        except (MessageError, ValueError, IndexError, UnicodeError):
            raise BadRecipient("no_address") from None
        letter["Date"] = format_datetime(self.now())
        # The same letter handed over twice can be told by its id.
        letter["Message-ID"] = f"<{out.delivery_id}@{address.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        if out.lane is Lane.URGENT:
            letter["Importance"] = "high"
        letter.set_content(text if out.link is None else f"{text}\n\n{out.link}\n", cte="base64")
        return letter

    def _line(self) -> _Line:
        line: _Line | None = getattr(self._mine, "line", None)
        if line is None:
            line = self._mine.line = _Line(self._connected())
        return line

    def _connected(self) -> smtplib.SMTP:
        group = self.group
        try:
            if group.security == "tls":
                context = ssl.create_default_context()
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    group.host, group.port, timeout=group.seconds, context=context
                )
            else:
                server = smtplib.SMTP(group.host, group.port, timeout=group.seconds)
        except ssl.SSLError as problem:
            raise ConfigProblem("tls", _short(problem)) from None
        except smtplib.SMTPConnectError as problem:
            raise _answered(problem.smtp_code, problem.smtp_error) from None
        except (OSError, smtplib.SMTPException) as problem:
            raise Temporary("no_connection", _short(problem)) from None
        try:
            _come_in(server, group)
        except ChannelError:
            server.close()
            raise
        return server

    def _hand_over(self, server: smtplib.SMTP, letter: EmailMessage, address: str) -> None:
        sender = parseaddr(self.group.sender)[1]
        try:
            _expect(server.mail(sender), to=ConfigProblem)
            _expect(server.rcpt(address), to=BadRecipient)
            _expect(server.docmd("DATA"), good=354)
        except ValueError:
            raise BadRecipient("no_address") from None
        except (OSError, smtplib.SMTPException) as problem:
            # Nothing of the letter had left as yet.
            raise Temporary("dropped", _short(problem)) from None
        try:
            server.send(_on_the_wire(letter))
            code, told = server.getreply()
        except (OSError, smtplib.SMTPException) as problem:
            raise Unclear("dropped", _short(problem)) from None
        _expect((code, told), to=BadMessage)


def _come_in(server: smtplib.SMTP, group: SmtpGroup) -> None:
    """Greet, begin to encrypt and say who we are, as the settings ask."""
    try:
        if group.security == "starttls":
            server.starttls(context=ssl.create_default_context())
        server.ehlo_or_helo_if_needed()
        if group.user:
            server.login(group.user, group.password)
    except smtplib.SMTPNotSupportedError as problem:
        raise ConfigProblem("not_offered", _short(problem)) from None
    except smtplib.SMTPAuthenticationError as problem:
        if problem.smtp_code < 500:
            raise Temporary(str(problem.smtp_code)) from None
        raise ConfigProblem(str(problem.smtp_code)) from None
    except smtplib.SMTPResponseException as problem:
        raise _answered(problem.smtp_code, problem.smtp_error) from None
    except ssl.SSLError as problem:
        raise ConfigProblem("tls", _short(problem)) from None
    except (OSError, smtplib.SMTPException) as problem:
        raise Temporary("no_connection", _short(problem)) from None


def _expect(
    reply: tuple[int, bytes], *, good: int = 250, to: type[ChannelError] = Permanent
) -> None:
    """Go on after the reply that is wanted; `to` is what a lasting no is a no to."""
    code, told = reply
    if code == good or (good == 250 and code in {251, 252}):
        return
    raise _answered(code, told, to=to)


def _answered(
    code: int, told: bytes | str, *, to: type[ChannelError] = ConfigProblem
) -> ChannelError:
    text = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
    said = {"smtp": code, "answer": masked(text, ())}
    if code in NOT_LET_IN:
        return ConfigProblem(str(code), told=said)
    if code >= 500:
        kind = to
        if to is BadRecipient and code not in NO_SUCH_MAILBOX:
            kind = Permanent
        return kind(str(code), told=said)
    return Temporary(str(code), told=said)


def _on_the_wire(letter: EmailMessage) -> bytes:
    """The letter with a dot before each line that begins with one, and the dot that ends it."""
    lines = letter.as_bytes(policy=letter.policy.clone(linesep="\r\n")).replace(b"\r\n.", b"\r\n..")
    return lines + (b"" if lines.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _short(problem: Exception) -> str:
    return type(problem).__name__
