"""How single values are written in CAP 1.2: times, names, lists parted by spaces."""

import re
from datetime import UTC, datetime, timedelta

from app.notices.rules.cap.alerts import Reference
from app.notices.rules.cap.refusals import CapBadName, CapBadReferences, CapBadTime

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
LONGEST_NAME = 100
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d", re.ASCII)
_NOT_IN_NAMES = re.compile(r"[\s,<&]")
_LISTED = re.compile(r'"([^"]*)"|(\S+)')


def read_time(element: str, text: str) -> datetime:
    """A moment with its offset; the literal Z is not allowed, -00:00 says UTC."""
    try:
        if _TIME.fullmatch(text) is None:
            raise ValueError
        moment = datetime.fromisoformat(text)
        moment.astimezone(UTC)  # the ends of the calendar have no other zone
    except (ValueError, OverflowError):
        raise CapBadTime(element=element, value=text[:40]) from None
    return moment


def write_time(moment: datetime) -> str:
    """A moment as CAP wants it: whole seconds, its own offset in whole minutes."""
    offset = moment.utcoffset() or timedelta()
    if offset % timedelta(minutes=1):
        moment = moment.astimezone(UTC)
    text = moment.replace(microsecond=0).isoformat()
    return f"{text[:-6]}-00:00" if not moment.utcoffset() else text


def read_name(element: str, text: str) -> str:
    """A sender or identifier: no space, comma, `<` or `&`."""
    if _NOT_IN_NAMES.search(text) or len(text) > LONGEST_NAME:
        raise CapBadName(element=element)
    return text


def read_list(text: str) -> tuple[str, ...]:
    """Words parted by spaces; what holds a space stands in quotes."""
    found = (quoted or plain for quoted, plain in _LISTED.findall(text))
    return tuple(each.strip() for each in found if each.strip())


def write_list(words: tuple[str, ...]) -> str:
    """Words parted by spaces, in quotes where one holds a space."""
    bare = (word.replace('"', "") for word in words)
    return " ".join(f'"{word}"' if re.search(r"\s", word) else word for word in bare)


def read_references(text: str) -> tuple[Reference, ...]:
    """Earlier alerts, each `sender,identifier,sent`."""
    return tuple(_reference(word) for word in text.split())


def _reference(word: str) -> Reference:
    parts = word.split(",")
    if len(parts) != 3 or not all(parts):
        raise CapBadReferences(value=word[:80])
    sender, identifier, sent = parts
    try:
        return Reference(
            read_name("references", sender),
            read_name("references", identifier),
            read_time("references", sent),
        )
    except (CapBadTime, CapBadName):
        raise CapBadReferences(value=word[:80]) from None


def write_references(references: tuple[Reference, ...]) -> str:
    """Earlier alerts, each `sender,identifier,sent`."""
    return " ".join(
        f"{each.sender},{each.identifier},{write_time(each.sent)}" for each in references
    )
