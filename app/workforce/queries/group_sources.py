"""What groups are filled from: the columns of the staff list, and badges that were pasted."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Branch
from app.workforce.models import (
    Membership,
    PatternAssignment,
    Worker,
    WorkGroup,
    WorkPattern,
)
from app.workforce.queries.group_days import assigned_on, member_on
from app.workforce.queries.groups import GroupRow, natural_key
from app.workforce.queries.workers import Above, unit_name
from app.workforce.rules.groups import EXCLUSIVE_KINDS
from app.workforce.rules.pasting import KnownBadge

MOST_VALUES = 1000  # databases limit how many values one statement may carry


class Source(StrEnum):
    """A column of the staff list that groups may be built from."""

    POSITION = "position"
    UNIT = "unit"
    PATTERN = "pattern"


def list_source_values(
    session: Session, company_id: int, source: Source, on: date
) -> list[tuple[str, int]]:
    """The values of a column of the staff list and how many workers have each."""
    counts: dict[str, int] = defaultdict(int)
    for _, value in _sourced(session, company_id, source, on):
        counts[value] += 1
    return sorted(counts.items(), key=lambda pair: natural_key(pair[0]))


def list_ids_by_value(
    session: Session, company_id: int, source: Source, values: Sequence[str], on: date
) -> dict[str, list[str]]:
    """The workers who have each of these values of a column."""
    found: dict[str, list[str]] = {value: [] for value in values}
    for worker_id, value in _sourced(session, company_id, source, on):
        if value in found:
            found[value].append(worker_id)
    return found


def _sourced(
    session: Session, company_id: int, source: Source, on: date
) -> Iterator[tuple[str, str]]:
    value: Any = {
        Source.POSITION: Worker.position,
        Source.UNIT: unit_name(),
        Source.PATTERN: WorkPattern.name,
    }[source]
    chosen = (
        select(Worker.id, value)
        .join(Branch, Branch.id == Worker.branch_id)
        .outerjoin(Above, Above.id == Branch.parent_id)
        .where(Worker.company_id == company_id, Worker.left_on.is_(None), value.is_not(None))
        .order_by(Worker.id)
    )
    if source is Source.PATTERN:
        held = and_(PatternAssignment.worker_id == Worker.id, *assigned_on(on))
        chosen = chosen.join(PatternAssignment, held).join(
            WorkPattern, WorkPattern.id == PatternAssignment.pattern_id
        )
    yield from ((worker_id, text[:80]) for worker_id, text in session.execute(chosen) if text)


def known_badges(
    session: Session, group: GroupRow, keys: Sequence[str], paths: Sequence[str], on: date
) -> dict[str, KnownBadge]:
    """What is known of badges for a group; those of other companies only within these branches."""
    known: dict[str, KnownBadge] = {}
    wanted = sorted(set(keys))
    for start in range(0, len(wanted), MOST_VALUES):
        chunk = wanted[start : start + MOST_VALUES]
        known.update(_of_others(session, group, chunk, paths))
        known.update(_of_company(session, group, chunk, on))
    return known


def _of_others(
    session: Session, group: GroupRow, keys: Sequence[str], paths: Sequence[str]
) -> dict[str, KnownBadge]:
    company = aliased(Branch)
    rows = session.execute(
        select(Worker.badge_key, Worker.id, Worker.name, company.name)
        .join(Branch, Branch.id == Worker.branch_id)
        .join(company, company.id == Worker.company_id)
        .where(Worker.badge_key.in_(keys), Worker.company_id != group.company_id)
        .where(or_(*[Branch.path.startswith(path) for path in paths]))
    ).all()
    return {key: KnownBadge(id_, name, other_company=other) for key, id_, name, other in rows}


def _of_company(
    session: Session, group: GroupRow, keys: Sequence[str], on: date
) -> dict[str, KnownBadge]:
    people = session.execute(
        select(Worker.badge_key, Worker.id, Worker.name, Worker.left_on).where(
            Worker.company_id == group.company_id, Worker.badge_key.in_(keys)
        )
    ).all()
    held = session.execute(
        select(Membership.worker_id, WorkGroup.id, WorkGroup.name)
        .join(WorkGroup, WorkGroup.id == Membership.group_id)
        .where(Membership.worker_id.in_([row.id for row in people]), *member_on(on))
        .where(WorkGroup.kind == group.kind)
    ).all()
    members = {worker_id for worker_id, group_id, _ in held if group_id == group.id}
    elsewhere = {worker_id: name for worker_id, group_id, name in held if group_id != group.id}
    if group.kind not in EXCLUSIVE_KINDS:
        elsewhere = {}
    return {
        key: KnownBadge(
            id_,
            name,
            is_member=id_ in members,
            elsewhere=elsewhere.get(id_, ""),
            has_left=left_on is not None,
        )
        for key, id_, name, left_on in people
    }
