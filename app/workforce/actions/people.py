"""Workers: add, change, move, leave; memberships of groups, always dated."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.accounts.actions.workers import add_worker_account, change_worker_account
from app.accounts.models import Branch
from app.accounts.rules import badge_key
from app.audit.actions import record_act
from app.delivery.actions.contacts import keep_address
from app.delivery.rules.roads import AddressKind
from app.extensions import blind_index
from app.kernel.actors import Actor
from app.kernel.events import publish
from app.kernel.ids import new_id
from app.kernel.text import fold, squeeze
from app.workforce.models import Membership, Worker, WorkGroup
from app.workforce.queries.searching import phone_tail_index
from app.workforce.rules.duplicates import MergedAway
from app.workforce.rules.groups import BadgeTaken, EndsBeforeStart, WorkChanged, WorkEnded


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a company's list says of one worker; phone and ID number are clean already."""

    badge: str
    name: str
    born_on: date | None = None
    birth_year: int | None = None
    sex: str | None = None
    phone: str | None = None
    id_number: str | None = None
    position: str | None = None
    joined_on: date | None = None


def add_worker(
    session: Session, unit: Branch, particulars: Particulars, *, actor: Actor, now: datetime
) -> str:
    """A new worker of a unit, with an account but no PIN yet; returns the id of both."""
    company_id = int(unit.company_id or 0)
    key = badge_key(particulars.badge)
    taken = select(Worker.id).where(Worker.company_id == company_id, Worker.badge_key == key)
    if session.scalar(taken) is not None:
        raise BadgeTaken(badge=particulars.badge)
    worker_id = add_worker_account(
        session,
        company_id=company_id,
        badge=particulars.badge,
        name=squeeze(particulars.name),
        now=now,
    )
    worker = Worker(id=worker_id, company_id=company_id, branch_id=unit.id, updated_at=now)
    _write(worker, particulars, now)
    session.add(worker)
    session.flush()
    keep_address(session, worker_id, AddressKind.PHONE, worker.phone, now=now)
    record_act(
        session,
        "workforce.worker_added",
        actor=actor,
        now=now,
        subject_id=worker_id,
        company_id=company_id,
    )
    return worker_id


def change_worker(
    session: Session, worker: Worker, particulars: Particulars, *, actor: Actor, now: datetime
) -> None:
    """Take over what a company's list says of a worker it already has."""
    _check_stands(worker)
    key = badge_key(particulars.badge)
    taken = select(Worker.id).where(Worker.company_id == worker.company_id, Worker.badge_key == key)
    if key != worker.badge_key and session.scalar(taken) is not None:
        raise BadgeTaken(badge=particulars.badge)
    _write(worker, particulars, now)
    keep_address(session, worker.id, AddressKind.PHONE, worker.phone, now=now)
    change_worker_account(
        session, worker.id, name=worker.name, badge=worker.badge, active=worker.left_on is None
    )
    record_act(
        session,
        "workforce.worker_changed",
        actor=actor,
        now=now,
        subject_id=worker.id,
        company_id=worker.company_id,
    )


def _check_stands(worker: Worker) -> None:
    if worker.merged_into_id is not None:
        raise MergedAway


def _write(worker: Worker, particulars: Particulars, now: datetime) -> None:
    worker.badge = squeeze(particulars.badge)
    worker.badge_key = badge_key(particulars.badge)
    worker.name = squeeze(particulars.name)
    worker.name_folded = fold(particulars.name)
    worker.born_on = particulars.born_on
    worker.birth_year = particulars.birth_year
    worker.sex = particulars.sex
    worker.phone = particulars.phone
    worker.phone_index = blind_index(particulars.phone) if particulars.phone else None
    worker.phone_tails = phone_tail_index(particulars.phone)
    worker.id_number = particulars.id_number
    worker.id_number_index = blind_index(particulars.id_number) if particulars.id_number else None
    worker.position = particulars.position
    worker.joined_on = particulars.joined_on
    worker.updated_at = now


def move_worker(
    session: Session, worker: Worker, unit: Branch, *, on: date, actor: Actor, now: datetime
) -> None:
    """A worker works in another unit of the company from a day on."""
    _check_stands(worker)
    if worker.branch_id == unit.id:
        return
    before, worker.branch_id = worker.branch_id, unit.id
    session.flush()
    record_act(
        session,
        "workforce.worker_moved",
        actor=actor,
        now=now,
        subject_id=worker.id,
        company_id=worker.company_id,
        before=before,
        after=unit.id,
        on=on.isoformat(),
    )
    publish(session, WorkChanged(worker.company_id, (worker.id,), on), now=now)


def end_work(
    session: Session, worker: Worker, *, last_on: date, actor: Actor, now: datetime
) -> None:
    """A worker leaves the company after a day; memberships end with it, history stays."""
    _check_stands(worker)
    if worker.joined_on is not None and last_on < worker.joined_on:
        raise EndsBeforeStart
    worker.left_on = last_on
    session.flush()
    session.execute(
        update(Membership)
        .where(Membership.worker_id == worker.id)
        .where(or_(Membership.to_on.is_(None), Membership.to_on > last_on))
        .values(to_on=last_on)
    )
    change_worker_account(session, worker.id, name=worker.name, badge=worker.badge, active=False)
    record_act(
        session,
        "workforce.worker_left",
        actor=actor,
        now=now,
        subject_id=worker.id,
        company_id=worker.company_id,
        last_on=last_on.isoformat(),
    )
    publish(session, WorkEnded((worker.id,)), now=now)
    publish(session, WorkChanged(worker.company_id, (worker.id,), last_on), now=now)


def take_back(session: Session, worker: Worker, *, on: date, actor: Actor, now: datetime) -> None:
    """A worker who had left works here again from a day on."""
    _check_stands(worker)
    worker.left_on = None
    session.flush()
    change_worker_account(session, worker.id, name=worker.name, badge=worker.badge, active=True)
    record_act(
        session,
        "workforce.worker_returned",
        actor=actor,
        now=now,
        subject_id=worker.id,
        company_id=worker.company_id,
    )
    publish(session, WorkChanged(worker.company_id, (worker.id,), on), now=now)


def set_groups(
    session: Session,
    worker_id: str,
    kinds: Iterable[str],
    group_ids: set[str],
    *,
    on: date,
    now: datetime,
) -> None:
    """From a day on the worker's groups of these kinds are exactly these; others stay."""
    held = session.execute(
        select(Membership, WorkGroup.id)
        .join(WorkGroup, WorkGroup.id == Membership.group_id)
        .where(Membership.worker_id == worker_id, WorkGroup.kind.in_(list(kinds)))
        .where(or_(Membership.to_on.is_(None), Membership.to_on >= on))
    ).all()
    for membership, group_id in held:
        if group_id in group_ids:
            continue
        if membership.from_on >= on:
            session.delete(membership)
        else:
            membership.to_on = on - timedelta(days=1)
    standing = {group_id for _, group_id in held}
    session.add_all(
        Membership(id=new_id(now), worker_id=worker_id, group_id=group_id, from_on=on)
        for group_id in sorted(group_ids - standing)
    )
