"""By the clock: records of past days are kept, one day a transaction."""

from datetime import date

from flask import current_app
from sqlalchemy.orm import Session

from app.dashboards.actions.records import keep_day
from app.dashboards.queries.records import list_facts, list_figure_days, list_kept_at
from app.dashboards.rules.measures import stale_days
from app.extensions import db
from app.kernel.clock import local_day
from app.settings import Settings
from app.web.transaction import transact


def keep_records() -> int:
    """Keep the records of the days that need it, newest first; returns how many days."""
    clock, settings = current_app.extensions["clock"], current_app.config["SETTINGS"]
    today = local_day(clock.now(), settings.timezone)
    days = list_figure_days(db.session(), today)
    wanted = stale_days(days, list_kept_at(db.session()), today, clock.now())
    for on in wanted:
        _keep(on, settings)
    return len(wanted)


def _keep(on: date, settings: Settings) -> None:
    now = current_app.extensions["clock"].now()
    shifts, days = list_facts(db.session(), on, settings, now)

    def work(session: Session) -> None:
        keep_day(session, on, shifts, days, now=now)

    transact(work)
