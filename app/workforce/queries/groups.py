"""Groups of a company: one, all by kind and name, and how many people each has."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.kernel.text import fold
from app.workforce.models import (
    GroupChange,
    Membership,
    Worker,
    WorkGroup,
)
from app.workforce.queries.group_days import member_on
from app.workforce.rules.groups import UNIT_KINDS, GroupKind


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group with how many are in it on a day."""

    id: str
    company_id: int
    kind: GroupKind
    name: str
    closed_on: date | None
    members: int
    departures: tuple[str, ...] = ()

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
        group.id,
        group.company_id,
        GroupKind(group.kind),
        group.name,
        group.closed_on,
        members,
        tuple(group.departures),
    )


def _members_by_group(session: Session, company_ids: Sequence[int], on: date) -> dict[str, int]:
    rows = session.execute(
        select(Membership.group_id, func.count(Membership.worker_id.distinct()))
        .join(WorkGroup, WorkGroup.id == Membership.group_id)
        .join(Worker, Worker.id == Membership.worker_id)
        .where(WorkGroup.company_id.in_(company_ids), Worker.left_on.is_(None), *member_on(on))
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
        .where(WorkGroup.company_id == company_id, Worker.left_on.is_(None), *member_on(on))
        .group_by(WorkGroup.kind),
    )
    return [
        KindCount(kind, groups.get(kind, 0), inside, (workers or 0) - inside)
        for kind in GroupKind
        for inside in [people.get(kind, 0)]
    ]


def _counted(session: Session, chosen: Select[str, int]) -> dict[str, int]:
    return {row[0]: row[1] for row in session.execute(chosen)}
