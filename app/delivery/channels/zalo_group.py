"""Settings of Zalo: one account that three channels share."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.delivery.channels.given import MOST_AT_ONCE, Given, refuse_unknown
from app.delivery.rules import Lane
from app.delivery.rules.consent import VERIFIER, verifier_for

PREFIX = "ANCA_ZALO_"
KNOWN = frozenset(
    [
        "HUB",
        "APP_ID",
        "APP_SECRET",
        "OA_ID",
        "WEBHOOK_SECRET",
        "PKCE_VERIFIER",
        "OA_URL",
        "PHONE_URL",
        "OAUTH_URL",
        "ALLOW_PLAIN",
        "PER_MINUTE",
        "CONNECTIONS",
        "CS_LANES",
        "UID_LANES",
        "PHONE_LANES",
        "TEMPLATES",
        "LINK",
        "WINDOW_HOURS",
        "UID_BODY",
        "URGENT_ROOM",
        "ASK_TITLE",
        "ASK_TEXT",
        "ASK_IMAGE",
    ]
)
# What a park says that has no account of its own and hands its messages to the province.
OF_HUB = frozenset({"HUB", "CS_LANES", "UID_LANES", "PHONE_LANES", "LINK", "WINDOW_HOURS"})
SECONDS = 10.0
LONGEST_VALUE = 200
WORDS_OF_TEMPLATES = frozenset({"text", "title", "link", "date"})
_KNOWN_WORD = re.compile(r"\{(?:" + "|".join(sorted(WORDS_OF_TEMPLATES)) + r")\}")


@dataclass(frozen=True, slots=True)
class Template:
    """An approved template: its id, what fills its parameters, and how long each may be."""

    id: str
    data: Mapping[str, str] = field(default_factory=dict)
    longest: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asking:
    """What somebody unknown is asked for their number with; Zalo wants a picture beside it."""

    title: str
    text: str
    image: str


@dataclass(frozen=True, slots=True)
class ZaloAccount:
    """One Official Account with its app; `urgent_room`: sends of a day kept for what is urgent."""

    app_id: str
    app_secret: str = field(repr=False)
    oa_id: str
    webhook_secret: str = field(default="", repr=False)
    verifier: str = field(default="", repr=False)
    oa_url: str = ""
    phone_url: str = ""
    oauth_url: str = ""
    per_minute: int = 4000
    connections: int = 8
    link: str = ""
    window: timedelta = timedelta(hours=48)
    uid_flat: bool = True
    urgent_room: int = 500
    asking: Asking | None = None
    templates: Mapping[Lane, Template] = field(default_factory=dict)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Ho_Chi_Minh"))
    seconds: float = SECONDS


@dataclass(frozen=True, slots=True)
class ZaloRoad:
    """One of the account's channels, and the lanes that go over it."""

    account: ZaloAccount
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True)
class HubRoad:
    """One of the channels of the province's account, for a park that has none of its own."""

    lanes: tuple[Lane, ...]
    link: str = ""
    window: timedelta = timedelta(hours=48)


def read_zalo(values: Mapping[str, str]) -> ZaloAccount | None:
    """The account of the settings; None when nothing of it is given."""
    given = Given(PREFIX, values)
    if not given:
        return None
    refuse_unknown(given, KNOWN)
    secret = given.needed("APP_SECRET", "the secret of the app in Zalo's console")
    verifier = given.text("PKCE_VERIFIER") or verifier_for(secret)
    if not VERIFIER.fullmatch(verifier):
        raise given.unsafe("PKCE_VERIFIER", "must have 43 of A-Z a-z 0-9 - . _ ~")
    return ZaloAccount(
        app_id=given.needed("APP_ID", "the id of the app in Zalo's console"),
        app_secret=secret,
        verifier=verifier,
        oa_id=given.needed("OA_ID", "the id of the Official Account"),
        webhook_secret=given.text("WEBHOOK_SECRET"),
        oa_url=_root(given, "OA_URL", "https://openapi.zalo.me"),
        phone_url=_root(given, "PHONE_URL", "https://business.openapi.zalo.me"),
        oauth_url=_root(given, "OAUTH_URL", "https://oauth.zaloapp.com"),
        per_minute=given.whole("PER_MINUTE", 4000, most=1_000_000),
        connections=given.whole("CONNECTIONS", 8, most=MOST_AT_ONCE),
        link=given.text("LINK"),
        window=timedelta(hours=given.whole("WINDOW_HOURS", 48, most=168)),
        uid_flat=given.one_of("UID_BODY", "flat", "flat", "recipient") == "flat",
        urgent_room=given.whole("URGENT_ROOM", 500, least=0, most=1_000_000),
        templates=_templates(given),
        asking=_asking(given),
    )


