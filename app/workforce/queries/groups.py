"""Groups of a company, who is in them, who is in none, and whom a filter or a paste means."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Branch
from app.accounts.rules import badge_key
from app.kernel.text import fold
from app.workforce.models import (
    GroupChange,
    Membership,
    PatternAssignment,
    Worker,
    WorkGroup,
    WorkPattern,
)
from app.workforce.queries.workers import Above, unit_name
from app.workforce.rules.groups import EXCLUSIVE_KINDS, UNIT_KINDS, GroupKind
from app.workforce.rules.pasting import KnownBadge

MOST_VALUES = 1000  # databases limit how many values one statement may carry


class Source(StrEnum):
    """A column of the staff list that groups may be built from."""

    POSITION = "position"
    UNIT = "unit"
    PATTERN = "pattern"


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group with how many are in it on a day."""

    id: str
    company_id: int
    kind: GroupKind
    name: str
    closed_on: date | None
    members: int

    @property
    def follows_unit(self) -> bool:
        """Whether people come and go with their unit and not by hand."""
        return self.kind in UNIT_KINDS


@dataclass(frozen=True, slots=True)
class KindCount:
    """Groups of one kind, the people in them, and those in none."""

    kind: GroupKind
    groups: int
    people: int
    without: int


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody in a list of people for a group; `since` is set for those in it."""

    id: str
    name: str
    badge: str
    unit: str
    since: date | None = None


@dataclass(frozen=True, slots=True)
class PeopleWanted:
    """Which of a company's workers: all of these hold together, nothing set means everybody."""

    text: str = ""
    unit_path: str = ""
    pattern_id: str = ""
    none_of: GroupKind | None = None
    not_in: str = ""
    member_of: str = ""


def find_group_path(session: Session, group_id: str) -> str | None:
    """The branch path of a group's company."""
    return session.scalar(
        select(Branch.path)
        .join(WorkGroup, WorkGroup.company_id == Branch.id)
        .where(WorkGroup.id == group_id)
    )


def find_act_path(session: Session, act_id: str) -> str | None:
    """The branch path of the company to whose groups something was done."""
    return session.scalar(
        select(Branch.path)
        .join(GroupChange, GroupChange.company_id == Branch.id)
        .where(GroupChange.act_id == act_id)
        .limit(1)
    )


def list_act_steps(session: Session, act_id: str) -> list[str]:
    """The steps of an act not yet undone, the last first."""
    return list(
        session.scalars(
            select(GroupChange.id)
            .where(GroupChange.act_id == act_id, GroupChange.undone_at.is_(None))
            .order_by(GroupChange.id.desc())
        )
    )


def find_group(session: Session, group_id: str, on: date) -> GroupRow | None:
    """One group with its number of people on a day."""
    found = session.get(WorkGroup, group_id)
    if found is None:
        return None
    return _row(found, _members_by_group(session, [found.company_id], on).get(group_id, 0))


