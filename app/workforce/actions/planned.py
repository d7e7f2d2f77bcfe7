"""Changes of work for a day of choice: done at once when the day has come, else when it comes.

What waits never clashes: it is walked through day by day whenever somebody's work changes, and
what cannot follow any more is settled as overtaken.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.audit.actions import record_act, record_acts
from app.kernel.actors import Actor, program
from app.kernel.clock import local_day
from app.kernel.events import publish
from app.kernel.ids import new_id
from app.kernel.refusals import NotFound, Refusal
from app.workforce.actions.people import end_work, move_worker, set_groups, take_back
from app.workforce.models import PlannedChange, Worker
from app.workforce.queries.planned import ids_planned_by, steps_of
from app.workforce.queries.schedules import facts_by_worker
from app.workforce.queries.units import list_unit_group_ids
from app.workforce.rules.duplicates import MergedAway
from app.workforce.rules.groups import UNIT_KINDS, EndsBeforeStart, WorkChanged
from app.workforce.rules.planned import (
    ChangeKind,
    NotWaiting,
    PlanOutcome,
    PlansClash,
    Standing,
    Step,
    UnitClosed,
    check_day,
    check_fits,
    is_coming,
    shown_on,
    unfit,
)
from app.workforce.rules.shifts import duty_shifts

CLOCK = program("planned changes")


def change_work(
    session: Session,
    worker_id: str,
    kind: ChangeKind,
    from_on: date,
    branch_id: int | None = None,
    *,
    actor: Actor,
    now: datetime,
    import_id: str | None = None,
) -> bool:
    """A worker moves, leaves or comes back from a day on; whether that waits for its day.

    Refused: a day out of reach, a unit closed or of another company, and what clashes with how
    things stand or with what is planned.
    """
    worker = _locked(session, worker_id)
    today = local_day(now, session.info["settings"].timezone)
    step = Step(new_id(now), kind, from_on, branch_id)
    check_day(step, today)
    # What is done at once comes before all that waits, and may overtake it.
    waiting = steps_of(session, [worker_id]).get(worker_id, ()) if is_coming(step, today) else ()
    check_fits(_standing(worker), waiting, step)
    unit = _open_unit(session, worker, branch_id) if branch_id is not None else None
    if kind is ChangeKind.LEAVE and worker.joined_on and shown_on(step) < worker.joined_on:
        raise EndsBeforeStart
    if not is_coming(step, today):
        _do(session, worker, step, unit, actor=actor, now=now)
        return False
    session.add(
        PlannedChange(
            id=step.id,
            company_id=worker.company_id,
            worker_id=worker_id,
            kind=str(kind),
            from_on=from_on,
            branch_id=branch_id,
            account_id=actor.account_id,
            asked_by=actor.name,
            asked_at=now,
            import_id=import_id,
            outcome=str(PlanOutcome.WAITING),
        )
    )
    session.flush()
    _record(session, "workforce.change_planned", worker, step, actor=actor, now=now)
    publish(session, WorkChanged(worker.company_id, (worker_id,), from_on), now=now)
    return True


def plan_leaving(
    session: Session,
    last_on_by_worker: Mapping[str, date],
    *,
    import_id: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Workers of whom a list tells the last day leave after it, in place of a day told before.

    What clashes with a move or return that somebody planned by hand is left to that person;
    returns how many workers that are.
    """
    refused = 0
    steps = steps_of(session, list(last_on_by_worker))
    for worker_id, last_on in last_on_by_worker.items():
        told = [step.id for step in steps.get(worker_id, ()) if step.kind is ChangeKind.LEAVE]
        try:
            with session.begin_nested():
                settle(session, told, PlanOutcome.WITHDRAWN, now=now)
                change_work(
                    session,
                    worker_id,
                    ChangeKind.LEAVE,
                    last_on + timedelta(days=1),
                    actor=actor,
                    now=now,
                    import_id=import_id,
                )
        except Refusal as refusal:
            refused += 1
            record_act(
                session,
                "workforce.change_refused",
                actor=actor,
                now=now,
                subject_id=worker_id,
                kind=str(ChangeKind.LEAVE),
                on=last_on.isoformat(),
                code=refusal.code,
            )
    return refused


def withdraw_import(session: Session, import_id: str, *, actor: Actor, now: datetime) -> None:
    """What a list planned and has not come yet will not be."""
    planned = ids_planned_by(session, import_id)
    if not planned:
        return
    settle(session, list(planned.values()), PlanOutcome.WITHDRAWN, now=now)
    company_id = session.execute(
        select(Worker.company_id).where(Worker.id.in_(planned)).limit(1)
    ).scalar_one()
    record_acts(
        session,
        "workforce.change_withdrawn",
        {worker_id: {"change_id": change_id} for worker_id, change_id in planned.items()},
        company_id=company_id,
        actor=actor,
        now=now,
    )
    today = local_day(now, session.info["settings"].timezone)
    publish(session, WorkChanged(company_id, tuple(sorted(planned)), today), now=now)


def withdraw_change(
    session: Session, worker_id: str, change_id: str, *, actor: Actor, now: datetime
) -> None:
    """A planned change will not be; refused when a later one rests on it."""
    worker = _locked(session, worker_id)
    change = _change(session, change_id)
    if change is None or change.worker_id != worker_id:
        raise NotFound
    if change.outcome != PlanOutcome.WAITING:
        raise NotWaiting
    steps = steps_of(session, [worker_id])[worker_id]
    rest = [step for step in steps if step.id != change_id]
    resting = unfit(_standing(worker), rest)
    if resting:
        raise PlansClash(on=shown_on(resting[0]))
    settle(session, [change_id], PlanOutcome.WITHDRAWN, now=now)
    _record(session, "workforce.change_withdrawn", worker, _step(change), actor=actor, now=now)
    publish(session, WorkChanged(worker.company_id, (worker_id,), change.from_on), now=now)


