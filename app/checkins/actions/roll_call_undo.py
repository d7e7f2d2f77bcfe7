"""Taking a roll call back: exactly what it did, for whom nobody has changed anything since."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.checkins.actions.moving import Move, move_duties
from app.checkins.models import RollCall, RollMark
from app.checkins.queries.roll_calls import (
    called_later,
    find_duties,
    own_marks,
    standing_levels,
    undone_marks,
)
from app.checkins.queries.standing import hold_people
from app.checkins.rules.merging import DutyFacts
from app.checkins.rules.roll_call import Mark, Remains, RollCallUndone, remains, restored_duty
from app.kernel.actors import Actor
from app.workforce.rules.shifts import ShiftCode


@dataclass(frozen=True, slots=True)
class UndoneRoll:
    """Workers who stand as before the roll call, and those who stay as they are, and why."""

    restored: tuple[str, ...]
    left: Mapping[str, Remains]


def undo_roll_call(
    session: Session, roll_call: RollCall, *, actor: Actor, now: datetime
) -> UndoneRoll:
    """Take a roll call back; a level that signs have raised stays until a person clears it."""
    if roll_call.undone_at is not None:
        raise RollCallUndone
    marks = own_marks(session, roll_call.id)
    hold_people(session, marks)
    duties = find_duties(session, marks, roll_call.shift_on, roll_call.shift)
    later = called_later(session, roll_call)
    left = {
        worker_id: why
        for worker_id, mark in marks.items()
        if (why := remains(mark, duties.get(worker_id), called_later=worker_id in later))
    }
    restored = sorted(set(marks) - set(left))
    _restore(session, roll_call, {each: marks[each] for each in restored}, duties, now)
    roll_call.undone_at, roll_call.undone_by = now, actor.name
    session.flush()
    _note(session, roll_call, restored, actor, now)
    return UndoneRoll(tuple(restored), left)


def _restore(
    session: Session,
    roll_call: RollCall,
    marks: Mapping[str, Mark],
    duties: Mapping[str, DutyFacts],
    now: datetime,
) -> None:
    on, shift = roll_call.shift_on, ShiftCode(roll_call.shift)
    undone = undone_marks(session, marks, on, shift)
    standing = standing_levels(session, marks)
    moves: list[Move] = []
    for worker_id, mark in marks.items():
        before = _before(worker_id, mark, undone)
        if before is not None:
            there = duties[worker_id]
            after = restored_duty(before, there, standing.get(worker_id))
            moves.append((worker_id, (on, shift), there, after))
    move_duties(session, moves, now)


def _before(worker_id: str, mark: Mark, undone: Mapping[tuple[str, str], Mark]) -> DutyFacts | None:
    """How somebody stood before this roll call and those before it that were taken back too."""
    while mark.by is not None and (earlier := undone.get((mark.by, worker_id))):
        mark = earlier
    return mark.before


def _note(
    session: Session, roll_call: RollCall, restored: list[str], actor: Actor, now: datetime
) -> None:
    session.execute(
        update(RollMark)
        .where(RollMark.roll_call_id == roll_call.id, RollMark.worker_id.in_(restored))
        .values(restored=True)
    )
    record_act(
        session,
        "checkins.roll_call_undone",
        actor=actor,
        now=now,
        subject_id=roll_call.group_id,
        company_id=roll_call.company_id,
        roll_call=roll_call.id,
        shift_on=roll_call.shift_on.isoformat(),
        shift=roll_call.shift,
        workers=restored,
    )
