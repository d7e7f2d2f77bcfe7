"""One worker's shifts over time: what was expected, answered and judged."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.checkins.models import CheckIn, Duty
from app.checkins.rules import DutyState, Level
from app.checkins.rules.timeliness import PaperTimes, paper_times


@dataclass(frozen=True, slots=True)
class ShiftAnswer:
    """What became of one shift of one worker; `level` is the effective one, `own` the answer's.

    `paper` is of an answer that stood on paper before it was keyed in.
    """

    on: date
    shift: str
    state: DutyState
    level: Level | None
    own_level: Level | None
    answers: dict[str, Any]
    version: int
    answered_at: datetime | None
    on_time: bool
    clock_suspect: bool
    source: str
    reason: str | None
    paper: PaperTimes | None = None


def list_shift_answers(
    session: Session, worker_id: str, from_on: date, to_on: date
) -> list[ShiftAnswer]:
    """The shifts of a worker on these days with their newest answers, newest first."""
    rows = session.execute(
        select(Duty, CheckIn)
        .outerjoin(CheckIn, CheckIn.id == Duty.check_in_id)
        .where(Duty.worker_id == worker_id, Duty.shift_on.between(from_on, to_on))
        .order_by(Duty.shift_on.desc(), Duty.shift.desc())
    ).all()
    return [_shift_answer(duty, check_in) for duty, check_in in rows]


def _shift_answer(duty: Duty, check_in: CheckIn | None) -> ShiftAnswer:
    return ShiftAnswer(
        on=duty.shift_on,
        shift=duty.shift,
        state=DutyState(duty.state),
        level=Level(duty.level) if duty.level else None,
        own_level=Level(check_in.level) if check_in else None,
        answers=check_in.answers if check_in else {},
        version=duty.version,
        answered_at=check_in.counted_at if check_in else duty.answered_at,
        on_time=duty.on_time,
        clock_suspect=bool(check_in and check_in.clock_suspect),
        source=check_in.source if check_in else "",
        reason=duty.reason,
        paper=paper_times_of(check_in) if check_in else None,
    )


def paper_times_of(check_in: CheckIn) -> PaperTimes | None:
    """Both times of an answer that stood on paper before it was keyed in."""
    return paper_times(check_in.source, check_in.made_at, check_in.received_at)


def last_answers(session: Session, worker_ids: Collection[str]) -> dict[str, datetime]:
    """When each of these workers last handed an answer in; who never did is not there."""
    rows = session.execute(
        select(CheckIn.worker_id, func.max(CheckIn.received_at))
        .where(CheckIn.worker_id.in_(worker_ids))
        .group_by(CheckIn.worker_id)
    ).all()
    return {row[0]: row[1] for row in rows}
