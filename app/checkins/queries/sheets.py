"""Reading what a check-in sheet is made of, and sheets that were read back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.checkins.models import AnswerSheet, CheckIn, Duty
from app.checkins.rules import DutyState
from app.checkins.rules.sheets import Present
from app.workforce.models import Worker


@dataclass(frozen=True, slots=True)
class OnShift:
    """A worker who has a duty on a shift, and where it stands."""

    worker_id: str
    badge: str
    name: str
    present: Present
    check_in: CheckIn | None


def list_on_shift(session: Session, path: str, shift_on: date, shift: str) -> Sequence[OnShift]:
    """Everybody of a unit and those below it on one shift, by name."""
    found = session.execute(
        _on_shift(shift_on, shift)
        .join(Branch, Branch.id == Duty.branch_id)
        .where(Branch.path.startswith(path))
        .order_by(Worker.name_folded, Worker.id)
    )
    return [_row(*row) for row in found]


def find_on_shift(
    session: Session, path: str, worker_ids: Collection[str], shift_on: date, shift: str
) -> dict[str, OnShift]:
    """Those of these workers who stand on one shift in a unit or below it, by id."""
    found = session.execute(
        _on_shift(shift_on, shift)
        .join(Branch, Branch.id == Duty.branch_id)
        .where(Branch.path.startswith(path), Worker.id.in_(sorted(set(worker_ids))))
    )
    rows = [_row(*row) for row in found]
    return {row.worker_id: row for row in rows}


def _on_shift(shift_on: date, shift: str) -> Any:
    return (
        select(Worker.id, Worker.badge, Worker.name, Duty.state, Duty.version, CheckIn)
        .join(Duty, Duty.worker_id == Worker.id)
        .outerjoin(CheckIn, CheckIn.id == Duty.check_in_id)
        .where(Duty.shift_on == shift_on, Duty.shift == shift, Worker.left_on.is_(None))
    )


def _row(
    worker_id: str, badge: str, name: str, state: str, version: int, check_in: CheckIn | None
) -> OnShift:
    present = Present(DutyState(state), version, check_in.answers if check_in else {})
    return OnShift(worker_id, badge, name, present, check_in)


def find_sheet(session: Session, sheet_id: str) -> AnswerSheet | None:
    """A sheet that was read back."""
    return session.get(AnswerSheet, sheet_id)


def find_sheet_path(session: Session, sheet_id: str) -> str | None:
    """The branch path of the unit that a sheet is for."""
    return session.scalar(
        select(Branch.path)
        .join(AnswerSheet, AnswerSheet.branch_id == Branch.id)
        .where(AnswerSheet.id == sheet_id)
    )


def list_waiting_sheets(
    session: Session, branch_id: int, shift_on: date, shift: str
) -> Sequence[AnswerSheet]:
    """Sheets for one unit and shift that somebody still has to review, newest first."""
    return session.scalars(
        select(AnswerSheet)
        .where(
            AnswerSheet.branch_id == branch_id,
            AnswerSheet.shift_on == shift_on,
            AnswerSheet.shift == shift,
            AnswerSheet.done_at.is_(None),
        )
        .order_by(AnswerSheet.read_at.desc())
    ).all()


def names_on_sheet(
    session: Session, company_id: int, worker_ids: Collection[str]
) -> dict[str, tuple[str, str]]:
    """Badge and name of the people of a sheet, by id, wherever in its company they are now."""
    found = session.execute(
        select(Worker.id, Worker.badge, Worker.name).where(
            Worker.company_id == company_id, Worker.id.in_(sorted(set(worker_ids)))
        )
    )
    return {worker_id: (badge, name) for worker_id, badge, name in found}


def list_sheets(
    session: Session, paths: Sequence[str], *, most: int = 10
) -> Sequence[tuple[AnswerSheet, str]]:
    """Sheets for these units, newest first, each with the unit's name."""
    found = session.execute(
        select(AnswerSheet, Branch.name)
        .join(Branch, Branch.id == AnswerSheet.branch_id)
        .where(or_(*[Branch.path.startswith(path) for path in paths]))
        .order_by(AnswerSheet.read_at.desc())
        .limit(most)
    )
    return [(sheet, name) for sheet, name in found]
