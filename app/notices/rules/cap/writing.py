"""From an alert to the bytes of a CAP file, elements in the order of the standard's schema."""

import re
from collections.abc import Iterable
from datetime import datetime
from xml.sax.saxutils import escape

from app.notices.rules.cap.alerts import Alert, Area, Info, NamedValue, Resource
from app.notices.rules.cap.forms import (
    NAMESPACE,
    write_list,
    write_references,
    write_time,
)

_NOT_IN_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
STEP = "  "


def write_alert(alert: Alert) -> bytes:
    """The CAP 1.2 file of an alert, UTF-8, one element a line."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<alert xmlns="{NAMESPACE}">']
    lines += _lines(1, _alert_parts(alert))
    return "\n".join([*lines, "</alert>", ""]).encode()


Parts = list[tuple[str, "str | Parts"]]


def _lines(depth: int, parts: "Parts") -> Iterable[str]:
    """Each part on a line of its own, empty texts left out."""
    margin = STEP * depth
    for name, inside in parts:
        if isinstance(inside, list):
            yield f"{margin}<{name}>"
            yield from _lines(depth + 1, inside)
            yield f"{margin}</{name}>"
        elif inside:
            yield f"{margin}<{name}>{_text(inside)}</{name}>"


def _text(text: str) -> str:
    return escape(_NOT_IN_XML.sub("", text.replace("\r\n", "\n")))


def _alert_parts(alert: Alert) -> Parts:
    return [
        ("identifier", alert.identifier),
        ("sender", alert.sender),
        ("sent", write_time(alert.sent)),
        ("status", alert.status),
        ("msgType", alert.message_type),
        ("source", alert.source),
        ("scope", alert.scope),
        ("restriction", alert.restriction),
        ("addresses", write_list(alert.addresses)),
        *_each("code", alert.codes),
        ("note", alert.note),
        ("references", write_references(alert.references)),
        ("incidents", write_list(alert.incidents)),
        *(("info", _info_parts(info)) for info in alert.infos),
    ]


def _info_parts(info: Info) -> Parts:
    return [
        ("language", info.language),
        *_each("category", info.categories),
        ("event", info.event),
        *_each("responseType", info.response_types),
        ("urgency", info.urgency),
        ("severity", info.severity),
        ("certainty", info.certainty),
        ("audience", info.audience),
        *_named("eventCode", info.event_codes),
        ("effective", _moment(info.effective)),
        ("onset", _moment(info.onset)),
        ("expires", _moment(info.expires)),
        ("senderName", info.sender_name),
        ("headline", info.headline),
        ("description", info.description),
        ("instruction", info.instruction),
        ("web", info.web),
        ("contact", info.contact),
        *_named("parameter", info.parameters),
        *(("resource", _resource_parts(each)) for each in info.resources),
        *(("area", _area_parts(each)) for each in info.areas),
    ]


def _resource_parts(resource: Resource) -> Parts:
    return [
        ("resourceDesc", resource.description),
        ("mimeType", resource.mime_type),
        ("size", "" if resource.size is None else str(resource.size)),
        ("uri", resource.uri),
        ("digest", resource.digest),
    ]


def _area_parts(area: Area) -> Parts:
    return [
        ("areaDesc", area.description),
        *_each("polygon", area.polygons),
        *_each("circle", area.circles),
        *_named("geocode", area.geocodes),
        ("altitude", area.altitude),
        ("ceiling", area.ceiling),
    ]


def _each(name: str, texts: Iterable[str]) -> Parts:
    return [(name, text) for text in texts]


def _named(name: str, values: Iterable[NamedValue]) -> Parts:
    return [(name, [("valueName", each.name), ("value", each.value)]) for each in values]


def _moment(moment: datetime | None) -> str:
    return write_time(moment) if moment else ""
