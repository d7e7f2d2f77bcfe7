"""Commands: what one is, when two are the same, and what each may be answered."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from app.kernel.canonical import digest
from app.kernel.ids import is_id
from app.kernel.refusals import Refusal

MOST_AT_ONCE = 500
MOST_PARCELS = 50


class Outcome(StrEnum):
    """What became of a command."""

    APPLIED = "applied"
    ALREADY_APPLIED = "already_applied"
    REFUSED = "refused"
    RETRY = "retry"


class TooMany(Refusal):
    """More commands than one call may carry."""

    code = "commands.too_many"
    status = 413


class NoCommands(Refusal):
    """The call carries no list of commands."""

    code = "commands.missing"
    status = 400


class ParcelUnreadable(Refusal):
    """What was closed for this node does not open, or is no command of the key it is named by."""

    code = "commands.parcel_unreadable"


class KeyMissing(Refusal):
    """A command without a key of its own could be done twice."""

    code = "commands.key_missing"


class KeyReused(Refusal):
    """The key already belongs to another command."""

    code = "commands.key_reused"


class UnknownKind(Refusal):
    """This program knows no such command."""

    code = "commands.unknown_kind"


class BadCommand(Refusal):
    """The command is not of the shape a command has."""

    code = "commands.malformed"


class BadTime(Refusal):
    """The time of a command is no moment with an offset."""

    code = "commands.bad_time"


@dataclass(frozen=True, slots=True)
class CommandEnvelope:
    """A command as it was made, perhaps without any network: key, kind, time, content.

    What came `sealed` has an empty body until it is opened.
    """

    key: str
    kind: str
    made_at: datetime
    offset_ms: int | None
    body: dict[str, Any]
    digest: str
    sealed: str = ""


def read_envelope(raw: object) -> CommandEnvelope:
    """One command out of a call; the refusal when it is none."""
    if not isinstance(raw, dict):
        raise BadCommand
    key = raw.get("key")
    if not key:
        raise KeyMissing
    kind, offset_ms = raw.get("kind"), raw.get("offset_ms")
    if not is_id(key) or not isinstance(kind, str):
        raise BadCommand
    if isinstance(offset_ms, bool) or not isinstance(offset_ms, int | float | None):
        raise BadCommand
    content = _content(raw)
    try:
        fingerprint = digest({"kind": kind, "made_at": raw.get("made_at"), **content})
    except ValueError:
        raise BadCommand from None
    return CommandEnvelope(
        key,
        kind,
        read_moment(raw.get("made_at")),
        None if offset_ms is None else int(offset_ms),
        content.get("body", {}),
        fingerprint,
        content.get("sealed", ""),
    )


def _content(raw: dict[str, Any]) -> dict[str, Any]:
    """What a command says: openly in `body`, or `sealed` in its place."""
    body, sealed = raw.get("body"), raw.get("sealed")
    if isinstance(sealed, str) and sealed and "body" not in raw:
        return {"sealed": sealed}
    if isinstance(body, dict) and "sealed" not in raw:
        return {"body": body}
    raise BadCommand


def read_moment(raw: object) -> datetime:
    """A moment out of ISO 8601 text with an offset."""
    if not isinstance(raw, str):
        raise BadTime
    try:
        at = datetime.fromisoformat(raw)
        return at.astimezone(UTC) if at.tzinfo else _refuse_time()
    except (ValueError, OverflowError):
        raise BadTime from None


def _refuse_time() -> datetime:
    raise BadTime
