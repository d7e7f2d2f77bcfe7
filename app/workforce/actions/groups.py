"""Groups made and filled by hand: every membership dated, every step kept so that it is undone.

Each function takes some hundred people at the most; whoever calls it cuts a longer list.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.kernel.refusals import NotFound
from app.kernel.text import fold, squeeze
from app.workforce.models import GroupChange, Membership, Worker, WorkGroup
from app.workforce.rules.groups import (
    EXCLUSIVE_KINDS,
    UNIT_KINDS,
    GroupFollowsUnit,
    GroupIsClosed,
    GroupKind,
    GroupNameTaken,
    OtherKindOfGroup,
    TooLateToUndo,
)

CHUNK = 250
LONGEST_NAME = 80
# Nothing of these tables is loaded here, so no object in memory has to follow a statement.
UNLOADED = {"synchronize_session": False}


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


@dataclass(frozen=True, slots=True)
class Undone:
    """How many memberships are as they were, and how many had changed again since."""

    people: int = 0
    kept: int = 0

    def __add__(self, other: "Undone") -> "Undone":
        return Undone(self.people + other.people, self.kept + other.kept)


@dataclass(slots=True)
class _Steps:
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
        return {
            "begun": self.begun,
            "ended": self.ended,
            "dropped": self.dropped,
            "old_name": self.old_name,
            "closed": self.closed,
            "made": self.made,
        }


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
    known = _named(session, company_id, kind, shown)
    if known is not None and known.closed_on is None:
        raise GroupNameTaken(name=known.name)
    group = known or WorkGroup(id=new_id(now), company_id=company_id, kind=kind, name=shown)
    group.closed_on = None
    session.add(group)
    session.flush()
    _keep(session, group, _Steps(made=True), on, act_id, now)
    _record(session, "workforce.group_added", group, actor, now, name=group.name)
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
    group = _by_hand(session, group_id)
    shown = squeeze(name)[:LONGEST_NAME]
    known = _named(session, group.company_id, group.kind, shown)
    if known is not None and known.id != group.id:
        raise GroupNameTaken(name=known.name)
    if shown == group.name:
        return
    before, group.name = group.name, shown
    session.flush()
    _keep(session, group, _Steps(old_name=before), on, act_id, now)
    _record(session, "workforce.group_renamed", group, actor, now, before=before, after=shown)


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
    group = _by_hand(session, group_id)
    if group.closed_on is not None:
        raise GroupIsClosed(name=group.name)
    people = _working(session, group.company_id, worker_ids)
    held = _held(session, people, GroupKind(group.kind), on)
    inside = {row.worker_id for row in held if row.group_id == group_id}
    is_exclusive = group.kind in EXCLUSIVE_KINDS
    others = [
        row for row in held if is_exclusive and row.group_id != group_id and row.worker_id in people
    ]
    elsewhere = {row.worker_id for row in others} - inside
    joining = [each for each in people if each not in inside and (moves or each not in elsewhere)]
    steps = _Steps()
    if moves:
        _end(session, [row for row in others if row.worker_id in set(joining)], on, steps)
    _begin(session, group_id, joining, on, now, steps)
    came = len(elsewhere & set(joining))
    if joining:
        _keep(session, group, steps, on, act_id, now)
        _record(
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
    group = _by_hand(session, group_id)
    held = _held(session, worker_ids, GroupKind(group.kind), on)
    leaving = [row for row in held if row.group_id == group_id]
    if not leaving:
        return 0
    steps = _Steps()
    _end(session, leaving, on, steps)
    _keep(session, group, steps, on, act_id, now)
    people = sorted({row.worker_id for row in leaving})
    _record(session, "workforce.group_left", group, actor, now, on=on.isoformat(), workers=people)
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
    origin, target = _by_hand(session, from_id), _by_hand(session, to_id)
    if origin.kind != target.kind or origin.company_id != target.company_id or from_id == to_id:
        raise OtherKindOfGroup
    held = _held(session, worker_ids, GroupKind(origin.kind), on)
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
    group = _by_hand(session, group_id)
    if group.closed_on is not None:
        return
    group.closed_on = on
    session.flush()
    _keep(session, group, _Steps(closed=True), on, act_id, now)
    _record(session, "workforce.group_closed", group, actor, now, on=on.isoformat())


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
    _record(
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
    held = _held(session, people, kind, today)
    taken = {row.worker_id for row in held} if kind in EXCLUSIVE_KINDS else set()
    inside = {(row.worker_id, row.group_id) for row in held}
    still = set(_working(session, group.company_id, people))
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
        rival = _named(session, group.company_id, group.kind, steps["old_name"])
        if rival is not None and rival.id != group.id:
            raise GroupNameTaken(name=rival.name)
        group.name = steps["old_name"]
    if steps["made"]:
        has_people = select(Membership.id).where(Membership.group_id == group.id).limit(1)
        if session.scalar(has_people) is None:
            session.delete(group)


def _by_hand(session: Session, group_id: str) -> WorkGroup:
    group = session.get(WorkGroup, group_id)
    if group is None:
        raise NotFound
    if group.kind in UNIT_KINDS:
        raise GroupFollowsUnit
    return group


def _named(session: Session, company_id: int, kind: str, name: str) -> WorkGroup | None:
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


def _working(session: Session, company_id: int, worker_ids: Sequence[str]) -> list[str]:
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


def _held(session: Session, worker_ids: Sequence[str], kind: GroupKind, on: date) -> Sequence[Any]:
    """Memberships of a kind that last on a day or later."""
    return session.execute(
        select(Membership.id, Membership.worker_id, Membership.group_id, Membership.from_on)
        .join(WorkGroup, WorkGroup.id == Membership.group_id)
        .where(Membership.worker_id.in_(worker_ids), WorkGroup.kind == kind)
        .where(or_(Membership.to_on.is_(None), Membership.to_on >= on))
    ).all()


def _end(session: Session, rows: Sequence[Any], on: date, steps: _Steps) -> None:
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
    steps: _Steps,
) -> None:
    rows = [
        {"id": new_id(now), "worker_id": worker_id, "group_id": group_id, "from_on": on}
        for worker_id in worker_ids
    ]
    if rows:
        session.execute(insert(Membership), rows)
        steps.begun += [str(row["id"]) for row in rows]


def _keep(
    session: Session, group: WorkGroup, steps: _Steps, on: date, act_id: str, now: datetime
) -> None:
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


def _record(
    session: Session, act: str, group: WorkGroup, actor: Actor, now: datetime, **details: Any
) -> None:
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
