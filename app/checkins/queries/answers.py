"""Answers of one worker: the newest for a shift, and the record over time."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.checkins.models import CheckIn, Clearance, Duty, HealthState
from app.checkins.rules import DutyState


def find_check_in(session: Session, worker_id: str, on: date, shift: str) -> CheckIn | None:
    """The newest version of a worker's answer for a shift."""
    return session.scalars(
        select(CheckIn)
        .where(CheckIn.worker_id == worker_id, CheckIn.shift_on == on, CheckIn.shift == shift)
        .order_by(CheckIn.version.desc())
        .limit(1)
    ).first()


def get_check_in(session: Session, check_in_id: str) -> CheckIn:
    """A version of an answer by its id."""
    return session.get_one(CheckIn, check_in_id)


def find_standing(session: Session, worker_id: str) -> HealthState | None:
    """The standing level of a worker who is not green."""
    return session.get(HealthState, worker_id)


def find_duty(session: Session, worker_id: str, on: date, shift: str) -> Duty | None:
    """A worker's duty on a shift."""
    return session.get(Duty, (worker_id, on, shift))


def list_answered_shifts(session: Session, worker_id: str, since: date) -> set[tuple[date, str]]:
    """Shifts from a day on for which a worker has answered."""
    rows = session.execute(
        select(Duty.shift_on, Duty.shift).where(
            Duty.worker_id == worker_id,
            Duty.shift_on >= since,
            Duty.state == DutyState.ANSWERED,
        )
    ).all()
    return {(on, shift) for on, shift in rows}


def list_check_ins(session: Session, worker_id: str, *, most: int = 60) -> Sequence[CheckIn]:
    """A worker's answers, every version, newest first."""
    return session.scalars(
        select(CheckIn)
        .where(CheckIn.worker_id == worker_id)
        .order_by(CheckIn.received_at.desc(), CheckIn.version.desc())
        .limit(most)
    ).all()


def list_clearances(session: Session, worker_id: str) -> Sequence[Clearance]:
    """When a worker's level was set back, by whom and why, newest first."""
    return session.scalars(
        select(Clearance).where(Clearance.worker_id == worker_id).order_by(Clearance.at.desc())
    ).all()
