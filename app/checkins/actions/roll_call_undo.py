"""Taking a roll call back: exactly what it did, for whom nobody has changed anything since."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.checkins.actions.moving import Move, move_duties
from app.checkins.actions.roll_call import tell_taken_back
from app.checkins.models import RollCall, RollMark
from app.checkins.queries.roll_calls import find_duties, heard_of, standing_levels
from app.checkins.queries.standing import hold_people
from app.checkins.rules.roll_call import Remains, RollCallUndone, restored_duty, taken_back
from app.kernel.actors import Actor
from app.workforce.rules.shifts import ShiftCode

MARKS: Any = RollMark.__table__
TAKEN_BACK = (
    update(MARKS)
    .where(
        MARKS.c.roll_call_id == bindparam("of_call"), MARKS.c.worker_id == bindparam("of_worker")
    )
    .values(restored=True)
)


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
    roll_call.undone_at, roll_call.undone_by = now, actor.name
    session.flush()
    hold_people(session, heard_of(session, roll_call))
    history = heard_of(session, roll_call)
    on, shift = roll_call.shift_on, ShiftCode(roll_call.shift)
    duties = find_duties(session, history, on, shift)
    standing = standing_levels(session, history)
    moves: list[Move] = []
    left: dict[str, Remains] = {}
    gone: list[dict[str, str]] = []
    for worker_id, heard in sorted(history.items()):
        there = duties.get(worker_id)
        undoing = taken_back(heard, there, roll_call.id)
        if undoing.why is not None:
            left[worker_id] = undoing.why
        if undoing.before is not None and there is not None:
            after = restored_duty(undoing.before, there, standing.get(worker_id))
            moves.append((worker_id, (on, shift), there, after))
            gone.extend({"of_call": each, "of_worker": worker_id} for each in undoing.gone)
    move_duties(session, moves, now)
    if gone:
        session.connection().execute(TAKEN_BACK, gone)
    tell_taken_back(session, moves, roll_call.company_id, on, shift, now)
    restored = tuple(worker_id for worker_id, *_ in moves)
    record_act(
        session,
        "checkins.roll_call_undone",
        actor=actor,
        now=now,
        subject_id=roll_call.group_id,
        company_id=roll_call.company_id,
        roll_call=roll_call.id,
        shift_on=on.isoformat(),
        shift=roll_call.shift,
        workers=list(restored),
    )
    return UndoneRoll(restored, left)
