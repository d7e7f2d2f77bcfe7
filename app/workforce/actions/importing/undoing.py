"""Undoing a saved list in chunks: whoever is still what the list made of them is as before."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from app.accounts.actions.workers import (
    remove_worker_accounts,
    rename_worker_accounts,
    set_worker_accounts_active,
)
from app.accounts.queries.signing_in import get_actor
from app.audit.actions import record_act, record_acts
from app.delivery.actions.contacts import drop_unused_addresses, keep_addresses
from app.delivery.rules.roads import AddressKind
from app.extensions import blind_index
from app.kernel.actors import Actor, program
from app.kernel.clock import local_day
from app.kernel.events import publish
from app.kernel.ids import new_id
from app.kernel.text import fold
from app.workforce.actions import bulk
from app.workforce.actions.importing.remembering import mark_of
from app.workforce.actions.importing.staging import Desk, locked_import
from app.workforce.actions.importing.unmaking import remove_places
from app.workforce.actions.planned import withdraw_import
from app.workforce.models import (
    ImportChange,
    Membership,
    PatternAssignment,
    PlannedChange,
    RosterImport,
    Worker,
)
from app.workforce.queries.undoing import (
    count_changes,
    count_undone,
    find_undo_end,
    snapshots_of,
    who_is_referred_to,
)
from app.workforce.rules.groups import WorkChanged, WorkEnded, WorkersWithdrawn
from app.workforce.rules.importing import (
    ImportRunning,
    ImportState,
    ImportUndoOver,
    first_chunk_rows,
    next_chunk_rows,
)
from app.workforce.rules.undoing import (
    Snapshot,
    Span,
    SpanChanges,
    UndoOutcome,
    spans_back,
    unpack_snapshot,
)


def start_undoing(session: Session, import_id: str, *, actor: Actor, now: datetime) -> None:
    """A saved list is to be undone; refused once a later one was saved or the time is over."""
    kept = locked_import(session, import_id, ImportState.APPLIED)
    running = session.scalar(
        select(RosterImport.id).where(
            RosterImport.company_id == kept.company_id,
            RosterImport.state.in_((ImportState.APPLYING, ImportState.UNDOING)),
        )
    )
    if running is not None:
        raise ImportRunning
    if find_undo_end(session, import_id, now) is None:
        raise ImportUndoOver
    kept.state, kept.undone_by_id = ImportState.UNDOING, actor.account_id
    withdraw_import(session, import_id, actor=actor, now=now)
    kept.notes = {**kept.notes, "saved": kept.total}
    kept.done, kept.total, kept.touched_at = 0, count_changes(session, import_id), now


def undo_list(desk: Desk, import_id: str) -> None:
    """Undo chunk by chunk until the list's state flips."""
    people = desk.read().get_one(RosterImport, import_id).total
    rows, more = first_chunk_rows(people), True
    while more:
        more, took = desk.run(_timed(desk, import_id, rows))
        rows = next_chunk_rows(rows, took)


def _timed(desk: Desk, import_id: str, rows: int) -> Callable[[Session], tuple[bool, float]]:
    def work(session: Session) -> tuple[bool, float]:
        began = desk.timer()
        more = undo_chunk(session, import_id, rows=rows, now=desk.clock.now())
        return more, desk.timer() - began

    return work


