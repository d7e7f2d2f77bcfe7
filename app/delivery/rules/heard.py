"""What somebody wrote back over a road: whose words, what kind, and when."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from app.delivery.rules.channels import ChannelName
from app.kernel.events import Event
from app.kernel.text import nfc

LONGEST_SAID = 2000
# Under a reminder of a shift, where whoever reads it may write back.
ANSWER_HINT: Mapping[str, str] = MappingProxyType(
    {"vi": "Nếu khoẻ, trả lời: KHOE", "en": "If you are well, answer: KHOE"}
)
# What joins pictures of one sign; all other signs that are not seen go.
JOINER = "\u200d"
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\n{3,}")


class HeardKind(StrEnum):
    """What somebody sent; a tap on a button comes as the text that stands behind it."""

    TEXT = "text"
    PICTURE = "picture"
    STICKER = "sticker"
    SOUND = "sound"
    VIDEO = "video"
    FILE = "file"
    LINK = "link"
    PLACE = "place"
    CONTACT = "contact"
    LINKED = "linked"


@dataclass(frozen=True, slots=True)
class MessageHeard(Event):
    """A person wrote or tapped at `at`; `said` is clean text, empty where there was none.

    `event_id` is the same for the same news however often it is told. A reply goes over
    `reply_by` to `contact_point_id`; `page` is the address where a check-in is made, if known.
    """

    person_id: str
    kind: HeardKind
    said: str
    at: datetime
    event_id: str
    reply_by: ChannelName
    contact_point_id: str | None
    page: str = ""


def clean(text: str, longest: int = LONGEST_SAID) -> str:
    """Composed text without signs that are not seen, of at most so many; lines stay lines."""
    kept = "".join(each for each in nfc(text).replace("\r", "\n") if _is_seen(each))
    return _LINES.sub("\n\n", _BLANKS.sub(" ", kept)).strip()[:longest].rstrip()


def _is_seen(sign: str) -> bool:
    return sign in {"\n", "\t", JOINER} or not unicodedata.category(sign).startswith("C")
