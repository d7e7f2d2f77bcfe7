"""The two signed logs: what an entry says, how entries chain, what to do with one that came."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple

from app.kernel.events import Event
from app.kernel.refusals import Refusal
from app.sync.rules.received import SummaryHead

VERSION = "0.1.0"  # told to the other side; as pyproject.toml has it
RECEIPT = "receipt"
KEYS = "keys"
KIND_SHAPE = re.compile(r"[a-z][a-z0-9_.-]{0,39}")
MOST_SEQ = 2**31 - 1  # as far as a number in the database goes
CLOCK_TOLERANCE = timedelta(minutes=10)


class Direction(StrEnum):
    """The two logs of a park: up to the province, and down from it."""

    UP = "up"
    DOWN = "down"


class UpKind(StrEnum):
    """What a park sends to the province; other kinds are kept and passed on."""

    SUMMARY = "summary"
    ESCALATION = "escalation"
    FEEDBACK = "feedback"
    NOTICE_STATE = "notice_state"
    ZALO_OUT = "zalo_out"
    ZALO_STOP = "zalo_stop"
    RECEIPT = RECEIPT
    KEYS = KEYS


class DownKind(StrEnum):
    """What the province sends to a park; other kinds are kept and shown."""

    NOTICE = "notice"
    CANCEL = "cancel"
    BULLETIN = "bulletin"
    ANSWER = "answer"
    RULES = "rules"
    TASK = "task"
    ZALO_STATE = "zalo_state"
    RECEIPT = RECEIPT
    KEYS = KEYS


class MalformedEntry(Refusal):
    """What was signed is not an entry of a log."""

    code = "sync.malformed_entry"


class WrongRecipient(Refusal):
    """The entry was made for another node."""

    code = "sync.wrong_recipient"


class Gap(Refusal):
    """Entries are missing before this one; `expected_seq` is the first of them."""

    code = "sync.gap"
    status = 409


class Forked(Refusal):
    """Two different entries claim the same place in one log."""

    code = "sync.fork"
    status = 409


class DownForked(Refusal):
    """The log down has another history here than at the province, from `seq` on."""

    code = "sync.down_fork"
    status = 409


class ClockOff(Refusal):
    """The asker's clock is more than 10 minutes off; `server_time` tells the right one."""

    code = "sync.clock"
    status = 401


class WrongRequest(Refusal):
    """The signature is for another request."""

    code = "sync.wrong_request"
    status = 401


class Head(NamedTuple):
    """How far a log reaches: the highest contiguous number and the hash of that entry."""

    seq: int = 0
    link: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """The payload of one entry; `packed` is how its writer spelled it.

    `summary` is what a summary is known by, where that was read apart from its rows.
    """

    node: str
    seq: int
    prev: str
    kind: str
    made_at: datetime
    body: Mapping[str, Any]
    to: str | None = None
    packed: bytes = field(default=b"", repr=False, compare=False)
    summary: SummaryHead | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class EntryArrived(Event):
    """An entry of the other side was put into its place; happens once for each entry.

    `park` is whose log it is: at a province the sender, at a park this node. Bodies come from
    outside: whoever reads one refuses what it cannot read, and the entry stays, marked so.
    """

    direction: Direction
    park: str
    seq: int
    kind: str
    body: Mapping[str, Any]
    made_at: datetime


class Decision(StrEnum):
    """What to do with an entry that came."""

    ACCEPT = "accept"
    DUPLICATE = "duplicate"
    GAP = "gap"
    FORK = "fork"


