"""A phone that rings for the inbox: where its push service takes messages, and what it may show."""

import base64
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from app.delivery.rules.statuses import Lane
from app.kernel.refusals import Refusal

# What phones show of a message: neither what it says nor whom it is for.
WORDS: Mapping[str, Mapping[bool, str]] = {
    "vi": {
        False: "Bạn có tin mới. Mở An Ca để xem.",
        True: "Có thông báo khẩn. Mở An Ca để xem ngay.",
    },
    "en": {
        False: "You have a new message. Open An Ca to read it.",
        True: "There is an urgent notice. Open An Ca now.",
    },
}
INBOX = "/inbox"
LONGEST_ENDPOINT, HTTPS_PORT = 1000, 443
KEY_BYTES, AUTH_BYTES = 65, 16
UNCOMPRESSED = 4


class PushOff(Refusal):
    """This node sends nothing over push services."""

    code = "delivery.push_off"
    status = 409


class BadSubscription(Refusal):
    """What the browser gave leads to no push service that this node knows."""

    code = "delivery.bad_subscription"


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where one browser is reached: an address at its push service and two keys, base64url."""

    endpoint: str
    p256dh: str
    auth: str
    language: str = "vi"

    def as_address(self) -> str:
        """As it is kept among a person's addresses."""
        told = {"endpoint": self.endpoint, "p256dh": self.p256dh, "auth": self.auth}
        return json.dumps({**told, "language": self.language}, sort_keys=True)


def read_subscription(given: Any, language: str, hosts: Collection[str]) -> Subscription:
    """What a browser gave, if it leads to one of the known push services and nowhere else.

    A host `*.example.com` stands for all below it. An address of somebody's own choosing would make
    this node knock at any door of its network.
    """
    told = given if isinstance(given, Mapping) else {}
    keys = told.get("keys")
    keys = keys if isinstance(keys, Mapping) else {}
    endpoint, p256dh, auth = told.get("endpoint"), keys.get("p256dh"), keys.get("auth")
    if not (isinstance(endpoint, str) and isinstance(p256dh, str) and isinstance(auth, str)):
        raise BadSubscription
    key = _bytes(p256dh)
    if len(key) != KEY_BYTES or key[0] != UNCOMPRESSED or len(_bytes(auth)) != AUTH_BYTES:
        raise BadSubscription
    if len(endpoint) > LONGEST_ENDPOINT or not is_known_service(endpoint, hosts):
        raise BadSubscription
    language = language if language in WORDS else "vi"
    return Subscription(endpoint, p256dh, auth, language)


def is_known_service(endpoint: str, hosts: Collection[str]) -> bool:
    """Whether an address belongs to one of the push services; without TLS only on this machine."""
    if not all("!" <= sign <= "~" for sign in endpoint):
        return False
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    local = host in {"127.0.0.1", "localhost"}
    if parts.username or parts.password or parts.scheme not in {"https", "http"}:
        return False
    if not local and (parts.scheme == "http" or port not in {None, HTTPS_PORT}):
        return False
    return any(
        host.endswith(known[1:]) if known.startswith("*.") else host == known for known in hosts
    )


def open_address(address: str) -> Subscription | None:
    """A subscription as it was kept; None for what is none."""
    try:
        told = json.loads(address)
        return Subscription(**{name: str(told[name]) for name in Subscription.__slots__})
    except (ValueError, KeyError, TypeError):
        return None


def shown(park: str, lane: Lane, language: str, mark: str) -> dict[str, str]:
    """What a phone is told: whose program has something to read, and where; never what it says.

    `mark` is how the phone says that it rang.
    """
    words = WORDS[language if language in WORDS else "vi"][lane is Lane.URGENT]
    return {"t": park, "b": words, "u": INBOX, "m": mark}


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, TypeError):
        return b""
