"""Who is expected: one duty per worker and shift, planned ahead and kept true."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.checkins.actions.counting import add_counts
from app.checkins.models import Duty
from app.checkins.rules import Counts, DutyMark, DutyState, change
from app.extensions import upsert
from app.settings import Settings
from app.workforce.models import Worker
from app.workforce.queries.planned import steps_of
from app.workforce.queries.schedules import facts_by_worker, get_hours
from app.workforce.rules.planned import Step as PlannedStep
from app.workforce.rules.planned import unit_on
from app.workforce.rules.shifts import ShiftCode, WorkFacts, expected_shift, shift_window

Step = dict[tuple[date, str], dict[int, Counts]]
DAYS_AHEAD = 2
CHUNK = 400


def list_planned_chunk(session: Session, company_id: int, after: str | None) -> Sequence[str]:
    """Ids of the next workers of a company to plan duties for."""
    chosen = select(Worker.id).where(Worker.company_id == company_id)
    if after is not None:
        chosen = chosen.where(Worker.id > after)
    return session.scalars(chosen.order_by(Worker.id).limit(CHUNK)).all()


def plan_duties(
    session: Session,
    company_id: int,
    worker_ids: Sequence[str],
    from_on: date,
    to_on: date,
    *,
    now: datetime,
) -> int:
    """Expect these workers on their shifts of the given days; what stands already stays.

    Returns how many duties were added.
    """
    facts = facts_by_worker(session, company_id, worker_ids, from_on, to_on)
    placed = session.execute(
        select(Worker.id, Worker.branch_id).where(Worker.id.in_(worker_ids))
    ).all()
    units = {row.id: row.branch_id for row in placed}
    steps_ahead = steps_of(session, worker_ids)
    rows = _expected_rows(facts, units, steps_ahead, company_id, from_on, to_on)
    if not rows:
        return 0
    added = session.execute(
        upsert(session, Duty)
        .on_conflict_do_nothing()
        .returning(Duty.shift_on, Duty.shift, Duty.branch_id),
        rows,
    ).all()
    steps: Step = defaultdict(lambda: defaultdict(Counts))
    one = change(None, DutyMark(DutyState.EXPECTED))
    for shift_on, shift, branch_id in added:
        for unit in {branch_id, company_id}:
            steps[shift_on, shift][unit] += one
    _add(session, steps, company_id, now)
    return len(added)


def _expected_rows(
    facts: Mapping[str, WorkFacts],
    units: Mapping[str, int],
    steps: Mapping[str, Sequence[PlannedStep]],
    company_id: int,
    from_on: date,
    to_on: date,
) -> list[dict[str, object]]:
    days = [from_on + timedelta(days=day) for day in range((to_on - from_on).days + 1)]
    return [
        {
            "worker_id": worker_id,
            "shift_on": on,
            "shift": str(shift),
            "company_id": company_id,
            "branch_id": unit_on(units[worker_id], steps.get(worker_id, ()), on),
            "state": str(DutyState.EXPECTED),
            "on_time": False,
            "version": 0,
        }
        for worker_id, known in facts.items()
        for on in days
        if (shift := expected_shift(known, on)) is not None
    ]


def replan_duties(
    session: Session,
    company_id: int,
    worker_ids: Sequence[str],
    from_on: date,
    *,
    settings: Settings,
    now: datetime,
) -> None:
    """Bring duties from a day on in line after a change of work, place or employment.

    Answers and absences stay; a shift that has ended keeps its duty.
    """
    hours = get_hours(session, company_id)
    waiting = session.execute(
        select(Duty.worker_id, Duty.shift_on, Duty.shift, Duty.branch_id).where(
            Duty.worker_id.in_(worker_ids),
            Duty.shift_on >= from_on,
            Duty.state == DutyState.EXPECTED,
            # Versions of an answer that was taken back go on counting from here.
            Duty.version == 0,
        )
    ).all()
    open_still = [
        row
        for row in waiting
        if shift_window(
            hours.at(ShiftCode(row.shift), row.shift_on), row.shift_on, settings.timezone
        ).ends_at
        > now
    ]
    _drop(session, company_id, open_still, now)
    today = now.astimezone(settings.timezone).date()
    # A night shift of yesterday that runs still: who is expected on it by now is so again.
    running = sorted({row.worker_id for row in open_still if row.shift_on < today})
    if running:
        eve = today - timedelta(days=1)
        plan_duties(session, company_id, running, eve, eve, now=now)
    plan_duties(session, company_id, worker_ids, today, today + timedelta(days=DAYS_AHEAD), now=now)


def drop_expected(
    session: Session, company_id: int, worker_ids: Sequence[str], from_on: date, *, now: datetime
) -> None:
    """Nobody waits for these workers from a day on; what they answered stays."""
    waiting = session.execute(
        select(Duty.worker_id, Duty.shift_on, Duty.shift, Duty.branch_id).where(
            Duty.worker_id.in_(worker_ids),
            Duty.shift_on >= from_on,
            Duty.state == DutyState.EXPECTED,
            # Versions of an answer that was taken back go on counting from here.
            Duty.version == 0,
        )
    ).all()
    _drop(session, company_id, waiting, now)


def _drop(session: Session, company_id: int, waiting: Sequence[Any], now: datetime) -> None:
    steps: Step = defaultdict(lambda: defaultdict(Counts))
    less = change(DutyMark(DutyState.EXPECTED), None)
    gone: dict[tuple[date, str], list[str]] = defaultdict(list)
    for worker_id, shift_on, shift, branch_id in waiting:
        gone[shift_on, shift].append(worker_id)
        for unit in {branch_id, company_id}:
            steps[shift_on, shift][unit] += less
    for (shift_on, shift), people in gone.items():
        session.execute(
            delete(Duty).where(
                Duty.worker_id.in_(people), Duty.shift_on == shift_on, Duty.shift == shift
            )
        )
    _add(session, steps, company_id, now)


def _add(session: Session, steps: Step, company_id: int, now: datetime) -> None:
    for (shift_on, shift), change_by_branch in steps.items():
        add_counts(
            session,
            change_by_branch,
            company_id=company_id,
            shift_on=shift_on,
            shift=shift,
            now=now,
        )
