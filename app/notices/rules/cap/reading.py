"""From the bytes of a CAP file to an alert, or to the one thing that is wrong with it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from app.kernel.text import squeeze
from app.notices.rules.cap.alerts import (
    Alert,
    Area,
    Category,
    Certainty,
    Info,
    MessageType,
    NamedValue,
    Reference,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Standing,
    Urgency,
)
from app.notices.rules.cap.forms import (
    NAMESPACE,
    read_list,
    read_name,
    read_references,
    read_time,
)
from app.notices.rules.cap.refusals import (
    CapBadValue,
    CapForbiddenXml,
    CapMissing,
    CapNoAddresses,
    CapNoReferences,
    CapNoRestriction,
    CapNotXml,
    CapOtherFormat,
    CapRepeated,
    CapTooLarge,
)

LARGEST_BYTES = 256 * 1024
Word = TypeVar("Word", bound=StrEnum)
Part = TypeVar("Part")


def read_alert(xml: bytes) -> Alert:
    """The alert of a CAP 1.2 file; what is not of the standard in it, a signature too, is passed.

    Nothing is fetched or unfolded: entities and document types are refused.
    """
    if len(xml) > LARGEST_BYTES:
        raise CapTooLarge(kilobytes=LARGEST_BYTES // 1024)
    try:
        root = fromstring(xml, forbid_dtd=True)
    except DefusedXmlException:
        raise CapForbiddenXml from None
    except (ParseError, ValueError, LookupError):  # an encoding nobody knows is a LookupError
        raise CapNotXml from None
    if root.tag != f"{{{NAMESPACE}}}alert":
        raise CapOtherFormat
    alert = _alert(_Node(root, "alert"))
    _whole(alert)
    return alert


class _Node:
    """An element whose parts are asked for by their name in the standard."""

    def __init__(self, element: Element, name: str) -> None:
        self.element = element
        self.name = name

    def all(self, name: str) -> Iterator["_Node"]:
        for each in self.element.findall(f"{{{NAMESPACE}}}{name}"):
            yield _Node(each, f"{self.name}/{name}")

    def texts(self, name: str) -> tuple[str, ...]:
        found = (squeeze(each.element.text or "") for each in self.all(name))
        return tuple(text for text in found if text)

    def long_text(self, name: str) -> str:
        """A text that may have several lines."""
        lines = ((each.element.text or "").splitlines() for each in self.all(name))
        found = ["\n".join(map(squeeze, each)).strip() for each in lines]
        return self._only([text for text in found if text], name)

    def text(self, name: str) -> str:
        return self._only(self.texts(name), name)

    def _only(self, found: list[str] | tuple[str, ...], name: str) -> str:
        if len(found) > 1:
            raise CapRepeated(element=f"{self.name}/{name}")
        return found[0] if found else ""

    def needed(self, name: str) -> str:
        found = self.text(name)
        if not found:
            raise CapMissing(element=f"{self.name}/{name}")
        return found

    def name_of(self, name: str) -> str:
        return read_name(f"{self.name}/{name}", self.needed(name))

    def moment(self, name: str) -> datetime | None:
        text = self.text(name)
        return read_time(f"{self.name}/{name}", text) if text else None

    def word(self, name: str, kind: type[Word]) -> Word:
        return self._as(name, kind, self.needed(name))

    def words(self, name: str, kind: type[Word]) -> tuple[Word, ...]:
        return tuple(self._as(name, kind, text) for text in self.texts(name))

    def _as(self, name: str, kind: type[Word], text: str) -> Word:
        try:
            return kind(text)
        except ValueError:
            raise CapBadValue(element=f"{self.name}/{name}", value=text[:40]) from None

    def each(self, name: str, read: "Callable[[_Node], Part]") -> tuple[Part, ...]:
        return tuple(read(node) for node in self.all(name))


def _alert(node: _Node) -> Alert:
    return Alert(
        identifier=node.name_of("identifier"),
        sender=node.name_of("sender"),
        sent=read_time("alert/sent", node.needed("sent")),
        status=node.word("status", Standing),
        message_type=node.word("msgType", MessageType),
        source=node.text("source"),
        scope=node.word("scope", Scope),
        restriction=node.text("restriction"),
        addresses=read_list(node.text("addresses")),
        codes=node.texts("code"),
        note=node.text("note"),
        references=_references(node),
        incidents=read_list(node.text("incidents")),
        infos=node.each("info", _info),
    )


def _references(node: _Node) -> tuple[Reference, ...]:
    return read_references(node.text("references"))


def _whole(alert: Alert) -> None:
    """What one element asks of another."""
    if alert.scope is Scope.PRIVATE and not alert.addresses:
        raise CapNoAddresses
    if alert.scope is Scope.RESTRICTED and not alert.restriction:
        raise CapNoRestriction
    if alert.message_type is not MessageType.ALERT and not alert.references:
        raise CapNoReferences
    if alert.message_type in (MessageType.ALERT, MessageType.UPDATE) and not alert.infos:
        raise CapMissing(element="alert/info")


def _info(node: _Node) -> Info:
    categories = node.words("category", Category)
    if not categories:
        raise CapMissing(element=f"{node.name}/category")
    return Info(
        language=node.text("language") or "en-US",
        categories=categories,
        event=node.needed("event"),
        response_types=node.words("responseType", ResponseType),
        urgency=node.word("urgency", Urgency),
        severity=node.word("severity", Severity),
        certainty=node.word("certainty", Certainty),
        audience=node.text("audience"),
        event_codes=node.each("eventCode", _named),
        effective=node.moment("effective"),
        onset=node.moment("onset"),
        expires=node.moment("expires"),
        sender_name=node.text("senderName"),
        headline=node.text("headline"),
        description=node.long_text("description"),
        instruction=node.long_text("instruction"),
        web=node.text("web"),
        contact=node.text("contact"),
        parameters=node.each("parameter", _named),
        resources=node.each("resource", _resource),
        areas=node.each("area", _area),
    )


def _named(node: _Node) -> NamedValue:
    return NamedValue(node.needed("valueName"), node.needed("value"))


def _resource(node: _Node) -> Resource:
    size = node.text("size")
    if size and not (size.isascii() and size.isdecimal() and len(size) <= 18):
        raise CapBadValue(element=f"{node.name}/size", value=size[:40])
    return Resource(
        node.needed("resourceDesc"),
        node.needed("mimeType"),
        int(size) if size else None,
        node.text("uri"),
        node.text("digest"),
    )


def _area(node: _Node) -> Area:
    return Area(
        node.needed("areaDesc"),
        node.texts("polygon"),
        node.texts("circle"),
        node.each("geocode", _named),
        node.text("altitude"),
        node.text("ceiling"),
    )
