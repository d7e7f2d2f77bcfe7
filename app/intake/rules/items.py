"""What arrives about one case or one piece of feedback, put together in any order."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from app.intake.rules.refusals import NotAnItem
from app.intake.rules.states import ItemKind
from app.kernel.text import nfc

REF_SHAPE = re.compile(r"[0-9A-Za-z._-]{1,60}")
LONGEST_TEXT = 2000
LONGEST_NAME = 120
LEVELS = ("red", "amber", "green")
CATEGORIES = ("masks", "canteen", "bus", "dorm", "forced", "other")
BODY_HEAT = (30, 45)  # degrees; what lies outside was never measured on a person
PARK_STATES = ("new", "taken_up", "passed_on", "answered", "closed")


@dataclass(frozen=True, slots=True)
class Heard:
    """One entry of a park's log about an item: what it says in full, its state, or both."""

    kind: ItemKind
    ref: str
    seq: int
    made_at: datetime
    content: Mapping[str, Any] | None
    state: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What the province knows of an item; `content_seq` and `state_seq` say from which entries."""

    content: Mapping[str, Any] | None = None
    content_seq: int = 0
    state: str = ""
    state_seq: int = 0


def put_together(known: Known, heard: Heard) -> Known:
    """Newer entries replace what older ones said; an older or repeated one changes nothing."""
    if heard.content is not None and heard.seq > known.content_seq:
        known = replace(known, content=heard.content, content_seq=heard.seq)
    if heard.state and heard.seq > known.state_seq:
        known = replace(known, state=heard.state, state_seq=heard.seq)
    return known


def read_case(body: Mapping[str, Any], seq: int, made_at: datetime) -> Heard:
    """A named case that a safety officer sent up; unknown fields are kept, lengths are bounded."""
    ref, worker = _ref(body, "case"), body.get("worker")
    if not isinstance(worker, Mapping) or not bounded_text(worker.get("name"), LONGEST_NAME):
        raise NotAnItem
    content = {
        "reason": bounded_text(body.get("reason"), LONGEST_TEXT),
        "escalated_by": bounded_text(body.get("escalated_by"), LONGEST_NAME),
        "escalated_at": _moment(body.get("escalated_at")) or made_at.isoformat(),
        "company": _company(body.get("company")),
        "worker": {
            name: bounded_text(worker.get(name), LONGEST_NAME)
            for name in ("name", "badge", "unit", "phone", "sex", "born_on")
        }
        | {"birth_year": _year(worker.get("birth_year"))},
        "opened_at": _moment(body.get("opened_at")),
        "level": body["level"] if body.get("level") in LEVELS else "",
        "class": bounded_text(body.get("class"), 2),
        "isolated_on": _day(body.get("isolated_on")),
        "tests": [
            {
                "taken_at": _moment(each.get("taken_at")),
                "result": bounded_text(each.get("result"), 10),
            }
            for each in _rows(body.get("tests"))
        ],
        "days": [
            {
                "on": _day(each.get("on")),
                "level": each["level"] if each.get("level") in LEVELS else "",
                **_answers(each.get("answers")),
            }
            for each in _rows(body.get("days"))
        ],
    }
    return Heard(ItemKind.CASE, ref, seq, made_at, content, bounded_text(body.get("state"), 20))


def read_feedback(body: Mapping[str, Any], seq: int, made_at: datetime) -> Heard:
    """Feedback passed on by a park, or only how it stands there now."""
    ref, state = _ref(body, "feedback"), body.get("state")
    if state not in PARK_STATES:
        raise NotAnItem
    content = None
    if "text" in body:
        text = bounded_text(body["text"], LONGEST_TEXT)
        if not text:
            raise NotAnItem
        content = {
            "text": text,
            "category": body["category"] if body.get("category") in CATEGORIES else "other",
            "reason": bounded_text(body.get("reason"), LONGEST_TEXT),
            "created_on": _day(body.get("created_on")),
            "source": bounded_text(body.get("source"), 10),
            "company": _company(body.get("company")),
        }
    answer = bounded_text(body.get("answer"), LONGEST_TEXT)
    return Heard(ItemKind.FEEDBACK, ref, seq, made_at, content, str(state), answer)


def _ref(body: Mapping[str, Any], name: str) -> str:
    found = body.get(name)
    if not isinstance(found, str) or REF_SHAPE.fullmatch(found) is None:
        raise NotAnItem
    return found


def _company(told: object) -> dict[str, str]:
    if not isinstance(told, Mapping):
        return {"code": "", "name": ""}
    return {"code": bounded_text(told.get("code"), 40), "name": bounded_text(told.get("name"), 200)}


def _rows(told: object) -> list[Mapping[str, Any]]:
    rows = told[-60:] if isinstance(told, list) else []
    return [each for each in rows if isinstance(each, Mapping)]


def _answers(told: object) -> dict[str, Any]:
    if not isinstance(told, Mapping):
        return {"symptoms": [], "temperature_c": None}
    signs = told.get("symptoms")
    temperature = told.get("temperature_c")
    return {
        "symptoms": [bounded_text(each, 40) for each in signs[:30]]
        if isinstance(signs, list)
        else [],
        "temperature_c": temperature if _is_body_heat(temperature) else None,
    }


def bounded_text(told: object, most: int) -> str:
    """Text from outside as a database can hold it, cut to a length; nothing where it is none."""
    if not isinstance(told, str):
        return ""
    kept = told.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")
    return nfc(kept).strip()[:most].strip()


def _year(told: object) -> str:
    return str(told) if isinstance(told, int) and 1900 <= told <= 2100 else ""


def _is_body_heat(told: object) -> bool:
    lowest, highest = BODY_HEAT
    return isinstance(told, int | float) and lowest <= told <= highest


def _day(told: object) -> str:
    try:
        return date.fromisoformat(told).isoformat() if isinstance(told, str) else ""
    except ValueError:
        return ""


def _moment(told: object) -> str:
    try:
        at = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return ""
    return at.isoformat() if at is not None and at.tzinfo is not None else ""
