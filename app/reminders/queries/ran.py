"""What ran: occurrences with how far their messages came, and who got what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.delivery.queries.messages import count_by_status
from app.delivery.rules import Status
from app.delivery.rules.statuses import WAITING
from app.reminders.models import ReminderOccurrence, ReminderSchedule
from app.reminders.queries.nudging import find_nudges
from app.reminders.rules.planning import OccurrenceState
from app.workforce.rules.shifts import ShiftCode

SENT = frozenset({Status.SENT, Status.DELIVERED, Status.READ, Status.TEMPORARY_FAILURE})

UNDER_WAY = WAITING | {Status.SENDING}
NOT_SENT = frozenset({Status.PERMANENT_FAILURE, Status.TECHNICAL_FAILURE})


@dataclass(frozen=True, slots=True)
class Ran:
    """One time a schedule came due, and what came of it so far; `skipped` by reason."""

    schedule_id: str
    name: str
    shift: str
    shift_on: date
    due_at: datetime
    state: OccurrenceState
    message_id: str | None
    planned: int
    counts: Mapping[Status, int]
    skipped: Mapping[str, int]

    @property
    def sent(self) -> int:
        """How many were sent, whether or not they arrived."""
        return sum(count for status, count in self.counts.items() if status in SENT)

    @property
    def waiting(self) -> int:
        """How many are still to be sent."""
        return sum(self.counts.get(status, 0) for status in UNDER_WAY)

    @property
    def failed(self) -> int:
        """How many could not be sent."""
        return sum(self.counts.get(status, 0) for status in NOT_SENT)

    @property
    def unclear(self) -> int:
        """How many may have arrived or not."""
        return self.counts.get(Status.UNCLEAR, 0)

    @property
    def read(self) -> int:
        """How many were read."""
        return self.counts.get(Status.READ, 0)


def list_ran(
    session: Session, company_id: int, from_at: datetime, to_at: datetime
) -> Sequence[Ran]:
    """What came due in a company between two moments, latest first; without what reached nobody."""
    rows = session.execute(
        select(ReminderOccurrence, ReminderSchedule.name)
        .join(ReminderSchedule, ReminderSchedule.id == ReminderOccurrence.schedule_id)
        .where(ReminderOccurrence.company_id == company_id)
        .where(ReminderOccurrence.due_at >= from_at, ReminderOccurrence.due_at < to_at)
        .order_by(ReminderOccurrence.due_at.desc(), ReminderSchedule.name)
    ).all()
    shown = [row for row in rows if _says_something(row.ReminderOccurrence)]
    counts = count_by_status(
        session, [each.message_id for each, _ in shown if each.message_id is not None]
    )
    return [
        Ran(
            each.schedule_id,
            name,
            each.shift,
            each.shift_on,
            each.due_at,
            OccurrenceState(each.state),
            each.message_id,
            each.reached,
            counts.get(each.message_id or "", {}),
            each.skipped,
        )
        for each, name in shown
    ]


def _says_something(row: ReminderOccurrence) -> bool:
    return row.state != OccurrenceState.PLANNED or bool(row.reached or row.skipped)


def find_run_of(session: Session, message_id: str) -> Ran | None:
    """The occurrence a message was written for, when it is a reminder."""
    found = session.execute(
        select(ReminderOccurrence, ReminderSchedule.name)
        .join(ReminderSchedule, ReminderSchedule.id == ReminderOccurrence.schedule_id)
        .where(ReminderOccurrence.message_id == message_id)
    ).first()
    if found is None:
        return None
    row, name = found
    return Ran(
        row.schedule_id,
        name,
        row.shift,
        row.shift_on,
        row.due_at,
        OccurrenceState(row.state),
        message_id,
        row.reached,
        {},
        row.skipped,
    )


def count_reminders(session: Session, company_id: int, on: date, shift: str) -> tuple[int, int]:
    """How many reminders of a company for a shift were sent, and how many were read."""
    messages = session.scalars(
        select(ReminderOccurrence.message_id).where(
            ReminderOccurrence.company_id == company_id,
            ReminderOccurrence.due_at.between(_midnight(on, -2), _midnight(on, 4)),
            ReminderOccurrence.shift_on == on,
            ReminderOccurrence.shift == shift,
            ReminderOccurrence.message_id.is_not(None),
        )
    ).all()
    slot = (on, ShiftCode(shift))
    by_hand = find_nudges(session, company_id, [slot])[slot]
    ids = [str(each) for each in messages] + ([by_hand] if by_hand else [])
    counts = count_by_status(session, ids).values()
    sent = sum(n for each in counts for status, n in each.items() if status in SENT)
    return sent, sum(each.get(Status.READ, 0) for each in counts)


def _midnight(on: date, days: int) -> datetime:
    return datetime.combine(on, time(), tzinfo=UTC) + timedelta(days=days)
