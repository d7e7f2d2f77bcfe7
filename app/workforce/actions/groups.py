"""Groups made and filled by hand: every membership dated, every step kept so that it is undone.

Each function takes some hundred people at the most; whoever calls it cuts a longer list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.kernel.text import squeeze
from app.workforce.actions.group_steps import (
    LONGEST_NAME,
    UNLOADED,
    Steps,
    find_named,
    group_by_hand,
    keep_steps,
    list_held,
    list_working,
    record_group_act,
)
from app.workforce.models import Membership, WorkGroup
from app.workforce.rules.departures import NotABus
from app.workforce.rules.groups import (
    EXCLUSIVE_KINDS,
    UNIT_KINDS,
    GroupFollowsUnit,
    GroupIsClosed,
    GroupKind,
    GroupNameTaken,
    OtherKindOfGroup,
)

CHUNK = 250


@dataclass(frozen=True, slots=True)
class Placed:
    """Of some people: joined, came from another group of the kind, were in, stayed elsewhere."""

    joined: int = 0
    moved: int = 0
    already: int = 0
    elsewhere: int = 0

    def __add__(self, other: "Placed") -> "Placed":
        return Placed(
            self.joined + other.joined,
            self.moved + other.moved,
            self.already + other.already,
            self.elsewhere + other.elsewhere,
        )


def add_group(
    session: Session,
    company_id: int,
    kind: GroupKind,
    name: str,
    *,
    on: date,
    act_id: str,
    actor: Actor,
    now: datetime,
) -> str:
    """A new group of a company, or a closed one of that name opened again; returns its id."""
    if kind in UNIT_KINDS:
        raise GroupFollowsUnit
    shown = squeeze(name)[:LONGEST_NAME]
    known = find_named(session, company_id, kind, shown)
    if known is not None and known.closed_on is None:
        raise GroupNameTaken(name=known.name)
    group = known or WorkGroup(id=new_id(now), company_id=company_id, kind=kind, name=shown)
    group.closed_on = None
    session.add(group)
    session.flush()
    keep_steps(session, group, Steps(made=True), on, act_id, now)
    record_group_act(session, "workforce.group_added", group, actor, now, name=group.name)
    return group.id


def rename_group(
    session: Session,
    group_id: str,
    name: str,
    *,
    on: date,
    act_id: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Another name for a group; its people and history stay."""
    group = group_by_hand(session, group_id)
    shown = squeeze(name)[:LONGEST_NAME]
    known = find_named(session, group.company_id, group.kind, shown)
    if known is not None and known.id != group.id:
        raise GroupNameTaken(name=known.name)
    if shown == group.name:
        return
    before, group.name = group.name, shown
    session.flush()
    keep_steps(session, group, Steps(old_name=before), on, act_id, now)
    record_group_act(
        session, "workforce.group_renamed", group, actor, now, before=before, after=shown
    )


def set_departures(
    session: Session, group_id: str, departures: Sequence[str], *, actor: Actor, now: datetime
) -> None:
    """When a bus leaves for work, 05:15; none where nobody knows."""
    group = group_by_hand(session, group_id)
    if group.kind != GroupKind.BUS:
        raise NotABus
    if list(departures) == group.departures:
        return
    before, group.departures = group.departures, list(departures)
    session.flush()
    record_group_act(
        session,
        "workforce.departures_set",
        group,
        actor,
        now,
        before=", ".join(before),
        after=", ".join(departures),
    )


