"""How the exchange between a park and its province stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.settings import NodeRole, Settings
from app.sync.models import EarlyEntry, Fork, KnownNode, ThisNode
from app.sync.queries.logs import (
    count_pending,
    get_head,
)
from app.sync.rules import Direction, DownForked, Forked


@dataclass(frozen=True, slots=True)
class SyncState:
    """What the frame around every office page shows of the exchange."""

    enrolled: bool
    last_contact_at: datetime | None
    pending: int
    problem_code: str | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps entries from going on, since when, and with which park."""

    code: str
    at: datetime | None = None
    park: str = ""
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """Both logs of this node; at a province, which keeps one pair per park, only the problems."""

    node: str | None = None
    enrolled: bool = False
    upstream_url: str = ""
    up_head: int = 0
    accepted_through: int = 0
    pending: dict[str, int] = field(default_factory=dict)
    down_head: int = 0
    applied_through: int = 0
    last_contact_at: datetime | None = None
    next_push_at: datetime | None = None
    problems: Sequence[Problem] = ()


def sync_state(session: Session, settings: Settings) -> SyncState:
    """The exchange in four values; at a province the last contact with any park."""
    if settings.role is NodeRole.PROVINCE:
        last = session.scalar(select(func.max(KnownNode.last_contact_at)))
        open_forks = select(func.count()).select_from(Fork).where(Fork.settled_at.is_(None))
        forked = session.scalar(open_forks)
        return SyncState(True, last, 0, Forked.code if forked else None)
    row = session.execute(
        select(
            ThisNode.node,
            ThisNode.enrolled_at,
            ThisNode.last_contact_at,
            ThisNode.accepted_through,
            ThisNode.last_problem,
        )
    ).first()
    if row is None:
        return SyncState(False, None, 0, None)
    pending = get_head(session, row.node, Direction.UP).seq - row.accepted_through
    problem = row.last_problem["code"] if row.last_problem else None
    return SyncState(row.enrolled_at is not None, row.last_contact_at, max(0, pending), problem)


def get_status(session: Session, settings: Settings) -> NodeStatus:
    """Everything an admin asks of the exchange."""
    row = session.execute(
        select(
            ThisNode.node,
            ThisNode.enrolled_at,
            ThisNode.upstream_url,
            ThisNode.last_contact_at,
            ThisNode.accepted_through,
            ThisNode.next_push_at,
            ThisNode.last_problem,
            ThisNode.pull_problem,
            ThisNode.applied_through,
            ThisNode.down_head,
        )
    ).first()
    if settings.role is NodeRole.PROVINCE:
        last = session.scalar(select(func.max(KnownNode.last_contact_at)))
        problems = _province_problems(session)
        return NodeStatus(row.node if row else None, last_contact_at=last, problems=problems)
    if row is None:
        return NodeStatus()
    return NodeStatus(
        node=row.node,
        enrolled=row.enrolled_at is not None,
        upstream_url=settings.upstream_url or row.upstream_url,
        up_head=get_head(session, row.node, Direction.UP).seq,
        accepted_through=row.accepted_through,
        pending=count_pending(session, row.node, row.accepted_through),
        down_head=row.down_head,
        applied_through=row.applied_through,
        last_contact_at=row.last_contact_at,
        next_push_at=row.next_push_at,
        problems=_park_problems(session, row),
    )


def _park_problems(session: Session, row: Any) -> list[Problem]:
    kept = [each for each in (row.last_problem, row.pull_problem) if each is not None]
    problems = [
        Problem(each["code"], datetime.fromisoformat(each["since"]), "", each["params"])
        for each in kept
    ]
    if len(problems) > 1 and problems[0].code == problems[1].code:
        del problems[1]
    waiting = _waiting_since(session, Direction.DOWN).get(row.node)
    if waiting is not None:
        told = {"expected_seq": row.applied_through + 1}
        problems.append(Problem("sync.down_gap", waiting, "", told))
    told_codes = {each.code for each in problems}
    forks = [each for each in _forks_of(session) if each.code not in told_codes]
    return problems + forks


def _province_problems(session: Session) -> list[Problem]:
    waiting = _waiting_since(session, Direction.UP)
    parks = session.execute(
        select(KnownNode.node, KnownNode.name, KnownNode.accepted_through)
        .where(KnownNode.node.in_(waiting))
        .order_by(KnownNode.name)
    ).all()
    gaps = [
        Problem("sync.up_gap", waiting[node], park, {"expected_seq": through + 1})
        for node, park, through in parks
    ]
    return [*_forks_of(session), *gaps]


def _waiting_since(session: Session, direction: Direction) -> dict[str, datetime]:
    """Of each log with a hole, since when entries wait behind it."""
    rows = session.execute(
        select(EarlyEntry.node, func.min(EarlyEntry.received_at).label("since"))
        .where(EarlyEntry.direction == direction)
        .group_by(EarlyEntry.node)
    ).all()
    return {row.node: row.since for row in rows}


def _forks_of(session: Session) -> list[Problem]:
    rows = session.execute(
        select(KnownNode.name, Fork.direction, func.min(Fork.seq), func.min(Fork.received_at))
        .outerjoin(KnownNode, KnownNode.node == Fork.node)
        .where(Fork.settled_at.is_(None))
        .group_by(Fork.node, KnownNode.name, Fork.direction)
        .order_by(KnownNode.name)
    ).all()
    codes = {Direction.UP: Forked.code, Direction.DOWN: DownForked.code}
    return [
        Problem(codes[Direction(direction)], at, park or "", {"seq": seq})
        for park, direction, seq, at in rows
    ]
