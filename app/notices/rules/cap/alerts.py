"""An alert of CAP 1.2 in its parts; names and order as in OASIS CAP-v1.2, section 3.2."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Standing(StrEnum):
    """How an alert is meant: only `ACTUAL` is for real."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    SYSTEM = "System"
    TEST = "Test"
    DRAFT = "Draft"


class MessageType(StrEnum):
    """What an alert does to those before it."""

    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"
    ACK = "Ack"
    ERROR = "Error"


class Scope(StrEnum):
    """Whom an alert is for; the last two say more in elements of their own."""

    PUBLIC = "Public"
    RESTRICTED = "Restricted"
    PRIVATE = "Private"


class Category(StrEnum):
    """What an alert is about."""

    GEO = "Geo"
    MET = "Met"
    SAFETY = "Safety"
    SECURITY = "Security"
    RESCUE = "Rescue"
    FIRE = "Fire"
    HEALTH = "Health"
    ENVIRONMENT = "Env"
    TRANSPORT = "Transport"
    INFRASTRUCTURE = "Infra"
    CBRNE = "CBRNE"
    OTHER = "Other"


class ResponseType(StrEnum):
    """What people are asked to do."""

    SHELTER = "Shelter"
    EVACUATE = "Evacuate"
    PREPARE = "Prepare"
    EXECUTE = "Execute"
    AVOID = "Avoid"
    MONITOR = "Monitor"
    ASSESS = "Assess"
    ALL_CLEAR = "AllClear"
    NONE = "None"


class Urgency(StrEnum):
    """How soon something is to be done."""

    IMMEDIATE = "Immediate"
    EXPECTED = "Expected"
    FUTURE = "Future"
    PAST = "Past"
    UNKNOWN = "Unknown"


class Severity(StrEnum):
    """How bad it is."""

    EXTREME = "Extreme"
    SEVERE = "Severe"
    MODERATE = "Moderate"
    MINOR = "Minor"
    UNKNOWN = "Unknown"


class Certainty(StrEnum):
    """How sure it is."""

    OBSERVED = "Observed"
    LIKELY = "Likely"
    POSSIBLE = "Possible"
    UNLIKELY = "Unlikely"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class NamedValue:
    """A value under a name that the sender chose: geocode, parameter, event code."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier alert: the three values that make it one of its kind."""

    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that belongs to an alert; `size` in bytes, the file itself is not kept."""

    description: str
    mime_type: str
    size: int | None = None
    uri: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """Where an alert holds: in words, in shapes, in codes; heights in feet."""

    description: str
    polygons: tuple[str, ...] = ()
    circles: tuple[str, ...] = ()
    geocodes: tuple[NamedValue, ...] = ()
    altitude: str = ""
    ceiling: str = ""


@dataclass(frozen=True, slots=True)
class Info:
    """An alert in one language."""

    event: str
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    categories: tuple[Category, ...] = (Category.HEALTH,)
    language: str = "en-US"
    response_types: tuple[ResponseType, ...] = ()
    audience: str = ""
    event_codes: tuple[NamedValue, ...] = ()
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    parameters: tuple[NamedValue, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert; `sender`, `identifier` and `sent` together name it for good."""

    identifier: str
    sender: str
    sent: datetime
    status: Standing
    message_type: MessageType
    scope: Scope
    source: str = ""
    restriction: str = ""
    addresses: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    note: str = ""
    references: tuple[Reference, ...] = ()
    incidents: tuple[str, ...] = ()
    infos: tuple[Info, ...] = ()

    @property
    def own_reference(self) -> Reference:
        """How a later alert names this one."""
        return Reference(self.sender, self.identifier, self.sent)

    @property
    def expires(self) -> datetime | None:
        """When the last of its languages ends; None when one of them has no end."""
        ends = [info.expires for info in self.infos]
        return max((end for end in ends if end), default=None) if all(ends) else None
