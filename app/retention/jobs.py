"""By the clock: the nightly purge, and what a restored backup brought back."""

from flask import Flask, current_app

from app.extensions import db
from app.kernel.actors import Actor, program
from app.retention.actions.runs import Purge, begin_purge, finish_purge, purge_after_restore
from app.retention.queries.runs import find_last_finished
from app.retention.rules.periods import PurgeRunning, is_purge_due
from app.web.transaction import transact


def purge_of(app: Flask, actor: Actor) -> Purge:
    """A purge of this node."""
    settings, clock = app.config["SETTINGS"], app.extensions["clock"]
    return Purge(transact, db.session, clock, settings, actor)


def purge_when_due(*, clock_is_steady: bool = True) -> None:
    """Carry out again what a restored backup does not know of; once a night, the whole purge.

    Not by a clock that has just jumped: a year ahead, all that is kept would look old.
    """
    purge = purge_of(current_app, program("An Ca"))
    try:
        purge_after_restore(purge)
        now = purge.clock.now()
        last = find_last_finished(db.session(), now)
        if clock_is_steady and is_purge_due(last, now, purge.settings.timezone):
            finish_purge(begin_purge(purge_of(current_app, purge.actor)))
    except PurgeRunning:
        return
