"""What an alert from outside becomes here: a draft to look at, never something sent by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from app.kernel.refusals import Refusal
from app.notices.rules.cap.alerts import Alert, Info, MessageType, Reference, Standing
from app.notices.rules.cap.forms import write_time
from app.notices.rules.wording import LONGEST_HOLD, Severity, Wording, make_wording

# An alert without an end is looked at again the next day: a project choice.
WITHOUT_END = timedelta(hours=24)
_FROM_BRACES = str.maketrans("{}", "()")


class CapExpired(Refusal):
    """The alert held only until a moment that is over; `at` that moment."""

    code = "notices.cap_expired"


class CapNotANotice(Refusal):
    """The file answers another alert or tells of an error in one: there is nothing to pass on."""

    code = "notices.cap_not_a_notice"


class CapCancelsUnknown(Refusal):
    """The alert takes back others that were never brought in here."""

    code = "notices.cap_cancels_unknown"


class CapStep(StrEnum):
    """What is done with an alert."""

    DRAFT = "draft"
    CORRECT = "correct"
    CANCEL = "cancel"
    SHOW = "show"


@dataclass(frozen=True, slots=True)
class CapPlan:
    """An alert as this program takes it; `ends_set` when its own end was missing or too far."""

    step: CapStep
    standing: Standing
    own: Reference
    references: tuple[Reference, ...]
    sender: str
    wording: Wording | None
    severity: Severity
    urgency: str
    certainty: str
    expires_at: datetime
    ends_set: bool
    areas: tuple[str, ...]
    note: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Sender, identifier and sending time as they are kept."""
        return reference_key(self.own)


def reference_key(reference: Reference) -> tuple[str, str, str]:
    """An alert's name as it is kept: the same moment in another zone is the same name."""
    at = write_time(reference.sent.astimezone(UTC))
    return reference.sender, reference.identifier, at


def plan_import(alert: Alert, now: datetime) -> CapPlan:
    """What becomes of an alert; an exercise or a test is only shown, whatever it says."""
    step = _step(alert)
    told = alert.infos[0] if alert.infos else None
    ends_at, ends_set = _ends(alert, now)
    if step is not CapStep.CANCEL and ends_at <= now:
        raise CapExpired(at=ends_at)
    return CapPlan(
        step,
        alert.status,
        alert.own_reference,
        alert.references,
        (told.sender_name if told else "") or alert.sender,
        wording_of(alert.infos) if alert.infos else None,
        Severity(told.severity) if told else Severity.UNKNOWN,
        str(told.urgency) if told else "Unknown",
        str(told.certainty) if told else "Unknown",
        ends_at,
        ends_set,
        tuple(dict.fromkeys(area.description for info in alert.infos for area in info.areas)),
        alert.note,
    )


def _step(alert: Alert) -> CapStep:
    if alert.message_type in (MessageType.ACK, MessageType.ERROR):
        raise CapNotANotice
    if alert.status is not Standing.ACTUAL:
        return CapStep.SHOW
    if alert.message_type is MessageType.CANCEL:
        return CapStep.CANCEL
    return CapStep.CORRECT if alert.message_type is MessageType.UPDATE else CapStep.DRAFT


def _ends(alert: Alert, now: datetime) -> tuple[datetime, bool]:
    latest = now + LONGEST_HOLD
    if alert.expires is None:
        return min(alert.sent + WITHOUT_END, latest), True
    return min(alert.expires, latest), alert.expires > latest


def wording_of(infos: Sequence[Info]) -> Wording:
    """The words of an alert: Vietnamese, or what it has instead, and English beside it."""
    by_language: Mapping[str, Info] = {
        info.language.casefold().partition("-")[0]: info for info in reversed(infos)
    }
    own = by_language.get("vi", infos[0])
    english = by_language.get("en")
    title, text = _said(own)
    other = _said(english) if english is not None and english is not own else ("", "")
    return make_wording(title, text, *other)


def _said(info: Info) -> tuple[str, str]:
    title = info.headline or info.event
    text = "\n".join(part for part in (info.description, info.instruction) if part)
    return title.translate(_FROM_BRACES), (text or info.event).translate(_FROM_BRACES)
