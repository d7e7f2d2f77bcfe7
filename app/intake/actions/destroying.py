"""What has been over long enough is destroyed: words, names, numbers; days and states stay.

The sealed entry that it came in stays in the park's log, which is a chain: only here it is gone.
"""

from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.intake.models import IntakeEntry, IntakeItem
from app.intake.queries.limits import get_limits
from app.intake.rules.states import CLOSED_AT_PARK, ItemState
from app.kernel.actors import program
from app.kernel.clock import local_day
from app.settings import Settings
from app.sync.models import LogEntry
from app.sync.rules import Direction

MOST = 200  # items of one run, so that nobody waits behind it
PROGRAM = program("An Ca")


def destroy_old(session: Session, *, now: datetime) -> int:
    """Destroy what items said whose time is over; how many."""
    settings: Settings = session.info["settings"]
    today = local_day(now, settings.timezone)
    before = today - timedelta(days=get_limits().keep_closed_days)
    since = datetime.combine(before, time.min, settings.timezone)
    ids = session.scalars(
        select(IntakeItem.id)
        .where(IntakeItem.destroyed_on.is_(None), _is_over(before, since))
        .order_by(IntakeItem.id)
        .limit(MOST)
    ).all()
    for item_id in ids:
        destroy_content(session, item_id, today=today, now=now)
    return len(ids)


def _is_over(before: date, since: datetime) -> ColumnElement[bool]:
    """Closed before a day; or answered here or closed at the park, and left alone from then on."""
    closed = and_(IntakeItem.state == ItemState.CLOSED, IntakeItem.closed_on < before)
    waits_no_more = or_(
        IntakeItem.state == ItemState.ANSWERED,
        and_(IntakeItem.state != ItemState.CLOSED, IntakeItem.park_state == CLOSED_AT_PARK),
    )
    touched = exists().where(IntakeEntry.item_id == IntakeItem.id, IntakeEntry.at >= since)
    heard = exists().where(
        LogEntry.node == IntakeItem.node,
        LogEntry.direction == Direction.UP,
        LogEntry.seq.in_((IntakeItem.content_seq, IntakeItem.state_seq)),
        LogEntry.stored_at >= since,
    )
    return or_(closed, and_(waits_no_more, IntakeItem.came_on < before, ~touched, ~heard))


def destroy_content(session: Session, item_id: str, *, today: date, now: datetime) -> None:
    """Destroy what one item said; no entry that comes later brings it back."""
    session.execute(
        update(IntakeItem)
        .where(IntakeItem.id == item_id)
        .values(content=None, destroyed_on=today, version=IntakeItem.version + 1)
    )
    session.execute(update(IntakeEntry).where(IntakeEntry.item_id == item_id).values(words=""))
    record_act(session, "intake.destroyed", actor=PROGRAM, now=now, subject_id=item_id)
