"""Two records that are one person: merged by a person, and taken apart again.

Nothing is thrown away: every row that changes hands is written down with what it was, in the
same transaction. What is added afterwards stays with the record that was kept.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from app.accounts.actions.sessions import close_every_session
from app.accounts.models import Account, Consent
from app.audit.actions import record_act
from app.delivery.models import ContactPoint, Delivery
from app.delivery.rules import Status
from app.delivery.rules.roads import AddressKind
from app.delivery.rules.statuses import WAITING
from app.extensions import upsert
from app.kernel.actors import Actor
from app.kernel.events import publish
from app.kernel.refusals import NotFound
from app.workforce.actions.merge_ledger import change_rows, list_steps, undo_steps
from app.workforce.actions.merge_memberships import (
    hand_over_groups,
    hand_over_pattern,
    hand_over_rows,
    join_spans,
)
from app.workforce.actions.merge_plans import hand_over_plans
from app.workforce.models import Leave, RosterImport, TwoPeople, Worker, WorkerMerge
from app.workforce.queries.duplicates import holders_of_roles, records_mark
from app.workforce.rules.duplicates import (
    GoneHoldsRoles,
    KeptHasLeft,
    LaterMerge,
    MergedAway,
    NotMerged,
    RecordsChanged,
    SameRecord,
    WorkersMerged,
    WorkersParted,
    pair_key,
)
from app.workforce.rules.groups import WorkChanged
from app.workforce.rules.importing import ImportRunning, ImportState

# A field of the page and the columns behind it.
FIELDS: dict[str, tuple[str, ...]] = {
    "name": ("name", "name_folded"),
    "born": ("born_on", "birth_year"),
    "sex": ("sex",),
    "phone": ("phone", "phone_index"),
    "id_number": ("id_number", "id_number_index"),
    "position": ("position",),
    "joined_on": ("joined_on",),
    "unit": ("branch_id",),
}
PATTERN = "pattern"
WORKER: Any = Worker.__table__
ACCOUNT: Any = Account.__table__
DELIVERY: Any = Delivery.__table__
CONSENT: Any = Consent.__table__
POINT: Any = ContactPoint.__table__
# Undone by the features that keep them, which know what may have happened since.
HEALTH_TABLES = frozenset({"duty", "check_in", "health_state"})


def tell_apart(
    session: Session, one_id: str, other_id: str, *, actor: Actor, now: datetime
) -> None:
    """Remember that two records are two people, so that nobody is asked again."""
    one, other = _both(session, one_id, other_id)
    first, second = pair_key(one_id, other_id)
    session.execute(
        upsert(session, TwoPeople)
        .values(
            first_id=first,
            second_id=second,
            company_id=one.company_id,
            at=now,
            account_id=actor.account_id,
        )
        .on_conflict_do_nothing()
    )
    record_act(
        session,
        "workforce.told_apart",
        actor=actor,
        now=now,
        subject_id=one.id,
        company_id=one.company_id,
        other=other.id,
    )


def doubt_again(
    session: Session, one_id: str, other_id: str, *, actor: Actor, now: datetime
) -> None:
    """Take back that two records are two people."""
    one, other = _both(session, one_id, other_id)
    first, second = pair_key(one_id, other_id)
    session.execute(
        delete(TwoPeople).where(TwoPeople.first_id == first, TwoPeople.second_id == second)
    )
    record_act(
        session,
        "workforce.told_apart_undone",
        actor=actor,
        now=now,
        subject_id=one.id,
        company_id=one.company_id,
        other=other.id,
    )


def _both(session: Session, one_id: str, other_id: str) -> tuple[Worker, Worker]:
    """Two records of one company, neither merged away; their rows are locked."""
    if one_id == other_id:
        raise SameRecord
    rows = session.scalars(
        select(Worker)
        .where(Worker.id.in_((one_id, other_id)))
        .order_by(Worker.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    found = {row.id: row for row in rows}
    if len(found) != 2 or len({row.company_id for row in rows}) != 1:
        raise NotFound
    if any(row.merged_into_id for row in rows):
        raise MergedAway
    return found[one_id], found[other_id]


def merge_workers(
    session: Session,
    kept_id: str,
    gone_id: str,
    taken: Collection[str],
    *,
    seen: str,
    on: date,
    actor: Actor,
    now: datetime,
) -> int:
    """One record takes over all that is of another, from a day on; returns the merge's id.

    `taken` are the fields whose value comes from the record that goes; `seen` is the mark of both
    records as the person saw them.
    1. The record that goes is shut and signed out. 2. Its groups, messages and the like change
    hands. 3. The features above hand over what they keep (answers, levels). 4. Duties follow.
    """
    kept, gone = _both(session, kept_id, gone_id)
    _check_no_list_is_saved(session, kept.company_id)
    if records_mark(session, (kept_id, gone_id)) != seen:
        raise RecordsChanged
    if kept.left_on is not None:
        raise KeptHasLeft
    if holders_of_roles(session, [gone_id]):
        raise GoneHoldsRoles
    company_id = kept.company_id
    merge_id = session.execute(
        insert(WorkerMerge)
        .values(
            company_id=company_id,
            kept_id=kept_id,
            gone_id=gone_id,
            at=now,
            account_id=actor.account_id,
            merged_by=actor.name,
        )
        .returning(WorkerMerge.id)
    ).scalar_one()
    _shut(session, merge_id, gone_id, actor, now)
    gone_unit = gone.branch_id
    takes_unit = "unit" in taken and kept.branch_id != gone_unit
    _take_fields(session, merge_id, kept, gone, taken, on, now)
    hand_over_groups(session, merge_id, kept_id, gone_id, on, takes_unit=takes_unit, now=now)
    hand_over_pattern(session, merge_id, kept_id, gone_id, on, takes=PATTERN in taken, now=now)
    hand_over_plans(session, merge_id, kept_id, gone_id, now=now)
    _hand_over_plain_rows(session, merge_id, kept_id, gone_id)
    _hand_over_addresses(session, merge_id, kept_id, gone_id, now)
    publish(session, WorkersMerged(merge_id, company_id, kept_id, gone_id), now=now)
    publish(session, WorkChanged(company_id, (kept_id, gone_id), on), now=now)
    record_act(
        session,
        "workforce.workers_merged",
        actor=actor,
        now=now,
        subject_id=kept_id,
        company_id=company_id,
        gone=gone_id,
        taken=sorted(taken),
        merge=merge_id,
    )
    return merge_id


def _check_no_list_is_saved(session: Session, company_id: int) -> None:
    """A staff list that is being saved goes by the records as they were when it was compared."""
    saving = select(RosterImport.id).where(
        RosterImport.company_id == company_id, RosterImport.state == ImportState.APPLYING
    )
    if session.scalar(saving.limit(1)) is not None:
        raise ImportRunning


def _shut(session: Session, merge_id: int, gone_id: str, actor: Actor, now: datetime) -> None:
    """Nobody gets in any more with the badge or a machine of the record that goes."""
    active = session.scalar(select(Account.active).where(Account.id == gone_id))
    close_every_session(session, gone_id, actor=actor, now=now)
    change_rows(session, merge_id, ACCOUNT, [(gone_id, {"active": active}, {"active": False})])


def _take_fields(
    session: Session,
    merge_id: int,
    kept: Worker,
    gone: Worker,
    taken: Collection[str],
    on: date,
    now: datetime,
) -> None:
    changes: list[tuple[str, dict[str, Any], dict[str, Any]]] = []
    for columns in (FIELDS[field] for field in FIELDS if field in taken):
        before = {column: getattr(kept, column) for column in columns}
        changes.append((kept.id, before, {column: getattr(gone, column) for column in columns}))
    last_on = on - timedelta(days=1)
    left_on = min(gone.left_on, last_on) if gone.left_on else last_on
    changes.append((gone.id, {"merged_into_id": None}, {"merged_into_id": kept.id}))
    changes.append((gone.id, {"left_on": gone.left_on}, {"left_on": left_on}))
    # Who was merged into this one stands for the other now: always one hop.
    followers = session.scalars(select(Worker.id).where(Worker.merged_into_id == gone.id)).all()
    changes.extend(
        (each, {"merged_into_id": gone.id}, {"merged_into_id": kept.id}) for each in followers
    )
    kept_id, gone_id = kept.id, gone.id
    change_rows(session, merge_id, WORKER, changes)
    session.execute(update(Worker).where(Worker.id.in_((kept_id, gone_id))).values(updated_at=now))
    _carry_name(session, merge_id, kept_id)
    session.expire_all()


def _carry_name(session: Session, merge_id: int, kept_id: str) -> None:
    """The account is called as its record is."""
    name = session.scalar(select(WORKER.c.name).where(WORKER.c.id == kept_id))
    before = session.scalar(select(ACCOUNT.c.name).where(ACCOUNT.c.id == kept_id))
    if name != before:
        change_rows(session, merge_id, ACCOUNT, [(kept_id, {"name": before}, {"name": name})])


def _hand_over_plain_rows(session: Session, merge_id: int, kept_id: str, gone_id: str) -> None:
    hand_over_rows(session, merge_id, Leave.__table__.c.worker_id, kept_id, gone_id)
    told = select(Delivery.message_id).where(Delivery.person_id == kept_id)
    # What both were told stays where it is: one message and channel is told to one person once.
    hand_over_rows(
        session,
        merge_id,
        DELIVERY.c.person_id,
        kept_id,
        gone_id,
        Delivery.message_id.not_in(told),
    )
    twice = session.execute(
        select(Delivery.id, Delivery.status).where(
            Delivery.person_id == gone_id, Delivery.status.in_(WAITING)
        )
    ).all()
    skipped = [(key, {"status": was}, {"status": str(Status.SKIPPED)}) for key, was in twice]
    change_rows(session, merge_id, DELIVERY, skipped)
    newest = session.scalars(
        select(Consent).where(Consent.account_id == gone_id).order_by(Consent.at.desc()).limit(1)
    ).first()
    # A refusal holds whichever record it was said with; an agreement stays with its own sign-in.
    if newest is not None and not newest.agreed:
        change_rows(
            session,
            merge_id,
            CONSENT,
            [(newest.id, {"account_id": gone_id}, {"account_id": kept_id})],
        )


def _hand_over_addresses(
    session: Session, merge_id: int, kept_id: str, gone_id: str, now: datetime
) -> None:
    """The kept record is written to where its own page says; of other kinds both's addresses stay.

    An address that both had stays where it is: what is known of it is known of both.
    """
    held = select(POINT.c.channel, POINT.c.address_hash, POINT.c.id, POINT.c.gone_at)
    own = session.execute(held.where(POINT.c.person_id == kept_id)).all()
    of_gone = session.execute(held.where(POINT.c.person_id == gone_id)).all()
    both = {(row.channel, row.address_hash) for row in own}
    moved = [row for row in of_gone if (row.channel, row.address_hash) not in both]
    before, after = {"person_id": gone_id}, {"person_id": kept_id}
    change_rows(session, merge_id, POINT, [(row.id, before, after) for row in moved])
    number = session.scalar(select(WORKER.c.phone_index).where(WORKER.c.id == kept_id))
    phones = [row for row in (*own, *moved) if row.channel == AddressKind.PHONE]
    changes = []
    for row in phones:
        gone_at = None if row.address_hash == number else row.gone_at or now
        if gone_at != row.gone_at:
            changes.append((row.id, {"gone_at": row.gone_at}, {"gone_at": gone_at}))
    change_rows(session, merge_id, POINT, changes)


def unmerge_workers(
    session: Session, merge_id: int, *, on: date, actor: Actor, now: datetime
) -> tuple[str, str]:
    """Give each record back exactly what was its own; returns the ids of both.

    What was added since the merge stays with the record that was kept.
    """
    merge = session.scalars(
        select(WorkerMerge)
        .where(WorkerMerge.id == merge_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if merge is None or merge.undone_at is not None:
        raise NotMerged
    kept_id, gone_id, company_id = merge.kept_id, merge.gone_id, merge.company_id
    ids = (kept_id, gone_id)
    _check_no_list_is_saved(session, company_id)
    session.execute(
        select(Worker.id).where(Worker.id.in_(ids)).order_by(Worker.id).with_for_update()
    ).all()
    later = select(WorkerMerge.id).where(
        WorkerMerge.id > merge_id,
        WorkerMerge.undone_at.is_(None),
        or_(WorkerMerge.kept_id == kept_id, WorkerMerge.gone_id == kept_id),
    )
    if session.scalar(later.limit(1)) is not None:
        raise LaterMerge
    merge.undone_at = now
    session.flush()
    publish(session, WorkersParted(merge_id, company_id, kept_id, gone_id), now=now)
    steps = [step for step in list_steps(session, merge_id) if step.table not in HEALTH_TABLES]
    undo_steps(session, steps)
    session.expire_all()
    join_spans(session, ids)
    session.execute(update(Worker).where(Worker.id.in_(ids)).values(updated_at=now))
    session.expire_all()
    publish(session, WorkChanged(company_id, ids, on), now=now)
    record_act(
        session,
        "workforce.workers_parted",
        actor=actor,
        now=now,
        subject_id=kept_id,
        company_id=company_id,
        gone=gone_id,
        merge=merge_id,
    )
    return kept_id, gone_id
