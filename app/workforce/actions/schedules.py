"""Who works when: patterns and who follows them, leave, holidays."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.kernel.actors import Actor
from app.kernel.events import publish
from app.kernel.ids import new_id
from app.kernel.text import squeeze
from app.workforce.actions.bulk import follow_patterns
from app.workforce.models import Holiday, Leave, Worker, WorkPattern
from app.workforce.rules.groups import EndsBeforeStart, WorkChanged
from app.workforce.rules.shifts import EmptyPattern, Pattern
from app.workforce.rules.undoing import MadePlace, PlaceKind


def pattern_named(
    session: Session,
    company_id: int,
    name: str,
    pattern: Pattern,
    *,
    now: datetime,
    made: list[MadePlace] | None = None,
) -> str:
    """The id of a company's pattern of that name, made or changed to be this one.

    `made` is told of a pattern that was added.
    """
    if not pattern.cycle:
        raise EmptyPattern
    cycle = [str(shift) if shift else None for shift in pattern.cycle]
    known = session.scalars(
        select(WorkPattern).where(WorkPattern.company_id == company_id, WorkPattern.name == name)
    ).first()
    if known is not None:
        known.cycle, known.anchor_on = cycle, pattern.anchor_on
        return known.id
    pattern_id = new_id(now)
    session.add(
        WorkPattern(
            id=pattern_id,
            company_id=company_id,
            name=squeeze(name)[:80],
            cycle=cycle,
            anchor_on=pattern.anchor_on,
        )
    )
    session.flush()
    if made is not None:
        made.append(MadePlace(PlaceKind.PATTERN, pattern_id, squeeze(name)[:80]))
    return pattern_id


def assign_pattern(
    session: Session,
    company_id: int,
    worker_ids: Sequence[str],
    pattern_id: str,
    *,
    from_on: date,
    actor: Actor,
    now: datetime,
) -> None:
    """These workers follow a pattern from a day on, in place of what they followed."""
    if not worker_ids:
        return
    followed = dict.fromkeys(worker_ids, pattern_id)
    follow_patterns(session, company_id, followed, from_on=from_on, actor=actor, now=now)
    publish(session, WorkChanged(company_id, tuple(worker_ids), from_on), now=now)


def add_leave(
    session: Session,
    worker: Worker,
    *,
    from_on: date,
    to_on: date,
    reason: str,
    actor: Actor,
    now: datetime,
) -> str:
    """A worker is away on these days and is not expected; returns the leave's id."""
    if to_on < from_on:
        raise EndsBeforeStart
    leave_id = new_id(now)
    session.add(
        Leave(
            id=leave_id,
            worker_id=worker.id,
            from_on=from_on,
            to_on=to_on,
            reason=squeeze(reason)[:80],
        )
    )
    session.flush()
    record_act(
        session,
        "workforce.leave_added",
        actor=actor,
        now=now,
        subject_id=worker.id,
        company_id=worker.company_id,
        from_on=from_on.isoformat(),
        to_on=to_on.isoformat(),
    )
    publish(session, WorkChanged(worker.company_id, (worker.id,), from_on), now=now)
    return leave_id


def cancel_leave(
    session: Session, worker: Worker, leave_id: str, *, actor: Actor, now: datetime
) -> bool:
    """Take a leave back; false when this worker has none of that id."""
    leave = session.get(Leave, leave_id)
    if leave is None or leave.worker_id != worker.id or leave.cancelled_at is not None:
        return False
    leave.cancelled_at = now
    session.flush()
    record_act(
        session,
        "workforce.leave_cancelled",
        actor=actor,
        now=now,
        subject_id=worker.id,
        company_id=worker.company_id,
    )
    publish(session, WorkChanged(worker.company_id, (worker.id,), leave.from_on), now=now)
    return True


def add_holiday(
    session: Session, branch_id: int, on: date, name: str, *, actor: Actor, now: datetime
) -> None:
    """A day off for a company, or for the whole park."""
    session.add(Holiday(branch_id=branch_id, on=on, name=squeeze(name)[:80]))
    session.flush()
    record_act(
        session,
        "workforce.holiday_added",
        actor=actor,
        now=now,
        subject_id=str(branch_id),
        on=on.isoformat(),
    )
