"""Badges pasted from a sheet: read line by line, and sorted by what may be done with each."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.accounts.rules import badge_key
from app.kernel.refusals import Refusal
from app.kernel.text import squeeze

MOST_BADGES = 20_000
_LINE_ENDS = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_SEPARATORS = re.compile(r"[,;\t|]")
_QUOTES = "\"'“”‘’"


class TooManyBadges(Refusal):
    """More badges were pasted at once than `most`."""

    code = "workforce.too_many_badges"


@dataclass(frozen=True, slots=True)
class PastedBadge:
    """A badge as it was pasted, its line from 1, and the form in which badges are compared."""

    line: int
    badge: str
    key: str


def read_badges(text: str) -> tuple[PastedBadge, ...]:
    """Every badge of a pasted text in order: one a line, or parted by commas or tabs."""
    found = []
    for number, line in enumerate(_LINE_ENDS.split(text), start=1):
        for part in _SEPARATORS.split(line):
            badge = squeeze(squeeze(part).strip(_QUOTES))
            key = badge_key(badge)
            if key:
                found.append(PastedBadge(number, badge, key))
            if len(found) > MOST_BADGES:
                raise TooManyBadges(most=MOST_BADGES)
    return tuple(found)


class PasteState(StrEnum):
    """What may be done with a pasted badge."""

    READY = "ready"
    ELSEWHERE = "elsewhere"
    MEMBER = "member"
    TWICE = "twice"
    LEFT = "left"
    OTHER_COMPANY = "other_company"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class KnownBadge:
    """What is known of a badge: whose it is, and the other group of the kind they are in."""

    worker_id: str
    name: str
    is_member: bool = False
    elsewhere: str = ""
    has_left: bool = False
    other_company: str = ""


@dataclass(frozen=True, slots=True)
class SortedBadge:
    """A pasted badge with what may be done; `known` is None where nobody has it."""

    pasted: PastedBadge
    state: PasteState
    known: KnownBadge | None = None


@dataclass(frozen=True, slots=True)
class SortedPaste:
    """Every pasted badge in order, sorted."""

    badges: tuple[SortedBadge, ...]

    def of(self, *states: PasteState) -> tuple[SortedBadge, ...]:
        """Those in one of these states, in order."""
        return tuple(each for each in self.badges if each.state in states)

    def ids(self, *states: PasteState) -> list[str]:
        """The workers of those in one of these states."""
        return [each.known.worker_id for each in self.of(*states) if each.known is not None]


def sort_badges(
    pasted: Sequence[PastedBadge], known_by_key: Mapping[str, KnownBadge]
) -> SortedPaste:
    """What may be done with each badge; of one pasted twice only the first counts."""
    return SortedPaste(tuple(_sorted(pasted, known_by_key)))


def _sorted(
    pasted: Sequence[PastedBadge], known_by_key: Mapping[str, KnownBadge]
) -> Iterable[SortedBadge]:
    seen: set[str] = set()
    for each in pasted:
        known = known_by_key.get(each.key)
        twice = each.key in seen
        seen.add(each.key)
        yield SortedBadge(each, PasteState.TWICE if twice else _state(known), known)


def _state(known: KnownBadge | None) -> PasteState:
    if known is None:
        return PasteState.UNKNOWN
    if known.other_company:
        return PasteState.OTHER_COMPANY
    if known.has_left:
        return PasteState.LEFT
    if known.is_member:
        return PasteState.MEMBER
    return PasteState.ELSEWHERE if known.elsewhere else PasteState.READY
