"""What Zalo tells by calling: events read leniently, each known again by its own number."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from app.delivery.rules.answers import as_code
from app.delivery.rules.heard import HeardKind
from app.kernel.events import Event
from app.kernel.refusals import Refusal
from app.kernel.text import nfc

LONGEST_TEXT = 2000
FOLLOWS, UNFOLLOWS = "follow", "unfollow"
ARRIVED, SEEN = "user_received_message", "user_seen_message"
SHARED = "user_submit_info"
TEMPLATE_CHANGED = "change_template_status"
# What a person sends; a tap on a button or a menu item comes as the text behind it.
SENDS: Mapping[str, HeardKind] = MappingProxyType(
    {
        "user_send_text": HeardKind.TEXT,
        "user_send_image": HeardKind.PICTURE,
        "user_send_gif": HeardKind.PICTURE,
        "user_send_sticker": HeardKind.STICKER,
        "user_send_audio": HeardKind.SOUND,
        "user_send_video": HeardKind.VIDEO,
        "user_send_file": HeardKind.FILE,
        "user_send_link": HeardKind.LINK,
        "user_send_location": HeardKind.PLACE,
        "user_send_business_card": HeardKind.CONTACT,
    }
)


class UnknownSignature(Refusal):
    """A call that nobody who knows this account's secrets has signed."""

    code = "delivery.unknown_signature"
    status = 403


@dataclass(frozen=True, slots=True)
class ZaloCall:
    """One event; `uid` is the person's Zalo id, whichever field it stood in."""

    event: str
    at: datetime
    uid: str = ""
    message_ids: tuple[str, ...] = ()
    tracking_id: str = ""
    text: str = ""
    phone: str = ""

    @property
    def is_from_user(self) -> bool:
        """Whether the person wrote or tapped: that opens the window for free messages."""
        return self.event.startswith(("user_send_", "user_click", "user_submit"))

    @property
    def sends(self) -> HeardKind | None:
        """What the person sent; None for events that say nothing."""
        return SENDS.get(self.event)

    @property
    def key(self) -> str:
        """The same for the same news, however often and with whatever stamp it is told."""
        told = ",".join(self.message_ids) or f"{self.at.timestamp()}|{self.uid}"
        return hashlib.sha256(f"{self.event}|{told}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ZaloTold(Event):
    """Zalo told of a message or a person that this node itself does not know.

    Whoever it does mean something to says in `heard` what became of it.
    """

    call: ZaloCall
    heard: list[str]


def read_zalo_call(told: Any, *, oa_id: str, received_at: datetime) -> ZaloCall | None:
    """The event in a call's body; None where it is none.

    Sources disagree whether a person is sender or recipient: it is the one who is not the account.
    """
    if not isinstance(told, Mapping):
        return None
    event = as_code(told.get("event_name"))[:60]
    if not event:
        return None
    message, info = _inner(told, "message"), _inner(told, "info")
    ids = [as_code(message.get("msg_id"))]
    several = message.get("msg_ids")
    if isinstance(several, list):
        ids += [as_code(each) for each in several[:100]]
    return ZaloCall(
        event,
        _moment(message.get("delivery_time")) or _moment(told.get("timestamp")) or received_at,
        _person(told, oa_id),
        tuple(each[:80] for each in ids if each),
        as_code(message.get("tracking_id"))[:48],
        nfc(as_code(message.get("text")))[:LONGEST_TEXT],
        as_code(info.get("phone"))[:20],
    )


def _person(told: Mapping[str, Any], oa_id: str) -> str:
    for field in ("follower", "sender", "recipient", "user"):
        found = as_code(_inner(told, field).get("id"))
        if found and found != oa_id:
            return found[:60]
    return as_code(told.get("user_id"))[:60]


def _inner(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = told.get(name)
    return found if isinstance(found, Mapping) else {}


def _moment(value: Any) -> datetime | None:
    """Milliseconds since 1970, as text or number; None for what cannot be one."""
    text = as_code(value)
    if not text.isdecimal() or len(text) != 13:
        return None
    return datetime.fromtimestamp(int(text) / 1000, UTC)