def undo_chunk(session: Session, import_id: str, *, rows: int, now: datetime) -> bool:
    """Undo the next workers of a list, then what it made; false when it is undone as a whole.

    1. Who differs from what the list made of them stays; 2. who was added goes, or, once
    anything refers to them, has left today; 3. the others are as before from today on.
    """
    kept = locked_import(session, import_id, ImportState.UNDOING, ImportState.UNDONE)
    if kept.state == ImportState.UNDONE:
        return False
    actor = get_actor(session, kept.undone_by_id) if kept.undone_by_id else program("import")
    kept.touched_at = now
    changes = _next_changes(session, import_id, rows)
    if not changes:
        if remove_places(session, kept, actor=actor, now=now):
            return True
        _finish(session, kept, actor, now)
        return False
    today = local_day(now, session.info["settings"].timezone)
    present = snapshots_of(session, [one.worker_id for one in changes])
    same = [
        one
        for one in changes
        if one.worker_id in present and mark_of(present[one.worker_id]) == one.after
    ]
    outcomes = {one.worker_id: UndoOutcome.CHANGED for one in changes}
    added = [one.worker_id for one in same if one.before is None]
    outcomes |= withdraw_added(session, kept.company_id, added, today=today, actor=actor, now=now)
    old = [one for one in same if one.before is not None]
    restore_changed(session, kept.company_id, old, present, today=today, actor=actor, now=now)
    outcomes |= {one.worker_id: UndoOutcome.RESTORED for one in old}
    _mark(session, import_id, outcomes)
    kept.done += len(changes)
    return True


def _next_changes(session: Session, import_id: str, limit: int) -> Sequence[Any]:
    return session.execute(
        select(
            ImportChange.worker_id, ImportChange.before, ImportChange.after, ImportChange.saved_on
        )
        .where(ImportChange.import_id == import_id, ImportChange.outcome == UndoOutcome.WAITING)
        .order_by(ImportChange.worker_id)
        .limit(limit)
    ).all()


def _mark(session: Session, import_id: str, outcomes: Mapping[str, UndoOutcome]) -> None:
    for outcome in set(outcomes.values()):
        ids = [worker_id for worker_id, own in outcomes.items() if own is outcome]
        session.execute(
            update(ImportChange)
            .where(ImportChange.import_id == import_id, ImportChange.worker_id.in_(ids))
            .values(outcome=outcome, before=None),
            execution_options=bulk.UNLOADED,
        )


def _finish(session: Session, kept: RosterImport, actor: Actor, now: datetime) -> None:
    kept.state, kept.undone_at = ImportState.UNDONE, now
    record_act(
        session,
        "workforce.import_undone",
        actor=actor,
        now=now,
        subject_id=kept.id,
        company_id=kept.company_id,
        file_name=kept.file_name,
        counts={str(outcome): count for outcome, count in count_undone(session, kept.id).items()},
    )


def withdraw_added(
    session: Session,
    company_id: int,
    worker_ids: Sequence[str],
    *,
    today: date,
    actor: Actor,
    now: datetime,
) -> dict[str, UndoOutcome]:
    """Take away workers whom a list added; who did or was told anything has left today instead.

    What such people answered stays theirs: nothing of it is deleted.
    """
    if not worker_ids:
        return {}
    met = who_is_referred_to(session, worker_ids, but=("duty",))
    fresh = [worker_id for worker_id in worker_ids if worker_id not in met]
    if fresh:
        publish(session, WorkersWithdrawn(company_id, tuple(fresh), today), now=now)
        met |= who_is_referred_to(session, fresh)
    gone = [worker_id for worker_id in fresh if worker_id not in met]
    _remove(session, company_id, gone, actor=actor, now=now)
    left = dict.fromkeys(sorted(met), today)
    bulk.end_work_of(session, company_id, left, actor=actor, now=now)
    if left:
        publish(session, WorkEnded(tuple(left)), now=now)
        publish(session, WorkChanged(company_id, tuple(left), today), now=now)
    return dict.fromkeys(gone, UndoOutcome.REMOVED) | dict.fromkeys(left, UndoOutcome.LEFT)


def _remove(
    session: Session, company_id: int, worker_ids: Sequence[str], *, actor: Actor, now: datetime
) -> None:
    if not worker_ids:
        return
    drop_unused_addresses(session, worker_ids)
    for chosen in (
        delete(PlannedChange).where(PlannedChange.worker_id.in_(worker_ids)),
        delete(Membership).where(Membership.worker_id.in_(worker_ids)),
        delete(PatternAssignment).where(PatternAssignment.worker_id.in_(worker_ids)),
        delete(Worker).where(Worker.id.in_(worker_ids)),
    ):
        session.execute(chosen, execution_options=bulk.UNLOADED)
    remove_worker_accounts(session, worker_ids)
    record_acts(
        session,
        "workforce.worker_removed",
        {worker_id: {} for worker_id in worker_ids},
        company_id=company_id,
        actor=actor,
        now=now,
    )


