"""Jobs of the province's inboxes."""

from functools import partial

from flask import current_app

from app.extensions import db
from app.intake.actions.again import hear_again
from app.intake.actions.destroying import destroy_old
from app.intake.queries.parks import count_unopened
from app.web.transaction import transact


def destroy_old_items() -> None:
    """Each night what has been over long enough is destroyed."""
    now = current_app.extensions["clock"].now()
    transact(lambda session: destroy_old(session, now=now))


def open_again() -> None:
    """Each hour all that could not be opened is tried again, some in a transaction."""
    if not count_unopened(db.session()):
        return
    now = current_app.extensions["clock"].now()
    tried = transact(partial(hear_again, now=now))
    while tried.last is not None:
        tried = transact(partial(hear_again, after=tried.last, now=now))
