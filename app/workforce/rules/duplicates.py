"""Which records may be one person, and what a merge leaves of days that both had."""

import functools
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import combinations, pairwise

from app.kernel.events import Event
from app.kernel.refusals import Refusal

# A whole dormitory may have left one telephone number: that says nothing about who is who.
LARGEST_GROUP = 8


class Match(StrEnum):
    """What two records have in common, strongest first."""

    ID_NUMBER = "id_number"
    BIRTHDAY = "birthday"
    PHONE = "phone"
    BIRTH_YEAR = "birth_year"


_WEIGHTS = {Match.ID_NUMBER: 8, Match.BIRTHDAY: 4, Match.PHONE: 2, Match.BIRTH_YEAR: 1}


@dataclass(frozen=True, slots=True)
class Traits:
    """What is compared of one record; numbers only as the digests they are looked up by."""

    worker_id: str
    name_folded: str
    born_on: date | None = None
    birth_year: int | None = None
    phone_index: str | None = None
    id_number_index: str | None = None
    has_left: bool = False


@dataclass(frozen=True, slots=True)
class Candidates:
    """Two records that may be one person (the lower id first), and why."""

    first_id: str
    second_id: str
    matches: tuple[Match, ...]


def pair_key(one_id: str, other_id: str) -> tuple[str, str]:
    """Two records in the order in which they are kept."""
    return (one_id, other_id) if one_id < other_id else (other_id, one_id)


def candidate_pairs(
    records: Iterable[Traits], told_apart: Collection[tuple[str, str]] = ()
) -> list[Candidates]:
    """Pairs of one company's records that may be one person, the likeliest first.

    Never two who have both left, nor two of whom somebody said that they are two people.
    """
    by_id = {each.worker_id: each for each in records}
    found: dict[tuple[str, str], int] = defaultdict(int)
    for match, group in _groups(by_id.values()):
        weight = _WEIGHTS[match]
        for one, other in _pairs(match, group):
            if not (one.has_left and other.has_left):
                found[one.worker_id, other.worker_id] |= weight
    likeliest = sorted(
        (-weights, by_id[first].name_folded, first, second)
        for (first, second), weights in found.items()
        if (first, second) not in told_apart
    )
    return [
        Candidates(first, second, _matches(-weights)) for weights, _, first, second in likeliest
    ]


@functools.cache
def _matches(weights: int) -> tuple[Match, ...]:
    return tuple(match for match, weight in _WEIGHTS.items() if weights & weight)


def _groups(records: Iterable[Traits]) -> Iterator[tuple[Match, list[Traits]]]:
    cards: dict[Hashable, list[Traits]] = defaultdict(list)
    birthdays: dict[Hashable, list[Traits]] = defaultdict(list)
    phones: dict[Hashable, list[Traits]] = defaultdict(list)
    years: dict[Hashable, list[Traits]] = defaultdict(list)
    # In the order of ids, so that each pair is found with the lower one first.
    for each in sorted(records, key=lambda record: record.worker_id):
        if each.id_number_index is not None:
            cards[each.id_number_index].append(each)
        if each.phone_index is not None:
            phones[each.phone_index].append(each)
        if each.born_on is not None:
            birthdays[each.name_folded, each.born_on].append(each)
        year = each.born_on.year if each.born_on else each.birth_year
        if year is not None:
            years[each.name_folded, year].append(each)
    for match, groups in zip(Match, (cards, birthdays, phones, years), strict=True):
        for group in groups.values():
            if len(group) > 1:
                yield match, group


def _pairs(match: Match, group: Sequence[Traits]) -> Iterator[tuple[Traits, Traits]]:
    """All pairs of a small group; of a large one neighbours only, and of a shared phone none."""
    if len(group) > LARGEST_GROUP and match is Match.PHONE:
        return
    small = len(group) <= LARGEST_GROUP
    pairs = combinations(group, 2) if small else pairwise(group)
    for one, other in pairs:
        # Two whole birthdays were compared already; the year alone would contradict that.
        if match is Match.BIRTH_YEAR and one.born_on and other.born_on:
            continue
        yield one, other


@dataclass(frozen=True, slots=True)
class Span:
    """Days from one to another, both included; open while `to_on` is null."""

    from_on: date
    to_on: date | None


def days_left(span: Span, taken: Iterable[Span]) -> list[Span]:
    """The days of a span that no other span takes, in order."""
    parts = [span]
    for other in taken:
        parts = [left for part in parts for left in _without(part, other)]
    return parts


def _without(span: Span, other: Span) -> list[Span]:
    last = span.to_on or date.max
    other_last = other.to_on or date.max
    if other.from_on > last or other_last < span.from_on:
        return [span]
    parts = []
    if span.from_on < other.from_on:
        parts.append(Span(span.from_on, other.from_on - timedelta(days=1)))
    if other_last < last:
        parts.append(Span(other_last + timedelta(days=1), span.to_on))
    return parts


@dataclass(frozen=True, slots=True)
class WorkersMerged(Event):
    """A person said that two records are one: all that is of the second is now of the first."""

    merge_id: int
    company_id: int
    kept_id: str
    gone_id: str


@dataclass(frozen=True, slots=True)
class WorkersParted(Event):
    """A merge was taken back: each record gets what was its own."""

    merge_id: int
    company_id: int
    kept_id: str
    gone_id: str


class SameRecord(Refusal):
    """A record cannot be merged with itself."""

    code = "workforce.same_record"


class KeptNotChosen(Refusal):
    """Nobody said which of the two records stays."""

    code = "workforce.kept_not_chosen"


class MergedAway(Refusal):
    """One of the records was merged into another; nothing more is done to it."""

    code = "workforce.merged_away"
    status = 409


class KeptHasLeft(Refusal):
    """The record that stays must be of somebody who works here."""

    code = "workforce.kept_has_left"


class GoneHoldsRoles(Refusal):
    """The record that goes may do more than a worker; that is not handed on by a merge."""

    code = "workforce.gone_holds_roles"
    status = 409


class RecordsChanged(Refusal):
    """The records are not any more what the page showed."""

    code = "workforce.records_changed"
    status = 409


class NotMerged(Refusal):
    """There is no such merge to take back; somebody may have done it already."""

    code = "workforce.not_merged"
    status = 409


class LaterMerge(Refusal):
    """A later merge builds on this one and must be taken back first."""

    code = "workforce.later_merge"
    status = 409


class UsedSince(Refusal):
    """The record that went has answers of its own since, which would be mixed up."""

    code = "workforce.used_since"
    status = 409
