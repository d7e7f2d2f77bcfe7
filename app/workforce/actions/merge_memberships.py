"""Groups, patterns and other rows of a record that change hands when it is merged."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.kernel.ids import new_id
from app.workforce.actions.merge_ledger import add_row, change_rows, remove_row
from app.workforce.models import Membership, PatternAssignment, WorkGroup
from app.workforce.rules.duplicates import Span, days_left
from app.workforce.rules.groups import GroupKind

MEMBERSHIP: Any = Membership.__table__
ASSIGNMENT: Any = PatternAssignment.__table__
UNIT_KINDS = (GroupKind.LINE, GroupKind.TEAM)


def hand_over_rows(
    session: Session,
    merge_id: int,
    column: Any,
    kept_id: str,
    gone_id: str,
    *only: ColumnElement[bool],
) -> None:
    """Rows that name the record that goes in a column name the kept one from now on."""
    chosen = select(column.table.c.id).where(column == gone_id, *only).order_by(column.table.c.id)
    before, after = {column.name: gone_id}, {column.name: kept_id}
    changes = [(key, before, after) for key in session.scalars(chosen)]
    change_rows(session, merge_id, column.table, changes)


def hand_over_groups(
    session: Session,
    merge_id: int,
    kept_id: str,
    gone_id: str,
    on: date,
    *,
    takes_unit: bool,
    now: datetime,
) -> None:
    """The kept record was in every group that either was in, on the same days, once.

    From the day on it is in the line and team of one of them only.
    """
    _end_unit(session, merge_id, kept_id if takes_unit else gone_id, on)
    held: dict[str, list[Span]] = defaultdict(list)
    for row in _memberships(session, kept_id):
        held[row["group_id"]].append(Span(row["from_on"], row["to_on"]))
    for row in _memberships(session, gone_id):
        span = Span(row["from_on"], row["to_on"])
        left = days_left(span, held[row["group_id"]])
        if not left:
            remove_row(session, merge_id, MEMBERSHIP, row)
            continue
        first, *others = left
        changes = [(row["id"], {"worker_id": gone_id}, {"worker_id": kept_id})]
        if first != span:
            changes.append((row["id"], _days(span), _days(first)))
        change_rows(session, merge_id, MEMBERSHIP, changes)
        for other in others:
            new = {**row, **_days(other), "id": new_id(now), "worker_id": kept_id}
            add_row(session, merge_id, MEMBERSHIP, new)
        held[row["group_id"]].extend(left)


def join_spans(session: Session, worker_ids: Collection[str]) -> None:
    """Make one span of those of a worker in a group that lie over each other.

    Whoever joined a group anew since a merge may be put into it again by taking the merge back.
    """
    standing: dict[tuple[str, str], Membership] = {}
    rows = session.scalars(
        select(Membership)
        .where(Membership.worker_id.in_(worker_ids))
        .order_by(Membership.from_on, Membership.id)
    ).all()
    for row in rows:
        known = standing.get((row.worker_id, row.group_id))
        if known is None or (known.to_on or date.max) < row.from_on:
            standing[row.worker_id, row.group_id] = row
            continue
        if known.to_on is not None:
            known.to_on = max(known.to_on, row.to_on) if row.to_on else None
        session.delete(row)
    session.flush()


def _days(span: Span) -> dict[str, Any]:
    return {"from_on": span.from_on, "to_on": span.to_on}


def _memberships(session: Session, worker_id: str) -> list[dict[str, Any]]:
    rows = session.execute(
        select(MEMBERSHIP)
        .where(MEMBERSHIP.c.worker_id == worker_id)
        .order_by(MEMBERSHIP.c.from_on, MEMBERSHIP.c.id)
    )
    return [dict(row) for row in rows.mappings()]


def _end_unit(session: Session, merge_id: int, worker_id: str, on: date) -> None:
    """Who works elsewhere from a day on leaves the line and team of before."""
    kinds = select(WorkGroup.id).where(WorkGroup.kind.in_(UNIT_KINDS))
    rows = session.execute(
        select(MEMBERSHIP).where(
            MEMBERSHIP.c.worker_id == worker_id,
            MEMBERSHIP.c.group_id.in_(kinds),
            or_(MEMBERSHIP.c.to_on.is_(None), MEMBERSHIP.c.to_on >= on),
        )
    ).mappings()
    for row in [dict(each) for each in rows]:
        _end(session, merge_id, MEMBERSHIP, row, on)


def hand_over_pattern(
    session: Session,
    merge_id: int,
    kept_id: str,
    gone_id: str,
    on: date,
    *,
    takes: bool,
    now: datetime,
) -> None:
    """From a day on the kept record follows its own pattern, or the other's where it `takes` it.

    Without one of its own it takes the other's. What was followed before stays where it is.
    """
    own, others = _following(session, kept_id, on), _following(session, gone_id, on)
    if not others or (own and not takes):
        return
    for row in own:
        _end(session, merge_id, ASSIGNMENT, row, on)
    for row in others:
        new = {**row, "id": new_id(now), "worker_id": kept_id, "from_on": max(row["from_on"], on)}
        add_row(session, merge_id, ASSIGNMENT, new)


def _following(session: Session, worker_id: str, on: date) -> list[dict[str, Any]]:
    rows = session.execute(
        select(ASSIGNMENT)
        .where(
            ASSIGNMENT.c.worker_id == worker_id,
            or_(ASSIGNMENT.c.to_on.is_(None), ASSIGNMENT.c.to_on >= on),
        )
        .order_by(ASSIGNMENT.c.from_on, ASSIGNMENT.c.id)
    ).mappings()
    return [dict(row) for row in rows]


def _end(session: Session, merge_id: int, table: Any, row: dict[str, Any], on: date) -> None:
    if row["from_on"] >= on:
        remove_row(session, merge_id, table, row)
        return
    after = {"to_on": on - timedelta(days=1)}
    change_rows(session, merge_id, table, [(row["id"], {"to_on": row["to_on"]}, after)])
