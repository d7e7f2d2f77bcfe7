"""Saving a staged list in chunks: each is one short work and marks its rows as applied."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.accounts.queries.signing_in import get_actor
from app.audit.actions import record_act
from app.kernel.actors import Actor, program
from app.kernel.clock import local_day
from app.kernel.events import publish
from app.workforce.actions import bulk
from app.workforce.actions.importing.placing import Places
from app.workforce.actions.importing.remembering import remember_changes, remember_places
from app.workforce.actions.importing.staging import (
    Desk,
    drop_staged_rows,
    drop_staged_sheet,
    locked_import,
)
from app.workforce.actions.planned import plan_leaving
from app.workforce.models import RosterImport, StagedRow
from app.workforce.queries.imports import leaving_missing
from app.workforce.queries.rosters import GROUP_FIELDS, get_roster, ids_by_badge_key
from app.workforce.queries.undoing import snapshots_of
from app.workforce.rules import Particulars, PresentWorker, changes_of
from app.workforce.rules.groups import GroupKind, WorkChanged, WorkEnded
from app.workforce.rules.importing import (
    ImportState,
    RowOutcome,
    first_chunk_rows,
    missing_choice,
    next_chunk_rows,
    with_changes,
)
from app.workforce.rules.particulars import RosterRow
from app.workforce.rules.staged_values import unpack_row

ABANDONED_AFTER = timedelta(seconds=30)
DROPPED_AFTER = timedelta(hours=24)
_UNITS = frozenset({"workshop", "line", "team"})
_PERSON = frozenset(
    {
        "name",
        "born_on",
        "birth_year",
        "sex",
        "phone",
        "id_number",
        "position",
        "joined_on",
    }
)


def save_list(desk: Desk, import_id: str) -> None:
    """Apply a confirmed list chunk by chunk until its state flips, then drop the staged rows.

    The cells stay sealed as long as the list can be undone, and then saved again.
    """
    people = desk.read().get_one(RosterImport, import_id).total
    rows, more = first_chunk_rows(people), True
    while more:
        more, took = desk.run(_timed(desk, import_id, rows))
        rows = next_chunk_rows(rows, took)
    sweep_rows(desk, import_id, keep_left_out=True)


def _timed(desk: Desk, import_id: str, rows: int) -> Callable[[Session], tuple[bool, float]]:
    """One chunk, and how long the writer was busy with it; waiting for the writer is not in it."""

    def work(session: Session) -> tuple[bool, float]:
        began = desk.timer()
        more = apply_chunk(session, import_id, rows=rows, now=desk.clock.now())
        return more, desk.timer() - began

    return work


def sweep(desk: Desk, import_id: str) -> None:
    """Drop the kept cells and rows of a list that is done with."""
    sweep_rows(desk, import_id)
    while desk.run(lambda session: drop_staged_sheet(session, import_id)):
        pass


def sweep_rows(desk: Desk, import_id: str, *, keep_left_out: bool = False) -> None:
    """Drop the rows of a list as they were understood."""
    while desk.run(
        lambda session: drop_staged_rows(session, import_id, keep_left_out=keep_left_out)
    ):
        pass


def apply_chunk(session: Session, import_id: str, *, rows: int, now: datetime) -> bool:
    """Apply the next rows of a confirmed list; false when it is applied as a whole.

    Rows are compared anew with the workers as they are, so a row never undoes what changed since.
    """
    kept = locked_import(session, import_id, ImportState.APPLYING, ImportState.APPLIED)
    if kept.state == ImportState.APPLIED:
        return False
    actor = get_actor(session, kept.account_id) if kept.account_id else program("import")
    staged = _next_rows(session, kept, rows)
    kept.touched_at = now
    if staged:
        _apply(session, kept, staged, actor, now)
    if len(staged) < rows:
        _finish(session, kept, actor, now)
        return False
    return True


def _apply(
    session: Session, kept: RosterImport, staged: Sequence[Any], actor: Actor, now: datetime
) -> None:
    today = local_day(now, session.info["settings"].timezone)
    named = [one for one in staged if one.outcome != RowOutcome.MISSING]
    matched = [(unpack_row(one.row, one.values)[0], one.worker_id) for one in named]
    clashing = apply_rows(
        session,
        kept.company_id,
        kept.id,
        matched,
        ends_work=kept.ends_work,
        today=today,
        actor=actor,
        now=now,
    )
    if clashing:
        kept.notes = {**kept.notes, "clashing": kept.notes.get("clashing", 0) + clashing}
    gone = [one.worker_id for one in staged if one.outcome == RowOutcome.MISSING]
    choice = missing_choice(kept.choices or {})
    end_work_of_missing(
        session,
        kept.company_id,
        kept.id,
        {key: choice.day_of(key) or today for key in gone},
        today=today,
        actor=actor,
        now=now,
    )
    session.execute(
        update(StagedRow)
        .where(StagedRow.import_id == kept.id)
        .where(StagedRow.row.in_([one.row for one in staged]))
        .values(applied_at=now),
        execution_options=bulk.UNLOADED,
    )
    kept.done += len(staged)


def _next_rows(session: Session, kept: RosterImport, limit: int) -> Sequence[Any]:
    outcomes = [RowOutcome.CREATED, RowOutcome.UPDATED]
    if kept.ends_work:
        outcomes.append(RowOutcome.LEAVING)
    return session.execute(
        select(StagedRow.row, StagedRow.outcome, StagedRow.values, StagedRow.worker_id)
        .where(StagedRow.import_id == kept.id)
        .where(
            or_(
                StagedRow.outcome.in_(outcomes),
                leaving_missing(missing_choice(kept.choices or {})),
            )
        )
        .where(StagedRow.applied_at.is_(None))
        .order_by(StagedRow.row)
        .limit(limit)
    ).all()


def _finish(session: Session, kept: RosterImport, actor: Actor, now: datetime) -> None:
    kept.state, kept.finished_at = ImportState.APPLIED, now
    record_act(
        session,
        "workforce.roster_imported",
        actor=actor,
        now=now,
        subject_id=kept.id,
        company_id=kept.company_id,
        file_name=kept.file_name,
        ends_work=kept.ends_work,
        counts=kept.counts,
    )


def apply_rows(
    session: Session,
    company_id: int,
    import_id: str,
    matched: Sequence[tuple[RosterRow, str | None]],
    *,
    ends_work: bool,
    today: date,
    actor: Actor,
    now: datetime,
) -> int:
    """Bring the company's workers in line with these rows, in a few statements each kind.

    A row comes with the worker it was matched with; else its badge decides.
    1. New workers; 2. changed particulars; 3. moves; 4. leaving and coming back; 5. groups;
    6. schedules; 7. what they were before, and what was made, for undoing; 8. one event for all
    whose duties may differ now; 9. who leaves on a coming day is to leave then.
    Returns for how many that clashes with what was planned by hand.
    """
    places = Places(session, company_id, today, now)
    rows = [row for row, _ in matched]
    present = _present(session, company_id, matched, today)
    before = snapshots_of(session, {worker.worker_id for worker in present.values()})
    new = [row for row in rows if row.row not in present]
    units = [places.unit_for(None, row.particulars) for row in new]
    ids = bulk.add_workers(
        session,
        company_id,
        [
            bulk.NewWorker(unit, row.badge, row.particulars)
            for unit, row in zip(units, new, strict=True)
        ],
        actor=actor,
        now=now,
    )
    groups: dict[str, bulk.GroupWish] = {
        worker_id: places.groups_of_unit(unit)
        | _group_wish(places, row.particulars, frozenset(GROUP_FIELDS))
        for worker_id, unit, row in zip(ids, units, new, strict=True)
    }
    patterns = {
        worker_id: places.pattern_for(row.particulars.shift)
        for worker_id, row in zip(ids, new, strict=True)
        if row.particulars.shift is not None
    }
    touched = set(patterns)
    touched |= _change_present(
        session,
        company_id,
        [(present[row.row], row.particulars) for row in rows if row.row in present],
        places,
        groups,
        patterns,
        ends_work=ends_work,
        today=today,
        actor=actor,
        now=now,
    )
    for on, wishes in _by_first_day(groups, zip(ids, new, strict=True), today).items():
        bulk.set_groups_of(session, wishes, on=on, now=now)
    bulk.follow_patterns(session, company_id, patterns, from_on=today, actor=actor, now=now)
    remember_changes(session, import_id, before, ids, on=today)
    remember_places(session, import_id, places.made)
    if touched:
        publish(session, WorkChanged(company_id, tuple(sorted(touched)), today), now=now)
    last_days = {
        worker_id: row.particulars.last_on
        for worker_id, row in zip(ids, new, strict=True)
        if row.particulars.last_on is not None
    }
    for row in rows:
        worker = present.get(row.row)
        changes = changes_of(worker.particulars, row.particulars) if worker else ()
        if worker and row.particulars.last_on and "last_on" in {one.field for one in changes}:
            last_days[worker.worker_id] = row.particulars.last_on
    return plan_leaving(session, last_days, import_id=import_id, actor=actor, now=now)


def end_work_of_missing(
    session: Session,
    company_id: int,
    import_id: str,
    last_on_by_worker: Mapping[str, date],
    *,
    today: date,
    actor: Actor,
    now: datetime,
) -> None:
    """End the work of people a list does not name; who has left since stays as they are."""
    before = {
        key: snapshot
        for key, snapshot in snapshots_of(session, list(last_on_by_worker)).items()
        if snapshot.columns["left_on"] is None
    }
    if not before:
        return
    ended = {
        key: max(last_on_by_worker[key], snapshot.columns["joined_on"] or date.min)
        for key, snapshot in before.items()
    }
    bulk.end_work_of(session, company_id, ended, actor=actor, now=now)
    remember_changes(session, import_id, before, (), on=today)
    publish(session, WorkEnded(tuple(sorted(ended))), now=now)
    from_on = min(ended.values())
    publish(session, WorkChanged(company_id, tuple(sorted(ended)), from_on), now=now)


def _change_present(
    session: Session,
    company_id: int,
    pairs: Sequence[tuple[PresentWorker, Particulars]],
    places: Places,
    groups: dict[str, bulk.GroupWish],
    patterns: dict[str, str],
    *,
    ends_work: bool,
    today: date,
    actor: Actor,
    now: datetime,
) -> set[str]:
    """Change workers the company has; fills `groups` and `patterns`. Whose work changed."""
    changed: dict[str, Particulars] = {}
    moved: dict[str, int] = {}
    ended: dict[str, date] = {}
    returned: list[str] = []
    rescheduled: set[str] = set()
    for worker, new in pairs:
        changes = changes_of(worker.particulars, new)
        fields = {change.field for change in changes}
        facts = with_changes(worker.particulars, changes)
        if fields & _PERSON:
            changed[worker.worker_id] = facts
        if fields & _UNITS:
            moved[worker.worker_id] = places.unit_for(worker.particulars, new)
        wish = _group_wish(places, new, fields)
        if fields & _UNITS:
            wish |= places.groups_of_unit(moved[worker.worker_id])
        if wish:
            groups[worker.worker_id] = wish
        if "shift" in fields and new.shift is not None:
            patterns[worker.worker_id] = places.pattern_for(new.shift)
            rescheduled.add(worker.worker_id)
        if "joined_on" in fields:
            rescheduled.add(worker.worker_id)
        if "has_left" in fields and new.has_left and ends_work:
            ended[worker.worker_id] = max(new.last_on or today, facts.joined_on or date.min)
            groups.pop(worker.worker_id, None)
        elif "has_left" in fields and not new.has_left:
            returned.append(worker.worker_id)
    bulk.change_workers(session, company_id, changed, actor=actor, now=now)
    bulk.move_workers(session, company_id, moved, on=today, actor=actor, now=now)
    bulk.take_back_all(session, company_id, returned, actor=actor, now=now)
    bulk.end_work_of(session, company_id, ended, actor=actor, now=now)
    if ended:
        publish(session, WorkEnded(tuple(sorted(ended))), now=now)
    return {*moved, *returned, *ended, *rescheduled}


def _present(
    session: Session,
    company_id: int,
    matched: Sequence[tuple[RosterRow, str | None]],
    today: date,
) -> dict[int, PresentWorker]:
    """The workers these rows are about, by row, as they are now."""
    ids = ids_by_badge_key(session, company_id, {row.badge_key for row, _ in matched})
    wanted = {row.row: worker_id or ids.get(row.badge_key) for row, worker_id in matched}
    known = {worker_id for worker_id in wanted.values() if worker_id}
    roster = get_roster(session, company_id, today, known)
    by_id = {worker.worker_id: worker for worker in roster.workers.values()}
    return {number: by_id[each] for number, each in wanted.items() if each in by_id}


def _by_first_day(
    groups: Mapping[str, bulk.GroupWish], added: Iterable[tuple[str, RosterRow]], today: date
) -> dict[date, dict[str, bulk.GroupWish]]:
    """The wishes by the day from which they hold: somebody new is in no group before coming."""
    first_on = {worker_id: row.particulars.joined_on or today for worker_id, row in added}
    by_day: dict[date, dict[str, bulk.GroupWish]] = {}
    for worker_id, wish in groups.items():
        on = max(first_on.get(worker_id, today), today)
        by_day.setdefault(on, {})[worker_id] = wish
    return by_day


def _group_wish(places: Places, facts: Particulars, fields: Set[str]) -> dict[GroupKind, set[str]]:
    """The groups a row names, for these fields only; a silent cell leaves the group alone."""
    wish: dict[GroupKind, set[str]] = {}
    for field, kind in GROUP_FIELDS.items():
        value = getattr(facts, field)
        if field in fields and value is not None:
            wish[kind] = {places.group_for(kind, value)} if value else set()
    return wish
