"""Looking at the clock: what came due since the last look is kept once, in time or missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.extensions import upsert
from app.kernel.ids import new_id
from app.reminders.models import ReminderLook, ReminderOccurrence
from app.reminders.queries.schedules import ONLY_LOOK, DueOccurrence
from app.reminders.rules import is_missed
from app.reminders.rules.planning import LOOKED_BACK, OccurrenceState
from app.settings import Settings

INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Window:
    """From the last look, included, to this one, excluded; `seen` is what the last look left."""

    from_at: datetime
    to_at: datetime
    seen: datetime | None


@dataclass(frozen=True, slots=True)
class Looked:
    """How many occurrences this look was the first to keep, in time and too late."""

    due: int
    missed: int


def window_of(seen: datetime | None, now: datetime, settings: Settings) -> Window:
    """What to look at now: without a gap after the last look, and not before what may still go."""
    late = timedelta(minutes=settings.late_reminder_minutes)
    from_at = min(seen or now, now) - (late if seen is None or seen > now else timedelta())
    return Window(max(from_at, now - LOOKED_BACK), now + INSTANT, seen)


def keep_due(
    session: Session,
    found: Sequence[DueOccurrence],
    window: Window,
    *,
    settings: Settings,
    now: datetime,
) -> Looked:
    """Keep what came due, each once, and up to when has been looked.

    A clock that was set back takes back what was missed only because it had run ahead.
    """
    late = timedelta(minutes=settings.late_reminder_minutes)
    if window.seen is not None and window.seen > now:
        session.execute(
            delete(ReminderOccurrence).where(
                ReminderOccurrence.state == OccurrenceState.MISSED,
                ReminderOccurrence.message_id.is_(None),
                ReminderOccurrence.due_at >= now - late,
            )
        )
    kept = _keep(session, found, settings=settings, now=now)
    _remember(session, window)
    return kept


def _keep(
    session: Session, found: Sequence[DueOccurrence], *, settings: Settings, now: datetime
) -> Looked:
    rows = []
    for due in found:
        missed = is_missed(due.occurrence, now, settings.late_reminder_minutes)
        rows.append(
            {
                "id": new_id(now),
                "schedule_id": due.occurrence.schedule_id,
                "company_id": due.company_id,
                "shift_on": due.occurrence.on,
                "shift": due.occurrence.shift or "",
                "part": due.occurrence.part,
                "due_at": due.occurrence.due_at,
                "state": OccurrenceState.MISSED if missed else OccurrenceState.DUE,
                "reached": 0,
                "skipped": {},
                "finished_at": now if missed else None,
            }
        )
    if not rows:
        return Looked(0, 0)
    added = session.scalars(
        upsert(session, ReminderOccurrence)
        .on_conflict_do_nothing()
        .returning(ReminderOccurrence.state),
        rows,
    ).all()
    return Looked(added.count(OccurrenceState.DUE), added.count(OccurrenceState.MISSED))


def _remember(session: Session, window: Window) -> None:
    """What lies after the mark of a process that looked meanwhile is looked at again."""
    if window.seen is None:
        session.execute(
            upsert(session, ReminderLook)
            .values(id=ONLY_LOOK, looked_at=window.to_at)
            .on_conflict_do_nothing()
        )
        return
    session.execute(
        update(ReminderLook)
        .where(ReminderLook.id == ONLY_LOOK, ReminderLook.looked_at == window.seen)
        .values(looked_at=window.to_at)
    )
