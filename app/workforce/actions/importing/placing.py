"""Units, groups and schedules by the names a list uses, found or made once per chunk."""

import functools
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.accounts.rules import BranchKind
from app.kernel.text import fold
from app.workforce.actions.schedules import pattern_named
from app.workforce.actions.sites import group_named, unit_named
from app.workforce.models import WorkGroup
from app.workforce.queries.rosters import list_shift_patterns
from app.workforce.rules import Particulars
from app.workforce.rules.groups import GroupKind
from app.workforce.rules.importing import (
    SAFETY_TEAM_NAME,
    UNPLACED_LINE,
    UnitNames,
    six_day_pattern,
    wanted_units,
)
from app.workforce.rules.shifts import ShiftCode
from app.workforce.rules.undoing import MadePlace

UNIT_KINDS = (GroupKind.LINE, GroupKind.TEAM)
# A list repeats few names very often.
_folded = functools.lru_cache(maxsize=8192)(fold)
Step = tuple[BranchKind, str]
_LEVELS = (BranchKind.WORKSHOP, BranchKind.LINE, BranchKind.TEAM)


class Places:
    """Where the rows of one chunk put people; names are compared folded.

    `made` lists what had to be made for them.
    """

    def __init__(self, session: Session, company_id: int, today: date, now: datetime) -> None:
        """Look the company's units, groups and schedules up once."""
        self._session, self._company_id, self._now, self._today = session, company_id, now, today
        self.made: list[MadePlace] = []
        self._units: dict[tuple[int, str, str], int] = {}
        self._above: dict[int, int] = {}
        for unit_id, parent_id, kind, name in session.execute(
            select(Branch.id, Branch.parent_id, Branch.kind, Branch.name)
            .where(Branch.company_id == company_id, Branch.closed_on.is_(None))
            .order_by(Branch.id)
        ):
            self._units.setdefault((parent_id or 0, kind, _folded(name)), unit_id)
            self._above[unit_id] = parent_id or 0
        self._groups: dict[tuple[str, str], str] | None = None
        self._unit_groups: dict[int, list[tuple[GroupKind, str]]] | None = None
        self._patterns: dict[ShiftCode, str] | None = None

    def unit_for(self, old: Particulars | None, new: Particulars) -> int:
        """The unit a row puts its worker into; who has none waits in a line of that name."""
        names = wanted_units(old, new)
        if names.is_empty:
            names = UnitNames(line=UNPLACED_LINE)
        steps = [
            (level, name)
            for level, name in zip(_LEVELS, (names.workshop, names.line, names.team), strict=True)
            if name
        ]
        return self._known(self._company_id, steps) or self._made(*self._start(steps, new))

    def _known(self, start: int, steps: Iterable[Step]) -> int | None:
        place: int | None = start
        for level, name in steps:
            place = self._units.get((place, level, _folded(name))) if place else None
        return place

    def _start(self, steps: list[Step], new: Particulars) -> tuple[int, list[Step]]:
        """From where to make the units: below the only unit of the first name the list gives.

        A list that names a line and no workshop means the one line of that name.
        """
        named = [step for step in steps if getattr(new, step[0]) is not None]
        if not named or named[0][0] is BranchKind.WORKSHOP:
            return self._company_id, steps
        level, name = named[0]
        found = [
            unit_id
            for (_, kind, known), unit_id in self._units.items()
            if kind == level and known == _folded(name)
        ]
        return (found[0], named[1:]) if len(found) == 1 else (self._company_id, steps)

    def _made(self, place: int, steps: Iterable[Step]) -> int:
        for level, name in steps:
            key = (place, level, _folded(name))
            if key not in self._units:
                parent = self._session.get_one(Branch, place)
                unit = unit_named(self._session, parent, level, name, now=self._now, made=self.made)
                self._units[key], self._above[unit.id] = unit.id, place
                self._unit_groups = None
            place = self._units[key]
        return place

    def groups_of_unit(self, unit_id: int) -> dict[GroupKind, set[str]]:
        """The groups that stand for a unit and for those above it."""
        if self._unit_groups is None:
            self._unit_groups = {}
            for group_id, kind, branch_id in self._session.execute(
                select(WorkGroup.id, WorkGroup.kind, WorkGroup.branch_id).where(
                    WorkGroup.company_id == self._company_id, WorkGroup.kind.in_(UNIT_KINDS)
                )
            ):
                self._unit_groups.setdefault(branch_id or 0, []).append((GroupKind(kind), group_id))
        found: dict[GroupKind, set[str]] = {kind: set() for kind in UNIT_KINDS}
        place = unit_id
        while place:
            for kind, group_id in self._unit_groups.get(place, ()):
                found[kind].add(group_id)
            place = self._above.get(place, 0)
        return found

    def group_for(self, kind: GroupKind, value: str | bool) -> str:
        """The group of that kind and name, or the safety team, added when there is none."""
        name = SAFETY_TEAM_NAME if isinstance(value, bool) else value
        if self._groups is None:
            self._groups = {
                (known_kind, _folded(known)): group_id
                for group_id, known_kind, known in self._session.execute(
                    select(WorkGroup.id, WorkGroup.kind, WorkGroup.name)
                    .where(WorkGroup.company_id == self._company_id, WorkGroup.closed_on.is_(None))
                    .order_by(WorkGroup.id.desc())
                )
            }
        key = (str(kind), _folded(name))
        if key not in self._groups:
            group = group_named(
                self._session, self._company_id, kind, name, now=self._now, made=self.made
            )
            self._groups[key] = group.id
        return self._groups[key]

    def pattern_for(self, shift: ShiftCode | None) -> str:
        """The schedule for a shift: the company's own, else six days a week."""
        if shift is None:
            raise ValueError("a schedule is for a shift")
        if self._patterns is None:
            known = list_shift_patterns(self._session, self._company_id)
            self._patterns = {code: row.id for code, row in known.items()}
        if shift not in self._patterns:
            made = six_day_pattern(shift, self._today)
            self._patterns[shift] = pattern_named(
                self._session,
                self._company_id,
                made.name,
                made.pattern,
                now=self._now,
                made=self.made,
            )
        return self._patterns[shift]
