"""What a bulletin says, to whom, and how its versions follow each other."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from app.bulletins.rules.case_lists import CaseRow, Cells, cells_of, kept_case_list, read_case_list
from app.bulletins.rules.identity import has_id_number
from app.bulletins.rules.refusals import (
    CaseListRefused,
    IdentityInText,
    NoChannel,
    TotalBelowNew,
    Unreadable,
)
from app.kernel.ids import is_id
from app.kernel.text import nfc, squeeze

LONGEST_TITLE, LONGEST_TEXT, LONGEST_NUMBER, LONGEST_REASON = 160, 8000, 20, 500
LANGUAGES = ("vi", "en")
Told = Mapping[str, str]


class Channel(StrEnum):
    """Whom a bulletin is for; each channel is one by itself."""

    WORKERS = "workers"
    CITIZENS = "citizens"
    PUBLIC_SERVICE = "public_service"


class State(StrEnum):
    """What a version of a bulletin is."""

    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Measure(StrEnum):
    """What a bulletin counts."""

    F0 = "f0"
    F1 = "f1"
    F2 = "f2"
    RECOVERED = "recovered"
    DIED = "died"


# A newer program may count more than this one knows: that is left out, not refused.
MEASURES = frozenset(Measure)


@dataclass(frozen=True, slots=True)
class Figure:
    """How many of a kind are new and in all; None is not known, which is not 0."""

    measure: Measure
    new: int | None
    total: int | None


@dataclass(frozen=True, slots=True)
class Content:
    """What a bulletin says: texts by language, with own texts of channels where they differ."""

    number: str
    on: date
    titles: Told
    texts: Told
    channels: tuple[Channel, ...]
    own: Mapping[Channel, Told] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    cases: tuple[CaseRow, ...] = ()

    def texts_for(self, channel: Channel) -> Told:
        """What this channel reads."""
        return self.own.get(channel) or self.texts

    def for_channel(self, channel: Channel) -> "Content":
        """The same bulletin as one channel gets it, without what is for the others."""
        return replace(self, texts=self.texts_for(channel), own={}, channels=(channel,))


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a bulletin, as every node keeps it; `content` is None when withdrawn."""

    bulletin_id: str
    number: int
    state: State
    made_at: datetime
    label: str
    on: date
    titles: Told
    content: Content | None
    reason: str = ""


def check_content(content: Content) -> None:
    """Refuse what cannot be published: no channel, totals below what is new, an ID number."""
    if not content.channels:
        raise NoChannel
    for each in content.figures:
        if each.new is not None and each.total is not None and each.total < each.new:
            raise TotalBelowNew(measure=each.measure)
    said = [content.titles, content.texts, *content.own.values()]
    check_words(text for texts in said for text in texts.values())


def check_words(said: Iterable[str]) -> None:
    """Refuse words for everybody that name an ID number."""
    if any(has_id_number(text) for text in said):
        raise IdentityInText


def newest_of(versions: Iterable[Version]) -> Version | None:
    """The version that counts, in whatever order they came."""
    return max(versions, key=lambda each: each.number, default=None)


def content_body(content: Content) -> dict[str, Any]:
    """What is kept of a content: plain JSON."""
    return {
        "number": content.number,
        "on": content.on.isoformat(),
        "titles": dict(content.titles),
        "texts": dict(content.texts),
        "channels": [str(each) for each in content.channels],
        "own": {str(channel): dict(texts) for channel, texts in content.own.items()},
        "figures": [
            {"measure": str(each.measure), "new": each.new, "total": each.total}
            for each in content.figures
        ],
        "cases": [list(cells_of(case)) for case in content.cases],
    }


def read_content(body: Mapping[str, Any]) -> Content:
    """A content out of JSON that another node wrote; refused if it is none or names somebody."""
    return _content(body, read_case_list)


def kept_content(body: Mapping[str, Any]) -> Content:
    """A content as it is stored here: what is out is not judged again by newer rules."""
    return _content(body, kept_case_list)


def _content(body: Mapping[str, Any], cases_of: Callable[[Cells], tuple[CaseRow, ...]]) -> Content:
    try:
        content = Content(
            number=_line(body["number"], LONGEST_NUMBER),
            on=date.fromisoformat(body["on"]),
            titles=_told(body["titles"], LONGEST_TITLE),
            texts=_told(body["texts"], LONGEST_TEXT),
            channels=tuple(Channel(each) for each in body["channels"]),
            own={
                Channel(key): _told(texts, LONGEST_TEXT)
                for key, texts in (body.get("own") or {}).items()
            },
            figures=tuple(
                _figure(each) for each in body.get("figures") or () if each["measure"] in MEASURES
            ),
            cases=cases_of(_rows(body.get("cases") or ())),
        )
    except (KeyError, TypeError, ValueError, AttributeError, CaseListRefused):
        raise Unreadable from None
    return content


def content_without_cases(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same JSON with an empty list of cases, for pages that do not show it."""
    return {**body, "cases": []}


def _line(value: object, longest: int) -> str:
    line = squeeze(_writable(value)) if isinstance(value, str) else ""
    if not line or len(line) > longest:
        raise ValueError(value)
    return line


def _writable(text: str) -> str:
    """Text from outside without what no database can hold."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


def _told(value: object, longest: int) -> Told:
    """Texts by language; Vietnamese stands always."""
    if not isinstance(value, Mapping):
        raise TypeError(value)
    told = {each: nfc(_writable(value[each])).strip() for each in LANGUAGES if value.get(each)}
    if "vi" not in told or any(len(text) > longest for text in told.values()):
        raise ValueError(value)
    return told


def _figure(row: Mapping[str, Any]) -> Figure:
    return Figure(Measure(row["measure"]), _count(row.get("new")), _count(row.get("total")))


def _count(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 10**9:
        raise ValueError(value)
    return value


def _rows(value: object) -> Sequence[Sequence[str]]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise TypeError(value)
    for row in value:
        if not isinstance(row, Sequence) or not all(isinstance(cell, str) for cell in row):
            raise TypeError(row)
    return value


def down_body(version: Version) -> dict[str, Any]:
    """What goes down to a park of a version that is for its workers."""
    content = version.content and version.content.for_channel(Channel.WORKERS)
    return {
        "bulletin": version.bulletin_id,
        "version": version.number,
        "state": str(version.state),
        "made_at": version.made_at.astimezone(UTC).isoformat(timespec="seconds"),
        "number": version.label,
        "on": version.on.isoformat(),
        "titles": dict(version.titles),
        "reason": version.reason,
        "content": content_body(content) if content else None,
    }


def read_down(body: Mapping[str, Any]) -> Version:
    """The version that came to a park; refused when it cannot be read or names somebody."""
    try:
        state = State(body["state"])
        made_at = datetime.fromisoformat(body["made_at"])
        version = Version(
            bulletin_id=body["bulletin"],
            number=body["version"],
            state=state,
            made_at=made_at.astimezone(UTC),
            label=_line(body["number"], LONGEST_NUMBER),
            on=date.fromisoformat(body["on"]),
            titles=_told(body["titles"], LONGEST_TITLE),
            content=read_content(body["content"]) if state is State.PUBLISHED else None,
            reason=_writable(str(body.get("reason") or ""))[:LONGEST_REASON],
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise Unreadable from None
    number = version.number
    known = isinstance(version.bulletin_id, str) and is_id(version.bulletin_id)
    if not known or type(number) is not int or not 0 < number < 10**6 or made_at.tzinfo is None:
        raise Unreadable
    return version
