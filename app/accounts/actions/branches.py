"""Branches: the tree of park, companies and units that roles are held on."""

import secrets
from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.accounts.queries.branches import find_park
from app.accounts.rules import Actor, BranchKind
from app.audit.actions import record_act
from app.kernel.text import squeeze

ROOT_CODE = "PARK"


def add_branch(
    session: Session, parent: Branch | None, kind: BranchKind, code: str, name: str
) -> Branch:
    """A new branch under its parent."""
    branch = Branch(
        parent_id=parent.id if parent else None,
        company_id=parent.company_id if parent else None,
        kind=kind,
        code=code,
        name=name,
        path=f"new {secrets.token_hex(8)}",
    )
    session.add(branch)
    session.flush()
    branch.path = f"{parent.path if parent else '/'}{branch.id}/"
    if kind is BranchKind.COMPANY:
        branch.company_id = branch.id
    session.flush()
    return branch


def ensure_root(session: Session, name: str) -> Branch:
    """The root of the tree, made by whoever comes first to a fresh node."""
    root = find_park(session)
    return root or add_branch(session, None, BranchKind.PARK, ROOT_CODE, squeeze(name))


def close_branch(
    session: Session, branch_id: int, *, on: date, actor: Actor, now: datetime
) -> None:
    """Nobody is put into this branch any more."""
    session.execute(update(Branch).where(Branch.id == branch_id).values(closed_on=on))
    record_act(session, "accounts.branch_closed", actor=actor, now=now, subject_id=str(branch_id))
