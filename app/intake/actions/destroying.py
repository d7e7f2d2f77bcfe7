"""What was closed long enough ago is destroyed: words, names, numbers; days and states stay."""

from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.audit.actions import record_act
from app.intake.models import IntakeEntry, IntakeItem
from app.intake.queries.limits import get_limits
from app.intake.rules.states import ItemState
from app.kernel.actors import program
from app.kernel.clock import local_day
from app.settings import Settings

MOST = 200  # items of one run, so that nobody waits behind it
PROGRAM = program("An Ca")


def destroy_old(session: Session, *, now: datetime) -> int:
    """Destroy what items said whose time is over; how many."""
    settings: Settings = session.info["settings"]
    today = local_day(now, settings.timezone)
    before = today - timedelta(days=get_limits().keep_closed_days)
    ids = session.scalars(
        select(IntakeItem.id)
        .where(
            IntakeItem.state == ItemState.CLOSED,
            IntakeItem.closed_on < before,
            IntakeItem.destroyed_on.is_(None),
        )
        .order_by(IntakeItem.id)
        .limit(MOST)
    ).all()
    for item_id in ids:
        destroy_content(session, item_id, today=today, now=now)
    return len(ids)


def destroy_content(session: Session, item_id: str, *, today: date, now: datetime) -> None:
    """Destroy what one item said; no entry that comes later brings it back."""
    session.execute(
        update(IntakeItem)
        .where(IntakeItem.id == item_id)
        .values(content=None, destroyed_on=today, version=IntakeItem.version + 1)
    )
    session.execute(update(IntakeEntry).where(IntakeEntry.item_id == item_id).values(words=""))
    record_act(session, "intake.destroyed", actor=PROGRAM, now=now, subject_id=item_id)
