"""Many workers at once: add, change, move, leave, group, schedule, in a few statements each.

None of these tells anybody; whoever calls them publishes one `WorkChanged` for all.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from app.accounts.actions.workers import (
    add_worker_accounts,
    rename_worker_accounts,
    set_worker_accounts_active,
)
from app.accounts.rules import badge_key
from app.audit.actions import record_act, record_acts
from app.delivery.actions.contacts import keep_addresses
from app.delivery.rules.roads import AddressKind
from app.extensions import blind_index
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.kernel.text import fold, squeeze
from app.workforce.models import Membership, PatternAssignment, Worker, WorkGroup
from app.workforce.queries.searching import phone_tail_index
from app.workforce.rules import Particulars
from app.workforce.rules.groups import GroupKind

# Nothing of these tables is loaded here, so no object in memory has to follow a statement.
UNLOADED = {"synchronize_session": False}
GroupWish = Mapping[GroupKind, AbstractSet[str]]


@dataclass(frozen=True, slots=True)
class NewWorker:
    """A worker to be added to a unit."""

    branch_id: int
    badge: str
    facts: Particulars


def add_workers(
    session: Session,
    company_id: int,
    people: Sequence[NewWorker],
    *,
    actor: Actor,
    now: datetime,
) -> list[str]:
    """New workers with an account but no PIN yet; their badges must be free. Returns the ids."""
    if not people:
        return []
    ids = add_worker_accounts(
        session,
        company_id,
        [(one.badge, squeeze(one.facts.name or "")) for one in people],
        now=now,
    )
    session.execute(
        insert(Worker),
        [
            {
                "id": worker_id,
                "company_id": company_id,
                "branch_id": one.branch_id,
                "badge": squeeze(one.badge),
                "badge_key": badge_key(one.badge),
                **_columns(one.facts, now),
            }
            for worker_id, one in zip(ids, people, strict=True)
        ],
    )
    phones = {key: one.facts.phone for key, one in zip(ids, people, strict=True)}
    keep_addresses(session, AddressKind.PHONE, phones, now=now)
    record_acts(
        session,
        "workforce.worker_added",
        {key: {} for key in ids},
        company_id=company_id,
        actor=actor,
        now=now,
    )
    return ids


def change_workers(
    session: Session,
    company_id: int,
    facts_by_worker: Mapping[str, Particulars],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """What a company's list says of workers it already has; badges stay as they are."""
    if not facts_by_worker:
        return
    rows = {worker_id: _columns(facts, now) for worker_id, facts in facts_by_worker.items()}
    session.execute(
        update(Worker), [{"id": worker_id, **columns} for worker_id, columns in rows.items()]
    )
    phones = {key: facts.phone for key, facts in facts_by_worker.items()}
    keep_addresses(session, AddressKind.PHONE, phones, now=now)
    rename_worker_accounts(session, {key: columns["name"] for key, columns in rows.items()})
    record_acts(
        session,
        "workforce.worker_changed",
        {key: {} for key in rows},
        company_id=company_id,
        actor=actor,
        now=now,
    )


def _columns(facts: Particulars, now: datetime) -> dict[str, Any]:
    name = squeeze(facts.name or "")
    return {
        "name": name,
        "name_folded": fold(name),
        "born_on": facts.born_on,
        "birth_year": facts.birth_year,
        "sex": facts.sex,
        "phone": facts.phone,
        "phone_index": blind_index(facts.phone) if facts.phone else None,
        "phone_tails": phone_tail_index(facts.phone),
        "id_number": facts.id_number,
        "id_number_index": blind_index(facts.id_number) if facts.id_number else None,
        "position": facts.position,
        "joined_on": facts.joined_on,
        "updated_at": now,
    }


def move_workers(
    session: Session,
    company_id: int,
    branch_by_worker: Mapping[str, int],
    *,
    on: date,
    actor: Actor,
    now: datetime,
) -> None:
    """Workers of a company work in other units from a day on."""
    if not branch_by_worker:
        return
    moving = select(Worker.id, Worker.branch_id).where(Worker.id.in_(branch_by_worker))
    before = {row.id: row.branch_id for row in session.execute(moving)}
    session.execute(
        update(Worker),
        [
            {"id": worker_id, "branch_id": branch_id}
            for worker_id, branch_id in branch_by_worker.items()
        ],
    )
    record_acts(
        session,
        "workforce.worker_moved",
        {
            worker_id: {"before": before[worker_id], "after": branch_id, "on": on.isoformat()}
            for worker_id, branch_id in branch_by_worker.items()
        },
        company_id=company_id,
        actor=actor,
        now=now,
    )


