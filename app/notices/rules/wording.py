"""The words of a notice: titles and texts, what is filled in, how a text message says them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.kernel.text import nfc
from app.notices.rules.refusals import (
    BadExpiry,
    HalfTranslated,
    NothingToSay,
    TooLong,
)
from app.reminders.rules import check_placeholders, placeholders_of
from app.reminders.rules.texts import UnknownPlaceholder

LONGEST_TITLE = 120
LONGEST_TEXT = 2000
LONGEST_HOLD = timedelta(days=30)
LANGUAGES = ("vi", "en")
# What a notice can fill in: the same for all, or by the person's own company and line.
SHARED = frozenset({"hotline"})
PERSONAL = frozenset({"company", "line"})
PLACEHOLDERS = SHARED | PERSONAL


class Severity(StrEnum):
    """How bad it is, in the words of CAP 1.2."""

    EXTREME = "Extreme"
    SEVERE = "Severe"
    MODERATE = "Moderate"
    MINOR = "Minor"
    UNKNOWN = "Unknown"


class MessageType(StrEnum):
    """What a version does, in the words of CAP 1.2: say, correct, withdraw."""

    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"


@dataclass(frozen=True, slots=True)
class Wording:
    """Titles and texts by language, in composed form, Vietnamese first."""

    titles: Mapping[str, str]
    texts: Mapping[str, str]


def make_wording(title: str, text: str, title_en: str = "", text_en: str = "") -> Wording:
    """The words of a notice as they are kept; refused when nothing is said or cannot be filled."""
    given = {"vi": (title, text), "en": (title_en, text_en)}
    titles: dict[str, str] = {}
    texts: dict[str, str] = {}
    for language, (raw_title, raw_text) in given.items():
        named, told = " ".join(nfc(raw_title).split()), _lines(raw_text)
        if not named and not told and language != "vi":
            continue
        if not (named and told):
            raise NothingToSay if language == "vi" else HalfTranslated
        if len(named) > LONGEST_TITLE:
            raise TooLong(most=LONGEST_TITLE)
        if len(told) > LONGEST_TEXT:
            raise TooLong(most=LONGEST_TEXT)
        for each in (named, told):
            _check(each)
        titles[language], texts[language] = named, told
    return Wording(titles, texts)


def _lines(text: str) -> str:
    return "\n".join(line.rstrip() for line in nfc(text).strip().splitlines())


def _check(text: str) -> None:
    for name in check_placeholders(text):
        if name not in PLACEHOLDERS:
            raise UnknownPlaceholder(placeholder="{" + name + "}")


def goes_in_parallel(severity: str, urgency: str) -> bool:
    """Whether a notice goes by SMS beside the inbox at once: the gravest, to be acted on now."""
    return severity == Severity.EXTREME and urgency == "Immediate"


# What stands before the title and in the text of a withdrawal, by language.
_WITHDRAWN = {
    "vi": ("Đã huỷ: {title}", "Thông báo này không còn hiệu lực. Lý do: {why}"),
    "en": ("Cancelled: {title}", "This notice no longer holds. Reason: {why}"),
}


def withdrawal(of: Wording, why: str) -> Wording:
    """What is told to whoever got a notice that is withdrawn."""
    titles: dict[str, str] = {}
    texts: dict[str, str] = {}
    for language, title in of.titles.items():
        named, told = _WITHDRAWN[language]
        titles[language] = named.replace("{title}", title)
        texts[language] = told.replace("{why}", why)
    return Wording(titles, texts)


def used_in(wording: Wording) -> frozenset[str]:
    """The placeholders of a notice's words."""
    return frozenset(
        name
        for each in (*wording.titles.values(), *wording.texts.values())
        for name in placeholders_of(each)
    )


def check_expiry(expires_at: datetime, now: datetime) -> None:
    """Refuse a notice that holds no longer, or for more than 30 days (a project choice)."""
    if not now < expires_at <= now + LONGEST_HOLD:
        raise BadExpiry


def in_one_line(title: str, text: str) -> str:
    """A notice as a text message says it: the title, then the text."""
    joined = title if title.endswith((".", "?", "!", ":")) else f"{title}."
    return f"{joined} {' '.join(text.split())}"
