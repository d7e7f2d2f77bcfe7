"""What a park asks the province to send: the shape of one parcel, made here and read there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.delivery.rules import ChannelName, Lane
from app.sync.rules import MalformedEntry, moment_text

MOST_PARCELS = 100  # in one entry
MOST_STOPPED = 1000
LONGEST_REF, LONGEST_ONCE = 48, 64
LONGEST_TO, LONGEST_TEXT, LONGEST_LINK = 60, 4000, 300
ROADS = frozenset(
    {ChannelName.ZALO_CS, ChannelName.ZALO_TPL_UID, ChannelName.ZALO_TPL_PHONE},
)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message to one person over one channel of the province's account.

    `ref` is the park's own name for it and `once` a digest of what may go out only once; neither
    says who it is for. `inbound_at`: when the person last wrote or tapped.
    """

    ref: str
    road: ChannelName
    lane: Lane
    expires_at: datetime
    to: str = field(repr=False)
    text: str = field(repr=False)
    title: str = field(default="", repr=False)
    link: str = ""
    once: str | None = None
    inbound_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A parcel that cannot be read; its park hears so."""

    ref: str


def parcels_body(parcels: list[Parcel]) -> dict[str, Any]:
    """What is sealed for the province."""
    return {"parcels": [_told(each) for each in parcels]}


def _told(parcel: Parcel) -> dict[str, Any]:
    told = {
        "ref": parcel.ref,
        "road": str(parcel.road),
        "lane": str(parcel.lane),
        "expires_at": moment_text(parcel.expires_at),
        "to": parcel.to,
        "text": parcel.text,
    }
    more = {
        "title": parcel.title,
        "link": parcel.link,
        "once": parcel.once,
        "inbound_at": moment_text(parcel.inbound_at) if parcel.inbound_at else None,
    }
    return told | {name: value for name, value in more.items() if value}


def read_parcels(body: Mapping[str, Any]) -> list[Parcel | Unreadable]:
    """The parcels of one entry; one that cannot be read does not hold up the others."""
    match body:
        case {"parcels": list(given)} if len(given) <= MOST_PARCELS:
            return [_read(each) for each in given if isinstance(each, Mapping) and _ref(each)]
        case _:
            raise MalformedEntry


def stops_body(refs: Sequence[str]) -> dict[str, Any]:
    """What is sealed for the province of parcels that are to go no more."""
    return {"refs": list(refs)}


def read_stops(body: Mapping[str, Any]) -> list[str]:
    """The park's names of what it wants no more, each once; what is no name is left out."""
    match body:
        case {"refs": list(given)} if len(given) <= MOST_STOPPED:
            return list(dict.fromkeys(each for each in given if _is_ref(each)))
        case _:
            raise MalformedEntry


def _is_ref(given: object) -> bool:
    return isinstance(given, str) and 0 < len(given) <= LONGEST_REF


def _ref(given: Mapping[str, Any]) -> str:
    ref = given.get("ref")
    return str(ref) if _is_ref(ref) else ""


def _read(given: Mapping[str, Any]) -> Parcel | Unreadable:
    ref = _ref(given)
    to, text = given.get("to"), given.get("text")
    once, expires_at = given.get("once"), moment_of(given.get("expires_at"))
    if given.get("road") not in ROADS or given.get("lane") not in set(Lane):
        return Unreadable(ref)
    if expires_at is None or not _fits(to, LONGEST_TO) or not _fits(text, LONGEST_TEXT):
        return Unreadable(ref)
    if once is not None and not _fits(once, LONGEST_ONCE):
        return Unreadable(ref)
    return Parcel(
        ref,
        ChannelName(given["road"]),
        Lane(given["lane"]),
        expires_at,
        given["to"],
        given["text"],
        str(given.get("title", ""))[:LONGEST_TEXT],
        str(given.get("link", ""))[:LONGEST_LINK],
        once,
        moment_of(given.get("inbound_at")),
    )


def _fits(value: object, longest: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= longest


def moment_of(value: object) -> datetime | None:
    """A moment as entries write it; None for what is none."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