def end_work_of(
    session: Session,
    company_id: int,
    last_on_by_worker: Mapping[str, date],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Workers leave the company after a day each; memberships end with it, history stays."""
    if not last_on_by_worker:
        return
    session.execute(
        update(Worker),
        [{"id": key, "left_on": last_on} for key, last_on in last_on_by_worker.items()],
    )
    for last_on in set(last_on_by_worker.values()):
        leaving = [key for key, on in last_on_by_worker.items() if on == last_on]
        session.execute(
            update(Membership)
            .where(Membership.worker_id.in_(leaving))
            .where(or_(Membership.to_on.is_(None), Membership.to_on > last_on))
            .values(to_on=last_on),
            execution_options=UNLOADED,
        )
    set_worker_accounts_active(session, list(last_on_by_worker), active=False)
    record_acts(
        session,
        "workforce.worker_left",
        {key: {"last_on": last_on.isoformat()} for key, last_on in last_on_by_worker.items()},
        company_id=company_id,
        actor=actor,
        now=now,
    )


def take_back_all(
    session: Session,
    company_id: int,
    worker_ids: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Workers who had left work here again."""
    if not worker_ids:
        return
    session.execute(
        update(Worker).where(Worker.id.in_(worker_ids)).values(left_on=None),
        execution_options=UNLOADED,
    )
    set_worker_accounts_active(session, worker_ids, active=True)
    record_acts(
        session,
        "workforce.worker_returned",
        {key: {} for key in worker_ids},
        company_id=company_id,
        actor=actor,
        now=now,
    )


def set_groups_of(
    session: Session, wishes: Mapping[str, GroupWish], *, on: date, now: datetime
) -> None:
    """From a day on each worker's groups of the kinds named are exactly these; others stay."""
    if not wishes:
        return
    held = session.execute(
        select(
            Membership.id,
            Membership.worker_id,
            Membership.group_id,
            Membership.from_on,
            WorkGroup.kind,
        )
        .join(WorkGroup, WorkGroup.id == Membership.group_id)
        .where(Membership.worker_id.in_(wishes))
        .where(or_(Membership.to_on.is_(None), Membership.to_on >= on))
    ).all()
    standing = {(row.worker_id, row.group_id) for row in held}
    ended = [
        row
        for row in held
        if row.kind in (wish := wishes[row.worker_id]) and row.group_id not in wish[row.kind]
    ]
    unbegun = [row.id for row in ended if row.from_on >= on]
    begun = [row.id for row in ended if row.from_on < on]
    if unbegun:
        session.execute(
            delete(Membership).where(Membership.id.in_(unbegun)), execution_options=UNLOADED
        )
    if begun:
        session.execute(
            update(Membership).where(Membership.id.in_(begun)).values(to_on=on - timedelta(days=1)),
            execution_options=UNLOADED,
        )
    rows = [
        {"id": new_id(now), "worker_id": worker_id, "group_id": group_id, "from_on": on}
        for worker_id, wish in wishes.items()
        for group_ids in wish.values()
        for group_id in sorted(group_ids)
        if (worker_id, group_id) not in standing
    ]
    if rows:
        session.execute(insert(Membership), rows)


def follow_patterns(
    session: Session,
    company_id: int,
    pattern_by_worker: Mapping[str, str],
    *,
    from_on: date,
    actor: Actor,
    now: datetime,
) -> None:
    """Workers follow a pattern from a day on, in place of what they followed."""
    if not pattern_by_worker:
        return
    session.execute(
        update(PatternAssignment)
        .where(PatternAssignment.worker_id.in_(pattern_by_worker))
        .where(or_(PatternAssignment.to_on.is_(None), PatternAssignment.to_on >= from_on))
        .values(to_on=from_on - timedelta(days=1)),
        execution_options=UNLOADED,
    )
    session.execute(
        insert(PatternAssignment),
        [
            {
                "id": new_id(now),
                "worker_id": worker_id,
                "pattern_id": pattern_id,
                "from_on": from_on,
                "to_on": None,
            }
            for worker_id, pattern_id in pattern_by_worker.items()
        ],
    )
    for pattern_id, count in Counter(pattern_by_worker.values()).items():
        record_act(
            session,
            "workforce.pattern_assigned",
            actor=actor,
            now=now,
            subject_id=pattern_id,
            company_id=company_id,
            workers=count,
            from_on=from_on.isoformat(),
        )
