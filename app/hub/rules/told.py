"""What the province tells a park: how far its parcels came, and what people did on Zalo."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.delivery.rules import FAILED, Lane, Status, may_move
from app.delivery.rules.statuses import NEVER_SENT
from app.delivery.rules.zalo_calls import FOLLOWS, LONGEST_TEXT, SHARED, UNFOLLOWS, ZaloCall
from app.hub.rules.parcels import LONGEST_REF, LONGEST_TO, moment_of
from app.sync.rules import MalformedEntry, moment_text

MOST_TOLD = 100  # in one entry, of each
TELLABLE = frozenset(
    {Status.UNCLEAR, Status.SENT, Status.DELIVERED, Status.READ} | NEVER_SENT | FAILED
)
LONGEST_EVENT, MOST_IDS = 60, 5


@dataclass(frozen=True, slots=True)
class Told:
    """How far one parcel came; `rev` grows with each news of it, the highest is what holds."""

    ref: str
    rev: int
    status: Status
    error: str = ""
    code: str = ""
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    read_at: datetime | None = None


def told_body(told: list[Told], calls: list[ZaloCall]) -> dict[str, Any]:
    """What is sealed for one park."""
    return {"states": [_state(each) for each in told], "events": [_event(each) for each in calls]}


def _state(told: Told) -> dict[str, Any]:
    times = {"sent": told.sent_at, "delivered": told.delivered_at, "read": told.read_at}
    said = {"error": told.error, "code": told.code}
    return (
        {"ref": told.ref, "rev": told.rev, "status": str(told.status)}
        | {name: value for name, value in said.items() if value}
        | {name: moment_text(at) for name, at in times.items() if at}
    )


def _event(call: ZaloCall) -> dict[str, Any]:
    told = {"event": call.event, "uid": call.uid, "at": moment_text(call.at)}
    more = {"phone": call.phone, "text": call.text, "ids": list(call.message_ids)}
    return told | {name: value for name, value in more.items() if value}


def read_told(body: Mapping[str, Any]) -> tuple[list[Told], list[ZaloCall]]:
    """States and events of one entry; what cannot be read of them is left out."""
    states, events = body.get("states", []), body.get("events", [])
    if not isinstance(states, list) or not isinstance(events, list):
        raise MalformedEntry
    if max(len(states), len(events)) > MOST_TOLD:
        raise MalformedEntry
    told = [_read_state(each) for each in states]
    calls = [_read_event(each) for each in events]
    return [each for each in told if each], [each for each in calls if each]


def _read_state(given: Any) -> Told | None:
    match given:
        case {"ref": str(ref), "rev": int(rev), "status": str(status)} if (
            len(ref) <= LONGEST_REF and 0 < rev < 2**31 and status in TELLABLE
        ):
            return Told(
                ref,
                rev,
                Status(status),
                str(given.get("error", ""))[:30],
                str(given.get("code", ""))[:40],
                moment_of(given.get("sent")),
                moment_of(given.get("delivered")),
                moment_of(given.get("read")),
            )
        case _:
            return None


def _read_event(given: Any) -> ZaloCall | None:
    match given:
        case {"event": str(event), "uid": str(uid), "at": str(text)} if (
            len(event) <= LONGEST_EVENT and 0 < len(uid) <= LONGEST_TO
        ):
            at = moment_of(text)
            if at is None:
                return None
            phone, said = str(given.get("phone", ""))[:20], str(given.get("text", ""))
            return ZaloCall(event, at, uid, _ids(given), "", said[:LONGEST_TEXT], phone)
        case _:
            return None


def _ids(given: Mapping[str, Any]) -> tuple[str, ...]:
    """Zalo's numbers of what was written: by them the same news is known again."""
    ids = given.get("ids", [])
    return tuple(str(each)[:80] for each in ids[:MOST_IDS]) if isinstance(ids, list) else ()


def is_passed_down(call: ZaloCall) -> bool:
    """Whether an event matters to a park: who follows, left, wrote or tapped, or linked."""
    return bool(call.uid) and (call.event in {FOLLOWS, UNFOLLOWS, SHARED} or call.is_from_user)


def settled(old: Status, told: Status, lane: Lane) -> Status:
    """What a parcel's delivery becomes at its park by what the province tells of it.

    What the province never sent went back to the queue and ended there; taken for unclear by
    then, it is known to have failed.
    """
    if told in NEVER_SENT:
        if old is Status.SENDING:
            return told
        return Status.TEMPORARY_FAILURE if old is Status.UNCLEAR else old
    return told if may_move(old, told, lane=lane) else old