def restore_changed(
    session: Session,
    company_id: int,
    changes: Sequence[Any],
    present: Mapping[str, Snapshot],
    *,
    today: date,
    actor: Actor,
    now: datetime,
) -> None:
    """Make workers what they were before a list; days already lived keep their groups."""
    if not changes:
        return
    was = {one.worker_id: unpack_snapshot(one.before) for one in changes}
    session.execute(
        update(Worker),
        [{"id": key, **_columns(snapshot, now)} for key, snapshot in was.items()],
    )
    phones = {key: one.columns["phone"] for key, one in was.items()}
    keep_addresses(session, AddressKind.PHONE, phones, now=now)
    gone = [key for key, one in was.items() if one.columns["left_on"] is not None]
    if gone:
        publish(session, WorkEnded(tuple(sorted(gone))), now=now)
    rename_worker_accounts(session, {key: one.columns["name"] for key, one in was.items()})
    for active in (True, False):
        ids = [key for key, one in was.items() if (one.columns["left_on"] is None) is active]
        if ids:
            set_worker_accounts_active(session, ids, active=active)
    for table, of, spans in (
        (Membership, "group_id", "memberships"),
        (PatternAssignment, "pattern_id", "patterns"),
    ):
        backs = [
            (
                one.worker_id,
                spans_back(
                    getattr(was[one.worker_id], spans),
                    getattr(present[one.worker_id], spans),
                    saved_on=one.saved_on,
                    today=today,
                ),
            )
            for one in changes
        ]
        _bring_back(session, table, of, backs, now)
    record_acts(
        session,
        "workforce.worker_restored",
        {key: {} for key in was},
        company_id=company_id,
        actor=actor,
        now=now,
    )
    publish(session, WorkChanged(company_id, tuple(sorted(was)), today), now=now)


def _columns(snapshot: Snapshot, now: datetime) -> dict[str, Any]:
    phone, id_number = snapshot.columns["phone"], snapshot.columns["id_number"]
    return snapshot.columns | {
        "name_folded": fold(snapshot.columns["name"]),
        "phone_index": blind_index(phone) if phone else None,
        "id_number_index": blind_index(id_number) if id_number else None,
        "updated_at": now,
    }


def _bring_back(
    session: Session,
    table: type[Any],
    of: str,
    backs: Iterable[tuple[str, SpanChanges]],
    now: datetime,
) -> None:
    backs = list(backs)
    deleted = [span_id for _, back in backs for span_id in back.deleted]
    rewritten = [span for _, back in backs for span in back.rewritten]
    added = _into_what_is_there(
        session, table, of, [(worker_id, span) for worker_id, back in backs for span in back.added]
    )
    if deleted:
        session.execute(delete(table).where(table.id.in_(deleted)), execution_options=bulk.UNLOADED)
    if rewritten:
        session.execute(
            update(table),
            [{"id": one.id, "from_on": one.from_on, "to_on": one.to_on} for one in rewritten],
        )
    if added:
        session.execute(
            insert(table), [_span_row(worker_id, of, span, now) for worker_id, span in added]
        )


def _into_what_is_there(
    session: Session, table: type[Any], of: str, added: list[tuple[str, Span]]
) -> list[tuple[str, Span]]:
    """Nobody comes back into a group or schedule that was removed meanwhile."""
    (key,) = table.__table__.c[of].foreign_keys
    wanted = {span.of for _, span in added}
    there = set(session.scalars(select(key.column).where(key.column.in_(wanted))))
    return [(worker_id, span) for worker_id, span in added if span.of in there]


def _span_row(worker_id: str, of: str, span: Span, now: datetime) -> dict[str, Any]:
    return {
        "id": span.id or new_id(now),
        "worker_id": worker_id,
        of: span.of,
        "from_on": span.from_on,
        "to_on": span.to_on,
    }
