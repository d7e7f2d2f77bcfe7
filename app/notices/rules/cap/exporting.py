"""A notice of this park as an alert for other programs, under this park's own name."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from app.kernel.text import fold
from app.notices.rules.cap.alerts import (
    Alert,
    Area,
    Category,
    Certainty,
    Info,
    MessageType,
    NamedValue,
    Reference,
    Scope,
    Severity,
    Standing,
    Urgency,
)

_LANGUAGES = {"vi": "vi-VN", "en": "en-US"}
_OTHER = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a notice is for: its code and name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class NoticeTold:
    """What of a notice goes out; `begun_at` is None while it is a draft."""

    id: str
    kind: str
    titles: Mapping[str, str]
    texts: Mapping[str, str]
    severity: str
    urgency: str
    certainty: str
    sender: str
    source: str
    written_at: datetime
    begun_at: datetime | None
    expires_at: datetime
    corrects: tuple[str, datetime] | None
    places: Sequence[Place]


def sender_of(park_code: str) -> str:
    """How this park signs: no space, no comma, as CAP wants it."""
    return f"an-ca@{_OTHER.sub('-', fold(park_code)).strip('-') or 'park'}"


def alert_of(told: NoticeTold, sender: str, zone: tzinfo) -> Alert:
    """The alert of a notice; one that was not sent is a draft to whoever reads it."""
    references: tuple[Reference, ...] = ()
    if told.corrects is not None:
        earlier, sent = told.corrects
        references = (Reference(sender, earlier, _in(sent, zone)),)
    return Alert(
        identifier=told.id,
        sender=sender,
        sent=_in(told.begun_at or told.written_at, zone),
        status=Standing.ACTUAL if told.begun_at else Standing.DRAFT,
        message_type=MessageType(told.kind) if references else MessageType.ALERT,
        source=told.source,
        scope=Scope.PRIVATE if told.places else Scope.PUBLIC,
        addresses=tuple(dict.fromkeys(each.code for each in told.places)),
        references=references,
        infos=tuple(_info(told, language, zone) for language in told.texts),
    )


def _info(told: NoticeTold, language: str, zone: tzinfo) -> Info:
    title = told.titles.get(language, "")
    return Info(
        language=_LANGUAGES.get(language, language),
        categories=(Category.HEALTH,),
        event=title,
        urgency=Urgency(told.urgency),
        severity=Severity(told.severity),
        certainty=Certainty(told.certainty),
        expires=_in(told.expires_at, zone),
        sender_name=told.sender,
        headline=title,
        description=told.texts[language],
        areas=tuple(
            Area(each.name, geocodes=(NamedValue("park-app:zone", each.code),))
            for each in told.places
        ),
    )


def _in(moment: datetime, zone: tzinfo) -> datetime:
    return moment.astimezone(zone).replace(microsecond=0)