def read_zalo_cs(values: Mapping[str, str]) -> ZaloRoad | HubRoad | None:
    """Free text to who wrote or tapped lately."""
    return _road(values, "CS_LANES", "urgent normal", templates=False)


def read_zalo_uid(values: Mapping[str, str]) -> ZaloRoad | HubRoad | None:
    """Approved templates to a Zalo id."""
    return _road(values, "UID_LANES", "urgent normal", templates=True)


def read_zalo_phone(values: Mapping[str, str]) -> ZaloRoad | HubRoad | None:
    """Approved templates to a phone number: each one costs money."""
    return _road(values, "PHONE_LANES", "urgent", templates=True)


def _road(
    values: Mapping[str, str], name: str, default: str, *, templates: bool
) -> ZaloRoad | HubRoad | None:
    given = Given(PREFIX, values)
    by_hub = given.yes("HUB")
    account = None if by_hub else read_zalo(values)
    words = set(given.text(name, default).lower().replace(",", " ").split())
    if by_hub:
        _refuse_account(given)
    if (account is None and not by_hub) or words == {"off"}:
        return None
    if words - {str(lane) for lane in Lane}:
        raise given.unsafe(name, f"give some of {', '.join(Lane)}, or off")
    if account is None:
        window = timedelta(hours=given.whole("WINDOW_HOURS", 48, most=168))
        return HubRoad(tuple(lane for lane in Lane if lane in words), given.text("LINK"), window)
    lanes = tuple(
        lane for lane in Lane if lane in words and (not templates or lane in account.templates)
    )
    return ZaloRoad(account, lanes) if lanes else None


def _refuse_account(given: Given) -> None:
    """A park sends by an account of its own or by the province's: one of them holds the grant."""
    for name in sorted(KNOWN - OF_HUB):
        if given.text(name):
            raise given.unsafe(name, "with HUB=1 the province holds the account; leave this out")
    refuse_unknown(given, KNOWN)


def _root(given: Given, name: str, default: str) -> str:
    if not given.text(name):
        return default
    return given.address(name, why="").rstrip("/")


def _asking(given: Given) -> Asking | None:
    if not given.text("ASK_IMAGE"):
        return None
    return Asking(
        given.text("ASK_TITLE", "Nhận tin của khu công nghiệp qua Zalo")[:100],
        given.text("ASK_TEXT", "Bấm để chia sẻ số điện thoại bạn đã báo với công ty")[:500],
        given.address("ASK_IMAGE", why=""),
    )


def _templates(given: Given) -> dict[Lane, Template]:
    """By lane: {"urgent": {"id": "412345", "data": {"noi_dung": "{text}"}}}."""
    found = {}
    for lane, each in given.document("TEMPLATES").items():
        if lane not in set(Lane) or not isinstance(each, dict):
            raise given.unsafe("TEMPLATES", f"{lane}: give an object for some of {', '.join(Lane)}")
        found[Lane(lane)] = _template(given, lane, each)
    return found


def _template(given: Given, lane: str, each: Mapping[str, Any]) -> Template:
    data, longest = each.get("data", {}), each.get("longest", {})
    if not isinstance(each.get("id"), str) or not each["id"]:
        raise given.unsafe("TEMPLATES", f"{lane}: id must be a text")
    if not isinstance(data, dict) or any(not isinstance(value, str) for value in data.values()):
        raise given.unsafe("TEMPLATES", f"{lane}: every value of data must be a text")
    if not isinstance(longest, dict) or any(not isinstance(n, int) for n in longest.values()):
        raise given.unsafe("TEMPLATES", f"{lane}: every value of longest must be a whole number")
    for value in data.values():
        if set("{}") & set(_KNOWN_WORD.sub("", value)):
            known = ", ".join("{" + word + "}" for word in sorted(WORDS_OF_TEMPLATES))
            raise given.unsafe("TEMPLATES", f"{lane}: {value}: only {known} are filled in")
    return Template(each["id"], data, longest)