def place_in_group(
    session: Session,
    group_id: str,
    worker_ids: Sequence[str],
    *,
    moves: bool,
    on: date,
    act_id: str,
    actor: Actor,
    now: datetime,
) -> Placed:
    """People of the company join a group from a day on.

    Where one person has only one group of the kind, those in another leave it if this `moves`.
    """
    group = group_by_hand(session, group_id)
    if group.closed_on is not None:
        raise GroupIsClosed(name=group.name)
    people = list_working(session, group.company_id, worker_ids)
    held = list_held(session, people, GroupKind(group.kind), on)
    inside = {row.worker_id for row in held if row.group_id == group_id}
    is_exclusive = group.kind in EXCLUSIVE_KINDS
    others = [
        row for row in held if is_exclusive and row.group_id != group_id and row.worker_id in people
    ]
    elsewhere = {row.worker_id for row in others} - inside
    joining = [each for each in people if each not in inside and (moves or each not in elsewhere)]
    steps = Steps()
    if moves:
        _end(session, [row for row in others if row.worker_id in set(joining)], on, steps)
    _begin(session, group_id, joining, on, now, steps)
    came = len(elsewhere & set(joining))
    if joining:
        keep_steps(session, group, steps, on, act_id, now)
        record_group_act(
            session,
            "workforce.group_joined",
            group,
            actor,
            now,
            on=on.isoformat(),
            workers=joining,
            moved=came,
        )
    stayed = 0 if moves else len(elsewhere)
    return Placed(len(joining) - came, came, len(inside), stayed)


def take_out_of_group(
    session: Session,
    group_id: str,
    worker_ids: Sequence[str],
    *,
    on: date,
    act_id: str,
    actor: Actor,
    now: datetime,
) -> int:
    """People are no longer in a group from a day on; returns how many were."""
    group = group_by_hand(session, group_id)
    held = list_held(session, worker_ids, GroupKind(group.kind), on)
    leaving = [row for row in held if row.group_id == group_id]
    if not leaving:
        return 0
    steps = Steps()
    _end(session, leaving, on, steps)
    keep_steps(session, group, steps, on, act_id, now)
    people = sorted({row.worker_id for row in leaving})
    record_group_act(
        session, "workforce.group_left", group, actor, now, on=on.isoformat(), workers=people
    )
    return len(people)


def move_to_group(
    session: Session,
    from_id: str,
    to_id: str,
    worker_ids: Sequence[str],
    *,
    on: date,
    act_id: str,
    actor: Actor,
    now: datetime,
) -> int:
    """People of one group are in another of its kind from a day on; returns how many."""
    origin, target = group_by_hand(session, from_id), group_by_hand(session, to_id)
    if origin.kind != target.kind or origin.company_id != target.company_id or from_id == to_id:
        raise OtherKindOfGroup
    held = list_held(session, worker_ids, GroupKind(origin.kind), on)
    people = sorted({row.worker_id for row in held if row.group_id == from_id})
    if not people:
        return 0
    left = take_out_of_group(session, from_id, people, on=on, act_id=act_id, actor=actor, now=now)
    place_in_group(session, to_id, people, moves=True, on=on, act_id=act_id, actor=actor, now=now)
    return left


def close_group(
    session: Session, group_id: str, *, on: date, act_id: str, actor: Actor, now: datetime
) -> None:
    """A group that everybody has left is no longer in use from a day on; its history stays."""
    group = group_by_hand(session, group_id)
    if group.closed_on is not None:
        return
    group.closed_on = on
    session.flush()
    keep_steps(session, group, Steps(closed=True), on, act_id, now)
    record_group_act(session, "workforce.group_closed", group, actor, now, on=on.isoformat())


def _end(session: Session, rows: Sequence[Any], on: date, steps: Steps) -> None:
    """End memberships the day before; one that began no earlier never was."""
    unbegun = [row for row in rows if row.from_on >= on]
    begun = [row.id for row in rows if row.from_on < on]
    if unbegun:
        session.execute(
            delete(Membership).where(Membership.id.in_([row.id for row in unbegun])),
            execution_options=UNLOADED,
        )
    if begun:
        session.execute(
            update(Membership).where(Membership.id.in_(begun)).values(to_on=on - timedelta(days=1)),
            execution_options=UNLOADED,
        )
    steps.ended += begun
    steps.dropped += [
        [row.id, row.worker_id, row.group_id, row.from_on.isoformat()] for row in unbegun
    ]


def _begin(
    session: Session,
    group_id: str,
    worker_ids: Sequence[str],
    on: date,
    now: datetime,
    steps: Steps,
) -> None:
    rows = [
        {"id": new_id(now), "worker_id": worker_id, "group_id": group_id, "from_on": on}
        for worker_id in worker_ids
    ]
    if rows:
        session.execute(insert(Membership), rows)
        steps.begun += [str(row["id"]) for row in rows]
