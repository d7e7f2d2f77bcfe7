"""Messages: their kinds, what is filled into them, and which earlier steps lead to a status."""

import re
from collections.abc import Mapping
from enum import StrEnum

from app.delivery.rules.statuses import Lane, Status, may_move

_BRACED = re.compile(r"\{([a-z_]+)\}")


class MessageKind(StrEnum):
    """What a message is to the person who gets it."""

    REMINDER = "reminder"
    NOTICE = "notice"
    BULLETIN = "bulletin"
    CHECK = "check"
    ANSWER = "answer"


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with these values in place; a name in braces without a value stays as it is."""
    return _BRACED.sub(lambda found: values.get(found[1], found[0]), text)


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text of a language, or of the first one it was written in."""
    return texts.get(language) or next(iter(texts.values()), "")


def before(new: Status, *, lane: Lane = Lane.NORMAL, by_person: bool = False) -> tuple[Status, ...]:
    """The statuses from which a delivery may come to this one."""
    return tuple(old for old in Status if may_move(old, new, lane=lane, by_person=by_person))
