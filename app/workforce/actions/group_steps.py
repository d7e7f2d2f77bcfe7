"""What acts on groups share: who is in them, and how a step is kept so that it can be undone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.kernel.refusals import NotFound
from app.kernel.text import fold
from app.workforce.models import GroupChange, Membership, Worker, WorkGroup
from app.workforce.rules.groups import (
    UNIT_KINDS,
    GroupFollowsUnit,
    GroupKind,
)

LONGEST_NAME = 80
# Nothing of these tables is loaded here, so no object in memory has to follow a statement.
UNLOADED = {"synchronize_session": False}


@dataclass(slots=True)
class Steps:
    """What one step did: memberships begun, ended by a day, or dropped as never begun.

    Dropped: id, worker, group and first day of each.
    """

    begun: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    dropped: list[list[str]] = field(default_factory=list)
    old_name: str | None = None
    closed: bool = False
    made: bool = False

    def as_json(self) -> dict[str, Any]:
        """The step as it is kept."""
        return {
            "begun": self.begun,
            "ended": self.ended,
            "dropped": self.dropped,
            "old_name": self.old_name,
            "closed": self.closed,
            "made": self.made,
        }


def group_by_hand(session: Session, group_id: str) -> WorkGroup:
    """A group whose people come and go by hand; refused for one that follows a unit."""
    group = session.get(WorkGroup, group_id)
    if group is None:
        raise NotFound
    if group.kind in UNIT_KINDS:
        raise GroupFollowsUnit
    return group


def find_named(session: Session, company_id: int, kind: str, name: str) -> WorkGroup | None:
    """The group of that name, compared folded; an open one before a closed one."""
    rivals = [
        group
        for group in session.scalars(
            select(WorkGroup).where(WorkGroup.company_id == company_id, WorkGroup.kind == kind)
        )
        if fold(group.name) == fold(name)
    ]
    rivals.sort(key=lambda group: (group.closed_on is not None, group.name != name, group.id))
    return next(iter(rivals), None)


def list_working(session: Session, company_id: int, worker_ids: Sequence[str]) -> list[str]:
    """Those of the company who still work there; locked, so that nobody else places them."""
    return list(
        session.scalars(
            select(Worker.id)
            .where(Worker.id.in_(worker_ids), Worker.company_id == company_id)
            .where(Worker.left_on.is_(None))
            .order_by(Worker.id)
            .with_for_update()
        )
    )


def list_held(
    session: Session, worker_ids: Sequence[str], kind: GroupKind, on: date
) -> Sequence[Any]:
    """Memberships of a kind that last on a day or later."""
    return session.execute(
        select(Membership.id, Membership.worker_id, Membership.group_id, Membership.from_on)
        .join(WorkGroup, WorkGroup.id == Membership.group_id)
        .where(Membership.worker_id.in_(worker_ids), WorkGroup.kind == kind)
        .where(or_(Membership.to_on.is_(None), Membership.to_on >= on))
    ).all()


def keep_steps(
    session: Session, group: WorkGroup, steps: Steps, on: date, act_id: str, now: datetime
) -> None:
    """Keep a step of an act, with all it takes to undo it."""
    session.execute(
        insert(GroupChange).values(
            id=new_id(now),
            act_id=act_id,
            company_id=group.company_id,
            group_id=group.id,
            on=on,
            at=now,
            steps=steps.as_json(),
        )
    )


def record_group_act(
    session: Session, act: str, group: WorkGroup, actor: Actor, now: datetime, **details: Any
) -> None:
    """Write an act on a group into the log."""
    record_act(
        session,
        act,
        actor=actor,
        now=now,
        subject_id=group.id,
        company_id=group.company_id,
        kind=group.kind,
        **details,
    )
