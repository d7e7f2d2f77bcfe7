"""Carrying schedules to other companies: paused there until somebody has looked, and taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.kernel.actors import Actor
from app.kernel.ids import new_id
from app.reminders.models import ReminderSchedule
from app.reminders.queries.carrying import UNTOUCHED, bound_names

SAYS_WHEN = ("template", "anchor", "offset_minutes", "clock_time", "shifts", "audience")
CARRIED = (
    "name",
    "name_en",
    "template",
    "texts",
    "audience",
    "anchor",
    "clock_time",
    "offset_minutes",
    "weekdays",
    "shifts",
    "only_unanswered",
    "from_on",
    "to_on",
    "on_holidays",
    "language",
)


@dataclass(frozen=True, slots=True)
class Carried:
    """How many schedules came to a company, and how many it had already."""

    made: int = 0
    there: int = 0

    def __add__(self, other: "Carried") -> "Carried":
        return Carried(self.made + other.made, self.there + other.there)


def carry_schedules(
    session: Session,
    schedule_ids: Sequence[str],
    company_id: int,
    *,
    source: str,
    carry_id: str,
    actor: Actor,
    now: datetime,
) -> Carried:
    """Paused copies of these schedules in another company, `source` being where they come from.

    Groups and units stay behind, by name; what says the same at the same time is not made twice.
    """
    rows = session.scalars(
        select(ReminderSchedule)
        .where(ReminderSchedule.id.in_(schedule_ids), ReminderSchedule.removed_at.is_(None))
        .where(ReminderSchedule.company_id != company_id)
        .order_by(ReminderSchedule.name, ReminderSchedule.id)
    ).all()
    held = {
        _says(row)
        for row in session.scalars(
            select(ReminderSchedule).where(
                ReminderSchedule.company_id == company_id, ReminderSchedule.removed_at.is_(None)
            )
        )
    }
    wanted = [row for row in rows if _says(row) not in held]
    for row in wanted:
        copied = ReminderSchedule(
            id=new_id(now),
            company_id=company_id,
            active=False,
            group_ids=[],
            branch_ids=[],
            carried_from=source[:160],
            left_behind=bound_names(session, row.group_ids, row.branch_ids),
            carry_id=carry_id,
            version=UNTOUCHED,
            updated_at=now,
            updated_by=actor.name[:120],
            **{name: getattr(row, name) for name in CARRIED},
        )
        session.add(copied)
        session.flush()
        _record(session, copied, "schedule_carried", actor=actor, now=now)
    return Carried(len(wanted), len(rows) - len(wanted))


def _says(row: ReminderSchedule) -> tuple[str, ...]:
    return tuple(str(getattr(row, name)) for name in SAYS_WHEN)


def undo_carry(
    session: Session, carry_id: str, company_id: int, *, actor: Actor, now: datetime
) -> tuple[int, int]:
    """Take copies back that nobody has touched; how many, and how many were touched and stay."""
    rows = session.scalars(
        select(ReminderSchedule)
        .where(ReminderSchedule.carry_id == carry_id, ReminderSchedule.company_id == company_id)
        .where(ReminderSchedule.removed_at.is_(None))
        .with_for_update()
    ).all()
    taken = [row for row in rows if row.version == UNTOUCHED]
    for row in taken:
        row.removed_at, row.version = now, row.version + 1
        session.flush()
        _record(session, row, "schedule_taken_back", actor=actor, now=now)
    return len(taken), len(rows) - len(taken)


def _record(
    session: Session, row: ReminderSchedule, act: str, *, actor: Actor, now: datetime
) -> None:
    record_act(
        session,
        f"reminders.{act}",
        actor=actor,
        now=now,
        subject_id=row.id,
        company_id=row.company_id,
        name=row.name,
        version=row.version,
    )
