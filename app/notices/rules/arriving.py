"""A notice of the province as it comes over the log, and when the province is told of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.kernel.events import Event
from app.kernel.refusals import Refusal
from app.kernel.text import nfc
from app.notices.rules.wording import Severity, Wording, make_wording

LONGEST_ID, LONGEST_NAME, LONGEST_REASON, LONGEST_CODE = 36, 120, 500, 60
MOST_CODES, MOST_SHIFTS, HIGHEST_VERSION = 500, 12, 10_000
# How often figures go up at most: often while it is fresh, then ever more seldom.
TOLD_EVERY = timedelta(minutes=10)
SLOWER_BY = 6
# Who comes back to work the day after still counts as having read it.
TOLD_AFTER_END = timedelta(days=1)


class MalformedNotice(Refusal):
    """What the province sent is no notice, or no cancel, that this program can read."""

    code = "notices.malformed"


class OfProvince(Refusal):
    """The province wrote the notice: only the province corrects or withdraws it."""

    code = "notices.of_province"
    status = 403


@dataclass(frozen=True, slots=True)
class FromProvince:
    """A version of a notice as the province tells it; no company or shift means all of them."""

    alert_id: str
    version: int
    sender: str
    wording: Wording
    severity: Severity
    companies: tuple[str, ...]
    shifts: tuple[str, ...]
    on: date | None
    approved_at: datetime
    expires_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class CancelFromProvince:
    """The province takes a notice back, in all its versions."""

    alert_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class FiguresTold(Event):
    """How far a notice of the province came at this park: counts, for the province."""

    body: Mapping[str, Any]


def read_notice(body: Mapping[str, Any]) -> FromProvince:
    """A notice out of an entry's body; refused when anything in it cannot be read."""
    match body:
        case {
            "alert": str(alert_id),
            "version": int(version),
            "sender": str(sender),
            "titles": {"vi": str(title), **titles},
            "texts": {"vi": str(text), **texts},
            "severity": str(severity),
            "to": Mapping() as to,
            "approved_at": str(approved_at),
            "expires_at": str(expires_at),
        } if severity in set(Severity) and 1 <= version <= HIGHEST_VERSION:
            shifts = _texts(to.get("shifts"), MOST_SHIFTS)
            on = _day(to.get("on"))
            if shifts and on is None:
                raise MalformedNotice
            return FromProvince(
                _id(alert_id),
                int(version),
                _name(sender),
                make_wording(title, text, _other(titles), _other(texts)),
                Severity(severity),
                _texts(to.get("companies"), MOST_CODES),
                shifts,
                on,
                _moment(approved_at),
                _moment(expires_at),
                _reason(body.get("reason")),
            )
        case _:
            raise MalformedNotice


def read_cancel(body: Mapping[str, Any]) -> CancelFromProvince:
    """A cancel out of an entry's body; refused without a reason."""
    match body:
        case {"alert": str(alert_id), "reason": str(reason)} if _reason(reason):
            return CancelFromProvince(_id(alert_id), _reason(reason))
        case _:
            raise MalformedNotice


def _id(text: str) -> str:
    if not 0 < len(text) <= LONGEST_ID:
        raise MalformedNotice
    return text


def _name(text: str) -> str:
    named = " ".join(nfc(text).split())[:LONGEST_NAME]
    if not named:
        raise MalformedNotice
    return named


def _other(found: Mapping[Any, Any]) -> str:
    english = found.get("en", "")
    if not isinstance(english, str):
        raise MalformedNotice
    return english


def _reason(value: object) -> str:
    return " ".join(nfc(value).split())[:LONGEST_REASON] if isinstance(value, str) else ""


def _texts(value: object, most: int) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > most:
        raise MalformedNotice
    if not all(isinstance(each, str) and 0 < len(each) <= LONGEST_CODE for each in value):
        raise MalformedNotice
    return tuple(dict.fromkeys(nfc(each) for each in value))


def _day(value: object) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise MalformedNotice from None


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise MalformedNotice
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise MalformedNotice from None


@dataclass(frozen=True, slots=True)
class ToldFigures:
    """What the province is told: the state here and people, each figure part of the one before."""

    version: int
    state: str
    audience: int
    gone: int
    reached: int
    read: int

    def as_kept(self) -> dict[str, Any]:
        """The figures as they are stored and sent."""
        return asdict(self)


def is_time_to_tell(
    told_at: datetime | None, began_at: datetime, now: datetime, *, other_state: bool
) -> bool:
    """Whether figures that changed go up now: at once with another state, else ever more seldom."""
    if told_at is None or other_state:
        return True
    return now - told_at >= max(TOLD_EVERY, (now - began_at) / SLOWER_BY)


def is_over(expires_at: datetime, now: datetime) -> bool:
    """Whether figures are told for the last time."""
    return now >= expires_at + TOLD_AFTER_END
