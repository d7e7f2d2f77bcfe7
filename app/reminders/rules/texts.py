"""Texts of reminders: the built-in ones and their placeholders."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any, NoReturn

from app.kernel.refusals import Refusal
from app.kernel.text import fold, nfc
from app.reminders.rules.schedules import Anchor, Audience

PLACEHOLDERS = ("company", "line", "shift", "time", "hotline", "bus", "room", "link")
# What officers write instead, without accents.
_IN_WORDS = {
    "cong ty": "company",
    "chuyen": "line",
    "to": "line",
    "xuong": "line",
    "ca": "shift",
    "ca lam": "shift",
    "gio": "time",
    "luc": "time",
    "duong day nong": "hotline",
    "so nong": "hotline",
    "xe": "bus",
    "so xe": "bus",
    "phong": "room",
    "lien ket": "link",
    "duong dan": "link",
}
_BRACED = re.compile(r"\{([^{}]*)\}")


class UnknownPlaceholder(Refusal):
    """The text has a placeholder in braces that nothing can fill."""

    code = "reminders.unknown_placeholder"


class MisspeltPlaceholder(UnknownPlaceholder):
    """The text has a placeholder that nothing can fill, close to one that something can."""

    code = "reminders.misspelt_placeholder"


class PlaceholderUnfilled(Refusal):
    """A placeholder of the text has no value for this person."""

    code = "reminders.placeholder_unfilled"


class NoSuchSlot(Refusal):
    """A built-in text stands at a time of day that the data does not list."""

    code = "reminders.no_such_slot"


def placeholders_of(text: str) -> tuple[str, ...]:
    """The placeholders of a text, each once, as they come."""
    return tuple(dict.fromkeys(_BRACED.findall(text)))


def check_placeholders(text: str) -> tuple[str, ...]:
    """The placeholders of a text, or the refusal that one is unknown or a brace stands alone."""
    used = placeholders_of(nfc(text))
    for name in used:
        if name not in PLACEHOLDERS:
            _refuse(name)
    loose = re.search(r"[{}]", _BRACED.sub("", text))
    if loose is not None:
        raise UnknownPlaceholder(placeholder=loose.group())
    return used


def _refuse(name: str) -> NoReturn:
    meant = meant_by(name)
    if meant:
        raise MisspeltPlaceholder(placeholder="{" + name + "}", meant="{" + meant + "}")
    raise UnknownPlaceholder(placeholder="{" + name + "}")


def meant_by(name: str) -> str:
    """The placeholder that somebody probably meant, "" where none comes near."""
    typed = fold(name)
    if typed in _IN_WORDS:
        return _IN_WORDS[typed]
    near = difflib.get_close_matches(typed, [*PLACEHOLDERS, *_IN_WORDS], n=1, cutoff=0.7)
    return _IN_WORDS.get(near[0], near[0]) if near else ""


def render(text: str, values: Mapping[str, str]) -> str:
    """The text as one person reads it; an empty value counts as none, and refuses."""
    for name in check_placeholders(text):
        if not values.get(name, "").strip():
            raise PlaceholderUnfilled(placeholder="{" + name + "}")
    return nfc(_BRACED.sub(lambda found: values[found[1]].strip(), text))


@dataclass(frozen=True, slots=True)
class Template:
    """A built-in 5K text with the time it is meant for."""

    id: str
    slot: str
    slot_vi: str
    slot_en: str
    anchor: Anchor
    clock_time: time | None
    offset_minutes: int
    audience: Audience
    supports: str
    only_unanswered: bool
    vi: str
    en: str


def built_in_templates(data: Mapping[str, Any]) -> dict[str, Template]:
    """The built-in texts by id, their placeholders checked."""
    slots = {slot["id"]: slot for slot in data["slots"]}
    return {row["id"]: _template(row, slots) for row in data["reminders"]}


def _template(row: Mapping[str, Any], slots: Mapping[str, Mapping[str, Any]]) -> Template:
    if row["slot"] not in slots:
        raise NoSuchSlot(slot=row["slot"])
    slot = slots[row["slot"]]
    anchor, clock_time, shift_minutes = _anchor(slot["anchor"])
    for text in (row["vi"], row["en"]):
        check_placeholders(text)
    return Template(
        id=row["id"],
        slot=slot["id"],
        slot_vi=slot["vi"],
        slot_en=slot["en"],
        anchor=anchor,
        clock_time=clock_time,
        offset_minutes=int(row["offset_min"]) + shift_minutes,
        audience=Audience(row["audience"]),
        supports=row["k"],
        only_unanswered=bool(row.get("only_unanswered")),
        vi=nfc(row["vi"]),
        en=nfc(row["en"]),
    )


def _anchor(text: str) -> tuple[Anchor, time | None, int]:
    if text == "bus_departure":
        return Anchor.BUS_DEPARTURE, None, 0
    if text in set(Anchor) - {Anchor.CLOCK}:
        return Anchor(text), None, 0
    return Anchor.CLOCK, time.fromisoformat(text), 0
