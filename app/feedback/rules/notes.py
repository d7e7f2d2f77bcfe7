"""A note as it comes: about what, by which way, and the code that its answer waits under."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from app.kernel.events import Event
from app.kernel.refusals import BadFields
from app.kernel.text import nfc

LONGEST_TEXT = 2000
# Without 0 O 1 I L U: what is copied by hand is read back as it was written.
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 9
HASH_SHAPE = re.compile(r"[0-9a-f]{64}")


class Category(StrEnum):
    """What feedback is about."""

    MASKS = "masks"
    CANTEEN = "canteen"
    BUS = "bus"
    DORM = "dorm"
    FORCED = "forced"
    OTHER = "other"


class Source(StrEnum):
    """Which way it came."""

    APP = "app"
    ANONYMOUS = "anonymous"
    HOTLINE = "hotline"
    PROVINCE = "province"
    ZALO = "zalo"


class Level(StrEnum):
    """With whom it lies."""

    TEAM = "team"
    COMPANY = "company"
    PARK = "park"
    PROVINCE = "province"


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote, with a picture as bytes when there is one."""

    category: Category
    text: str
    photo: bytes | None = None


@dataclass(frozen=True, slots=True)
class FeedbackPassedUp(Event):
    """The park hands feedback to the province, or tells it of the end; `body` is for its eyes."""

    feedback_id: str
    body: Mapping[str, Any]


def read_note(category: object, text: object) -> tuple[Category, str]:
    """Category and composed text of a note; refused when one is missing."""
    wrong = []
    if category not in set(Category):
        wrong.append(("/category", "fields.missing"))
    said = nfc(text).strip() if isinstance(text, str) else ""
    if not 0 < len(said) <= LONGEST_TEXT:
        wrong.append(("/text", "fields.missing"))
    if wrong:
        raise BadFields(wrong)
    return Category(str(category)), said


def code_hash(code: str) -> str:
    """The hash by which a reply code is looked up, however it was typed (SHA-256, hex)."""
    letters = re.sub(r"[^0-9A-Z]", "", code.upper())
    return sha256(letters.encode()).hexdigest()


def first_level(category: Category, *, named: bool, has_company: bool, has_team: bool) -> Level:
    """With whom a note lies at first: the team, but who is forced to work ill tells nobody near."""
    if not has_company:
        return Level.PARK
    near = named and has_team and category is not Category.FORCED
    return Level.TEAM if near else Level.COMPANY


def level_above(level: Level) -> Level | None:
    """Whom a level passes on to; the province passes on to nobody."""
    order = list(Level)
    place = order.index(level) + 1
    return order[place] if place < len(order) else None


def answer_due_on(created_on: date, days: int) -> date:
    """The last day on which an answer is in time."""
    return created_on + timedelta(days=days)
