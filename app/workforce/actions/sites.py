"""Companies with their hours, and the units and groups inside them."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.accounts.actions.branches import add_branch
from app.accounts.models import Branch
from app.accounts.rules import BranchKind
from app.audit.actions import record_act
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.kernel.text import fold, squeeze
from app.workforce import models
from app.workforce.models import WorkGroup
from app.workforce.rules.groups import GroupKind
from app.workforce.rules.shifts import DEFAULT_HOURS, ShiftCode, ShiftHours
from app.workforce.rules.undoing import MadePlace, PlaceKind

LONGEST_CODE = 40
UNIT_GROUPS = {BranchKind.LINE: GroupKind.LINE, BranchKind.TEAM: GroupKind.TEAM}


def add_company(
    session: Session,
    park: Branch,
    code: str,
    name: str,
    *,
    hours: Mapping[ShiftCode, ShiftHours] = DEFAULT_HOURS,
    from_on: date,
    actor: Actor,
    now: datetime,
) -> Branch:
    """A company of the park, with the hours of the shifts it runs."""
    company = add_branch(session, park, BranchKind.COMPANY, squeeze(code), squeeze(name))
    set_hours(session, company.id, hours, from_on=from_on)
    record_act(
        session,
        "workforce.company_added",
        actor=actor,
        now=now,
        subject_id=str(company.id),
        company_id=company.id,
    )
    return company


def set_hours(
    session: Session, company_id: int, hours: Mapping[ShiftCode, ShiftHours], *, from_on: date
) -> None:
    """The hours of a company's shifts from a day on."""
    session.execute(
        insert(models.ShiftHours),
        [
            {
                "company_id": company_id,
                "shift": str(shift),
                "starts": each.starts,
                "ends": each.ends,
                "meal": each.meal,
                "from_on": from_on,
            }
            for shift, each in hours.items()
        ],
    )


def unit_named(
    session: Session,
    parent: Branch,
    kind: BranchKind,
    name: str,
    *,
    now: datetime,
    made: list[MadePlace] | None = None,
) -> Branch:
    """The unit of that name under a branch, added when there is none; lines have their group.

    `made` is told of a unit that was added; its group goes without saying.
    """
    shown = squeeze(name)
    plain, distinct = _unit_codes(kind, shown)
    rivals = session.scalars(
        select(Branch).where(Branch.parent_id == parent.id, Branch.code.in_((plain, distinct)))
    ).all()
    known = next((unit for unit in rivals if unit.kind == kind), None)
    if known is not None:
        known.closed_on = None
        return known
    unit = add_branch(session, parent, kind, distinct if rivals else plain, shown)
    if kind in UNIT_GROUPS and unit.company_id is not None:
        group_named(
            session,
            unit.company_id,
            UNIT_GROUPS[kind],
            _group_name(parent, unit),
            now=now,
            branch_id=unit.id,
        )
    if made is not None:
        made.append(MadePlace(PlaceKind.UNIT, str(unit.id), unit.name))
    return unit


def _unit_codes(kind: BranchKind, name: str) -> tuple[str, str]:
    """The code of a unit, and the one it takes where a unit of another kind has that name."""
    folded = fold(name)
    if len(folded) > LONGEST_CODE:
        folded = f"{folded[:31]}~{hashlib.sha256(folded.encode()).hexdigest()[:8]}"
    return folded, f"{folded[:31]}~{kind}"


def _group_name(parent: Branch, unit: Branch) -> str:
    return unit.name if parent.kind == BranchKind.COMPANY else f"{parent.name} · {unit.name}"


def group_named(
    session: Session,
    company_id: int,
    kind: GroupKind,
    name: str,
    *,
    now: datetime,
    branch_id: int | None = None,
    made: list[MadePlace] | None = None,
) -> WorkGroup:
    """The group of that kind and name in a company, added or opened again when there is none.

    `made` is told of a group that was added.
    """
    shown = squeeze(name)[:80]
    known = session.scalars(
        select(WorkGroup).where(
            WorkGroup.company_id == company_id, WorkGroup.kind == kind, WorkGroup.name == shown
        )
    ).first()
    if known is not None:
        known.closed_on = None
        return known
    group = WorkGroup(
        id=new_id(now), company_id=company_id, kind=kind, name=shown, branch_id=branch_id
    )
    session.add(group)
    session.flush()
    if made is not None:
        made.append(MadePlace(PlaceKind.GROUP, group.id, group.name))
    return group