def do_change(session: Session, change_id: str, *, now: datetime) -> bool:
    """Do a planned change whose day has come; false when it waits still or was settled before.

    Who works last on a night shift leaves when that shift has ended.
    """
    settings = session.info["settings"]
    today = local_day(now, settings.timezone)
    worker_id = session.scalar(select(PlannedChange.worker_id).where(PlannedChange.id == change_id))
    if worker_id is None:
        return False
    worker = _locked(session, worker_id)
    change = _change(session, change_id)
    if change is None or change.outcome != PlanOutcome.WAITING or change.from_on > today:
        return False
    step = _step(change)
    if step.kind is ChangeKind.LEAVE and _still_on_shift(session, worker, shown_on(step), now):
        return False
    unit = session.get(Branch, change.branch_id) if change.branch_id is not None else None
    if unit is not None and unit.closed_on is not None:
        settle(session, [change_id], PlanOutcome.OVERTAKEN, code=UnitClosed.code, now=now)
        _record(session, "workforce.change_overtaken", worker, step, actor=CLOCK, now=now)
        publish(session, WorkChanged(worker.company_id, (worker_id,), today), now=now)
        return False
    if unfit(_standing(worker), [step]):
        settle(session, [change_id], PlanOutcome.OVERTAKEN, now=now)
        _record(session, "workforce.change_overtaken", worker, step, actor=CLOCK, now=now)
        return False
    settle(session, [change_id], PlanOutcome.DONE, now=now)
    _do(session, worker, step, unit, actor=CLOCK, now=now)
    return True


def drop_overtaken(
    session: Session, company_id: int, worker_ids: Sequence[str], *, now: datetime
) -> None:
    """Settle what cannot follow any more after a change of these workers' work."""
    steps = steps_of(session, worker_ids)
    if not steps:
        return
    rows = session.execute(
        select(Worker.id, Worker.left_on, Worker.branch_id).where(Worker.id.in_(steps))
    ).all()
    over = [
        (worker_id, step)
        for worker_id, left_on, branch_id in rows
        for step in unfit(Standing(left_on is None, branch_id), steps[worker_id])
    ]
    settle(session, [step.id for _, step in over], PlanOutcome.OVERTAKEN, now=now)
    for worker_id, step in over:
        record_act(
            session,
            "workforce.change_overtaken",
            actor=CLOCK,
            now=now,
            subject_id=worker_id,
            company_id=company_id,
            kind=str(step.kind),
            from_on=step.from_on.isoformat(),
        )


def settle(
    session: Session,
    ids: Collection[str],
    outcome: PlanOutcome,
    *,
    code: str | None = None,
    now: datetime,
) -> None:
    """What waited waits no more; what was settled before stays as it is."""
    if ids:
        session.execute(
            update(PlannedChange)
            .where(PlannedChange.id.in_(ids), PlannedChange.outcome == PlanOutcome.WAITING)
            .values(outcome=str(outcome), code=code, settled_at=now)
        )


def _do(
    session: Session,
    worker: Worker,
    step: Step,
    unit: Branch | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    if step.kind is ChangeKind.LEAVE:
        end_work(session, worker, last_on=shown_on(step), actor=actor, now=now)
        return
    if step.kind is ChangeKind.RETURN:
        take_back(session, worker, on=step.from_on, actor=actor, now=now)
        unit = session.get_one(Branch, worker.branch_id)
    elif unit is not None:
        move_worker(session, worker, unit, on=step.from_on, actor=actor, now=now)
    groups = list_unit_group_ids(session, unit.path) if unit else set()
    set_groups(session, worker.id, UNIT_KINDS, groups, on=step.from_on, now=now)


def _locked(session: Session, worker_id: str) -> Worker:
    worker = session.get(Worker, worker_id, with_for_update=True, populate_existing=True)
    if worker is None:
        raise NotFound
    if worker.merged_into_id is not None:
        raise MergedAway
    return worker


def _change(session: Session, change_id: str) -> PlannedChange | None:
    return session.get(PlannedChange, change_id, populate_existing=True)


def _step(change: PlannedChange) -> Step:
    return Step(change.id, ChangeKind(change.kind), change.from_on, change.branch_id)


def _standing(worker: Worker) -> Standing:
    return Standing(worker.left_on is None, worker.branch_id)


def _open_unit(session: Session, worker: Worker, branch_id: int) -> Branch:
    unit = session.get(Branch, branch_id)
    if unit is None or unit.company_id != worker.company_id:
        raise NotFound
    if unit.closed_on is not None:
        raise UnitClosed
    return unit


def _still_on_shift(session: Session, worker: Worker, last_on: date, now: datetime) -> bool:
    zone = session.info["settings"].timezone
    facts = facts_by_worker(session, worker.company_id, [worker.id], last_on, last_on)
    return any(shift.ends_at > now for shift in duty_shifts(facts[worker.id], last_on, 1, zone))


def _record(
    session: Session, act: str, worker: Worker, step: Step, *, actor: Actor, now: datetime
) -> None:
    record_act(
        session,
        act,
        actor=actor,
        now=now,
        subject_id=worker.id,
        company_id=worker.company_id,
        kind=str(step.kind),
        from_on=step.from_on.isoformat(),
        branch_id=step.branch_id,
        change_id=step.id,
    )
