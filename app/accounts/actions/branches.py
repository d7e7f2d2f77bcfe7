"""Branches: the tree of park, companies and units that roles are held on."""

import secrets
from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.accounts.rules import Actor, BranchKind
from app.audit.actions import record_act


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


def close_branch(
    session: Session, branch_id: int, *, on: date, actor: Actor, now: datetime
) -> None:
    """Nobody is put into this branch any more."""
    session.execute(update(Branch).where(Branch.id == branch_id).values(closed_on=on))
    record_act(session, "accounts.branch_closed", actor=actor, now=now, subject_id=str(branch_id))
