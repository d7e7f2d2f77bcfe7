"""Each tick: look what came due, plan it, and hand over what stays in the house."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from app.delivery.jobs.in_house import hand_over
from app.delivery.jobs.sendings import Sendings
from app.extensions import db
from app.reminders.actions.looking import Looked, keep_due, window_of
from app.reminders.actions.planning import Planned, plan_chunk
from app.reminders.queries.schedules import find_looked_at, list_due, list_unfinished
from app.settings import Settings
from app.web.transaction import transact


@dataclass(slots=True)
class Tick:
    """What one tick did: occurrences due and missed, deliveries planned, people skipped by reason.

    `due` counts what came due in time; `missed` what was noticed too late.
    """

    due: int = 0
    planned: int = 0
    missed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)


def run_due_reminders() -> None:
    """The job: what the scheduler does each tick."""
    plan_due_reminders(current_app.extensions["clock"].now())


def plan_due_reminders(now: datetime) -> Tick:
    """Plan all that came due since the last look, and what an earlier tick left unfinished."""
    looked = _look(now)
    tick = Tick(due=looked.due, missed=looked.missed)
    for occurrence_id in list_unfinished(db.session(), now):
        _plan(occurrence_id, tick, now)
    if tick.planned:
        hand_over(now, Sendings())
    return tick


def _look(now: datetime) -> Looked:
    settings: Settings = current_app.config["SETTINGS"]
    window = window_of(find_looked_at(db.session()), now, settings)
    found = list_due(db.session(), window.from_at, window.to_at, settings.timezone)

    def work(session: Session) -> Looked:
        return keep_due(session, found, window, settings=settings, now=now)

    return transact(work)


def _plan(occurrence_id: str, tick: Tick, now: datetime) -> None:
    settings: Settings = current_app.config["SETTINGS"]

    def work(session: Session) -> Planned:
        return plan_chunk(session, occurrence_id, settings=settings, now=now)

    done = False
    while not done:
        chunk = transact(work)
        done = chunk.done
        tick.planned += chunk.planned
        tick.missed += chunk.missed
        tick.skipped.update(chunk.skipped)
