"""Undoing a saved list: what a worker was, whether they still are, which spans come back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

_DAYS = ("born_on", "joined_on", "left_on")


class UndoOutcome(StrEnum):
    """What undoing did for one worker; `LEFT` and `CHANGED` are the two it could not restore."""

    WAITING = ""
    RESTORED = "restored"
    REMOVED = "removed"
    LEFT = "left"
    CHANGED = "changed"


class PlaceKind(StrEnum):
    """What a list makes beside workers."""

    UNIT = "unit"
    GROUP = "group"
    PATTERN = "pattern"


class PlaceOutcome(StrEnum):
    """What undoing did with a unit, group or schedule of a list; all but `REMOVED` stay.

    Somebody works in it, is or was in it, or follows it; or it was renamed; or something else
    refers to it.
    """

    WAITING = ""
    REMOVED = "removed"
    PEOPLE = "people"
    RENAMED = "renamed"
    USED = "used"


@dataclass(frozen=True, slots=True)
class MadePlace:
    """A unit, group or schedule that was made, and the name it was given."""

    kind: PlaceKind
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Span:
    """A membership or a schedule of a worker: which, and from when to when."""

    id: str
    of: str
    from_on: date
    to_on: date | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that saving a list may change in a worker: own columns, memberships, schedules."""

    columns: dict[str, Any]
    memberships: tuple[Span, ...]
    patterns: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class SpanChanges:
    """How to bring back spans: ids to delete, spans to write over by id, spans to add anew."""

    deleted: tuple[str, ...]
    rewritten: tuple[Span, ...]
    added: tuple[Span, ...]


def spans_back(
    before: Sequence[Span], after: Sequence[Span], *, saved_on: date, today: date
) -> SpanChanges:
    """Bring the spans of before back from today on.

    Undone on the day of saving everything is as it was; later the days between stay as they
    were lived, since tracing asks for them.
    """
    was = {one.id: one for one in before}
    stands = {one.id: one for one in after}
    deleted, rewritten, added = [], [], []
    for one in after:
        old = was.get(one.id)
        if old == one:
            continue
        if old is not None and (saved_on == today or old.to_on == one.to_on):
            rewritten.append(old)
        elif old is None and one.from_on >= today:
            deleted.append(one.id)
        elif old is None and (one.to_on is None or one.to_on >= today):
            rewritten.append(Span(one.id, one.of, one.from_on, date.fromordinal(_eve(today))))
    for old in before:
        gone = old.id not in stands
        ended = not gone and stands[old.id] != old and saved_on != today
        if (gone or ended) and (old.to_on is None or old.to_on >= today):
            from_on = old.from_on if saved_on == today else max(old.from_on, today)
            added.append(Span(old.id if gone else "", old.of, from_on, old.to_on))
    return SpanChanges(tuple(deleted), tuple(rewritten), tuple(added))


def _eve(day: date) -> int:
    return day.toordinal() - 1


def pack_snapshot(snapshot: Snapshot) -> str:
    """A snapshot as text; the same worker as before gives the same text."""
    return json.dumps(
        {
            "columns": snapshot.columns,
            "memberships": [_packed(one) for one in snapshot.memberships],
            "patterns": [_packed(one) for one in snapshot.patterns],
        },
        default=date.isoformat,
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    )


def unpack_snapshot(text: str) -> Snapshot:
    """The snapshot from its text."""
    kept = json.loads(text)
    columns = kept["columns"]
    for name in _DAYS:
        columns[name] = date.fromisoformat(columns[name]) if columns[name] else None
    return Snapshot(
        columns,
        tuple(_unpacked(one) for one in kept["memberships"]),
        tuple(_unpacked(one) for one in kept["patterns"]),
    )


def _packed(span: Span) -> list[str | None]:
    to_on = span.to_on.isoformat() if span.to_on else None
    return [span.id, span.of, span.from_on.isoformat(), to_on]


def _unpacked(kept: Sequence[str]) -> Span:
    span_id, of, from_on, to_on = kept
    return Span(
        span_id, of, date.fromisoformat(from_on), date.fromisoformat(to_on) if to_on else None
    )
