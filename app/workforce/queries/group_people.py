"""People in groups and people for groups: by name, unit or pattern, and who was in one once."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.accounts.rules import badge_key
from app.kernel.text import fold
from app.workforce.models import (
    Membership,
    PatternAssignment,
    Worker,
    WorkGroup,
)
from app.workforce.queries.group_days import assigned_on, member_on
from app.workforce.queries.workers import Above, unit_name
from app.workforce.rules.groups import GroupKind


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


@dataclass(frozen=True, slots=True)
class PastMember:
    """Somebody who was in a group once, from a day to a day."""

    id: str
    name: str
    badge: str
    from_on: date
    to_on: date | None


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
        *member_on(on),
    )


def _follows(pattern_id: str, on: date) -> ColumnElement[bool]:
    return exists().where(
        PatternAssignment.worker_id == Worker.id,
        PatternAssignment.pattern_id == pattern_id,
        *assigned_on(on),
    )


def _since(group_id: str, on: date) -> ColumnElement[Any]:
    return (
        select(func.min(Membership.from_on))
        .where(Membership.worker_id == Worker.id, Membership.group_id == group_id, *member_on(on))
        .scalar_subquery()
    )


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
