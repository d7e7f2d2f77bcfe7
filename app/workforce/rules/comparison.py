"""What importing a list would change in the workers that a company already has."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from app.accounts.rules import badge_key
from app.kernel.text import fold
from app.workforce.rules.heading_synonyms import BADGE
from app.workforce.rules.particulars import Particulars, RosterReading, RosterRow
from app.workforce.rules.problems import Problem, ProblemCode

Fact = str | date | int | bool | None


@dataclass(frozen=True, slots=True)
class PresentWorker:
    """A worker of the company as stored; `badge` as written there."""

    worker_id: str
    badge: str
    particulars: Particulars


@dataclass(frozen=True, slots=True)
class Change:
    """One fact of a worker before and after; a fact is emptied only by a better one."""

    field: str
    old: Fact
    new: Fact


@dataclass(frozen=True, slots=True)
class Update:
    """A row that changes a worker, field by field."""

    row: RosterRow
    worker: PresentWorker
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """Every usable row once, and the workers the list does not name, who stay as they are.

    `already_left` are rows of people who have left and were never known here.
    """

    created: tuple[RosterRow, ...]
    updated: tuple[Update, ...]
    unchanged: tuple[RosterRow, ...]
    already_left: tuple[RosterRow, ...]
    not_in_file: tuple[PresentWorker, ...]
    problems: tuple[Problem, ...] = ()


_GROUP_NAMES = frozenset(
    {"department", "workshop", "line", "team", "bus_route", "meal_slot", "dorm_room"}
)
_BIRTH = frozenset({"born_on", "birth_year"})
_PLAIN = tuple(one.name for one in fields(Particulars) if one.name not in _BIRTH)


def compare(reading: RosterReading, present: Mapping[str, PresentWorker]) -> ImportPlan:
    """Sort the rows of a reading against the present workers by badge.

    An empty cell never empties a stored fact. A badge that was kept as a number is also
    looked for without its leading zeros.
    """
    by_key = {badge_key(badge): worker for badge, worker in present.items()}
    by_bare_key = _by_bare_key(by_key, {row.badge_key for row in reading.rows})
    created: list[RosterRow] = []
    updated: list[Update] = []
    unchanged: list[RosterRow] = []
    already_left: list[RosterRow] = []
    problems: list[Problem] = []
    seen = set[str]()
    for row in reading.rows:
        worker = by_key.get(row.badge_key)
        if worker is None and row.badge_is_number:
            worker = by_bare_key.pop(row.badge_key, None)
            if worker:
                problems.append(_zeros_lost(row, worker))
        if worker is None:
            (already_left if row.particulars.has_left else created).append(row)
            continue
        seen.add(worker.worker_id)
        changes = changes_of(worker.particulars, row.particulars)
        if changes:
            updated.append(Update(row, worker, changes))
        else:
            unchanged.append(row)
    named = {badge_key(row.badge) for row in reading.left_out}
    missing = tuple(
        worker
        for key, worker in by_key.items()
        if worker.worker_id not in seen and key not in named
    )
    return ImportPlan(
        tuple(created),
        tuple(updated),
        tuple(unchanged),
        tuple(already_left),
        missing,
        tuple(problems),
    )


def changes_of(old: Particulars, new: Particulars) -> tuple[Change, ...]:
    """The facts that a list would change, in the order in which they are shown."""
    changes = [
        Change(name, before, after)
        for name in _PLAIN
        if (after := getattr(new, name)) is not None
        and (name != "last_on" or _is_coming(old, new))
        and not _is_same(name, before := getattr(old, name), after)
    ]
    return (*changes, *_birth_changes(old, new))


def _is_coming(old: Particulars, new: Particulars) -> bool:
    """Whether the last day of work changes something by itself: who has left by it has left."""
    return not (old.has_left if new.has_left is None else new.has_left)


def _is_same(name: str, old: Fact, new: Fact) -> bool:
    if name in _GROUP_NAMES and isinstance(old, str) and isinstance(new, str):
        return fold(old) == fold(new)
    if isinstance(new, bool):
        return bool(old) is new
    return old == new


def _birth_changes(old: Particulars, new: Particulars) -> list[Change]:
    """A year alone does not contradict a birthday of that year."""
    old_year = old.born_on.year if old.born_on else old.birth_year
    year = new.born_on.year if new.born_on else new.birth_year
    if year is None:
        return []
    on = new.born_on or (old.born_on if old_year == year else None)
    if on == old.born_on and year == old_year:
        return []
    changes = [
        Change("born_on", old.born_on, on),
        Change("birth_year", old.birth_year, year),
    ]
    return [change for change in changes if change.old != change.new]


def _by_bare_key(
    by_key: Mapping[str, PresentWorker], in_file: set[str]
) -> dict[str, PresentWorker]:
    """Present workers by badge without leading zeros, where that names one person only."""
    found: dict[str, list[PresentWorker]] = {}
    for key, worker in by_key.items():
        if key.isdigit() and key.startswith("0") and key not in in_file:
            found.setdefault(key.lstrip("0"), []).append(worker)
    return {bare: workers[0] for bare, workers in found.items() if len(workers) == 1}


def _zeros_lost(row: RosterRow, worker: PresentWorker) -> Problem:
    code = ProblemCode.BADGE_ZEROS_LOST
    return Problem(row.row, row.badge_column, BADGE, code, row.badge, worker.badge)