def list_groups(
    session: Session,
    company_id: int,
    on: date,
    *,
    kind: GroupKind | None = None,
    text: str = "",
    closed: bool = False,
) -> list[GroupRow]:
    """A company's groups by kind and name, numbers in names counted as numbers."""
    chosen = select(WorkGroup).where(
        WorkGroup.company_id == company_id,
        WorkGroup.closed_on.is_not(None) if closed else WorkGroup.closed_on.is_(None),
    )
    if kind is not None:
        chosen = chosen.where(WorkGroup.kind == kind)
    members = _members_by_group(session, [company_id], on)
    words = fold(text).split()
    rows = [
        _row(group, members.get(group.id, 0))
        for group in session.scalars(chosen)
        if all(word in fold(group.name) for word in words)
    ]
    order = list(GroupKind)
    return sorted(rows, key=lambda row: (order.index(row.kind), natural_key(row.name), row.id))


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key by which Phòng 2 stands before Phòng 10."""
    parts = re.findall(r"[0-9]+|[^0-9]+", fold(name))
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def _row(group: WorkGroup, members: int) -> GroupRow:
    return GroupRow(
        group.id, group.company_id, GroupKind(group.kind), group.name, group.closed_on, members
    )


def _members_by_group(session: Session, company_ids: Sequence[int], on: date) -> dict[str, int]:
    rows = session.execute(
        select(Membership.group_id, func.count(Membership.worker_id.distinct()))
        .join(WorkGroup, WorkGroup.id == Membership.group_id)
        .join(Worker, Worker.id == Membership.worker_id)
        .where(WorkGroup.company_id.in_(company_ids), Worker.left_on.is_(None), *_member_on(on))
        .group_by(Membership.group_id)
    )
    return {row[0]: row[1] for row in rows}


def count_kinds(session: Session, company_id: int, on: date) -> list[KindCount]:
    """For every kind how many groups, people in them, and people in none."""
    workers = session.scalar(
        select(func.count()).where(Worker.company_id == company_id, Worker.left_on.is_(None))
    )
    groups = _counted(
        session,
        select(WorkGroup.kind, func.count())
        .where(WorkGroup.company_id == company_id, WorkGroup.closed_on.is_(None))
        .group_by(WorkGroup.kind),
    )
    people = _counted(
        session,
        select(WorkGroup.kind, func.count(Membership.worker_id.distinct()))
        .join(Membership, Membership.group_id == WorkGroup.id)
        .join(Worker, Worker.id == Membership.worker_id)
        .where(WorkGroup.company_id == company_id, Worker.left_on.is_(None), *_member_on(on))
        .group_by(WorkGroup.kind),
    )
    return [
        KindCount(kind, groups.get(kind, 0), inside, (workers or 0) - inside)
        for kind in GroupKind
        for inside in [people.get(kind, 0)]
    ]


def _counted(session: Session, chosen: Select[str, int]) -> dict[str, int]:
    return {row[0]: row[1] for row in session.execute(chosen)}


def _member_on(on: date) -> tuple[ColumnElement[bool], ...]:
    return (
        Membership.from_on <= on,
        or_(Membership.to_on.is_(None), Membership.to_on >= on),
    )


def list_people(
    session: Session,
    company_id: int,
    wanted: PeopleWanted,
    on: date,
    *,
    limit: int | None = None,
    offset: int = 0,
) -> tuple[list[PersonRow], int]:
    """Workers of a company that are meant, by name, and how many in all."""
    chosen = _people(company_id, wanted, on)
    total = session.scalar(chosen.with_only_columns(func.count(Worker.id))) or 0
    since = _since(wanted.member_of, on)
    rows = session.execute(
        chosen.add_columns(unit_name(), since)
        .order_by(Worker.name_folded, Worker.id)
        .limit(limit)
        .offset(offset)
    ).all()
    return [PersonRow(*row) for row in rows], total


def list_people_ids(session: Session, company_id: int, wanted: PeopleWanted, on: date) -> list[str]:
    """The ids of all who are meant."""
    chosen = _people(company_id, wanted, on).with_only_columns(Worker.id).order_by(Worker.id)
    return list(session.scalars(chosen))


def _people(company_id: int, wanted: PeopleWanted, on: date) -> Select[str, str, str]:
    chosen = (
        select(Worker.id, Worker.name, Worker.badge)
        .join(Branch, Branch.id == Worker.branch_id)
        .outerjoin(Above, Above.id == Branch.parent_id)
        .where(Worker.company_id == company_id, Worker.left_on.is_(None))
    )
    for word in wanted.text.split():
        fits = [Worker.name_folded.contains(fold(word), autoescape=True)]
        if badge_key(word):
            fits.append(Worker.badge_key.contains(badge_key(word), autoescape=True))
        chosen = chosen.where(or_(*fits))
    if wanted.unit_path:
        chosen = chosen.where(Branch.path.startswith(wanted.unit_path))
    if wanted.pattern_id:
        chosen = chosen.where(_follows(wanted.pattern_id, on))
    if wanted.none_of:
        chosen = chosen.where(~_is_in(WorkGroup.kind == wanted.none_of, on))
    if wanted.not_in:
        chosen = chosen.where(~_is_in(WorkGroup.id == wanted.not_in, on))
    if wanted.member_of:
        chosen = chosen.where(_is_in(WorkGroup.id == wanted.member_of, on))
    return chosen


def _is_in(group: ColumnElement[bool], on: date) -> ColumnElement[bool]:
    return exists().where(
        Membership.worker_id == Worker.id,
        Membership.group_id == WorkGroup.id,
        group,
        *_member_on(on),
    )


def _follows(pattern_id: str, on: date) -> ColumnElement[bool]:
    return exists().where(
        PatternAssignment.worker_id == Worker.id,
        PatternAssignment.pattern_id == pattern_id,
        *_assigned_on(on),
    )


def _assigned_on(on: date) -> tuple[ColumnElement[bool], ...]:
    return (
        PatternAssignment.from_on <= on,
        or_(PatternAssignment.to_on.is_(None), PatternAssignment.to_on >= on),
    )


def _since(group_id: str, on: date) -> ColumnElement[Any]:
    return (
        select(func.min(Membership.from_on))
        .where(Membership.worker_id == Worker.id, Membership.group_id == group_id, *_member_on(on))
        .scalar_subquery()
    )


def list_source_values(
    session: Session, company_id: int, source: Source, on: date
) -> list[tuple[str, int]]:
    """The values of a column of the staff list and how many workers have each."""
    counts: dict[str, int] = defaultdict(int)
    for _, value in _sourced(session, company_id, source, on):
        counts[value] += 1
    return sorted(counts.items(), key=lambda pair: natural_key(pair[0]))


def list_ids_by_value(
    session: Session, company_id: int, source: Source, values: Sequence[str], on: date
) -> dict[str, list[str]]:
    """The workers who have each of these values of a column."""
    found: dict[str, list[str]] = {value: [] for value in values}
    for worker_id, value in _sourced(session, company_id, source, on):
        if value in found:
            found[value].append(worker_id)
    return found


def _sourced(
    session: Session, company_id: int, source: Source, on: date
) -> Iterator[tuple[str, str]]:
    value: Any = {
        Source.POSITION: Worker.position,
        Source.UNIT: unit_name(),
        Source.PATTERN: WorkPattern.name,
    }[source]
    chosen = (
        select(Worker.id, value)
        .join(Branch, Branch.id == Worker.branch_id)
        .outerjoin(Above, Above.id == Branch.parent_id)
        .where(Worker.company_id == company_id, Worker.left_on.is_(None), value.is_not(None))
        .order_by(Worker.id)
    )
    if source is Source.PATTERN:
        held = and_(PatternAssignment.worker_id == Worker.id, *_assigned_on(on))
        chosen = chosen.join(PatternAssignment, held).join(
            WorkPattern, WorkPattern.id == PatternAssignment.pattern_id
        )
    yield from ((worker_id, text[:80]) for worker_id, text in session.execute(chosen) if text)


def known_badges(
    session: Session, group: GroupRow, keys: Sequence[str], paths: Sequence[str], on: date
) -> dict[str, KnownBadge]:
    """What is known of badges for a group; those of other companies only within these branches."""
    known: dict[str, KnownBadge] = {}
    wanted = sorted(set(keys))
    for start in range(0, len(wanted), MOST_VALUES):
        chunk = wanted[start : start + MOST_VALUES]
        known.update(_of_others(session, group, chunk, paths))
        known.update(_of_company(session, group, chunk, on))
    return known


def _of_others(
    session: Session, group: GroupRow, keys: Sequence[str], paths: Sequence[str]
) -> dict[str, KnownBadge]:
    company = aliased(Branch)
    rows = session.execute(
        select(Worker.badge_key, Worker.id, Worker.name, company.name)
        .join(Branch, Branch.id == Worker.branch_id)
        .join(company, company.id == Worker.company_id)
        .where(Worker.badge_key.in_(keys), Worker.company_id != group.company_id)
        .where(or_(*[Branch.path.startswith(path) for path in paths]))
    ).all()
    return {key: KnownBadge(id_, name, other_company=other) for key, id_, name, other in rows}


def _of_company(
    session: Session, group: GroupRow, keys: Sequence[str], on: date
) -> dict[str, KnownBadge]:
    people = session.execute(
        select(Worker.badge_key, Worker.id, Worker.name, Worker.left_on).where(
            Worker.company_id == group.company_id, Worker.badge_key.in_(keys)
        )
    ).all()
    held = session.execute(
        select(Membership.worker_id, WorkGroup.id, WorkGroup.name)
        .join(WorkGroup, WorkGroup.id == Membership.group_id)
        .where(Membership.worker_id.in_([row.id for row in people]), *_member_on(on))
        .where(WorkGroup.kind == group.kind)
    ).all()
    members = {worker_id for worker_id, group_id, _ in held if group_id == group.id}
    elsewhere = {worker_id: name for worker_id, group_id, name in held if group_id != group.id}
    if group.kind not in EXCLUSIVE_KINDS:
        elsewhere = {}
    return {
        key: KnownBadge(
            id_,
            name,
            is_member=id_ in members,
            elsewhere=elsewhere.get(id_, ""),
            has_left=left_on is not None,
        )
        for key, id_, name, left_on in people
    }


@dataclass(frozen=True, slots=True)
class PastMember:
    """Somebody who was in a group once, from a day to a day."""

    id: str
    name: str
    badge: str
    from_on: date
    to_on: date | None


def list_past_members(
    session: Session, group_id: str, on: date, *, most: int = 50
) -> list[PastMember]:
    """Who was in a group and is no longer, the latest first."""
    rows = session.execute(
        select(Worker.id, Worker.name, Worker.badge, Membership.from_on, Membership.to_on)
        .join(Membership, Membership.worker_id == Worker.id)
        .where(Membership.group_id == group_id, Membership.to_on < on)
        .order_by(Membership.to_on.desc(), Worker.name_folded)
        .limit(most)
    ).all()
    return [PastMember(*row) for row in rows]
