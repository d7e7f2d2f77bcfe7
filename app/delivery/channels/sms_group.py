"""Settings of an SMS gateway: what it is sent, what its answers mean, and how it calls back."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.delivery.channels.given import MOST_AT_ONCE, Given, refuse_unknown
from app.delivery.rules import Lane
from app.delivery.rules.answers import CLASSES, AnswerRule

PREFIX = "ANCA_SMS_"
KNOWN = frozenset(
    [
        "URL",
        "ALLOW_PLAIN",
        "METHOD",
        "BODY_FORM",
        "BODY",
        "HEADERS",
        "USER",
        "PASSWORD",
        "SENDER",
        "ADDRESS_FORM",
        "ACCENTS",
        "MAX_PARTS",
        "OK_POINTER",
        "OK_VALUES",
        "ERROR_POINTER",
        "ERRORS",
        "ID_POINTER",
        "PER_MINUTE",
        "CONNECTIONS",
        "LANES",
        "CALLBACK_SECRET",
        "CALLBACK_ID",
        "CALLBACK_REFERENCE",
        "CALLBACK_STATUS",
        "CALLBACK_DELIVERED",
        "CALLBACK_FAILED",
        "STATUS_URL",
        "STATUS_POINTER",
        "STATUS_DELIVERED",
        "STATUS_FAILED",
    ]
)
SECONDS = 10.0
_POINTER = re.compile(r"(/[^/]+)*")


@dataclass(frozen=True, slots=True)
class ReportFields:
    """Which fields of a gateway's call say what; `status` may be several, joined by a colon."""

    secret: str = field(repr=False)
    status: tuple[str, ...]
    delivered: tuple[str, ...]
    failed: tuple[str, ...] = ()
    id: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class StatusQuery:
    """How a gateway is asked what became of a message; the address holds {id}."""

    url: str = field(repr=False)
    pointer: str
    delivered: tuple[str, ...]
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SmsGroup:
    """One gateway as its operator described it."""

    url: str
    method: str = "POST"
    body_form: str = "json"
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""
    address_form: str = "84"
    accents: bool = False
    max_parts: int = 3
    rule: AnswerRule = field(default_factory=AnswerRule)
    id_pointer: str = ""
    per_minute: int = 60
    connections: int = 4
    lanes: tuple[Lane, ...] = (Lane.URGENT,)
    reports: ReportFields | None = None
    status: StatusQuery | None = None
    seconds: float = SECONDS

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be kept or logged: every fixed text of body and headers that is long."""
        fixed = [*_texts(self.body), *self.headers.values(), self.password]
        return tuple(sorted({text for text in fixed if len(text) >= 8 and "{" not in text}))


def read_sms(values: Mapping[str, str]) -> SmsGroup | None:
    """The group of settings of SMS; None when none of it is given."""
    given = Given(PREFIX, values)
    if not given:
        return None
    refuse_unknown(given, KNOWN)
    body = given.document("BODY")
    if not {"{address}", "{text}"} <= set(_placeholders(body)):
        raise given.unsafe("BODY", "must hold {address} and {text}")
    user, password = given.text("USER"), given.text("PASSWORD")
    if password and not user:
        raise given.unsafe("USER", "a password needs its user")
    body_form = given.one_of("BODY_FORM", "json", "json", "form", "query")
    if body_form != "json" and any(not isinstance(value, str) for value in body.values()):
        raise given.unsafe("BODY", f"every value must be a text where it is sent as {body_form}")
    headers = given.document("HEADERS")
    if any(not isinstance(value, str) for value in headers.values()):
        raise given.unsafe("HEADERS", "every value must be a text")
    method = given.one_of("METHOD", "post", "post", "get").upper()
    if method == "GET" and body_form != "query":
        raise given.unsafe("BODY_FORM", "GET takes query only")
    return SmsGroup(
        url=given.address("URL", why="SMS needs the address of a gateway"),
        method=method,
        body_form=body_form,
        body=body,
        headers=headers,
        user=user,
        password=password,
        sender=given.text("SENDER"),
        address_form=given.one_of("ADDRESS_FORM", "84", "84", "0", "+84"),
        accents=given.yes("ACCENTS"),
        max_parts=given.whole("MAX_PARTS", 3, most=10),
        rule=_rule(given),
        id_pointer=_pointer(given, "ID_POINTER"),
        per_minute=given.whole("PER_MINUTE", 60, most=1_000_000),
        connections=given.whole("CONNECTIONS", 4, most=MOST_AT_ONCE),
        lanes=given.lanes("urgent"),
        reports=_reports(given),
        status=_status(given),
    )


def _rule(given: Given) -> AnswerRule:
    pointer, yes = _pointer(given, "OK_POINTER"), _words(given, "OK_VALUES")
    if bool(pointer) != bool(yes):
        raise given.unsafe("OK_VALUES" if pointer else "OK_POINTER", "give both or neither")
    classes = {str(code): str(word) for code, word in given.document("ERRORS").items()}
    for code, word in classes.items():
        if word not in CLASSES:
            raise given.unsafe("ERRORS", f"{code}: {word!r} is none of {', '.join(CLASSES)}")
    return AnswerRule(pointer, frozenset(yes), _pointer(given, "ERROR_POINTER"), classes)


def _reports(given: Given) -> ReportFields | None:
    secret, status = given.guarded("CALLBACK_SECRET"), given.text("CALLBACK_STATUS")
    if not (secret or status):
        return None
    given.needed("CALLBACK_SECRET", "whoever calls back proves by it who they are")
    given.needed("CALLBACK_STATUS", "which field says what became of a message")
    given.needed("CALLBACK_DELIVERED", "which values say that a message arrived")
    if not (given.text("CALLBACK_ID") or given.text("CALLBACK_REFERENCE")):
        raise given.unsafe("CALLBACK_ID", "give it, or ANCA_SMS_CALLBACK_REFERENCE")
    return ReportFields(
        secret,
        tuple(status.split(":")),
        _words(given, "CALLBACK_DELIVERED"),
        _words(given, "CALLBACK_FAILED"),
        given.text("CALLBACK_ID"),
        given.text("CALLBACK_REFERENCE"),
    )


def _status(given: Given) -> StatusQuery | None:
    if not given.text("STATUS_URL"):
        return None
    url = given.address("STATUS_URL", why="")
    if "{id}" not in url:
        raise given.unsafe("STATUS_URL", "must hold {id}")
    given.needed("STATUS_POINTER", "where the answer says what became of a message")
    given.needed("STATUS_DELIVERED", "which values say that a message arrived")
    return StatusQuery(
        url,
        _pointer(given, "STATUS_POINTER"),
        _words(given, "STATUS_DELIVERED"),
        _words(given, "STATUS_FAILED"),
    )


def _pointer(given: Given, name: str) -> str:
    found = given.text(name)
    if not _POINTER.fullmatch(found):
        raise given.unsafe(name, "is no JSON pointer such as /data/id")
    return found


def _words(given: Given, name: str) -> tuple[str, ...]:
    return tuple(given.text(name).replace(",", " ").split())


def _placeholders(body: Any) -> list[str]:
    return re.findall(r"\{[a-z_]+\}", " ".join(_texts(body)))


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return []