def moment_text(at: datetime) -> str:
    """A moment as payloads write it: ISO 8601, UTC, whole seconds."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def link_of(compact: str) -> str:
    """What the next entry names as `prev`: base64url SHA-256 of a compact JWS, unpadded."""
    return urlsafe_b64encode(sha256(compact.encode("ascii")).digest()).rstrip(b"=").decode("ascii")


def head_after(head: Head, compact: str) -> Head:
    """The head of a log after one more entry."""
    return Head(head.seq + 1, link_of(compact))


def entry_payload(
    head: Head,
    *,
    node: str,
    kind: str,
    made_at: datetime,
    body: Mapping[str, Any],
    to: str | None = None,
) -> dict[str, Any]:
    """The payload of the entry that follows a head; `to` stands only in a log down."""
    payload: dict[str, Any] = {
        "node": node,
        "seq": head.seq + 1,
        "prev": head.link,
        "kind": kind,
        "made_at": moment_text(made_at),
        "body": dict(body),
    }
    return payload if to is None else {**payload, "to": to}


def parse_entry(
    payload: object,
    *,
    for_node: str | None = None,
    packed: bytes = b"",
    summary: SummaryHead | None = None,
) -> Entry:
    """Read a verified payload; with `for_node`, refuse what was made for another node."""
    match payload:
        case {
            "node": str(node),
            "seq": int(seq),
            "prev": str(prev),
            "kind": str(kind),
            "made_at": str(made_text),
            "body": Mapping() as body,
        } if (
            seq >= 1
            and not isinstance(seq, bool)
            and (seq > 1) == bool(prev)
            and KIND_SHAPE.fullmatch(kind)
        ):
            made_at = _moment(made_text)
        case _:
            raise MalformedEntry
    to = _recipient(payload)
    if for_node is not None and to != for_node:
        raise WrongRecipient(to=to)
    return Entry(node, seq, prev, kind, made_at, body, to, packed, summary)


def _recipient(payload: object) -> str | None:
    match payload:
        case {"to": str(to)}:
            return to
        case {"to": _}:
            raise MalformedEntry
        case _:
            return None


def _moment(text: str) -> datetime:
    try:
        made_at = datetime.fromisoformat(text)
        if made_at.tzinfo is None:
            raise MalformedEntry
        return made_at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise MalformedEntry from None


def check_entry(head: Head, entry: Entry, compact: str, known_link: str | None = None) -> Decision:
    """Whether an entry continues a log; `known_link` is the hash stored under its number."""
    if entry.seq > head.seq + 1:
        return Decision.GAP
    if entry.seq == head.seq + 1:
        return Decision.ACCEPT if entry.prev == head.link else Decision.FORK
    if entry.seq == head.seq:
        known_link = head.link
    return Decision.DUPLICATE if link_of(compact) == known_link else Decision.FORK


@dataclass(frozen=True, slots=True)
class Batch:
    """What a heap of entries does to a log, whatever their order."""

    accepted: tuple[tuple[Entry, str], ...]
    head: Head
    duplicates: int = 0
    forked: tuple[int, ...] = ()
    waiting: tuple[int, ...] = ()

    @property
    def expected_seq(self) -> int | None:
        """The first missing number, when some entries came too early."""
        return self.head.seq + 1 if self.waiting else None


def plan_batch(
    head: Head,
    entries: Iterable[tuple[Entry, str]],
    known_link: Callable[[int], str | None] = lambda seq: None,
) -> Batch:
    """Sort out verified entries of one log: late, twice or shuffled ends in the same head."""
    accepted: list[tuple[Entry, str]] = []
    links: dict[int, str] = {}
    forked: list[int] = []
    waiting: set[int] = set()
    duplicates = 0
    for entry, compact in sorted(entries, key=lambda each: each[0].seq):
        known = links.get(entry.seq) or known_link(entry.seq)
        match check_entry(head, entry, compact, known):
            case Decision.ACCEPT:
                head = head_after(head, compact)
                links[entry.seq] = head.link
                accepted.append((entry, compact))
            case Decision.DUPLICATE:
                duplicates += 1
            case Decision.FORK:
                forked.append(entry.seq)
            case Decision.GAP:
                waiting.add(entry.seq)
    return Batch(tuple(accepted), head, duplicates, tuple(forked), tuple(sorted(waiting)))


def receipt_body(head: Head) -> dict[str, Any]:
    """What a receipt says: everything up to this entry, known by its hash, was applied."""
    return {"through": head.seq, "hash": head.link}


def read_receipt(body: Mapping[str, Any]) -> Head:
    """The head that a receipt confirms."""
    match body:
        case {"through": int(seq), "hash": str(link)} if 0 <= seq <= MOST_SEQ:
            return Head(seq, link)
        case _:
            raise MalformedEntry


def needs_receipt(applied_kinds: Iterable[str]) -> bool:
    """Whether a receipt is owed: only for something other than receipts."""
    return any(kind != RECEIPT for kind in applied_kinds)


def asked_of(node: str, method: str, target: str, iat: int, nonce: str) -> dict[str, Any]:
    """What a node signs to ask for something: who, what, when (Unix seconds)."""
    return {"node": node, "method": method, "target": target, "iat": iat, "nonce": nonce}


def asker_of(payload: object) -> str:
    """Who claims to ask; not yet believed."""
    match payload:
        case {"node": str(node)}:
            return node
        case _:
            raise MalformedEntry


def check_asked(payload: object, *, method: str, target: str, now: datetime) -> None:
    """Refuse a signed request for something else, or of another time."""
    match payload:
        case {"method": str(asked), "target": str(path), "iat": int(iat), "nonce": str()} if (
            not isinstance(iat, bool)
        ):
            pass
        case _:
            raise MalformedEntry
    if (asked, path) != (method, target):
        raise WrongRequest
    try:
        issued_at = datetime.fromtimestamp(iat, UTC)
    except (ValueError, OverflowError, OSError):
        raise MalformedEntry from None
    if is_clock_off(issued_at, now):
        raise ClockOff(server_time=moment_text(now))


def is_clock_off(issued_at: datetime, now: datetime) -> bool:
    """Whether a signed request was made more than 10 minutes from now."""
    return abs(now - issued_at) > CLOCK_TOLERANCE
