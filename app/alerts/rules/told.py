"""What goes down of a notice, what a park tells back, and how far each park came with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from app.alerts.rules.audience import AlertAudience
from app.alerts.rules.refusals import MalformedState
from app.notices.rules.wording import Wording
from app.sync.rules import moment_text

MOST_UNKNOWN, LONGEST_CODE, MOST_PEOPLE = 200, 60, 10_000_000


class ParkStage(StrEnum):
    """How far a park came with a notice, the least far first."""

    PENDING = "pending"
    WAITING = "waiting"
    UNAPPLIED = "unapplied"
    RECEIVED = "received"
    SENDING = "sending"
    SENT = "sent"
    STOPPED = "stopped"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


_TOLD = {
    "sending": ParkStage.SENDING,
    "sent": ParkStage.SENT,
    "stopped": ParkStage.STOPPED,
    "expired": ParkStage.EXPIRED,
    "cancelled": ParkStage.CANCELLED,
    "unapplied": ParkStage.UNAPPLIED,
}


@dataclass(frozen=True, slots=True)
class ToldState:
    """What a park told of a notice: counts of its people, no names; None where it has none."""

    alert_id: str
    version: int
    as_of: datetime
    state: str
    audience: int | None = None
    gone: int | None = None
    reached: int | None = None
    read: int | None = None
    code: str = ""
    unknown: tuple[str, ...] = ()


def notice_body(
    *,
    alert_id: str,
    version: int,
    sender: str,
    wording: Wording,
    severity: str,
    audience: AlertAudience,
    approved_at: datetime,
    expires_at: datetime,
    reason: str,
    seal: str,
) -> dict[str, Any]:
    """What a park is sent: all that its people are told, and which of them."""
    return {
        "alert": alert_id,
        "version": version,
        "sender": sender,
        "titles": dict(wording.titles),
        "texts": dict(wording.texts),
        "severity": severity,
        "to": {
            "companies": list(audience.companies),
            "shifts": list(audience.shifts),
            "on": audience.on.isoformat() if audience.on else None,
        },
        "approved_at": moment_text(approved_at),
        "expires_at": moment_text(expires_at),
        "reason": reason,
        "seal": seal,
    }


def cancel_body(*, alert_id: str, version: int, reason: str, at: datetime) -> dict[str, Any]:
    """What takes a notice back in a park."""
    return {"alert": alert_id, "version": version, "reason": reason, "at": moment_text(at)}


def read_state(body: Mapping[str, Any]) -> ToldState:
    """What a park told; refused where figures contradict each other."""
    match body:
        case {
            "alert": str(alert_id),
            "version": int(version),
            "as_of": str(as_of),
            "state": str(state),
        } if state in _TOLD and 0 < len(alert_id) <= 36 and version > 0:
            told = ToldState(
                alert_id,
                version,
                _moment(as_of),
                state,
                _count(body, "audience"),
                _count(body, "gone"),
                _count(body, "reached"),
                _count(body, "read"),
                code=str(body.get("code", ""))[:LONGEST_CODE],
                unknown=_codes(body.get("unknown")),
            )
        case _:
            raise MalformedState
    known = [
        count for count in (told.audience, told.gone, told.reached, told.read) if count is not None
    ]
    if known != sorted(known, reverse=True):
        raise MalformedState
    return told


def _count(body: Mapping[str, Any], name: str) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_PEOPLE:
        raise MalformedState
    return value


def _codes(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(str(each)[:LONGEST_CODE] for each in value[:MOST_UNKNOWN])


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise MalformedState
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise MalformedState from None


def stage_of(seq: int | None, confirmed_through: int, told_state: str) -> ParkStage:
    """How far a park came: what it told, else whether it confirmed the entry."""
    if told_state in _TOLD:
        return _TOLD[told_state]
    if seq is None:
        return ParkStage.PENDING
    return ParkStage.RECEIVED if seq <= confirmed_through else ParkStage.WAITING


@dataclass(frozen=True, slots=True)
class ParkProgress:
    """One park with a notice; counts are None while it has told none, `as_of` when it did."""

    node: str
    name: str
    stage: ParkStage
    seq: int | None
    sent_at: datetime | None
    as_of: datetime | None
    last_contact_at: datetime | None
    away: bool
    audience: int | None
    reached: int | None
    read: int | None
    code: str = ""
    unknown: tuple[str, ...] = ()
    cancel_reached: bool | None = None

    @property
    def is_told(self) -> bool:
        """Whether the park has told how many of its people have it."""
        return self.audience is not None


@dataclass(frozen=True, slots=True)
class AlertProgress:
    """How far a notice came, over the parks that told; the others are in none of the sums."""

    parks: tuple[ParkProgress, ...]

    @property
    def told(self) -> tuple[ParkProgress, ...]:
        """Parks that told figures."""
        return tuple(each for each in self.parks if each.is_told)

    @property
    def silent(self) -> tuple[ParkProgress, ...]:
        """Parks that told none."""
        return tuple(each for each in self.parks if not each.is_told)

    @property
    def audience(self) -> int:
        """People it is for, where that was told."""
        return _sum(each.audience for each in self.parks)

    @property
    def reached(self) -> int:
        """People whose phone has it, or who have read it."""
        return _sum(each.reached for each in self.parks)

    @property
    def read(self) -> int:
        """People who have read it."""
        return _sum(each.read for each in self.parks)

    @property
    def share(self) -> float | None:
        """Share of people who have read it, 0 to 1; None while nobody told."""
        return self.read / self.audience if self.audience else None

    @property
    def oldest(self) -> datetime | None:
        """How old the oldest figure in the sums is."""
        return min((each.as_of for each in self.told if each.as_of), default=None)

    def count(self, *stages: ParkStage) -> int:
        """How many parks are at any of these."""
        return sum(1 for each in self.parks if each.stage in stages)

    @property
    def taken(self) -> int:
        """How many parks have the notice for certain."""
        return len(self.parks) - self.count(ParkStage.PENDING, ParkStage.WAITING)


def _sum(counts: Iterable[int | None]) -> int:
    return sum(count for count in counts if count is not None)
