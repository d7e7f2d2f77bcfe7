"""Undoing what was done to groups by hand the same day, step by step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from app.kernel.actors import Actor
from app.kernel.refusals import NotFound
from app.workforce.actions.group_steps import (
    UNLOADED,
    find_named,
    list_held,
    list_working,
    record_group_act,
)
from app.workforce.models import GroupChange, Membership, WorkGroup
from app.workforce.rules.groups import (
    EXCLUSIVE_KINDS,
    GroupKind,
    GroupNameTaken,
    TooLateToUndo,
)


@dataclass(frozen=True, slots=True)
class Undone:
    """How many memberships are as they were, and how many had changed again since."""

    people: int = 0
    kept: int = 0

    def __add__(self, other: "Undone") -> "Undone":
        return Undone(self.people + other.people, self.kept + other.kept)


def undo_step(
    session: Session, change_id: str, *, today: date, actor: Actor, now: datetime
) -> Undone:
    """Put back what one step did to a group; who was placed anew since then stays there."""
    change = session.get(GroupChange, change_id, with_for_update=True)
    if change is None or change.undone_at is not None or change.on != today:
        raise TooLateToUndo
    group = session.get(WorkGroup, change.group_id)
    if group is None:
        raise NotFound
    change.undone_at = now
    steps = change.steps
    gone = _take_back_joining(session, steps["begun"])
    back = _take_back_leaving(session, group, steps, today)
    _take_back_group(session, group, steps)
    session.flush()
    touched = max(len(steps["begun"]), len(steps["ended"]) + len(steps["dropped"]))
    done = max(gone, back)
    record_group_act(
        session, "workforce.group_change_undone", group, actor, now, change=change_id, people=done
    )
    return Undone(done, touched - done)


def forget_changes(session: Session, *, before: date) -> None:
    """Drop what was kept for undoing on earlier days."""
    session.execute(delete(GroupChange).where(GroupChange.on < before), execution_options=UNLOADED)


def _take_back_joining(session: Session, begun: Sequence[str]) -> int:
    if not begun:
        return 0
    open_ones = session.scalars(
        select(Membership.id).where(Membership.id.in_(begun), Membership.to_on.is_(None))
    ).all()
    session.execute(
        delete(Membership).where(Membership.id.in_(open_ones)), execution_options=UNLOADED
    )
    return len(open_ones)


def _take_back_leaving(
    session: Session, group: WorkGroup, steps: dict[str, Any], today: date
) -> int:
    ended = session.execute(
        select(Membership.id, Membership.worker_id, Membership.group_id).where(
            Membership.id.in_(steps["ended"]), Membership.to_on == today - timedelta(days=1)
        )
    ).all()
    people = [row.worker_id for row in ended] + [row[1] for row in steps["dropped"]]
    if not people:
        return 0
    kind = GroupKind(group.kind)
    held = list_held(session, people, kind, today)
    taken = {row.worker_id for row in held} if kind in EXCLUSIVE_KINDS else set()
    inside = {(row.worker_id, row.group_id) for row in held}
    still = set(list_working(session, group.company_id, people))
    open_groups = set(
        session.scalars(
            select(WorkGroup.id).where(
                WorkGroup.company_id == group.company_id,
                or_(WorkGroup.closed_on.is_(None), WorkGroup.id == group.id),
            )
        )
    )

    def may_return(worker_id: str, group_id: str) -> bool:
        return (
            worker_id in still
            and worker_id not in taken
            and (worker_id, group_id) not in inside
            and group_id in open_groups
        )

    reopened = [row.id for row in ended if may_return(row.worker_id, row.group_id)]
    if reopened:
        session.execute(
            update(Membership).where(Membership.id.in_(reopened)).values(to_on=None),
            execution_options=UNLOADED,
        )
    returned = [row for row in steps["dropped"] if may_return(row[1], row[2])]
    if returned:
        session.execute(
            insert(Membership),
            [
                {
                    "id": id_,
                    "worker_id": worker_id,
                    "group_id": group_id,
                    "from_on": date.fromisoformat(from_on),
                }
                for id_, worker_id, group_id, from_on in returned
            ],
        )
    return len(reopened) + len(returned)


def _take_back_group(session: Session, group: WorkGroup, steps: dict[str, Any]) -> None:
    if steps["closed"]:
        group.closed_on = None
    if steps["old_name"] is not None:
        rival = find_named(session, group.company_id, group.kind, steps["old_name"])
        if rival is not None and rival.id != group.id:
            raise GroupNameTaken(name=rival.name)
        group.name = steps["old_name"]
    if steps["made"]:
        has_people = select(Membership.id).where(Membership.group_id == group.id).limit(1)
        if session.scalar(has_people) is None:
            session.delete(group)
