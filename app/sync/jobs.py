"""What the clock does for the logs: a park makes, sends and fetches; a province rings."""

import logging
from datetime import date, datetime
from functools import partial

from flask import current_app
from sqlalchemy.orm import Session

from app.extensions import db
from app.sync.actions.pulling import pull_entries
from app.sync.actions.pushing import push_entries
from app.sync.actions.receiving import LISTENING_LASTS, note_listening
from app.sync.actions.summaries import MadeSummary, make_due_summaries
from app.sync.gateways.bell import Bell
from app.sync.gateways.ear import Ear
from app.sync.queries.figures import list_days_due
from app.sync.queries.parks import ToldPark, list_told
from app.web.transaction import transact

log = logging.getLogger(__name__)


def make_summaries() -> None:
    """Make the summaries that are due, each day in a transaction of its own."""
    settings, now = current_app.config["SETTINGS"], current_app.extensions["clock"].now()
    for on in list_days_due(db.session(), settings, now):

        def work(session: Session, on: date = on) -> list[MadeSummary]:
            return make_due_summaries(session, settings, now, on)

        transact(work)


def push_log() -> None:
    """Send what waits, unless the wait after a failure still lasts."""
    settings, clock = current_app.config["SETTINGS"], current_app.extensions["clock"]
    ear: Ear = current_app.extensions["ear"]
    pushed = push_entries(transact, clock, settings, ear=ear)
    if pushed.stopped_by is not None:
        log.warning("the log could not be sent: %s", pushed.stopped_by.code)


def pull_log() -> None:
    """Fetch what the province wrote: when it rings, when more is known to wait, or by the clock."""
    settings, clock = current_app.config["SETTINGS"], current_app.extensions["clock"]
    ear: Ear = current_app.extensions["ear"]
    pulled = pull_entries(transact, clock, settings, by_hand=ear.take_ring(), ear=ear)
    if pulled.stopped_by is not None:
        log.warning("the log down could not be fetched: %s", pulled.stopped_by.code)


def ring_parks() -> None:
    """Ring the parks for which something was written, where this province has a bell."""
    settings = current_app.config["SETTINGS"]
    if not settings.bell_port:
        return
    bell: Bell | None = current_app.extensions.get("bell")
    if bell is None:
        pepper = current_app.extensions["secrets"].pepper
        bell = current_app.extensions["bell"] = Bell(settings.host, settings.bell_port, pepper)
    if not bell.open():
        return
    told = list_told(db.session())
    bell.ring({node: each.through for node, each in told.items()})
    now = current_app.extensions["clock"].now()
    unnoted = [node for node in bell.heard if _is_long_ago(told.get(node), now)]
    if unnoted:
        transact(partial(note_listening, nodes=unnoted, now=now))


def _is_long_ago(told: ToldPark | None, now: datetime) -> bool:
    return told is not None and told.last_contact_at < now - LISTENING_LASTS
