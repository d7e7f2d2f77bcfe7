"""Figures of the park that help to score a place, each with the moment it stands for."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Branch
from app.checkins.models import ShiftCount
from app.workforce.models import Worker

DAYS_LOOKED_AT = 7


@dataclass(frozen=True, slots=True)
class Figures:
    """People on the list, the fullest shift of the last days, and the checks done on them.

    `answered` of `asked` count people at work, without those absent; None where nothing is known.
    """

    workers: int
    fullest_shift: int | None
    answered: int | None
    asked: int | None
    from_on: date
    as_of: datetime

    @property
    def checked(self) -> Fraction | None:
        """The share of people at work who answered the daily check."""
        if not self.asked or self.answered is None:
            return None
        return Fraction(self.answered, self.asked)


def get_figures(session: Session, branch: Branch, *, today: date, now: datetime) -> Figures:
    """The live figures of a park, a company or a unit."""
    workers = session.scalar(
        select(func.count())
        .select_from(Worker)
        .join(Branch, Branch.id == Worker.branch_id)
        .where(Branch.path.startswith(branch.path), Worker.left_on.is_(None))
    )
    from_on = today - timedelta(days=DAYS_LOOKED_AT)
    per_shift = (
        select(
            ShiftCount.shift_on,
            ShiftCount.shift,
            func.sum(ShiftCount.expected - ShiftCount.absent).label("there"),
            func.sum(ShiftCount.answered).label("answered"),
        )
        .where(ShiftCount.branch_id.in_(_counted(session, branch)))
        .where(ShiftCount.shift_on >= from_on, ShiftCount.shift_on < today)
        .group_by(ShiftCount.shift_on, ShiftCount.shift)
        .subquery()
    )
    fullest, answered, asked = session.execute(
        select(
            func.max(per_shift.c.there),
            func.sum(per_shift.c.answered),
            func.sum(per_shift.c.there),
        )
    ).one()
    return Figures(
        workers or 0,
        _count(fullest),
        _count(answered),
        _count(asked),
        from_on,
        now,
    )


def _count(value: object) -> int | None:
    return None if value is None else int(str(value))


def _counted(session: Session, branch: Branch) -> list[int]:
    """The branches whose own counts add up to this one: companies, or the lines of a unit."""
    inside = Branch.path.startswith(branch.path)
    if branch.kind in ("park", "company"):
        chosen = select(Branch.id).where(inside, Branch.kind == "company")
    else:
        chosen = select(Branch.id).where(inside)
    return list(session.scalars(chosen))
