"""Which lines of companies have the safety team that they need."""

import functools
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

import yaml
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.accounts.rules import BranchKind
from app.workforce.models import Membership, Worker, WorkGroup
from app.workforce.queries.group_days import member_on
from app.workforce.queries.reference import DATA
from app.workforce.rules.groups import GroupKind
from app.workforce.rules.safety_teams import (
    ShortLine,
    Staffing,
    TeamRule,
    WorkUnit,
    rule_on,
    staffing,
    team_rules,
)

__all__ = ["ShortLine", "Staffing", "find_team_rule", "list_staffing"]


@functools.cache
def _rules() -> tuple[TeamRule, ...]:
    return team_rules(yaml.safe_load((DATA / "safety_teams.yaml").read_text(encoding="utf-8")))


def find_team_rule(on: date) -> TeamRule | None:
    """What is asked of safety teams on a day, and by whom."""
    return rule_on(_rules(), on)


def list_staffing(session: Session, company_ids: Collection[int], on: date) -> dict[int, Staffing]:
    """By company, how many lines need a safety team on a day and how many have one.

    Members count for the unit of their team, else for the line that they work on now. Empty before
    the first rule; a company where nobody works needs no team.
    """
    rule = find_team_rule(on)
    if rule is None or not company_ids:
        return {}
    units = _units(session, company_ids, on, rule.members_min)
    members = _members(session, company_ids, on)
    return {
        company_id: staffing(units.get(company_id, ()), members.get(company_id, ()), rule)
        for company_id in company_ids
    }


def _works_on(on: date) -> tuple[ColumnElement[bool], ...]:
    return (
        or_(Worker.left_on.is_(None), Worker.left_on >= on),
        or_(Worker.joined_on.is_(None), Worker.joined_on <= on),
    )


def _units(
    session: Session, company_ids: Collection[int], on: date, most: int
) -> Mapping[int, Sequence[WorkUnit]]:
    # More than a team's size makes no difference, so no unit's people are counted to the end.
    some = (
        select(Worker.id)
        .where(Worker.company_id == Branch.company_id, Worker.branch_id == Branch.id)
        .where(*_works_on(on))
        .limit(most)
        .correlate(Branch)
        .subquery()
    )
    people = select(func.count()).select_from(some).scalar_subquery()
    rows = session.execute(
        select(Branch.company_id, Branch.id, Branch.parent_id, Branch.name, Branch.kind, people)
        .where(Branch.company_id.in_(company_ids))
        .where(or_(Branch.closed_on.is_(None), Branch.closed_on > on))
        .order_by(Branch.name, Branch.id)
    ).all()
    found: dict[int, list[WorkUnit]] = defaultdict(list)
    for company_id, unit_id, parent_id, name, kind, count in rows:
        unit = WorkUnit(
            unit_id,
            parent_id,
            name,
            count,
            is_line=kind == BranchKind.LINE,
            is_company=kind == BranchKind.COMPANY,
        )
        found[company_id].append(unit)
    return found


def _members(
    session: Session, company_ids: Collection[int], on: date
) -> Mapping[int, Sequence[tuple[str, int]]]:
    rows = session.execute(
        select(WorkGroup.company_id, WorkGroup.branch_id, Worker.id, Worker.branch_id)
        .join(Membership, Membership.group_id == WorkGroup.id)
        .join(Worker, Worker.id == Membership.worker_id)
        .where(WorkGroup.company_id.in_(company_ids), WorkGroup.kind == GroupKind.SAFETY_TEAM)
        .where(or_(WorkGroup.closed_on.is_(None), WorkGroup.closed_on > on))
        .where(*member_on(on), *_works_on(on))
    ).all()
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for company_id, team_unit, worker_id, own_unit in rows:
        unit = own_unit if team_unit is None or team_unit == company_id else team_unit
        found[company_id].append((worker_id, unit))
    return found
