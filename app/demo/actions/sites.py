"""The park itself: branches, hours, units, groups, patterns, and who keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.actions.branches import add_branch
from app.accounts.models import Account, Branch, RoleGrant
from app.accounts.rules import Actor, BranchKind, Grant, Role
from app.audit.models import AuditEntry
from app.checkins.models import RuleAcceptance
from app.demo.actions.rows import Rows
from app.demo.rules import CompanyPlan, DemoOrder, GroupPlan, PersonPlan, UnitPlan, demo_id, stream
from app.demo.rules.days import CompanyDays
from app.demo.rules.groups import safety_team, unit_group
from app.extensions import hash_secret
from app.kernel.actors import program
from app.kernel.text import fold
from app.workforce.actions.sites import set_hours
from app.workforce.models import Holiday, WorkGroup, WorkPattern
from app.workforce.rules.shifts import DEFAULT_HOURS

DEMO = program("demo")


@dataclass(slots=True)
class Site:
    """A company as it stands in the tables: ids of its branches, groups and patterns."""

    id: int
    path: str
    officer: Actor
    units: dict[int, tuple[int, str]] = field(default_factory=dict)
    groups: dict[GroupPlan, str] = field(default_factory=dict)
    patterns: dict[str, str] = field(default_factory=dict)


def add_root(
    session: Session, row: Mapping[str, Any], order: DemoOrder, holiday: Any, rows: Rows
) -> Branch:
    """The root of the tree with its day off, and the note that all of this is a demo."""
    root = add_branch(session, None, BranchKind.PARK, row["code"], row["name"])
    root.phone = row.get("phone")
    session.flush()
    if holiday is not None:
        rows.add(Holiday, branch_id=root.id, on=holiday[0], name=holiday[1])
    chance = stream(order.seed, "root", row["code"])
    _audit(
        rows,
        "demo.loaded",
        DEMO,
        order.set_up_at,
        demo_id(chance, order.set_up_at),
        str(root.id),
        None,
        {
            "workers": order.workers,
            "days": order.days,
            "seed": order.seed,
            "until": order.until.isoformat(),
        },
    )
    return root


def add_office(
    role: Role,
    login: str,
    name: str,
    secret: str | None,
    branch: Branch,
    order: DemoOrder,
    rows: Rows,
) -> Actor:
    """Somebody who signs in with a login; nobody can without a secret."""
    chance = stream(order.seed, "office", login)
    account_id = demo_id(chance, order.set_up_at)
    rows.add(
        Account,
        id=account_id,
        name=name,
        login=login,
        secret_hash=hash_secret(secret) if secret else None,
        secret_must_change=False,
        locale="vi",
        active=True,
        created_at=order.set_up_at,
    )
    rows.add(RoleGrant, account_id=account_id, role=str(role), branch_id=branch.id)
    return Actor(account_id, name, (Grant(role, branch.path),))


def add_site(
    session: Session,
    park: Branch,
    company: CompanyPlan,
    units: Sequence[UnitPlan],
    days: CompanyDays,
    order: DemoOrder,
    rows: Rows,
    secret: str | None,
) -> Site:
    """A company of the park with everything but its people."""
    branch = add_branch(session, park, BranchKind.COMPANY, company.code, company.name)
    branch.phone = company.phone
    session.flush()
    hours = {shift: DEFAULT_HOURS[shift] for shift in company.system.shifts}
    set_hours(session, branch.id, hours, from_on=order.set_up_at.date())
    officer = add_office(
        Role.SAFETY_OFFICER, company.login, company.officer, secret, branch, order, rows
    )
    site = Site(branch.id, branch.path, officer)
    _add_units(session, branch, units, site)
    chance = stream(order.seed, "site", company.code)
    for name, pattern in days.patterns.items():
        site.patterns[name] = demo_id(chance, order.set_up_at, len(site.patterns))
        rows.add(
            WorkPattern,
            id=site.patterns[name],
            company_id=branch.id,
            name=name,
            cycle=[str(shift) if shift else None for shift in pattern.cycle],
            anchor_on=pattern.anchor_on,
        )
    for unit in units:
        for group in (unit_group(unit), safety_team(unit)):
            _add_group(group, site, order, rows)
    _accept_rules(company, site, order, rows)
    return site


def _add_units(session: Session, branch: Branch, units: Sequence[UnitPlan], site: Site) -> None:
    workshops: dict[str, Branch] = {}
    for unit in units:
        parent = branch
        if unit.workshop is not None:
            if unit.workshop not in workshops:
                workshops[unit.workshop] = add_branch(
                    session, branch, BranchKind.WORKSHOP, fold(unit.workshop), unit.workshop
                )
            parent = workshops[unit.workshop]
        kind = BranchKind.LINE if unit.is_line else BranchKind.TEAM
        added = add_branch(session, parent, kind, fold(unit.name), unit.name)
        site.units[unit.place] = added.id, added.path


def add_groups(
    company: CompanyPlan, people: Sequence[PersonPlan], site: Site, order: DemoOrder, rows: Rows
) -> None:
    """The rooms, buses and meals that the people of a company share."""
    for person in people:
        for group in person.groups:
            if group not in site.groups:
                _add_group(group, site, order, rows)


def _add_group(group: GroupPlan, site: Site, order: DemoOrder, rows: Rows) -> None:
    chance = stream(order.seed, "group", site.id, group.kind, group.name)
    site.groups[group] = demo_id(chance, order.set_up_at, len(site.groups))
    rows.add(
        WorkGroup,
        id=site.groups[group],
        company_id=site.id,
        kind=str(group.kind),
        name=group.name,
        branch_id=None if group.unit is None else site.units[group.unit][0],
    )


def _accept_rules(company: CompanyPlan, site: Site, order: DemoOrder, rows: Rows) -> None:
    at = company.accepted_at
    if company.accepted is None or at is None or at > order.told_until:
        return
    chance = stream(order.seed, "rules", company.code)
    rows.add(
        RuleAcceptance,
        id=demo_id(chance, at),
        branch_id=site.id,
        rules=company.accepted,
        at=at,
        account_id=str(site.officer.account_id),
        accepted_by=site.officer.name,
    )
    _audit(
        rows,
        "checkins.rules_accepted",
        site.officer,
        at,
        demo_id(chance, at),
        str(site.id),
        site.id,
        {"rules": company.accepted},
    )


def _audit(
    rows: Rows,
    act: str,
    actor: Actor,
    at: Any,
    entry_id: str,
    subject_id: str,
    company_id: int | None,
    details: Mapping[str, Any],
) -> None:
    rows.add(
        AuditEntry,
        id=entry_id,
        at=at,
        actor_id=actor.account_id,
        actor_name=actor.name,
        actor_roles=" ".join(actor.roles),
        act=act,
        subject_id=subject_id,
        company_id=company_id,
        details=dict(details),
    )
