"""Putting duties as they are to be, with every figure that they are counted in."""

import functools
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session

from app.checkins.actions.counting import Unit, add_all_counts, add_all_symptoms
from app.checkins.models import CheckIn, Duty
from app.checkins.queries.duty_facts import FIELD_NAMES
from app.checkins.rules import Counts, change
from app.checkins.rules.merging import DutyFacts

ShiftKey = tuple[date, str]
# (worker, shift) with the duty before and after; None is no duty.
Move = tuple[str, ShiftKey, DutyFacts | None, DutyFacts | None]
DUTY: Any = Duty.__table__
DROPPED = ("of_worker", "of_day", "of_shift")
DROP_DUTY = delete(DUTY).where(
    DUTY.c.worker_id == bindparam("of_worker"),
    DUTY.c.shift_on == bindparam("of_day"),
    DUTY.c.shift == bindparam("of_shift"),
)


def _plain(duty: DutyFacts) -> dict[str, Any]:
    return {name: getattr(duty, name) for name in FIELD_NAMES}


def move_duties(session: Session, moves: Iterable[Move], now: datetime) -> None:
    """Put duties as they are to be, with the figures that they are counted in."""
    counts: Counter[tuple[int, Unit, Counts]] = Counter()
    changed = [move for move in moves if move[2] != move[3]]
    told = _symptoms_of(session, changed)
    symptoms = []
    keys = [(worker_id, *key) for worker_id, key, _, _ in changed]
    if not keys:
        return
    connection = session.connection()
    connection.execute(DROP_DUTY, [dict(zip(DROPPED, key, strict=True)) for key in keys])
    rows = [
        {"worker_id": worker_id, "shift_on": on, "shift": shift, **_plain(after)}
        for worker_id, (on, shift), _, after in changed
        if after is not None
    ]
    if rows:
        connection.execute(insert(DUTY), rows)
    for _, (on, shift), before, after in changed:
        for company_id, branch_id, step in _steps(before, after):
            counts[company_id, (branch_id, on, shift), step] += 1
        for duty, sign in ((before, -1), (after, 1)):
            signs = told.get(duty.check_in_id, ()) if duty and duty.check_in_id else ()
            if duty is not None and signs:
                unit = (duty.company_id, on, shift)
                symptoms.append((unit, signs, ()) if sign < 0 else (unit, (), signs))
    add_all_counts(session, counts, now=now)
    add_all_symptoms(session, symptoms)


# Most duties take the same few steps.
_step = functools.cache(change)


def _steps(before: DutyFacts | None, after: DutyFacts | None) -> Iterator[tuple[int, int, Counts]]:
    """What a duty that becomes another moves: company, unit or company, and by how much."""
    if before and after and _place(before) == _place(after):
        both = [(before, _step(before.mark, after.mark))]
    else:
        both = [(duty, _step(duty.mark, None)) for duty in (before,) if duty]
        both += [(duty, _step(None, duty.mark)) for duty in (after,) if duty]
    for duty, step in both:
        for branch_id in {duty.branch_id, duty.company_id}:
            yield duty.company_id, branch_id, step


def _place(duty: DutyFacts) -> tuple[int, int]:
    return duty.company_id, duty.branch_id


def _symptoms_of(session: Session, moves: Iterable[Move]) -> dict[str | None, tuple[str, ...]]:
    ids = {duty.check_in_id for move in moves for duty in move[2:] if duty and duty.check_in_id}
    rows = session.execute(select(CheckIn.id, CheckIn.answers).where(CheckIn.id.in_(ids)))
    return {check_in_id: tuple(answers.get("symptoms", ())) for check_in_id, answers in rows}
