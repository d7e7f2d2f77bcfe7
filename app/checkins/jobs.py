"""What the clock does for check-ins: expect people on the shifts ahead."""

from datetime import UTC, date, datetime, time, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from app.checkins.actions.duties import DAYS_AHEAD
from app.checkins.actions.planning import PlannedChunk, plan_chunk
from app.checkins.queries.plans import list_unplanned
from app.extensions import db
from app.kernel.clock import local_day
from app.web.transaction import transact


def plan_due_duties() -> int:
    """Expect everybody on the shifts of today and the days ahead; returns the duties added.

    What stands already stays. Each company and day is gone through once a day, a chunk of
    workers at a time; a run that died is taken up where it stopped.
    """
    settings, now = current_app.config["SETTINGS"], current_app.extensions["clock"].now()
    today = local_day(now, settings.timezone)
    days = [today + timedelta(days=day) for day in range(DAYS_AHEAD + 1)]
    midnight = datetime.combine(today, time(0), tzinfo=settings.timezone).astimezone(UTC)
    due = list_unplanned(db.session(), days, midnight)
    return sum(_plan(company_id, on, now) for company_id, on in due)


def _plan(company_id: int, on: date, now: datetime) -> int:
    settings = current_app.config["SETTINGS"]

    def work(session: Session) -> PlannedChunk:
        return plan_chunk(session, company_id, on, settings=settings, now=now)

    added, more = 0, True
    while more:
        chunk = transact(work)
        added, more = added + chunk.added, chunk.more
    return added
